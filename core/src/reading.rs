//! What was read of a page: nodes in document order, with a table of their texts.
//!
//! The glue writes words and one blob of text; this parses them. A reading may hold the whole
//! page or only the parts that changed. `Reading<Raw>` is what stands on the page;
//! [`crate::mask`] alone turns it into a `Reading<Masked>`, which alone can be sent.

use crate::node::{Namespace, NodeId, Prop};
use crate::ops::{Compat, StrId, Strings};
use thiserror::Error;

/// Texts as they stand on the page. They have no way out but through [`crate::mask`].
pub struct Raw(Strings);

impl Raw {
    pub(crate) fn get(&self, id: StrId) -> &str {
        self.0.get(id)
    }

    pub(crate) fn len(&self) -> u32 {
        self.0.len()
    }
}

/// Nodes in document order.
#[derive(Debug)]
pub struct Reading<S> {
    pub(crate) items: Vec<Item>,
    pub(crate) settings: Vec<(SettingName, StrId)>,
    pub(crate) strings: S,
}

impl<S> Reading<S> {
    /// The nodes that were read, each with the one that it was read in.
    pub(crate) fn nodes(&self) -> Vec<(NodeId, Option<NodeId>)> {
        let mut nodes = vec![];
        let mut within = vec![];
        for item in &self.items {
            let (id, parts) = match *item {
                Item::Element { id, parts, .. }
                | Item::Document { id, parts, .. }
                | Item::Shadow { id, parts, .. } => (id, parts),
                Item::Text { id, .. } => (id, Parts::default()),
                Item::Known(_) => continue,
                Item::End => {
                    within.pop();
                    continue;
                }
            };
            nodes.push((id, within.last().copied()));
            if parts.has(Parts::CHILDREN) {
                within.push(id);
            }
        }
        nodes
    }
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw(…)")
    }
}

/// The words are not a reading: the glue and this crate disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the words of the reader are malformed")]
pub struct ReadingError;

/// A step in document order. Whatever has children is closed by an [`Item::End`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Item {
    Element {
        id: NodeId,
        namespace: Namespace,
        tag: StrId,
        marks: Marks,
        parts: Parts,
        settings: Span,
    },
    Document {
        id: NodeId,
        compat: Compat,
        marks: Marks,
        parts: Parts,
        settings: Span,
    },
    Shadow {
        id: NodeId,
        parts: Parts,
        settings: Span,
    },
    Text {
        id: NodeId,
        text: StrId,
    },
    /// A child that is known and was not read again.
    Known(NodeId),
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SettingName {
    Attr(StrId),
    Prop(Prop),
}

/// A range of [`Reading::settings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Which parts of a node were read, or are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts(pub(crate) u32);

impl Parts {
    /// Attributes and state.
    pub const SETTINGS: Self = Self(1);
    /// The list of children; those not known yet are read whole.
    pub const CHILDREN: Self = Self(2);
    /// The text of a text node.
    pub const TEXT: Self = Self(4);
    /// The node and all that is in it.
    pub const SUBTREE: Self = Self(8);

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As a word for the glue.
    pub fn word(self) -> u32 {
        self.0
    }

    /// From a word of the glue; unknown bits are an error of the glue and count as everything.
    pub fn from_word(word: u32) -> Self {
        if word & !15 == 0 { Self(word) } else { Self::SUBTREE }
    }
}

/// What the page's marks and the policy's selectors say of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(pub(crate) u32);

impl Marks {
    /// Mask this.
    pub const MASK: u32 = 1;
    /// Show this.
    pub const SHOW: u32 = 2;
    /// Show an empty box for this.
    pub const BLOCK: u32 = 4;
    /// The agent cannot act on this.
    pub const NO_ACT: u32 = 8;
    /// What the agent does here is proposed to the customer.
    pub const CONFIRM: u32 = 16;
    /// This was a password field once.
    pub const EVER_SECRET: u32 = 32;
}

const END: u32 = 0;
const ELEMENT: u32 = 1;
const TEXT: u32 = 2;
const KNOWN: u32 = 3;
const SHADOW: u32 = 4;
const DOCUMENT: u32 = 5;
/// Set in a setting's name when it is a state and not an attribute.
const PROP_BIT: u32 = 1 << 31;

impl Reading<Raw> {
    /// Parses what the glue wrote: words (see `reader.js`), the joined texts, and the length of each
    /// in UTF-16 units.
    ///
    /// # Errors
    /// [`ReadingError`] if the three do not fit one another.
    pub fn parse(
        words: &[u32],
        blob: impl Into<String>,
        lengths: &[u32],
    ) -> Result<Self, ReadingError> {
        let strings = split(blob.into(), lengths).ok_or(ReadingError)?;
        let mut reader = Reader { words, count: strings.len(), items: vec![], settings: vec![] };
        reader.read().ok_or(ReadingError)?;
        Ok(Self { items: reader.items, settings: reader.settings, strings: Raw(strings) })
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

struct Reader<'w> {
    words: &'w [u32],
    count: u32,
    items: Vec<Item>,
    settings: Vec<(SettingName, StrId)>,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        while let Some(head) = self.word() {
            let item = match head & 15 {
                END => {
                    depth = depth.checked_sub(1)?;
                    Item::End
                }
                ELEMENT => {
                    let id = self.id()?;
                    let namespace = Namespace::from_code(head >> 4 & 3)?;
                    let tag = self.string()?;
                    let marks = Marks(head >> 8 & 63);
                    let parts = Parts(head >> 6 & 3);
                    let settings = self.settings(head >> 14)?;
                    depth += usize::from(parts.has(Parts::CHILDREN));
                    Item::Element { id, namespace, tag, marks, parts, settings }
                }
                DOCUMENT => {
                    let id = self.id()?;
                    let compat = Compat::from_code(head >> 4 & 3)?;
                    let marks = Marks(head >> 8 & 63);
                    let parts = Parts(head >> 6 & 3);
                    let settings = self.settings(head >> 14)?;
                    depth += usize::from(parts.has(Parts::CHILDREN));
                    Item::Document { id, compat, marks, parts, settings }
                }
                SHADOW => {
                    let id = self.id()?;
                    let parts = Parts(head >> 6 & 3);
                    let settings = self.settings(head >> 14)?;
                    depth += usize::from(parts.has(Parts::CHILDREN));
                    Item::Shadow { id, parts, settings }
                }
                TEXT => Item::Text { id: self.id()?, text: self.string()? },
                KNOWN => Item::Known(self.id()?),
                _ => return None,
            };
            self.items.push(item);
        }
        (depth == 0).then_some(())
    }

