//! Sizes and places that are somebody's amounts: a bar of `width:63%`, a thumb at `left:126px`.

use super::rules::{Edits, opens, skip_block};
use cssparser::{Delimiter, ParseError, Parser, Token};
use std::borrow::Cow;

/// What is told of a share, in hundredths of a percent, and of a length that is as long as a few
/// characters, in hundredths of its unit.
const SHARE: i32 = 1000;
const LENGTH: i32 = 800;
/// More steps than any screen has.
const MOST: i32 = 8192;
/// Hundredths: a larger number than styles need.
const MANY: i32 = 100_000_000;
const MAX_DEPTH: usize = 48;
/// The units that count characters.
const COUNTS: [&str; 6] = ["ch", "rch", "ex", "rex", "ic", "ric"];
/// Those of CSS: what else stands behind a number is a word.
#[rustfmt::skip]
const UNITS: [&str; 51] = [
    "px", "em", "rem", "ex", "rex", "ch", "rch", "cap", "rcap", "ic", "ric", "lh", "rlh",
    "vw", "vh", "vi", "vb", "vmin", "vmax", "svw", "svh", "svi", "svb", "lvw", "lvh", "lvi", "lvb",
    "dvw", "dvh", "dvi", "dvb", "cqw", "cqh", "cqi", "cqb", "cqmin", "cqmax", "cm", "mm", "in", "pt",
    "pc", "deg", "grad", "rad", "turn", "s", "ms", "dpi", "fr", "x",
];

/// Declarations in which shares are told in tenths, lengths in steps of eight and other numbers, if
/// they have more than three digits, by the first two, all rounded down so that what stood side by side
/// still fits.
pub fn coarse(declarations: &str) -> Cow<'_, str> {
    let mut edits = Edits::of(declarations);
    round(&mut Parser::new(declarations), &mut edits, 0);
    edits.apply()
}

fn round(parser: &mut Parser<'_>, edits: &mut Edits<'_>, depth: usize) {
    loop {
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
        // What was written, what is told of it, and the unit.
        let number = match token {
            Token::Percentage { unit_value, .. } => {
                let percent = *unit_value * 100.0;
                (percent, steps(percent, SHARE, SHARE), "%", true)
            }
            Token::Dimension { value, unit, .. } => {
                let known = UNITS.iter().find(|known| known.eq_ignore_ascii_case(unit));
                let is_count = COUNTS.iter().any(|known| known.eq_ignore_ascii_case(unit));
                let told = steps(*value, LENGTH, if is_count { LENGTH } else { 2 * LENGTH });
                // One that means nothing still does.
                (*value, told, known.copied().unwrap_or("saath"), known.is_some())
            }
            Token::Number { value, .. } => (*value, two_digits(*value), "", true),
            token if opens(token) => {
                let within = parser.position().byte_index();
                if depth >= MAX_DEPTH {
                    edits.replace(within, skip_block(parser), "");
                } else {
                    let _ = parser.parse_nested_block(|block| {
                        round(block, edits, depth + 1);
                        Ok::<_, ParseError<()>>(())
                    });
                }
                continue;
            }
            _ => continue,
        };
        let (value, told, unit, is_known) = number;
        let end = parser.position().byte_index();
        let written = edits.text(start, end).unwrap_or("");
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        // What says the same is left as it was written, unless it says it with digits that change
        // nothing, and so are numbers of few digits.
        let is_same = is_known && digits <= 4 && (value * 100.0 - told as f32).abs() < 0.05;
        if !is_same && (digits > 3 || !unit.is_empty()) {
            let text = apart(edits, start, end, plain(told) + unit);
            edits.replace(start, end, text);
        }
    }
}

/// A number that joins neither what stands before it nor what stands behind it, as the one that was
/// written does not.
fn apart(edits: &Edits<'_>, start: usize, end: usize, mut text: String) -> String {
    let written = edits.text(start, end).unwrap_or("");
    if written.starts_with('.') {
        match text.strip_prefix("0.") {
            Some(places) => text = format!(".{places}"),
            None if text.starts_with('0') => text.insert(0, '.'),
            None => text.insert_str(0, "/**/"),
        }
    }
    if let Some(sign @ ('+' | '-')) = written.chars().next()
        && !text.starts_with(sign)
    {
        text.insert(0, sign);
    }
    if edits.text(end, end + 1) == Some(".") {
        text.push_str("/**/");
    }
    text
}

