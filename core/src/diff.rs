//! From what was read to what is sent: the ops that turn the known tree into the page.
//!
//! There is one path: a snapshot is the difference to the empty tree, a repair the difference to a
//! tree that forgot a part. Children that keep their order stay where they are (a longest
//! increasing subsequence), so that sorting a table sends moves and not rows.

mod order;
mod out;

use crate::guests::Guests;
use crate::ids::IdMap;
use crate::mask::{Masked, Masking};
use crate::node::NodeId;
use crate::ops::{Batch, Key, Op, Place, StrId};
use crate::reading::{Item, Parts, Reading, SettingName, Span};
use crate::tree::{ApplyError, Setting, Tree};
pub(crate) use order::longest_increasing;
use out::Out;

/// What came of a diff.
#[derive(Debug, Default)]
pub struct Difference {
    /// The changes to send; empty if nothing differs.
    pub batch: Batch,
    /// Nodes that the page no longer has, or that are left out: the mirror forgets them.
    pub gone: Vec<NodeId>,
    /// Children that were not read and are not in the tree, with their parents: read them whole.
    pub unread: Vec<(NodeId, NodeId)>,
    /// Whether something is left out: the tree would be too deep or too large with it, or the
    /// message too long.
    pub left_out: bool,
}

/// Finds what differs between `tree` and the page, and makes `tree` equal to the page. What is in the
/// frames of `guests` is not read, and stays.
///
/// # Errors
/// [`ApplyError`] if the reading does not fit the tree. The tree is then of no more use: start
/// from an empty one.
pub(crate) fn diff(
    tree: &mut Tree,
    masking: &Masking,
    guests: &Guests,
) -> Result<Difference, ApplyError> {
    let outline = Outline::of(&masking.reading);
    let mut differ = Differ {
        out: Out::new(&masking.reading.strings),
        reading: &masking.reading,
        outline: &outline,
        guests,
        tree: &mut *tree,
        stale: vec![],
        gone: vec![],
        unread: vec![],
        left_out: masking.left_out,
    };
    for root in differ.roots_top_down() {
        differ.visit(root)?;
    }
    differ.remove_stale()?;
    let (unread, left_out) = (differ.unread, differ.left_out || differ.out.is_full);
    let batch = Batch { strings: differ.out.strings, ops: differ.out.ops };
    let mut gone = differ.gone;
    for &(id, zone) in &masking.zones {
        tree.set_zone(id, zone);
    }
    if left_out {
        let ids = outline.described.iter().map(|described| described.id);
        gone.extend(ids.filter(|&id| !tree.contains(id)));
    }
    Ok(Difference { batch, gone, unread, left_out })
}

/// Which item describes which node, and which children it was read with.
struct Outline {
    described: Vec<Described>,
    by_id: IdMap<u32, usize>,
    children: Vec<NodeId>,
    roots: Vec<usize>,
}

struct Described {
    id: NodeId,
    item: Item,
    /// A range of [`Outline::children`].
    children: Option<(usize, usize)>,
}

impl Outline {
    fn of(reading: &Reading<Masked>) -> Self {
        let mut outline = Self {
            described: Vec::with_capacity(reading.items.len()),
            by_id: IdMap::default(),
            children: vec![],
            roots: vec![],
        };
        outline.by_id.reserve(reading.items.len());
        // Children of the open parents; each parent takes its own off when it closes.
        let mut open: Vec<usize> = vec![];
        let mut pending: Vec<NodeId> = vec![];
        let mut starts: Vec<usize> = vec![];
        for item in &reading.items {
            let (id, has_children) = match *item {
                Item::Element { id, parts, .. }
                | Item::Document { id, parts, .. }
                | Item::Shadow { id, parts, .. } => (id, parts.has(Parts::CHILDREN)),
                Item::Text { id, .. } => (id, false),
                Item::Known(id) => {
                    pending.push(id);
                    continue;
                }
                Item::End => {
                    if let (Some(index), Some(start)) = (open.pop(), starts.pop()) {
                        let at = outline.children.len();
                        outline.children.extend(pending.drain(start..));
                        if let Some(described) = outline.described.get_mut(index) {
                            described.children = Some((at, outline.children.len()));
                        }
                    }
                    continue;
                }
            };
            let is_root = open.is_empty();
            let index = outline.described.len();
            outline.described.push(Described { id, item: *item, children: None });
            outline.by_id.insert(id.0, index);
            if is_root {
                outline.roots.push(index);
            } else {
                pending.push(id);
            }
            if has_children {
                open.push(index);
                starts.push(pending.len());
            }
        }
        outline
    }

    fn get(&self, id: NodeId) -> Option<&Described> {
        self.by_id.get(&id.0).and_then(|&index| self.described.get(index))
    }

    fn children(&self, described: &Described) -> Option<&[NodeId]> {
        described.children.and_then(|(start, end)| self.children.get(start..end))
    }
}

