//! One capture: the policy, the tree that was told, and the way from a reading to a page.
//!
//! ```text
//! records → Dirt → glue reads → Reading<Raw> → mask → Reading<Masked> → diff → Page
//! ```

use crate::css::{Asked, Screen, Unasked};
use crate::dirt::Dirt;
use crate::mask::{Access, Policy, access, mask};
use crate::message::page::Page;
use crate::node::NodeId;
use crate::reading::{Parts, Raw, Reading};
use crate::tree::{ApplyError, Tree};

/// What is captured of one document.
#[derive(Debug)]
pub struct Capture {
    policy: Policy,
    tree: Tree,
    /// What to read at the next turn.
    pub dirt: Dirt,
    number: u32,
    fresh: bool,
    asked: Asked,
}

/// What a reading led to.
#[derive(Debug, Default)]
pub struct Turn {
    /// What to send; none if nothing differs.
    pub page: Option<Page>,
    /// Nodes that the mirror forgets.
    pub gone: Vec<NodeId>,
}

impl Capture {
    /// Starts with everything dirty.
    pub fn new(policy: Policy) -> Self {
        let mut capture = Self {
            policy,
            tree: Tree::default(),
            dirt: Dirt::default(),
            number: 0,
            fresh: true,
            asked: Asked::by_browsers(),
        };
        capture.restart();
        capture
    }

    /// Forgets what the other end was told: the next page is the whole page.
    pub fn restart(&mut self) {
        self.tree = Tree::default();
        self.fresh = true;
        self.dirt = Dirt::default();
        self.dirt.note(NodeId::DOCUMENT, Parts::SUBTREE);
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
        let masking = mask(&self.policy, &self.tree, reading, screen, &mut self.asked);
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
        let page = (!difference.batch.is_empty()).then(|| {
            self.number += 1;
            Page {
                number: self.number,
                fresh: std::mem::take(&mut self.fresh),
                batch: difference.batch.encode(),
                hash: self.tree.hash(),
            }
        });
        Ok(Turn { page, gone: difference.gone })
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

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}
