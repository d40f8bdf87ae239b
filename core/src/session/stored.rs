//! What a page leaves behind for the next page of the same tab.
//!
//! Never keys, sequence numbers or the PIN: a duplicated tab gets a copy of the storage, and two
//! tabs with the same traffic keys would use a nonce twice. A resume needs a fresh key agreement
//! with the agent's end, which takes part in one only.

use std::fmt;

use saath_protocol::wire;
use wincode::{SchemaRead, SchemaWrite};
use zeroize::Zeroizing;

use super::customer::{AgentIdentity, Terms};
use crate::message::control::Level;
use crate::seal::ResumeKey;

use thiserror::Error;

const VERSION: u8 = 1;
/// The longest text that is read.
const MAX_TEXT: usize = 4096;

/// The stored session is too old to be resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the session cannot be resumed any more")]
pub struct ResumeExpired;

/// Lets the next page of the tab go on with the session. `Debug` prints nothing of it.
pub struct ResumeSecret {
    pub(super) key: ResumeKey,
    pub(super) terms: Terms,
    pub(super) expires_unix_s: u64,
}

/// The stored form.
#[derive(SchemaRead, SchemaWrite)]
struct Stored {
    version: u8,
    id: [u8; 16],
    master: [u8; 32],
    epoch: u32,
    expires_unix_s: u64,
    ends_unix_s: u64,
    level: Level,
    agent: AgentIdentity,
}

impl ResumeSecret {
    /// One opaque line of ASCII, for `sessionStorage`.
    pub fn to_text(&self) -> String {
        let stored = Zeroizing::new(wire::encode(&Stored {
            version: VERSION,
            id: self.key.id,
            master: *self.key.master.as_bytes(),
            epoch: self.key.epoch,
            expires_unix_s: self.expires_unix_s,
            ends_unix_s: self.terms.ends_unix_s,
            level: self.terms.level,
            agent: self.terms.agent.clone(),
        }));
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        stored.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT || !text.len().is_multiple_of(2) {
            return None;
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
        for pair in text.as_bytes().as_chunks::<2>().0 {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            bytes.push((high << 4 | low) as u8);
        }
        let stored: Stored = wire::decode(&bytes).ok()?;
        (stored.version == VERSION).then(|| Self {
            key: ResumeKey::restore(stored.id, stored.master, stored.epoch),
            expires_unix_s: stored.expires_unix_s,
            terms: Terms {
                agent: stored.agent.plain(),
                level: stored.level.min(Level::Point),
                ends_unix_s: stored.ends_unix_s,
            },
        })
    }
}

impl fmt::Debug for ResumeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeSecret(…)")
    }
}
