//! What is told of an element's attributes: of those with a name in a replica as their kind asks, of
//! those of the page's own what style sheets select by.
//!
//! A word that a style sheet gives says no more than a class does, where the page's author means a
//! look by it. In what holds a value, or stands for what does, it could be the value: there, and
//! under a mask, it is not told, nor that there is such an attribute. Nor is, anywhere, what is
//! called as ticks are.

use super::Masker;
use super::controls::{has_word, is_one_of};
use super::names::Attr;
use super::treat::{self, Treatment};
use super::zone::Zone;
use crate::node::{self, AttrKind, Namespace};
use crate::ops::StrId;
use crate::reading::{SettingName, Span};
use std::borrow::Cow;

/// The element whose attributes are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'t> {
    pub(super) namespace: Namespace,
    pub(super) tag: &'t str,
    pub(super) zone: Zone,
    pub(super) settings: Span,
}

impl Masker<'_> {
    /// Tells an attribute, or nothing of it.
    pub(super) fn attribute(&mut self, owner: Owner<'_>, key: StrId, value: StrId) {
        let Owner { namespace, tag, zone, .. } = owner;
        let name = self.raw.strings.get(key);
        let text = self.raw.strings.get(value);
        let attr = self.attr_of(key);
        let Some(kind) = attr.kind else {
            // A script can give one upper case; of an element of HTML no selector asks for such a name.
            let is_asked_for =
                namespace != Namespace::Html || !name.bytes().any(|b| b.is_ascii_uppercase());
            if is_asked_for && attr.is_own && !self.is_left_out(owner, name, attr) {
                self.own_attribute(owner, key, value);
            }
            return;
        };
        let reference = namespace != Namespace::Html && tag != "a";
        let kind = match name {
            "href" if reference => AttrKind::Fragment,
            // A media type, or anything: only lists and controls look as it says.
            "type" if namespace == Namespace::Html && !is_typed(tag) => AttrKind::Data,
            _ => kind,
        };
        if self.is_left_out(owner, name, attr) {
            return;
        }
        // Even whether it is there may be what the control holds.
        let withheld = zone.is_hidden() || Self::withholds(zone);
        if kind == AttrKind::Data && withheld && !is_fixed(name) {
            return;
        }
        let treatment = self.attr_treatment(tag, name, kind, text, zone);
        let value = match treatment {
            // What the kind alone leaves away may still be what a style sheet asks for.
            None | Some(Treatment::Empty) if kind == AttrKind::Data => {
                match (self.asked_of(owner, name, text), treatment) {
                    // Texts of standards, as `title`: no look is meant by their words.
                    (Some(_), None) => self.treat(value, Treatment::Empty),
                    (Some(words), _) => self.told(value, &words),
                    (None, Some(treatment)) => self.treat(value, treatment),
                    (None, None) => return,
                }
            }
            Some(treatment) => self.treat(value, treatment),
            None => return,
        };
        let key = self.own_text(key, name);
        self.settings.push((SettingName::Attr(key), value));
    }

    fn own_attribute(&mut self, owner: Owner<'_>, key: StrId, value: StrId) {
        let (name, text) = (self.raw.strings.get(key), self.raw.strings.get(value));
        let has_value = node::has_own_value(name);
        let value = if owner.zone.is_shown() && has_value {
            self.treat(value, Treatment::Net)
        } else {
            let Some(words) = self.asked_of(owner, name, text) else { return };
            if has_value { self.told(value, &words) } else { self.treat(value, Treatment::Empty) }
        };
        let key = self.treat(key, Treatment::Own);
        self.settings.push((SettingName::Attr(key), value));
    }

    /// Whether nothing is told of an attribute for its name: it is somebody's, or one in which a
    /// control made of other elements has its ticks and choices. Which tab is in front is no value.
    fn is_left_out(&self, owner: Owner<'_>, name: &str, attr: Attr) -> bool {
        if attr.is_somebodys {
            return true;
        }
        if owner.zone.is_shown() {
            return false;
        }
        // Of what is chosen the name, and what keys go to among the boxes of a choice.
        let is_made = || !self.holds_value(owner.tag, owner.settings);
        let is_chosen = name == "aria-activedescendant" || name == "tabindex" && is_made();
        is_chosen && Self::withholds(owner.zone)
            || attr.is_valid
            || attr.is_chosen && !self.is_tab(owner)
    }

    fn is_tab(&self, owner: Owner<'_>) -> bool {
        self.attr(owner.settings, "role").is_some_and(|roles| has_word(roles, &["tab"]))
    }

    /// The words of a value that style sheets give for an attribute; nothing where none asks, or
    /// where it is not for them to say.
    fn asked_of(&mut self, owner: Owner<'_>, name: &str, value: &str) -> Option<String> {
        if self.hides_text(owner.zone) {
            return None;
        }
        let told = self.asked.attributes.told(name, value)?;
        if Self::withholds(owner.zone) {
            return None;
        }
        let is_somebodys = mirrors(name)
            || words(&told).any(|word| is_one_of(word, CHOSEN)) && !self.is_tab(owner)
            || matches!(treat::net(self.policy, &told), Cow::Owned(_));
        Some(if is_somebodys { String::new() } else { told })
    }

    fn told(&mut self, raw: StrId, words: &str) -> StrId {
        if words.is_empty() {
            self.treat(raw, Treatment::Empty)
        } else if words == self.raw.strings.get(raw) {
            self.treat(raw, Treatment::Keep)
        } else {
            self.strings.push(words)
        }
    }
}

