//! Keys that are not text, and what browsers do on them by themselves.

use super::{
    Attempt,
    events::{Fired, Init, fire, window_of},
    focus,
    guard::{self, Field},
    text::{self, Delete},
    travel,
};
use js_sys::Reflect;
use saath_core::message::action::{Modifiers, Outcome};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlInputElement};

/// `KeyboardEvent` names with their key codes, which old pages still ask for. No other key is
/// pressed.
const KEYS: [(&str, &str, u8); 16] = [
    ("Enter", "Enter", 13),
    ("Tab", "Tab", 9),
    ("Escape", "Escape", 27),
    (" ", "Space", 32),
    ("Backspace", "Backspace", 8),
    ("Delete", "Delete", 46),
    ("ArrowLeft", "ArrowLeft", 37),
    ("ArrowUp", "ArrowUp", 38),
    ("ArrowRight", "ArrowRight", 39),
    ("ArrowDown", "ArrowDown", 40),
    ("Home", "Home", 36),
    ("End", "End", 35),
    ("PageUp", "PageUp", 33),
    ("PageDown", "PageDown", 34),
    ("a", "KeyA", 65),
    ("A", "KeyA", 65),
];

const SHIFT: u8 = 1;
const CONTROL: u8 = 2;
const ALT: u8 = 4;
const META: u8 = 8;

/// Presses and releases a key on an element, which takes the focus if it can.
pub(super) fn press(target: &Element, key: &str, modifiers: Modifiers) -> Attempt {
    let (name, code, number) =
        *KEYS.iter().find(|(name, ..)| *name == key).ok_or(Outcome::Unsuitable)?;
    let command = modifiers.0 & (CONTROL | META) != 0;
    // A letter is text; only "select all" is a key.
    if code == "KeyA" && !command {
        return Err(Outcome::Unsuitable);
    }
    if target.get_client_rects().length() == 0 {
        return Err(Outcome::NotInteractive);
    }
    if !focus::has_focus(target) && !matches!(Field::of(target), Field::Other) {
        focus::to(target);
    }
    let init = || {
        Init::new()
            .modifiers(modifiers)
            .with("key", name)
            .with("code", code)
            .with("keyCode", number)
            .with("which", number)
    };
    let mut passed = fire(target, "KeyboardEvent", "keydown", init()) == Fired::Passed;
    if passed && matches!(name, "Enter" | " ") && !command {
        let init = init().with("charCode", number);
        passed = fire(target, "KeyboardEvent", "keypress", init) == Fired::Passed;
    }
    let done = if passed && target.is_connected() && modifiers.0 & ALT == 0 {
        by_itself(target, name, modifiers)
    } else {
        Ok(())
    };
    // The key comes up where the focus is by then.
    let up = focus::focused(target).unwrap_or_else(|| target.clone());
    let up = if guard::is_secret(&up) { target } else { &up };
    let released = fire(up, "KeyboardEvent", "keyup", init());
    if name == " " && passed && released == Fired::Passed && target.is_connected() {
        space(target);
    }
    done
}

/// What the browser would do.
fn by_itself(target: &Element, key: &str, modifiers: Modifiers) -> Attempt {
    let shift = modifiers.0 & SHIFT != 0;
    match key {
        "Enter" => enter(target),
        "Tab" => {
            if let Some(next) = focus::neighbour(target, shift) {
                focus::to(&next);
                if let Field::Line(input) | Field::Opaque(input) = Field::of(&next) {
                    input.select();
                }
            }
            Ok(())
        }
        "Escape" => {
            escape(target);
            Ok(())
        }
        " " if is_text(target) => text::insert(target, " "),
        "Backspace" => text::delete(target, Delete::Backward),
        "Delete" => text::delete(target, Delete::Forward),
        "a" | "A" => {
            match Field::of(target) {
                Field::Line(input) | Field::Opaque(input) => input.select(),
                Field::Area(area) => area.select(),
                Field::Editable(host) => {
                    if let Some(selection) = text::selection_of(&host) {
                        let _ = selection.select_all_children(&host);
                    }
                }
                _ => {}
            }
            Ok(())
        }
        "ArrowLeft" | "ArrowUp" | "Home" => travel::go(target, key, true, shift),
        "ArrowRight" | "ArrowDown" | "End" => travel::go(target, key, false, shift),
        "PageUp" => page(target, -0.9),
        "PageDown" => page(target, 0.9),
        _ => Ok(()),
    }
}

fn is_text(target: &Element) -> bool {
    matches!(
        Field::of(target),
        Field::Line(_) | Field::Opaque(_) | Field::Area(_) | Field::Editable(_)
    )
}

