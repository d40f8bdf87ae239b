//! The hash of the running check: fast, the same on every machine, not cryptographic.
//!
//! It guards against our own mistakes, not against the peer, who could send any tree anyway.

const K: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes two words into one.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(K) ^ b.rotate_left(31);
    x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x = (x ^ x >> 29).wrapping_mul(K);
    x ^ x >> 32
}

/// The hash of a text.
pub(crate) fn hash_text(text: &str) -> u64 {
    let mut hash = text.len() as u64 ^ K;
    let mut chunks = text.as_bytes().chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        hash = (hash.rotate_left(23) ^ word).wrapping_mul(K);
    }
    let tail = chunks.remainder().iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    mix(hash, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_differ() {
        let texts = ["", "\0", "a", "b", "ab", "ba", "12345678", "123456780", "1234567812345678"];
        let hashes: std::collections::HashSet<_> = texts.iter().map(|t| hash_text(t)).collect();
        assert_eq!(hashes.len(), texts.len());
    }
}
