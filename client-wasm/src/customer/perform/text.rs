//! Typing into fields, so that the page and its framework notice.
//!
//! Frameworks put their own `value` property on a field to see who writes it. Values are therefore
//! set through the browser's property or its range editing, and told as events, as typing does.

use super::{
    Attempt,
    events::{Fired, fire_before_input, fire_change, fire_input, window_of},
    focus,
    guard::Field,
};
use js_sys::{Function, Object, Reflect};
use saath_core::message::action::Outcome;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Selection,
    SelectionMode,
};

/// Types text at the caret, over the selection.
pub(super) fn insert(target: &Element, text: &str) -> Attempt {
    match Field::of(target) {
        Field::Line(input) => {
            let text = text.replace(['\r', '\n'], "");
            Caret::of_input(input)?.insert(&text, "insertText")
        }
        Field::Area(area) => {
            let text = text.replace("\r\n", "\n");
            Caret::of_area(area)?.insert(&text, "insertText")
        }
        Field::Opaque(input) => insert_opaque(&input, &text.replace(['\r', '\n'], "")),
        Field::Editable(host) => {
            edit(target, &host, "insertText", "insertText", Some(text));
            Ok(())
        }
        // A date or a colour has no text; only a whole value fits.
        Field::Picker(_) => replace(target, text),
        _ => Err(Outcome::Unsuitable),
    }
}

/// Sets the whole value.
pub(super) fn replace(target: &Element, value: &str) -> Attempt {
    const KIND: &str = "insertReplacementText";
    match Field::of(target) {
        Field::Line(input) => {
            let mut caret = Caret::of_input(input)?;
            caret.select_all();
            caret.insert(&value.replace(['\r', '\n'], ""), KIND)?;
        }
        Field::Area(area) => {
            let mut caret = Caret::of_area(area)?;
            caret.select_all();
            caret.insert(&value.replace("\r\n", "\n"), KIND)?;
        }
        Field::Opaque(input) | Field::Picker(input) => {
            writable(input.read_only())?;
            focus::to(target);
            if fire_before_input(target, KIND, Some(value)) == Fired::Passed {
                set(&input, value)?;
                fire_input(target, KIND, None);
                fire_change(target);
            }
        }
        Field::Editable(host) => {
            focus::to(&host);
            if let Some(selection) = selection_of(target) {
                let _ = selection.select_all_children(&host);
            }
            edit(target, &host, KIND, "insertText", Some(value));
        }
        _ => return Err(Outcome::Unsuitable),
    }
    focus::settle(target);
    Ok(())
}

/// What is deleted if nothing is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delete {
    Backward,
    Forward,
}

