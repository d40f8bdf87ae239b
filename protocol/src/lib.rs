//! What the relay and both ends agree on: the PIN, the relay's envelope, and the wire primitives.
//!
//! ```text
//!  customer's page                 relay                    agent's console
//!  OPEN ────────────────────────▶ nameplate
//!  PIN = nameplate + secret + check    ◀──────────────────── CLAIM nameplate + token
//!  handshake, records ◀══════════ opaque, forwarded ═══════▶ handshake, records
//! ```
//!
//! The relay depends on this crate and on nothing that can open a record.

mod digit;
pub mod envelope;
pub mod pin;
pub mod verhoeff;
pub mod wire;
