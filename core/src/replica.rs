//! The agent's copy: every change is checked against the tree before it reaches a document.

use crate::message::page::{Page, PageKind};
use crate::node::NodeId;
use crate::ops::{Batch, BatchError, Key, Op};
use crate::tree::{ApplyError, Setting, Tree};
use thiserror::Error;

/// The tree of the customer's page at the agent's end.
#[derive(Debug, Default)]
pub struct Replica {
    tree: Tree,
    number: u32,
    state: State,
}

/// Which pages fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// The one after the last.
    #[default]
    Sound,
    /// A repair, or a fresh one.
    Doubted,
    /// A fresh one.
    Lost,
}

/// A page that was checked. What is to be made of it is made in any case, so that a document and
/// the tree stay the same.
#[derive(Debug)]
pub struct Applied {
    /// The changes to make.
    pub batch: Batch,
    /// Nodes that are gone afterwards.
    pub gone: Vec<NodeId>,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The replica is the page.
    Equal,
    /// It is not: answer with this digest, which is empty where the whole page is needed. Until a
    /// repair or a fresh page comes, all pages are left out.
    Differs(Vec<u8>),
    /// It goes on from a page that did not fit.
    LeftOut,
}

/// A page that no honest peer sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplicaError {
    /// It does not decode, or names what must not be in a replica.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// It repairs, and nobody asked for it.
    #[error("a repair that was not asked for")]
    Unasked,
}

impl Replica {
    /// Checks a page and takes it in. The ops of the batch that is returned are safe to make in a
    /// document, in their order, and there is no [`Op::Clear`] among them; a page that is
    /// [`PageKind::Fresh`] starts from an empty one.
    ///
    /// # Errors
    /// [`ReplicaError`]: the session is over.
    pub fn apply(&mut self, page: &Page) -> Result<Applied, ReplicaError> {
        match (page.kind, self.state) {
            (PageKind::Fresh, _) => self.tree = Tree::default(),
            (PageKind::Change, State::Sound) | (PageKind::Repair, State::Doubted) => {}
            (PageKind::Change, State::Doubted | State::Lost) => {
                let (batch, gone) = (Batch::default(), vec![]);
                return Ok(Applied { batch, gone, verdict: Verdict::LeftOut });
            }
            (PageKind::Repair, State::Sound | State::Lost) => return Err(ReplicaError::Unasked),
        }
        let mut batch = Batch::decode(&page.batch)?;
        let may_clear = page.kind == PageKind::Repair;
        if !may_clear && batch.ops.iter().any(|op| matches!(op, Op::Clear(_))) {
            return Err(ReplicaError::Unasked);
        }
        let mut gone = vec![];
        let fits = self.take_in(&mut batch, &mut gone).is_ok();
        // What a repair takes away it mostly brings back, under the same number.
        gone.retain(|&id| !self.tree.contains(id));
        self.number = page.number;
        let verdict = if fits && self.tree.hash() == page.hash {
            self.state = State::Sound;
            Verdict::Equal
        } else if page.kind == PageKind::Repair {
            // What it takes to be repaired once, it takes twice.
            self.lose();
            Verdict::Differs(vec![])
        } else {
            let digest = self.tree.digest();
            self.state = if digest.is_empty() { State::Lost } else { State::Doubted };
            Verdict::Differs(digest)
        };
        Ok(Applied { batch, gone, verdict })
    }

    /// The document could not be made what the tree says: only a fresh page helps.
    pub fn lose(&mut self) {
        self.tree = Tree::default();
        self.state = State::Lost;
    }

    /// Makes the ops up to the first that does not fit; the batch is what was made.
    fn take_in(&mut self, batch: &mut Batch, gone: &mut Vec<NodeId>) -> Result<(), ApplyError> {
        let mut made = Vec::with_capacity(batch.ops.len());
        let mut result = Ok(());
        for op in std::mem::take(&mut batch.ops) {
            if let Op::Clear(id) = op {
                self.unset_all(id, batch, &mut made);
            }
            result = self.tree.apply_reporting(&op, batch, |id| gone.push(id));
            if result.is_err() {
                break;
            }
            if !matches!(op, Op::Clear(_)) {
                made.push(op);
            }
        }
        batch.ops = made;
        result
    }

    /// A document is cleared by name.
    fn unset_all(&self, id: NodeId, batch: &mut Batch, made: &mut Vec<Op>) {
        for setting in self.tree.settings(id) {
            let key = match setting {
                Setting::Attr(name) => Key::Attr(batch.strings.push(name)),
                Setting::Prop(prop) => Key::Prop(prop),
            };
            made.push(Op::Unset { id, key });
        }
    }

    /// The shape of the replica.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The number of the newest page that was taken in, 0 for none.
    pub fn number(&self) -> u32 {
        self.number
    }
}
