//! The walk over the rules of a style sheet: which text is a selector, which a media query and
//! which a declaration.
//!
//! What changes is noted as edits of the text as it was, so all else stays to the byte.

use super::attributes::{self, Shown};
use super::media;
use super::screen::{Answer, Asked, Screen};
use super::selectors::{End, Head, Property, Selectors};
use crate::node::{self, replaced_name, state};
use cssparser::{ParseError, Parser, Token};
use std::borrow::Cow;
use std::ops::Range;

/// Nesting beyond this is no page's style, only an attack on the stack.
const MAX_DEPTH: usize = 48;

/// A style sheet as the customer's screen shows it, whatever screen it is on: media queries are
/// answered, states are asked for by attribute, replaced elements by the names they have in a
/// replica. `asked` takes the states that the sheet asks for.
pub fn sheet_on<'c>(css: &'c str, screen: &dyn Screen, asked: &mut Asked) -> Cow<'c, str> {
    if is_plain(css) {
        return css.into();
    }
    let mut walk = Walk { edits: Edits::of(css), screen, asked };
    walk.rules(&mut Parser::new(css), 0);
    walk.edits.apply()
}

/// The declarations of a `style` attribute as [`sheet_on`] has a sheet.
pub fn style_on<'c>(css: &'c str, screen: &dyn Screen, asked: &mut Asked) -> Cow<'c, str> {
    let is_plain = |word| !contains_ignore_case(css, word);
    if ["\\", "color-scheme", "attr("].into_iter().all(is_plain) {
        return css.into();
    }
    let mut walk = Walk { edits: Edits::of(css), screen, asked };
    walk.rules(&mut Parser::new(css), 0);
    walk.edits.apply()
}

struct Walk<'w, 'c> {
    edits: Edits<'c>,
    screen: &'w dyn Screen,
    asked: &'w mut Asked,
}

impl Walk<'_, '_> {
    /// Rules and declarations up to the end of the block.
    fn rules(&mut self, parser: &mut Parser<'_>, depth: usize) {
        loop {
            let before = parser.state();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
            match token {
                Token::WhiteSpace(_) | Token::Comment(_) | Token::Semicolon => {}
                Token::CDO | Token::CDC => {}
                Token::AtKeyword(name) => {
                    let rule = AtRule::of(name);
                    self.at_rule(rule, parser, depth);
                }
                _ => {
                    parser.reset(&before);
                    self.rule(parser, depth);
                }
            }
        }
    }

    /// A style rule or a declaration: which of them it is, only its end tells.
    fn rule(&mut self, parser: &mut Parser<'_>, depth: usize) {
        let mark = self.edits.mark();
        let mut head = Head::default();
        let mut asked = Asked::default();
        let mut selectors =
            Selectors { edits: &mut self.edits, screen: self.screen, asked: &mut asked };
        let end = selectors.prelude(parser, &mut head);
        if end == End::Block && head.property != Property::Custom {
            self.asked.note_all(asked);
            self.nested(parser, depth);
            return;
        }
        self.edits.back_to(mark);
        if end == End::Block {
            attributes::shown(parser, false, &mut head.shown);
            skip_statement(parser, &mut head.shown);
        }
        self.show(&head.shown);
        if end == End::Nothing && head.property == Property::ColorScheme {
            self.color_scheme(&head);
        }
    }

    fn at_rule(&mut self, rule: AtRule, parser: &mut Parser<'_>, depth: usize) {
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
            match (token, rule) {
                (Token::Semicolon, _) => return,
                (Token::CurlyBracketBlock, AtRule::Other) => {
                    self.block(parser);
                    return;
                }
                (Token::CurlyBracketBlock, _) => return self.nested(parser, depth),
                (Token::ParenthesisBlock, AtRule::Media) => {
                    media::condition(parser, start, &mut self.edits, self.screen, 0);
                }
                (Token::ParenthesisBlock, AtRule::Scope) => {
                    let Self { edits, screen, asked } = self;
                    Selectors { edits, screen: *screen, asked }.block(parser, 1);
                }
                (token, _) if opens(token) => self.block(parser),
                _ => {}
            }
        }
    }

    /// A block of which only what it shows of attributes matters, as the steps of an animation.
    fn block(&mut self, parser: &mut Parser<'_>) {
        let mut shown = vec![];
        attributes::shown(parser, false, &mut shown);
        self.show(&shown);
    }

    fn show(&mut self, attributes: &Shown) {
        for (at, name) in attributes {
            self.edits.replace(*at, *at, node::OWN);
            self.asked.note_shown(name);
        }
    }

    fn nested(&mut self, parser: &mut Parser<'_>, depth: usize) {
        if depth >= MAX_DEPTH {
            skip_block(parser);
            return;
        }
        let _ = parser.parse_nested_block(|block| {
            self.rules(block, depth + 1);
            Ok::<_, ParseError<()>>(())
        });
    }

    /// Of `light dark` the one in use stays.
    fn color_scheme(&mut self, head: &Head) {
        let Some(value) = self.edits.text(head.value, head.end) else { return };
        let [Some(light), Some(dark)] = schemes(value) else { return };
        let Range { start, end } = if prefers_dark(self.screen) { light } else { dark };
        self.edits.replace(head.value + start, head.value + end, "");
    }
}

/// Which of the colour schemes that a document names in its head is in use; nothing if it names none.
pub fn scheme_on(names: &str, screen: &dyn Screen) -> &'static str {
    match schemes(names) {
        [Some(_), Some(_)] if prefers_dark(screen) => "dark",
        [None, Some(_)] => "dark",
        [Some(_), _] => "light",
        [None, None] => "",
    }
}

