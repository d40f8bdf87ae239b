//! The language of page changes: a string table and a flat list of ops, and its wire form.
//!
//! Ops are small and copyable; every text is a number into the table of its batch. On the wire a
//! batch is columns of variable-length integers, ids as differences, so that the repeated rows of
//! a table look alike to the compressor.

use crate::node::{AttrKind, AttrName, Namespace, NodeId, Prop, Tag};
use saath_protocol::wire;
use thiserror::Error;
use wincode::{SchemaRead, SchemaWrite};

/// A text of the batch's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StrId(pub(crate) u32);

/// The texts of a batch, in one allocation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strings {
    blob: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Adds a text. No search for an equal one is made.
    pub(crate) fn push(&mut self, text: &str) -> StrId {
        self.blob.push_str(text);
        self.ends.push(u32::try_from(self.blob.len()).unwrap_or(u32::MAX));
        StrId(self.len() - 1)
    }

    /// The text of an id; empty for an id of another table.
    pub fn get(&self, id: StrId) -> &str {
        let index = id.0 as usize;
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) };
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.blob.get(start as usize..end as usize).unwrap_or("")
    }

    /// How many texts there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// An attribute or a state of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// An attribute, by the text of its name, which [`AttrName::parse`] has accepted.
    Attr(StrId),
    /// A state.
    Prop(Prop),
}

/// Whether the customer's document is in quirks mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compat {
    /// `CSS1Compat`.
    Standards,
    /// `BackCompat`.
    Quirks,
}

/// Where a node goes: last among the children of `parent`, or before `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The new parent.
    pub parent: NodeId,
    /// The sibling it comes before; none means last.
    pub before: Option<NodeId>,
}

/// One change of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// The empty document, [`NodeId::DOCUMENT`]. Only first in a fresh batch.
    Document(Compat),
    /// A new element without attributes or children.
    Element {
        /// Its number.
        id: NodeId,
        /// Where it goes.
        at: Place,
        /// Its namespace.
        namespace: Namespace,
        /// The text of its name, which [`Tag::parse`] has accepted.
        tag: StrId,
    },
    /// A new text node.
    Text {
        /// Its number.
        id: NodeId,
        /// Where it goes.
        at: Place,
        /// Its text.
        text: StrId,
    },
    /// A new shadow root, empty. It counts as the first child of its host.
    Shadow {
        /// Its number.
        id: NodeId,
        /// Its host.
        host: NodeId,
    },
    /// A node goes elsewhere, with all that is in it.
    Move {
        /// Which.
        id: NodeId,
        /// Where it goes.
        at: Place,
    },
    /// A node goes away, with all that is in it.
    Remove(NodeId),
    /// A text node has another text.
    SetText {
        /// Which.
        id: NodeId,
        /// Its text.
        text: StrId,
    },
    /// An attribute or a state is set.
    Set {
        /// Of which element.
        id: NodeId,
        /// Which attribute.
        key: Key,
        /// To what.
        value: StrId,
    },
    /// An attribute or a state is taken away.
    Unset {
        /// Of which element.
        id: NodeId,
        /// Which attribute.
        key: Key,
    },
}

/// Ops with their texts. The decoder makes only batches whose tags and attribute names are
/// allowed in a replica.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) strings: Strings,
    pub(crate) ops: Vec<Op>,
}

/// Bytes that are not a batch, or name what a replica must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BatchError {
    /// The bytes are not a batch.
    #[error("the batch does not decode")]
    Malformed,
    /// An element or attribute that is not on the allow-list.
    #[error("the batch names an element or attribute that a replica must not hold")]
    Forbidden,
}

