//! Attributes that style sheets select by.
//!
//! Those of the page's own making, `[variant=ghost]`, have no name in a replica; and of others, such
//! as `data-variant`, a value may be anybody's. So the names and words that the sheets themselves
//! give are noted, and what is told of an element is which of those it has: a word that stands in a
//! sheet anyway, never one of the page's. What begins or ends with something is not answered, as a
//! few such questions spell any value out.

use super::rules::{Edits, opens, skip_block};
use super::screen::Asked;
use crate::node::{self, AttrKind, AttrName};
use cssparser::{ParseError, Parser, Token};
use std::borrow::Cow;

/// More names than these no page needs at once.
const MOST_NAMES: usize = 256;
/// A name for which sheets list more words than these is not a handful of looks but data, listed:
/// of that nothing is told. It is less than there are letters or states of a country.
const MOST_WORDS: usize = 24;
const LONGEST_WORD: usize = 32;
const MOST_MET: usize = 1024;
const MAX_DEPTH: usize = 48;

/// What stands for the words of a value that are not told.
const OTHERS: &str = "█";

/// The names that sheets ask for, in lower case, and of each the words that they give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Sorted by name.
    asked: Vec<(String, Words)>,
    /// Names that elements were found to have, by what was asked at that time.
    met: Sorted,
    /// Whether those were too many to list.
    met_more: bool,
    /// Those of them that more is asked for by now.
    due: Sorted,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Words {
    exact: Sorted,
    /// In lower case, where the sheet does not mind.
    folded: Sorted,
}

/// A few texts, each once: a tree would be of more weight in the module than they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sorted(Vec<String>);

impl Sorted {
    fn get(&self, text: &str) -> Option<&String> {
        self.0.binary_search_by(|other| other.as_str().cmp(text)).ok().map(|at| &self.0[at])
    }

    /// Whether it was not there yet.
    fn insert(&mut self, text: String) -> bool {
        let place = self.0.binary_search(&text);
        if let Err(at) = place {
            self.0.insert(at, text);
        }
        place.is_err()
    }
}

/// A word that a sheet gives.
#[derive(Debug)]
struct Word {
    text: String,
    folds: bool,
}

impl Attributes {
    /// What may be told of an attribute that an element has: the words of its value that sheets give
    /// for it; nothing if none asks for the name. It is remembered as [due](Self::take_due) should
    /// more be asked later.
    pub fn told(&mut self, name: &str, value: &str) -> Option<String> {
        let name = lower(name);
        if self.met.get(&name).is_none() {
            if self.met.0.len() < MOST_MET {
                self.met.insert(name.clone().into_owned());
            } else {
                self.met_more = true;
            }
        }
        self.place(&name).ok().map(|at| self.asked[at].1.of(value))
    }

    /// Names of which more may be told by now than when elements were found to have them, since the
    /// last call.
    pub fn take_due(&mut self) -> Vec<String> {
        std::mem::take(&mut self.due.0)
    }

    /// Where a name is among those asked for, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.asked.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    fn note(&mut self, name: String, word: Option<Word>) {
        let met = self.met_more || self.met.get(&name).is_some();
        let place = self.place(&name);
        let at = match place {
            Ok(at) => at,
            Err(_) if self.asked.len() >= MOST_NAMES => return,
            Err(at) => {
                self.asked.insert(at, (name.clone(), Words::default()));
                at
            }
        };
        let is_new = place.is_err();
        let grown = word.is_some_and(|word| self.asked[at].1.note(word));
        if met && (is_new || grown) {
            self.due.insert(name);
        }
    }

    pub(super) fn note_all(&mut self, others: Self) {
        for (name, Words { exact, folded }) in others.asked {
            self.note(name.clone(), None);
            for (texts, folds) in [(exact, false), (folded, true)] {
                for text in texts.0 {
                    self.note(name.clone(), Some(Word { text, folds }));
                }
            }
        }
    }
}

impl Words {
    /// Whether it was not there yet.
    fn note(&mut self, word: Word) -> bool {
        if self.is_data() {
            return false;
        }
        if word.folds {
            self.folded.insert(word.text.to_ascii_lowercase())
        } else {
            self.exact.insert(word.text)
        }
    }

    fn is_data(&self) -> bool {
        self.exact.0.len() + self.folded.0.len() > MOST_WORDS
    }

