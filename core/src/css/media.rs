//! Media queries, answered as on the customer's screen.
//!
//! The replica has the size of the customer's window, so questions for that are left as they are.
//! All others the agent's browser would answer for the agent's own screen and taste: each is put
//! to the customer's browser and replaced by one with the same answer everywhere.

use super::rules::{Edits, opens, skip_block};
use super::screen::{Answer, Screen};
use cssparser::{ParseError, Parser, Token};

const TRUE: &str = "(min-width:0px)";
const FALSE: &str = "(max-width:-1px)";
/// Neither true nor false, as no browser knows it.
const UNKNOWN: &str = "(saath-unknown)";
const MAX_DEPTH: usize = 16;

/// Settles the features of a condition that stands in parentheses. `start` is where its opening
/// parenthesis stands; the parser has just gone past that.
pub(super) fn condition(
    parser: &mut Parser<'_>,
    start: usize,
    edits: &mut Edits<'_>,
    screen: &dyn Screen,
    depth: usize,
) {
    let mark = edits.mark();
    let mut feature = Feature::default();
    let mut nested = false;
    let _ = parser.parse_nested_block(|block| {
        loop {
            let start = block.position().byte_index();
            let Ok(token) = block.next_including_whitespace_and_comments() else { break };
            match token {
                Token::Ident(name) => feature.ident(name),
                Token::ParenthesisBlock if depth < MAX_DEPTH && feature.is_empty() => {
                    nested = true;
                    condition(block, start, edits, screen, depth + 1);
                }
                token if opens(token) => {
                    skip_block(block);
                }
                _ => {}
            }
        }
        Ok::<_, ParseError<()>>(())
    });
    if nested || feature.is_natural {
        return;
    }
    edits.back_to(mark);
    let end = parser.position().byte_index();
    if let Some(text) = edits.text(start, end)
        && text != UNKNOWN
    {
        edits.replace(start, end, settled(screen.media(text)));
    }
}

/// What has the answer on every screen.
fn settled(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => TRUE,
        Answer::No => FALSE,
        Answer::Unknown => UNKNOWN,
    }
}

#[derive(Default)]
struct Feature {
    named: bool,
    is_natural: bool,
}

impl Feature {
    fn ident(&mut self, name: &str) {
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        self.named |= !["not", "and", "or"].iter().any(|word| is(word));
        self.is_natural |= is_natural(name);
    }

    /// Whether nothing was named yet: then a parenthesis is a condition, and not a value.
    fn is_empty(&self) -> bool {
        !self.named
    }
}

/// Whether the replica itself has the right answer.
fn is_natural(feature: &str) -> bool {
    let cut = |prefix: &str| {
        let start = feature.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| feature.get(prefix.len()..)).flatten()
    };
    let feature = cut("min-").or_else(|| cut("max-")).unwrap_or(feature);
    ["width", "height", "aspect-ratio", "orientation"]
        .iter()
        .any(|natural| feature.eq_ignore_ascii_case(natural))
}
