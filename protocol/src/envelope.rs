//! All that the relay parses: how the two ends find each other through it.
//!
//! Every message is one binary WebSocket message. Its first byte says whether it is for the relay
//! ([`FrameKind::Control`]) or for the peer, in which case the relay forwards it unread. Integers
//! are big-endian. No `Debug` here prints a nameplate, a token or an id, so that no log can.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::pin::Nameplate;

/// The version of this envelope and of the handshake behind it.
pub const VERSION: u8 = 1;
/// The largest WebSocket message the relay takes, in bytes.
pub const MAX_FRAME: usize = (64 << 10) + 64;
/// The longest agent token, in bytes.
pub const MAX_TOKEN: usize = 8 << 10;
/// How long the relay keeps the room after a side was lost.
pub const GRACE: Duration = Duration::from_secs(120);

/// Names the session in the handshake; chosen by the relay, not secret.
pub type SessionId = [u8; 16];
/// Names the session when the ends come back; chosen by the ends.
pub type ResumeId = [u8; 16];
/// Random bytes by which the relay would know its own room again.
pub type RoomToken = [u8; 32];

/// Close codes of the WebSocket, besides the standard ones (1003 text, 1008 policy, 1009 too big).
pub mod close {
    /// The peer speaks another version of the protocol.
    pub const VERSION: u16 = 4400;
    /// No token, or not a good one.
    pub const UNAUTHORIZED: u16 = 4401;
    /// The room does not exist, any more or at all.
    pub const GONE: u16 = 4404;
    /// The socket did not take what was sent to it.
    pub const STALLED: u16 = 4408;
    /// A limit is reached.
    pub const LIMITED: u16 = 4429;
}

/// What the first byte of a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// `00`: between an end and the relay.
    Control,
    /// `01`: between the ends, before there are keys.
    Handshake,
    /// `02`: between the ends, sealed.
    Record,
}

impl FrameKind {
    /// The kind of `frame`; `None` if it is empty or of no known kind.
    pub fn of(frame: &[u8]) -> Option<Self> {
        match frame.first()? {
            0 => Some(Self::Control),
            1 => Some(Self::Handshake),
            2 => Some(Self::Record),
            _ => None,
        }
    }
}

/// From an end to the relay.
#[derive(Clone, PartialEq, Eq)]
pub enum ToRelay {
    /// The customer asks for a nameplate.
    Open {
        /// None are defined: zero, and ignored.
        flags: u8,
    },
    /// The agent takes the room of a nameplate.
    Claim {
        /// Which room.
        nameplate: Nameplate,
        /// Made for the relay, not longer than [`MAX_TOKEN`].
        token: String,
    },
    /// An end comes back; the relay pairs equal ids.
    Rejoin {
        /// Which end.
        side: Side,
        /// Known to both ends and to the relay.
        id: ResumeId,
        /// The agent's token; empty for the customer.
        token: String,
    },
    /// The end is done: the room is closed and the peer told.
    Burn {
        /// Why.
        reason: BurnReason,
    },
}

/// From the relay to an end.
#[derive(Clone, PartialEq, Eq)]
pub enum FromRelay {
    /// The room is open (to the customer).
    Opened {
        /// To put in the PIN.
        nameplate: Nameplate,
        /// To bind the handshake to.
        session: SessionId,
        /// To be kept.
        token: RoomToken,
        /// Seconds until the nameplate expires unclaimed.
        ttl_s: u16,
    },
    /// The room is taken (to the agent).
    Claimed {
        /// To bind the handshake to.
        session: SessionId,
        /// To be kept.
        token: RoomToken,
    },
    /// An agent took the room (to the customer).
    Joined,
    /// The relay does not do what was asked, and closes the socket.
    Refused(Refusal),
    /// The peer's socket is gone; the room is kept for [`GRACE`].
    PeerLost,
    /// Both ends are back (to both).
    Rejoined,
    /// The peer is done.
    Ended(BurnReason),
    /// Nobody claimed the nameplate in time.
    Expired,
    /// The relay is about to stop: come back after a random time.
    Drain {
        /// The longest such time, in seconds.
        spread_s: u8,
    },
}

