//! A tree in short: its shape, and for each node a hash of what it is and one of what it holds.
//!
//! An agent's end that finds its tree wrong sends this, so that the customer's end can see what is
//! wrong with it and need not send the rest again. It has no texts.

use super::hash::mix;
use super::{Kind, Tree, TreeNode};
use crate::node::NodeId;
use crate::ops::{unzigzag, zigzag};
use saath_protocol::wire;
use std::collections::{HashMap, HashSet};
use thiserror::Error;
use wincode::{SchemaRead, SchemaWrite};

/// The longest encoded digest, in bytes: some 25,000 nodes. Larger pages are sent anew.
const MAX_BYTES: usize = 192 << 10;

/// The nodes of a tree in document order, a shadow root before its host's children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    entries: Vec<Entry>,
}

/// Bytes that are no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the digest does not decode")]
pub struct DigestError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    id: NodeId,
    is: Essence,
    /// The first entry that is not within this one.
    end: usize,
}

/// What is compared of a node, besides its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Essence {
    /// Hash of the kind and, of an element, the name.
    pub(crate) name: u32,
    /// Hash of the text, or of all settings.
    pub(crate) content: u32,
}

#[derive(SchemaRead, SchemaWrite)]
struct DigestWire {
    /// As differences to the one before plus one, zigzag.
    ids: Vec<u32>,
    /// How many nodes end before this one begins.
    ends: Vec<u32>,
    /// Places in `table`.
    names: Vec<u32>,
    table: Vec<u32>,
    /// Four bytes each.
    contents: Vec<u8>,
}

impl Tree {
    /// The encoded digest; empty if the tree is, or is too large for one.
    pub fn digest(&self) -> Vec<u8> {
        let mut out = DigestWire {
            ids: vec![],
            ends: vec![],
            names: vec![],
            table: vec![],
            contents: vec![],
        };
        let mut known = HashMap::new();
        let (mut last, mut depth) = (0_u32, 0);
        let mut stack: Vec<NodeId> =
            self.kind(NodeId::DOCUMENT).map(|_| NodeId::DOCUMENT).into_iter().collect();
        while let Some(id) = stack.pop() {
            let Some(node) = self.nodes.get(id.0) else { continue };
            let is = self.essence_of(node);
            out.ids.push(zigzag(id.0.wrapping_sub(last.wrapping_add(1))));
            out.ends.push((depth + 1_u32).saturating_sub(node.depth + 1));
            (last, depth) = (id.0, node.depth + 1);
            out.names.push(*known.entry(is.name).or_insert_with(|| {
                out.table.push(is.name);
                u32::try_from(out.table.len() - 1).unwrap_or(u32::MAX)
            }));
            out.contents.extend(is.content.to_le_bytes());
            if out.contents.len() > MAX_BYTES {
                return vec![];
            }
            let from = stack.len();
            stack.extend(self.children(id));
            if let Some(children) = stack.get_mut(from..) {
                children.reverse();
            }
        }
        if out.ids.is_empty() {
            return vec![];
        }
        Some(wire::encode(&out)).filter(|bytes| bytes.len() <= MAX_BYTES).unwrap_or_default()
    }

    /// What a node is and holds, if it is there.
    pub(crate) fn essence(&self, id: NodeId) -> Option<Essence> {
        self.nodes.get(id.0).map(|node| self.essence_of(node))
    }

    fn essence_of(&self, node: &TreeNode) -> Essence {
        let (name, content) = if node.kind == Kind::Text {
            (0, node.content)
        } else {
            let settings = self.settings_hash(node);
            (node.content.wrapping_sub(settings), settings)
        };
        // The low half of a sum says nothing of the high halves.
        let half = |word: u64| (mix(word, node.kind as u64) >> 32) as u32;
        Essence { name: half(name), content: half(content) }
    }
}

impl Digest {
    /// Parses what [`Tree::digest`] has encoded.
    ///
    /// # Errors
    /// [`DigestError`] if it is not the digest of a tree.
    pub fn decode(bytes: &[u8]) -> Result<Self, DigestError> {
        Some(bytes)
            .filter(|bytes| bytes.len() <= MAX_BYTES)
            .and_then(|bytes| wire::decode::<DigestWire>(bytes).ok())
            .and_then(|wire| Self::check(&wire))
            .ok_or(DigestError)
    }

