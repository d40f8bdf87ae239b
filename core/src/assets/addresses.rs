//! The customer's end of a number: which address it stands for.
//!
//! Addresses stay on this side; they can carry tokens and names.

use super::MAX_ASSETS;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// A picture.
    Picture,
    /// A font.
    Font,
    /// The picture of a node that paints itself, a canvas or a film; the address is its number.
    Live,
}

/// An address that was met for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number, from 1.
    pub number: u32,
    /// What for.
    pub used: Use,
    /// The address that it is relative to; empty for the document's.
    pub base: String,
    /// As it stands on the page.
    pub address: String,
}

/// The numbers of one capture. They stay while the page names them.
#[derive(Debug, Default)]
pub struct Addresses {
    /// By digest: a `data:` address may be as long as a picture.
    numbers: HashMap<[u8; 32], u32>,
    found: Vec<Found>,
    /// All that are given, also to others.
    given: HashSet<u32>,
    /// The last that was given: a number is not given again for as long as there are others.
    last: u32,
}

impl Addresses {
    /// The number of an address; none if there are too many already.
    pub(crate) fn number(&mut self, used: Use, base: &str, address: &str) -> Option<u32> {
        let digest = Sha256::new_with_prefix([used as u8])
            .chain_update(base)
            .chain_update([0])
            .chain_update(address)
            .finalize();
        if let Some(&number) = self.numbers.get::<[u8; 32]>(&digest.into()) {
            return Some(number);
        }
        let number = self.next()?;
        self.numbers.insert(digest.into(), number);
        let (base, address) = (base.to_owned(), address.to_owned());
        self.found.push(Found { number, used, base, address });
        Some(number)
    }

    /// A number for an asset of someone else's; none if they have half of all already.
    pub(crate) fn lend(&mut self) -> Option<u32> {
        let lent = self.given.len() - self.numbers.len();
        if lent < MAX_ASSETS as usize / 2 { self.next() } else { None }
    }

    fn next(&mut self) -> Option<u32> {
        if self.given.len() >= MAX_ASSETS as usize {
            return None;
        }
        loop {
            self.last = self.last % MAX_ASSETS + 1;
            if self.given.insert(self.last) {
                return Some(self.last);
            }
        }
    }

    /// Takes the numbers back that `named` does not know; which they were. What had one gets another
    /// when it is met again.
    pub(crate) fn withdraw(&mut self, named: impl Fn(u32) -> bool) -> Vec<u32> {
        let gone: Vec<u32> = self.given.iter().copied().filter(|&number| !named(number)).collect();
        if !gone.is_empty() {
            self.given.retain(|&number| named(number));
            self.numbers.retain(|_, &mut number| named(number));
            self.found.retain(|found| named(found.number));
        }
        gone
    }

    /// What was met since the last call.
    pub fn take_found(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_number() {
        let mut addresses = Addresses::default();
        let first = addresses.number(Use::Picture, "", "a.png");
        assert_eq!(first, Some(1));
        assert_eq!(addresses.number(Use::Picture, "https://x/", "a.png"), Some(2));
        assert_eq!(addresses.number(Use::Font, "", "a.png"), Some(3));
        assert_eq!(addresses.number(Use::Picture, "", "a.png"), first);
        let found = addresses.take_found();
        assert_eq!(found.iter().map(|found| found.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(addresses.take_found(), []);
    }

    #[test]
    fn a_base_is_no_part_of_an_address() {
        let mut addresses = Addresses::default();
        let number = addresses.number(Use::Picture, "ab", "c");
        assert_ne!(addresses.number(Use::Picture, "a", "bc"), number);
    }

    #[test]
    fn others_get_no_number_twice_and_no_more_than_half() {
        let mut addresses = Addresses::default();
        assert_eq!(addresses.number(Use::Picture, "", "a.png"), Some(1));
        assert_eq!(addresses.lend(), Some(2));
        assert_eq!(addresses.number(Use::Picture, "", "b.png"), Some(3));
        assert_eq!((3..MAX_ASSETS).filter_map(|_| addresses.lend()).count(), 32_767);
        assert!(addresses.number(Use::Picture, "", "c.png").is_some());
    }

    #[test]
    fn what_is_withdrawn_makes_room() {
        let mut addresses = Addresses::default();
        let kept = addresses.number(Use::Picture, "", "kept.png");
        let mut last = 1;
        for _ in 0..MAX_ASSETS + 9 {
            let number = addresses.number(Use::Picture, "", "other.png").unwrap();
            assert!(number != 1 && number != last, "not the same for as long as there are others");
            last = addresses.lend().unwrap();
            let mut gone = addresses.withdraw(|number| number == 1);
            gone.sort_unstable();
            assert_eq!(gone.len(), 2);
        }
        assert_eq!(addresses.number(Use::Picture, "", "kept.png"), kept);
        assert_eq!(addresses.take_found().len(), 1, "of what is gone nothing is to be read");
    }
}
