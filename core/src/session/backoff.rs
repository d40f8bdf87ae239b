//! When to try the relay again: a little later each time, and never all together.

use crate::seal::{Entropy, random};

const FIRST_MS: f64 = 500.0;
const GROWTH: f64 = 1.5;
const CAP_MS: f64 = 20_000.0;

/// 0.5 s × 1.5ⁿ ± 50 %, at most 20 s.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// How long to wait before the next attempt, in milliseconds.
    pub(super) fn next_ms(&mut self, entropy: &mut dyn Entropy) -> u64 {
        let attempts = i32::try_from(self.attempts.min(30)).unwrap_or(30);
        let base = (FIRST_MS * GROWTH.powi(attempts)).min(CAP_MS);
        self.attempts = self.attempts.saturating_add(1);
        let spread = 0.5 + f64::from(u16::from_be_bytes(random(entropy))) / f64::from(u16::MAX);
        (base * spread).min(CAP_MS) as u64
    }

    /// It worked.
    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::self_test::FixedEntropy;

    #[test]
    fn grows_and_stays_within_bounds() {
        let mut entropy = FixedEntropy(3);
        let mut backoff = Backoff::default();
        for attempt in 0..60 {
            let ms = backoff.next_ms(&mut entropy);
            let base = (500.0 * 1.5f64.powi(attempt)).min(20_000.0);
            assert!(ms as f64 >= (base * 0.5).floor(), "{attempt}: {ms}");
            assert!(ms as f64 <= (base * 1.5).min(20_000.0), "{attempt}: {ms}");
        }
        backoff.reset();
        assert!(backoff.next_ms(&mut entropy) <= 750);
    }
}
