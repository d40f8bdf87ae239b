//! What makes an element a control, and what of it is its value.
//!
//! A control of the page's own making says by its role what it is; its value is then in its text, in
//! what is drawn inside of it, or in attributes of it and of its children. Which it is must be told
//! by what does not change with the value, or the change would tell.

use super::zone::Zone;
use super::{Masker, attributes};
use crate::node::Prop;
use crate::reading::{SettingName, Span};

/// Their text is their value.
const WRITTEN: &[&str] = &["combobox", "searchbox", "spinbutton", "textbox"];
/// What is drawn in them is: a tick, a bar, what is chosen of a list.
const DRAWN: &[&str] = &[
    "checkbox",
    "listbox",
    "menuitemcheckbox",
    "menuitemradio",
    "meter",
    "option",
    "progressbar",
    "radio",
    "scrollbar",
    "slider",
    "switch",
];
/// Their attributes are, and those in them.
const MARKED: &[&str] = &["gridcell", "radiogroup", "row", "treeitem"];
/// They are pressed and hold nothing.
const PRESSED: &[&str] = &["button", "link", "menuitem", "tab"];

/// What the glue says of a class whose elements are controls of a form.
const FORM: &str = ":form";
/// Attributes of an element of the page's own making that is a control, whatever they say.
const HELD: &[&str] = &["checked", "ticked", "unchecked", "val", "value", "values"];

impl Masker<'_> {
    /// The bits of the zone that an element has for being a control.
    pub(super) fn control_zone(&self, tag: &str, span: Span) -> u16 {
        let roles = self.attr(span, "role").unwrap_or("");
        let is = |known| has_word(roles, known);
        let is_list = self.attr(span, "aria-haspopup").is_some_and(|v| has_word(v, &["listbox"]));
        let is_edited =
            self.attr(span, "contenteditable").is_some_and(|v| !v.eq_ignore_ascii_case("false"));
        let is_written =
            matches!(tag, "select" | "datalist" | "output" | "textarea" | "meter" | "progress")
                || is_edited
                || tag != "input" && (is(WRITTEN) || is_list);
        let is_control = is_written
            || is_drawn(roles)
            || is(MARKED)
            // Some have the state of the box that they are the text of.
            || tag == "label"
            || self.holds_value(tag, span)
            || tag.contains('-') && !is(PRESSED) && self.is_made_to_hold(span);
        Zone::default()
            .with(Zone::VALUE, is_written)
            .with(Zone::CONTROL, is_control)
            .with(Zone::DRAWN, is_drawn(roles))
            .0
    }

    /// Whether an element of the page's own making is a control: by what its class is made for, by
    /// an attribute, or for taking the focus without a role that anybody else sees.
    fn is_made_to_hold(&self, span: Span) -> bool {
        let settings = self.raw.settings.get(span.range()).unwrap_or(&[]);
        settings.iter().any(|&(name, text)| match name {
            SettingName::Attr(key) => {
                let name = self.raw.strings.get(key);
                name.eq_ignore_ascii_case("tabindex") || holds(name)
            }
            // The glue tells what its class says of itself.
            SettingName::Prop(Prop::Withheld) => {
                let told = self.raw.strings.get(text);
                told.split_ascii_whitespace().any(|word| word == FORM || holds(word))
            }
            SettingName::Prop(_) => false,
        })
    }

    /// Whether nothing may be told of what an element looks like by its attributes: it is in a
    /// control, or is one, and its value is not shown.
    pub(super) fn withholds(zone: Zone) -> bool {
        !zone.is_shown() && zone.has(Zone::CONTROL)
    }
}

/// Whether, by its role, what is drawn in an element is its value.
pub(super) fn is_drawn(roles: &str) -> bool {
    has_word(roles, DRAWN)
}

fn holds(name: &str) -> bool {
    attributes::words(name).any(|word| is_one_of(word, HELD))
}

/// Whether one of the words of `text` is among `words`, in whatever case.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    text.split_ascii_whitespace().any(|word| is_one_of(word, words))
}

pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}
