//! What is known of a name wherever it stands. Names are few, and asked about at each node.

use super::attributes::{self, CHOSEN, VALID};
use super::controls::is_one_of;
use super::{Masker, treat};
use crate::node::{self, AttrKind, AttrName, Namespace, OTHER, replica_tag};
use crate::ops::StrId;
use std::borrow::Cow;

/// The names of a reading, by the number of the text, each looked at once.
#[derive(Debug)]
pub(super) struct Names<'a> {
    attrs: Vec<Option<Attr>>,
    /// What HTML elements are called in the replica.
    tags: Vec<Option<&'a str>>,
}

/// The name of an attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attr {
    /// If a replica can have it by this name.
    pub(super) kind: Option<AttrKind>,
    /// If a replica can have it by a name of ours.
    pub(super) is_own: bool,
    /// The net has found something in it.
    pub(super) is_somebodys: bool,
    /// It is called as what tells whether a value is valid.
    pub(super) is_valid: bool,
    /// It is called as ticks and choices are.
    pub(super) is_chosen: bool,
}

impl Names<'_> {
    pub(super) fn of(count: u32) -> Self {
        Self { attrs: vec![None; count as usize], tags: vec![None; count as usize] }
    }
}

impl<'a> Masker<'a> {
    pub(super) fn attr_of(&mut self, key: StrId) -> Attr {
        let name = self.raw.strings.get(key);
        let known = self.names.attrs.get(key.0 as usize).copied().flatten();
        known.unwrap_or_else(|| {
            let kind = AttrName::parse(name).map(|(_, kind)| kind);
            let has = |known| attributes::words(name).any(|word| is_one_of(word, known));
            let attr = Attr {
                kind,
                is_own: kind.is_none() && node::is_own(name),
                is_somebodys: matches!(treat::net(self.policy, name), Cow::Owned(_)),
                is_valid: has(VALID),
                is_chosen: has(CHOSEN),
            };
            if let Some(entry) = self.names.attrs.get_mut(key.0 as usize) {
                *entry = Some(attr);
            }
            attr
        })
    }

    /// What an element is called in the replica.
    pub(super) fn replica_tag(&mut self, namespace: Namespace, tag: StrId) -> &'a str {
        let raw = self.raw;
        let name = raw.strings.get(tag);
        let is_html = namespace == Namespace::Html;
        let known = self.names.tags.get(tag.0 as usize).copied().flatten();
        if let Some(told) = known.filter(|_| is_html) {
            return told;
        }
        let mut told = replica_tag(namespace, name);
        // Only names of the page's own making can be anybody's.
        if told.contains('-') && matches!(treat::net(self.policy, told), Cow::Owned(_)) {
            told = OTHER;
        }
        if let Some(entry) = self.names.tags.get_mut(tag.0 as usize).filter(|_| is_html) {
            *entry = Some(told);
        }
        told
    }
}
