//! Pages of guests that came and are not taken yet.

use super::Unwelcome;
use crate::message::guest::GuestPage;
use std::collections::VecDeque;

/// One page of each guest at most, in the order in which they came. `K` is what a guest goes by.
#[derive(Debug)]
pub struct Waiting<K>(VecDeque<(K, GuestPage)>);

impl<K> Default for Waiting<K> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: PartialEq> Waiting<K> {
    /// Keeps a page. One of another turn takes the place of what waits: its guest has begun anew
    /// since.
    ///
    /// # Errors
    /// [`Unwelcome`]: the guest has not waited until the one before was taken.
    pub fn put(&mut self, key: K, page: GuestPage) -> Result<(), Unwelcome> {
        match self.0.iter_mut().find(|(other, _)| *other == key) {
            Some((_, before)) if before.turn == page.turn => Err(Unwelcome),
            Some((_, before)) => {
                *before = page;
                Ok(())
            }
            None => {
                self.0.push_back((key, page));
                Ok(())
            }
        }
    }

    /// The next one.
    pub fn take(&mut self) -> Option<(K, GuestPage)> {
        self.0.pop_front()
    }

    /// Forgets what waits of a guest.
    pub fn forget(&mut self, key: &K) {
        self.0.retain(|(other, _)| other != key);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::page::{Page, PageKind};

    fn page(turn: u32, number: u32) -> GuestPage {
        GuestPage { turn, page: Page { number, kind: PageKind::Fresh, batch: vec![], hash: 0 } }
    }

    #[test]
    fn a_guest_waits_but_not_for_a_turn_that_is_over() {
        let mut waiting = Waiting::default();
        waiting.put('a', page(1, 1)).unwrap();
        waiting.put('b', page(1, 1)).unwrap();
        assert_eq!(waiting.put('a', page(1, 2)), Err(Unwelcome));
        // It was told to begin anew before its first page was taken.
        assert_eq!(waiting.put('a', page(2, 1)), Ok(()));
        assert_eq!(waiting.take(), Some(('a', page(2, 1))));
        assert!(!waiting.is_empty());
        waiting.forget(&'b');
        assert!(waiting.is_empty() && waiting.take().is_none());
    }
}
