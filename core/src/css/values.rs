//! What selectors ask of attributes, in sheets that are masked: a value could be anybody's.

use super::rules::{Edits, opens, skip_block};
use cssparser::{ParseError, Parser, Token};
use std::borrow::Cow;

const MAX_DEPTH: usize = 48;

/// CSS in which selectors ask for empty values: `[title^=Asha i]` is `[title^=""]`.
pub fn without_values(css: &str) -> Cow<'_, str> {
    if !css.contains('[') {
        return css.into();
    }
    let mut edits = Edits::of(css);
    walk(&mut Parser::new(css), &mut edits, false, 0);
    edits.apply()
}

/// `in_brackets`: what stands behind a sign of comparison is a value.
fn walk(parser: &mut Parser<'_>, edits: &mut Edits<'_>, in_brackets: bool, depth: usize) {
    let mut value = None;
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        match token {
            Token::Delim('=')
            | Token::IncludeMatch
            | Token::DashMatch
            | Token::PrefixMatch
            | Token::SuffixMatch
            | Token::SubstringMatch
                if in_brackets =>
            {
                value.get_or_insert(parser.position().byte_index());
            }
            token if opens(token) => {
                let brackets = *token == Token::SquareBracketBlock;
                if value.is_some() {
                    skip_block(parser);
                    continue;
                }
                if depth >= MAX_DEPTH {
                    let start = parser.position().byte_index();
                    edits.replace(start, skip_block(parser), "");
                    continue;
                }
                let _ = parser.parse_nested_block(|block| {
                    walk(block, edits, brackets, depth + 1);
                    Ok::<_, ParseError<()>>(())
                });
            }
            _ => {}
        }
    }
    if let Some(start) = value {
        edits.replace(start, parser.position().byte_index(), "\"\"");
    }
}
