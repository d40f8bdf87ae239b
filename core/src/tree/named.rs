//! Which assets the settings of a tree name.
//!
//! An asset leaves the browser only while the tree that the other end was told names it. What a
//! text names is found by the tokenizer that reads it at the agent's end, so that nothing else that
//! looks alike, as in a string of a guest's, keeps a picture.

use super::SettingKey;
use crate::assets::Picture;
use crate::css;
use crate::node::{AttrKind, AttrName, Prop};
use crate::ops::Key;
use std::cell::RefCell;
use std::collections::HashMap;

/// Longer texts are often those of many nodes: shadow trees share their sheets.
const LONG: usize = 4 << 10;

#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    nodes: HashMap<u32, Vec<(SettingKey, Vec<u32>)>>,
    /// How many settings name each.
    counts: HashMap<u32, usize>,
    /// The last long text, and what it names.
    last: (String, Vec<u32>),
}

impl Named {
    pub(super) fn has(&self, asset: u32) -> bool {
        self.counts.contains_key(&asset)
    }

    /// What a setting names from now on.
    pub(super) fn set(&mut self, id: u32, key: SettingKey, assets: Vec<u32>) {
        for &asset in &assets {
            *self.counts.entry(asset).or_default() += 1;
        }
        if let Some(settings) = self.nodes.get_mut(&id)
            && let Some(at) = settings.iter().position(|(other, _)| *other == key)
        {
            let (_, before) = settings.swap_remove(at);
            self.discount(&before);
        }
        if !assets.is_empty() {
            self.nodes.entry(id).or_default().push((key, assets));
        }
    }

    /// A node has no settings any more.
    pub(super) fn forget(&mut self, id: u32) {
        for (_, assets) in self.nodes.remove(&id).unwrap_or_default() {
            self.discount(&assets);
        }
    }

    fn discount(&mut self, assets: &[u32]) {
        for asset in assets {
            if let Some(count) = self.counts.get_mut(asset) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(asset);
                }
            }
        }
    }

    /// What a text names.
    pub(super) fn of(&mut self, key: Key, name: &str, text: &str) -> Vec<u32> {
        match key {
            Key::Prop(Prop::Picture) => match Picture::parse(text) {
                Some(Picture::Asset { number, .. }) if number > 0 => vec![number],
                _ => vec![],
            },
            _ if !text.contains("saath:") => vec![],
            Key::Prop(Prop::Sheet | Prop::Adopted) => self.of_style(text),
            Key::Attr(_)
                if AttrName::parse(name).is_some_and(|(_, kind)| kind == AttrKind::Style) =>
            {
                self.of_style(text)
            }
            Key::Prop(_) | Key::Attr(_) => vec![],
        }
    }

    fn of_style(&mut self, text: &str) -> Vec<u32> {
        if text == self.last.0 {
            return self.last.1.clone();
        }
        let assets = RefCell::new(vec![]);
        css::renumbered(text, |asset| {
            assets.borrow_mut().push(asset);
            None
        });
        let assets = assets.into_inner();
        if text.len() > LONG {
            self.last = (text.to_owned(), assets.clone());
        }
        assets
    }
}
