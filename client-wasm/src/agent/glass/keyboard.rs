//! Typing while acting: text by way of a hidden textarea, so that input methods work; other keys by
//! name.

use super::{Inner, Target, Tool, after_tab, bits};
use saath_core::message::action::Action;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Element, HtmlInputElement, HtmlLabelElement, HtmlTextAreaElement, InputEvent,
    KeyboardEvent,
};

/// Most characters of one paste.
const LONGEST: usize = 10_000;

/// Keys that are sent by name. All others are text, or the agent's own browser's.
const KEYS: [&str; 13] = [
    "Enter",
    "Tab",
    "Escape",
    "Backspace",
    "Delete",
    "ArrowLeft",
    "ArrowUp",
    "ArrowRight",
    "ArrowDown",
    "Home",
    "End",
    "PageUp",
    "PageDown",
];

impl Inner {
    pub(super) fn key(&self, event: &KeyboardEvent) {
        // An input method has it.
        if event.is_composing() || event.key_code() == 229 || self.tool.get() != Tool::Act {
            return;
        }
        let key = event.key();
        if key == "Escape" && event.shift_key() {
            event.prevent_default();
            let _ = self.layer.keys.blur();
            return;
        }
        let Some(field) = self.field.borrow().clone() else { return };
        let command = event.ctrl_key() || event.meta_key();
        let select_all = command && !event.alt_key() && key.eq_ignore_ascii_case("a");
        let press = key == " " && !takes_text(&field.element);
        let named = KEYS.contains(&key.as_str()) && !event.meta_key() && !event.alt_key();
        if !select_all && !press && !named {
            // A letter for something that takes no text must not wait in the textarea.
            if !takes_text(&field.element) && key.chars().count() == 1 && !command {
                event.prevent_default();
            }
            return;
        }
        event.prevent_default();
        self.take_typed();
        let opens = matches!(key.as_str(), "Enter" | " " | "ArrowDown" | "ArrowUp");
        if opens && self.open_picker(&field) {
            return;
        }
        let held = [event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key()];
        self.act(Action::Key { target: field.id, key: key.clone(), modifiers: bits(held) });
        if key == "Tab" {
            let next = after_tab(&field.element, event.shift_key());
            if let Some(next) = next.and_then(|next| self.target(next)) {
                self.field.replace(Some(next));
            }
        }
    }

    pub(super) fn typed(&self, event: &InputEvent) {
        if !event.is_composing() {
            self.take_typed();
        }
    }

    /// Sends what is in the textarea.
    pub(super) fn take_typed(&self) {
        let text = self.layer.keys.value();
        if !text.is_empty() {
            self.layer.keys.set_value("");
            self.insert(text);
        }
    }

    pub(super) fn pasted(&self, event: &ClipboardEvent) {
        event.prevent_default();
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.insert(text.chars().take(LONGEST).collect());
        }
    }

    fn insert(&self, text: String) {
        let field = self.field.borrow().clone();
        if let Some(Target { id, element }) = field
            && self.tool.get() == Tool::Act
            && takes_text(&element)
        {
            self.act(Action::InsertText { target: id, text });
        }
    }
}

/// The field that a click on this element is about: itself, its label's, or the rich text it is in.
pub(super) fn field_of(element: &Element) -> Option<Element> {
    if takes_text(element) {
        return Some(element.clone());
    }
    if let Ok(Some(label)) = element.closest("label") {
        return label.unchecked_ref::<HtmlLabelElement>().control().map(Into::into);
    }
    element
        .closest("[contenteditable]:not([contenteditable=false i]),button,a[href],summary")
        .ok()?
}

fn takes_text(element: &Element) -> bool {
    match element.local_name().as_str() {
        "textarea" => !element.unchecked_ref::<HtmlTextAreaElement>().read_only(),
        "input" => matches!(
            element.unchecked_ref::<HtmlInputElement>().type_().as_str(),
            "text" | "search" | "url" | "tel" | "email" | "number"
        ),
        _ => element
            .get_attribute("contenteditable")
            .is_some_and(|editable| !editable.eq_ignore_ascii_case("false")),
    }
}
