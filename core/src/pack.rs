//! Deflate around messages: smaller where that pays, bounded on the way back.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use thiserror::Error;

/// Shorter messages are not worth deflating.
const WORTH_IT: usize = 200;
/// Most of the gain at a third of the time of the default.
const LEVEL: u8 = 3;
/// Longer messages are rare, and take too long at once: half the time again.
const LONG: usize = 1 << 20;

/// Bytes that do not inflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InflateError {
    /// They are not deflated data.
    #[error("the message does not inflate")]
    Malformed,
    /// They inflate to more than the limit.
    #[error("the message is too long")]
    TooLong,
}

/// The message deflated, without a header; none if that would not be smaller.
pub fn deflate(message: &[u8]) -> Option<Vec<u8>> {
    (message.len() >= WORTH_IT)
        .then(|| compress_to_vec(message, if message.len() > LONG { 1 } else { LEVEL }))
        .filter(|deflated| deflated.len() < message.len())
}

/// What [`deflate`] made smaller, if it is at most `limit` bytes.
///
/// # Errors
/// [`InflateError`].
pub fn inflate(deflated: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_with_limit(deflated, limit).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => InflateError::TooLong,
        _ => InflateError::Malformed,
    })
}
