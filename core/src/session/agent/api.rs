//! What the agent's end is told and what it wants done.

use std::fmt;

use saath_protocol::envelope::Refusal;

use super::super::Ended;
use crate::message::action::{Action, ActionResult};
use crate::message::annotation::Annotate;
use crate::message::asset::{Asset, Offer};
use crate::message::control::{DenyReason, Level, LevelChanged, RequestLevel};
use crate::message::page::{Page, Pointer, Repair, View};

/// What the console knows.
#[derive(Clone)]
pub struct Config {
    /// The portal's origin, as its pages see it; the `aud` of the customer's token.
    pub origin: String,
    /// The agent's token for the relay.
    pub relay_token: String,
    /// The agent's token for the customer.
    pub customer_token: String,
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
    /// The signature that [`Effect::Sign`] asked for.
    Signed(Vec<u8>),
    /// A newer token for the relay, for when the session has to be resumed.
    RelayToken(String),
    /// The agent asks for a level.
    RequestLevel(RequestLevel),
    /// The agent gives this level, and those above it, back.
    ReleaseLevel(Level),
    /// The agent does something on the page. Its number is [`Agent::last_serial`](super::Agent::last_serial) afterwards.
    Act(Action),
    /// The agent shows something on the page.
    Annotate(Annotate),
    /// Pages up to this number are on the screen.
    Applied(u32),
    /// The replica differs or was lost.
    Repair(Repair),
    /// Ask for these assets.
    Want(Vec<u32>),
    /// So many bytes of assets have come in this epoch.
    Got(u64),
    /// A page or an asset holds what no honest peer sends.
    Malformed,
    /// The agent presses STOP.
    Stop,
}

/// What the adapter has to do, in this order.
pub enum Effect {
    /// Open a socket to the relay.
    Connect,
    /// Send this as one binary message.
    Send(Vec<u8>),
    /// Close the socket, after what was sent; report nothing of it any more.
    CloseSocket,
    /// Sign this with the `cnf` key; answer `Event::Signed`.
    Sign {
        /// What to sign.
        message: Vec<u8>,
    },
    /// The customer is being asked.
    Waiting {
        /// 0 to 99; the customer has the same number on the screen.
        check: u8,
    },
    /// The page is shared from now on; the replica starts from nothing.
    Active {
        /// What is allowed.
        level: Level,
        /// The session was resumed.
        resumed: bool,
    },
    /// Apply this; answer `Applied` or `Repair`.
    Page(Page),
    /// The customer's window.
    View(View),
    /// The customer's pointer.
    Pointer(Pointer),
    /// What became of an action.
    ActionResult(ActionResult),
    /// The customer's end has these assets.
    Offer(Offer),
    /// A piece of one.
    Asset(Asset),
    /// The level is this now, or stays.
    Level(LevelChanged),
    /// The relay is not there, or the connection is lost; the session tries again by itself.
    Lost {
        /// Milliseconds until it does.
        retry_ms: u64,
    },
    /// The relay refused.
    Refused(Refusal),
    /// The numbers did not match.
    Mismatch,
    /// The customer did not allow the session.
    Denied(DenyReason),
    /// It is over: blank the replica.
    Ended(Ended),
}

impl Effect {
    const fn name(&self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Send(_) => "Send",
            Self::CloseSocket => "CloseSocket",
            Self::Sign { .. } => "Sign",
            Self::Waiting { .. } => "Waiting",
            Self::Active { .. } => "Active",
            Self::Page(_) => "Page",
            Self::View(_) => "View",
            Self::Pointer(_) => "Pointer",
            Self::ActionResult(_) => "ActionResult",
            Self::Offer(_) => "Offer",
            Self::Asset(_) => "Asset",
            Self::Level(_) => "Level",
            Self::Lost { .. } => "Lost",
            Self::Refused(_) => "Refused",
            Self::Mismatch => "Mismatch",
            Self::Denied(_) => "Denied",
            Self::Ended(_) => "Ended",
        }
    }
}

/// The name only: effects carry the customer's page.
impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
