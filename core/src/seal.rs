//! From a help PIN to sealed records: what stands between the two ends and everybody else.
//!
//! ```text
//!  PIN ── handshake ──▶ Established { Secrets, check, transcript }
//!                            │
//!                            ├─▶ Channel    sealed records, one key a direction
//!                            └─▶ ResumeKey  ── resume ──▶ Secrets of the next epoch
//! ```
//!
//! CPace (ristretto255, SHA-512) turns the nine digits into a key that a relay in the middle gets
//! one guess at; HKDF-SHA256 spreads it; ChaCha20-Poly1305 seals. PROTOCOL.md has the bytes.
//! Nothing here does I/O, reads a clock or draws entropy: randomness is handed in.

mod channel;
mod frame;
mod handshake;
mod keys;
mod pake;
mod record;
mod resume;
pub mod self_test;

pub use channel::{Channel, ReceiveError};
pub use frame::FrameError;
pub use handshake::{
    AgentConfirm, AgentHello, CustomerConfirm, CustomerHello, Established, HandshakeError,
    IDENT_LABEL,
};
pub use keys::{ResumeKey, Secrets};
pub use record::{Opener, RecordError, Sealer};
pub use resume::{AgentResume, CustomerResume, ResumeError};

/// Source of randomness, handed in: the browser's in the adapters, a seeded one in tests.
pub trait Entropy {
    /// Fills `buf` with bytes nobody can guess.
    fn fill(&mut self, buf: &mut [u8]);
}

/// `N` random bytes.
pub(crate) fn random<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
