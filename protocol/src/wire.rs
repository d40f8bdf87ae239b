//! Encoding and decoding of values between the two ends, with limits.
//!
//! The format is bincode 2's `standard` (little-endian, variable-length integers), written by
//! `wincode`. Golden bytes in `core/tests/vectors.rs` hold it still.

use thiserror::Error;
use wincode::config::Configuration;
use wincode::int_encoding::{LittleEndian, VarInt};
use wincode::len::BincodeLen;
use wincode::{SchemaRead, SchemaWrite};

/// The largest message one end takes from the other, in bytes, after inflating.
pub const MAX_MESSAGE: usize = 32 << 20;

/// The one configuration of the codec.
pub type Wire =
    Configuration<true, MAX_MESSAGE, BincodeLen, LittleEndian, VarInt, u32, MAX_MESSAGE>;

const WIRE: Wire = Configuration::new();

/// Bytes that are not the message they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the message does not decode")]
pub struct DecodeError;

/// Encodes `value`. Values of our own types always encode.
pub fn encode<T: SchemaWrite<Wire, Src = T>>(value: &T) -> Vec<u8> {
    wincode::config::serialize(value, WIRE).unwrap_or_default()
}

/// Decodes a `T` that takes up exactly `bytes`.
///
/// # Errors
/// [`DecodeError`] if the bytes are too many, too few or not a `T`.
pub fn decode<T: for<'de> SchemaRead<'de, Wire, Dst = T>>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > MAX_MESSAGE {
        return Err(DecodeError);
    }
    wincode::config::deserialize_exact(bytes, WIRE).map_err(|_| DecodeError)
}