/// Which end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Whose page is shared.
    Customer,
    /// Who helps.
    Agent,
}

impl Side {
    /// The other end.
    pub fn peer(self) -> Self {
        match self {
            Self::Customer => Self::Agent,
            Self::Agent => Self::Customer,
        }
    }
}

/// Why the relay does not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The nameplate or the resume id is unknown, already taken or expired. Which of these, the
    /// relay does not say.
    Gone,
    /// No agent token, or not a good one.
    Unauthorized,
    /// The relay is full, or stopping: try later.
    Busy,
    /// The relay does not speak this version.
    Version,
    /// This address or this agent asked too often.
    TooMany,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Gone, Self::Unauthorized, Self::Busy, Self::Version, Self::TooMany];

    /// A stable name, for logs and for users of the library.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Unauthorized => "unauthorized",
            Self::Busy => "busy",
            Self::Version => "version",
            Self::TooMany => "too_many",
        }
    }

    /// With which the relay then closes the socket.
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Gone => close::GONE,
            Self::Unauthorized => close::UNAUTHORIZED,
            Self::Busy | Self::TooMany => close::LIMITED,
            Self::Version => close::VERSION,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Gone => 1,
            Self::Unauthorized => 2,
            Self::Busy => 3,
            Self::Version => 4,
            Self::TooMany => 5,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why an end closed the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BurnReason {
    /// Somebody pressed stop.
    Ended,
    /// The numbers did not match: a mistaken agent, or somebody between the ends.
    Mismatch,
    /// The customer declined.
    Declined,
    /// The customer reported the agent.
    Reported,
}

impl BurnReason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ended, Self::Mismatch, Self::Declined, Self::Reported];

    /// A stable name, for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Mismatch => "mismatch",
            Self::Declined => "declined",
            Self::Reported => "reported",
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Ended => 0,
            Self::Mismatch => 1,
            Self::Declined => 2,
            Self::Reported => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Bytes that are not the control message they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The sender speaks another version.
    #[error("another version of the protocol")]
    Version,
    /// The message is not one of ours.
    #[error("not a control message")]
    Unknown,
    /// The message is cut short, has something after its end, or a field has no such value.
    #[error("the control message does not decode")]
    Malformed,
}

impl ToRelay {
    /// The bytes of the message. A token longer than [`MAX_TOKEN`] is left out, so that the relay
    /// refuses it.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Open { flags } => vec![0, 1, VERSION, *flags],
            Self::Claim { nameplate, token } => {
                let mut out = vec![0, 3, VERSION];
                put_nameplate(&mut out, *nameplate);
                put_token(&mut out, token);
                out
            }
            Self::Rejoin { side, id, token } => {
                let side = match side {
                    Side::Customer => 0,
                    Side::Agent => 1,
                };
                let mut out = vec![0, 7, VERSION, side];
                out.extend_from_slice(id);
                put_token(&mut out, token);
                out
            }
            Self::Burn { reason } => vec![0, 8, reason.code()],
        }
    }

    /// Reads the message that takes up exactly `bytes`.
    ///
    /// # Errors
    /// [`DecodeError`]; its `Version` takes precedence, as a later version may look different.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Input(bytes);
        let message = match input.tag()? {
            1 => {
                input.version()?;
                Self::Open { flags: input.u8()? }
            }
            3 => {
                input.version()?;
                Self::Claim { nameplate: input.nameplate()?, token: input.token()? }
            }
            7 => {
                input.version()?;
                let side = match input.u8()? {
                    0 => Side::Customer,
                    1 => Side::Agent,
                    _ => return Err(DecodeError::Malformed),
                };
                Self::Rejoin { side, id: input.array()?, token: input.token()? }
            }
            8 => Self::Burn { reason: input.reason()? },
            _ => return Err(DecodeError::Unknown),
        };
        input.end()?;
        Ok(message)
    }

    /// The name of the message, as in PROTOCOL.md.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "OPEN",
            Self::Claim { .. } => "CLAIM",
            Self::Rejoin { .. } => "REJOIN",
            Self::Burn { .. } => "BURN",
        }
    }
}

