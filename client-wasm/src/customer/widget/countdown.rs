//! A countdown by the wall clock: a page that slept shows the right time when it wakes.

use gloo_timers::callback::Interval;

/// Ticks until it is dropped.
pub(super) struct Countdown {
    _interval: Interval,
}

impl Countdown {
    /// Calls `tick` with the milliseconds left, now and four times a second.
    pub(super) fn new(total_ms: u64, mut tick: impl FnMut(u64) + 'static) -> Self {
        tick(total_ms);
        let end = js_sys::Date::now() + total_ms as f64;
        Self {
            _interval: Interval::new(250, move || {
                tick((end - js_sys::Date::now()).max(0.0) as u64);
            }),
        }
    }
}

/// Whole seconds, rounded up, so that zero means over.
pub(super) fn seconds(ms: u64) -> u64 {
    ms.div_ceil(1000)
}

/// `4:05`.
pub(super) fn clock(ms: u64) -> String {
    let seconds = seconds(ms);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Says when to speak: once each at 60, 30 and 10 seconds left, and never all the time.
#[derive(Default)]
pub(super) struct Milestones {
    last: Option<u64>,
}

impl Milestones {
    /// The milestone passed since the last call, if any.
    pub(super) fn passed(&mut self, ms: u64) -> Option<u64> {
        let now = seconds(ms);
        let before = self.last.replace(now)?;
        [10, 30, 60].into_iter().find(|at| before > *at && now <= *at && now > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_round_up() {
        for (ms, shown) in
            [(300_000, "5:00"), (299_001, "5:00"), (65_000, "1:05"), (1, "0:01"), (0, "0:00")]
        {
            assert_eq!(clock(ms), shown);
        }
    }

    #[test]
    fn milestones_are_spoken_once() {
        let mut milestones = Milestones::default();
        let said: Vec<_> =
            (0..=1200).rev().filter_map(|tick| milestones.passed(tick * 100)).collect();
        assert_eq!(said, [60, 30, 10]);
    }

    #[test]
    fn a_page_that_slept_hears_the_latest_only() {
        let mut milestones = Milestones::default();
        assert_eq!(milestones.passed(120_000), None);
        assert_eq!(milestones.passed(9_000), Some(10));
        assert_eq!(milestones.passed(8_000), None);
        assert_eq!(milestones.passed(0), None);
    }
}
