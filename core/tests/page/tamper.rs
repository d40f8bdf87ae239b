//! A page changed on its way, by a reading of the wire form of its own.

use super::{ATTRS, TAGS};
use proptest::prelude::*;
use saath_core::message::page::Page as Message;
use saath_protocol::wire;
use wincode::{SchemaRead, SchemaWrite};

/// Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Tamper {
    /// An op is left out.
    Drop(usize),
    /// Two ops come in each other's place.
    Swap(usize, usize),
    /// An op comes twice.
    Repeat(usize),
    /// A text is another one: of a node, a value, a tag, or the name of an attribute.
    Alter(usize),
    /// The hash is another one.
    Hash,
    /// The page does not come.
    Lose,
}

pub(crate) fn any_tamper() -> impl Strategy<Value = Tamper> {
    let n = || 0usize..64;
    prop_oneof![
        4 => n().prop_map(Tamper::Drop),
        3 => (n(), n()).prop_map(|(a, b)| Tamper::Swap(a, b)),
        1 => n().prop_map(Tamper::Repeat),
        3 => n().prop_map(Tamper::Alter),
        1 => Just(Tamper::Hash),
        1 => Just(Tamper::Lose),
    ]
}

impl Tamper {
    pub(crate) fn change(&self, page: &Message) -> Option<Message> {
        let mut page = page.clone();
        let mut batch: BatchWire = wire::decode(&page.batch).unwrap();
        let mut ops = split(&batch.words);
        let count = ops.len().max(1);
        match *self {
            // A repair may have nothing in it.
            Self::Drop(_) | Self::Swap(..) | Self::Repeat(_) if ops.is_empty() => {}
            Self::Drop(op) => drop(ops.remove(op % count)),
            Self::Swap(a, b) => ops.swap(a % count, b % count),
            Self::Repeat(op) => ops.push(ops[op % count].clone()),
            Self::Alter(text) => batch.alter(text),
            Self::Hash => page.hash ^= 1 << 40,
            Self::Lose => return None,
        }
        batch.words = join(&ops);
        page.batch = wire::encode(&batch);
        Some(page)
    }
}

#[derive(SchemaRead, SchemaWrite)]
struct BatchWire {
    lens: Vec<u32>,
    blob: String,
    words: Vec<u32>,
}

impl BatchWire {
    fn alter(&mut self, index: usize) {
        let mut texts = vec![];
        let mut rest = self.blob.as_str();
        for &len in &self.lens {
            let (text, tail) = rest.split_at(len as usize);
            texts.push(text.to_owned());
            rest = tail;
        }
        let count = texts.len().max(1);
        if let Some(text) = texts.get_mut(index % count) {
            if text == "slot" {
                // An element or an attribute.
            } else if TAGS.contains(&text.as_str()) || text == "saath-gap" {
                *text = if text == "p" { "div" } else { "p" }.into();
            } else if ATTRS.contains(&text.as_str()) || text == "type" || text == "id" {
                *text = "lang".into();
            } else {
                text.push('x');
            }
        }
        self.lens = texts.iter().map(|text| u32::try_from(text.len()).unwrap()).collect();
        self.blob = texts.concat();
    }
}

/// Its first word, its number, and the words that follow: those are relative to the number, so an
/// op can stand anywhere.
#[derive(Clone)]
struct RawOp {
    head: u32,
    id: u32,
    rest: Vec<u32>,
}

fn split(mut words: &[u32]) -> Vec<RawOp> {
    let mut ops = vec![];
    let mut last = 0_u32;
    while let [head, id, rest @ ..] = words {
        let flags = (head >> 4) as usize;
        let length = match head & 15 {
            0 | 5 | 10 => 0,
            1 | 2 => 2 + (flags & 1),
            3 | 6 | 8 | 9 => 1,
            4 => 1 + (flags & 1),
            7 => 2 * flags,
            code => panic!("op {code}"),
        };
        last = last.wrapping_add(1).wrapping_add(id >> 1 ^ 0_u32.wrapping_sub(id & 1));
        let (own, after) = rest.split_at(length);
        ops.push(RawOp { head: *head, id: last, rest: own.to_vec() });
        words = after;
    }
    ops
}

fn join(ops: &[RawOp]) -> Vec<u32> {
    let mut words = vec![];
    let mut last = 0_u32;
    for op in ops {
        let difference = op.id.wrapping_sub(last.wrapping_add(1));
        words.extend([op.head, difference << 1 ^ 0_u32.wrapping_sub(difference >> 31)]);
        words.extend(&op.rest);
        last = op.id;
    }
    words
}
