//! Identifiers that stand in several texts: `<b>ABCPE</b>1234F` reads as one.
//!
//! A *line* is what stands between two elements that end one (see [`super::flow`]), in the order of
//! the reading: a shadow tree, then what is slotted into it. What is masked takes part, or the rest
//! of an identifier would be shown because a part of it is masked.
//!
//! Of a change a part of a line is read, and the tree has no texts to put beside it. It only has
//! marks: which texts could be a part of an identifier, and which are masked for one. Where these say
//! that it matters, the reading is not used but taken again with the rest of the line.

use super::Element;
use super::flow::Flow;
use super::zone::Zone;
use crate::ids::{IdMap, IdSet};
use crate::node::NodeId;
use crate::ops::StrId;
use crate::reading::{Item, Parts, Raw, Reading};
use crate::tree::{Kind, Tree};
use std::collections::HashSet;
use std::ops::Range;

/// What the texts of a reading are together with others.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// By the place of an item, what of its text is to be masked, in the order of the places; nothing
    /// where it stands with others that were not read, and what it is is not known.
    found: Vec<(usize, Option<Vec<Cover>>)>,
    /// How many of them were asked for.
    passed: usize,
    /// Texts to read together with this reading.
    pub(super) lacks: Vec<NodeId>,
}

/// A part of a text that is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) range: Range<usize>,
    /// Whether the identifier goes on in another text.
    pub(super) is_part: bool,
}

/// What a text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'j> {
    /// Nothing is known but by itself.
    Alone,
    /// These parts are masked.
    Found(&'j [Cover]),
    /// It may be anything.
    Unsure,
}

impl Joined {
    pub(super) fn of(tree: &Tree, reading: &Reading<Raw>, flow: &mut Flow<'_>) -> Self {
        let mut scan = Scan {
            tree,
            reading,
            joined: Self::default(),
            line: vec![],
            is_cut: false,
            within: vec![],
            open: vec![],
        };
        scan.items(flow);
        let Scan { mut joined, open, .. } = scan;
        if !open.is_empty() {
            Overlay::of(tree, reading, flow).find(&open, &mut joined);
            joined.found.sort_by_key(|(index, covers)| (*index, covers.is_none()));
        }
        joined
    }

    /// What is known of the text at this place. Places are asked for in their order.
    pub(super) fn place(&mut self, index: usize) -> Place<'_> {
        while self.found.get(self.passed).is_some_and(|(at, _)| *at < index) {
            self.passed += 1;
        }
        let here = self.found.get(self.passed..).unwrap_or(&[]).iter();
        match here.take_while(|(at, _)| *at == index).last() {
            None => Place::Alone,
            Some((_, Some(covers))) => Place::Found(covers),
            Some((_, None)) => Place::Unsure,
        }
    }

    /// Looks for identifiers in the texts of a line.
    fn decide(&mut self, reading: &Reading<Raw>, line: &[(usize, StrId)]) {
        let texts: Vec<&str> = line.iter().map(|&(_, text)| reading.strings.get(text)).collect();
        let solid = texts.iter().filter(|text| !is_blank(text)).count();
        if solid < 2 || !texts.iter().any(|text| saath_patterns::may_hold_any(text)) {
            return;
        }
        let all = saath_patterns::find_joined(&texts);
        for (at, (&(index, _), text)) in line.iter().zip(&texts).enumerate() {
            let touches = |other: Option<usize>, end: bool| {
                let other = other.and_then(|other| Some((all.get(other)?, texts.get(other)?)));
                other.is_some_and(|(found, text)| {
                    let edge = if end { found.last() } else { found.first() };
                    edge.is_some_and(
                        |range| if end { range.end == text.len() } else { range.start == 0 },
                    )
                })
            };
            let found = all.get(at).map_or(&[][..], Vec::as_slice);
            if found.is_empty() || is_blank(text) {
                continue;
            }
            let cover = |range: &Range<usize>| Cover {
                is_part: range.start == 0 && touches(at.checked_sub(1), true)
                    || range.end == text.len() && touches(Some(at + 1), false),
                range: range.clone(),
            };
            self.found.push((index, Some(found.iter().map(cover).collect())));
        }
    }
}

