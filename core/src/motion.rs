//! The animations of an element as one text, taken apart and put together again from nothing but
//! what is known: at the customer's end before it leaves, at the agent's before it is played.
//!
//! A line is an animation, its fields are separated by tabs: [`HEAD`] fields and then the
//! keyframes. The pieces of a keyframe are separated by U+001F: offset, easing, composite, and then
//! property and value in turn. Neither character stands in what a browser prints of CSS.

use crate::css;
use cssparser::Parser;
use std::fmt::Write;

/// What the values of keyframes may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// What is shown: strings as their treatment leaves them.
    Text,
    /// Looks only: no strings and no custom properties.
    Looks,
    /// Nothing: only the animations of the page's own sheets are told, by their names.
    Names,
}

/// Fields before the keyframes: kind, name, number, pseudo-element, play state, current time, rate,
/// delay, end delay, duration, iterations, iteration start, direction, fill, easing, composite,
/// iteration composite.
const HEAD: usize = 17;
/// Animations of one element.
const MAX_ANIMATIONS: usize = 64;
/// Keyframes of one animation.
const MAX_KEYFRAMES: usize = 256;
/// Bytes of one element's animations.
const MAX_TEXT: usize = 64 << 10;
/// Bytes of a name or an easing.
const MAX_NAME: usize = 1024;
const PIECES: char = '\u{1f}';

/// `text` without anything that is not an animation, without requests, and each string in it as
/// `string` makes it. What is too much is left away, whole animations at a time.
pub fn clean(text: &str, carries: Carries, string: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for line in text.lines().take(MAX_ANIMATIONS) {
        let Some(line) = animation(line, carries, &string) else { continue };
        if out.len() + line.len() >= MAX_TEXT {
            break;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&line);
    }
    out
}

fn animation(
    line: &str,
    carries: Carries,
    string: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    if line.len() > MAX_TEXT {
        return None;
    }
    let fields: Vec<&str> = line.split('\t').collect();
    let (head, keyframes) = fields.split_at_checked(HEAD)?;
    let known = head.iter().enumerate().all(|(place, field)| is_known(place, field));
    // By its name an animation of a sheet is found again; those of scripts bring their keyframes.
    let own = head.first() == Some(&"keyframes");
    if !known
        || own && carries == Carries::Names
        || head.get(1).is_some_and(|name| string(name).is_some())
    {
        return None;
    }
    let mut out = head.join("\t");
    if own {
        for keyframe in keyframes.iter().take(MAX_KEYFRAMES) {
            out.push('\t');
            out.push_str(&self::keyframe(keyframe, carries, string)?);
        }
    }
    Some(out)
}

/// Whether a field of the head says what stands at this place.
fn is_known(place: usize, field: &str) -> bool {
    match place {
        0 => matches!(field, "css" | "keyframes"),
        1 => field.len() <= MAX_NAME && !field.contains(PIECES),
        2 => field.len() <= 10 && field.bytes().all(|b| b.is_ascii_digit()),
        3 => is_pseudo(field),
        4 => matches!(field, "running" | "paused" | "finished"),
        5..=9 | 11 => is_number(field),
        10 => field == "Infinity" || is_number(field),
        12 => matches!(field, "normal" | "reverse" | "alternate" | "alternate-reverse"),
        13 => matches!(field, "none" | "forwards" | "backwards" | "both" | "auto"),
        14 => is_easing(field),
        15 | 16 => is_composite(field),
        _ => false,
    }
}

fn is_pseudo(field: &str) -> bool {
    field.is_empty()
        || field.len() <= 64
            && field
                .strip_prefix("::")
                .is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

/// As a script prints one. By the parser of styles: that of the standard library would bring tables of
/// twelve kilobytes that nothing else here needs.
fn is_number(field: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e');
    let mut parser = Parser::new(field);
    field.len() <= 32
        && field.bytes().all(plain)
        && parser.expect_number().is_ok_and(|number| number.abs() <= 1e15)
        && parser.is_exhausted()
}

fn is_easing(field: &str) -> bool {
    field.len() <= MAX_NAME
        && field.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'(' | b')' | b',' | b'.' | b' ' | b'%')
        })
}

fn is_composite(field: &str) -> bool {
    matches!(field, "replace" | "add" | "accumulate" | "auto")
}

/// One keyframe; without the declarations that may not be told.
fn keyframe(
    text: &str,
    carries: Carries,
    string: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut pieces = text.split(PIECES);
    let (offset, easing, composite) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if !is_number(offset) || !is_easing(easing) || !is_composite(composite) {
        return None;
    }
    let mut out = format!("{offset}{PIECES}{easing}{PIECES}{composite}");
    while let (Some(property), Some(value)) = (pieces.next(), pieces.next()) {
        // The value of a custom property is anything.
        let is_somebodys = property.starts_with("--") && string(value).is_some();
        if !is_property(property) || string(property).is_some() || is_somebodys {
            continue;
        }
        let value = match carries {
            Carries::Text => css::with_strings(value, string),
            Carries::Looks | Carries::Names => {
                let quiet = css::without_text(&format!("{property}:{value}"));
                let quiet = css::coarse(&quiet);
                match quiet.strip_prefix(property).and_then(|rest| rest.strip_prefix(':')) {
                    Some(rest) => rest.trim_end_matches(';').to_owned().into(),
                    None => continue,
                }
            }
        };
        let _ = write!(out, "{PIECES}{property}{PIECES}{value}");
    }
    Some(out)
}