struct Differ<'a> {
    tree: &'a mut Tree,
    reading: &'a Reading<Masked>,
    outline: &'a Outline,
    guests: &'a Guests,
    out: Out<'a>,
    /// Children that a parent was read without; gone unless they turned up elsewhere.
    stale: Vec<(NodeId, NodeId)>,
    gone: Vec<NodeId>,
    unread: Vec<(NodeId, NodeId)>,
    left_out: bool,
}

impl<'a> Differ<'a> {
    /// Parents before what is in them: when a parent is visited all its ancestors are where they
    /// will stay, so a child can never be moved into itself.
    fn roots_top_down(&self) -> Vec<NodeId> {
        let described = self.outline.roots.iter().filter_map(|&i| self.outline.described.get(i));
        if self.outline.roots.len() < 2 {
            return described.map(|root| root.id).collect();
        }
        let mut parent_of = IdMap::default();
        for described in &self.outline.described {
            for child in self.outline.children(described).into_iter().flatten() {
                parent_of.insert(child.0, described.id);
            }
        }
        let depth = |mut id: NodeId| {
            let mut depth = 0_u32;
            while let Some(parent) = parent_of.get(&id.0).copied().or_else(|| self.tree.parent(id))
            {
                depth += 1;
                id = parent;
                if depth > crate::tree::MAX_DEPTH {
                    break;
                }
            }
            depth
        };
        let mut roots: Vec<_> = described.map(|root| (depth(root.id), root.id)).collect();
        roots.sort_unstable_by_key(|&(depth, id)| (depth, id.0));
        roots.into_iter().map(|(_, id)| id).collect()
    }

    /// Brings a node that is in the tree, and all that was read in it, up to date.
    fn visit(&mut self, root: NodeId) -> Result<(), ApplyError> {
        let outline = self.outline;
        let mut stack = vec![];
        self.enter(root, &mut stack)?;
        while let Some(frame) = stack.last_mut() {
            let Some(&child) = outline.children.get(frame.next..frame.end).and_then(|c| c.first())
            else {
                stack.pop();
                continue;
            };
            let (parent, index) = (frame.parent, frame.next - frame.start);
            frame.next += 1;
            // Placed first, entered next: a new node is followed by all that is in it.
            match frame.fates.get(index) {
                Some(Fate::Stays) => {}
                Some(&Fate::Before(anchor)) => {
                    self.place(child, Place { parent, before: Some(anchor) })?;
                }
                Some(Fate::Last) | None => self.place(child, Place { parent, before: None })?,
            }
            self.enter(child, &mut stack)?;
        }
        Ok(())
    }

    /// Brings a node's own settings or text up to date, and opens its children if they were read.
    fn enter(&mut self, id: NodeId, stack: &mut Vec<Frame>) -> Result<(), ApplyError> {
        let outline = self.outline;
        let Some(described) = outline.get(id) else { return Ok(()) };
        match described.item {
            Item::Document { .. } if id == NodeId::DOCUMENT => {}
            // A root that is gone by now: its parent was read too.
            _ if !self.tree.contains(id) => return Ok(()),
            _ => {}
        }
        match described.item {
            Item::Document { compat, parts, settings, .. } => {
                if !self.tree.contains(id) {
                    self.emit(Op::Document(compat))?;
                }
                self.settings(id, parts, settings)?;
            }
            Item::Element { parts, settings, .. } | Item::Shadow { parts, settings, .. } => {
                self.settings(id, parts, settings)?;
            }
            Item::Text { text, .. } => {
                let hash = self.out.hash(text);
                if self.tree.text_hash(id) != Some(hash) {
                    let text = self.out.text(text);
                    self.emit(Op::SetText { id, text })?;
                }
            }
            Item::Known(_) | Item::End => {}
        }
        if let Some((start, end)) = described.children {
            let fates = self.fates(id, outline.children.get(start..end).unwrap_or(&[]));
            stack.push(Frame { parent: id, start, end, next: start, fates });
        }
        Ok(())
    }

