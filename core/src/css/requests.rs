//! CSS as a tokenizer sees it: what would make the agent's browser fetch is taken out.
//!
//! Searching style sheets for `url(` as text misses escapes (`u\72l(`), comments and strings, so
//! the tokens of CSS Syntax are walked and everything else is copied as it stands.

use super::addresses::{self, Address, Numbers, Place};
use cssparser::{ParseError, Parser, Token};
use std::borrow::Cow;
use std::fmt::Write;

/// An address that every engine accepts and none fetches.
const NOTHING: &str = "url(data:,)";
/// Nesting beyond this is no page's style, only an attack on the stack.
const MAX_DEPTH: usize = 48;

/// `css` with every address but the number of an asset replaced by an empty one and without
/// `@import` rules. Works on style sheets and on the declarations of a `style` attribute.
pub fn without_requests(css: &str) -> Cow<'_, str> {
    if is_plain(css) { Cow::Borrowed(css) } else { rewrite(css, &|_| None, &addresses::received) }
}

/// As [`without_requests`] without any address, and each string is what `string` makes of it, if
/// it makes anything: `content` can carry what is nobody's business. A comment that it would make
/// something of is empty.
pub fn with_strings(css: &str, string: impl Fn(&str) -> Option<String>) -> Cow<'_, str> {
    numbered(css, string, |_| None)
}

/// As [`with_strings`], and each address is the asset to which `number` gives a number, if it gives
/// one.
pub fn numbered(
    css: &str,
    string: impl Fn(&str) -> Option<String>,
    number: impl Fn(Address<'_>) -> Option<u32>,
) -> Cow<'_, str> {
    let plain = is_plain(css) && !css.contains(['"', '\'']) && !css.contains("/*");
    if plain { Cow::Borrowed(css) } else { rewrite(css, &string, &number) }
}

/// As [`without_requests`], and the assets have the numbers that `number` gives for theirs.
pub fn renumbered(css: &str, number: impl Fn(u32) -> Option<u32>) -> Cow<'_, str> {
    numbered(css, |_| None, |address| addresses::received(address).and_then(&number))
}

/// Whether there is no address, and no way to hide one.
fn is_plain(css: &str) -> bool {
    !css.bytes().any(|b| matches!(b, b'\\' | b'@'))
        && !["url", "image", "src", "cross-fade"].iter().any(|word| contains_ignore_case(css, word))
}

type Strings<'f> = dyn Fn(&str) -> Option<String> + 'f;

fn rewrite<'c>(css: &'c str, string: &Strings<'_>, numbers: &Numbers<'_>) -> Cow<'c, str> {
    let mut parser = Parser::new(css);
    let mut out = String::with_capacity(css.len());
    let end = css.as_bytes().as_ptr_range().end;
    let whole = Whole { end, string, numbers };
    match copy(&mut parser, &mut out, Inside::Rules, &whole, Place::default(), 0) {
        Ok(()) => Cow::Owned(out),
        Err(TooDeep) => Cow::Borrowed(""),
    }
}

/// What holds for the whole text.
struct Whole<'f> {
    end: *const u8,
    string: &'f Strings<'f>,
    numbers: &'f Numbers<'f>,
}

/// The declarations of a `style` attribute without requests, without custom properties and
/// without strings: what lays out an element whose content is withheld.
pub fn without_text(declarations: &str) -> String {
    let clean = without_requests(declarations);
    let mut parser = Parser::new(&clean);
    let mut out = String::new();
    loop {
        let declaration = parser.parse_until_before(cssparser::Delimiter::Semicolon, |inner| {
            inner.skip_whitespace();
            let start = inner.position();
            let name = inner.try_parse(|inner| inner.expect_ident_cloned());
            let text = name.is_ok_and(|name| name.starts_with("--")) || holds_text(inner, 0);
            let kept = if text { "" } else { inner.slice_from(start).trim() };
            Ok::<_, ParseError<()>>(kept.to_owned())
        });
        if let Ok(declaration) = declaration.as_deref()
            && !declaration.is_empty()
        {
            // Not at the end: an attribute that is one value, as `fill`, takes none.
            if !out.is_empty() {
                out.push(';');
            }
            out.push_str(declaration);
        }
        if parser.next().is_err() {
            return out;
        }
    }
}

