//! A page of plain values with an observer, a reader and a sink that behave like a browser's.

mod ends;
mod observer;
mod sink;
mod tamper;

pub(crate) use ends::{Ends, from_scratch};
pub(crate) use observer::Observer;
pub(crate) use sink::Sink;
pub(crate) use tamper::{Tamper, any_tamper};

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The value of every password field.
pub(crate) const SECRET: &str = "S3CRET-7G4K";
pub(crate) const DOCUMENT: usize = 0;
/// The `id` of the frame of another origin.
pub(crate) const GUEST: &str = "guest";

#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) nodes: Vec<PageNode>,
    /// Whether the attributes `m`, `s` and `k` are marks to mask, to show and to block.
    pub(crate) marks: bool,
    /// How often the frame of another origin was loaded.
    pub(crate) visits: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct PageNode {
    pub(crate) kind: PageKind,
    pub(crate) attrs: BTreeMap<&'static str, String>,
    pub(crate) value: Option<String>,
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PageKind {
    Document,
    Element(&'static str),
    Text(String),
    Shadow,
}

/// Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Element {
        parent: usize,
        at: usize,
        tag: usize,
    },
    Text {
        parent: usize,
        at: usize,
        text: String,
    },
    Remove(usize),
    Move {
        node: usize,
        parent: usize,
        at: usize,
    },
    /// Puts the node into a new element that takes its place.
    Wrap(usize),
    Attr {
        node: usize,
        name: usize,
        value: Option<String>,
    },
    SetText {
        node: usize,
        text: String,
    },
    Value {
        node: usize,
        value: String,
    },
    AttachShadow(usize),
    /// A frame gets another document, empty.
    Navigate(usize),
}

const TAGS: [&str; 9] = ["div", "p", "select", "option", "input", "script", "iframe", "b", "slot"];
const ATTRS: [&str; 9] = ["class", "title", "data-x", "m", "s", "k", "slot", "name", "role"];

/// Whether the values of an attribute are somebody's, and not what marks and slots go by.
pub(crate) fn is_data(name: &str) -> bool {
    matches!(name, "class" | "title" | "data-x" | "m" | "s" | "k")
}

/// The same for the attribute of an edit.
pub(crate) fn carries_data(name: usize) -> bool {
    is_data(ATTRS[name % ATTRS.len()])
}

pub(crate) fn any_edit() -> impl Strategy<Value = Edit> {
    let n = || 0usize..40;
    let text = || "[a-d]{0,3}";
    prop_oneof![
        5 => (n(), n(), n()).prop_map(|(parent, at, tag)| Edit::Element { parent, at, tag }),
        3 => (n(), n(), text()).prop_map(|(parent, at, text)| Edit::Text { parent, at, text }),
        3 => n().prop_map(Edit::Remove),
        6 => (n(), n(), n()).prop_map(|(node, parent, at)| Edit::Move { node, parent, at }),
        1 => n().prop_map(Edit::Wrap),
        3 => (n(), n(), proptest::option::of(text()))
            .prop_map(|(node, name, value)| Edit::Attr { node, name, value }),
        2 => (n(), text()).prop_map(|(node, text)| Edit::SetText { node, text }),
        2 => (n(), text()).prop_map(|(node, value)| Edit::Value { node, value }),
        1 => n().prop_map(Edit::AttachShadow),
        1 => n().prop_map(Edit::Navigate),
    ]
}

impl Page {
    pub(crate) fn new() -> Self {
        let document = PageNode {
            kind: PageKind::Document,
            attrs: BTreeMap::new(),
            value: None,
            children: vec![],
            parent: None,
        };
        Self { nodes: vec![document], marks: true, visits: 0 }
    }

