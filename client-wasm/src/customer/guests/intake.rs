//! Pictures and fonts of guests on their way to the page's own, as many as guests may have.

use crate::browser::now;
use saath_core::assets::{Allowance, MAX_GUESTS_ASSETS, MAX_LISTED};
use saath_core::message::guest::GuestAsset;

#[derive(Default)]
pub(super) struct Intake {
    /// Until nothing of the page is unread; by the key of the guest.
    held: Vec<(u32, GuestAsset)>,
    allowance: Allowance,
}

impl Intake {
    /// One that comes again takes the place of the one before; what is too much is left away.
    pub(super) fn hold(&mut self, key: u32, asset: GuestAsset) {
        let same = |(other, before): &(u32, GuestAsset)| {
            (*other, before.turn, before.number) == (key, asset.turn, asset.number)
        };
        self.held.retain(|held| !same(held));
        let bytes: usize = self.held.iter().map(|(_, held)| held.bytes.len()).sum();
        if self.held.len() < MAX_LISTED && bytes + asset.bytes.len() <= MAX_GUESTS_ASSETS {
            self.held.push((key, asset));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// What is held, by the page's numbers, where `number` gives one.
    pub(super) fn take(
        &mut self,
        number: impl Fn(u32, &GuestAsset) -> Option<u32>,
    ) -> Vec<(u32, GuestAsset)> {
        let taken = |(key, mut asset)| {
            let number = number(key, &asset)?;
            self.allowance.take_in(now(), number, &mut asset).then_some((number, asset))
        };
        std::mem::take(&mut self.held).into_iter().filter_map(taken).collect()
    }

    pub(super) fn withdraw(&mut self, numbers: &[u32]) {
        for &number in numbers {
            self.allowance.withdraw(number);
        }
    }
}
