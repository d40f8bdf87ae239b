//! The document at the agent's end: it does what the ops say and nothing else.

use saath_core::node::{NodeId, Prop};
use saath_core::ops::{Batch, Key, Op, Place};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

#[derive(Debug, Default)]
pub(crate) struct Sink {
    nodes: HashMap<u32, SinkNode>,
}

#[derive(Debug, Default)]
struct SinkNode {
    name: String,
    text: Option<String>,
    attrs: BTreeMap<String, String>,
    children: Vec<u32>,
    parent: u32,
}

impl Sink {
    pub(crate) fn write(&mut self, batch: &Batch, fresh: bool) {
        if fresh {
            self.nodes.clear();
        }
        for op in batch.ops() {
            match *op {
                Op::Document(_) => {
                    self.nodes
                        .insert(1, SinkNode { name: "document".into(), ..SinkNode::default() });
                }
                Op::Element { id, at, tag, .. } => {
                    let name = batch.text(tag).to_owned();
                    self.nodes.insert(id.0, SinkNode { name, ..SinkNode::default() });
                    self.put(id.0, at);
                }
                Op::Text { id, at, text } => {
                    let text = Some(batch.text(text).to_owned());
                    self.nodes.insert(id.0, SinkNode { text, ..SinkNode::default() });
                    self.put(id.0, at);
                }
                Op::Shadow { id, host } | Op::Frame { id, host, .. } => {
                    let name = if matches!(op, Op::Frame { .. }) { "document" } else { "shadow" };

                    let node =
                        SinkNode { name: name.into(), parent: host.0, ..SinkNode::default() };
                    self.nodes.insert(id.0, node);
                    self.nodes.get_mut(&host.0).unwrap().children.insert(0, id.0);
                }
                Op::Move { id, at } => {
                    self.take(id.0);
                    self.put(id.0, at);
                }
                Op::Remove(id) => self.take(id.0),
                Op::Clear(_) => panic!("a replica clears by name"),
                Op::SetText { id, text } => {
                    self.nodes.get_mut(&id.0).unwrap().text = Some(batch.text(text).to_owned());
                }
                Op::Set { id, key, value } => {
                    let value = batch.text(value).to_owned();
                    self.nodes.get_mut(&id.0).unwrap().attrs.insert(name(batch, key), value);
                }
                Op::Unset { id, key } => {
                    let removed =
                        self.nodes.get_mut(&id.0).unwrap().attrs.remove(&name(batch, key));
                    assert!(removed.is_some(), "unset of what was never set");
                }
            }
        }
    }

    pub(crate) fn forget(&mut self, gone: &[NodeId]) {
        gone.iter().for_each(|id| drop(self.nodes.remove(&id.0)));
    }

    pub(crate) fn html(&self) -> String {
        let mut out = String::new();
        self.write_node(1, &mut out);
        out
    }

    fn write_node(&self, id: u32, out: &mut String) {
        let node = &self.nodes[&id];
        if let Some(text) = &node.text {
            return write!(out, "{text:?}").unwrap();
        }
        write!(out, "<{}", node.name).unwrap();
        for (name, value) in node.attrs.iter().filter(|(name, _)| *name != ":withheld") {
            write!(out, " {name}={value:?}").unwrap();
        }
        out.push('>');
        node.children.iter().for_each(|&child| self.write_node(child, out));
        out.push_str("</>");
    }

    fn put(&mut self, id: u32, at: Place) {
        let siblings = &mut self.nodes.get_mut(&at.parent.0).unwrap().children;
        let index = match at.before {
            Some(before) => siblings.iter().position(|&child| child == before.0).unwrap(),
            None => siblings.len(),
        };
        siblings.insert(index, id);
        self.nodes.get_mut(&id).unwrap().parent = at.parent.0;
    }

    fn take(&mut self, id: u32) {
        let parent = self.nodes[&id].parent;
        self.nodes.get_mut(&parent).unwrap().children.retain(|&child| child != id);
    }
}

fn name(batch: &Batch, key: Key) -> String {
    match key {
        Key::Attr(name) => batch.text(name).to_owned(),
        Key::Prop(Prop::Value) => "~value".into(),
        Key::Prop(Prop::Withheld) => ":withheld".into(),
        Key::Prop(prop) => format!("{prop:?}"),
    }
}
