//! What becomes of one text, each treatment a function of the text alone.

use super::joined::Cover;
use super::pictures::{Pictures, Shown};
use super::{Patterns, Policy, attributes};
use crate::css;
use crate::motion::{self, Carries};
use crate::node::OWN;
use std::borrow::Cow;

/// The treatments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Treatment {
    /// As it is. Only for what cannot carry text.
    Keep,
    /// Shown, identifiers taken out.
    Net,
    /// Blocks of a rounded length.
    Blocks,
    /// The same for every text, also for the empty one.
    Secret,
    /// Nothing; that there is something is told.
    Empty,
    /// An address: nothing but that there is one.
    Link,
    /// CSS, its addresses as numbers of assets; none of what may be somebody's.
    Style,
    /// The same with what may be somebody's.
    ShownStyle,
    /// CSS without requests, strings and custom properties, its sizes in steps.
    QuietStyle,
    /// The CSS of what is in a control, without what may be its value.
    ControlStyle,
    /// Classes of what is in a control, without those that say what it holds.
    ControlClass,
    /// How far something is scrolled, in steps.
    Steps,
    /// A number, rounded as those in styles are.
    Rough,
    /// The size of a box, in steps of a character.
    Box,
    /// The size of a box in a line of text, which is as long as what is in it.
    LineBox,
    /// An allowed name.
    Name,
    /// The name of an attribute of the page's own.
    Own,
    /// A style sheet, its strings as shown text and its addresses as numbers of assets; none of
    /// what may be somebody's.
    Sheet,
    /// The same with what may be somebody's.
    ShownSheet,
    /// A style sheet without requests and strings.
    QuietSheet,
    /// Animations without requests, their strings as shown text.
    Motion,
    /// Animations of which only the looks are told.
    QuietMotion,
    /// Animations of which only the names are told.
    NamedMotion,
}

const BLOCK: char = '█';

pub(super) fn treat<'t>(
    policy: &Policy,
    pictures: &Pictures<'_>,
    treatment: Treatment,
    text: &'t str,
) -> Cow<'t, str> {
    #[cfg(feature = "self-test")]
    if policy.is_broken() {
        return text.into();
    }
    let sheet = |zone| {
        let strings = |string: &str| netted(policy, string);
        names(policy, css::numbered(text, strings, |address| pictures.of_sheet(zone, address)))
    };
    let style = |zone| {
        let strings = |string: &str| netted(policy, string);
        names(policy, css::numbered(text, strings, |address| pictures.of_style(zone, address)))
    };
    match treatment {
        Treatment::Keep | Treatment::Name => text.into(),
        Treatment::Own => format!("{OWN}{text}").into(),
        Treatment::Net => net(policy, text),
        Treatment::Blocks => blocks(text).into(),
        Treatment::Secret => "████████".into(),
        Treatment::Empty => "".into(),
        Treatment::ControlClass => {
            net(policy, &attributes::plain_classes(text)).into_owned().into()
        }
        Treatment::Steps => steps(text, 64).into(),
        Treatment::Rough => css::coarse(text),
        Treatment::Box => steps(text, 8).into(),
        Treatment::LineBox => steps(text, 32).into(),
        Treatment::Link => "#".into(),
        Treatment::Style => style(Shown::No),
        Treatment::ShownStyle => style(Shown::Yes),
        Treatment::Sheet => sheet(Shown::No),
        Treatment::ShownSheet => sheet(Shown::Yes),
        Treatment::QuietSheet => {
            let quiet = css::with_strings(text, |_| Some(String::new()));
            names(policy, css::without_values(&quiet).into_owned().into())
        }
        Treatment::QuietStyle => {
            names(policy, css::coarse(&css::without_text(text)).into_owned().into())
        }
        Treatment::ControlStyle => {
            names(policy, css::without_amounts(&css::without_text(text)).into())
        }
        Treatment::Motion => motion(policy, text, Carries::Text),
        Treatment::QuietMotion => motion(policy, text, Carries::Looks),
        Treatment::NamedMotion => motion(policy, text, Carries::Names),
    }
}

/// CSS without the identifiers that stand in it as names or as values of custom properties.
fn names<'t>(policy: &Policy, css: Cow<'t, str>) -> Cow<'t, str> {
    if policy.patterns == Patterns::Off {
        return css;
    }
    match css::netted(&css, &|name| netted(policy, name)) {
        Cow::Borrowed(_) => css,
        Cow::Owned(other) => other.into(),
    }
}

fn motion<'t>(policy: &Policy, text: &str, carries: Carries) -> Cow<'t, str> {
    motion::clean(text, carries, |string| netted(policy, string)).into()
}

/// What the pattern net makes of a string, if it makes anything.
fn netted(policy: &Policy, string: &str) -> Option<String> {
    match net(policy, string) {
        Cow::Borrowed(_) => None,
        Cow::Owned(masked) => Some(masked),
    }
}

/// `text` with every identifier of the pattern net replaced by eight blocks.
pub(super) fn net<'t>(policy: &Policy, text: &'t str) -> Cow<'t, str> {
    if policy.patterns == Patterns::Off {
        return text.into();
    }
    let mut found = vec![];
    saath_patterns::find(text, &mut found);
    if found.is_empty() {
        return text.into();
    }
    let covers: Vec<_> = found.into_iter().map(|range| Cover { range, is_part: false }).collect();
    covered(text, &covers).into()
}