impl Batch {
    /// The changes, in the order to make them.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The text of an id of this batch.
    pub fn text(&self, id: StrId) -> &str {
        self.strings.get(id)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Its wire form.
    pub fn encode(&self) -> Vec<u8> {
        let lens = self.strings.ends.iter().scan(0, |last, &end| {
            let len = end - *last;
            *last = end;
            Some(len)
        });
        wire::encode(&BatchWire {
            lens: lens.collect(),
            blob: self.strings.blob.clone(),
            words: Words::write(&self.ops),
        })
    }

    /// Parses its wire form.
    ///
    /// # Errors
    /// [`BatchError`] if the bytes are not a batch or name what a replica must not hold.
    pub fn decode(bytes: &[u8]) -> Result<Self, BatchError> {
        let wire: BatchWire = wire::decode(bytes).map_err(|_| BatchError::Malformed)?;
        let mut ends = Vec::with_capacity(wire.lens.len());
        let mut end = 0_u32;
        for len in wire.lens {
            end = end.checked_add(len).ok_or(BatchError::Malformed)?;
            if !wire.blob.is_char_boundary(end as usize) {
                return Err(BatchError::Malformed);
            }
            ends.push(end);
        }
        if end as usize != wire.blob.len() {
            return Err(BatchError::Malformed);
        }
        let strings = Strings { blob: wire.blob, ends };
        let ops = Words { words: &wire.words, at: 0, cursor: 0, strings: &strings, names: vec![] }
            .read_all()?;
        Ok(Self { strings, ops })
    }
}

#[derive(SchemaRead, SchemaWrite)]
struct BatchWire {
    lens: Vec<u32>,
    blob: String,
    words: Vec<u32>,
}

const DOCUMENT: u32 = 0;
const ELEMENT: u32 = 1;
const TEXT: u32 = 2;
const SHADOW: u32 = 3;
const MOVE: u32 = 4;
const REMOVE: u32 = 5;
const SET_TEXT: u32 = 6;
const SET: u32 = 7;
const UNSET: u32 = 8;
/// The low bits of an op's first word are its code, the others its flags or a count.
const CODE_BITS: u32 = 4;
const BEFORE: u32 = 1;

/// Ops as words. `cursor` is the id that differences are taken against: the last one named.
struct Words<'a> {
    words: &'a [u32],
    at: usize,
    cursor: u32,
    strings: &'a Strings,
    names: Vec<u8>,
}

impl<'a> Words<'a> {
    fn write(ops: &[Op]) -> Vec<u32> {
        let mut out = Vec::with_capacity(ops.len() * 3);
        let mut cursor = 0_u32;
        let mut rest = ops.iter().peekable();
        let mut id_word = |out: &mut Vec<u32>, id: NodeId| {
            out.push(zigzag(id.0.wrapping_sub(cursor.wrapping_add(1))));
            cursor = id.0;
        };
        let place = |out: &mut Vec<u32>, id: NodeId, at: Place| {
            out.push(zigzag(id.0.wrapping_sub(at.parent.0)));
            out.extend(at.before.map(|before| zigzag(id.0.wrapping_sub(before.0))));
        };
        let flag = |at: Place| if at.before.is_some() { BEFORE << CODE_BITS } else { 0 };
        while let Some(op) = rest.next() {
            match *op {
                Op::Document(compat) => {
                    out.push(DOCUMENT | u32::from(compat == Compat::Quirks) << CODE_BITS);
                    id_word(&mut out, NodeId::DOCUMENT);
                }
                Op::Element { id, at, namespace, tag } => {
                    out.push(ELEMENT | flag(at) | namespace.code() << (CODE_BITS + 1));
                    id_word(&mut out, id);
                    place(&mut out, id, at);
                    out.push(tag.0);
                }
                Op::Text { id, at, text } => {
                    out.push(TEXT | flag(at));
                    id_word(&mut out, id);
                    place(&mut out, id, at);
                    out.push(text.0);
                }
                Op::Shadow { id, host } => {
                    out.push(SHADOW);
                    id_word(&mut out, id);
                    out.push(zigzag(id.0.wrapping_sub(host.0)));
                }
                Op::Move { id, at } => {
                    out.push(MOVE | flag(at));
                    id_word(&mut out, id);
                    place(&mut out, id, at);
                }
                Op::Remove(id) => {
                    out.push(REMOVE);
                    id_word(&mut out, id);
                }
                Op::SetText { id, text } => {
                    out.push(SET_TEXT);
                    id_word(&mut out, id);
                    out.push(text.0);
                }
                Op::Set { id, key, value } => {
                    // Settings of one element follow one another: one head for all of them.
                    let head = out.len();
                    out.push(SET);
                    id_word(&mut out, id);
                    out.extend([key_word(key), value.0]);
                    let mut count = 1;
                    while let Some(&&Op::Set { id: next, key, value }) = rest.peek() {
                        if next != id {
                            break;
                        }
                        out.extend([key_word(key), value.0]);
                        count += 1;
                        rest.next();
                    }
                    if let Some(word) = out.get_mut(head) {
                        *word |= count << CODE_BITS;
                    }
                }
                Op::Unset { id, key } => {
                    out.push(UNSET);
                    id_word(&mut out, id);
                    out.push(key_word(key));
                }
            }
        }
        out
    }

