//! What a style sheet says besides its strings: names, and values of custom properties, which are
//! anything.
//!
//! Each name is looked at by itself, as an element that has it is told the same; of a custom property
//! what stands between strings, addresses and brackets. Numbers elsewhere are lengths.

use super::rules::{Edits, opens, skip_block};
use cssparser::{ParseError, Parser, Token};
use saath_patterns::may_hold_one;
use std::borrow::Cow;

const MAX_DEPTH: usize = 48;

/// `css` with what `net` makes of its names and of the values of its custom properties, where it makes
/// anything.
pub fn netted<'c>(css: &'c str, net: &dyn Fn(&str) -> Option<String>) -> Cow<'c, str> {
    if !css.contains("--") && !may_name(css) {
        return css.into();
    }
    let mut walk = Walk { edits: Edits::of(css), net };
    walk.block(&mut Parser::new(css), false, 0);
    walk.edits.apply()
}

/// Whether some word could be an identifier. Words that begin with a digit are numbers.
fn may_name(css: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let is_number =
        |word: &str| word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    css.contains('\\')
        || css.split(|c| !is_part(c)).any(|word| may_hold_one(word) && !is_number(word))
}

struct Walk<'w, 'c> {
    edits: Edits<'c>,
    net: &'w dyn Fn(&str) -> Option<String>,
}

impl Walk<'_, '_> {
    /// Goes through a block; `custom` in the value of a custom property.
    fn block(&mut self, parser: &mut Parser<'_>, custom: bool, depth: usize) {
        let mut in_value = custom;
        // Where what is looked at as one begins.
        let mut from = None;
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else {
                return self.piece(from, start);
            };
            let name = match token {
                Token::Semicolon => {
                    self.piece(from.take(), start);
                    in_value = custom;
                    continue;
                }
                Token::QuotedString(_)
                | Token::BadString(_)
                | Token::UnquotedUrl(_)
                | Token::BadUrl(_) => {
                    self.piece(from.take(), start);
                    continue;
                }
                token if opens(token) => {
                    self.piece(from.take(), start);
                    let name = match token {
                        Token::Function(name) => Some(("", (**name).to_owned(), "(")),
                        _ => None,
                    };
                    let end = parser.position().byte_index();
                    if depth >= MAX_DEPTH {
                        skip_block(parser);
                    } else {
                        let _ = parser.parse_nested_block(|block| {
                            self.block(block, in_value, depth + 1);
                            Ok::<_, ParseError<()>>(())
                        });
                    }
                    self.name(name, start, end);
                    continue;
                }
                _ if in_value => {
                    from.get_or_insert(start);
                    continue;
                }
                Token::Ident(name) => ("", (**name).to_owned(), ""),
                Token::AtKeyword(name) => ("@", (**name).to_owned(), ""),
                Token::Hash(name) | Token::IDHash(name) => ("#", (**name).to_owned(), ""),
                _ => continue,
            };
            let end = parser.position().byte_index();
            if name.0.is_empty() && name.1.starts_with("--") {
                in_value = is_declared(parser);
            }
            self.name(Some(name), start, end);
        }
    }

    fn name(&mut self, name: Option<(&str, String, &str)>, start: usize, end: usize) {
        let Some((before, name, after)) = name.filter(|(_, name, _)| may_hold_one(name)) else {
            return;
        };
        if let Some(other) = (self.net)(&name) {
            let mut text = before.to_owned();
            let _ = cssparser::serialize_identifier(&other, &mut text);
            self.edits.replace(start, end, text + after);
        }
    }

    fn piece(&mut self, from: Option<usize>, end: usize) {
        let Some(start) = from else { return };
        let text = self.edits.text(start, end).and_then(|text| (self.net)(text));
        if let Some(text) = text {
            self.edits.replace(start, end, text);
        }
    }
}

/// Whether the name that the parser has just gone past is that of a declaration; goes past the colon
/// then.
fn is_declared(parser: &mut Parser<'_>) -> bool {
    let before = parser.state();
    let is = matches!(parser.next(), Ok(Token::Colon));
    if !is {
        parser.reset(&before);
    }
    is
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With `X` for what a net would find.
    fn check(css: &str, expected: &str) {
        let net = |text: &str| {
            let found = ["ABCPE1234F", "alice@x.in", "9876543210", "HDFC0CAAACO"];
            let mut out = text.to_owned();
            found.iter().for_each(|id| out = out.replace(id, "X"));
            (out != text).then_some(out)
        };
        assert_eq!(netted(css, &net), expected, "{css}");
    }

    #[test]
    fn names_are_looked_at() {
        check(".pan-ABCPE1234F:hover,#ABCPE1234F{}", ".pan-X:hover,#X{}");
        check("[value=ABCPE1234F]{color:red}", "[value=X]{color:red}");
        check("@keyframes ABCPE1234F{to{left:0}}", "@keyframes X{to{left:0}}");
        check("a{animation:1s ABCPE1234F;grid-area:ABCPE1234F}", "a{animation:1s X;grid-area:X}");
        check(
            "a{counter-reset:ABCPE1234F 3;width:ABCPE1234F(1)}",
            "a{counter-reset:X 3;width:X(1)}",
        );
        check("@ABCPE1234F x{}", "@X x{}");
        check(".HDFC0CAAACO{}", ".X{}");
        check(r".alice\@x\.in{}.\41 BCPE1234F{}", ".X{}.X{}");
        check("a{b:var(--ABCPE1234F)}", "a{b:var(--X)}");
        check("--ABCPE1234F:1", "--X:1");
        check(":is(.ABCPE1234F:not(#ABCPE1234F)){}", ":is(.X:not(#X)){}");
    }

    #[test]
    fn values_of_custom_properties_are_looked_at() {
        check("--bal:alice@x.in", "--bal:X");
        check("--bal: alice@x.in;color:red", "--bal: X;color:red");
        check("a{--m:9876543210}b{c:d}", "a{--m:X}b{c:d}");
        check("--m/**/: f(9876543210, [ABCPE1234F]) 1", "--m/**/: f(X, [X]) 1");
        check("--m:{a:ABCPE1234F}", "--m:{a:X}");
        check("--a:1;--b:ABCPE1234F!important", "--a:1;--b:X!important");
        // What has its own treatment.
        check("--m:'9876543210' url(9876543210)", "--m:'9876543210' url(9876543210)");
    }

    #[test]
    fn numbers_are_lengths() {
        for css in [
            "a{z-index:9876543210;width:9876543210px}",
            "a{b:c;--x}",
            "a{color:#123456;--x:12px}",
            "a:hover{width:calc(9876543210px - 1px)}",
            "/*ABCPE1234F*/a{b:'ABCPE1234F'}",
        ] {
            check(css, css);
        }
        let deep = format!("--a:{}1{}", "(".repeat(99), ")".repeat(99));
        check(&deep, &deep);
    }
}