    fn of(&self, value: &str) -> String {
        if self.is_data() {
            return String::new();
        }
        let mut told: Vec<&str> = vec![];
        let mut others = false;
        for word in value.split_ascii_whitespace() {
            let found = self.exact.get(word).or_else(|| self.folded.get(&lower(word)));
            match found {
                Some(word) => told.push(word),
                None => others = true,
            }
        }
        // Or `[a~=b]` and `[a=b]` would be the same.
        if others && !told.is_empty() {
            told.push(OTHERS);
        }
        told.join(" ")
    }
}

/// Reads an attribute selector, whose opening bracket the parser has just gone past. A name of the
/// page's own is given the one that it has in a replica.
pub(super) fn selector(parser: &mut Parser<'_>, edits: &mut Edits<'_>, asked: &mut Asked) {
    let mut name: Option<(usize, String)> = None;
    let mut is_foreign = false;
    let mut word: Option<Word> = None;
    let _ = parser.parse_nested_block(|block| {
        let mut whole = None;
        loop {
            let start = block.position().byte_index();
            let Ok(token) = block.next_including_whitespace_and_comments() else { break };
            match token {
                Token::Ident(text) if whole.is_none() => name = Some((start, (**text).to_owned())),
                // A namespace that the sheet has named.
                Token::Delim('|') if name.is_some() => is_foreign = true,
                Token::Delim('=') | Token::IncludeMatch => whole = Some(true),
                Token::DashMatch
                | Token::PrefixMatch
                | Token::SuffixMatch
                | Token::SubstringMatch => whole = Some(false),
                Token::Ident(text) if word.is_some() => {
                    if let Some(word) = word.as_mut() {
                        word.folds = text.eq_ignore_ascii_case("i");
                    }
                }
                Token::Ident(text) | Token::QuotedString(text) if whole == Some(true) => {
                    word = Some(Word { text: (**text).to_owned(), folds: false });
                }
                _ => {}
            }
        }
        Ok::<_, ParseError<()>>(())
    });
    let Some((start, name)) = name.filter(|_| !is_foreign) else { return };
    let is_own = node::is_own(&name);
    if is_own {
        edits.replace(start, start, node::OWN);
    }
    let name = lower(&name).into_owned();
    if is_own || matches!(AttrName::parse(&name), Some((_, AttrKind::Data))) {
        asked.attributes.note(name, word.filter(|word| is_word(&word.text)));
    }
}

/// Names of the page's own that some `attr()` is about, with the places where they stand.
pub(super) type Shown = Vec<(usize, String)>;

/// Finds those in the function or block that the parser has just gone into, however deep.
pub(super) fn shown(parser: &mut Parser<'_>, is_attr: bool, found: &mut Shown) {
    shown_within(parser, is_attr, found, 0);
}

fn shown_within(parser: &mut Parser<'_>, is_attr: bool, found: &mut Shown, depth: usize) {
    if depth > MAX_DEPTH {
        skip_block(parser);
        return;
    }
    let _ = parser.parse_nested_block(|block| {
        let mut is_name = is_attr;
        loop {
            let start = block.position().byte_index();
            let Ok(token) = block.next_including_whitespace_and_comments() else { break };
            let inner = match token {
                Token::WhiteSpace(_) | Token::Comment(_) => continue,
                Token::Function(name) => Some(self::is_attr(name)),
                token if opens(token) => Some(false),
                Token::Ident(name) if is_name && node::is_own(name) => {
                    found.push((start, (**name).to_owned()));
                    None
                }
                _ => None,
            };
            is_name = false;
            if let Some(is_attr) = inner {
                shown_within(block, is_attr, found, depth + 1);
            }
        }
        Ok::<_, ParseError<()>>(())
    });
}

/// Whether this is the function that shows an attribute.
pub(super) fn is_attr(function: &str) -> bool {
    function.eq_ignore_ascii_case("attr")
}

impl Asked {
    /// Some `attr()` shows an attribute of the page's own.
    pub(super) fn note_shown(&mut self, name: &str) {
        self.attributes.note(lower(name).into_owned(), None);
    }
}

/// Whether a selector by an attribute of this name needs a look.
pub(super) fn concerns(name: &str) -> bool {
    // `[*|name]` and the like.
    name.is_empty()
        || node::is_own(name)
        || matches!(AttrName::parse(&lower(name)), Some((_, AttrKind::Data)))
}

/// What names a look and is nobody's number, amount or date.
fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}
