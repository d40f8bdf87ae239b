//! Messages into record plaintexts and back: deflated if that helps, split, padded.
//!
//! `flags:u8 ‖ length:u16 ‖ payload ‖ zeros`. The padding hides the exact sizes from the relay.
//! A message is deflated alone and never together with another one, so what an agent makes the
//! customer send tells nothing of what else is sent.

use crate::pack::{InflateError, deflate, inflate};
use saath_protocol::wire;
use thiserror::Error;

/// The longest plaintext of a record.
const MAX_PLAIN: usize = 60 << 10;
const HEADER: usize = 3;
const MAX_PAYLOAD: usize = MAX_PLAIN - HEADER;

/// More of the message follows.
const MORE: u8 = 1;
/// The message is deflated.
const DEFLATED: u8 = 2;

/// Why a plaintext is not part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Its header, length or padding is not as it must be.
    #[error("the frame is malformed")]
    Malformed,
    /// The message does not inflate.
    #[error("the message does not inflate")]
    Deflate,
    /// The message is longer than this end takes.
    #[error("the message is too long")]
    TooLong,
}

/// The plaintexts that carry `message`.
pub(super) fn pack(message: &[u8]) -> Vec<Vec<u8>> {
    let deflated = deflate(message);
    let flag = if deflated.is_some() { DEFLATED } else { 0 };
    let payload = deflated.as_deref().unwrap_or(message);
    let count = payload.len().div_ceil(MAX_PAYLOAD).max(1);
    (0..count)
        .map(|index| {
            let from = index * MAX_PAYLOAD;
            let part = &payload[from..payload.len().min(from + MAX_PAYLOAD)];
            let more = if index + 1 < count { MORE } else { 0 };
            let mut plain = Vec::with_capacity(padded(HEADER + part.len()));
            plain.push(flag | more);
            plain.extend_from_slice(&(part.len() as u16).to_be_bytes());
            plain.extend_from_slice(part);
            plain.resize(padded(plain.len()), 0);
            plain
        })
        .collect()
}

/// To the next 256 bytes up to 4 KiB; above, to the next eighth of the power of two below.
fn padded(len: usize) -> usize {
    let step = if len <= 4 << 10 { 256 } else { (1 << len.ilog2()) / 8 };
    len.next_multiple_of(step)
}

/// Puts messages together again.
#[derive(Debug)]
pub(super) struct Assembler {
    parts: Vec<u8>,
    /// Of the message under way.
    deflated: Option<bool>,
    limit: usize,
}

impl Assembler {
    /// For messages of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { parts: Vec::new(), deflated: None, limit: limit.min(wire::MAX_MESSAGE) }
    }

    /// Takes the next plaintext; the message, if this was its last part.
    pub(super) fn push(&mut self, plain: &[u8]) -> Result<Option<Vec<u8>>, FrameError> {
        let (&[flags, high, low], rest) =
            plain.split_first_chunk::<HEADER>().ok_or(FrameError::Malformed)?;
        let len = usize::from(u16::from_be_bytes([high, low]));
        let (part, padding) = rest.split_at_checked(len).ok_or(FrameError::Malformed)?;
        let deflated = flags & DEFLATED != 0;
        if flags & !(MORE | DEFLATED) != 0
            || padding.iter().any(|byte| *byte != 0)
            || self.deflated.is_some_and(|earlier| earlier != deflated)
            || (part.is_empty() && flags & MORE != 0)
        {
            return Err(FrameError::Malformed);
        }
        if self.parts.len() + part.len() > self.limit {
            return Err(FrameError::TooLong);
        }
        self.parts.extend_from_slice(part);
        if flags & MORE != 0 {
            self.deflated = Some(deflated);
            return Ok(None);
        }
        self.deflated = None;
        let message = std::mem::take(&mut self.parts);
        if !deflated {
            return Ok(Some(message));
        }
        inflate(&message, self.limit).map(Some).map_err(|error| match error {
            InflateError::TooLong => FrameError::TooLong,
            InflateError::Malformed => FrameError::Deflate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that do not deflate (xorshift).
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let step = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        std::iter::repeat_with(step).take(len).collect()
    }

    fn through(message: &[u8]) -> Vec<u8> {
        let mut assembler = Assembler::new(usize::MAX);
        let mut plains = pack(message);
        let last = plains.pop().unwrap();
        for plain in plains {
            assert!(plain.len() <= MAX_PLAIN);
            assert_eq!(assembler.push(&plain), Ok(None));
        }
        assembler.push(&last).unwrap().unwrap()
    }

    #[test]
    fn sizes_are_padded() {
        for (len, size) in [(1, 256), (256, 256), (257, 512), (4096, 4096), (4097, 4608)] {
            assert_eq!(padded(len), size);
        }
        assert_eq!(padded(MAX_PLAIN), MAX_PLAIN);
        assert_eq!(padded(57 << 10), MAX_PLAIN);
        assert!((1..MAX_PLAIN).all(|len| (len..=MAX_PLAIN).contains(&padded(len))));
    }

    #[test]
    fn long_messages_are_split_and_come_back() {
        let noise = noise(200_000);
        assert!(pack(&noise).len() >= 4);
        assert_eq!(through(&noise), noise);
        let even = vec![b'x'; 3 << 20];
        assert_eq!(pack(&even).len(), 1, "deflated");
        assert_eq!(through(&even), even);
        for len in [0, 1, 199, 200, MAX_PAYLOAD - 1, MAX_PAYLOAD, MAX_PAYLOAD + 1] {
            assert_eq!(through(&noise[..len]), noise[..len]);
        }
    }

    #[test]
    fn a_message_over_the_limit_is_refused_also_when_deflated() {
        let mut assembler = Assembler::new(1000);
        assert_eq!(assembler.push(&pack(&[b'x'; 1001])[0]), Err(FrameError::TooLong));
        let mut assembler = Assembler::new(1000);
        assert_eq!(assembler.push(&pack(&[b'x'; 1000])[0]), Ok(Some(vec![b'x'; 1000])));
        assert_eq!(Assembler::new(1000).push(&pack(&noise(1001))[0]), Err(FrameError::TooLong));
    }

    #[test]
    fn malformed_plaintexts_are_refused() {
        let malformed: [&[u8]; 6] =
            [&[], &[0, 0], &[0, 0, 1], &[4, 0, 0], &[0, 0, 0, 1], &[1, 0, 0]];
        for plain in malformed {
            assert_eq!(Assembler::new(100).push(plain), Err(FrameError::Malformed), "{plain:?}");
        }
        let mut assembler = Assembler::new(100);
        assert_eq!(assembler.push(&[1, 0, 1, 9]), Ok(None));
        assert_eq!(assembler.push(&[2, 0, 1, 9]), Err(FrameError::Malformed));
    }

    proptest! {
        #[test]
        fn any_plaintext_is_taken_or_refused(plain in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = Assembler::new(1 << 16).push(&plain);
        }
    }
}
