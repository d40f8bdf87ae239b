//! What a MutationObserver tells, and a reader that writes the words of `reader.js`.

use super::{DOCUMENT, Page, PageKind};
use saath_core::node::NodeId;
use saath_core::reading::{Parts, Raw, Reading};
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, Default)]
pub(crate) struct Observer {
    ids: HashMap<usize, u32>,
    next: u32,
    records: Vec<Record>,
    /// Removed since the callback last ran: their changes are still reported.
    transient: HashSet<usize>,
    /// Roots that `observe` was called with.
    observed: HashSet<usize>,
    /// What there was no room for.
    left: Vec<(NodeId, Parts)>,
    /// How many nodes were read so far.
    pub(crate) count: usize,
}

#[derive(Debug, Clone)]
enum Record {
    Children { target: usize, added: Option<usize> },
    Attr(usize),
    Text(usize),
    Subtree(usize),
}

impl Observer {
    pub(crate) fn added(&mut self, page: &Page, target: usize, node: usize) {
        if self.hears(page, target) {
            self.records.push(Record::Children { target, added: Some(node) });
        }
    }

    /// Called before the node goes.
    pub(crate) fn removed(&mut self, page: &Page, target: usize, node: usize) {
        if self.hears(page, target) {
            self.records.push(Record::Children { target, added: None });
            self.transient.insert(node);
        }
    }

    pub(crate) fn attr(&mut self, page: &Page, node: usize, name: &str) {
        if self.hears(page, node) {
            self.records.push(Record::Attr(node));
        }
        // The marks of the whole page are compared at every turn.
        if matches!(name, "m" | "s" | "k") {
            self.records.push(Record::Subtree(node));
        }
    }

    pub(crate) fn text(&mut self, page: &Page, node: usize) {
        if self.hears(page, node) {
            self.records.push(Record::Text(node));
        }
    }

    /// An `input` event: it bubbles whether or not the observer hears anything.
    pub(crate) fn input(&mut self, node: usize) {
        self.records.push(Record::Attr(node));
    }

    pub(crate) fn shadow_attached(&mut self, host: usize) {
        self.records.push(Record::Subtree(host));
    }

    /// The `load` event of a frame.
    pub(crate) fn navigated(&mut self, frame: usize) {
        self.records.push(Record::Subtree(frame));
    }

    /// The words that the glue makes of the records.
    pub(crate) fn take_records(&mut self, _page: &Page) -> Vec<u32> {
        let left = std::mem::take(&mut self.left);
        let mut words: Vec<u32> =
            left.into_iter().flat_map(|(id, parts)| [id.0, parts.word()]).collect();
        self.transient.clear();
        for record in std::mem::take(&mut self.records) {
            let mut note = |node: usize, parts: Parts| {
                if let Some(&id) = self.ids.get(&node) {
                    words.extend([id, parts.word()]);
                }
            };
            match record {
                Record::Children { target, added } => {
                    note(target, Parts::CHILDREN);
                    if let Some(node) = added {
                        note(node, Parts::SUBTREE);
                    }
                }
                Record::Attr(node) => note(node, Parts::SETTINGS),
                Record::Text(node) => note(node, Parts::TEXT),
                Record::Subtree(node) => note(node, Parts::SUBTREE),
            }
        }
        words
    }

    pub(crate) fn forget(&mut self, gone: &[NodeId]) {
        let gone: HashSet<u32> = gone.iter().map(|id| id.0).collect();
        self.ids.retain(|_, id| !gone.contains(id));
    }

    /// The first of so many numbers that nothing else gets.
    pub(crate) fn reserve(&mut self, count: u32) -> u32 {
        self.next += count;
        self.next + 1 - count
    }

    pub(crate) fn number(&self, node: usize) -> Option<NodeId> {
        self.ids.get(&node).copied().map(NodeId)
    }

    /// The numbers in use.
    pub(crate) fn held(&self) -> impl Iterator<Item = NodeId> {
        self.ids.values().filter(|&&id| id != 1).map(|&id| NodeId(id))
    }

    /// Reads what is asked for, up to so many nodes, as the glue does: what is left is dirt again.
    pub(crate) fn read(&mut self, page: &mut Page, request: &[u32], most: usize) -> Reading<Raw> {
        let with = |bit: u32| {
            let pairs = request.chunks(2).filter(move |pair| pair[1] & bit != 0);
            pairs.map(|pair| pair[0]).collect::<HashSet<u32>>()
        };
        let mut reader = Reader {
            page,
            observer: self,
            whole: with(8),
            listed: with(2),
            done: HashSet::new(),
            room: most,
            words: vec![],
            blob: String::new(),
            lengths: vec![],
        };
        // Before anything gets a number.
        let asked = request.chunks(2).filter_map(|pair| {
            let id = NodeId(pair[0]);
            Some((reader.observer.node(id)?, id, Parts::from_word(pair[1])))
        });
        let (covered, alone): (Vec<_>, Vec<_>) = asked
            .filter(|&(node, ..)| reader.page.is_connected(node))
            .partition(|&(node, ..)| reader.is_covered(node));
        let (first, then): (Vec<_>, Vec<_>) =
            alone.into_iter().partition(|(.., parts)| parts.has(Parts::SUBTREE));
        for (node, id, parts) in first.into_iter().chain(then) {
            if reader.done.contains(&node) {
                continue;
            }
            if reader.room == 0 && parts.has(Parts::SUBTREE) {
                reader.observer.left.push((id, parts));
            } else {
                reader.root(node, parts.word());
            }
        }
        // What they were to be read with may have been left.
        if !reader.observer.left.is_empty() {
            let unread = covered.into_iter().filter(|(node, ..)| !reader.done.contains(node));
            reader.observer.left.extend(unread.map(|(_, id, parts)| (id, parts)));
        }
        Reading::parse(&reader.words, &reader.blob, &reader.lengths).unwrap()
    }