/// `text` with blocks in place of each of these parts: eight for an identifier, and four for each
/// part of one.
pub(super) fn covered(text: &str, covers: &[Cover]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Cover { range, is_part } in covers {
        out.push_str(text.get(at..range.start).unwrap_or(""));
        out.extend(std::iter::repeat_n(BLOCK, if *is_part { 4 } else { 8 }));
        at = range.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// Blocks in place of `text`, as many as the next step of 4, 8, 16, 32… takes, so that the length
/// is not told. White space alone stays, as layout depends on it; long runs can wrap.
pub(super) fn blocks(text: &str) -> String {
    if text.chars().all(char::is_whitespace) {
        return text.to_owned();
    }
    let count = text.trim().chars().count().next_power_of_two().clamp(4, 1 << 12);
    let mut out = String::with_capacity(count * BLOCK.len_utf8() + count / 8 + 2);
    if text.starts_with(char::is_whitespace) {
        out.push(' ');
    }
    for index in 0..count {
        if index > 0 && index % 8 == 0 {
            out.push(' ');
        }
        out.push(BLOCK);
    }
    if text.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    out
}

/// Numbers of pixels in steps, rounded down; what is less than a step is one.
fn steps(text: &str, size: i32) -> String {
    let step = |number: &str| {
        let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
        let is_some = !number.starts_with('-') && (whole != "0" || rest.bytes().any(|b| b != b'0'));
        match whole.parse::<i32>() {
            Ok(whole) if is_some => (whole / size).max(1).saturating_mul(size),
            _ => 0,
        }
    };
    text.split(',').map(|number| step(number).to_string()).collect::<Vec<_>>().join(",")
}

/// As [`blocks`]; what is blocks already stays as it is.
pub(super) fn blocks_again(text: &str) -> String {
    let masked = text.chars().all(|c| c == BLOCK || c.is_whitespace());
    if masked { text.to_owned() } else { blocks(text) }
}

/// Whether a control's `name` or `id` says that it takes a password, a one-time code or a card's
/// check code.
pub(super) fn names_a_secret(name: &str) -> bool {
    // `cardCvv` is two words.
    let mut words = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if small && c.is_ascii_uppercase() {
            words.push('-');
        }
        small = c.is_ascii_lowercase();
        words.push(c.to_ascii_lowercase());
    }
    let name = words.replace(['-', '_', ' '], "");
    if ["password", "passwd", "passphrase", "captcha", "csrf", "onetime"]
        .iter()
        .any(|word| name.contains(word))
    {
        return true;
    }
    // Short words only where they stand alone, or `otp` would be found in `hotplate`.
    words.split(|c: char| !c.is_ascii_alphabetic()).any(|word| {
        matches!(word, "otp" | "evc" | "cvv" | "cvc" | "csc" | "tpin" | "mpin" | "upin" | "pwd")
    }) || name.starts_with("otp")
        || name.ends_with("otp")
}

/// Words that pages put into `data-` attributes as states and that cannot be anybody's data.
pub(super) fn is_state_word(value: &str) -> bool {
    STATE_WORDS.binary_search(&value).is_ok()
}

const STATE_WORDS: &[&str] = &[
    "",
    "0",
    "1",
    "active",
    "asc",
    "ascending",
    "auto",
    "bottom",
    "center",
    "closed",
    "collapsed",
    "complete",
    "current",
    "danger",
    "dark",
    "desc",
    "descending",
    "disabled",
    "done",
    "enabled",
    "end",
    "error",
    "even",
    "expanded",
    "false",
    "first",
    "hidden",
    "hide",
    "horizontal",
    "idle",
    "inactive",
    "info",
    "large",
    "last",
    "left",
    "light",
    "loaded",
    "loading",
    "medium",
    "no",
    "none",
    "odd",
    "off",
    "on",
    "open",
    "opened",
    "pending",
    "primary",
    "ready",
    "right",
    "secondary",
    "show",
    "shown",
    "small",
    "start",
    "success",
    "top",
    "true",
    "vertical",
    "visible",
    "warning",
    "yes",
];
/// What lays an element out and says nothing of what is in it.
pub(super) fn is_layout(name: &str) -> bool {
    LAYOUT_NAMES.binary_search(&name).is_ok()
}

const LAYOUT_NAMES: &[&str] = &[
    "align",
    "autocomplete",
    "cols",
    "colspan",
    "contenteditable",
    "dir",
    "disabled",
    "height",
    "hidden",
    "multiple",
    "nowrap",
    "open",
    "popover",
    "readonly",
    "required",
    "role",
    "rows",
    "rowspan",
    "size",
    "span",
    "tabindex",
    "type",
    "valign",
    "viewBox",
    "width",
    "wrap",
];
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_tell_no_length() {
        assert_eq!(blocks("a"), blocks("abcd"));
        assert_eq!(blocks("abcde"), blocks("abcdefgh"));
        assert_eq!(blocks("  \n "), "  \n ");
        assert_eq!(blocks(" ab"), " ████");
        assert_eq!(blocks("nine char"), "████████ ████████");
        assert_eq!(blocks(""), "");
    }

    #[test]
    fn tables_are_sorted() {
        for table in [STATE_WORDS, LAYOUT_NAMES] {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
        }
    }

    #[test]
    fn names_of_secrets() {
        for name in [
            "otp",
            "user-otp",
            "otpCode",
            "loginOtp",
            "newPassword",
            "csrf_token",
            "cvv",
            "card-cvc2",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["hotplate", "gross", "spin", "options", "name"] {
            assert!(!names_a_secret(name), "{name}");
        }
    }
}
