//! Which nodes and subtrees to read again.
//!
//! Mutation records are not data, they only say where to look. Found by random testing: the
//! targets of the records are not enough. Whatever is in `addedNodes` must be read whole, because
//! browsers report nothing of what changed inside a subtree while it was detached.

use crate::node::NodeId;
use crate::reading::Parts;
use std::collections::BTreeMap;

/// Nodes to read again, each with the parts that may have changed.
#[derive(Debug, Clone, Default)]
pub struct Dirt {
    nodes: BTreeMap<NodeId, Parts>,
    /// What was asked for last.
    taken: BTreeMap<NodeId, Parts>,
}

impl Dirt {
    /// Notes that parts of a node may have changed.
    pub fn note(&mut self, id: NodeId, parts: Parts) {
        let known = self.nodes.entry(id).or_default();
        *known = known.and(parts);
    }

    /// Notes what the glue found in mutation records: pairs of node and parts.
    pub fn note_words(&mut self, words: &[u32]) {
        for pair in words.chunks_exact(2) {
            if let [id, parts] = *pair {
                self.note(NodeId(id), Parts::from_word(parts));
            }
        }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that are noted.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes.keys().copied()
    }

    /// Takes nodes out that are not to be read.
    pub(crate) fn retain(&mut self, is_read: impl Fn(NodeId) -> bool) {
        self.nodes.retain(|id, _| is_read(*id));
    }

    /// The request to the glue, as pairs of node and parts. Nothing is dirty afterwards.
    pub fn take(&mut self) -> Vec<u32> {
        self.taken = std::mem::take(&mut self.nodes);
        self.taken.iter().flat_map(|(id, parts)| [id.0, parts.word()]).collect()
    }

    /// Whether a node was asked for as a whole last.
    pub(crate) fn took_whole(&self, id: NodeId) -> bool {
        self.taken.get(&id).is_some_and(|parts| parts.has(Parts::SUBTREE))
    }

    /// Notes once more what was taken last: what was read of it is not used.
    pub(crate) fn again(&mut self) {
        for (id, parts) in std::mem::take(&mut self.taken) {
            self.note(id, parts);
        }
    }
}