/// White space alone is layout, and stays.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// One pass over the items: lines that are wholly in it are decided on the way.
struct Scan<'a> {
    tree: &'a Tree,
    reading: &'a Reading<Raw>,
    joined: Joined,
    line: Vec<(usize, StrId)>,
    /// Whether something of the line is not in the reading.
    is_cut: bool,
    /// The parents that are open, and whether each ends lines.
    within: Vec<(NodeId, bool)>,
    /// Nodes in whose lines something was not read.
    open: Vec<NodeId>,
}

impl Scan<'_> {
    fn items(&mut self, flow: &mut Flow<'_>) {
        for (index, item) in self.reading.items.iter().enumerate() {
            match *item {
                // Of texts that are empty nothing can be a part of.
                Item::Text { id, .. } if self.within.is_empty() => self.open.push(id),
                Item::Text { text, .. } => {
                    if !self.reading.strings.get(text).is_empty() {
                        self.line.push((index, text));
                    }
                }
                Item::Known(id) => match self.tree.kind_and_zone(id) {
                    Some(told) if breaks_as_told(told) => self.end(),
                    // What is in it may stand elsewhere in the reading.
                    Some(_) => self.is_cut = true,
                    None => {}
                },
                Item::Element { id, namespace, tag, marks, parts, settings } => {
                    let element = Element { id, namespace, tag, marks, parts, settings };
                    let breaks = flow.breaks(&element, self.tree);
                    self.begin(id, breaks, parts);
                }
                Item::Document { id, parts, .. } => self.begin(id, true, parts),
                Item::Shadow { id, parts, .. } => self.begin(id, false, parts),
                Item::End => {
                    let Some(&(_, breaks)) = self.within.last() else { continue };
                    let is_root = self.within.len() == 1;
                    self.is_cut |= is_root && !breaks;
                    if breaks || is_root {
                        self.end();
                    }
                    self.within.pop();
                }
            }
        }
    }

    fn begin(&mut self, id: NodeId, breaks: bool, parts: Parts) {
        let is_root = self.within.is_empty();
        if is_root && breaks_in(self.tree, id) != breaks {
            // What is around it reads otherwise than before.
            self.open.extend(self.tree.parent(id));
        }
        if !parts.has(Parts::CHILDREN) {
            return;
        }
        if breaks {
            self.end();
        }
        self.within.push((id, breaks));
        self.is_cut |= is_root && !breaks;
    }

    /// The line ends here.
    fn end(&mut self) {
        if self.is_cut {
            let around = self.within.iter().rev().find(|(_, breaks)| *breaks);
            self.open.extend(around.or(self.within.first()).map(|(id, _)| *id));
        } else if self.line.len() > 1 {
            self.joined.decide(self.reading, &self.line);
        }
        self.line.clear();
        self.is_cut = false;
    }
}

/// Whether a node ended lines when it was told.
fn breaks_in(tree: &Tree, id: NodeId) -> bool {
    tree.kind_and_zone(id).is_some_and(breaks_as_told)
}

fn breaks_as_told((kind, zone): (Kind, u16)) -> bool {
    !matches!(kind, Kind::Text | Kind::Shadow) && !Zone(zone).has(Zone::INLINE)
}

/// The page as it is by the reading, and by the tree where nothing was read.
struct Overlay<'a> {
    tree: &'a Tree,
    reading: &'a Reading<Raw>,
    children: IdMap<NodeId, Vec<NodeId>>,
    parents: IdMap<NodeId, NodeId>,
    breaks: IdMap<NodeId, bool>,
    texts: IdMap<NodeId, (usize, StrId)>,
}

