//! What the other end has been told: the shape of its replica and the hashes of its contents.
//!
//! Both ends keep one and apply the same ops to it. No text is kept: the customer needs to know
//! whether something differs, not what it was. A running hash over all nodes travels with every
//! batch, so that a difference between the two ends is noticed at once.

mod digest;
mod hash;
mod links;
mod named;
mod slab;

use crate::node::NodeId;
use crate::ops::{Batch, Key, Op, Place, StrId, Strings};
pub use digest::{Digest, DigestError};
pub(crate) use hash::hash_text;
use hash::mix;
use named::Named;
use slab::Slab;
use std::collections::HashMap;
use thiserror::Error;

/// The most nodes a tree may have.
pub const MAX_NODES: usize = 1 << 20;
/// The deepest a tree may be. Browsers stop their parsers at 512; scripts can go deeper.
pub const MAX_DEPTH: u32 = 8_192;
/// The most frames a tree may have: each is a whole document for the browser.
pub const MAX_FRAMES: usize = 1_024;
/// The most settings an element may have.
pub const MAX_SETTINGS: usize = 1_024;

/// An op that does not fit the tree: the sender is wrong or hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// It names a node that is not there.
    #[error("no such node")]
    Unknown(NodeId),
    /// It makes a node that is there already.
    #[error("the node is there already")]
    Duplicate(NodeId),
    /// It puts a node into itself, or where no node of its kind can be, or takes a setting away that
    /// is not there.
    #[error("the node cannot go there")]
    Misplaced(NodeId),
    /// The tree would grow too large or too deep.
    #[error("the tree is too large")]
    TooLarge,
}

/// What kind of node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The document, or the document of a frame.
    Document,
    /// An element.
    Element,
    /// An element that holds no nodes: what is in a `style` is its state, which is cleaned.
    Leaf,
    /// An `iframe`: nothing is in it but its document.
    Frame,
    /// A text node.
    Text,
    /// A shadow root.
    Shadow,
}

/// The shape of a replica.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: Slab<TreeNode>,
    names: Names,
    frames: usize,
    hash: u64,
    /// At the customer's end.
    named: Option<Named>,
}

#[derive(Debug, Clone)]
struct TreeNode {
    kind: Kind,
    /// What the masks decided here; see [`crate::mask`]. Not part of the hash.
    zone: u16,
    /// How many nodes are above.
    depth: u32,
    parent: u32,
    prev: u32,
    next: u32,
    first: u32,
    last: u32,
    /// Hash of tag or text, then the sum of the hashes of all settings.
    content: u64,
    settings: Vec<(SettingKey, u64)>,
}

/// Attribute names are numbered once a tree; states come after them.
type SettingKey = u32;
const PROP_BIT: u32 = 1 << 31;

#[derive(Debug, Clone, Default)]
struct Names {
    numbers: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(PROP_BIT - 1);
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }
}

/// A setting that a node has, by the name it has in this tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting<'t> {
    Attr(&'t str),
    Prop(crate::node::Prop),
}

impl Tree {
    /// An empty one that knows which assets it names.
    pub(crate) fn naming() -> Self {
        Self { named: Some(Named::default()), ..Self::default() }
    }

    /// Whether the picture of an element or a style names this asset.
    pub(crate) fn names(&self, asset: u32) -> bool {
        self.named.as_ref().is_some_and(|named| named.has(asset))
    }