    fn read_all(mut self) -> Result<Vec<Op>, BatchError> {
        self.names = vec![0; self.strings.len() as usize];
        let mut ops = Vec::with_capacity(self.words.len() / 3);
        while self.at < self.words.len() {
            self.read_op(&mut ops)?;
        }
        Ok(ops)
    }

    fn read_op(&mut self, ops: &mut Vec<Op>) -> Result<(), BatchError> {
        let head = self.word()?;
        let flags = head >> CODE_BITS;
        let id = self.id()?;
        let code = head & ((1 << CODE_BITS) - 1);
        let allowed = match code {
            DOCUMENT | TEXT | MOVE => 1,
            ELEMENT => 5,
            SET => u32::MAX,
            _ => 0,
        };
        if flags > allowed {
            return Err(BatchError::Malformed);
        }
        let op = match code {
            DOCUMENT if id == NodeId::DOCUMENT => {
                Op::Document(if flags == 1 { Compat::Quirks } else { Compat::Standards })
            }
            ELEMENT => {
                let namespace = Namespace::from_code(flags >> 1).ok_or(BatchError::Malformed)?;
                let at = self.place(id, flags)?;
                Op::Element { id, at, namespace, tag: self.tag(namespace)? }
            }
            TEXT => Op::Text { id, at: self.place(id, flags)?, text: self.string()? },
            SHADOW => Op::Shadow { id, host: self.relative(id)? },
            MOVE => Op::Move { id, at: self.place(id, flags)? },
            REMOVE => Op::Remove(id),
            SET_TEXT => Op::SetText { id, text: self.string()? },
            SET => {
                for _ in 1..flags {
                    let (key, value) = (self.key()?, self.string()?);
                    ops.push(Op::Set { id, key, value });
                }
                Op::Set { id, key: self.key()?, value: self.string()? }
            }
            UNSET => Op::Unset { id, key: self.key()? },
            _ => return Err(BatchError::Malformed),
        };
        ops.push(op);
        Ok(())
    }

    fn word(&mut self) -> Result<u32, BatchError> {
        let word = self.words.get(self.at).copied().ok_or(BatchError::Malformed)?;
        self.at += 1;
        Ok(word)
    }

    fn id(&mut self) -> Result<NodeId, BatchError> {
        let id = self.cursor.wrapping_add(1).wrapping_add(unzigzag(self.word()?));
        self.cursor = id;
        checked(id)
    }

    fn relative(&mut self, id: NodeId) -> Result<NodeId, BatchError> {
        checked(id.0.wrapping_sub(unzigzag(self.word()?)))
    }

    fn place(&mut self, id: NodeId, flags: u32) -> Result<Place, BatchError> {
        let parent = self.relative(id)?;
        let before = if flags & BEFORE == 0 { None } else { Some(self.relative(id)?) };
        Ok(Place { parent, before })
    }

    fn string(&mut self) -> Result<StrId, BatchError> {
        let id = self.word()?;
        if id < self.strings.len() { Ok(StrId(id)) } else { Err(BatchError::Malformed) }
    }

    fn tag(&mut self, namespace: Namespace) -> Result<StrId, BatchError> {
        let id = self.string()?;
        self.name(id, 1 << namespace.code(), |text| Tag::parse(namespace, text).is_some())
    }

    fn key(&mut self) -> Result<Key, BatchError> {
        let word = self.word()?;
        if word & 1 == 1 {
            return Prop::from_code(word >> 1).map(Key::Prop).ok_or(BatchError::Malformed);
        }
        let id = StrId(word >> 1);
        if id.0 >= self.strings.len() {
            return Err(BatchError::Malformed);
        }
        self.name(id, 1 << 3, |text| AttrName::parse(text).is_some()).map(Key::Attr)
    }

    /// Each name is looked up in the allow-lists once a batch, not once a use.
    fn name(
        &mut self,
        id: StrId,
        bit: u8,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<StrId, BatchError> {
        let known = self.names.get_mut(id.0 as usize).ok_or(BatchError::Malformed)?;
        if *known & bit == 0 {
            if !allowed(self.strings.get(id)) {
                return Err(BatchError::Forbidden);
            }
            *known |= bit;
        }
        Ok(id)
    }
}

/// What may be written for a value of this attribute into a document: nothing that fetches or
/// leaves the page. `None` leaves the attribute away.
pub fn clean_value<'v>(
    namespace: Namespace,
    name: &str,
    value: &'v str,
) -> Option<std::borrow::Cow<'v, str>> {
    let (_, kind) = AttrName::parse(name)?;
    match kind {
        AttrKind::Link if namespace == Namespace::Html => Some("#".into()),
        AttrKind::Link | AttrKind::Fragment => value.starts_with('#').then(|| value.into()),
        AttrKind::Style => Some(crate::css::without_requests(value)),
        _ => Some(value.into()),
    }
}

