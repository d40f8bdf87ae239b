//! Lists and calendars: what browsers open as windows of their own, which a replica cannot show and
//! a page cannot open.

use super::{Inner, Target, name};
use saath_core::message::action::Action;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, HtmlOptGroupElement, HtmlOptionElement,
    HtmlSelectElement, KeyboardEvent,
};

/// An open one.
pub(super) struct Picker {
    field: Target,
    kind: Kind,
}

enum Kind {
    /// A row for each option of the select, in their order.
    List { rows: Vec<HtmlElement>, multiple: bool },
    /// An input of the field's own type.
    Value,
}

/// The field to pick for, if a click on this element opens one.
pub(super) fn field_of(element: &Element) -> Option<Element> {
    let field = element.closest("select,input").ok()??;
    (field.local_name() == "select" || is_valued(&field)).then_some(field)
}

/// Whether its value is picked and not typed.
fn is_valued(field: &Element) -> bool {
    field.local_name() == "input"
        && matches!(
            field.unchecked_ref::<HtmlInputElement>().type_().as_str(),
            "date" | "month" | "week" | "time" | "datetime-local" | "range" | "color"
        )
}

impl Inner {
    /// Whether there was something to open.
    pub(super) fn open_picker(&self, field: &Target) -> bool {
        self.close_picker();
        let disabled = field.element.matches(":disabled").unwrap_or(false);
        if disabled {
            return false;
        }
        let kind = if field.element.local_name() == "select" {
            self.list(field.element.unchecked_ref())
        } else if is_valued(&field.element) {
            self.value(field.element.unchecked_ref())
        } else {
            None
        };
        let Some(kind) = kind else { return false };
        let popup = &self.layer.popup;
        let role = if matches!(kind, Kind::List { .. }) { "listbox" } else { "group" };
        let _ = popup.set_attribute("role", role);
        let _ = popup.set_attribute("aria-label", &name::of(&field.element));
        self.layer.show_popup(&field.element);
        let first = match &kind {
            Kind::List { rows, .. } => rows
                .iter()
                .find(|row| is(row, "aria-selected"))
                .or_else(|| rows.iter().find(|row| !is(row, "aria-disabled")))
                .cloned(),
            Kind::Value => popup.first_element_child().map(JsCast::unchecked_into),
        };
        self.picker.replace(Some(Picker { field: field.clone(), kind }));
        if let Some(first) = first {
            let _ = first.focus();
        }
        true
    }

    pub(super) fn close_picker(&self) {
        // Leaving an input tells its value, for which the picker must still be there.
        let valued = matches!(&*self.picker.borrow(), Some(Picker { kind: Kind::Value, .. }));
        if valued && let Some(input) = self.layer.popup.first_element_child() {
            let _ = input.unchecked_ref::<HtmlElement>().blur();
        }
        if self.picker.take().is_some() {
            self.layer.popup.set_hidden(true);
            self.layer.popup.replace_children_with_node_0();
        }
    }

    fn list(&self, select: &HtmlSelectElement) -> Option<Kind> {
        let options = select.options();
        let multiple = select.multiple();
        let popup = &self.layer.popup;
        let _ =
            popup.set_attribute("aria-multiselectable", if multiple { "true" } else { "false" });
        let mut rows = Vec::new();
        let mut group = String::new();
        for option in (0..options.length()).filter_map(|index| options.item(index)) {
            let option: HtmlOptionElement = option.unchecked_into();
            let parent = option.parent_element().filter(|it| it.local_name() == "optgroup");
            let label = parent.map_or_else(String::new, |parent| {
                parent.unchecked_ref::<HtmlOptGroupElement>().label()
            });
            if label != group {
                let head = self.layer.make("div", "group")?;
                head.set_text_content(Some(&label));
                popup.append_child(&head).ok()?;
                group = label;
            }
            let row = self.layer.make("div", "option")?;
            row.set_text_content(Some(&option.label()));
            row.set_tab_index(-1);
            let flag = |is: bool| if is { "true" } else { "false" };
            let disabled = option.matches(":disabled").unwrap_or(false);
            row.set_attribute("role", "option").ok()?;
            row.set_attribute("aria-selected", flag(option.selected())).ok()?;
            row.set_attribute("aria-disabled", flag(disabled)).ok()?;
            popup.append_child(&row).ok()?;
            rows.push(row);
        }
        (!rows.is_empty()).then_some(Kind::List { rows, multiple })
    }

