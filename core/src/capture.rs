//! One capture: the policy, the tree that was told, and the way from a reading to a page.
//!
//! ```text
//! records → Dirt → glue reads → Reading<Raw> → mask → Reading<Masked> → diff → Page
//! ```

use crate::assets::{Addresses, Found};
use crate::css::{Asked, Screen, Unasked};
use crate::dirt::Dirt;
use crate::guests::{Guests, Host, Reply, Seat, Unwelcome};
use crate::ids::IdSet;
use crate::mask::{Access, Masked, Policy, Sight, Slots, access, guest_access, light, mask, sight};
use crate::message::guest::{Begin, GuestAsset, GuestPage};
use crate::message::page::{Page, PageKind};
use crate::node::NodeId;
use crate::ops::{Batch, Op};
use crate::reading::{Parts, Raw, Reading};
use crate::repair::{Mending, mend};
use crate::tree::{ApplyError, Digest, Tree};

/// What is captured of one document.
#[derive(Debug)]
pub struct Capture {
    policy: Policy,
    tree: Tree,
    /// What to read at the next turn.
    pub dirt: Dirt,
    addresses: Addresses,
    number: u32,
    next: Next,
    /// Nodes that a repair has forgotten, or of which a reading was not used, and that may not come back.
    doubted: Vec<NodeId>,
    asked: Asked,
    guests: Guests,
    /// What was taken out of the tree between two turns, and is to be told first.
    owed: Vec<Op>,
    /// The page is read afresh, and may name again what it has named before.
    recalls: bool,
    /// A reading was not used, as something was to be read with it, and not all is read since.
    repeats: bool,
    /// How many were not used since then.
    wasted: u8,
    slots: Slots,
}

/// As many readings are not used at most before something is sent: a page can change its masks for
/// ever, but must not be able to send nothing.
const MOST_WASTED: u8 = 64;

/// What the next page begins with.
#[derive(Debug)]
enum Next {
    Change,
    Fresh,
    Repair(Vec<Op>),
}

/// What a reading led to.
#[derive(Debug, Default)]
pub struct Turn {
    /// What to send; none if nothing differs.
    pub page: Option<Page>,
    /// Nodes that the mirror forgets.
    pub gone: Vec<NodeId>,
    /// Whether a part of the page is not sent, as it is too large or too deep.
    pub left_out: bool,
}

impl Capture {
    /// Starts with everything dirty.
    pub fn new(policy: Policy) -> Self {
        let mut capture = Self {
            policy,
            tree: Tree::naming(),
            dirt: Dirt::default(),
            addresses: Addresses::default(),
            number: 0,
            next: Next::Fresh,
            doubted: vec![],
            asked: Asked::by_browsers(),
            guests: Guests::default(),
            owed: vec![],
            recalls: false,
            repeats: false,
            wasted: 0,
            slots: Slots::default(),
        };
        capture.restart();
        capture.recalls = false;
        capture
    }

    /// Forgets what the other end was told: the next page is the whole page.
    pub fn restart(&mut self) {
        self.tree = Tree::naming();
        self.recalls = true;
        self.next = Next::Fresh;
        self.doubted.clear();
        self.owed.clear();
        self.repeats = false;
        self.slots = Slots::default();
        self.guests.restart();
        self.dirt = Dirt::default();
        self.dirt.note(NodeId::DOCUMENT, Parts::SUBTREE);
    }

    /// Forgets what the other end has otherwise: the next page is a repair, and must be sent even if
    /// nothing is dirty; see [`Self::is_due`]. Where nothing can be kept, it is the whole page.
    pub fn repair(&mut self, other: &Digest) {
        if matches!(self.next, Next::Fresh) {
            return;
        }
        match mend(&mut self.tree, other, &mut self.dirt) {
            Some(Mending { mut ops, forgotten }) => {
                let touched = forgotten.iter().copied().chain(self.dirt.nodes());
                self.guests.forgotten(touched, &mut self.tree, &mut ops);
                self.guests.forget(&forgotten);
                let guests = &self.guests;
                self.dirt.retain(|id| guests.owner(id).is_none());
                // What is owed is known to be wrong there by the digest.
                self.owed.clear();
                self.next = Next::Repair(ops);
                self.doubted.extend(forgotten);
            }
            None => self.restart(),
        }
    }

