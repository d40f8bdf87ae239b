//! What the widget says where that depends on more than the state: pure, so tested natively.

use super::super::locales::Texts;

/// A card with a heading, a sentence and at most two buttons.
#[derive(Clone, Copy, Default)]
pub(super) struct Note {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) busy: bool,
    /// Shows the button for another PIN, with this text.
    pub(super) new: Option<&'static str>,
    /// Text of the button that closes, if it is not Cancel.
    pub(super) close: Option<&'static str>,
}

/// What is said when the relay refuses, and whether pressing a button can help.
pub(super) fn refused(t: &Texts, why: &str) -> Note {
    let (text, new) = match why {
        "unauthorized" => (t.refused_unauthorized, None),
        // Both are tried again by themselves; who does not want to wait may press.
        "busy" | "too_many" => (t.refused_busy, Some(t.try_again)),
        "version" => (t.refused_version, None),
        _ => (t.refused_gone, Some(t.pin_new)),
    };
    Note { title: t.refused_title, text, new, close: Some(t.close), ..Note::default() }
}

/// What is said of a PIN; first why there is another one.
pub(super) fn pin_spoken(t: &Texts, label: &str, mismatch: bool) -> String {
    let because = if mismatch { t.pin_mismatch } else { "" };
    format!("{because} {label}. {}", t.pin_text).trim_start().to_owned()
}

/// `482 719` → `4 8 2, 7 1 9`: read as digits, never as four hundred and eighty-two.
pub(super) fn spelled(groups: &[String]) -> String {
    let mut out = String::new();
    for group in groups {
        if !out.is_empty() {
            out.push(',');
        }
        for digit in group.chars() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push(digit);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::locales::texts;
    use super::*;

    #[test]
    fn a_refusal_that_is_tried_again_is_not_called_gone() {
        for t in [texts("en"), texts("hi")] {
            for (why, text, new) in [
                ("gone", t.refused_gone, Some(t.pin_new)),
                ("unauthorized", t.refused_unauthorized, None),
                ("busy", t.refused_busy, Some(t.try_again)),
                ("version", t.refused_version, None),
                ("too_many", t.refused_busy, Some(t.try_again)),
            ] {
                let note = refused(t, why);
                assert_eq!((note.text, note.new), (text, new), "{why}");
            }
        }
    }

    #[test]
    fn a_new_pin_after_a_mismatch_says_why() {
        let t = texts("en");
        let (label, text) = ("Help PIN: 4 8 2", t.pin_text);
        assert_eq!(pin_spoken(t, label, false), format!("{label}. {text}"));
        let because = "The numbers did not match. Here is a new one.";
        assert_eq!(pin_spoken(t, label, true), format!("{because} {label}. {text}"));
    }

    #[test]
    fn pins_are_spelled_digit_by_digit() {
        let groups = ["482", "719", "035"].map(String::from);
        assert_eq!(spelled(&groups), "4 8 2, 7 1 9, 0 3 5");
        assert_eq!(spelled(&["07".into()]), "0 7");
    }
}
