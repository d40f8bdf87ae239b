//! Could the customer do this now? Asked of the live page, right before doing it.

use super::events::window_of;
use crate::browser::within;
use crate::frames;
use saath_core::message::action::{Outcome, Spot};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, DomRect, Element, HtmlElement, HtmlInputElement, HtmlLabelElement, HtmlSelectElement,
    HtmlTextAreaElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition, ShadowRoot,
};

/// What kind of thing an element is. By name, not by `instanceof`, which does not hold for
/// elements of another window.
pub(super) enum Field {
    /// One line of text in which the caret can be placed.
    Line(HtmlInputElement),
    /// E-mail and number: text, but the page cannot place the caret.
    Opaque(HtmlInputElement),
    /// Date, time, range, colour: a value without text.
    Picker(HtmlInputElement),
    /// Checkbox or radio button.
    Toggle(HtmlInputElement),
    Area(HtmlTextAreaElement),
    Select(HtmlSelectElement),
    /// The editing host of `contenteditable`.
    Editable(HtmlElement),
    /// Something that Enter and Space press.
    Button,
    Option,
    Other,
}

impl Field {
    pub(super) fn of(element: &Element) -> Self {
        match element.local_name().as_str() {
            "input" => {
                let input: HtmlInputElement = element.clone().unchecked_into();
                match input.type_().as_str() {
                    "text" | "search" | "url" | "tel" => Field::Line(input),
                    "email" | "number" => Field::Opaque(input),
                    "checkbox" | "radio" => Field::Toggle(input),
                    "submit" | "button" | "reset" | "image" => Field::Button,
                    "date" | "month" | "week" | "time" | "datetime-local" | "range" | "color" => {
                        Field::Picker(input)
                    }
                    // Password, file, hidden: refused before; whatever comes new: not known.
                    _ => Field::Other,
                }
            }
            "textarea" => Field::Area(element.clone().unchecked_into()),
            "select" => Field::Select(element.clone().unchecked_into()),
            "button" | "summary" => Field::Button,
            "option" | "optgroup" => Field::Option,
            "a" | "area" if element.has_attribute("href") => Field::Button,
            _ => editing_host(element).map_or(Field::Other, Field::Editable),
        }
    }
}

fn editing_host(element: &Element) -> Option<HtmlElement> {
    let editable = |element: &Element| {
        js_sys::Reflect::get(element, &"isContentEditable".into()).is_ok_and(|it| it.is_truthy())
    };
    let mut host = editable(element).then(|| element.clone())?;
    while let Some(parent) = host.parent_element().filter(|parent| editable(parent)) {
        host = parent;
    }
    Some(host.unchecked_into())
}

/// Passwords, one-time codes, card check values, files and hidden inputs, and their labels.
pub(super) fn is_secret(element: &Element) -> bool {
    let control = label_of(element).and_then(|label| label.control());
    is_secret_input(element) || control.is_some_and(|control| is_secret_input(&control))
}

fn is_secret_input(element: &Element) -> bool {
    let name = element.local_name();
    if name != "input" && name != "textarea" {
        return false;
    }
    let kind = element.unchecked_ref::<HtmlInputElement>().type_();
    let completes = element.get_attribute("autocomplete").unwrap_or_default().to_ascii_lowercase();
    matches!(kind.as_str(), "password" | "file" | "hidden")
        || completes.split_ascii_whitespace().any(|token| {
            matches!(token, "one-time-code" | "current-password" | "new-password" | "cc-csc")
        })
}

/// Not disabled, not inert.
pub(super) fn is_able(element: &Element) -> Result<(), Outcome> {
    let control = element.closest("button,input,select,textarea,option").ok().flatten();
    if control.is_some_and(|control| control.matches(":disabled").unwrap_or(false)) {
        return Err(Outcome::NotInteractive);
    }
    let mut at = Some(element.clone());
    while let Some(element) = at {
        let says = |name| element.get_attribute(name).is_some_and(|is| is.trim() == "true");
        if element.has_attribute("inert") || says("aria-disabled") {
            return Err(Outcome::NotInteractive);
        }
        // A frame that is inert is so with all that is in it.
        at = composed_parent(&element).or_else(|| frames::frame_of(&element.owner_document()?));
    }
    Ok(())
}

/// The parent, out of shadow trees too.
pub(super) fn composed_parent(element: &Element) -> Option<Element> {
    element.parent_element().or_else(|| host_of(element))
}

