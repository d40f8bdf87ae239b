//! Checked ops as the words that `writer.js` reads, every value cleaned on the way.

use saath_core::css;
use saath_core::motion::{self, Carries};
use saath_core::node::{Namespace, NodeId, Prop, state};
use saath_core::ops::{Batch, Compat, Key, Op, Place, StrId, clean_value};
use saath_core::selection;
use std::collections::HashMap;

/// What the writer takes: words, the joined texts, and their lengths in UTF-16 units.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) words: Vec<u32>,
    pub(crate) text: String,
    pub(crate) lengths: Vec<u32>,
}

/// Turns batches into words. It remembers which elements are not HTML: the same attribute can be
/// an address in one namespace and a fragment in another.
#[derive(Default)]
pub(crate) struct Writing {
    foreign: HashMap<NodeId, Namespace>,
}

impl Writing {
    pub(crate) fn write(&mut self, batch: &Batch) -> Written {
        let mut out = Out { batch, written: Written::default(), known: HashMap::new() };
        for op in batch.ops() {
            self.op(op, &mut out);
        }
        out.written
    }

    fn op(&mut self, op: &Op, out: &mut Out<'_>) {
        match *op {
            Op::Document(compat) => {
                self.foreign.clear();
                out.words(&[0, u32::from(compat == Compat::Quirks)]);
            }
            Op::Element { id, at, namespace, tag } => {
                if namespace == Namespace::Html {
                    self.foreign.remove(&id);
                } else {
                    self.foreign.insert(id, namespace);
                }
                let tag = out.string(tag);
                out.placed(1, id, at, &[namespace.code(), tag]);
            }
            Op::Text { id, at, text } => {
                let text = out.string(text);
                out.placed(2, id, at, &[text]);
            }
            Op::Shadow { id, host } => out.words(&[3, id.0, host.0]),
            Op::Move { id, at } => out.placed(4, id, at, &[]),
            Op::Remove(id) => out.words(&[5, id.0]),
            // A replica clears by name: see `Replica::apply`.
            Op::Clear(_) => {}
            Op::SetText { id, text } => {
                let text = out.string(text);
                out.words(&[6, id.0, text]);
            }
            Op::Set { id, key: Key::Attr(name), value } => {
                let namespace = self.foreign.get(&id).copied().unwrap_or(Namespace::Html);
                let batch = out.batch;
                if let Some(value) = clean_value(namespace, batch.text(name), batch.text(value)) {
                    let (name, value) = (out.string(name), out.own(&value));
                    out.words(&[7, id.0, name, value]);
                }
            }
            Op::Unset { id, key: Key::Attr(name) } => {
                let name = out.string(name);
                out.words(&[8, id.0, name]);
            }
            Op::Set { id, key: Key::Prop(prop), value } => {
                let value = match prop {
                    Prop::Sheet | Prop::Adopted => {
                        let clean = css::without_requests(out.batch.text(value));
                        out.own(&clean)
                    }
                    Prop::Animations => {
                        let clean = motion::clean(out.batch.text(value), Carries::Text, |_| None);
                        out.own(&clean)
                    }
                    Prop::Selection => {
                        let clean = selection::clean(out.batch.text(value), |_| true, |_| true);
                        out.own(&clean)
                    }
                    Prop::State => {
                        let words = state::clean(out.batch.text(value));
                        out.own(&words)
                    }
                    // It becomes part of a style sheet.
                    Prop::Scheme => out.own(css::scheme(out.batch.text(value))),
                    _ => out.string(value),
                };
                out.words(&[9, id.0, prop.code(), value]);
            }
            Op::Unset { id, key: Key::Prop(prop) } => out.words(&[10, id.0, prop.code()]),
        }
    }
}

struct Out<'b> {
    batch: &'b Batch,
    written: Written,
    known: HashMap<StrId, u32>,
}

impl Out<'_> {
    fn words(&mut self, words: &[u32]) {
        self.written.words.extend_from_slice(words);
    }

    fn placed(&mut self, code: u32, id: NodeId, at: Place, rest: &[u32]) {
        self.words(&[code, id.0, at.parent.0, at.before.map_or(0, |before| before.0)]);
        self.words(rest);
    }

    fn string(&mut self, id: StrId) -> u32 {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let batch = self.batch;
        let number = self.own(batch.text(id));
        self.known.insert(id, number);
        number
    }

    fn own(&mut self, text: &str) -> u32 {
        let number = self.written.lengths.len();
        self.written.text.push_str(text);
        let length = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        self.written.lengths.push(u32::try_from(length).unwrap_or(u32::MAX));
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}
