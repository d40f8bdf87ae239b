//! States of elements that style sheets can ask for and that a replica cannot have by itself: the
//! pointer, the focus and the values are the customer's.
//!
//! A state's word is the name of its pseudo-class. In a replica it stands in an attribute that no
//! page can name, and the selectors ask for that.

/// The attribute of a replica's elements that holds the words.
pub const ATTRIBUTE: &str = "data-saath-state";
/// Of a custom element that is not defined yet: none of a replica's are, so `:defined` is turned
/// round.
pub const UNDEFINED: &str = "undefined";
/// Sent also where no style sheet asks: browsers show them of their own accord.
pub const ALWAYS: &[&str] = &["-webkit-autofill", "focus-visible"];

/// What the words of states begin with that pages have made.
pub const CUSTOM: &str = "state-";
const MAX_CUSTOM: usize = 64;

/// What a state tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Where the customer's pointer or focus is.
    Trail,
    /// Something about the value of a form control.
    Value,
    /// Nothing about the customer.
    Plain,
}

/// A state that can travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State<'a> {
    /// The name of the pseudo-class, or a [`custom`] one.
    pub word: &'a str,
    /// What it tells.
    pub kind: Kind,
    /// Whether every engine has the pseudo-class.
    pub everywhere: bool,
}

/// The state of a word, in whatever case.
pub fn find(word: &str) -> Option<State<'static>> {
    let fits = |state: &&State| state.word.eq_ignore_ascii_case(word);
    STATES.iter().find(fits).copied()
}

/// The state of an element of the page's own making: `state-open` is `:state(open)`. Its name can
/// only be a plain one.
pub fn custom(word: &str) -> Option<State<'_>> {
    let name = word.strip_prefix(CUSTOM)?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let fits = (1..=MAX_CUSTOM).contains(&name.len()) && name.bytes().all(is_plain);
    fits.then_some(State { word, kind: Kind::Value, everywhere: false })
}

/// The words of a text that are states, without anything else that may stand there.
pub fn words(text: &str) -> impl Iterator<Item = State<'_>> {
    text.split_ascii_whitespace().filter_map(|word| find(word).or_else(|| custom(word)))
}

/// `text` with nothing in it but words.
pub fn clean(text: &str) -> String {
    join(words(text))
}

/// The words of some states as they are written.
pub fn join<'a>(states: impl Iterator<Item = State<'a>>) -> String {
    states.map(|state| state.word).collect::<Vec<_>>().join(" ")
}

const fn trail(word: &'static str) -> State<'static> {
    State { word, kind: Kind::Trail, everywhere: true }
}

const fn value(word: &'static str) -> State<'static> {
    State { word, kind: Kind::Value, everywhere: true }
}

const fn plain(word: &'static str) -> State<'static> {
    State { word, kind: Kind::Plain, everywhere: true }
}

/// In some engines only.
const fn some(state: State<'static>) -> State<'static> {
    State { everywhere: false, ..state }
}

const STATES: &[State<'static>] = &[
    trail("hover"),
    trail("active"),
    trail("focus"),
    trail("focus-visible"),
    trail("focus-within"),
    some(trail("-moz-focusring")),
    trail("target"),
    some(trail("target-within")),
    value("valid"),
    value("invalid"),
    value("in-range"),
    value("out-of-range"),
    some(value("user-valid")),
    some(value("user-invalid")),
    some(value("-moz-ui-valid")),
    some(value("-moz-ui-invalid")),
    value("default"),
    some(value("autofill")),
    some(value("-webkit-autofill")),
    some(plain("fullscreen")),
    some(plain("-webkit-full-screen")),
    some(plain("-moz-full-screen")),
    some(plain("playing")),
    some(plain("paused")),
    some(plain("muted")),
    some(plain("seeking")),
    plain(UNDEFINED),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_states_are_kept() {
        assert_eq!(clean("hover x focus\n<b> HOVER "), "hover focus hover");
        assert_eq!(clean(""), "");
        assert_eq!(clean("state-a_1 state- state-a.b state-\u{e4} State-a"), "state-a_1");
        assert_eq!(clean(&format!("state-{}", "a".repeat(65))), "");
        assert!(ALWAYS.iter().all(|word| find(word).is_some()));
    }
}