    fn word(&mut self) -> Option<u32> {
        let (&word, rest) = self.words.split_first()?;
        self.words = rest;
        Some(word)
    }

    fn id(&mut self) -> Option<NodeId> {
        self.word().filter(|id| (1..=NodeId::MAX).contains(id)).map(NodeId)
    }

    fn string(&mut self) -> Option<StrId> {
        self.word().filter(|&id| id < self.count).map(StrId)
    }

    fn settings(&mut self, count: u32) -> Option<Span> {
        let start = u32::try_from(self.settings.len()).ok()?;
        for _ in 0..count {
            let name = self.word()?;
            let name = if name & PROP_BIT != 0 {
                SettingName::Prop(Prop::from_code(name & !PROP_BIT)?)
            } else if name < self.count {
                SettingName::Attr(StrId(name))
            } else {
                return None;
            };
            let value = self.string()?;
            self.settings.push((name, value));
        }
        Some(Span { start, end: start + count })
    }
}

/// JavaScript counts UTF-16 units, we count bytes; they are the same where all is ASCII.
fn split(blob: String, lengths: &[u32]) -> Option<Strings> {
    let ascii = blob.is_ascii();
    let mut end = 0;
    let mut ends = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let rest = blob.get(end..)?;
        end += if ascii { length as usize } else { utf16_prefix(rest, length)? };
        ends.push(u32::try_from(end).ok()?);
    }
    (end == blob.len()).then(|| Strings::new(blob, ends))
}

fn utf16_prefix(text: &str, units: u32) -> Option<usize> {
    let mut left = units as usize;
    let mut at = 0;
    // Eight bytes are nine units at most, if the last one begins a pair.
    while left > 8
        && let Some((&word, _)) = text.as_bytes().get(at..)?.split_first_chunk()
    {
        left -= utf16_units(u64::from_le_bytes(word));
        at += 8;
    }
    // The rest of a character that was counted.
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let mut chars = text.get(at..)?.chars();
    while left > 0 {
        left = left.checked_sub(chars.next()?.len_utf16())?;
    }
    Some(text.len() - chars.as_str().len())
}

/// How many units the characters have that begin in eight bytes: one each, and two those of four
/// bytes.
fn utf16_units(word: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (first, second, third, fourth) = (word >> 7, word >> 6, word >> 5, word >> 4);
    let go_on = first & !second & ONES;
    let begin_pairs = first & second & third & fourth & ONES;
    8 - go_on.count_ones() as usize + begin_pairs.count_ones() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn split(blob: &str, lengths: &[u32]) -> Option<Strings> {
        super::split(blob.to_owned(), lengths)
    }

    #[test]
    fn texts_are_cut_by_utf16_units() {
        let strings = split("añ😀b", &[2, 2, 0, 1]).unwrap();
        let texts: Vec<_> = (0..4).map(|i| strings.get(StrId(i))).collect();
        assert_eq!(texts, ["añ", "😀", "", "b"]);
        assert!(split("añ", &[3]).is_none());
        assert!(split("😀", &[1, 1]).is_none());
        assert!(split("1234567😀", &[8, 1]).is_none());
        assert!(split("abc", &[2]).is_none());
        assert!(split("abc", &[4]).is_none());
    }

    proptest! {
        #[test]
        fn texts_of_any_characters_are_cut(texts in vec("[a-zñ€क😀]{0,40}", 0..8)) {
            let lengths: Vec<u32> =
                texts.iter().map(|text| text.encode_utf16().count().try_into().unwrap()).collect();
            let strings = split(&texts.concat(), &lengths).unwrap();
            let cut: Vec<_> = (0..strings.len()).map(|i| strings.get(StrId(i))).collect();
            prop_assert_eq!(cut, texts);
        }
    }

    #[test]
    fn words_that_are_no_reading_are_refused() {
        for words in
            [&[1_u32][..], &[0], &[2, 1], &[2, 0, 0], &[2, 1, 9], &[9, 1], &[1 | 2 << 6, 1, 0]]
        {
            assert!(Reading::parse(words, "div", &[3]).is_err(), "{words:?}");
        }
        assert!(Reading::parse(&[1 | 2 << 6, 1, 0, 2, 2, 0, 0], "div", &[3]).is_ok());
    }
}
