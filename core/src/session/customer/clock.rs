//! The two clocks of a page: one that only goes forward, and the time of day.

use super::super::Millis;

/// Ties the monotonic clock to the time of day.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    /// When `started` was.
    unix_s: u64,
    started: Option<Millis>,
}

impl Clock {
    /// Before the first event.
    pub(super) fn new(unix_s: u64) -> Self {
        Self { unix_s, started: None }
    }

    pub(super) fn start(&mut self, now: Millis) {
        self.started.get_or_insert(now);
    }

    pub(super) fn unix_s(self, now: Millis) -> u64 {
        self.unix_s + now.since(self.started.unwrap_or(now)) / 1000
    }

    pub(super) fn millis(self, unix_s: u64) -> Option<Millis> {
        let ms = unix_s.saturating_sub(self.unix_s).saturating_mul(1000);
        self.started.map(|started| started.plus(ms))
    }
}
