//! What only the two ends may understand: masking, tree, diff, messages, sealing, session.

pub mod capture;
pub mod css;
pub mod diff;
pub mod dirt;
pub mod mask;
pub mod message;
pub mod node;
pub mod ops;
pub mod pack;
pub mod reading;
pub mod replica;
pub mod seal;
pub mod session;
pub mod tree;