    pub(crate) fn edit(&mut self, edit: &Edit, observer: &mut Observer) {
        let count = self.nodes.len();
        let pick = |n: usize| n % count;
        match edit {
            Edit::Element { parent, at, tag } => {
                let tag = TAGS[tag % TAGS.len()];
                let node = self.make(PageKind::Element(tag));
                if tag == "input" {
                    self.nodes[node].attrs.insert("type", ["text", "password"][at % 2].into());
                    self.nodes[node].value = Some(if at % 2 == 1 { SECRET } else { "" }.into());
                }
                self.insert(node, pick(*parent), *at, observer);
            }
            Edit::Text { parent, at, text } => {
                let node = self.make(PageKind::Text(text.clone()));
                self.insert(node, pick(*parent), *at, observer);
            }
            Edit::Remove(node) => self.remove(pick(*node), observer),
            Edit::Move { node, parent, at } => {
                let (node, parent) = (pick(*node), pick(*parent));
                if self.can_hold(parent, node) {
                    self.remove(node, observer);
                    self.insert(node, parent, *at, observer);
                }
            }
            Edit::Wrap(node) => {
                let node = pick(*node);
                let Some(parent) = self.nodes[node].parent else { return };
                if self.is_root(node) {
                    return;
                }
                let at = self.nodes[parent].children.iter().position(|&c| c == node).unwrap();
                let wrap = self.make(PageKind::Element("div"));
                self.remove(node, observer);
                self.insert(node, wrap, 0, observer);
                self.insert(wrap, parent, at, observer);
            }
            Edit::Attr { node, name, value } => {
                let (node, name) = (pick(*node), ATTRS[name % ATTRS.len()]);
                if !matches!(self.nodes[node].kind, PageKind::Element(_)) {
                    return;
                }
                match value {
                    Some(_) if name == "role" => {
                        self.nodes[node].attrs.insert(name, "checkbox".to_owned())
                    }
                    Some(value) => self.nodes[node].attrs.insert(name, value.clone()),
                    None => self.nodes[node].attrs.remove(name),
                };
                observer.attr(self, node, name);
            }
            Edit::SetText { node, text } => {
                let node = pick(*node);
                if let PageKind::Text(old) = &mut self.nodes[node].kind {
                    old.clone_from(text);
                    observer.text(self, node);
                }
            }
            Edit::Value { node, value } => {
                let node = pick(*node);
                let secret = self.nodes[node].attrs.get("type").is_some_and(|t| t == "password");
                if let Some(old) = &mut self.nodes[node].value {
                    *old = if secret { format!("{SECRET}{value}") } else { value.clone() };
                    observer.input(node);
                }
            }
            Edit::AttachShadow(host) => {
                let host = pick(*host);
                if self.nodes[host].kind == PageKind::Element("div") && self.shadow(host).is_none()
                {
                    let shadow = self.make(PageKind::Shadow);
                    self.nodes[shadow].parent = Some(host);
                    self.nodes[host].children.insert(0, shadow);
                    observer.shadow_attached(host);
                }
            }
            Edit::Navigate(frame) => {
                let frame = pick(*frame);
                if self.nodes[frame].kind == PageKind::Element("iframe") && self.is_connected(frame)
                {
                    self.load(frame, observer);
                }
            }
        }
    }

    /// A frame that is on the page has a document, another one each time it comes there. The one
    /// before lives on for those who hold its nodes.
    fn load(&mut self, frame: usize, observer: &mut Observer) {
        if self.nodes[frame].attrs.get("id").is_some_and(|id| id == GUEST) {
            self.visits += 1;
            return observer.navigated(frame);
        }
        for old in std::mem::take(&mut self.nodes[frame].children) {
            self.nodes[old].parent = None;
        }
        let document = self.make(PageKind::Document);
        self.nodes[document].parent = Some(frame);
        self.nodes[frame].children.push(document);
        observer.navigated(frame);
    }

    fn load_all_in(&mut self, node: usize, observer: &mut Observer) {
        if self.nodes[node].kind == PageKind::Element("iframe") {
            return self.load(node, observer);
        }
        for child in self.nodes[node].children.clone() {
            self.load_all_in(child, observer);
        }
    }

    fn is_root(&self, node: usize) -> bool {
        matches!(self.nodes[node].kind, PageKind::Document | PageKind::Shadow)
    }

    /// Adds a `div` with this many rows, and returns it.
    pub(crate) fn add_rows(&mut self, rows: usize, observer: &mut Observer) -> usize {
        let table = self.make(PageKind::Element("div"));
        self.insert(table, DOCUMENT, usize::MAX, observer);
        for n in 0..rows {
            let row = self.make(PageKind::Element("p"));
            let text = self.make(PageKind::Text(format!("row number {n} of the table")));
            self.insert(text, row, 0, observer);
            self.insert(row, table, usize::MAX, observer);
        }
        table
    }

    /// Adds an element, and returns it.
    pub(crate) fn append(
        &mut self,
        tag: &'static str,
        parent: usize,
        observer: &mut Observer,
    ) -> usize {
        let element = self.make(PageKind::Element(tag));
        self.insert(element, parent, usize::MAX, observer);
        element
    }

