//! Selectors that ask for what only the customer's page has, made to ask for what the replica was
//! told.
//!
//! The agent's own pointer and focus must not show, and the customer's must: `:hover` becomes
//! `[data-saath-state~=hover]`, which weighs the same. All that is not named here stays as it is.

use super::attributes::{self, Shown};
use super::rules::{Edits, skip_block};
use super::screen::{Asked, Screen};
use crate::node::{replaced_name, state};
use cssparser::{ParseError, Parser, Token};

const MAX_DEPTH: usize = 32;
/// Of no weight of its own engine, and never there: what stands for an unknown name.
const UNKNOWN: &str = ":saath-unknown";

/// How the text ends that was read as a selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With the opening of a block, which the parser has just gone past.
    Block,
    /// With a semicolon or the end of what is around it: it was no selector.
    Nothing,
}

/// What a text begins with, which tells a rule from a declaration.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The name of a property, if it is a declaration.
    pub(super) property: Property,
    /// Where the text after the name's colon begins.
    pub(super) value: usize,
    /// Where the text ends.
    pub(super) end: usize,
    /// Of each attribute of the page's own that is to be shown, where its name stands.
    pub(super) shown: Shown,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    /// It cannot be a declaration.
    #[default]
    None,
    Custom,
    ColorScheme,
    Other,
}

/// Edits of one selector list.
pub(super) struct Selectors<'w, 'c> {
    pub(super) edits: &'w mut Edits<'c>,
    pub(super) screen: &'w dyn Screen,
    pub(super) asked: &'w mut Asked,
}

/// The token before, as far as it says what the next one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Other,
    /// Where it stands.
    Colon(usize),
    /// Where the first one stands.
    Colons(usize),
    Dot,
    Star,
    Pipe {
        any: bool,
    },
}

/// The pseudo-element that the compound selector is about by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Element,
    /// Of a shadow tree, by its part; where the `::` and the closing parenthesis stand.
    Part(usize, usize),
    /// Not an element of the page.
    Other,
}

impl Selectors<'_, '_> {
    /// Reads up to a block, a semicolon or the end, taking what is there for a selector list.
    pub(super) fn prelude(&mut self, parser: &mut Parser<'_>, head: &mut Head) -> End {
        self.list(parser, Some(head), 0)
    }

