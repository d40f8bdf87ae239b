//! What a difference is written into.

use crate::mask::Masked;
use crate::ops::{Key, MAX_TEXTS, Op, StrId, Strings};
use crate::reading::SettingName;
use crate::tree::hash_text;
use std::collections::HashMap;

/// The texts that the ops use, each once, with their hashes at hand.
pub(super) struct Out<'a> {
    masked: &'a Masked,
    /// For each masked text its hash, 0 while unknown, and its number in `strings`, if it has one.
    known: Vec<(u64, Option<StrId>)>,
    pub(super) strings: Strings,
    pub(super) hashes: Vec<u64>,
    own: HashMap<Box<str>, StrId>,
    pub(super) ops: Vec<Op>,
    /// Whether a text did not fit in any more.
    pub(super) is_full: bool,
}

impl<'a> Out<'a> {
    pub(super) fn new(masked: &'a Masked) -> Self {
        Self {
            masked,
            known: vec![(0, None); masked.len() as usize],
            strings: Strings::default(),
            hashes: vec![],
            own: HashMap::new(),
            ops: vec![],
            is_full: false,
        }
    }

    pub(super) fn hash(&mut self, id: StrId) -> u64 {
        match self.known.get_mut(id.0 as usize) {
            Some((hash, _)) => {
                if *hash == 0 {
                    *hash = hash_text(self.masked.get(id));
                }
                *hash
            }
            None => 0,
        }
    }

    pub(super) fn string(&mut self, id: StrId) -> StrId {
        let hash = self.hash(id);
        match self.known.get_mut(id.0 as usize) {
            Some((_, Some(known))) => *known,
            Some((_, number @ None)) => {
                let new = self.strings.push(self.masked.get(id));
                self.hashes.push(hash);
                *number = Some(new);
                new
            }
            None => StrId(0),
        }
    }

    /// A text that may be long: empty where the batch is full, until it is read again.
    pub(super) fn text(&mut self, id: StrId) -> StrId {
        let length = self.masked.get(id).len();
        let is_known = self.known.get(id.0 as usize).is_some_and(|(_, number)| number.is_some());
        if !is_known && self.strings.bytes() + length > MAX_TEXTS {
            self.is_full = true;
            return self.own_string("");
        }
        self.string(id)
    }

    /// A text that is not from the reading: the name of an attribute that went away.
    pub(super) fn own_string(&mut self, text: &str) -> StrId {
        if let Some(&id) = self.own.get(text) {
            return id;
        }
        let id = self.strings.push(text);
        self.hashes.push(hash_text(text));
        self.own.insert(text.into(), id);
        id
    }

    pub(super) fn key(&mut self, name: SettingName) -> Key {
        match name {
            SettingName::Attr(name) => Key::Attr(self.string(name)),
            SettingName::Prop(prop) => Key::Prop(prop),
        }
    }
}
