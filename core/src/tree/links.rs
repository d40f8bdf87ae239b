//! How nodes hang together: siblings in a doubly linked list, so that a move costs the same
//! wherever it goes. Whatever is relinked is hashed anew.

use super::{Kind, MAX_DEPTH, Tree, node_hash};
use crate::node::NodeId;

impl Tree {
    /// Whether a subtree can hang below `parent` without becoming too deep.
    pub(super) fn fits_below(&self, root: NodeId, parent: NodeId) -> bool {
        let depth = |id: u32| self.nodes.get(id).map_or(0, |node| node.depth);
        let (from, to) = (depth(root.0), depth(parent.0) + 1);
        // Going up, or to the same level, is always possible.
        to <= from || self.deepest(root) - from + to <= MAX_DEPTH
    }

    /// Gives a subtree that has moved its new depths.
    pub(super) fn sink(&mut self, root: NodeId) {
        let depth = |tree: &Self, id: u32| tree.nodes.get(id).map_or(0, |node| node.depth);
        let parent = self.nodes.get(root.0).map_or(0, |node| node.parent);
        if depth(self, root.0) == depth(self, parent) + 1 {
            return;
        }
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            let above = self.nodes.get(id.0).map_or(0, |node| depth(self, node.parent));
            if let Some(node) = self.nodes.get_mut(id.0) {
                node.depth = above + 1;
            }
            stack.extend(self.children(id));
        }
    }

    fn deepest(&self, root: NodeId) -> u32 {
        let (mut deepest, mut stack) = (0, vec![root]);
        while let Some(id) = stack.pop() {
            deepest = deepest.max(self.nodes.get(id.0).map_or(0, |node| node.depth));
            stack.extend(self.children(id));
        }
        deepest
    }

    pub(super) fn link(&mut self, id: u32, parent: u32, next: u32) {
        let Some(parent_node) = self.nodes.get_mut(parent) else { return };
        let prev;
        if next == 0 {
            prev = parent_node.last;
            parent_node.last = id;
        } else {
            prev = self.nodes.get(next).map_or(0, |node| node.prev);
        }
        if prev == 0 {
            if let Some(parent_node) = self.nodes.get_mut(parent) {
                parent_node.first = id;
            }
        } else if let Some(prev_node) = self.nodes.get_mut(prev) {
            prev_node.next = id;
        }
        self.set_prev(next, id);
        let depth = self.nodes.get(parent).map_or(0, |node| node.depth);
        if let Some(node) = self.nodes.get_mut(id) {
            // A node that moves keeps its depth until what is in it can follow.
            if node.depth == 0 {
                node.depth = depth + 1;
            }
            node.parent = parent;
            node.prev = prev;
            node.next = next;
        }
        self.rehash(id, 0);
    }

    pub(super) fn unlink(&mut self, id: u32) {
        let Some(node) = self.nodes.get_mut(id) else { return };
        let old = node_hash(id, node);
        let (parent, prev, next) = (node.parent, node.prev, node.next);
        (node.parent, node.prev, node.next) = (0, 0, 0);
        self.hash = self.hash.wrapping_sub(old);
        if prev != 0 {
            if let Some(prev_node) = self.nodes.get_mut(prev) {
                prev_node.next = next;
            }
        } else if let Some(parent_node) = self.nodes.get_mut(parent) {
            parent_node.first = next;
        }
        if next == 0
            && let Some(parent_node) = self.nodes.get_mut(parent)
        {
            parent_node.last = prev;
        }
        self.set_prev(next, prev);
    }

    fn set_prev(&mut self, id: u32, prev: u32) {
        if let Some(node) = self.nodes.get_mut(id) {
            let old = node_hash(id, node);
            node.prev = prev;
            self.rehash(id, old);
        }
    }

    /// Takes an unlinked subtree out. Its root no longer counts in the hash.
    pub(super) fn drop_subtree(&mut self, root: NodeId, gone: &mut impl FnMut(NodeId)) {
        let mut stack = vec![root.0];
        while let Some(id) = stack.pop() {
            let Some(node) = self.nodes.remove(id) else { continue };
            self.frames -= usize::from(node.kind == Kind::Frame);
            if let Some(named) = &mut self.named {
                named.forget(id);
            }
            if id != root.0 {
                self.hash = self.hash.wrapping_sub(node_hash(id, &node));
            }
            gone(NodeId(id));
            let mut child = node.first;
            while child != 0 {
                stack.push(child);
                child = self.nodes.get(child).map_or(0, |node| node.next);
            }
        }
    }
}