    /// Adds a frame of another origin, and returns it.
    pub(crate) fn add_foreign(&mut self, observer: &mut Observer) -> usize {
        let frame = self.make(PageKind::Element("iframe"));
        self.nodes[frame].attrs.insert("id", GUEST.to_owned());
        self.insert(frame, DOCUMENT, usize::MAX, observer);
        frame
    }

    pub(crate) fn reverse(&mut self, parent: usize, observer: &mut Observer) {
        let children = self.nodes[parent].children.clone();
        for child in children {
            self.remove(child, observer);
            self.insert(child, parent, 0, observer);
        }
    }

    pub(crate) fn shadow(&self, host: usize) -> Option<usize> {
        let first = *self.nodes[host].children.first()?;
        (self.nodes[first].kind == PageKind::Shadow).then_some(first)
    }

    /// The root of the tree that a node is in: a document, a shadow root, or a detached node.
    pub(crate) fn root(&self, mut node: usize) -> usize {
        while let Some(parent) = self.nodes[node].parent {
            if self.is_root(node) {
                break;
            }
            node = parent;
        }
        node
    }

    pub(crate) fn is_connected(&self, mut node: usize) -> bool {
        while let Some(parent) = self.nodes[node].parent {
            node = parent;
        }
        node == DOCUMENT
    }

    pub(crate) fn html(&self) -> String {
        let mut out = String::new();
        self.write(DOCUMENT, &mut out);
        out
    }

    fn write(&self, node: usize, out: &mut String) {
        let PageNode { kind, attrs, value, children, .. } = &self.nodes[node];
        match kind {
            PageKind::Text(text) => write!(out, "{text:?}").unwrap(),
            PageKind::Document | PageKind::Shadow => {
                let name = if *kind == PageKind::Shadow { "shadow" } else { "document" };
                write!(out, "<{name}>").unwrap();
                children.iter().for_each(|&child| self.write(child, out));
                out.push_str("</>");
            }
            PageKind::Element("script") => out.push_str("<saath-gap></>"),
            PageKind::Element(tag) => {
                write!(out, "<{tag}").unwrap();
                let secret = attrs.get("type").is_some_and(|t| t == "password");
                // A never-zone says nothing of itself but its kind and its class; what the page has
                // named itself has a name of ours.
                let mut told = BTreeMap::new();
                for (name, value) in attrs {
                    match *name {
                        "title" | "data-x" | "m" | "s" | "k" if secret => None,
                        "m" | "s" | "k" => told.insert(format!("saath-{name}"), value),
                        _ => told.insert((*name).to_owned(), value),
                    };
                }
                for (name, value) in told {
                    write!(out, " {name}={value:?}").unwrap();
                }
                if let Some(value) = value {
                    write!(out, " ~value={:?}", if secret { "████████" } else { value }).unwrap();
                }
                out.push('>');
                children.iter().for_each(|&child| self.write(child, out));
                out.push_str("</>");
            }
        }
    }

    fn make(&mut self, kind: PageKind) -> usize {
        self.nodes.push(PageNode {
            kind,
            attrs: BTreeMap::new(),
            value: None,
            children: vec![],
            parent: None,
        });
        self.nodes.len() - 1
    }

    fn can_hold(&self, parent: usize, node: usize) -> bool {
        let mut at = Some(parent);
        while let Some(ancestor) = at {
            if ancestor == node {
                return false;
            }
            at = self.nodes[ancestor].parent;
        }
        let fits = match &self.nodes[parent].kind {
            PageKind::Text(_) => false,
            PageKind::Element(tag) => !matches!(*tag, "input" | "script" | "iframe"),
            PageKind::Document | PageKind::Shadow => true,
        };
        fits && !self.is_root(node)
    }

    fn insert(&mut self, node: usize, parent: usize, at: usize, observer: &mut Observer) {
        if !self.can_hold(parent, node) {
            return;
        }
        let first = usize::from(self.shadow(parent).is_some());
        let light = self.nodes[parent].children.len() - first;
        let at = if at == usize::MAX { light } else { at % (light + 1) };
        self.nodes[parent].children.insert(first + at, node);
        self.nodes[node].parent = Some(parent);
        observer.added(self, parent, node);
        if self.is_connected(node) {
            self.load_all_in(node, observer);
        }
    }

    fn remove(&mut self, node: usize, observer: &mut Observer) {
        if self.is_root(node) {
            return;
        }
        if let Some(parent) = self.nodes[node].parent {
            observer.removed(self, parent, node);
            self.nodes[parent].children.retain(|&child| child != node);
            self.nodes[node].parent = None;
        }
    }
}