    /// Whether the next page is the whole page, with numbers that were not used before.
    pub fn is_fresh(&self) -> bool {
        matches!(self.next, Next::Fresh)
    }

    /// Whether a turn has something to do.
    pub fn is_due(&self) -> bool {
        !self.dirt.is_empty()
            || !self.owed.is_empty()
            || self.guests.is_unsettled()
            || matches!(self.next, Next::Repair(_))
    }

    /// [`turn_on`](Self::turn_on) where there is no browser to ask.
    ///
    /// # Errors
    /// [`ApplyError`] if the reading does not fit; the capture has then restarted.
    pub fn turn(&mut self, reading: &Reading<Raw>) -> Result<Turn, ApplyError> {
        self.turn_on(reading, &Unasked)
    }

    /// Masks what was read and finds what to send. `screen` answers what style sheets ask. May
    /// leave dirt behind when a mark changed: take another turn at once.
    ///
    /// # Errors
    /// [`ApplyError`] if the reading does not fit; the capture has then restarted.
    pub fn turn_on(
        &mut self,
        reading: &Reading<Raw>,
        screen: &dyn Screen,
    ) -> Result<Turn, ApplyError> {
        let mut masking = mask(
            &self.policy,
            &self.tree,
            reading,
            screen,
            &mut self.asked,
            &mut self.addresses,
            &mut self.slots,
        );
        for &id in &masking.lacks {
            self.dirt.note(id, Parts::TEXT);
        }
        // What was asked for as a whole was read with all that is in it, or there was no room for the
        // rest, which is noted then.
        masking.reread.retain(|&id| !self.dirt.took_whole(id));
        for &id in &masking.reread {
            self.dirt.note(id, Parts::SUBTREE);
        }
        // Once: where there is too much to read at a time, or the page never stands still, something
        // must go out in the end, masked if need be.
        let lacks = !masking.lacks.is_empty() && !self.repeats;
        if lacks || !masking.reread.is_empty() && self.wasted < MOST_WASTED {
            self.repeats |= lacks;
            self.wasted += 1;
            self.read_again(&masking.reading);
            return Ok(Turn::default());
        }
        let mut difference = match crate::diff::diff(&mut self.tree, &masking, &self.guests) {
            Ok(difference) => difference,
            Err(error) => {
                self.restart();
                return Err(error);
            }
        };
        self.guests.forget(&difference.gone);
        self.guests.settle(&self.policy, &mut self.tree, &mut difference.batch.ops);
        for &(parent, id) in &difference.unread {
            self.dirt.note(parent, Parts::CHILDREN);
            self.dirt.note(id, Parts::SUBTREE);
        }
        let (mut gone, left_out) = (difference.gone, difference.left_out);
        if self.dirt.is_empty() {
            self.repeats = false;
            self.wasted = 0;
            let tree = &self.tree;
            gone.extend(self.doubted.drain(..).filter(|&id| !tree.contains(id)));
        }
        let unhidden: IdSet<NodeId> = gone.iter().filter_map(|&id| self.slots.remove(id)).collect();
        for root in unhidden {
            for id in light(&self.tree, root) {
                self.dirt.note(id, Parts::SUBTREE);
            }
        }
        Ok(Turn { page: self.page(difference.batch), gone, left_out })
    }

    /// Does not use a reading: all of it is to be read once more.
    fn read_again(&mut self, reading: &Reading<Masked>) {
        self.dirt.again();
        for (id, parent) in reading.nodes() {
            if self.tree.contains(id) {
                continue;
            }
            self.doubted.push(id);
            // It has a number by now, and would be taken for known.
            if parent.is_none_or(|parent| self.tree.contains(parent)) {
                self.dirt.note(id, Parts::SUBTREE);
            }
        }
    }

    /// The page that carries a batch, if there is anything to carry.
    fn page(&mut self, mut batch: Batch) -> Option<Page> {
        batch.ops.splice(0..0, self.owed.drain(..));
        if batch.is_empty() && !matches!(self.next, Next::Repair(_)) {
            return None;
        }
        let kind = match std::mem::replace(&mut self.next, Next::Change) {
            Next::Change => PageKind::Change,
            Next::Fresh => PageKind::Fresh,
            Next::Repair(ops) => {
                batch.ops.splice(0..0, ops);
                PageKind::Repair
            }
        };
        self.number += 1;
        let (number, hash) = (self.number, self.tree.hash());
        Some(Page { number, kind, batch: batch.encode(), hash })
    }