    fn node(&self, id: NodeId) -> Option<usize> {
        let known = || self.ids.iter().find(|(_, known)| **known == id.0).map(|(&node, _)| node);
        if id == NodeId::DOCUMENT { Some(DOCUMENT) } else { known() }
    }

    fn hears(&self, page: &Page, target: usize) -> bool {
        if self.observed.contains(&page.root(target)) {
            return true;
        }
        let mut at = Some(target);
        while let Some(node) = at {
            if self.transient.contains(&node) {
                return true;
            }
            at = if matches!(page.nodes[node].kind, PageKind::Shadow | PageKind::Document) {
                None
            } else {
                page.nodes[node].parent
            };
        }
        false
    }
}

struct Reader<'a> {
    page: &'a mut Page,
    observer: &'a mut Observer,
    whole: HashSet<u32>,
    listed: HashSet<u32>,
    done: HashSet<usize>,
    /// How many more nodes may be read.
    room: usize,
    words: Vec<u32>,
    blob: String,
    lengths: Vec<u32>,
}

impl Reader<'_> {
    fn root(&mut self, node: usize, parts: u32) {
        if parts & 8 != 0 {
            return self.whole(node);
        }
        if let PageKind::Text(_) = self.page.nodes[node].kind {
            self.room = self.room.saturating_add(1);
            return self.whole(node);
        }
        let blocked = self.is_blocked(node);
        self.open(node, if blocked { parts & 1 } else { parts & 3 });
        if parts & 2 != 0 && !blocked {
            for child in self.page.nodes[node].children.clone() {
                match self.observer.ids.get(&child) {
                    Some(&id) if !self.whole.contains(&id) => self.words.extend([3, id]),
                    _ => self.child(node, child),
                }
            }
            self.words.push(0);
        }
    }

    fn child(&mut self, parent: usize, child: usize) {
        if self.room > 0 {
            return self.whole(child);
        }
        match self.observer.ids.get(&child).copied() {
            Some(id) => {
                self.words.extend([3, id]);
                self.observer.left.push((NodeId(id), Parts::SUBTREE));
            }
            None => {
                let parent = self.id(parent);
                self.observer.left.push((NodeId(parent), Parts::CHILDREN));
            }
        }
    }

    fn whole(&mut self, node: usize) {
        self.room = self.room.saturating_sub(1);
        self.observer.count += 1;
        self.done.insert(node);
        if let PageKind::Text(text) = &self.page.nodes[node].kind {
            let text = text.clone();
            let (id, text) = (self.id(node), self.string(&text));
            return self.words.extend([2, id, text]);
        }
        self.open(node, 3);
        let gap = self.page.nodes[node].kind == PageKind::Element("script");
        if !gap && !self.is_blocked(node) {
            for child in self.page.nodes[node].children.clone() {
                self.child(node, child);
            }
        }
        self.words.push(0);
    }

    /// What is in an element that is blocked is not read.
    fn is_blocked(&self, node: usize) -> bool {
        self.page.marks && self.page.nodes[node].attrs.contains_key("k")
    }

    fn is_covered(&self, node: usize) -> bool {
        let has = |set: &HashSet<u32>, node: usize| {
            let id = if node == DOCUMENT { Some(&1) } else { self.observer.ids.get(&node) };
            id.is_some_and(|id| set.contains(id))
        };
        let above = |node: usize| self.page.nodes[node].parent;
        if has(&self.whole, node) && above(node).is_some_and(|parent| has(&self.listed, parent)) {
            return true;
        }
        // In what has no number yet it will be read.
        let is_new = |at| at != DOCUMENT && !self.observer.ids.contains_key(&at);
        std::iter::successors(above(node), |&at| above(at))
            .any(|at| has(&self.whole, at) || is_new(at))
    }

    fn open(&mut self, node: usize, parts: u32) {
        let id = self.id(node);
        let head = self.words.len();
        let (kind, marks) = match self.page.nodes[node].kind {
            PageKind::Document => (5, 0),
            PageKind::Shadow => (4, 0),
            _ => {
                let attrs = &self.page.nodes[node].attrs;
                let mark =
                    |name, bit| if self.page.marks && attrs.contains_key(name) { bit } else { 0 };
                (1, mark("m", 1) | mark("s", 2) | mark("k", 4))
            }
        };
        if matches!(kind, 4 | 5) {
            self.observer.observed.insert(node);
        }
        self.words.extend([kind | parts << 6 | marks << 8, id]);
        let gap = match self.page.nodes[node].kind {
            PageKind::Element(tag) => {
                let tag_string = self.string(tag);
                self.words.push(tag_string);
                tag == "script"
            }
            _ => false,
        };
        if parts & 1 != 0 && !gap {
            let mut count = 0;
            for (name, value) in self.page.nodes[node].attrs.clone() {
                let setting = [self.string(name), self.string(&value)];
                self.words.extend(setting);
                count += 1;
            }
            if let Some(value) = self.page.nodes[node].value.clone() {
                let value = self.string(&value);
                self.words.extend([1 << 31, value]);
                count += 1;
            }
            self.words[head] |= count << 14;
        }
    }

    fn id(&mut self, node: usize) -> u32 {
        let next = &mut self.observer.next;
        *self.observer.ids.entry(node).or_insert_with(|| {
            *next += 1;
            *next
        })
    }

    fn string(&mut self, text: &str) -> u32 {
        self.blob.push_str(text);
        self.lengths.push(text.encode_utf16().count() as u32);
        self.lengths.len() as u32 - 1
    }
}
