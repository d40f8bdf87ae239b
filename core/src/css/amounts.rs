//! Sizes and places that are somebody's amounts: a bar of `width:63%`, a thumb at `left:126px`.

use super::rules::{Edits, opens, skip_block};
use cssparser::{Delimiter, ParseError, Parser, Token};
use std::borrow::Cow;

/// What is told of a share, and of a length that is as long as a few characters.
const SHARE: f32 = 0.1;
const LENGTH: f32 = 8.0;
/// More steps than any screen has.
const MOST: f32 = 8192.0;
/// A larger number than styles need.
const MANY: f32 = 1e6;
const MAX_DEPTH: usize = 48;
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
        let text = match token {
            Token::Percentage { unit_value, .. } => {
                Some(format!("{}%", plain(steps(*unit_value, SHARE, SHARE) * 100.0)))
            }
            Token::Dimension { value, unit, .. } => {
                let unit = UNITS.iter().find(|known| known.eq_ignore_ascii_case(unit));
                // It still means nothing.
                let unit = unit.unwrap_or(&"saath");
                Some(format!("{}{unit}", plain(steps(*value, LENGTH, 2.0 * LENGTH))))
            }
            Token::Number { value, .. } => {
                let value = *value;
                let written = edits.text(start, parser.position().byte_index());
                written.filter(|text| digits(text) > 3).map(|_| plain(two_digits(value)))
            }
            token if opens(token) => {
                let within = parser.position().byte_index();
                if depth >= MAX_DEPTH {
                    skip_block(parser);
                    edits.replace(within, parser.position().byte_index(), ")");
                } else {
                    let _ = parser.parse_nested_block(|block| {
                        round(block, edits, depth + 1);
                        Ok::<_, ParseError<()>>(())
                    });
                }
                None
            }
            _ => None,
        };
        let end = parser.position().byte_index();
        // What says the same is left as it was written, unless it says it with digits that change
        // nothing.
        let is_same = |text: &str| {
            let written = edits.text(start, end).unwrap_or("");
            let ((value, unit), (told, told_unit)) = (parts(written), parts(text));
            digits(written) <= 4 && value == told && unit.eq_ignore_ascii_case(told_unit)
        };
        if let Some(text) = text.filter(|text| !is_same(text)) {
            let apart = apart(edits, start, end, text);
            edits.replace(start, end, apart);
        }
    }
}

/// A number that joins neither what stands before it nor what stands behind it, as the one that was
/// written does not.
fn apart(edits: &Edits<'_>, start: usize, end: usize, mut text: String) -> String {
    let written = edits.text(start, end).unwrap_or("");
    if written.starts_with('.') {
        text = text
            .strip_prefix('0')
            .filter(|text| text.starts_with('.'))
            .map_or(".0".into(), str::to_owned);
    }
    if written.starts_with('+') {
        text.insert(0, '+');
    }
    if edits.text(end, end + 1) == Some(".") {
        text.push_str("/**/");
    }
    text
}

/// A value in whole steps; what is below `least` stays.
fn steps(value: f32, step: f32, least: f32) -> f32 {
    if value.abs() < least {
        return value;
    }
    // A share of three tenths is not quite that in a computer.
    (value / step + value.signum() * 1e-4).trunc().clamp(-MOST, MOST) * step
}

/// A number by its first two digits.
fn two_digits(value: f32) -> f32 {
    let value = value.clamp(-MANY, MANY);
    let unit = 10_f32.powi(value.abs().max(1e-3).log10().floor() as i32 - 1);
    // Fractions are not quite what they were written as in a computer.
    (value / unit + value.signum() * 1e-3).trunc() * unit
}

/// With two places after the point, and without those that are zero.
fn plain(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn digits(token: &str) -> usize {
    token.bytes().filter(u8::is_ascii_digit).count()
}

/// The number of a token, and its unit.
fn parts(token: &str) -> (Option<f32>, &str) {
    let end = token.find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.')));
    let (number, unit) = token.split_at(end.unwrap_or(token.len()));
    (number.parse().ok(), unit)
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
