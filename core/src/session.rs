//! A session as two state machines without I/O: the customer's end and the agent's.
//!
//! **One event in, drain the effects, next event.** An adapter feeds `handle(now, event, entropy)`,
//! then calls `poll()` until it gives `None`, doing each effect in order, and sends `Event::Tick`
//! at `next_timeout()`. Nothing here opens a socket, reads a clock or draws entropy, so two ends
//! and a false relay run in one process in virtual time (`core/tests/pair.rs`).
//!
//! Sockets: `Effect::Connect` opens one, `Event::Opened` says that it is up. After
//! `Effect::CloseSocket` nothing of that socket is reported any more, also not its closing.

pub mod agent;
mod backoff;
pub mod customer;
mod flow;
pub mod framed;
mod grant;
mod stored;
mod text;

use saath_protocol::envelope::Refusal;

use crate::message::control::{DenyReason, EndReason};

pub use crate::seal::Entropy;
pub use customer::AgentIdentity;
pub use grant::Grant;
pub use stored::{ResumeExpired, ResumeSecret};
pub use text::plain_text;

/// The longest session, in milliseconds; resumes do not prolong it.
pub const TIME_LIMIT_MS: u64 = 2 * 60 * 60 * 1000;
/// After this long without a record in either direction the ends are warned, in milliseconds.
pub const IDLE_WARNING_MS: u64 = 15 * 60 * 1000;
/// After this long without a record in either direction the session ends, in milliseconds.
pub const IDLE_END_MS: u64 = 20 * 60 * 1000;
/// How long a lost session may be resumed, in milliseconds; the relay keeps its room as long.
pub const GRACE_MS: u64 = 120 * 1000;
/// How long the relay may say that our place is taken before it is believed, in milliseconds: that
/// a socket of ours is dead it notices by a missing pong, after up to 28 s.
pub const GONE_MS: u64 = 30 * 1000;
/// How long the peer may take for a step of the handshake, in milliseconds.
pub const HANDSHAKE_MS: u64 = 30 * 1000;
/// How long the customer may think before allowing, in milliseconds.
pub const CONSENT_MS: u64 = 5 * 60 * 1000;
/// Sealed bytes of pages that may be under way unacknowledged when another one is sent.
pub const PAGE_BUDGET: usize = 512 << 10;
/// Pages that may be under way unacknowledged.
pub const PAGES_UNDER_WAY: usize = 8;
/// Actions that are accepted a second.
pub const ACTIONS_PER_SECOND: u64 = 30;

/// Milliseconds of a monotonic clock.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Millis(pub u64);

impl Millis {
    /// `ms` later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// How long ago `earlier` was, in milliseconds.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Where a session is, the same for both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// No relay yet.
    Connecting,
    /// The customer has a PIN, or had one; the agent typed it.
    Pending,
    /// The ends are finding out who they are, and the customer is asked.
    Authorizing,
    /// The page is shared.
    Active,
    /// The connection is lost; the session may go on.
    Lost,
    /// It is over; keys are erased.
    Ended,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// One end said so, under the session's keys.
    Reason(EndReason),
    /// The connection was lost and not found again in time.
    ConnectionLost,
    /// Nobody typed the PIN in time.
    PinExpired,
    /// The customer did not allow it.
    Denied(DenyReason),
    /// The numbers did not match.
    Mismatch,
    /// The relay refused.
    Refused(Refusal),
    /// The other end, or the relay, sent what cannot be.
    PeerBroken,
}

/// The state of the socket, as the adapter was told to make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Down { retry: Option<Millis> },
    Dialing,
    Up,
}

impl Link {
    const DOWN: Self = Self::Down { retry: None };

    fn retry(self) -> Option<Millis> {
        match self {
            Self::Down { retry } => retry,
            Self::Dialing | Self::Up => None,
        }
    }
}

/// The earliest of what there is.
fn earliest(timers: impl IntoIterator<Item = Option<Millis>>) -> Option<Millis> {
    timers.into_iter().flatten().min()
}