/// A place in the viewport of the element's window, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where on the screen the element can be touched: at `spot`, or anywhere if there is none.
/// Scrolls it into view if need be.
pub(super) fn reach(element: &Element, spot: Option<Spot>) -> Result<Point, Outcome> {
    is_able(element)?;
    let rect = element.get_bounding_client_rect();
    if rect.width() <= 0.0 || rect.height() <= 0.0 || element.get_client_rects().length() == 0 {
        return Err(Outcome::NotInteractive);
    }
    if let Some(point) = touchable(element, spot) {
        return Ok(point);
    }
    let options = ScrollIntoViewOptions::new();
    options.set_behavior(ScrollBehavior::Instant);
    let block = if in_view(element, &rect) {
        ScrollLogicalPosition::Nearest
    } else {
        ScrollLogicalPosition::Center
    };
    options.set_block(block);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    touchable(element, spot).ok_or(Outcome::NotInteractive)
}

fn in_view(element: &Element, rect: &DomRect) -> bool {
    let Some(window) = window_of(element) else { return false };
    let size = |size: Result<JsValue, JsValue>| size.ok().and_then(|it| it.as_f64()).unwrap_or(0.0);
    rect.top() >= 0.0
        && rect.left() >= 0.0
        && rect.bottom() <= size(window.inner_height())
        && rect.right() <= size(window.inner_width())
}

fn touchable(element: &Element, spot: Option<Spot>) -> Option<Point> {
    let whole = element.get_bounding_client_rect();
    if let Some(Spot { x, y }) = spot {
        let share = |part: u16| f64::from(part) / f64::from(u16::MAX);
        let point = inside(&whole, share(x), share(y));
        return is_hit(element, point).then_some(point);
    }
    // An element broken over lines is not where the middle of its box is; a large one may have a
    // sticky header on its middle.
    let rects = element.get_client_rects();
    let boxes = (0..rects.length().min(8)).filter_map(|index| rects.get(index));
    std::iter::once(whole)
        .chain(boxes)
        .flat_map(|rect| {
            [(0.5, 0.5), (0.1, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 0.9)]
                .map(|(x, y)| inside(&rect, x, y))
        })
        .find(|point| is_hit(element, *point))
}

/// A place in a box, never on its border, which belongs to the neighbours.
fn inside(rect: &DomRect, x: f64, y: f64) -> Point {
    let place = |start: f64, size: f64, share: f64| {
        let border = (size / 2.0).min(0.5);
        start + within(size * share, border, size - border)
    };
    Point { x: place(rect.left(), rect.width(), x), y: place(rect.top(), rect.height(), y) }
}

/// Whether a press at this place lands on the element, through every shadow tree and frame that it
/// is in.
fn is_hit(element: &Element, point: Point) -> bool {
    let mut inner = element.clone();
    loop {
        let Some(top) = topmost(&inner, point) else { return false };
        if !lands_on(&top, &inner) {
            return false;
        }
        match host_of_root(&inner) {
            Some(host) => inner = host,
            None => break,
        }
    }
    let frame = window_of(element).and_then(|window| window.frame_element().ok().flatten());
    frame.is_none_or(|frame| {
        let (left, top) = frames::origin(&frame);
        is_hit(&frame, Point { x: left + point.x, y: top + point.y })
    })
}

/// What is on top at a place, among the nodes that share a root with `element`; our own widget lies
/// above everything and does not count.
fn topmost(element: &Element, Point { x, y }: Point) -> Option<Element> {
    let root = element.get_root_node();
    let stack = if host_of_root(element).is_some() {
        root.unchecked_ref::<ShadowRoot>().elements_from_point(x as f32, y as f32)
    } else {
        root.unchecked_ref::<Document>().elements_from_point(x as f32, y as f32)
    };
    stack
        .iter()
        .map(JsCast::unchecked_into::<Element>)
        .find(|element| !element.local_name().starts_with("saath-"))
}

/// On the element, in it, or on the other half of a label and its control.
fn lands_on(top: &Element, element: &Element) -> bool {
    let controls = |label: &Element, control: &Element| {
        label_of(label)
            .and_then(|label| label.control())
            .is_some_and(|own| own.is_same_node(Some(control)))
    };
    element.contains(Some(top)) || controls(top, element) || controls(element, top)
}

fn label_of(element: &Element) -> Option<HtmlLabelElement> {
    element.closest("label").ok().flatten().map(JsCast::unchecked_into)
}

fn host_of(element: &Element) -> Option<Element> {
    // Only a child of the root itself has no parent element.
    element.parent_node().and_then(|root| host(&root))
}

fn host_of_root(element: &Element) -> Option<Element> {
    host(&element.get_root_node())
}

fn host(root: &web_sys::Node) -> Option<Element> {
    const FRAGMENT: u16 = web_sys::Node::DOCUMENT_FRAGMENT_NODE;
    (root.node_type() == FRAGMENT).then(|| root.unchecked_ref::<ShadowRoot>().host())
}