    /// What becomes of each child of a parent; empty if all of them are simply appended. Notes the
    /// old children that are not among the new.
    fn fates(&mut self, parent: NodeId, children: &[NodeId]) -> Vec<Fate> {
        let mut old: Vec<NodeId> = self.tree.children(parent).collect();
        if children.is_empty() {
            old.retain(|&id| !self.guests.is_document(id));
        }
        if old.is_empty() {
            return vec![];
        }
        if children.starts_with(&old) {
            let mut fates = vec![Fate::Stays; old.len()];
            fates.resize(children.len(), Fate::Last);
            return fates;
        }
        let positions: IdMap<u32, usize> =
            old.iter().enumerate().map(|(i, id)| (id.0, i)).collect();
        let mut kept = vec![];
        let mut is_kept = vec![false; old.len()];
        for (index, id) in children.iter().enumerate() {
            if let Some(&position) = positions.get(&id.0) {
                kept.push((index, position));
                if let Some(flag) = is_kept.get_mut(position) {
                    *flag = true;
                }
            }
        }
        let missing = old.iter().zip(is_kept).filter(|(_, kept)| !kept);
        self.stale.extend(missing.map(|(&id, _)| (parent, id)));
        let mut fates = vec![Fate::Last; children.len()];
        for index in longest_increasing(&kept) {
            if let Some(fate) = fates.get_mut(index) {
                *fate = Fate::Stays;
            }
        }
        let mut anchor = Fate::Last;
        for (fate, &id) in fates.iter_mut().zip(children).rev() {
            match fate {
                Fate::Stays => anchor = Fate::Before(id),
                Fate::Before(_) | Fate::Last => *fate = anchor,
            }
        }
        fates
    }

    fn place(&mut self, id: NodeId, at: Place) -> Result<(), ApplyError> {
        if self.tree.contains(id) {
            return match self.emit(Op::Move { id, at }) {
                Err(ApplyError::TooLarge) => {
                    self.left_out = true;
                    self.emit(Op::Remove(id))
                }
                result => result,
            };
        }
        let Some(described) = self.outline.get(id) else {
            self.unread.push((at.parent, id));
            return Ok(());
        };
        let result = match described.item {
            Item::Element { namespace, tag, .. } => {
                let tag = self.out.string(tag);
                self.emit(Op::Element { id, at, namespace, tag })
            }
            Item::Text { text, .. } => {
                let text = self.out.text(text);
                self.emit(Op::Text { id, at, text })
            }
            Item::Shadow { .. } => self.emit(Op::Shadow { id, host: at.parent }),
            Item::Document { compat, .. } => self.emit(Op::Frame { id, host: at.parent, compat }),
            Item::Known(_) | Item::End => Err(ApplyError::Misplaced(id)),
        };
        self.or_left_out(result)
    }

    /// What there is no room for is left out, with all that is in it.
    fn or_left_out(&mut self, result: Result<(), ApplyError>) -> Result<(), ApplyError> {
        match result {
            Err(ApplyError::TooLarge) => {
                self.left_out = true;
                Ok(())
            }
            result => result,
        }
    }

    fn settings(&mut self, id: NodeId, parts: Parts, span: Span) -> Result<(), ApplyError> {
        if !parts.has(Parts::SETTINGS) {
            return Ok(());
        }
        let read = self.reading.settings.get(span.range()).unwrap_or(&[]);
        let known = self.tree.settings(id).count();
        let mut met = 0;
        for &(name, value) in read {
            let setting = self.setting(name);
            let before = if known == 0 { None } else { self.tree.setting(id, setting) };
            met += usize::from(before.is_some());
            if before != Some(self.out.hash(value)) {
                let (key, value) = (self.out.key(name), self.out.text(value));
                let result = self.emit(Op::Set { id, key, value });
                self.or_left_out(result)?;
            }
        }
        if met < known {
            let names: Vec<Setting<'_>> =
                read.iter().map(|&(name, _)| self.setting(name)).collect();
            let lost: Vec<Key> = {
                let out = &mut self.out;
                self.tree
                    .settings(id)
                    .filter(|setting| !names.contains(setting))
                    .map(|setting| match setting {
                        Setting::Attr(name) => Key::Attr(out.own_string(name)),
                        Setting::Prop(prop) => Key::Prop(prop),
                    })
                    .collect()
            };
            for key in lost {
                self.emit(Op::Unset { id, key })?;
            }
        }
        Ok(())
    }

    fn setting(&self, name: SettingName) -> Setting<'a> {
        let reading: &'a Reading<Masked> = self.reading;
        match name {
            SettingName::Attr(name) => Setting::Attr(reading.strings.get(name)),
            SettingName::Prop(prop) => Setting::Prop(prop),
        }
    }

    fn remove_stale(&mut self) -> Result<(), ApplyError> {
        for (parent, id) in std::mem::take(&mut self.stale) {
            if self.tree.parent(id) == Some(parent) {
                self.emit(Op::Remove(id))?;
            }
        }
        Ok(())
    }

    fn emit(&mut self, op: Op) -> Result<(), ApplyError> {
        let (out, gone) = (&self.out, &mut self.gone);
        let hash_of = |id: StrId| out.hashes.get(id.0 as usize).copied().unwrap_or(0);
        self.tree.apply_with(&op, &out.strings, hash_of, |id| gone.push(id))?;
        self.out.ops.push(op);
        Ok(())
    }
}

/// Children of one parent on their way.
struct Frame {
    parent: NodeId,
    start: usize,
    end: usize,
    next: usize,
    fates: Vec<Fate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Before(NodeId),
    Last,
}
