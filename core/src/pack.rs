//! Deflate around messages: smaller where that pays, bounded on the way back.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use saath_protocol::wire::{DecodeError, MAX_MESSAGE};

/// Below this many bytes deflate does not pay.
const WORTH_IT: usize = 200;
/// Fast: the page must not wait for its compressor.
const LEVEL: u8 = 4;

/// A message as it is or deflated, whichever is smaller.
pub enum Packed {
    /// As it is.
    Plain(Vec<u8>),
    /// Deflated, without a header.
    Deflated(Vec<u8>),
}

/// Packs a message.
pub fn pack(message: Vec<u8>) -> Packed {
    if message.len() >= WORTH_IT {
        let deflated = compress_to_vec(&message, LEVEL);
        if deflated.len() < message.len() {
            return Packed::Deflated(deflated);
        }
    }
    Packed::Plain(message)
}

/// Inflates what [`pack`] deflated.
///
/// # Errors
/// [`DecodeError`] if it is not deflated data, or more than [`MAX_MESSAGE`] bytes.
pub fn inflate(deflated: &[u8]) -> Result<Vec<u8>, DecodeError> {
    decompress_to_vec_with_limit(deflated, MAX_MESSAGE).map_err(|_| DecodeError)
}
