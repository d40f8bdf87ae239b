//! Selects, checkboxes and radio buttons.

use super::{
    Attempt,
    events::{Init, fire, fire_change},
    focus,
    guard::{Field, Point},
    pointer,
};
use saath_core::message::action::{Modifiers, Outcome};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, HtmlSelectElement};

/// Chooses exactly these options.
pub(super) fn select(target: &Element, chosen: &[u32]) -> Attempt {
    let Field::Select(select) = Field::of(target) else { return Err(Outcome::Unsuitable) };
    if !select.multiple() && chosen.len() != 1 {
        return Err(Outcome::Unsuitable);
    }
    let options = options(&select);
    for place in chosen {
        let option = options.get(*place as usize).ok_or(Outcome::Unsuitable)?;
        if !option.selected() && option.matches(":disabled").unwrap_or(true) {
            return Err(Outcome::NotInteractive);
        }
    }
    focus::to(target);
    let mut changed = false;
    for (place, option) in options.iter().enumerate() {
        let selected = chosen.contains(&(place as u32));
        if option.selected() != selected {
            changed = true;
            // Clearing the only one of a single select would choose the first.
            if selected || select.multiple() {
                option.set_selected(selected);
            }
        }
    }
    if changed {
        tell(target);
    }
    Ok(())
}

/// Moves a single select on to the next option that can be chosen, or back.
pub(super) fn step(select: &HtmlSelectElement, backwards: bool) {
    let options = options(select);
    let at = usize::try_from(select.selected_index()).ok();
    let able = |place: &usize| !options[*place].matches(":disabled").unwrap_or(true);
    let next = if backwards {
        (0..at.unwrap_or(0)).rev().find(able)
    } else {
        (at.map_or(0, |at| at + 1)..options.len()).find(able)
    };
    if let Some(next) = next {
        options[next].set_selected(true);
        tell(select);
    }
}

/// Ticks, clears, or chooses, by a click if it is not so already.
pub(super) fn check(target: &Element, checked: bool, point: Point) -> Attempt {
    let Field::Toggle(input) = Field::of(target) else { return Err(Outcome::Unsuitable) };
    if !checked && input.type_() == "radio" {
        return Err(Outcome::Unsuitable);
    }
    // A click on an indeterminate box clears the dash and inverts what lay under it: two then.
    for _ in 0..2 {
        if input.checked() == checked && !input.indeterminate() {
            break;
        }
        pointer::click(target, point, Modifiers::default());
    }
    Ok(())
}

/// The radio buttons of which at most one is chosen, this one among them.
pub(super) fn group(input: &HtmlInputElement) -> Vec<HtmlInputElement> {
    let name = input.name();
    let root: web_sys::Element = match input.form() {
        Some(form) => form.into(),
        None => match input.owner_document().and_then(|document| document.document_element()) {
            Some(element) if !name.is_empty() => element,
            _ => return vec![input.clone()],
        },
    };
    let Ok(found) = root.query_selector_all("input[type=radio i]") else { return Vec::new() };
    (0..found.length())
        .filter_map(|index| found.get(index))
        .map(JsCast::unchecked_into::<HtmlInputElement>)
        .filter(|other| {
            other.is_same_node(Some(input))
                || (!name.is_empty() && other.name() == name && other.form() == input.form())
        })
        .collect()
}

fn options(select: &HtmlSelectElement) -> Vec<HtmlOptionElement> {
    let options = select.options();
    (0..options.length())
        .filter_map(|index| options.item(index))
        .map(JsCast::unchecked_into)
        .collect()
}

fn tell(select: &Element) {
    fire(select, "Event", "input", Init::new().with("cancelable", false));
    fire_change(select);
}
