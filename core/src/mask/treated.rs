//! What each raw text became, by treatment: equal texts are treated once.

use super::treat::Treatment;
use crate::ids::IdMap;
use crate::ops::StrId;

#[derive(Debug)]
pub(super) struct Treated {
    /// Most have one treatment only.
    first: Vec<Option<(Treatment, StrId)>>,
    others: IdMap<(u32, u8), StrId>,
}

impl Treated {
    pub(super) fn of(count: u32) -> Self {
        Self { first: vec![None; count as usize], others: IdMap::default() }
    }

    pub(super) fn get(&self, raw: StrId, treatment: Treatment) -> Option<StrId> {
        match *self.first.get(raw.0 as usize)? {
            Some((first, done)) if first == treatment => Some(done),
            Some(_) => self.others.get(&(raw.0, treatment as u8)).copied(),
            None => None,
        }
    }

    pub(super) fn put(&mut self, raw: StrId, treatment: Treatment, done: StrId) {
        match self.first.get_mut(raw.0 as usize) {
            Some(first @ None) => *first = Some((treatment, done)),
            Some(_) => drop(self.others.insert((raw.0, treatment as u8), done)),
            None => {}
        }
    }
}