/// Backspace or Delete.
pub(super) fn delete(target: &Element, direction: Delete) -> Attempt {
    let (kind, command) = match direction {
        Delete::Backward => ("deleteContentBackward", "delete"),
        Delete::Forward => ("deleteContentForward", "forwardDelete"),
    };
    match Field::of(target) {
        Field::Line(input) => Caret::of_input(input)?.delete(direction, kind),
        Field::Area(area) => Caret::of_area(area)?.delete(direction, kind),
        Field::Opaque(input) => {
            writable(input.read_only())?;
            focus::to(target);
            let before = input.value();
            if fire_before_input(target, kind, None) == Fired::Passed
                && !(command_on(target, command, None) && input.value() != before)
                && direction == Delete::Backward
            {
                let mut shorter = before.chars();
                shorter.next_back();
                set(&input, shorter.as_str())?;
                fire_input(target, kind, None);
            }
            Ok(())
        }
        Field::Editable(host) => {
            edit(target, &host, kind, command, None);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Enter where it makes a new line.
pub(super) fn break_line(target: &Element) -> Attempt {
    match Field::of(target) {
        Field::Area(area) => Caret::of_area(area)?.insert("\n", "insertLineBreak"),
        Field::Editable(host) => {
            edit(target, &host, "insertParagraph", "insertParagraph", None);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A field whose text can be edited in place. Offsets are in UTF-16 units.
pub(super) struct Caret {
    field: Editor,
    pub(super) start: u32,
    pub(super) end: u32,
}

enum Editor {
    Input(HtmlInputElement),
    Area(HtmlTextAreaElement),
}

impl Caret {
    /// Focuses the field.
    pub(super) fn of_input(input: HtmlInputElement) -> Result<Self, Outcome> {
        writable(input.read_only())?;
        focus::to(&input);
        let start = input.selection_start().ok().flatten().unwrap_or(0);
        let end = input.selection_end().ok().flatten().unwrap_or(start);
        Ok(Caret { field: Editor::Input(input), start, end })
    }

    /// Focuses the field.
    pub(super) fn of_area(area: HtmlTextAreaElement) -> Result<Self, Outcome> {
        writable(area.read_only())?;
        focus::to(&area);
        let start = area.selection_start().ok().flatten().unwrap_or(0);
        let end = area.selection_end().ok().flatten().unwrap_or(start);
        Ok(Caret { field: Editor::Area(area), start, end })
    }

    pub(super) fn value(&self) -> Vec<u16> {
        match &self.field {
            Editor::Input(input) => input.value(),
            Editor::Area(area) => area.value(),
        }
        .encode_utf16()
        .collect()
    }

    pub(super) fn select(&mut self, start: u32, end: u32) {
        let _ = match &self.field {
            Editor::Input(input) => input.set_selection_range(start, end),
            Editor::Area(area) => area.set_selection_range(start, end),
        };
        (self.start, self.end) = (start, end);
    }

    pub(super) fn select_all(&mut self) {
        self.select(0, self.value().len() as u32);
    }

    /// The offset one character away.
    pub(super) fn beside(&self, at: u32, backwards: bool) -> u32 {
        let value = self.value();
        let at = at as usize;
        let pair = |from: usize| {
            matches!(value.get(from..from + 2), Some([0xD800..=0xDBFF, 0xDC00..=0xDFFF]))
        };
        let beside = match (backwards, at) {
            (true, 0) => 0,
            (true, 1) => 0,
            (true, _) => at - if pair(at - 2) { 2 } else { 1 },
            (false, _) => (at + if pair(at) { 2 } else { 1 }).min(value.len()),
        };
        beside as u32
    }

    fn element(&self) -> &Element {
        match &self.field {
            Editor::Input(input) => input,
            Editor::Area(area) => area,
        }
    }

    fn insert(&self, text: &str, kind: &str) -> Attempt {
        let max = match &self.field {
            Editor::Input(input) => input.max_length(),
            Editor::Area(area) => area.max_length(),
        };
        let kept = self.value().len() - (self.end - self.start) as usize;
        let text = match usize::try_from(max) {
            Ok(max) => cut(text, max.saturating_sub(kept)),
            Err(_) => text,
        };
        if text.is_empty() && self.start == self.end {
            return Ok(());
        }
        let data = (kind != "insertLineBreak").then_some(text);
        if fire_before_input(self.element(), kind, data) == Fired::Passed {
            self.write(text)?;
            fire_input(self.element(), kind, data);
        }
        Ok(())
    }

    fn delete(&mut self, direction: Delete, kind: &str) -> Attempt {
        if self.start == self.end {
            match direction {
                Delete::Backward => self.start = self.beside(self.start, true),
                Delete::Forward => self.end = self.beside(self.end, false),
            }
        }
        if self.start != self.end && fire_before_input(self.element(), kind, None) == Fired::Passed
        {
            self.write("")?;
            fire_input(self.element(), kind, None);
        }
        Ok(())
    }

    fn write(&self, text: &str) -> Attempt {
        focus::before_edit(self.element());
        let end = SelectionMode::End;
        match &self.field {
            Editor::Input(input) => input.set_range_text_with_start_and_end_and_selection_mode(
                text, self.start, self.end, end,
            ),
            Editor::Area(area) => {
                let end = JsValue::from(end);
                let end = end.as_string().unwrap_or_default();
                area.set_range_text_with_start_and_end_and_mode(text, self.start, self.end, &end)
            }
        }
        .map_err(|_| Outcome::Unsuitable)
    }
}

/// E-mail and number fields let nobody place the caret, but the browser's own editing command
/// types at it, and keeps what is not yet a number ("1.").
fn insert_opaque(input: &HtmlInputElement, text: &str) -> Attempt {
    writable(input.read_only())?;
    let fresh = !focus::has_focus(input);
    focus::to(input);
    if fresh {
        to_end(input);
    }
    let before = input.value();
    let room = usize::try_from(input.max_length())
        .ok()
        .filter(|_| input.type_() == "email")
        .map(|max| max.saturating_sub(before.encode_utf16().count()));
    let text = room.map_or(text, |room| cut(text, room));
    if text.is_empty() || fire_before_input(input, "insertText", Some(text)) == Fired::Prevented {
        return Ok(());
    }
    focus::before_edit(input);
    if !command_on(input, "insertText", Some(text)) {
        set(input, &format!("{before}{text}"))?;
        fire_input(input, "insertText", Some(text));
    }
    Ok(())
}

/// Sets the value past a framework's own property. What the field does not take (a date that is
/// none) leaves it as it was.
fn set(input: &HtmlInputElement, value: &str) -> Attempt {
    let setter = || {
        let window = window_of(input)?;
        let constructor = Reflect::get(&window, &"HTMLInputElement".into()).ok()?;
        let prototype = Reflect::get(&constructor, &"prototype".into()).ok()?;
        let property = Reflect::get_own_property_descriptor(
            prototype.unchecked_ref::<Object>(),
            &"value".into(),
        )
        .ok()?;
        Reflect::get(&property, &"set".into()).ok()?.dyn_into::<Function>().ok()
    };
    let setter = setter().ok_or(Outcome::Unsuitable)?;
    let before = input.value();
    let write = |value: &str| setter.call1(input, &value.into()).map_err(|_| Outcome::Unsuitable);
    write(value)?;
    if input.value().is_empty() && !value.is_empty() {
        write(&before)?;
        return Err(Outcome::Unsuitable);
    }
    Ok(())
}

/// Edits rich text by the browser's command, or by hand where there is none.
fn edit(target: &Element, host: &HtmlElement, kind: &str, command: &str, data: Option<&str>) {
    let fresh = !focus::has_focus(host);
    focus::to(host);
    if fresh {
        to_end(host);
    }
    if fire_before_input(target, kind, data) == Fired::Prevented {
        return;
    }
    if command_on(target, command, data) {
        return;
    }
    let selection = selection_of(host);
    let range = selection.as_ref().and_then(|selection| selection.get_range_at(0).ok());
    if let (Some(selection), Some(range)) = (selection, range)
        && range.delete_contents().is_ok()
    {
        let text = data.unwrap_or(if command == "insertParagraph" { "\n" } else { "" });
        let text = host.owner_document().map(|document| document.create_text_node(text));
        if let Some(text) = text.filter(|text| text.length() > 0) {
            let _ = range.insert_node(&text);
            let _ = selection.collapse_with_offset(Some(&text), text.length());
        }
        fire_input(target, kind, data);
    }
}

/// Puts the caret behind the text of a field that has just got the focus: there one goes on
/// writing. Where in the text a press hit, a page cannot know.
pub(super) fn to_end(field: &Element) {
    match Field::of(field) {
        Field::Line(input) => {
            let end = input.value().encode_utf16().count() as u32;
            let _ = input.set_selection_range(end, end);
        }
        Field::Area(area) => {
            let end = area.value().encode_utf16().count() as u32;
            let _ = area.set_selection_range(end, end);
        }
        Field::Opaque(input) => {
            // The caret cannot be asked for, but a new value puts it behind itself.
            let value = input.value();
            if !value.is_empty() && set(&input, "").is_ok() {
                let _ = set(&input, &value);
            }
        }
        Field::Editable(host) => {
            if let Some(selection) = selection_of(field)
                && selection.select_all_children(&host).is_ok()
            {
                let _ = selection.collapse_to_end();
            }
        }
        _ => {}
    }
}

pub(super) fn selection_of(element: &Element) -> Option<Selection> {
    window_of(element)?.get_selection().ok().flatten()
}

/// Whether the document's editing command did it.
fn command_on(element: &Element, command: &str, data: Option<&str>) -> bool {
    let Some(document) = element.owner_document() else { return false };
    let document: &HtmlDocument = document.unchecked_ref();
    document
        .exec_command_with_show_ui_and_value(command, false, data.unwrap_or_default())
        .unwrap_or(false)
}

fn writable(read_only: bool) -> Attempt {
    if read_only { Err(Outcome::NotInteractive) } else { Ok(()) }
}

/// At most `room` UTF-16 units of a text, no character cut in two.
fn cut(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, char) in text.char_indices() {
        used += char.len_utf16();
        if used > room {
            return &text[..at];
        }
    }
    text
}