    /// Hash over all nodes: equal trees have equal hashes.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 0
    }

    /// Whether the node is there.
    pub fn contains(&self, id: NodeId) -> bool {
        self.nodes.get(id.0).is_some()
    }

    /// What kind of node it is, if it is there.
    pub fn kind(&self, id: NodeId) -> Option<Kind> {
        self.nodes.get(id.0).map(|node| node.kind)
    }

    /// The parent of a node; for a shadow root its host.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.nodes.get(id.0).and_then(|node| some(node.parent))
    }

    /// The children of a node in order, a shadow root first.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.nodes.get(id.0).map_or(0, |node| node.first);
        std::iter::from_fn(move || {
            let id = some(next)?;
            next = self.nodes.get(id.0).map_or(0, |node| node.next);
            Some(id)
        })
    }

    /// Makes one change. On an error the tree is as it was.
    ///
    /// # Errors
    /// [`ApplyError`] if the op does not fit the tree.
    pub fn apply(&mut self, op: &Op, batch: &Batch) -> Result<(), ApplyError> {
        self.apply_reporting(op, batch, |_| {})
    }

    /// As [`Self::apply`], and tells of every node that went away.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_reporting(
        &mut self,
        op: &Op,
        batch: &Batch,
        gone: impl FnMut(NodeId),
    ) -> Result<(), ApplyError> {
        self.apply_with(op, &batch.strings, |text| hash_text(batch.text(text)), gone)
    }

    /// As [`Self::apply`], with hashes of texts that the caller may have at hand, and with every
    /// node that went away reported.
    pub(crate) fn apply_with(
        &mut self,
        op: &Op,
        strings: &Strings,
        hash_of: impl Fn(StrId) -> u64,
        mut gone: impl FnMut(NodeId),
    ) -> Result<(), ApplyError> {
        match *op {
            Op::Document(compat) => {
                self.add(NodeId::DOCUMENT, Kind::Document, mix(1, u64::from(compat as u8)))?;
                self.rehash(NodeId::DOCUMENT.0, 0);
            }
            Op::Element { id, at, namespace, tag } => {
                let content = mix(2 + u64::from(namespace.code()), hash_of(tag));
                let kind = match strings.get(tag) {
                    "style" => Kind::Leaf,
                    "iframe" => Kind::Frame,
                    _ => Kind::Element,
                };
                self.insert(id, kind, content, at)?;
            }
            Op::Text { id, at, text } => self.insert(id, Kind::Text, hash_of(text), at)?,
            Op::Shadow { id, host } => {
                let first = self.nodes.get(host.0).ok_or(ApplyError::Unknown(host))?.first;
                if self.kind(host) != Some(Kind::Element)
                    || self.nodes.get(first).is_some_and(|node| node.kind == Kind::Shadow)
                {
                    return Err(ApplyError::Misplaced(id));
                }
                self.add(id, Kind::Shadow, 7)?;
                self.link(id.0, host.0, first);
            }
            Op::Frame { id, host, compat } => {
                let first = self.nodes.get(host.0).ok_or(ApplyError::Unknown(host))?.first;
                let second = self.nodes.get(first).is_some_and(|node| node.next != 0);
                if self.kind(host) != Some(Kind::Frame) || second {
                    return Err(ApplyError::Misplaced(id));
                }
                self.add(id, Kind::Document, mix(8, u64::from(compat as u8)))?;
                self.link(id.0, host.0, first);
            }
            Op::Move { id, at } => {
                self.check_place(id, at)?;
                let node = self.nodes.get(id.0).ok_or(ApplyError::Unknown(id))?;
                if matches!(node.kind, Kind::Document | Kind::Shadow) || at.before == Some(id) {
                    return Err(ApplyError::Misplaced(id));
                }
                if self.is_within(at.parent, id) {
                    return Err(ApplyError::Misplaced(id));
                }
                if !self.fits_below(id, at.parent) {
                    return Err(ApplyError::TooLarge);
                }
                self.unlink(id.0);
                self.link(id.0, at.parent.0, before(at));
                self.sink(id);
            }
            Op::Remove(id) => {
                if !self.contains(id) {
                    return Err(ApplyError::Unknown(id));
                }
                self.unlink(id.0);
                self.drop_subtree(id, &mut gone);
            }
            Op::SetText { id, text } => {
                let content = hash_of(text);
                match self.nodes.get_mut(id.0) {
                    Some(node) if node.kind == Kind::Text => {
                        let old = node_hash(id.0, node);
                        node.content = content;
                        self.rehash(id.0, old);
                    }
                    Some(_) => return Err(ApplyError::Misplaced(id)),
                    None => return Err(ApplyError::Unknown(id)),
                }
            }
            Op::Set { id, key, value } => {
                let number = self.setting_key(key, strings);
                self.set(id, number, Some(hash_of(value)))?;
                if let Some(named) = &mut self.named {
                    let name = if let Key::Attr(name) = key { strings.get(name) } else { "" };
                    let assets = named.of(key, name, strings.get(value));
                    named.set(id.0, number, assets);
                }
            }
            Op::Unset { id, key } => {
                let number = self.setting_key(key, strings);
                self.set(id, number, None)?;
                if let Some(named) = &mut self.named {
                    named.set(id.0, number, vec![]);
                }
            }
            Op::Clear(id) => self.clear(id)?,
        }
        Ok(())
    }

    /// Both at once.
    pub(crate) fn kind_and_zone(&self, id: NodeId) -> Option<(Kind, u16)> {
        self.nodes.get(id.0).map(|node| (node.kind, node.zone))
    }

    pub(crate) fn zone(&self, id: NodeId) -> u16 {
        self.nodes.get(id.0).map_or(0, |node| node.zone)
    }

    pub(crate) fn set_zone(&mut self, id: NodeId, zone: u16) {
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.zone = zone;
        }
    }

    /// The hash of a text node's text.
    pub(crate) fn text_hash(&self, id: NodeId) -> Option<u64> {
        self.nodes.get(id.0).filter(|node| node.kind == Kind::Text).map(|node| node.content)
    }

    /// The hash of a setting's value.
    pub(crate) fn setting(&self, id: NodeId, setting: Setting<'_>) -> Option<u64> {
        let number = match setting {
            Setting::Attr(name) => *self.names.numbers.get(name)?,
            Setting::Prop(prop) => PROP_BIT | prop.code(),
        };
        let node = self.nodes.get(id.0)?;
        node.settings.iter().find(|(key, _)| *key == number).map(|(_, value)| *value)
    }

    /// Every setting that a node has.
    pub(crate) fn settings(&self, id: NodeId) -> impl Iterator<Item = Setting<'_>> {
        self.nodes.get(id.0).into_iter().flat_map(|node| &node.settings).filter_map(|(key, _)| {
            if key & PROP_BIT != 0 {
                crate::node::Prop::from_code(key & !PROP_BIT).map(Setting::Prop)
            } else {
                self.names.names.get(*key as usize).map(|name| Setting::Attr(name))
            }
        })
    }

    /// Whether a node has a setting, with its name among the texts of `batch`.
    pub(crate) fn has_setting(&self, id: NodeId, key: Key, batch: &Batch) -> bool {
        let setting = match key {
            Key::Attr(name) => Setting::Attr(batch.text(name)),
            Key::Prop(prop) => Setting::Prop(prop),
        };
        self.setting(id, setting).is_some()
    }

    fn setting_key(&mut self, key: Key, strings: &Strings) -> SettingKey {
        match key {
            Key::Attr(name) => self.names.number(strings.get(name)),
            Key::Prop(prop) => PROP_BIT | prop.code(),
        }
    }

    fn add(&mut self, id: NodeId, kind: Kind, content: u64) -> Result<(), ApplyError> {
        if self.contains(id) {
            return Err(ApplyError::Duplicate(id));
        }
        let is_frame = kind == Kind::Frame;
        if self.nodes.len() >= MAX_NODES
            || !self.nodes.has_room(id.0)
            || is_frame && self.frames >= MAX_FRAMES
        {
            return Err(ApplyError::TooLarge);
        }
        self.frames += usize::from(is_frame);
        let node = TreeNode {
            kind,
            zone: 0,
            depth: 0,
            parent: 0,
            prev: 0,
            next: 0,
            first: 0,
            last: 0,
            content,
            settings: Vec::new(),
        };
        self.nodes.insert(id.0, node);
        Ok(())
    }

    fn insert(
        &mut self,
        id: NodeId,
        kind: Kind,
        content: u64,
        at: Place,
    ) -> Result<(), ApplyError> {
        self.check_place(id, at)?;
        self.add(id, kind, content)?;
        self.link(id.0, at.parent.0, before(at));
        Ok(())
    }

    fn check_place(&self, id: NodeId, at: Place) -> Result<(), ApplyError> {
        let parent = self.nodes.get(at.parent.0).ok_or(ApplyError::Unknown(at.parent))?;
        if matches!(parent.kind, Kind::Text | Kind::Leaf | Kind::Frame) {
            return Err(ApplyError::Misplaced(id));
        }
        if parent.depth >= MAX_DEPTH {
            return Err(ApplyError::TooLarge);
        }
        match at.before.map(|before| (before, self.nodes.get(before.0))) {
            None => Ok(()),
            Some((before, None)) => Err(ApplyError::Unknown(before)),
            // Nothing comes before a shadow root, so that it stays the first.
            Some((_, Some(next))) if next.parent != at.parent.0 || next.kind == Kind::Shadow => {
                Err(ApplyError::Misplaced(id))
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether `node` is `ancestor` or below it.
    fn is_within(&self, node: NodeId, ancestor: NodeId) -> bool {
        // Depths say how far it is worth climbing.
        let floor = self.nodes.get(ancestor.0).map_or(0, |node| node.depth);
        let mut at = node.0;
        while let Some(found) = self.nodes.get(at).filter(|found| found.depth > floor) {
            at = found.parent;
        }
        at == ancestor.0
    }

    fn set(&mut self, id: NodeId, key: SettingKey, value: Option<u64>) -> Result<(), ApplyError> {
        let name_hash = self.name_hash(key);
        let node = self.nodes.get_mut(id.0).ok_or(ApplyError::Unknown(id))?;
        if node.kind == Kind::Text {
            return Err(ApplyError::Misplaced(id));
        }
        let old = node_hash(id.0, node);
        let place = node.settings.iter().position(|(known, _)| *known == key);
        match place {
            Some(place) => {
                let (_, before) = node.settings.swap_remove(place);
                node.content = node.content.wrapping_sub(mix(name_hash, before));
            }
            None if value.is_none() => return Err(ApplyError::Misplaced(id)),
            None => {}
        }
        if let Some(value) = value {
            if node.settings.len() >= MAX_SETTINGS {
                return Err(ApplyError::TooLarge);
            }
            node.settings.push((key, value));
            node.content = node.content.wrapping_add(mix(name_hash, value));
        }
        self.rehash(id.0, old);
        Ok(())
    }

    fn clear(&mut self, id: NodeId) -> Result<(), ApplyError> {
        let held = self.nodes.get(id.0).map_or(0, |node| self.settings_hash(node));
        let node = self.nodes.get_mut(id.0).ok_or(ApplyError::Unknown(id))?;
        if node.kind == Kind::Text {
            return Err(ApplyError::Misplaced(id));
        }
        let old = node_hash(id.0, node);
        node.content = node.content.wrapping_sub(held);
        node.settings.clear();
        self.rehash(id.0, old);
        if let Some(named) = &mut self.named {
            named.forget(id.0);
        }
        Ok(())
    }

    fn name_hash(&self, key: SettingKey) -> u64 {
        match self.names.names.get(key as usize) {
            Some(name) => hash_text(name),
            None => u64::from(key),
        }
    }

    /// What the settings of a node are of its content.
    fn settings_hash(&self, node: &TreeNode) -> u64 {
        let hashes = node.settings.iter().map(|&(key, value)| mix(self.name_hash(key), value));
        hashes.fold(0, u64::wrapping_add)
    }

    fn rehash(&mut self, id: u32, old: u64) {
        if let Some(node) = self.nodes.get(id) {
            self.hash = self.hash.wrapping_sub(old).wrapping_add(node_hash(id, node));
        }
    }
}

fn node_hash(id: u32, node: &TreeNode) -> u64 {
    let place = u64::from(node.parent) << 32 | u64::from(node.prev);
    mix(mix(u64::from(id), place), node.content)
}

fn some(id: u32) -> Option<NodeId> {
    (id != 0).then_some(NodeId(id))
}

fn before(at: Place) -> u32 {
    at.before.map_or(0, |before| before.0)
}

#[cfg(test)]
mod tests;
