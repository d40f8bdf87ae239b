//! A batch on the wire: a string table, and ops as words with ids as differences.

use super::{Batch, BatchError, Compat, Key, Op, Place, StrId, Strings};
use crate::node::{AttrName, Namespace, NodeId, Prop, Tag};
use saath_protocol::wire;
use wincode::{SchemaRead, SchemaWrite};

impl Batch {
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
const FRAME: u32 = 9;
const CLEAR: u32 = 10;
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
                    out.push(DOCUMENT | compat.code() << CODE_BITS);
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
                Op::Frame { id, host, compat } => {
                    out.push(FRAME | compat.code() << CODE_BITS);
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
                Op::Clear(id) => {
                    out.push(CLEAR);
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
            TEXT | MOVE => 1,
            DOCUMENT | FRAME => 2,
            ELEMENT => 5,
            SET => u32::MAX,
            _ => 0,
        };
        if flags > allowed {
            return Err(BatchError::Malformed);
        }
        let op = match code {
            DOCUMENT if id == NodeId::DOCUMENT => Op::Document(compat(flags)?),
            ELEMENT => {
                let namespace = Namespace::from_code(flags >> 1).ok_or(BatchError::Malformed)?;
                let at = self.place(id, flags)?;
                Op::Element { id, at, namespace, tag: self.tag(namespace)? }
            }
            TEXT => Op::Text { id, at: self.place(id, flags)?, text: self.string()? },
            SHADOW => Op::Shadow { id, host: self.relative(id)? },
            FRAME => Op::Frame { id, host: self.relative(id)?, compat: compat(flags)? },
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
            CLEAR => Op::Clear(id),
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

fn compat(flags: u32) -> Result<Compat, BatchError> {
    Compat::from_code(flags).ok_or(BatchError::Malformed)
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
pub(crate) fn zigzag(difference: u32) -> u32 {
    difference << 1 ^ (0_u32.wrapping_sub(difference >> 31))
}

pub(crate) fn unzigzag(word: u32) -> u32 {
    word >> 1 ^ (0_u32.wrapping_sub(word & 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn zigzag_goes_both_ways(n in any::<u32>()) {
            prop_assert_eq!(unzigzag(zigzag(n)), n);
        }
    }
}