impl<'a> Overlay<'a> {
    fn of(tree: &'a Tree, reading: &'a Reading<Raw>, flow: &mut Flow<'_>) -> Self {
        let mut overlay = Self {
            tree,
            reading,
            children: IdMap::default(),
            parents: IdMap::default(),
            breaks: IdMap::default(),
            texts: IdMap::default(),
        };
        let mut within: Vec<NodeId> = vec![];
        for (index, item) in reading.items.iter().enumerate() {
            let (id, parts) = match *item {
                Item::Element { id, namespace, tag, marks, parts, settings } => {
                    let element = Element { id, namespace, tag, marks, parts, settings };
                    overlay.breaks.insert(id, flow.breaks(&element, tree));
                    (id, parts)
                }
                Item::Document { id, parts, .. } => {
                    overlay.breaks.insert(id, true);
                    (id, parts)
                }
                Item::Shadow { id, parts, .. } => (id, parts),
                Item::Text { id, text } => {
                    overlay.texts.insert(id, (index, text));
                    (id, Parts::default())
                }
                Item::Known(id) => (id, Parts::default()),
                Item::End => {
                    within.pop();
                    continue;
                }
            };
            if let Some(&parent) = within.last() {
                overlay.parents.insert(id, parent);
                overlay.children.entry(parent).or_default().push(id);
            }
            if parts.has(Parts::CHILDREN) {
                overlay.children.entry(id).or_default();
                within.push(id);
            }
        }
        overlay
    }

    /// Looks at the lines of the blocks that these nodes are in.
    fn find(&self, open: &[NodeId], joined: &mut Joined) {
        let mut seen = IdSet::default();
        for &node in open {
            let block = self.block(node);
            if !seen.insert(block) {
                continue;
            }
            let before: HashSet<Vec<NodeId>> = self
                .lines(block, &|id| breaks_in(self.tree, id), &|id| {
                    self.tree.children(id).collect()
                })
                .into_iter()
                .collect();
            let children = |id| match self.children.get(&id) {
                Some(children) => children.clone(),
                None => self.tree.children(id).collect(),
            };
            for line in self.lines(block, &|id| self.breaks(id), &children) {
                let is_same = before.contains(&line);
                self.line(&line, is_same, joined);
            }
        }
    }

    fn line(&self, line: &[NodeId], is_same: bool, joined: &mut Joined) {
        let (mut read, mut unread) = (vec![], vec![]);
        let mut is_new = !is_same;
        let (mut solid, mut holds, mut is_masked) = (0, false, false);
        for &id in line {
            match self.texts.get(&id) {
                Some(&(index, text)) => {
                    is_new = true;
                    let raw = self.reading.strings.get(text);
                    if raw.is_empty() {
                        continue;
                    }
                    read.push((index, text));
                    let text = raw;
                    solid += usize::from(!is_blank(text));
                    holds |= saath_patterns::may_hold_any(text);
                }
                None => {
                    unread.push(id);
                    let zone = Zone(self.tree.zone(id));
                    solid += usize::from(zone.has(Zone::SOLID));
                    holds |= zone.has(Zone::ANCHOR);
                    is_masked |= zone.has(Zone::CAUGHT);
                }
            }
        }
        if unread.is_empty() {
            joined.decide(self.reading, &read);
        } else if is_new && (is_masked || holds && solid > 1) {
            joined.found.extend(read.iter().map(|(index, _)| (*index, None)));
            joined.lacks.extend(line);
        }
    }

    /// The element that ends the lines in which a node is.
    fn block(&self, mut id: NodeId) -> NodeId {
        while !self.breaks(id) {
            let above = self.parents.get(&id).copied().or_else(|| self.tree.parent(id));
            match above {
                Some(parent) => id = parent,
                None => break,
            }
        }
        id
    }

    fn breaks(&self, id: NodeId) -> bool {
        match self.breaks.get(&id) {
            Some(&breaks) => breaks,
            None => !self.texts.contains_key(&id) && breaks_in(self.tree, id),
        }
    }

    /// The texts of each line that is in a block and in nothing else that ends lines.
    fn lines(
        &self,
        block: NodeId,
        breaks: &dyn Fn(NodeId) -> bool,
        children: &dyn Fn(NodeId) -> Vec<NodeId>,
    ) -> Vec<Vec<NodeId>> {
        let mut lines = vec![];
        let mut line = vec![];
        let mut stack = children(block);
        stack.reverse();
        while let Some(id) = stack.pop() {
            if self.texts.contains_key(&id) || self.tree.kind(id) == Some(Kind::Text) {
                line.push(id);
            } else if breaks(id) {
                lines.push(std::mem::take(&mut line));
            } else {
                stack.extend(children(id).into_iter().rev());
            }
        }
        lines.push(line);
        lines.retain(|line| !line.is_empty());
        lines
    }
}
