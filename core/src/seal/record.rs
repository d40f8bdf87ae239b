//! Sealed records: `02 epoch:u32 seq:u64 ciphertext tag[16]`, big-endian, the header authenticated.
//!
//! A [`Sealer`] and an [`Opener`] are made for one direction of one epoch. The relay delivers in
//! order and without loss, so any other record than exactly the next one is an attack or a fault:
//! the opener then forgets its key, and nothing more is opened.

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, Key, KeyInit, Nonce, Tag};
use thiserror::Error;

use super::keys::{Secret, expand};

/// Kind, epoch and sequence number.
pub(super) const HEADER: usize = 13;
const TAG: usize = 16;
const KIND: u8 = 2;

/// Records under one key. Far below what the cipher bears, far above what a session sends.
const RECORDS_PER_KEY: u64 = 1 << 40;

/// Why a record was not opened. All are fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It is too short, or not a record.
    #[error("not a record")]
    Malformed,
    /// It is of another epoch, or not the next one.
    #[error("the record is out of order")]
    OutOfOrder,
    /// It was changed, or sealed by somebody else.
    #[error("the record is not authentic")]
    Forged,
    /// A record before it was refused.
    #[error("the channel is dead")]
    Dead,
}

/// Seals the records of one direction.
#[derive(Debug)]
pub struct Sealer(Direction);

impl Sealer {
    pub(super) fn new(key: &Secret<32>, epoch: u32) -> Self {
        Self(Direction::new(key, epoch))
    }

    /// The next record, with `plaintext` in it.
    pub fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let header = self.0.header();
        let mut record = Vec::with_capacity(HEADER + plaintext.len() + TAG);
        record.extend_from_slice(&header);
        record.extend_from_slice(plaintext);
        let body = InOutBuf::from(&mut record[HEADER..]);
        let sealed = self.0.cipher().encrypt_inout_detached(&self.0.nonce(), &header, body);
        self.0.advance();
        match sealed {
            Ok(tag) => {
                record.extend_from_slice(&tag);
                record
            }
            // The cipher refuses more than 256 GiB only. Nothing, rather than the plaintext.
            Err(_) => Vec::new(),
        }
    }
}

/// Opens the records of one direction, strictly in order.
#[derive(Debug)]
pub struct Opener(Option<Direction>);

impl Opener {
    pub(super) fn new(key: &Secret<32>, epoch: u32) -> Self {
        Self(Some(Direction::new(key, epoch)))
    }

    /// Forgets the key: nothing more is opened.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    /// The plaintext of the next record.
    ///
    /// # Errors
    /// [`RecordError`], after which nothing more is opened.
    pub fn open(&mut self, record: &[u8]) -> Result<Vec<u8>, RecordError> {
        let mut direction = self.0.take().ok_or(RecordError::Dead)?;
        let (header, body) = record.split_first_chunk::<HEADER>().ok_or(RecordError::Malformed)?;
        let (body, tag) = body.split_last_chunk::<TAG>().ok_or(RecordError::Malformed)?;
        if header[0] != KIND {
            return Err(RecordError::Malformed);
        }
        if *header != direction.header() {
            return Err(RecordError::OutOfOrder);
        }
        let mut plaintext = body.to_vec();
        direction
            .cipher()
            .decrypt_inout_detached(
                &direction.nonce(),
                header,
                InOutBuf::from(plaintext.as_mut_slice()),
                &Tag::from(*tag),
            )
            .map_err(|_| RecordError::Forged)?;
        direction.advance();
        self.0 = Some(direction);
        Ok(plaintext)
    }
}

/// A key and how often it was used.
#[derive(Debug)]
struct Direction {
    key: Secret<32>,
    epoch: u32,
    next: u64,
    records_per_key: u64,
}

impl Direction {
    fn new(key: &Secret<32>, epoch: u32) -> Self {
        Self { key: key.clone(), epoch, next: 0, records_per_key: RECORDS_PER_KEY }
    }

    fn header(&self) -> [u8; HEADER] {
        let mut header = [KIND; HEADER];
        header[1..5].copy_from_slice(&self.epoch.to_be_bytes());
        header[5..].copy_from_slice(&self.next.to_be_bytes());
        header
    }

    fn nonce(&self) -> Nonce {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&self.next.to_be_bytes());
        nonce.into()
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.key.as_bytes()))
    }

    /// To the next number; after the last one, to the next key.
    fn advance(&mut self) {
        self.next += 1;
        if self.next == self.records_per_key {
            self.key = expand(&self.key, &[b"cb1 up"]);
            self.next = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(records_per_key: u64) -> (Sealer, Opener) {
        let direction =
            || Direction { records_per_key, ..Direction::new(&Secret::new([5; 32]), 2) };
        (Sealer(direction()), Opener(Some(direction())))
    }

    #[test]
    fn the_key_is_replaced_when_it_is_used_up() {
        let (mut sealer, mut opener) = pair(3);
        let records: Vec<_> = (0..8).map(|_| sealer.seal(b"same")).collect();
        for record in &records {
            assert_eq!(opener.open(record).unwrap(), b"same");
        }
        assert_eq!(records[0][..HEADER], records[3][..HEADER], "numbers start anew");
        assert_ne!(records[0], records[3], "under another key");
        assert_eq!(pair(3).1.open(&records[3]), Err(RecordError::Forged));
    }

    #[test]
    fn after_a_bad_record_nothing_is_opened() {
        let (mut sealer, mut opener) = pair(100);
        let (first, second) = (sealer.seal(b"1"), sealer.seal(b"2"));
        assert_eq!(opener.open(&second), Err(RecordError::OutOfOrder));
        assert_eq!(opener.open(&first), Err(RecordError::Dead));
        for cut in 0..first.len() {
            assert!(pair(100).1.open(&first[..cut]).is_err());
        }
        for bit in 0..first.len() * 8 {
            let mut changed = first.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(pair(100).1.open(&changed).is_err(), "bit {bit}");
        }
    }
}
