//! What the customer reads, in each language.
//!
//! A language is data: one file with one constant. The compiler demands every text of every
//! language, and no text is put together from words of another one.

mod en;
mod hi;

/// Declares the texts once: as fields, so that a language cannot miss one, and by name, for the
/// `data-t` attributes of `widget.html`.
macro_rules! texts {
    ($($name:ident)*) => {
        /// All texts of one language.
        pub(crate) struct Texts {
            /// BCP 47 tag, for `lang` attributes.
            pub(crate) tag: &'static str,
            /// `ltr` or `rtl`.
            pub(crate) dir: &'static str,
            $(pub(crate) $name: &'static str,)*
        }

        impl Texts {
            /// The text that `data-t="name"` stands for.
            pub(crate) fn get(&self, name: &str) -> Option<&'static str> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }

            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

texts! {
    region
    cancel close try_again
    connecting_title connecting_text
    unreachable_title unreachable_text retry_in
    pin_title pin_text pin_mismatch pin_label pin_valid pin_warning pin_private pin_new pin_left
    expired_title expired_text
    joining_title joining_text
    mismatch_title mismatch_text
    refused_title refused_gone refused_unauthorized refused_busy refused_version
    consent_title consent_verified consent_name consent_staff consent_unit
    consent_check consent_check_text consent_check_label
    consent_sees consent_sees_1 consent_sees_2 consent_not consent_not_1 consent_not_2
    consent_not_3 consent_stop consent_warning
    allow decline report wait
    level_view level_point level_act
    active_label active_view active_point active_act stop stop_label revoke
    ask_title ask_act ask_point ask_reason ask_note
    lost_title lost_text lost_now
    ended_title ended_customer_ended ended_agent_ended ended_connection_lost ended_declined
    ended_not_verified ended_reported ended_mismatch ended_gone ended_unauthorized ended_busy
    ended_protocol_error ended_time_limit ended_idle ended_other ended_tail
    officer highlights highlights_this
    preview_open preview_title preview_text preview_list preview_empty
    preview_seen preview_hidden preview_hidden_by_choice preview_seen_by_choice
    preview_hide preview_show preview_undo preview_hide_label preview_show_label preview_undo_label
    preview_did_hide preview_did_show
}

/// The language for a BCP 47 tag; English where there is none.
pub(crate) fn texts(tag: &str) -> &'static Texts {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    if primary.eq_ignore_ascii_case("hi") { &hi::HINDI } else { &en::ENGLISH }
}

/// Puts values in the places marked `{name}`, in one pass: a value is never searched again, so a
/// name that looks like a mark stays a name.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let Some(close) = after.find('}') else {
            out.push_str(after);
            return out;
        };
        let name = &after[1..close];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&after[..=close]),
        }
        rest = &after[close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_choose_a_language() {
        for (tag, expected) in [
            ("hi", "hi"),
            ("hi-IN", "hi"),
            ("HI_in", "hi"),
            ("en-GB", "en"),
            ("ta", "en"),
            ("", "en"),
        ] {
            assert_eq!(texts(tag).tag, expected, "{tag}");
        }
    }

    #[test]
    fn languages_say_everything_with_the_same_marks() {
        fn marks(text: &str) -> Vec<&str> {
            let mut marks: Vec<_> =
                text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
            marks.sort_unstable();
            marks
        }
        for ((name, english), (_, hindi)) in en::ENGLISH.all().into_iter().zip(hi::HINDI.all()) {
            assert!(!english.is_empty() && !hindi.is_empty(), "{name} is empty");
            assert_eq!(marks(english), marks(hindi), "{name}");
            assert!(hindi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{name}: {hindi}");
        }
    }

    /// Scammers ask for codes and OTPs; what we show must never be called by those names.
    #[test]
    fn the_help_pin_is_not_called_a_code() {
        for texts in [&en::ENGLISH, &hi::HINDI] {
            for (name, text) in texts.all() {
                for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
                    assert!(!matches!(word, "code" | "otp" | "कोड" | "ओटीपी"), "{name}: {text}");
                }
            }
        }
    }

    #[test]
    fn values_are_not_searched_for_marks() {
        let filled = fill("{name} has {n} of {missing}", &[("name", "{n}"), ("n", "2")]);
        assert_eq!(filled, "{n} has 2 of {missing}");
        assert_eq!(fill("open { end", &[]), "open { end");
    }
}
