//! What the customer's end is told and what it wants done.

use std::fmt;

use saath_protocol::envelope::Refusal;
use saath_protocol::pin::Pin;
use wincode::{SchemaRead, SchemaWrite};

use super::super::{Ended, Grant, ResumeSecret, plain_text};
use crate::message::action::{Act, ActionResult};
use crate::message::annotation::Annotate;
use crate::message::asset::{Asset, Offer};
use crate::message::control::{Level, LevelChanged};
use crate::message::page::{PageKind, Pointer, View};
use crate::tree::Digest;

/// What the page decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// `location.origin`.
    pub origin: String,
    /// SHA-256 of the masking policy in force.
    pub policy_hash: [u8; 32],
    /// What Allow gives, if the agent may have it.
    pub grant: Level,
}

/// Who the agent is, as the organisation's keys vouch for it.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct AgentIdentity {
    /// The name to show.
    pub name: String,
    /// The staff number.
    pub staff: String,
    /// The office.
    pub unit: String,
    /// The most this agent may be allowed.
    pub max_level: Level,
}

impl AgentIdentity {
    /// As plain text of at most 40 characters each, fit to be shown.
    #[must_use]
    pub fn plain(&self) -> Self {
        let plain = |text| plain_text(text, 40);
        Self {
            name: plain(&self.name),
            staff: plain(&self.staff),
            unit: plain(&self.unit),
            max_level: self.max_level,
        }
    }
}

/// What happened.
pub enum Event {
    /// The socket is up.
    Opened,
    /// A binary message came.
    Received(Vec<u8>),
    /// The socket is down, or did not come up.
    Closed,
    /// Time passed.
    Tick,
    /// The customer asks for another PIN.
    NewPin,
    /// The agent's token and proof are good.
    AgentVerified(AgentIdentity),
    /// They are not.
    AgentRejected,
    /// The customer allows the session.
    Allow,
    /// The customer does not.
    Decline,
    /// The customer says that this is not the helpdesk.
    Report,
    /// The customer allows what the agent asked for.
    AllowLevel,
    /// The customer does not.
    DeclineLevel,
    /// The customer takes this level, and those above it, back.
    RevokeLevel(Level),
    /// The agent's end did what no honest one does.
    Malformed,
    /// The customer presses STOP.
    Stop,
    /// The page, or what changed in it; only after [`Customer::room`](super::Customer::room) said yes.
    Page {
        /// What it goes on from.
        kind: PageKind,
        /// The encoded batch.
        batch: Vec<u8>,
        /// Running hash after it.
        hash: u64,
    },
    /// Size, scroll, title or address changed.
    View(View),
    /// The customer's pointer moved.
    Pointer(Pointer),
    /// What became of a [`Effect::Perform`].
    ActionDone(ActionResult),
    /// Pictures and fonts that there are.
    Offer(Offer),
    /// A piece of one, when pages leave room for it.
    Asset(Asset),
}

/// What the adapter has to do, in this order.
pub enum Effect {
    /// Open a socket to the relay.
    Connect,
    /// Send this as one binary message.
    Send(Vec<u8>),
    /// Close the socket, after what was sent; report nothing of it any more.
    CloseSocket,
    /// Show this PIN.
    ShowPin {
        /// The PIN.
        pin: Pin,
        /// Milliseconds until it expires.
        ttl_ms: u64,
    },
    /// The PIN expired, or too many attempts failed; `Event::NewPin` makes another one.
    PinExpired,
    /// An agent typed the PIN; the handshake runs.
    Joining,
    /// The numbers did not match. A new PIN, or `PinExpired`, follows.
    Mismatch,
    /// Verify the agent's token, and the proof over `signed` by its `cnf` key; answer
    /// `AgentVerified` or `AgentRejected`.
    VerifyAgent {
        /// JWT.
        token: String,
        /// ECDSA P-256 signature, r‖s.
        proof: Vec<u8>,
        /// What it must be a signature of.
        signed: Vec<u8>,
    },
    /// Ask the customer; answer `Allow`, `Decline` or `Report`.
    AskConsent {
        /// Who asks.
        agent: AgentIdentity,
        /// 0 to 99; the agent has the same number on the screen.
        check: u8,
    },
    /// The page is shared from now on. The first page must be fresh.
    Active {
        /// What the agent may do.
        level: Level,
        /// The session was resumed.
        resumed: bool,
    },
    /// Send the whole page anew.
    SendFresh,
    /// Send what the replica has otherwise, by its digest.
    SendRepair(Digest),
    /// Ask the customer for a higher level; answer `AllowLevel` or `DeclineLevel`.
    AskLevel {
        /// What the agent asks for.
        level: Level,
        /// Why, in the agent's words; plain text, may be empty.
        reason: String,
    },
    /// The level is this now, or stays.
    Level(LevelChanged),
    /// Do this on the page; answer `ActionDone`.
    Perform(Grant, Act),
    /// Show this on the page.
    Annotate(Annotate),
    /// There is room: send what is dirty.
    Room,
    /// The agent asks for these assets.
    Want(Vec<u32>),
    /// So many bytes of assets have come to the agent in this epoch.
    Got(u64),
    /// Write this to the tab's storage, over what is there.
    StoreResume(ResumeSecret),
    /// Erase it there.
    ClearResume,
    /// The relay is not there, or the connection is lost; the session tries again by itself.
    Lost {
        /// Milliseconds until it does.
        retry_ms: u64,
    },
    /// The relay refused. `Busy` and `TooMany` are tried again by themselves.
    Refused(Refusal),
    /// Nothing happened for long; unless something does, the session ends.
    IdleSoon {
        /// Milliseconds until it does.
        ends_ms: u64,
    },
    /// It is over: tear everything down.
    Ended(Ended),
}

impl Effect {
    const fn name(&self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Send(_) => "Send",
            Self::CloseSocket => "CloseSocket",
            Self::ShowPin { .. } => "ShowPin",
            Self::PinExpired => "PinExpired",
            Self::Joining => "Joining",
            Self::Mismatch => "Mismatch",
            Self::VerifyAgent { .. } => "VerifyAgent",
            Self::AskConsent { .. } => "AskConsent",
            Self::Active { .. } => "Active",
            Self::SendFresh => "SendFresh",
            Self::SendRepair(_) => "SendRepair",
            Self::AskLevel { .. } => "AskLevel",
            Self::Level(_) => "Level",
            Self::Perform(..) => "Perform",
            Self::Annotate(_) => "Annotate",
            Self::Room => "Room",
            Self::Want(_) => "Want",
            Self::Got(_) => "Got",
            Self::StoreResume(_) => "StoreResume",
            Self::ClearResume => "ClearResume",
            Self::Lost { .. } => "Lost",
            Self::Refused(_) => "Refused",
            Self::IdleSoon { .. } => "IdleSoon",
            Self::Ended(_) => "Ended",
        }
    }
}

/// The name only: effects carry the PIN, tokens and what the agent types.
impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
