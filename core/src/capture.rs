//! One capture: the policy, the tree that was told, and the way from a reading to a page.
//!
//! ```text
//! records → Dirt → glue reads → Reading<Raw> → mask → Reading<Masked> → diff → Page
//! ```

use crate::assets::{Addresses, Found};
use crate::css::{Asked, Screen, Unasked};
use crate::dirt::Dirt;
use crate::mask::{Access, Policy, access, mask};
use crate::message::page::{Page, PageKind};
use crate::node::NodeId;
use crate::ops::{Batch, Op};
use crate::reading::{Parts, Raw, Reading};
use crate::repair::{Mending, mend};
use crate::tree::{ApplyError, Digest, Tree};
use std::collections::BTreeSet;

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
    /// Nodes that a repair has forgotten and that may not come back.
    doubted: Vec<NodeId>,
    asked: Asked,
}

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
            tree: Tree::default(),
            dirt: Dirt::default(),
            addresses: Addresses::default(),
            number: 0,
            next: Next::Fresh,
            doubted: vec![],
            asked: Asked::by_browsers(),
        };
        capture.restart();
        capture
    }

    /// Forgets what the other end was told: the next page is the whole page.
    pub fn restart(&mut self) {
        self.tree = Tree::default();
        self.next = Next::Fresh;
        self.doubted.clear();
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
            Some(Mending { ops, forgotten }) => {
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
        !self.dirt.is_empty() || matches!(self.next, Next::Repair(_))
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
        let masking =
            mask(&self.policy, &self.tree, reading, screen, &mut self.asked, &mut self.addresses);
        for &id in &masking.reread {
            self.dirt.note(id, Parts::SUBTREE);
        }
        let difference = match crate::diff::diff(&mut self.tree, &masking) {
            Ok(difference) => difference,
            Err(error) => {
                self.restart();
                return Err(error);
            }
        };
        for &(parent, id) in &difference.unread {
            self.dirt.note(parent, Parts::CHILDREN);
            self.dirt.note(id, Parts::SUBTREE);
        }
        let (mut gone, left_out) = (difference.gone, difference.left_out);
        if self.dirt.is_empty() {
            let tree = &self.tree;
            gone.extend(self.doubted.drain(..).filter(|&id| !tree.contains(id)));
        }
        Ok(Turn { page: self.page(difference.batch), gone, left_out })
    }

    /// The page that carries a batch, if there is anything to carry.
    fn page(&mut self, mut batch: Batch) -> Option<Page> {
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

    /// Pictures and fonts that pages named for the first time since the last call.
    pub fn take_found(&mut self) -> Vec<Found> {
        self.addresses.take_found()
    }

    /// What an agent may do with a node.
    pub fn access(&self, id: NodeId) -> Access {
        access(&self.policy, &self.tree, id)
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
    pub fn take_due_attributes(&mut self) -> BTreeSet<String> {
        self.asked.attributes.take_due()
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}