fn enter(target: &Element) -> Attempt {
    match Field::of(target) {
        Field::Area(_) | Field::Editable(_) => text::break_line(target),
        Field::Button => {
            target.unchecked_ref::<HtmlElement>().click();
            Ok(())
        }
        Field::Line(_) | Field::Opaque(_) | Field::Picker(_) | Field::Toggle(_) => {
            focus::settle(target);
            submit(target)
        }
        _ => Ok(()),
    }
}

/// Implicit submission, as HTML defines it.
fn submit(field: &Element) -> Attempt {
    let Some(form) = form_of(field) else { return Ok(()) };
    if let Some(button) = default_button(field) {
        guard::is_able(&button)?;
        button.unchecked_ref::<HtmlElement>().click();
        return Ok(());
    }
    // Without a button, only a form with a single field of text is submitted.
    let blocking = elements(&form)
        .filter(|element| {
            element.local_name() == "input"
                && !matches!(Field::of(element), Field::Toggle(_) | Field::Button)
                && element.unchecked_ref::<HtmlInputElement>().type_() != "hidden"
        })
        .count();
    // Nobody's button was asked for its rules: submitting is the customer's.
    if blocking <= 1 { Err(Outcome::OnlyCustomer) } else { Ok(()) }
}

/// The first submit button of the field's form.
pub(super) fn default_button(field: &Element) -> Option<Element> {
    let form = form_of(field)?;
    // Image buttons are not among a form's elements.
    let images = form.query_selector("input[type=image i]").ok().flatten();
    let found = elements(&form).find(|element| {
        let kind = element.unchecked_ref::<HtmlInputElement>().type_();
        matches!(element.local_name().as_str(), "button" | "input") && kind == "submit"
    });
    match (found, images) {
        (Some(button), Some(image)) => {
            const FOLLOWING: u16 = web_sys::Node::DOCUMENT_POSITION_FOLLOWING;
            let image_first = image.compare_document_position(&button) & FOLLOWING != 0;
            Some(if image_first { image } else { button })
        }
        (button, image) => button.or(image),
    }
}

fn form_of(field: &Element) -> Option<HtmlFormElement> {
    match Field::of(field) {
        Field::Line(input) | Field::Opaque(input) | Field::Picker(input) | Field::Toggle(input) => {
            input.form()
        }
        _ => None,
    }
}

/// A form's own elements: not what it calls `elements`, which a field of that name would hide.
fn elements(form: &HtmlFormElement) -> impl Iterator<Item = Element> {
    let document = form.owner_document();
    let inside = form.query_selector_all("button,input").ok();
    let by_id = form.get_attribute("id").filter(|id| !id.is_empty()).and_then(|id| {
        let id = id.replace('\\', "\\\\").replace('"', "\\\"");
        document?.query_selector_all(&format!("[form=\"{id}\"]")).ok()
    });
    let list = |nodes: Option<web_sys::NodeList>| {
        let count = nodes.as_ref().map_or(0, web_sys::NodeList::length);
        (0..count).filter_map(move |index| nodes.as_ref()?.get(index))
    };
    list(inside).chain(list(by_id)).map(JsCast::unchecked_into)
}

/// Space presses when it comes up.
fn space(target: &Element) {
    let link = target.local_name() == "a" || target.local_name() == "area";
    if !link && matches!(Field::of(target), Field::Button | Field::Toggle(_)) {
        target.unchecked_ref::<HtmlElement>().click();
    }
}

/// Closes the topmost dialog or popover.
fn escape(target: &Element) {
    let Some(document) = target.owner_document() else { return };
    let last = |selector: &str| {
        let found = document.query_selector_all(selector).ok()?;
        found.get(found.length().checked_sub(1)?).map(JsCast::unchecked_into::<Element>)
    };
    if let Some(popover) = last("[popover]:not([popover=manual i]):popover-open") {
        let hide = Reflect::get(&popover, &"hidePopover".into());
        if let Some(hide) = hide.ok().as_ref().and_then(JsCast::dyn_ref::<js_sys::Function>) {
            let _ = hide.call0(&popover);
        }
    } else if let Some(dialog) = last("dialog:modal") {
        let init = Init::new().with("bubbles", false).with("composed", false);
        if fire(&dialog, "Event", "cancel", init) == Fired::Passed {
            dialog.unchecked_ref::<HtmlDialogElement>().close();
        }
    }
}

fn page(target: &Element, share: f64) -> Attempt {
    let Some(window) = window_of(target) else { return Ok(()) };
    if !is_text(target) {
        let height = window.inner_height().ok().and_then(|it| it.as_f64()).unwrap_or(0.0);
        window.scroll_by_with_x_and_y(0.0, height * share);
    }
    Ok(())
}
