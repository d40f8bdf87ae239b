//! What only the customer's browser can say, as questions.

use super::attributes::Attributes;
use crate::node::state;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// More states than these no page needs at once.
const MOST: usize = 128;

/// The customer's browser, as far as style sheets ask for it.
pub trait Screen {
    /// Whether a media feature in parentheses holds: `(prefers-color-scheme: dark)`.
    fn media(&self, feature: &str) -> Answer;
    /// Whether the browser has this pseudo-class, given with its colon.
    fn knows(&self, pseudo_class: &str) -> bool;
}

/// What a media feature is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// The browser does not know it; then neither it nor its contrary holds.
    Unknown,
}

/// Where there is no browser to ask: no feature is known, every pseudo-class is.
#[derive(Debug, Clone, Copy)]
pub struct Unasked;

impl Screen for Unasked {
    fn media(&self, _: &str) -> Answer {
        Answer::Unknown
    }

    fn knows(&self, _: &str) -> bool {
        true
    }
}

/// What style sheets have asked for so far. Only that is worth watching and sending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    states: BTreeSet<Cow<'static, str>>,
    /// Attributes that may say more than that they are there.
    pub attributes: Attributes,
}

impl Asked {
    /// What a replica shows without any style sheet: where the focus is, and what was filled in.
    pub fn by_browsers() -> Self {
        let mut asked = Self::default();
        state::ALWAYS.iter().for_each(|&word| asked.note(word));
        asked
    }

    /// The words of states, each a pseudo-class without its colon, but for [`state::UNDEFINED`] and
    /// [`state::custom`] ones.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(Cow::as_ref)
    }

    pub(super) fn note(&mut self, word: impl Into<Cow<'static, str>>) {
        // Each is looked for on each element that may have it.
        if self.states.len() < MOST {
            self.states.insert(word.into());
        }
    }

    pub(super) fn note_all(&mut self, others: Self) {
        let Self { states, attributes } = others;
        self.note_states(Self { states, ..Self::default() });
        self.attributes.note_all(attributes);
    }

    /// Takes the states of `others`, and nothing of their attributes.
    pub fn note_states(&mut self, others: Self) {
        for word in others.states {
            self.note(word);
        }
    }
}
