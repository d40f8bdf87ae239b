//! A page of nested nodes, read in parts, and what the agent has of it.

use super::Words;
use saath_core::capture::Capture;
use saath_core::mask::Policy;
use saath_core::node::{NodeId, Prop};
use saath_core::ops::{Batch, Op};
use saath_core::reading::Reading;
use saath_core::replica::Replica;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) enum Node {
    Document(Vec<Node>),
    Element(Element),
    Shadow(u32, Option<&'static str>, Vec<Node>),
    Text(u32, String),
    Known(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    id: u32,
    tag: &'static str,
    namespace: u32,
    marks: u32,
    parts: u32,
    attrs: Vec<(&'static str, String)>,
    props: Vec<(Prop, String)>,
    children: Vec<Node>,
}

pub(super) fn element(id: u32, tag: &'static str, children: Vec<Node>) -> Node {
    let (attrs, props) = (vec![], vec![]);
    Node::Element(Element { id, tag, namespace: 0, marks: 0, parts: 3, attrs, props, children })
}

pub(super) fn text(id: u32, text: &str) -> Node {
    Node::Text(id, text.to_owned())
}

pub(super) fn known(id: u32) -> Node {
    Node::Known(id)
}

pub(super) fn shadow(id: u32, children: Vec<Node>) -> Node {
    Node::Shadow(id, None, children)
}

impl Node {
    fn with(mut self, change: impl FnOnce(&mut Element)) -> Self {
        if let Self::Element(element) = &mut self {
            change(element);
        }
        self
    }

    pub(super) fn marks(self, marks: u32) -> Self {
        self.with(|element| element.marks = marks)
    }

    pub(super) fn attr(self, name: &'static str, value: &str) -> Self {
        self.with(|element| element.attrs.push((name, value.to_owned())))
    }

    pub(super) fn svg(self) -> Self {
        self.with(|element| element.namespace = 1)
    }

    pub(super) fn math(self) -> Self {
        self.with(|element| element.namespace = 2)
    }

    /// Its list of children was read, and nothing else of it.
    pub(super) fn children_only(self) -> Self {
        self.with(|element| element.parts = 2)
    }

    /// Its settings were read, and nothing in it.
    pub(super) fn settings_only(self) -> Self {
        self.with(|element| element.parts = 1)
    }

    fn write(&self, out: &mut Words) {
        match self {
            Self::Document(children) => {
                out.words.extend([5 | 3 << 6, 1]);
                children.iter().for_each(|child| child.write(out));
                out.words.push(0);
            }
            Self::Element(el) => {
                let count = if el.parts & 1 == 0 { 0 } else { el.attrs.len() + el.props.len() };
                let tag = out.string(el.tag);
                let head = 1 | el.namespace << 4 | el.parts << 6 | el.marks << 8;
                out.words.extend([head | (count as u32) << 14, el.id, tag]);
                if count > 0 {
                    for (name, value) in &el.attrs {
                        let setting = [out.string(name), out.string(value)];
                        out.words.extend(setting);
                    }
                    for (prop, value) in &el.props {
                        let value = out.string(value);
                        out.words.extend([1 << 31 | prop.code(), value]);
                    }
                }
                if el.parts & 2 != 0 {
                    el.children.iter().for_each(|child| child.write(out));
                    out.words.push(0);
                }
            }
            Self::Shadow(id, slotted, children) => {
                out.words.extend([4 | 3 << 6 | u32::from(slotted.is_some()) << 14, *id]);
                if let Some(slotted) = slotted {
                    let value = out.string(slotted);
                    out.words.extend([1 << 31 | Prop::Slotted.code(), value]);
                }
                children.iter().for_each(|child| child.write(out));
                out.words.push(0);
            }
            Self::Text(id, text) => {
                let text = out.string(text);
                out.words.extend([2, *id, text]);
            }
            Self::Known(id) => out.words.extend([3, *id]),
        }
    }
}

/// A capture, and the agent's end of it.
pub(super) struct Nest {
    pub(super) capture: Capture,
    replica: Replica,
    texts: BTreeMap<u32, String>,
}

impl Nest {
    pub(super) fn new(policy: &Policy) -> Self {
        let mut capture = Capture::new(policy.clone());
        capture.dirt.take();
        Self { capture, replica: Replica::default(), texts: BTreeMap::new() }
    }

    /// Reads these, and sends what comes of it; which nodes are to be read again.
    pub(super) fn read(&mut self, roots: &[Node]) -> Vec<u32> {
        self.gone(roots);
        let dirt = self.capture.dirt.take();
        let mut again: Vec<u32> = dirt.chunks(2).map(|pair| pair[0]).collect();
        again.sort_unstable();
        again
    }

    /// The same; which nodes are to be forgotten.
    pub(super) fn gone(&mut self, roots: &[Node]) -> Vec<u32> {
        let mut words = Words::default();
        roots.iter().for_each(|root| root.write(&mut words));
        let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
        let turn = self.capture.turn(&reading).unwrap();
        if let Some(page) = turn.page {
            let applied = self.replica.apply(&page).unwrap();
            self.note(&applied.batch);
            applied.gone.iter().for_each(|gone| drop(self.texts.remove(&gone.0)));
        }
        turn.gone.iter().map(|id| id.0).collect()
    }

    fn note(&mut self, batch: &Batch) {
        for op in batch.ops() {
            match *op {
                Op::Text { id, text, .. } | Op::SetText { id, text } => {
                    self.texts.insert(id.0, batch.text(text).to_owned());
                }
                _ => {}
            }
        }
    }

    /// The texts that the agent has, in document order.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut out = vec![];
        let mut stack = vec![NodeId::DOCUMENT];
        while let Some(id) = stack.pop() {
            out.extend(self.texts.get(&id.0).cloned());
            let children: Vec<_> = self.replica.tree().children(id).collect();
            stack.extend(children.into_iter().rev());
        }
        out
    }
}
