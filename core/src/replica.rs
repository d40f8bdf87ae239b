//! The agent's copy: every change is checked against the tree before it reaches a document.

use crate::message::page::Page;
use crate::node::NodeId;
use crate::ops::{Batch, BatchError};
use crate::tree::{ApplyError, Tree};
use thiserror::Error;

/// The tree of the customer's page at the agent's end.
#[derive(Debug, Default)]
pub struct Replica {
    tree: Tree,
    number: u32,
}

/// A page that was checked.
#[derive(Debug)]
pub struct Applied {
    /// The changes to make.
    pub batch: Batch,
    /// Nodes that are gone afterwards.
    pub gone: Vec<NodeId>,
}

/// A page that cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplicaError {
    /// It does not decode, or names what must not be in a replica: the peer is broken or hostile.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// It does not fit the tree, or the tree differs afterwards: ask for the page anew.
    #[error("the replica differs from the page")]
    Differs,
}

impl From<ApplyError> for ReplicaError {
    fn from(_: ApplyError) -> Self {
        Self::Differs
    }
}

impl Replica {
    /// Checks a page and takes it in. The ops of the batch that is returned are safe to make in a
    /// document, in their order; a page that is [`Page::fresh`] starts from an empty one.
    ///
    /// # Errors
    /// [`ReplicaError`]; after `Differs` only a fresh page can be applied.
    pub fn apply(&mut self, page: &Page) -> Result<Applied, ReplicaError> {
        let batch = Batch::decode(&page.batch)?;
        if page.fresh {
            self.tree = Tree::default();
        }
        let mut gone = vec![];
        for op in batch.ops() {
            if let Err(error) = self.tree.apply_reporting(op, &batch, |id| gone.push(id)) {
                self.tree = Tree::default();
                return Err(error.into());
            }
        }
        if self.tree.hash() != page.hash {
            self.tree = Tree::default();
            return Err(ReplicaError::Differs);
        }
        self.number = page.number;
        Ok(Applied { batch, gone })
    }

    /// The shape of the replica.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The number of the newest page that was applied, 0 for none.
    pub fn number(&self) -> u32 {
        self.number
    }
}