    fn value(&self, field: &HtmlInputElement) -> Option<Kind> {
        let input: HtmlInputElement = self.layer.make("input", "value")?.unchecked_into();
        input.set_type(&field.type_());
        for name in ["min", "max", "step"] {
            if let Some(value) = field.get_attribute(name) {
                input.set_attribute(name, &value).ok()?;
            }
        }
        input.set_attribute("aria-label", &name::of(field)).ok()?;
        input.set_value(&field.value());
        self.layer.popup.append_child(&input).ok()?;
        Some(Kind::Value)
    }

    pub(super) fn picked(&self, event: &Event) {
        let row = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        if let Some(row) = row {
            self.choose(&row);
        }
    }

    fn choose(&self, row: &HtmlElement) {
        let picker = self.picker.borrow();
        let Some(Picker { field, kind: Kind::List { rows, multiple } }) = &*picker else { return };
        let Some(chosen) = rows.iter().position(|other| other.is_same_node(Some(row))) else {
            return;
        };
        if is(row, "aria-disabled") {
            return;
        }
        let options = if *multiple {
            let on = if is(row, "aria-selected") { "false" } else { "true" };
            let _ = row.set_attribute("aria-selected", on);
            (0_u32..)
                .zip(rows)
                .filter(|(_, row)| is(row, "aria-selected"))
                .map(|(at, _)| at)
                .collect()
        } else {
            vec![chosen as u32]
        };
        let (target, multiple) = (field.id, *multiple);
        drop(picker);
        if !multiple {
            self.close_picker();
            self.layer.focus_keys();
        }
        self.act(Action::Select { target, options });
    }

    pub(super) fn value_set(&self, event: &Event) {
        let target = match &*self.picker.borrow() {
            Some(Picker { field, kind: Kind::Value }) => field.id,
            _ => return,
        };
        if let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
            self.act(Action::SetValue { target, value: input.value() });
        }
    }

    pub(super) fn picker_key(&self, event: &KeyboardEvent) {
        let key = event.key();
        let rows = match &*self.picker.borrow() {
            Some(Picker { kind: Kind::List { rows, .. }, .. }) => rows.clone(),
            Some(_) => Vec::new(),
            None => return,
        };
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let at = target
            .as_ref()
            .and_then(|target| rows.iter().position(|row| row.is_same_node(Some(target))));
        match key.as_str() {
            "Escape" | "Tab" => self.leave_picker(event),
            "Enter" if rows.is_empty() => self.leave_picker(event),
            "Enter" | " " => {
                if let Some(at) = at {
                    event.prevent_default();
                    self.choose(&rows[at]);
                }
            }
            "ArrowDown" | "ArrowUp" | "Home" | "End" if !rows.is_empty() => {
                event.prevent_default();
                let able = |at: &usize| !is(&rows[*at], "aria-disabled");
                let at = at.unwrap_or(0);
                let next = match key.as_str() {
                    "ArrowDown" => (at + 1..rows.len()).find(able),
                    "ArrowUp" => (0..at).rev().find(able),
                    "Home" => (0..rows.len()).find(able),
                    _ => (0..rows.len()).rev().find(able),
                };
                if let Some(next) = next {
                    let _ = rows[next].focus();
                }
            }
            _ => {}
        }
    }

    /// The value, if any, has been told by `change`, which comes with leaving the input.
    fn leave_picker(&self, event: &KeyboardEvent) {
        event.prevent_default();
        self.layer.focus_keys();
        self.close_picker();
    }
}

fn is(row: &HtmlElement, flag: &str) -> bool {
    row.get_attribute(flag).as_deref() == Some("true")
}
