//! The language of page changes: a string table and a flat list of ops, and its wire form.
//!
//! Ops are small and copyable; every text is a number into the table of its batch. On the wire a
//! batch is columns of variable-length integers, ids as differences, so that the repeated rows of
//! a table look alike to the compressor.

mod words;

use crate::node::{AttrKind, AttrName, Namespace, NodeId, Prop};
use thiserror::Error;
pub(crate) use words::{unzigzag, zigzag};

/// The longest text that is sent, in bytes; what is longer is cut.
pub const MAX_TEXT: usize = 8 << 20;
/// All texts of a batch, in bytes, so that a message has room for them and for the ops.
pub const MAX_TEXTS: usize = 3 * MAX_TEXT;

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
    /// Texts that stand one after the other, by where each ends.
    pub(crate) fn new(blob: String, ends: Vec<u32>) -> Self {
        Self { blob, ends }
    }

    /// Adds a text. No search for an equal one is made.
    pub(crate) fn push(&mut self, text: &str) -> StrId {
        self.blob.push_str(text);
        self.ends.push(u32::try_from(self.blob.len()).unwrap_or(u32::MAX));
        StrId(self.len() - 1)
    }

    /// The text of an id; empty for an id of another table.
    #[inline]
    pub fn get(&self, id: StrId) -> &str {
        let index = id.0 as usize;
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) };
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.blob.get(start as usize..end as usize).unwrap_or("")
    }

    /// How long all texts are, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.blob.len()
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

/// A text, or as much of it as is sent, and whether that is less.
pub(crate) fn cut(text: &str) -> (&str, bool) {
    // A character has four bytes at most.
    let ends = (0..4).map(|short| MAX_TEXT.min(text.len()).saturating_sub(short));
    let whole = ends.filter_map(|end| text.get(..end)).next().unwrap_or("");
    (whole, whole.len() < text.len())
}

/// An attribute or a state of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// An attribute, by the text of its name, which [`AttrName::parse`] has accepted.
    Attr(StrId),
    /// A state.
    Prop(Prop),
}

/// How a document is laid out, as its doctype has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compat {
    /// By the standards.
    Standards,
    /// In quirks mode.
    Quirks,
    /// In limited-quirks mode: by the standards, but for the height of lines.
    Limited,
}

impl Compat {
    /// From its number on the wire and in the glue.
    pub fn from_code(code: u32) -> Option<Self> {
        [Self::Standards, Self::Quirks, Self::Limited].into_iter().find(|mode| mode.code() == code)
    }

    /// Its number on the wire and in the glue.
    pub fn code(self) -> u32 {
        self as u32
    }
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
        /// The text of its name, which [`crate::node::Tag::parse`] has accepted.
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
    /// The document of a frame, empty. It is the first child of its host, an `iframe`; a document
    /// that was there before stays behind it until it is removed, as what is in it may yet move out.
    Frame {
        /// Its number.
        id: NodeId,
        /// The `iframe`.
        host: NodeId,
        /// How the frame's document is laid out.
        compat: Compat,
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
    /// All attributes and states of a node are taken away. Only where a repair begins: what the
    /// other end has there is not known.
    Clear(NodeId),
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

    /// All texts of this batch.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.strings.len()).map(|id| self.strings.get(StrId(id)))
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
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
                Op::Frame { id: NodeId(400), host: id, compat: Compat::Quirks },
                Op::Frame { id: NodeId(401), host: id, compat: Compat::Limited },
                Op::Move { id: NodeId(9), at: Place { parent: NodeId(300), before: Some(id) } },
                Op::SetText { id: NodeId(9), text: row },
                Op::Unset { id, key: Key::Attr(class) },
                Op::Unset { id, key: Key::Prop(Prop::Value) },
                Op::Remove(NodeId(9)),
                Op::Clear(id),
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
        for tag in ["script", "object", "x y"] {
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
    }
}
