//! Where two trees differ, and how both come to be the same again by forgetting.
//!
//! The customer's tree forgets what the agent's has otherwise, and the agent's end is told to do the
//! same: both then have the largest part that they have in common, and what is missing from it is
//! read, masked and sent on the ordinary way. Only forgetting is safe here: were the agent's word
//! taken for where a node is, the masks around it could be talked away.

use crate::diff::longest_increasing;
use crate::dirt::Dirt;
use crate::node::NodeId;
use crate::ops::{Batch, Op};
use crate::reading::Parts;
use crate::tree::{Digest, Tree};
use std::collections::HashMap;

/// What a repair begins with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// What the other end has to forget.
    pub ops: Vec<Op>,
    /// What this end has forgotten.
    pub forgotten: Vec<NodeId>,
}

/// Makes `tree` forget what the other end's tree, by its digest, has otherwise, and notes it as
/// dirt. With the ops that are returned the other end forgets the same. None if the documents
/// themselves differ, so that nothing can be kept.
pub fn mend(tree: &mut Tree, other: &Digest, dirt: &mut Dirt) -> Option<Mending> {
    let same_document = other.essence(Digest::ROOT).map(|is| is.name)
        == tree.essence(NodeId::DOCUMENT).map(|is| is.name);
    if !same_document {
        return None;
    }
    let mut mending = Mending::default();
    let mut here = vec![];
    let mut stack = vec![(NodeId::DOCUMENT, Digest::ROOT)];
    while let Some((id, index)) = stack.pop() {
        if tree.essence(id) != other.essence(index) {
            here.push(Op::Clear(id));
            mending.ops.push(Op::Clear(id));
            dirt.note(id, Parts::SETTINGS);
        }
        let from = stack.len();
        common(tree, other, id, index, &mut stack);
        let kept = stack.get(from..).unwrap_or(&[]);
        let mut kept_here = kept.iter().map(|(id, _)| *id).peekable();
        for child in tree.children(id) {
            if kept_here.next_if_eq(&child).is_none() {
                here.push(Op::Remove(child));
                dirt.note(id, Parts::CHILDREN);
                dirt.note(child, Parts::SUBTREE);
            }
        }
        let mut kept_there = kept.iter().map(|(_, index)| *index).peekable();
        for child in other.children(index) {
            if kept_there.next_if_eq(&child).is_none() {
                mending.ops.extend(other.id(child).map(Op::Remove));
            }
        }
    }
    for op in here {
        // They name what is there, each once.
        let applied = tree.apply_reporting(&op, &Batch::default(), |id| mending.forgotten.push(id));
        if applied.is_err() {
            return None;
        }
    }
    Some(mending)
}

/// The children that both ends have of a node, in an order that both have.
fn common(tree: &Tree, other: &Digest, id: NodeId, index: usize, out: &mut Vec<(NodeId, usize)>) {
    let there: HashMap<NodeId, (usize, usize)> = other
        .children(index)
        .enumerate()
        .filter_map(|(place, child)| Some((other.id(child)?, (place, child))))
        .collect();
    let mut both = vec![];
    let mut places = vec![];
    for child in tree.children(id) {
        let Some(&(place, index)) = there.get(&child) else { continue };
        let (Some(here), Some(there)) = (tree.essence(child), other.essence(index)) else {
            continue;
        };
        // Settings can be set anew; a text is sent as a whole anyway.
        let is_text = tree.text_hash(child).is_some();
        if here.name == there.name && (!is_text || here == there) {
            places.push((both.len(), place));
            both.push((child, index));
        }
    }
    out.extend(longest_increasing(&places).into_iter().filter_map(|at| both.get(at)));
}