/// Whether there is a string among the tokens up to the end, or what one could hide in: lengths and
/// colours are what matters. What is a comment is not told.
fn holds_text(parser: &mut Parser<'_>, depth: usize) -> bool {
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        let may_be_plain = match token {
            Token::Function(name) => is_arithmetic(name),
            Token::ParenthesisBlock => true,
            Token::QuotedString(_)
            | Token::BadString(_)
            | Token::UnquotedUrl(_)
            | Token::BadUrl(_)
            | Token::Comment(_)
            | Token::CurlyBracketBlock
            | Token::SquareBracketBlock => return true,
            _ => continue,
        };
        let within = |block: &mut Parser<'_>| {
            Ok::<_, cssparser::ParseError<()>>(depth >= MAX_DEPTH || holds_text(block, depth + 1))
        };
        if !may_be_plain || parser.parse_nested_block(within).unwrap_or(true) {
            return true;
        }
    }
    false
}

fn is_arithmetic(function: &str) -> bool {
    const NAMES: &[&str] = &[
        "calc",
        "min",
        "max",
        "clamp",
        "rgb",
        "rgba",
        "hsl",
        "hsla",
        "var",
        "translate",
        "translatex",
        "translatey",
        "scale",
        "rotate",
        "repeat",
        "minmax",
    ];
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(function))
}

struct TooDeep;

/// Whether strings are addresses here.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Rules,
    /// `url("…")`, `image-set("…" 1x)` and their like.
    Addresses,
}

/// Which at-rule a head belongs to, as far as that matters.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    FontFace,
    Namespace,
    Other,
}

impl Head {
    fn of(name: &str) -> Self {
        match () {
            () if name.eq_ignore_ascii_case("font-face") => Self::FontFace,
            () if name.eq_ignore_ascii_case("namespace") => Self::Namespace,
            () => Self::Other,
        }
    }
}

impl Whole<'_> {
    /// Whether the input ends with this token, which may therefore lack its end.
    fn cuts_off(&self, text: &str) -> bool {
        text.as_bytes().as_ptr_range().end == self.end
    }
}

fn copy(
    parser: &mut Parser<'_>,
    out: &mut String,
    inside: Inside,
    whole: &Whole<'_>,
    place: Place<'_>,
    depth: usize,
) -> Result<(), TooDeep> {
    if depth > MAX_DEPTH {
        return Err(TooDeep);
    }
    let mut base = Cow::Borrowed(place.base);
    // The head of an at-rule that is not yet at its block or end.
    let mut rule = None;
    loop {
        let start = parser.position();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return Ok(()) };
        let here = Place { base: &base, other: place.other || rule.is_some(), ..place };
        let mut within = here;
        let (close, inner) = match token {
            // Into the page itself: gradients, clips and markers of SVG.
            Token::UnquotedUrl(address) if address.starts_with('#') => {
                let text = parser.slice_from(start);
                let complete = text.strip_suffix(')').is_some_and(|rest| !rest.ends_with('\\'));
                out.push_str(if complete { text } else { NOTHING });
                continue;
            }
            Token::UnquotedUrl(address) => {
                let namespace = rule == Some(Head::Namespace) && addresses::is_namespace(address);
                let written = here.write(whole.numbers, address);
                match written {
                    Some(written) => out.push_str(&written),
                    None if namespace => write_url(address, out),
                    None => out.push_str(NOTHING),
                }
                continue;
            }
            Token::BadUrl(_) => {
                out.push_str(NOTHING);
                continue;
            }
            Token::QuotedString(text) if inside == Inside::Addresses => {
                let written = here.write(whole.numbers, text);
                out.push_str(written.as_deref().unwrap_or("\"data:,\""));
                continue;
            }
            Token::BadString(_) if inside == Inside::Addresses => {
                out.push_str("\"data:,\"");
                continue;
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case(addresses::BASE_RULE) => {
                let state = parser.state();
                match addresses::read_base(parser) {
                    Some(told) => base = told.into(),
                    None => {
                        parser.reset(&state);
                        skip_statement(parser);
                    }
                }
                out.push(' ');
                continue;
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => {
                skip_statement(parser);
                // Or what stood on its two sides could join into something else.
                out.push(' ');
                continue;
            }
            // A variable here would be put in after we have looked.
            Token::Function(name) if inside == Inside::Addresses && substitutes(name) => {
                skip_block(parser);
                out.push_str("\"data:,\"");
                continue;
            }
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                // The arguments of a quoted url() may hold nothing else of use.
                let address = only_string(parser);
                let text = parser.slice_from(start);
                let complete = text.strip_suffix(')').is_some_and(|rest| {
                    let rest = rest.trim_end();
                    ["\"", "'"].iter().any(|quote| {
                        rest.strip_suffix(quote).is_some_and(|rest| !rest.ends_with('\\'))
                    })
                });
                let written = match address.as_deref() {
                    Some(address) if address.starts_with('#') => complete.then(|| text.into()),
                    Some(address) if rule == Some(Head::Namespace) => {
                        (complete && addresses::is_namespace(address)).then(|| text.into())
                    }
                    Some(address) => here.write(whole.numbers, address),
                    None => None,
                };
                out.push_str(written.as_deref().unwrap_or(NOTHING));
                continue;
            }
            Token::Function(name) if takes_addresses(name) => {
                // These take no pictures, or none that an engine would show.
                within.other |= !is_picture(name);
                (")", Inside::Addresses)
            }
            // Of a picture in a set: its media type.
            Token::Function(name) if name.eq_ignore_ascii_case("type") => (")", Inside::Rules),
            Token::Function(_) => (")", inside),
            Token::ParenthesisBlock => (")", inside),
            Token::SquareBracketBlock => ("]", Inside::Rules),
            Token::CurlyBracketBlock => {
                let head = rule.take();
                within.other = place.other;
                within.font |= head == Some(Head::FontFace);
                ("}", Inside::Rules)
            }
            Token::QuotedString(text) if let Some(other) = (whole.string)(text) => {
                let _ = cssparser::serialize_string(&other, out);
                continue;
            }
            // Cut off by the end of its line: its declaration counts for nothing, but would tell it.
            Token::BadString(text) if (whole.string)(text).is_some() => {
                out.push('"');
                continue;
            }
            Token::Comment(text) if (whole.string)(text).is_some() => {
                out.push_str("/**/");
                continue;
            }
            // What the end of the input cuts off must not swallow the brackets that close it here.
            Token::QuotedString(_) | Token::Comment(_) | Token::Ident(_) => {
                let closed = in_full(token);
                let text = parser.slice_from(start);
                out.push_str(if whole.cuts_off(text) { &closed } else { text });
                continue;
            }
            _ => {
                match token {
                    Token::AtKeyword(name) => rule = Some(Head::of(name)),
                    Token::Semicolon => rule = None,
                    _ => {}
                }
                out.push_str(parser.slice_from(start));
                continue;
            }
        };
        out.push_str(parser.slice_from(start));
        let nested = parser.parse_nested_block(|block| {
            Ok::<_, ParseError<()>>(copy(block, out, inner, whole, within, depth + 1))
        });
        nested.map_err(|_| TooDeep)??;
        out.push_str(close);
    }
}

