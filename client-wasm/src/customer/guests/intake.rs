//! Pictures and fonts of guests on their way to the page's own, as many as guests may have.

use crate::browser::now;
use saath_core::assets::BUDGET;
use saath_core::message::guest::GuestAsset;
use saath_core::session::Millis;
use std::collections::HashMap;

/// The largest one, in bytes.
pub(crate) const MAX_ASSET: usize = 4 << 20;
/// What all of them may come to: the rest of the session's budget is the page's.
const MAX_ALL: usize = (BUDGET / 2) as usize;
/// How many of them may be painted, and how often, in milliseconds.
const MAX_PAINTED: usize = 16;
const PACE: u64 = 150;

#[derive(Default)]
pub(super) struct Intake {
    taken: Vec<(u32, GuestAsset)>,
    bytes: usize,
    /// When each was painted last.
    painted: HashMap<u32, Millis>,
}

impl Intake {
    /// One that is too much is one that cannot be had; one that is painted too often is left away.
    pub(super) fn take_in(&mut self, number: u32, mut asset: GuestAsset) {
        let size = asset.bytes.len();
        let fits = if asset.painted {
            let (now, last) = (now(), self.painted.get(&number).copied());
            if last.is_some_and(|last| now < last.plus(PACE)) {
                return;
            }
            let fits = last.is_some() || self.painted.len() < MAX_PAINTED;
            if fits {
                self.painted.insert(number, now);
            }
            fits
        } else {
            self.bytes = self.bytes.saturating_add(size);
            self.bytes <= MAX_ALL
        };
        if !fits || size > MAX_ASSET {
            asset.bytes = vec![];
        }
        self.taken.push((number, asset));
    }

    pub(super) fn take(&mut self) -> Vec<(u32, GuestAsset)> {
        std::mem::take(&mut self.taken)
    }
}
