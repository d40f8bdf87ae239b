//! Checked ops as the words that `writer.js` reads, every value cleaned on the way.

use saath_core::assets::Picture;
use saath_core::css;
use saath_core::motion::{self, Carries};
use saath_core::node::{self, Namespace, NodeId, Prop, state};
use saath_core::ops::{Batch, Key, Op, Place, StrId, clean_value};
use saath_core::selection;
use std::collections::{HashMap, HashSet};

/// What the writer takes: words, the joined texts, and their lengths in UTF-16 units.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) words: Vec<u32>,
    pub(crate) text: String,
    pub(crate) lengths: Vec<u32>,
}

/// Turns batches into words. It remembers which elements are not HTML, as the same attribute can be
/// an address in one namespace and a fragment in another, and which are frames.
#[derive(Default)]
pub(crate) struct Writing {
    foreign: HashMap<NodeId, Namespace>,
    frames: HashSet<NodeId>,
}

impl Writing {
    pub(crate) fn write(&mut self, batch: &Batch) -> Written {
        let mut out = Out {
            batch,
            written: Written::default(),
            known: HashMap::new(),
            by_hand: by_hand(batch),
        };
        for op in batch.ops() {
            self.op(op, &mut out);
        }
        out.written
    }

    fn op(&mut self, op: &Op, out: &mut Out<'_>) {
        match *op {
            Op::Document(compat) => {
                self.foreign.clear();
                self.frames.clear();
                out.words(&[0, compat.code()]);
            }
            Op::Element { id, at, namespace, tag } => {
                if namespace == Namespace::Html {
                    self.foreign.remove(&id);
                } else {
                    self.foreign.insert(id, namespace);
                }
                if out.batch.text(tag) == "iframe" {
                    self.frames.insert(id);
                }
                let tag = out.string(tag);
                out.placed(1, id, at, &[namespace.code(), tag]);
            }
            Op::Text { id, at, text } => {
                let text = out.string(text);
                out.placed(2, id, at, &[text]);
            }
            Op::Shadow { id, host } => {
                out.words(&[3, id.0, host.0, u32::from(out.by_hand.contains(&id))]);
            }
            Op::Frame { id, host, compat } => {
                out.words(&[11, id.0, host.0, compat.code()]);
            }
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
                // By its name a link of the console could be made to open in a frame.
                if batch.text(name) == "name" && self.frames.contains(&id) {
                    return;
                }
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
                        let clean = selection::clean(out.batch.text(value), |_, _| true, |_| true);
                        out.own(&clean)
                    }
                    Prop::State => {
                        let words = state::clean(out.batch.text(value));
                        out.own(&words)
                    }
                    Prop::Slotted => {
                        let numbers = node::numbers(out.batch.text(value));
                        out.own(&numbers)
                    }
                    // It becomes part of a style sheet.
                    Prop::Scheme => out.own(css::scheme(out.batch.text(value))),
                    Prop::Picture if Picture::parse(out.batch.text(value)).is_none() => {
                        return out.words(&[10, id.0, prop.code()]);
                    }
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
    /// Shadow roots whose slots a script fills: a root can only be made so.
    by_hand: HashSet<NodeId>,
}

fn by_hand(batch: &Batch) -> HashSet<NodeId> {
    let marked = |op: &Op| match *op {
        Op::Set { id, key: Key::Prop(Prop::Slotted), .. } => Some(id),
        _ => None,
    };
    batch.ops().iter().filter_map(marked).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use saath_core::capture::Capture;
    use saath_core::mask::Policy;
    use saath_core::reading::Reading;
    use saath_core::replica::Replica;

    #[test]
    fn a_frame_cannot_be_named_or_sent_somewhere() {
        // A document with an `iframe` and a `form`, each with all of these attributes.
        let names = ["name", "src", "srcdoc", "sandbox", "allow", "class"];
        let mut words = vec![5 | 3 << 6, 1];
        for (id, tag) in [(2, 0), (3, 1)] {
            words.extend([1 | 3 << 6 | (names.len() as u32) << 14, id, tag]);
            words.extend((2..).take(names.len()).flat_map(|name| [name, 8]));
            words.push(0);
        }
        words.push(0);
        let texts = ["iframe", "form"].into_iter().chain(names).chain(["value"]);
        let lengths: Vec<u32> = texts.clone().map(|text| text.len() as u32).collect();
        let reading = Reading::parse(&words, texts.collect::<String>(), &lengths).unwrap();
        let mut capture = Capture::new(Policy::default());
        let page = capture.turn(&reading).unwrap().page.unwrap();
        let batch = Replica::default().apply(&page).unwrap().batch;

        let Written { words, text, lengths } = Writing::default().write(&batch);
        let mut ends = lengths.iter().scan(0, |end, length| {
            *end += *length as usize;
            Some(*end)
        });
        let texts: Vec<&str> = lengths
            .iter()
            .map(|length| {
                let end = ends.next().unwrap();
                &text[end - *length as usize..end]
            })
            .collect();
        // The op `Set` of an attribute is 7, node, name, value.
        let set = |id| {
            let ops = words.windows(4).filter(move |op| op[0] == 7 && op[1] == id);
            ops.filter_map(|op| texts.get(op[2] as usize).copied()).collect::<Vec<_>>()
        };
        assert_eq!(set(2), ["class"]);
        assert_eq!(set(3), ["name", "class"]);
    }
}