/// A string, comment or name as it is written when it is not cut off. (The parser's own way of
/// writing tokens brings that of numbers with it.)
fn in_full(token: &Token<'_>) -> String {
    let mut text = String::new();
    let _ = match token {
        Token::QuotedString(string) => cssparser::serialize_string(string, &mut text),
        Token::Ident(name) => cssparser::serialize_identifier(name, &mut text),
        Token::Comment(comment) => write!(text, "/*{comment}*/"),
        _ => Ok(()),
    };
    text
}

/// Functions whose result is not known before the style is used.
fn substitutes(function: &str) -> bool {
    function.starts_with("--")
        || ["var", "env", "attr", "if", "inherit"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(function))
}

fn takes_addresses(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    let plain = ["-webkit-", "-moz-"].iter().find_map(|vendor| name.strip_prefix(vendor));
    ["src", "image", "image-set", "cross-fade", "element", "paint"]
        .contains(&plain.unwrap_or(&name))
}

fn is_picture(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    ["image", "image-set", "cross-fade"].iter().any(|known| name.ends_with(known))
}

/// The only argument of a quoted url(). Goes past it.
fn only_string(parser: &mut Parser<'_>) -> Option<String> {
    let mut only = None;
    let _ = parser.parse_nested_block(|block| {
        if let Ok(Token::QuotedString(text)) = block.next() {
            only = Some(text.as_ref().to_owned());
        }
        if block.next().is_ok() {
            only = None;
        }
        while block.next_including_whitespace_and_comments().is_ok() {}
        Ok::<_, ParseError<()>>(())
    });
    only
}

fn write_url(address: &str, out: &mut String) {
    out.push_str("url(");
    let _ = cssparser::serialize_string(address, out);
    out.push(')');
}

fn skip_statement(parser: &mut Parser<'_>) {
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        match token {
            Token::Semicolon => return,
            Token::CurlyBracketBlock => {
                skip_block(parser);
                return;
            }
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                skip_block(parser);
            }
            _ => {}
        }
    }
}

fn skip_block(parser: &mut Parser<'_>) {
    let _ = parser.parse_nested_block(|block| {
        while block.next_including_whitespace_and_comments().is_ok() {}
        Ok::<_, ParseError<()>>(())
    });
}

fn contains_ignore_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests;
