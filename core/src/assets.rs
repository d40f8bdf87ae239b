//! Pictures, fonts and canvases as sealed assets: numbered where they are met, offered by hash,
//! sent once.
//!
//! ```text
//! mask: address → number      the page says 7, never where 7 comes from
//! glue: number → bytes        read by the customer's browser, when the first view is up
//! Outgoing → Offer            7 is this hash
//! Incoming → Want             unless the console has it
//! Outgoing → Asset, Asset…    as there is room
//! Incoming: hash? type?       and only then a blob
//! ```
//!
//! The two ends of the transport are machines without I/O, like the session.

mod addresses;
mod allowance;
mod incoming;
mod kind;
mod outgoing;
mod picture;

pub use addresses::{Addresses, Found, Use};
pub use allowance::{Allowance, MAX_GUESTS_ASSETS};
pub use incoming::{Hostile, Incoming, Step};
pub use kind::Kind;
pub use outgoing::{Flow, NeverSent, Outgoing, Piece};
pub(crate) use picture::Seen;
pub use picture::{Label, Picture};

/// The longest piece, in bytes.
pub const PIECE: u32 = 48 << 10;
/// Bytes of pieces that may be under way unacknowledged. The relay's queue is bounded.
pub const WINDOW: u64 = 256 << 10;
/// The largest asset, in bytes.
pub const MAX_ASSET: u32 = 16 << 20;
/// What a session may read and send of assets, in bytes, each content once; what moves (a canvas, a
/// film) is bounded by its pace instead.
pub const BUDGET: u64 = 64 << 20;
/// What the agent's end holds at once, in bytes.
pub const MAX_HELD: u64 = 128 << 20;
/// The most assets of a capture.
pub const MAX_ASSETS: u32 = 1 << 16;
/// The most assets in one message.
pub const MAX_LISTED: usize = 1 << 12;
