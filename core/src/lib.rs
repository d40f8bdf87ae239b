//! What only the two ends may understand: masking, tree, diff, messages, sealing, session.

pub mod message;
pub mod node;