fn key_word(key: Key) -> u32 {
    match key {
        Key::Attr(name) => name.0 << 1,
        Key::Prop(prop) => prop.code() << 1 | 1,
    }
}

fn checked(id: u32) -> Result<NodeId, BatchError> {
    if (1..=NodeId::MAX).contains(&id) { Ok(NodeId(id)) } else { Err(BatchError::Malformed) }
}

/// Small differences of either sign become small numbers.
fn zigzag(difference: u32) -> u32 {
    difference << 1 ^ (0_u32.wrapping_sub(difference >> 31))
}

fn unzigzag(word: u32) -> u32 {
    word >> 1 ^ (0_u32.wrapping_sub(word & 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: BatchError) {
        assert_eq!(Batch::decode(bytes), Err(expected));
    }

    fn sample() -> Batch {
        let mut strings = Strings::default();
        let (div, class, row, text) = (
            strings.push("div"),
            strings.push("class"),
            strings.push("row"),
            strings.push("héllo"),
        );
        let at = Place { parent: NodeId(1), before: None };
        let id = NodeId(2);
        Batch {
            ops: vec![
                Op::Document(Compat::Quirks),
                Op::Element { id, at, namespace: Namespace::Html, tag: div },
                Op::Set { id, key: Key::Attr(class), value: row },
                Op::Set { id, key: Key::Prop(Prop::Scroll), value: text },
                Op::Text { id: NodeId(9), at: Place { parent: id, before: None }, text },
                Op::Shadow { id: NodeId(300), host: id },
                Op::Move { id: NodeId(9), at: Place { parent: NodeId(300), before: Some(id) } },
                Op::SetText { id: NodeId(9), text: row },
                Op::Unset { id, key: Key::Attr(class) },
                Op::Unset { id, key: Key::Prop(Prop::Value) },
                Op::Remove(NodeId(9)),
            ],
            strings,
        }
    }

    #[test]
    fn a_batch_comes_back_as_it_was() {
        let batch = sample();
        assert_eq!(Batch::decode(&batch.encode()), Ok(batch));
    }

    #[test]
    fn forbidden_names_do_not_decode() {
        for tag in ["script", "iframe", "x y"] {
            let mut batch = sample();
            batch.strings = Strings::default();
            for text in [tag, "class", "row", "t"] {
                batch.strings.push(text);
            }
            check(&batch.encode(), BatchError::Forbidden);
        }
        let mut batch = sample();
        batch.strings = Strings::default();
        for text in ["div", "onclick", "row", "t"] {
            batch.strings.push(text);
        }
        check(&batch.encode(), BatchError::Forbidden);
    }

    #[test]
    fn strings_outside_the_table_do_not_decode() {
        let mut batch = sample();
        batch.ops.push(Op::SetText { id: NodeId(2), text: StrId(4) });
        check(&batch.encode(), BatchError::Malformed);
        batch.ops.pop();
        batch.ops.push(Op::Remove(NodeId(0)));
        check(&batch.encode(), BatchError::Malformed);
    }

    #[test]
    fn values_that_fetch_are_cleaned() {
        let clean = |ns, name, value| clean_value(ns, name, value).map(|v| v.into_owned());
        assert_eq!(clean(Namespace::Html, "href", "https://x/?pan=1").as_deref(), Some("#"));
        assert_eq!(clean(Namespace::Svg, "href", "https://x/a.svg#i"), None);
        assert_eq!(clean(Namespace::Svg, "xlink:href", "#i").as_deref(), Some("#i"));
        assert_eq!(clean(Namespace::Html, "src", "x"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Batch::decode(&bytes);
        }

        #[test]
        fn a_damaged_batch_decodes_or_fails(at in 0usize..100, bit in 0u8..8) {
            let mut bytes = sample().encode();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = Batch::decode(&bytes);
        }

        #[test]
        fn zigzag_goes_both_ways(n in any::<u32>()) {
            prop_assert_eq!(unzigzag(zigzag(n)), n);
        }
    }
}
