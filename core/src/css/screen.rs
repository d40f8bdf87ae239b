//! What only the customer's browser can say, as questions.

use crate::node::state;
use std::collections::BTreeSet;

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

/// The states that style sheets have asked for so far. Only those are worth watching and sending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked(BTreeSet<&'static str>);

impl Asked {
    /// What a replica shows without any style sheet: where the focus is, and what was filled in.
    pub fn by_browsers() -> Self {
        Self(state::ALWAYS.iter().copied().collect())
    }

    /// The words, each a pseudo-class without its colon, but for [`state::UNDEFINED`].
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    pub(super) fn note(&mut self, word: &'static str) {
        self.0.insert(word);
    }
}