/// Hundredths, rounded down: all that is told of a number.
fn hundredths(value: f32) -> i32 {
    // Fractions are not quite what they were written as in a computer.
    (value * 100.000_1 + value.signum() * 0.01) as i32
}

/// The hundredths of a value in whole steps; what is below `least` stays.
fn steps(value: f32, step: i32, least: i32) -> i32 {
    let value = hundredths(value);
    if value.saturating_abs() < least {
        return value;
    }
    (value / step).clamp(-MOST, MOST) * step
}

/// The hundredths of a number by its first two digits.
fn two_digits(value: f32) -> i32 {
    let value = hundredths(value).clamp(-MANY, MANY);
    let mut unit = 1;
    while value.abs() / unit >= 100 {
        unit *= 10;
    }
    value / unit * unit
}

/// Hundredths as CSS writes numbers.
fn plain(value: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, places) = (value.abs() / 100, value.abs() % 100);
    match places {
        0 => format!("{sign}{whole}"),
        _ if places % 10 == 0 => format!("{sign}{whole}.{}", places / 10),
        _ => format!("{sign}{whole}.{places:02}"),
    }
}

/// Declarations without those that may be the value of a control: what moves or turns it, shares other
/// than the whole and nothing, and custom properties.
pub fn without_amounts(declarations: &str) -> String {
    let mut parser = Parser::new(declarations);
    let mut out = String::new();
    loop {
        let declaration = parser.parse_until_before(Delimiter::Semicolon, |inner| {
            inner.skip_whitespace();
            let start = inner.position();
            let is_told = !tells(inner);
            Ok::<_, ParseError<()>>(
                if is_told { inner.slice_from(start).trim() } else { "" }.to_owned(),
            )
        });
        for declaration in declaration.iter().filter(|declaration| !declaration.is_empty()) {
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

fn tells(parser: &mut Parser<'_>) -> bool {
    let mut tells = false;
    let mut is_first = true;
    while let Ok(token) = parser.next() {
        tells |= match token {
            Token::Ident(name) if is_first => name.starts_with("--") || moves(name),
            Token::Percentage { unit_value, .. } => *unit_value != 0.0 && *unit_value != 1.0,
            // What is calculated or drawn.
            Token::Function(_) | Token::CurlyBracketBlock => true,
            _ => false,
        };
        is_first = false;
    }
    tells
}

/// Whether a property places an element, or a part of its picture.
fn moves(property: &str) -> bool {
    const STARTS: &[&str] = &[
        "background",
        "block-size",
        "bottom",
        "clip",
        "flex",
        "grid",
        "inline-size",
        "inset",
        "left",
        "mask",
        "offset",
        "right",
        "rotate",
        "scale",
        "stroke-dash",
        "top",
        "transform",
        "translate",
    ];
    let name = property.to_ascii_lowercase();
    STARTS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_told_in_steps() {
        for (css, told) in [
            ("width:63%", "width:60%"),
            ("width:33.33%;height:100%;top:0%", "width:30%;height:100%;top:0%"),
            ("width:30%;left:-63%", "width:30%;left:-60%"),
            ("width:5%;left:1px;top:15px", "width:5%;left:1px;top:15px"),
            ("width:417px;left:-417px;top:16px", "width:416px;left:-416px;top:16px"),
            (
                "transform:translate(417px,calc(63% - 41em))",
                "transform:translate(416px,calc(60% - 40em))",
            ),
            ("z-index:417;opacity:.63", "z-index:417;opacity:.63"),
        ] {
            assert_eq!(coarse(css), told, "{css}");
            assert_eq!(coarse(told), told, "{css}");
        }
    }

    #[test]
    fn controls_tell_no_amounts() {
        for css in [
            "width:63%",
            "LEFT:126px",
            "--value:63",
            "width:calc(1px*63)",
            "transform:scaleX(.63)",
            "flex-grow:63",
            "background-position:63px",
            "inset-inline-start:63px",
            "stroke-dashoffset:63",
        ] {
            assert_eq!(
                without_amounts(&format!("color:red;{css};margin:0")),
                "color:red;margin:0",
                "{css}"
            );
        }
        let plain = "width:100%;height:0%;padding:2px 4px;color:#123";
        assert_eq!(without_amounts(plain), plain);
    }
}