impl FromRelay {
    /// The bytes of the message.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Opened { nameplate, session, token, ttl_s } => {
                let mut out = vec![0, 2];
                put_nameplate(&mut out, *nameplate);
                out.extend_from_slice(session);
                out.extend_from_slice(token);
                out.extend_from_slice(&ttl_s.to_be_bytes());
                out
            }
            Self::Claimed { session, token } => {
                let mut out = vec![0, 4];
                out.extend_from_slice(session);
                out.extend_from_slice(token);
                out
            }
            Self::Joined => vec![0, 5],
            Self::Refused(refusal) => vec![0, 6, refusal.code()],
            Self::PeerLost => vec![0, 9],
            Self::Rejoined => vec![0, 10],
            Self::Ended(reason) => vec![0, 11, reason.code()],
            Self::Expired => vec![0, 12],
            Self::Drain { spread_s } => vec![0, 13, *spread_s],
        }
    }

    /// Reads the message that takes up exactly `bytes`.
    ///
    /// # Errors
    /// [`DecodeError`], but never its `Version`: the relay speaks the version it was asked in.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Input(bytes);
        let message = match input.tag()? {
            2 => Self::Opened {
                nameplate: input.nameplate()?,
                session: input.array()?,
                token: input.array()?,
                ttl_s: u16::from_be_bytes(input.array()?),
            },
            4 => Self::Claimed { session: input.array()?, token: input.array()? },
            5 => Self::Joined,
            6 => Self::Refused(Refusal::from_code(input.u8()?).ok_or(DecodeError::Malformed)?),
            9 => Self::PeerLost,
            10 => Self::Rejoined,
            11 => Self::Ended(input.reason()?),
            12 => Self::Expired,
            13 => Self::Drain { spread_s: input.u8()? },
            _ => return Err(DecodeError::Unknown),
        };
        input.end()?;
        Ok(message)
    }

    /// The name of the message, as in PROTOCOL.md.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "OPENED",
            Self::Claimed { .. } => "CLAIMED",
            Self::Joined => "JOINED",
            Self::Refused(_) => "REFUSED",
            Self::PeerLost => "PEER_LOST",
            Self::Rejoined => "REJOINED",
            Self::Ended(_) => "ENDED",
            Self::Expired => "EXPIRED",
            Self::Drain { .. } => "DRAIN",
        }
    }
}

impl fmt::Debug for ToRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for FromRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn put_nameplate(out: &mut Vec<u8>, nameplate: Nameplate) {
    out.push(nameplate.as_bytes().len() as u8);
    out.extend_from_slice(nameplate.as_bytes());
}

fn put_token(out: &mut Vec<u8>, token: &str) {
    let token = if token.len() <= MAX_TOKEN { token.as_bytes() } else { &[] };
    out.extend_from_slice(&(token.len() as u16).to_be_bytes());
    out.extend_from_slice(token);
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// The second byte, after a first that says the message is for or from the relay.
    fn tag(&mut self) -> Result<u8, DecodeError> {
        if FrameKind::of(self.0) != Some(FrameKind::Control) {
            return Err(DecodeError::Unknown);
        }
        self.u8()?;
        self.u8()
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Malformed)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Malformed)
    }

    fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn version(&mut self) -> Result<(), DecodeError> {
        if self.u8()? == VERSION { Ok(()) } else { Err(DecodeError::Version) }
    }

    fn nameplate(&mut self) -> Result<Nameplate, DecodeError> {
        let len = self.u8()?;
        Nameplate::from_ascii(self.take(usize::from(len))?).map_err(|_| DecodeError::Malformed)
    }

    fn token(&mut self) -> Result<String, DecodeError> {
        let len = usize::from(u16::from_be_bytes(self.array()?));
        if len > MAX_TOKEN {
            return Err(DecodeError::Malformed);
        }
        let text = str::from_utf8(self.take(len)?).map_err(|_| DecodeError::Malformed)?;
        Ok(text.to_owned())
    }

    fn reason(&mut self) -> Result<BurnReason, DecodeError> {
        BurnReason::from_code(self.u8()?).ok_or(DecodeError::Malformed)
    }

    fn end(&self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Malformed) }
    }
}
