//! What is wrong with a policy, where, and how to mend it: everything is masked until it is.

use thiserror::Error;

/// A mistake in a policy. Everything is masked then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    /// Which part of the policy is meant, as `redactedViews[2].selector`; empty for all of it.
    pub path: String,
    /// Where it stands in the text, if the policy is one.
    pub place: Option<Place>,
    /// What is wrong.
    pub why: Why,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.path.is_empty() { "the policy" } else { &self.path })?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ", line {line}, column {column}")?;
        }
        write!(f, ": {}", self.why)
    }
}

/// A place in a text, both from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a text.
    pub(super) fn of(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(start..).unwrap_or("").chars().count() + 1;
        Self { line: before.matches('\n').count() + 1, column }
    }
}

/// What is wrong with a part of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Why {
    /// The text stops being JSON.
    #[error("this is not JSON; here should be {0}")]
    NotJson(Expected),
    /// A text that is nested deeper than any policy.
    #[error("this is nested deeper than a policy is")]
    TooDeep,
    /// It is no object.
    #[error("a policy is an object, as {{ \"mode\": \"values\" }}")]
    NotAnObject,
    /// Which of the two would hold?
    #[error("this key is there twice; leave one of them")]
    Twice,
    /// A policy has no such key.
    #[error(
        "there is no such key; a policy has mode, patterns, redactedViews, unredactedViews, \
         ignoredViews, disabledViews, confirmedViews and showableViews"
    )]
    UnknownKey,
    /// A view has no such key.
    #[error("there is no such key; a view has selector and urls")]
    UnknownViewKey,
    /// No mode is called that.
    #[error("here should be \"values\" or \"strict\"")]
    Mode,
    /// The pattern net is used or not.
    #[error("here should be \"on\" or \"off\"")]
    Patterns,
    /// It is no list.
    #[error("here should be a list of selectors, as [\".account\"]")]
    Views,
    /// It is no view.
    #[error(
        "here should be a selector, as \".account\", or one for some pages, \
         as {{ \"selector\": \".account\", \"urls\": [\"*/profile*\"] }}"
    )]
    View,
    /// A selector for some pages does not say which, or they are no list.
    #[error("here should be a list of globs, at least one, as [\"*/profile*\"]")]
    Urls,
    /// No address is ever like that.
    #[error(
        "no page has an address like this; a glob is all of an address as the browser writes it, with \
         * for any text, as in \"*/profile*\": it begins with * or https://, and has no spaces, \
         brackets or letters beyond ASCII"
    )]
    Glob,
    /// It is empty.
    #[error("a selector is missing")]
    NoSelector,
    /// It would take in what comes after it.
    #[error("a bracket, a quote or a comment of this selector is not closed")]
    Open,
    /// It would select nothing.
    #[error("::before and its like are no elements; name the element that has them")]
    PseudoElement,
    /// It would select nothing.
    #[error("&, :scope and :host say nothing in a policy; leave them away")]
    Scope,
    /// The browser does not know it.
    #[error("this is no selector that this browser knows")]
    Selector,
    /// The browser does not know a part of it, and would say nothing.
    #[error(
        "what is in the brackets of :is(), :where() or :has() is no selector that this browser knows, \
         and it would be left out"
    )]
    Argument,
}

/// What should be where a text stops being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum Expected {
    #[error("a value (there are no comments in JSON, and no comma before a closing bracket)")]
    Value,
    #[error("a key in double quotes (and no comma before a closing brace)")]
    Key,
    #[error("a colon")]
    Colon,
    #[error("a comma or ]")]
    CommaOrBracket,
    #[error("a comma or }}")]
    CommaOrBrace,
    #[error("the closing quote, on the same line")]
    Quote,
    #[error("an escape of JSON's, as \\\\ or \\u0915")]
    Escape,
    #[error("nothing more")]
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_from_one() {
        let text = "a\r\nकb\nc";
        for (at, line, column) in [(0, 1, 1), (1, 1, 2), (3, 2, 1), (6, 2, 2), (8, 3, 1), (9, 3, 2)]
        {
            assert_eq!(Place::of(text, at), Place { line, column }, "{at}");
        }
    }

    #[test]
    fn a_mistake_says_where_and_what() {
        let place = Some(Place { line: 3, column: 9 });
        let mut error = PolicyError { path: "patterns".into(), place, why: Why::Patterns };
        assert_eq!(
            error.to_string(),
            "patterns, line 3, column 9: here should be \"on\" or \"off\""
        );
        (error.path, error.place) = (String::new(), None);
        error.why = Why::NotJson(Expected::CommaOrBrace);
        assert_eq!(error.to_string(), "the policy: this is not JSON; here should be a comma or }");
    }
}