    /// A selector list in parentheses: `:is(…)`, or an end of a `@scope`.
    pub(super) fn block(&mut self, parser: &mut Parser<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            skip_block(parser);
            return;
        }
        let _ = parser.parse_nested_block(|block| {
            self.list(block, None, depth);
            Ok::<_, ParseError<()>>(())
        });
    }

    fn list(&mut self, parser: &mut Parser<'_>, mut head: Option<&mut Head>, depth: usize) -> End {
        let mut before = Before::Other;
        let mut about = About::Element;
        // A name that was taken for an element's, until it proves to be a namespace.
        let mut renamed = None;
        let mut first = true;
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else {
                set_end(head, start);
                return End::Nothing;
            };
            let end_of = |parser: &Parser<'_>| parser.position().byte_index();
            let name_before = renamed.take();
            let now = match token {
                // Comments stand between tokens without parting them.
                Token::Comment(_) => continue,
                Token::WhiteSpace(_) => {
                    if !first {
                        about = About::Element;
                    }
                    before = Before::Other;
                    continue;
                }
                Token::CurlyBracketBlock if head.is_some() => {
                    set_end(head, start);
                    return End::Block;
                }
                Token::Semicolon if head.is_some() => {
                    set_end(head, start);
                    return End::Nothing;
                }
                Token::Colon => match before {
                    Before::Colon(at) => Before::Colons(at),
                    _ => Before::Colon(start),
                },
                Token::Delim('.') => Before::Dot,
                Token::Delim('*') => Before::Star,
                Token::Delim('|') => {
                    if let Some(mark) = name_before {
                        self.edits.back_to(mark);
                    }
                    Before::Pipe { any: before == Before::Star }
                }
                Token::Comma | Token::Delim('>' | '+' | '~') => {
                    about = About::Element;
                    Before::Other
                }
                Token::Ident(name) => {
                    let mark = self.edits.mark();
                    match before {
                        Before::Colon(at) => {
                            if is_old_pseudo_element(name) {
                                about = About::Other;
                            } else {
                                let name = name.clone();
                                self.pseudo_class(&name, at, end_of(parser), about);
                            }
                        }
                        Before::Colons(_) => about = About::Other,
                        Before::Other | Before::Star | Before::Pipe { any: true } => {
                            if let Some(head) = head.as_deref_mut().filter(|_| first) {
                                head.property = Property::of(name);
                            }
                            if let Some(other) = replaced_name(name) {
                                renamed = Some(mark);
                                self.edits.replace(start, end_of(parser), other);
                            }
                        }
                        Before::Dot | Before::Pipe { any: false } => {}
                    }
                    Before::Other
                }
                Token::Function(name) => {
                    let name = name.clone();
                    match before {
                        Before::Colon(_) if about == About::Element && takes_selectors(&name) => {
                            self.block(parser, depth + 1);
                        }
                        Before::Colon(at)
                            if about == About::Element && name.eq_ignore_ascii_case("state") =>
                        {
                            self.custom_state(parser, at);
                        }
                        Before::Colons(_) if name.eq_ignore_ascii_case("slotted") => {
                            self.block(parser, depth + 1);
                            about = About::Other;
                        }
                        Before::Colons(at) => {
                            about = if name.eq_ignore_ascii_case("part") {
                                // Up to its end, which tells where that is.
                                let close = skip_block(parser);
                                About::Part(at, close)
                            } else {
                                skip_block(parser);
                                About::Other
                            };
                        }
                        _ => shown(parser, attributes::is_attr(&name), head.as_deref_mut()),
                    }
                    Before::Other
                }
                Token::SquareBracketBlock => {
                    attributes::selector(parser, self.edits, self.asked);
                    Before::Other
                }
                Token::ParenthesisBlock | Token::CurlyBracketBlock => {
                    shown(parser, false, head.as_deref_mut());
                    Before::Other
                }
                _ => Before::Other,
            };
            if let (Some(head), Before::Colon(_)) = (head.as_deref_mut(), now)
                && head.value == 0
                && !first
            {
                head.value = end_of(parser);
            }
            first = false;
            before = now;
        }
    }

    /// A state that an element has given itself. Where the browser knows none it stays as it is: the
    /// replica's elements have none either.
    fn custom_state(&mut self, parser: &mut Parser<'_>, start: usize) {
        let mut word = None;
        let _ = parser.parse_nested_block(|block| {
            let name = block.expect_ident().map(|name| format!("{}{name}", state::CUSTOM));
            word = name.ok().filter(|_| block.is_exhausted());
            Ok::<_, ParseError<()>>(())
        });
        let Some(word) = word.filter(|word| state::custom(word).is_some()) else { return };
        if self.screen.knows(":state(a)") {
            let end = parser.position().byte_index();
            self.edits.replace(start, end, format!("[{}~={word}]", state::ATTRIBUTE));
            self.asked.note(word);
        }
    }

    fn pseudo_class(&mut self, name: &str, start: usize, end: usize, about: About) {
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        if about == About::Element {
            if is("link") {
                // Which links the agent's browser knows is no matter of the page.
                self.edits.replace(start, end, ":any-link");
                return;
            }
            if is("visited") {
                self.edits.replace(start, end, "[data-saath-state~=visited]");
                return;
            }
            if is("defined") {
                self.asked.note(state::UNDEFINED);
                self.edits.replace(start, end, ":not([data-saath-state~=undefined])");
                return;
            }
        }
        let Some(state) = state::find(name).filter(|state| state.word != state::UNDEFINED) else {
            return;
        };
        let word = state.word;
        if !state.everywhere && !self.screen.knows(&format!(":{word}")) {
            // The agent's browser may know it, and would take the rule in.
            self.edits.replace(start, end, UNKNOWN);
            return;
        }
        match about {
            About::Element => {
                self.asked.note(word);
                self.edits.replace(start, end, format!("[data-saath-state~={word}]"));
            }
            // After a part no attribute can be asked for, but there may be more names of parts.
            About::Part(colons, close) => {
                self.asked.note(word);
                self.edits.replace(colons, colons, ":not([data-saath-state~=part])");
                self.edits.replace(close, close, format!(" saath-{word}"));
                self.edits.replace(start, end, "");
            }
            // The replica is never pointed at.
            About::Other => {}
        }
    }
}

impl Property {
    fn of(name: &str) -> Self {
        if name.starts_with("--") {
            Self::Custom
        } else if name.eq_ignore_ascii_case("color-scheme") {
            Self::ColorScheme
        } else {
            Self::Other
        }
    }
}

/// Goes past a block that is a part of a declaration, if this turns out to be one.
fn shown(parser: &mut Parser<'_>, is_attr: bool, head: Option<&mut Head>) {
    match head {
        Some(head) => attributes::shown(parser, is_attr, &mut head.shown),
        None => {
            skip_block(parser);
        }
    }
}

fn set_end(head: Option<&mut Head>, end: usize) {
    if let Some(head) = head {
        head.end = end;
        if head.value == 0 {
            head.property = Property::None;
        }
    }
}

/// With one colon, from before there were two.
fn is_old_pseudo_element(name: &str) -> bool {
    ["before", "after", "first-line", "first-letter"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

fn takes_selectors(function: &str) -> bool {
    const NAMES: &[&str] = &[
        "is",
        "not",
        "where",
        "has",
        "matches",
        "-webkit-any",
        "-moz-any",
        "host",
        "host-context",
        "nth-child",
        "nth-last-child",
        "current",
    ];
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(function))
}
