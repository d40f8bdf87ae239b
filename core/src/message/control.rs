//! Consent, levels and endings.

use wincode::{SchemaRead, SchemaWrite};

/// What the customer lets the agent do. Each level contains the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, SchemaRead, SchemaWrite)]
pub enum Level {
    /// See the masked page.
    View,
    /// Also point, highlight and draw.
    Point,
    /// Also scroll, click and type.
    Act,
}

/// The customer said yes.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Granted {
    /// What is allowed from now on.
    pub level: Level,
    /// SHA-256 of the masking policy in force, so that an audit can name it.
    pub policy: [u8; 32],
}

/// Why there was no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum DenyReason {
    /// The customer pressed Decline.
    Declined,
    /// The agent's token or proof did not verify.
    NotVerified,
    /// The customer said that this is not the helpdesk.
    Reported,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, SchemaRead, SchemaWrite)]
pub enum EndReason {
    /// The customer pressed STOP.
    CustomerEnded,
    /// The agent pressed STOP.
    AgentEnded,
    /// The other end sent what cannot be a valid message.
    ProtocolError,
    /// The longest time a session may take is over.
    TimeLimit,
    /// Nothing happened for too long.
    Idle,
}

/// The agent's token and the proof that it belongs to this handshake.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Identify {
    /// JWT with `aud` = the portal's origin and the confirmation key in `cnf.jwk`.
    pub token: String,
    /// ECDSA P-256 signature (r‖s, 64 bytes) by the `cnf` key over `"cb1 ident"‖TH`.
    pub proof: Vec<u8>,
}

/// The agent asks for more.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct RequestLevel {
    /// What is asked for.
    pub level: Level,
    /// Why, in the agent's words; shown as plain text. May be empty.
    pub reason: String,
}

/// What the agent may do from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct LevelChanged {
    /// The level in force.
    pub level: Level,
    /// Why it is this one.
    pub why: LevelReason,
}

/// Why the level changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum LevelReason {
    /// The customer allowed what was asked.
    Allowed,
    /// The customer declined what was asked; the level stays.
    Declined,
    /// The customer took it back.
    Revoked,
    /// The agent gave it back.
    Released,
    /// The session was resumed: acting must be asked for again.
    Resumed,
}
