//! How much may be under way: pages downwards, actions and repairs upwards.

use std::collections::VecDeque;

use super::{ACTIONS_PER_SECOND, Millis, PAGE_BUDGET, PAGES_UNDER_WAY};
use crate::message::page::Repair;
use crate::node::NodeId;

/// Pages that were sent and not yet acknowledged, in one epoch.
#[derive(Debug, Default)]
pub(super) struct PageFlow {
    under_way: VecDeque<(u32, usize)>,
    bytes: usize,
    sent: u32,
}

/// The peer acknowledged what was never sent.
pub(super) struct NeverSent;

impl PageFlow {
    /// Whether another page may be sent.
    pub(super) fn room(&self) -> bool {
        self.bytes < PAGE_BUDGET && self.under_way.len() < PAGES_UNDER_WAY
    }

    /// The number of the next page.
    pub(super) fn next(&self) -> u32 {
        self.sent.wrapping_add(1)
    }

    /// The next page went out, as this many sealed bytes.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent = self.next();
        self.under_way.push_back((self.sent, bytes));
        self.bytes += bytes;
    }

    /// Pages up to `number` are applied.
    pub(super) fn applied(&mut self, number: u32) -> Result<(), NeverSent> {
        if number > self.sent {
            return Err(NeverSent);
        }
        while let Some((_, bytes)) = self.under_way.front().filter(|(page, _)| *page <= number) {
            self.bytes -= bytes;
            self.under_way.pop_front();
        }
        Ok(())
    }

    /// Nothing of what is under way matters any more.
    pub(super) fn forget(&mut self) {
        self.under_way.clear();
        self.bytes = 0;
    }
}

/// Actions that are taken: each number once, and not too many a second.
#[derive(Debug)]
pub(super) struct ActionGate {
    last: u32,
    /// Thousandths of an action.
    credit: u64,
    at: Millis,
}

/// What to do with an action.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may be done.
    Fresh,
    /// Its number was used: nothing happens.
    Seen,
    /// There are too many: refuse it.
    TooMany,
}

impl ActionGate {
    const FULL: u64 = ACTIONS_PER_SECOND * 1000;

    pub(super) fn new(now: Millis) -> Self {
        Self { last: 0, credit: Self::FULL, at: now }
    }

    pub(super) fn admit(&mut self, now: Millis, serial: u32) -> Admission {
        if serial <= self.last {
            return Admission::Seen;
        }
        self.last = serial;
        let earned = now.since(self.at).saturating_mul(ACTIONS_PER_SECOND);
        self.credit = Self::FULL.min(self.credit.saturating_add(earned));
        self.at = now;
        match self.credit.checked_sub(1000) {
            Some(credit) => {
                self.credit = credit;
                Admission::Fresh
            }
            None => Admission::TooMany,
        }
    }
}

/// Repairs, at most one each two seconds; those in between are put together.
#[derive(Debug, Default)]
pub(super) struct RepairGate {
    next: Millis,
    /// Subtrees to send anew; empty means the whole page.
    waiting: Option<Vec<NodeId>>,
}

impl RepairGate {
    const EVERY_MS: u64 = 2000;
    /// More subtrees than this are as much as the whole page.
    const MAX_ROOTS: usize = 256;

    /// Takes a request for repair.
    pub(super) fn ask(&mut self, repair: Repair) {
        let waiting = self.waiting.take();
        let whole_page = repair.roots.is_empty() || waiting.as_ref().is_some_and(Vec::is_empty);
        let mut roots = waiting.unwrap_or_default();
        if whole_page {
            roots.clear();
        } else {
            for root in repair.roots {
                if roots.len() <= Self::MAX_ROOTS && !roots.contains(&root) {
                    roots.push(root);
                }
            }
        }
        if roots.len() > Self::MAX_ROOTS {
            roots.clear();
        }
        self.waiting = Some(roots);
    }

    /// What is due now.
    pub(super) fn take(&mut self, now: Millis) -> Option<Vec<NodeId>> {
        if now < self.next {
            return None;
        }
        let roots = self.waiting.take()?;
        self.next = now.plus(Self::EVERY_MS);
        Some(roots)
    }

    pub(super) fn timer(&self) -> Option<Millis> {
        self.waiting.as_ref().map(|_| self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stop_at_eight_or_at_the_budget() {
        let mut pages = PageFlow::default();
        for _ in 0..PAGES_UNDER_WAY {
            assert!(pages.room());
            pages.sent(1000);
        }
        assert!(!pages.room());
        assert!(pages.applied(1).is_ok() && pages.room());
        pages.sent(PAGE_BUDGET);
        assert!(!pages.room());
        assert!(pages.applied(8).is_ok() && !pages.room());
        assert!(pages.applied(9).is_ok() && pages.room());
        assert!(pages.applied(3).is_ok(), "an older acknowledgement is no news");
        assert!(pages.applied(10).is_err());
    }

    #[test]
    fn actions_are_taken_once_and_not_too_fast() {
        let mut gate = ActionGate::new(Millis(0));
        let admitted =
            (1..=1000).filter(|serial| gate.admit(Millis(0), *serial) == Admission::Fresh).count();
        assert_eq!(admitted as u64, ACTIONS_PER_SECOND);
        assert_eq!(gate.admit(Millis(1000), 1000), Admission::Seen);
        assert_eq!(gate.admit(Millis(1000), 0), Admission::Seen);
        let admitted = (1001..=2000)
            .filter(|serial| gate.admit(Millis(1000), *serial) == Admission::Fresh)
            .count();
        assert_eq!(admitted as u64, ACTIONS_PER_SECOND);
    }

    #[test]
    fn repairs_are_put_together() {
        let ask = |gate: &mut RepairGate, roots: &[u32]| {
            gate.ask(Repair { number: 0, roots: roots.iter().copied().map(NodeId).collect() });
        };
        let mut gate = RepairGate::default();
        ask(&mut gate, &[7, 3, 7]);
        assert_eq!(gate.take(Millis(10)), Some(vec![NodeId(7), NodeId(3)]));
        ask(&mut gate, &[5]);
        ask(&mut gate, &[4, 5]);
        assert_eq!(gate.take(Millis(2009)), None);
        assert_eq!(gate.timer(), Some(Millis(2010)));
        assert_eq!(gate.take(Millis(2010)), Some(vec![NodeId(5), NodeId(4)]));
        assert_eq!(gate.take(Millis(9000)), None);
        ask(&mut gate, &[5]);
        ask(&mut gate, &[]);
        ask(&mut gate, &[6]);
        assert_eq!(gate.take(Millis(9000)), Some(vec![]), "the whole page contains the others");
    }
}