/// `light` or `dark` where that is all there is, else nothing.
pub fn scheme(text: &str) -> &'static str {
    match text {
        "light" => "light",
        "dark" => "dark",
        _ => "",
    }
}

fn prefers_dark(screen: &dyn Screen) -> bool {
    screen.media("(prefers-color-scheme: dark)") == Answer::Yes
}

/// Where `light` and `dark` stand in a list of names.
fn schemes(value: &str) -> [Option<Range<usize>>; 2] {
    let mut parser = Parser::new(value);
    let (mut light, mut dark) = (None, None);
    loop {
        parser.skip_whitespace();
        let start = parser.position().byte_index();
        let Ok(token) = parser.next() else { return [light, dark] };
        let place = match token {
            Token::Ident(name) if name.eq_ignore_ascii_case("light") => &mut light,
            Token::Ident(name) if name.eq_ignore_ascii_case("dark") => &mut dark,
            Token::Ident(_) | Token::Delim('!') => continue,
            _ => return [None, None],
        };
        if place.replace(start..parser.position().byte_index()).is_some() {
            return [None, None];
        }
    }
}

/// What an at-rule is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtRule {
    /// A media query list, then rules.
    Media,
    /// Selectors in parentheses, then rules.
    Scope,
    /// Something else, then rules.
    Rules,
    /// Something else.
    Other,
}

impl AtRule {
    fn of(name: &str) -> Self {
        let is = |word: &&str| name.eq_ignore_ascii_case(word);
        if is(&"media") {
            Self::Media
        } else if is(&"scope") {
            Self::Scope
        } else if ["supports", "container", "layer", "starting-style"].iter().any(is) {
            Self::Rules
        } else {
            Self::Other
        }
    }
}

/// Changes of a text, by places in the text as it was.
pub(super) struct Edits<'c> {
    css: &'c str,
    made: Vec<(usize, usize, Cow<'static, str>)>,
}

impl<'c> Edits<'c> {
    pub(super) fn of(css: &'c str) -> Self {
        Self { css, made: vec![] }
    }

    pub(super) fn text(&self, start: usize, end: usize) -> Option<&'c str> {
        self.css.get(start..end)
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, text: impl Into<Cow<'static, str>>) {
        self.made.push((start, end, text.into()));
    }

    /// For going [back](Self::back_to).
    pub(super) fn mark(&self) -> usize {
        self.made.len()
    }

    /// Takes back what was noted since.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.made.truncate(mark);
    }

    pub(super) fn apply(mut self) -> Cow<'c, str> {
        if self.made.is_empty() {
            return self.css.into();
        }
        self.made.sort_by_key(|&(start, _, _)| start);
        let mut out = String::with_capacity(self.css.len() + self.made.len() * 16);
        let mut at = 0;
        for (start, end, text) in &self.made {
            out.push_str(self.css.get(at..*start).unwrap_or(""));
            out.push_str(text);
            at = *end;
        }
        out.push_str(self.css.get(at..).unwrap_or(""));
        out.into()
    }
}

/// Whether there is nothing to change, and no way to hide it. May be wrong the other way round.
fn is_plain(css: &str) -> bool {
    let bytes = css.as_bytes();
    let name_from = |at: usize| {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let length = rest.iter().take_while(|&&b| is_name(b)).count();
        css.get(at..at + length).unwrap_or("")
    };
    let mut in_name = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let begins = is_name(byte) && !in_name;
        in_name = is_name(byte);
        let found = match byte {
            b'\\' => true,
            b':' => match bytes.get(at + 1) {
                Some(b'/') => true,
                Some(b) if is_name(*b) => asks(name_from(at + 1)),
                _ => false,
            },
            b'@' => name_from(at + 1).eq_ignore_ascii_case("media"),
            b'[' => attributes::concerns(name_from(at + 1)),
            b'a' | b'c' | b'e' | b'o' | b'v' | b'A' | b'C' | b'E' | b'O' | b'V' if begins => {
                let name = name_from(at);
                replaced_name(name).is_some()
                    || ["color-scheme", "attr"].iter().any(|known| known.eq_ignore_ascii_case(name))
            }
            _ => false,
        };
        if found {
            return false;
        }
    }
    true
}

fn asks(pseudo_class: &str) -> bool {
    state::find(pseudo_class).is_some()
        || ["link", "visited", "defined", "state"]
            .iter()
            .any(|w| w.eq_ignore_ascii_case(pseudo_class))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii()
}

/// Goes past a block that has just been opened; where its closing bracket stands. Blocks that nobody
/// has gone past are skipped only with the next token, and places are wrong until then.
pub(super) fn skip_block(parser: &mut Parser<'_>) -> usize {
    let mut end = 0;
    let _ = parser.parse_nested_block(|block| {
        while block.next_including_whitespace_and_comments().is_ok() {}
        end = block.position().byte_index();
        Ok::<_, ParseError<()>>(())
    });
    end
}

fn skip_statement(parser: &mut Parser<'_>, shown: &mut Shown) {
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        let is_attr = match token {
            Token::Semicolon => return,
            Token::Function(name) => attributes::is_attr(name),
            token if opens(token) => false,
            _ => continue,
        };
        attributes::shown(parser, is_attr, shown);
    }
}

pub(super) fn opens(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock
    )
}

fn contains_ignore_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