/// Words for ticks and choices.
pub(super) const CHOSEN: &[&str] = &[
    "checked",
    "chosen",
    "indeterminate",
    "pressed",
    "selected",
    "ticked",
    "unchecked",
    "unselected",
    "unticked",
];
/// Words in names for what a field is by its value.
pub(super) const VALID: &[&str] = &["dirty", "filled", "invalid", "valid"];

/// Words in classes for which of several is chosen; elsewhere they say what is in front.
const TURNED: &[&str] = &["active", "current", "empty", "off", "on"];

/// The classes of what is in a control that say nothing of what it holds.
pub(super) fn plain_classes(classes: &str) -> String {
    let is_state = |word: &str| [VALID, TURNED].iter().any(|known| is_one_of(word, known));
    let is_plain = |class: &&str| {
        // `isChecked` is one word.
        let lower = class.to_ascii_lowercase();
        !CHOSEN.iter().any(|known| lower.contains(known)) && !words(class).any(is_state)
    };
    classes.split_ascii_whitespace().filter(is_plain).collect::<Vec<_>>().join(" ")
}

/// Whether an attribute is called as pages call the copy of a value.
pub(super) fn mirrors(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "amount",
        "answer",
        "choice",
        "content",
        "current",
        "number",
        "query",
        "selection",
        "text",
        "val",
        "value",
        "values",
    ];
    words(name).any(|word| is_one_of(word, WORDS) || is_one_of(word, CHOSEN))
}

/// Whether its `type` says what an element is; of those of the page's own making only they know.
fn is_typed(tag: &str) -> bool {
    matches!(tag, "input" | "button" | "ol" | "ul" | "li" | "dir") || tag.contains('-')
}

/// Whether the name is a mark of ours, or a compiler has given it, to tell by it whose style an element
/// takes: it is there or not whatever is filled in.
fn is_fixed(name: &str) -> bool {
    let vue = name.strip_prefix("data-v-");
    vue.is_some_and(|hash| {
        (6..=8).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit())
    }) || ["_ngcontent-", "_nghost-", "data-saath-"].iter().any(|known| name.starts_with(known))
}

/// The words of a name.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_copies_are_known() {
        for name in ["data-value", "Value", "data-selected-text", "current", "x_val"] {
            assert!(mirrors(name), "{name}");
        }
        for name in ["variant", "data-state", "valid", "data-theme", "evaluated"] {
            assert!(!mirrors(name), "{name}");
        }
    }

    #[test]
    fn classes_of_controls_do_not_say_what_they_hold() {
        let told = plain_classes("btn is-checked isSelected ng-invalid active form-on onward  w-5");
        assert_eq!(told, "btn onward w-5");
    }

    #[test]
    fn names_that_no_control_changes_are_known() {
        for name in [
            "data-v-7ba5bd90",
            "data-v-1a2b3c",
            "data-saath-mask",
            "_ngcontent-ng-c12",
            "_nghost-abc-c3",
        ] {
            assert!(is_fixed(name), "{name}");
        }
        for name in ["data-v-checked", "data-v-", "data-value", "data-v-123456789", "_ng"] {
            assert!(!is_fixed(name), "{name}");
        }
    }
}
