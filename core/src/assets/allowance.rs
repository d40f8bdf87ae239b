//! What guests may have of the page's pictures and fonts at a time: less than the page itself.
//!
//! What they have no longer does not count, so that a guest may begin anew as often as it has to.

use super::BUDGET;
use crate::message::guest::GuestAsset;
use crate::session::Millis;
use std::collections::HashMap;

/// The largest one, in bytes.
const MAX_GUEST_ASSET: usize = 4 << 20;
/// What all of them may come to, in bytes.
pub const MAX_GUESTS_ASSETS: usize = (BUDGET / 2) as usize;
/// How many of them may be painted, and how often, in milliseconds.
const MAX_PAINTED: usize = 16;
const PACE: u64 = 150;

/// What guests have, by the page's numbers.
#[derive(Debug, Default)]
pub struct Allowance {
    sizes: HashMap<u32, usize>,
    /// When each was painted last.
    painted: HashMap<u32, Millis>,
}

impl Allowance {
    /// Whether one is to be taken. What is too much comes to nothing, and cannot be had; what is
    /// painted too often is left away.
    pub fn take_in(&mut self, now: Millis, number: u32, asset: &mut GuestAsset) -> bool {
        let size = asset.bytes.len();
        let mut fits = size <= MAX_GUEST_ASSET;
        if asset.painted {
            let last = self.painted.get(&number).copied();
            if last.is_some_and(|last| now < last.plus(PACE)) {
                return false;
            }
            fits &= last.is_some() || self.painted.len() < MAX_PAINTED;
            if fits {
                self.painted.insert(number, now);
            }
        } else {
            self.sizes.remove(&number);
            fits &= self.sizes.values().sum::<usize>() + size <= MAX_GUESTS_ASSETS;
            if fits {
                self.sizes.insert(number, size);
            }
        }
        if !fits {
            asset.bytes = vec![];
        }
        true
    }

    /// The page does not name this any more.
    pub fn withdraw(&mut self, number: u32) {
        self.sizes.remove(&number);
        self.painted.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(size: usize, painted: bool) -> GuestAsset {
        GuestAsset { turn: 1, number: 1, keep: false, painted, bytes: vec![0; size] }
    }

    /// Whether it has its bytes.
    fn fits(allowance: &mut Allowance, at: u64, number: u32, mut asset: GuestAsset) -> bool {
        assert!(allowance.take_in(Millis(at), number, &mut asset), "{number} at {at}");
        !asset.bytes.is_empty()
    }

    #[test]
    fn what_is_there_no_more_does_not_count() {
        let mut allowance = Allowance::default();
        for number in 1..=8 {
            assert!(fits(&mut allowance, 0, number, asset(MAX_GUEST_ASSET, false)));
        }
        assert!(!fits(&mut allowance, 0, 9, asset(1, false)));
        assert!(fits(&mut allowance, 0, 8, asset(MAX_GUEST_ASSET, false)), "the same again");
        allowance.withdraw(3);
        assert!(!fits(&mut allowance, 0, 9, asset(MAX_GUEST_ASSET + 1, false)));
        assert!(fits(&mut allowance, 0, 9, asset(MAX_GUEST_ASSET, false)));
    }

    #[test]
    fn sixteen_are_painted_and_not_too_often() {
        let mut allowance = Allowance::default();
        for number in 1..=16 {
            assert!(fits(&mut allowance, 0, number, asset(9, true)));
        }
        assert!(!fits(&mut allowance, 0, 17, asset(9, true)));
        assert!(!allowance.take_in(Millis(PACE - 1), 16, &mut asset(9, true)));
        assert!(fits(&mut allowance, PACE, 16, asset(9, true)));
        // As often as it begins anew.
        for number in 17..99 {
            allowance.withdraw(number - 1);
            assert!(fits(&mut allowance, PACE, number, asset(9, true)));
        }
    }
}
