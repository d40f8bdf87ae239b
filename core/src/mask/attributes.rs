//! What is told of an element's attributes: of those with a name in a replica as their kind asks, of
//! those of the page's own what style sheets select by.
//!
//! A word that a style sheet gives says no more than a class does, where the page's author means a
//! look by it. On what holds a value, or stands for what does, it could be the value: there, and
//! under a mask, it is not told, nor that there is such an attribute.

use super::Masker;
use super::treat::{self, Treatment};
use super::zone::Zone;
use crate::node::{self, AttrKind, AttrName, Namespace};
use crate::ops::StrId;
use crate::reading::{SettingName, Span};

/// The element whose attributes are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'t> {
    pub(super) namespace: Namespace,
    pub(super) tag: &'t str,
    pub(super) zone: Zone,
    pub(super) settings: Span,
}

impl Masker<'_> {
    /// Whether the element is a control, by itself or by its role: what it looks like may be its value.
    fn is_control(&self, owner: Owner<'_>) -> bool {
        const ROLES: &[&str] = &[
            "checkbox",
            "combobox",
            "gridcell",
            "listbox",
            "menuitemcheckbox",
            "menuitemradio",
            "meter",
            "option",
            "progressbar",
            "radio",
            "radiogroup",
            "scrollbar",
            "searchbox",
            "slider",
            "spinbutton",
            "switch",
            "textbox",
            "treeitem",
        ];
        let is_known = |role: &str| ROLES.iter().any(|known| known.eq_ignore_ascii_case(role));
        let role = self.attr(owner.settings, "role").unwrap_or("");
        self.holds_value(owner.tag, owner.settings) || role.split_ascii_whitespace().any(is_known)
    }

    /// Whether the element is a control and its value is not shown.
    fn withholds(&self, owner: Owner<'_>) -> bool {
        !owner.zone.is_shown() && self.is_control(owner)
    }

    /// Tells an attribute, or nothing of it.
    pub(super) fn attribute(&mut self, owner: Owner<'_>, key: StrId, value: StrId) {
        let Owner { namespace, tag, zone, .. } = owner;
        let name = self.raw.strings.get(key);
        let text = self.raw.strings.get(value);
        let Some((attr, kind)) = AttrName::parse(name) else {
            // A script can give one upper case; of an element of HTML no selector asks for such a name.
            let is_asked_for =
                namespace != Namespace::Html || !name.bytes().any(|b| b.is_ascii_uppercase());
            if is_asked_for && node::is_own(name) {
                self.own_attribute(owner, key, value);
            }
            return;
        };
        let reference = namespace != Namespace::Html && tag != "a";
        let kind = if reference && attr.as_str() == "href" { AttrKind::Fragment } else { kind };
        let mut treatment = self.attr_treatment(tag, attr.as_str(), kind, text, zone);
        if treatment.is_some() && tells_state(name) && self.withholds(owner) {
            treatment = (kind == AttrKind::Data).then_some(Treatment::Empty);
        }
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

    /// The words of a value that style sheets give for an attribute; nothing where none asks, or
    /// where it is not for them to say.
    fn asked_of(&mut self, owner: Owner<'_>, name: &str, value: &str) -> Option<String> {
        let Owner { zone, .. } = owner;
        if self.hides_text(zone) {
            return None;
        }
        let words = self.asked.attributes.told(name, value)?;
        if self.withholds(owner) {
            return None;
        }
        let is_somebodys = mirrors(name) || treat::net(self.policy, &words) != words;
        Some(if is_somebodys { String::new() } else { words })
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

/// Whether an attribute is one in which a control made of other elements has its ticks and choices.
fn tells_state(name: &str) -> bool {
    name.starts_with("data-")
        || ["aria-checked", "aria-selected"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether an attribute is called as pages call the copy of a value.
fn mirrors(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "amount",
        "answer",
        "checked",
        "choice",
        "chosen",
        "content",
        "current",
        "number",
        "query",
        "selected",
        "selection",
        "text",
        "val",
        "value",
        "values",
    ];
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
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
}
