//! What the customer's end seals, put together again: records' plaintexts into messages.
//!
//! By what PROTOCOL.md says of them, and not by the code that made them.

use anyhow::{Context, Result, bail, ensure};
use miniz_oxide::inflate::decompress_to_vec;

/// One page's plaintexts, as they come.
#[derive(Debug, Default)]
pub(super) struct Messages {
    parts: Vec<u8>,
}

impl Messages {
    /// Takes the next; the message, inflated, if this was its last part.
    ///
    /// # Errors
    /// When it is not the plaintext of a record.
    pub(super) fn push(&mut self, plain: &[u8]) -> Result<Option<Vec<u8>>> {
        let [flags, high, low, rest @ ..] = plain else { bail!("no header") };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        self.parts.extend_from_slice(rest.get(..length).context("it is too short")?);
        ensure!(flags & !3 == 0, "flags {flags}");
        if flags & 1 != 0 {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.parts);
        if flags & 2 == 0 {
            return Ok(Some(message));
        }
        let inflated = decompress_to_vec(&message);
        inflated.map(Some).map_err(|error| anyhow::anyhow!("{error}"))
    }
}