    fn check(wire: &DigestWire) -> Option<Self> {
        let count = wire.ids.len();
        let (contents, rest) = wire.contents.as_chunks::<4>();
        let fits =
            rest.is_empty() && [wire.ends.len(), wire.names.len(), contents.len()] == [count; 3];
        if !fits {
            return None;
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        let mut met = HashSet::with_capacity(count);
        let mut open: Vec<usize> = vec![];
        let mut last = 0_u32;
        let columns = wire.ids.iter().zip(&wire.ends).zip(&wire.names).zip(contents);
        for (index, (((id, ends), name), content)) in columns.enumerate() {
            last = last.wrapping_add(1).wrapping_add(unzigzag(*id));
            let id = NodeId(last);
            for _ in 0..*ends {
                entries.get_mut(open.pop()?)?.end = index;
            }
            // One root, the document.
            let in_place =
                open.is_empty() == (index == 0) && (id == NodeId::DOCUMENT) == (index == 0);
            if !in_place || !(1..=NodeId::MAX).contains(&id.0) || !met.insert(id) {
                return None;
            }
            let is = Essence {
                name: *wire.table.get(*name as usize)?,
                content: u32::from_le_bytes(*content),
            };
            entries.push(Entry { id, is, end: count });
            open.push(index);
        }
        (count > 0).then_some(Self { entries })
    }

    /// The first node, which is the document.
    pub(crate) const ROOT: usize = 0;

    pub(crate) fn id(&self, index: usize) -> Option<NodeId> {
        self.entries.get(index).map(|entry| entry.id)
    }

    pub(crate) fn essence(&self, index: usize) -> Option<Essence> {
        self.entries.get(index).map(|entry| entry.is)
    }

    /// The children of a node, by their places in the digest.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.entries.get(index).map_or(0, |entry| entry.end);
        let mut next = index + 1;
        std::iter::from_fn(move || {
            let child = next;
            next = self.entries.get(child).filter(|_| child < end)?.end;
            Some(child)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{batch, build, element};
    use super::*;
    use crate::ops::{Compat, Op, StrId};
    use proptest::prelude::*;

    fn sample() -> Tree {
        build(&[
            Op::Document(Compat::Standards),
            element(2, 1, None),
            element(900, 2, None),
            element(4, 900, None),
            element(5, 1, Some(2)),
            Op::Shadow { id: NodeId(6), host: NodeId(2) },
        ])
    }

    #[test]
    fn a_digest_has_the_shape_of_its_tree() {
        let tree = sample();
        let digest = Digest::decode(&tree.digest()).unwrap();
        let mut stack = vec![Digest::ROOT];
        let mut count = 0;
        while let Some(index) = stack.pop() {
            let id = digest.id(index).unwrap();
            assert_eq!(digest.essence(index), tree.essence(id));
            let children: Vec<_> = digest.children(index).collect();
            let ids: Vec<_> = children.iter().map(|&child| digest.id(child).unwrap()).collect();
            assert_eq!(ids, tree.children(id).collect::<Vec<_>>());
            stack.extend(children);
            count += 1;
        }
        assert_eq!(count, tree.len());
    }

    #[test]
    fn what_a_node_is_and_what_it_holds_are_told_apart() {
        let (mut tree, mut other) = (sample(), sample());
        let id = NodeId(4);
        let set = Op::Set { id, key: crate::ops::Key::Attr(StrId(1)), value: StrId(0) };
        tree.apply(&set, &batch()).unwrap();
        let (was, is) = (other.essence(id).unwrap(), tree.essence(id).unwrap());
        assert!(was.name == is.name && was.content != is.content);
        assert_ne!(tree.essence(NodeId(6)).unwrap().name, is.name);
        tree.apply(&Op::Clear(id), &batch()).unwrap();
        assert_eq!(tree.essence(id), Some(was));
        assert_eq!(tree.hash(), other.hash());
        assert!(other.apply(&Op::Clear(NodeId(77)), &batch()).is_err());
    }

    #[test]
    fn trees_that_are_empty_or_too_large_have_none() {
        assert!(Tree::default().digest().is_empty());
        let mut ops = vec![Op::Document(Compat::Standards)];
        ops.extend((2..25_000).map(|id| element(id, 1, None)));
        assert!(!build(&ops).digest().is_empty());
        ops.extend((25_000..50_000).map(|id| element(id, 1, None)));
        assert!(build(&ops).digest().is_empty());
    }

    #[test]
    fn what_is_no_tree_is_no_digest() {
        let check = |ids: &[u32], ends: &[u32]| {
            Digest::decode(&wire::encode(&DigestWire {
                ids: ids.iter().copied().map(zigzag).collect(),
                ends: ends.to_vec(),
                names: vec![0; ids.len()],
                table: vec![7],
                contents: vec![0; ids.len() * 4],
            }))
        };
        assert!(check(&[0, 0, 0], &[0, 0, 1]).is_ok());
        for (ids, ends) in [
            (&[][..], &[][..]),
            (&[1, 0], &[0, 0]),
            (&[0, 0], &[0, 1]),
            (&[0, 0, 0], &[0, 0, 2]),
            (&[0, 0], &[0, u32::MAX]),
            (&[0, 0, u32::MAX], &[0, 0, 0]),
            (&[0, 0, 1 << 29], &[0, 0, 0]),
            (&[0, 0], &[0]),
        ] {
            assert_eq!(check(ids, ends), Err(DigestError), "{ids:?} {ends:?}");
        }
    }

    proptest! {
        #[test]
        fn a_damaged_digest_decodes_or_fails(at in 0usize..100, bit in 0u8..8) {
            let mut bytes = sample().digest();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = Digest::decode(&bytes);
        }
    }
}