    /// A place for a frame of another origin whose client takes part, if there is any.
    pub fn admit(&mut self) -> Option<Seat> {
        self.guests.admit()
    }

    /// Says which number the `iframe` of a guest has now. To be said before each turn.
    pub fn seat(&mut self, seat: Seat, frame: Option<NodeId>) {
        self.guests.seat(seat, frame);
    }

    /// A guest goes; with it, at the next turn, what was told of it.
    pub fn dismiss(&mut self, seat: Seat) {
        self.guests.dismiss(seat, &mut self.tree, &mut self.owed);
    }

    /// Guests that are to begin, since the last call.
    pub fn take_begins(&mut self) -> Vec<(Seat, Begin)> {
        self.guests.take_begins()
    }

    /// Takes in what a guest has sent; the page to send on, if it comes to one. `reserve` gives the
    /// first of so many numbers that no node has or had.
    ///
    /// A guest that is [`Unwelcome`] is dismissed already.
    pub fn take_in(
        &mut self,
        seat: Seat,
        message: &GuestPage,
        reserve: impl FnOnce(u32) -> u32,
    ) -> (Result<Reply, Unwelcome>, Option<Page>) {
        if self.is_fresh() {
            return (Ok(self.guests.leave(seat, message)), None);
        }
        let mut batch = Batch::default();
        let host = Host {
            policy: &self.policy,
            tree: &mut self.tree,
            addresses: &mut self.addresses,
            out: &mut batch,
        };
        let reply = self.guests.take(seat, message, host, reserve);
        if reply.is_err() {
            self.guests.dismiss(seat, &mut self.tree, &mut batch.ops);
        }
        (reply, self.page(batch))
    }

    /// The page's number for an asset of a guest; none if the page does not name it.
    pub fn guest_asset(&self, seat: Seat, asset: &GuestAsset) -> Option<u32> {
        self.guests.asset(seat, asset).filter(|&number| self.tree.names(number))
    }

    /// Assets that the page names no more, as they are masked or gone, since the last call: nothing
    /// more of them may leave. They have no number any longer, and get another one if they are shown
    /// again. To be asked for after each turn; `is_behind` while there is more to read of it.
    pub fn take_withdrawn(&mut self, is_behind: bool) -> Vec<u32> {
        self.recalls &= is_behind;
        if self.recalls {
            return vec![];
        }
        let gone = self.addresses.withdraw(|number| self.tree.names(number));
        if !gone.is_empty() {
            self.guests.withdraw(|number| self.tree.names(number));
        }
        gone
    }

    /// Whose a node is that is not the page's own, with its number there and the `iframe` around it.
    pub fn guest(&self, id: NodeId) -> Option<(Seat, NodeId, Option<NodeId>)> {
        let (seat, own) = self.guests.owner(id)?;
        Some((seat, own, self.guests.frame(seat)))
    }

    /// Pictures and fonts that pages named for the first time since the last call.
    pub fn take_found(&mut self) -> Vec<Found> {
        self.addresses.take_found()
    }

    /// What an agent may do with a node.
    pub fn access(&self, id: NodeId) -> Access {
        access(&self.policy, &self.tree, id)
    }

    /// What the agent sees of an element, by the newest reading of it.
    pub fn sight(&self, id: NodeId) -> Sight {
        sight(&self.policy, &self.tree, id)
    }

    /// What the page lets an agent do in the guest of this `iframe`; the guest has its own rules.
    pub fn guest_access(&self, frame: NodeId) -> Access {
        guest_access(&self.policy, &self.tree, frame)
    }

    /// Masks the page's title or address, as the element that stands for it is masked.
    pub fn mask_text(&self, element: Option<NodeId>, text: &str) -> String {
        crate::mask::mask_text(&self.policy, &self.tree, element, text)
    }

    /// The states that the page's style sheets have asked for by now: those to watch.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Names of attributes of which style sheets ask more by now than when elements were read that
    /// have them, since the last call: those elements are to be read again.
    pub fn take_due_attributes(&mut self) -> Vec<String> {
        self.asked.attributes.take_due()
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}
