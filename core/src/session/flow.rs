//! How much may be under way: pages downwards, actions and repairs upwards.

use std::collections::VecDeque;

use super::{ACTIONS_PER_SECOND, Millis, PAGE_BUDGET, PAGES_UNDER_WAY};
use crate::message::page::PageKind;
use crate::tree::Digest;

/// Pages that were sent and not yet acknowledged, in one epoch.
#[derive(Debug, Default)]
pub(super) struct PageFlow {
    under_way: VecDeque<(u32, usize)>,
    bytes: usize,
    sent: u32,
    /// The last page that made the replica right, whatever it was before.
    base: u32,
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
    pub(super) fn sent(&mut self, kind: PageKind, bytes: usize) {
        self.sent = self.next();
        if kind != PageKind::Change {
            self.base = self.sent;
        }
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

    /// Whether what the replica was at `number` does not matter, as it starts anew by a later page.
    pub(super) fn is_past(&self, number: u32) -> bool {
        number < self.base
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

/// What an agent's end needs because its replica is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Page,
    Repair(Digest),
}

/// Repairs, at most one each two seconds; those in between are put together.
#[derive(Debug, Default)]
pub(super) struct RepairGate {
    next: Millis,
    waiting: Option<Wanted>,
}

impl RepairGate {
    const EVERY_MS: u64 = 2000;

    /// Takes a request for repair.
    pub(super) fn ask(&mut self, wanted: Wanted) {
        // The whole page contains the others.
        if self.waiting != Some(Wanted::Page) {
            self.waiting = Some(wanted);
        }
    }

    /// What is due now.
    pub(super) fn take(&mut self, now: Millis) -> Option<Wanted> {
        if now < self.next {
            return None;
        }
        let wanted = self.waiting.take()?;
        self.next = now.plus(Self::EVERY_MS);
        Some(wanted)
    }

    /// Whether one is due, now or soon.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// The whole page is sent anyway.
    pub(super) fn clear(&mut self) {
        self.waiting = None;
    }

    pub(super) fn timer(&self) -> Option<Millis> {
        self.waiting.as_ref().map(|_| self.next)
    }
}

/// What the agent's end may still ask for: a replica that does not come right must not ask for ever.
#[derive(Debug, Default)]
pub(super) struct RepairBudget {
    asked: VecDeque<Millis>,
}

/// How much may be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Patience {
    Part,
    Page,
    Over,
}

impl RepairBudget {
    const PERIOD_MS: u64 = 60 * 1000;
    const PARTS: usize = 10;
    const PAGES: usize = 10;

    pub(super) fn ask(&mut self, now: Millis) -> Patience {
        while self.asked.front().is_some_and(|at| now.since(*at) >= Self::PERIOD_MS) {
            self.asked.pop_front();
        }
        match self.asked.len() {
            before if before < Self::PARTS + Self::PAGES => {
                self.asked.push_back(now);
                if before < Self::PARTS { Patience::Part } else { Patience::Page }
            }
            _ => Patience::Over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::NodeId;
    use crate::ops::{Batch, Compat, Op, Place, StrId};
    use crate::tree::Tree;

    #[test]
    fn pages_stop_at_eight_or_at_the_budget() {
        let mut pages = PageFlow::default();
        for _ in 0..PAGES_UNDER_WAY {
            assert!(pages.room());
            pages.sent(PageKind::Change, 1000);
        }
        assert!(!pages.room());
        assert!(pages.applied(1).is_ok() && pages.room());
        pages.sent(PageKind::Change, PAGE_BUDGET);
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
    fn what_was_before_a_fresh_page_does_not_matter() {
        let mut pages = PageFlow::default();
        [PageKind::Fresh, PageKind::Change, PageKind::Repair, PageKind::Change]
            .into_iter()
            .for_each(|kind| pages.sent(kind, 1));
        assert!(pages.is_past(2) && !pages.is_past(3) && !pages.is_past(4));
    }

    #[test]
    fn repairs_are_put_together() {
        let repair = |id| {
            let mut tree = Tree::default();
            let batch = Batch::default();
            tree.apply(&Op::Document(Compat::Quirks), &batch).unwrap();
            let at = Place { parent: NodeId(1), before: None };
            tree.apply(&Op::Text { id: NodeId(id), at, text: StrId(0) }, &batch).unwrap();
            Wanted::Repair(Digest::decode(&tree.digest()).unwrap())
        };
        let mut gate = RepairGate::default();
        gate.ask(repair(7));
        assert_eq!(gate.take(Millis(10)), Some(repair(7)));
        gate.ask(repair(5));
        gate.ask(repair(4));
        assert_eq!(gate.take(Millis(2009)), None);
        assert_eq!(gate.timer(), Some(Millis(2010)));
        assert_eq!(gate.take(Millis(2010)), Some(repair(4)), "the newest is what there is");
        assert_eq!(gate.take(Millis(9000)), None);
        gate.ask(repair(5));
        gate.ask(Wanted::Page);
        gate.ask(repair(6));
        assert_eq!(gate.take(Millis(9000)), Some(Wanted::Page), "it contains the others");
        gate.ask(Wanted::Page);
        gate.clear();
        assert_eq!(gate.take(Millis(90_000)), None);
    }

    #[test]
    fn patience_ends_and_comes_back() {
        let mut budget = RepairBudget::default();
        let asked: Vec<_> = (0..21).map(|n| budget.ask(Millis(n * 2000))).collect();
        let count = |patience| asked.iter().filter(|asked| **asked == patience).count();
        assert_eq!([Patience::Part, Patience::Page, Patience::Over].map(count), [10, 10, 1]);
        assert_eq!(budget.ask(Millis(60_000)), Patience::Page);
        assert_eq!(budget.ask(Millis(200_000)), Patience::Part);
    }
}