/// A property by the name that scripts give it, or a custom one. `offset`, `easing` and `composite`
/// are no properties in a keyframe.
fn is_property(name: &str) -> bool {
    let custom = name.strip_prefix("--").is_some_and(|rest| {
        !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
        && !matches!(name, "offset" | "computedOffset" | "easing" | "composite");
    name.len() <= 256 && (custom || plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TIMES: &str =
        "running\t120\t1\t0\t0\t1000\tInfinity\t0\tnormal\tnone\tease-in\treplace\treplace";

    fn css_line() -> String {
        format!("css\tspin\t0\t::before\t{TIMES}")
    }

    fn script(declarations: &str) -> String {
        let declarations = declarations.replace('|', "\u{1f}");
        format!("keyframes\t\t7\t\t{TIMES}\t0\u{1f}linear\u{1f}auto\u{1f}{declarations}")
    }

    fn shown(text: &str) -> String {
        clean(text, Carries::Text, |string| (string == "PAN").then(|| "██".to_owned()))
    }

    #[test]
    fn ordinary_animations_stay_as_they_are() {
        let text = [css_line(), script("opacity|0.5|transform|rotate(1turn)|--gap|4px")].join("\n");
        assert_eq!(shown(&text), text);
    }

    #[test]
    fn keyframes_neither_fetch_nor_tell() {
        assert_eq!(
            shown(&script("backgroundImage|url(http://x/)|content|'PAN'|--pan|PAN|--a|b")),
            script("backgroundImage|url(data:,)|content|\"██\"|--a|b")
        );
        let quiet = |text: &str| clean(text, Carries::Looks, |_| None);
        assert_eq!(
            quiet(&script("opacity|0.5|content|'x'|--pan|ABCPV1234D|backgroundImage|url(x)")),
            script("opacity|0.5")
        );
        let names = clean(&[css_line(), script("opacity|1")].join("\n"), Carries::Names, |_| None);
        assert_eq!(names, css_line());
    }

    #[test]
    fn what_is_no_animation_is_left_away() {
        for line in [
            "".into(),
            "css\tspin".into(),
            css_line().replace("css", "js"),
            css_line().replace("::before", "::before{}"),
            css_line().replace("running", "<b>"),
            css_line().replace("120", "NaN"),
            css_line().replace("120", "Infinity"),
            css_line().replace("ease-in", "url('x')"),
            css_line().replace("normal", "up"),
            css_line().replace("spin", "PAN"),
            script("").replace("auto", "url"),
        ] {
            assert_eq!(shown(&line), "", "{line}");
        }
        assert_eq!(shown(&script("easing|x|offset|1|on click|y|opacity|1")), script("opacity|1"));
    }

    #[test]
    fn numbers_are_those_of_scripts() {
        for number in ["0", "-1", "120", "0.5", "1e-7", "-1.5e+3", "1000000000000000"] {
            assert!(is_number(number), "{number}");
        }
        for other in
            ["", "-", "1 ", "1-1", "1e21", "1px", "1/**/", "NaN", "Infinity", "1,2", "0x1", "1e"]
        {
            assert!(!is_number(other), "{other}");
        }
    }

    #[test]
    fn there_is_an_end_to_it() {
        let many = vec![css_line(); 1000].join("\n");
        assert_eq!(shown(&many).lines().count(), MAX_ANIMATIONS);
        let frames = "\t0\u{1f}linear\u{1f}auto".repeat(1000);
        assert_eq!(
            shown(&(script("opacity|1") + &frames)).split('\t').count(),
            HEAD + MAX_KEYFRAMES
        );
        let long = script(&format!("--x|{}", "a".repeat(MAX_TEXT)));
        assert_eq!(shown(&long), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(parts in proptest::collection::vec(prop_oneof![
            Just(css_line()), Just(script("opacity|1")), Just("\t".into()), Just("\n".into()),
            Just("\u{1f}".into()), Just("0".into()), Just("linear".into()), Just("url(x)".into()),
            Just("'".into()), Just(":".into()), Just(";".into()), Just("opacity".into()),
        ], 0..12)) {
            let once = shown(&parts.concat());
            let twice = shown(&once);
            // The cut-off end may be written in full once more, but that is the end of it.
            prop_assert_eq!(shown(&twice), twice);
        }
    }
}
