//! Where typing goes, and what happens to a field that is left.

use super::{
    events::{Init, fire, fire_change},
    guard::{self, Field, composed_parent},
};
use gloo_events::EventListener;
use js_sys::{Reflect, WeakMap};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, FocusOptions, HtmlElement, HtmlInputElement, ShadowRoot};

/// Focuses the nearest element that takes focus, as a press does, or nothing. Whether the target
/// itself got it and did not have it.
pub(super) fn to_nearest(target: &Element) -> bool {
    let mut at = Some(target.clone());
    while let Some(element) = at {
        if takes_focus(&element) {
            let fresh = !has_focus(&element);
            to(&element);
            return fresh && element.is_same_node(Some(target));
        }
        at = composed_parent(&element);
    }
    if let Some(active) = focused(target) {
        leave(&active);
    }
    false
}

/// Focuses an element that takes focus.
///
/// In a window that is itself not focused (the customer talks to the agent in another one) browsers
/// move the focus but keep the events back; pages that check a field when it is left need them.
pub(super) fn to(element: &Element) {
    if has_focus(element) {
        return;
    }
    let before = focused(element);
    let left = before.as_ref().map(|before| Heard::new(before, "blur"));
    let got = Heard::new(element, "focus");
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.unchecked_ref::<HtmlElement>().focus_with_options(&options);
    if !has_focus(element) {
        return;
    }
    if let (Some(before), Some(left)) = (&before, left)
        && !left.heard()
    {
        tell(before, ["blur", "focusout"], Some(element));
    }
    if !got.heard() {
        tell(element, ["focus", "focusin"], before.as_ref());
    }
}

/// Takes the focus away.
pub(super) fn leave(element: &Element) {
    let left = Heard::new(element, "blur");
    let _ = element.unchecked_ref::<HtmlElement>().blur();
    if !left.heard() {
        tell(element, ["blur", "focusout"], None);
    }
}

/// The next element in the order of the Tab key, or the one before.
pub(crate) fn neighbour(from: &Element, backwards: bool) -> Option<Element> {
    let root = from.get_root_node();
    let found = match root.node_type() {
        web_sys::Node::DOCUMENT_FRAGMENT_NODE => {
            root.unchecked_ref::<ShadowRoot>().query_selector_all(STOPS)
        }
        _ => root.unchecked_ref::<Document>().query_selector_all(STOPS),
    };
    let found = found.ok()?;
    let elements = (0..found.length())
        .filter_map(|index| found.get(index))
        .map(JsCast::unchecked_into::<Element>)
        .filter(|element| element.is_same_node(Some(from)) || is_stop(element));
    // Positive ones come first, in their order; nearly all others go to the end as they come.
    let mut stops: Vec<(i32, Element)> = vec![];
    for element in elements {
        let index = Some(tab_index(&element)).filter(|index| *index > 0).unwrap_or(i32::MAX);
        let at = stops.partition_point(|(other, _)| *other <= index);
        stops.insert(at, (index, element));
    }
    let at = stops.iter().position(|(_, stop)| stop.is_same_node(Some(from)));
    let next = match (at, backwards) {
        (Some(at), false) => at + 1,
        (Some(at), true) => at.checked_sub(1)?,
        // Not a stop itself: the first one behind it, or the last one before it.
        (None, _) => {
            let behind = |(_, stop): &(i32, Element)| {
                const FOLLOWING: u16 = web_sys::Node::DOCUMENT_POSITION_FOLLOWING;
                from.compare_document_position(stop) & FOLLOWING != 0
            };
            let first = stops.iter().position(behind).unwrap_or(stops.len());
            if backwards { first.checked_sub(1)? } else { first }
        }
    };
    stops.into_iter().nth(next).map(|(_, stop)| stop)
}

const STOPS: &str = "a[href],area[href],button,input,select,textarea,summary,iframe,\
                     [tabindex],[contenteditable],audio[controls],video[controls]";

fn is_stop(element: &Element) -> bool {
    let shown = element.get_client_rects().length() > 0;
    let radio = match Field::of(element) {
        // Of a group, the chosen one; of a group without one, each.
        Field::Toggle(input) if input.type_() == "radio" && !input.checked() => {
            group_is_chosen(&input)
        }
        _ => false,
    };
    shown && !radio && tab_index(element) >= 0 && guard::is_able(element).is_ok()
}

fn group_is_chosen(input: &HtmlInputElement) -> bool {
    super::choice::group(input).iter().any(HtmlInputElement::checked)
}

fn takes_focus(element: &Element) -> bool {
    let disabled = element.matches(":disabled").unwrap_or(false);
    let named = element.has_attribute("tabindex") || tab_index(element) >= 0;
    !disabled
        && (named
            || matches!(Field::of(element), Field::Editable(host) if host.is_same_node(Some(element))))
}

fn tab_index(element: &Element) -> i32 {
    let index = Reflect::get(element, &"tabIndex".into()).ok().and_then(|index| index.as_f64());
    match (index, Field::of(element)) {
        // Browsers differ here.
        (Some(index), Field::Editable(_)) if !element.has_attribute("tabindex") => {
            index.max(0.0) as i32
        }
        (index, _) => index.map_or(-1, |index| index as i32),
    }
}

pub(super) fn has_focus(element: &Element) -> bool {
    focused(element).is_some_and(|active| active.is_same_node(Some(element)))
}

/// The focused element among those that share a root with this one; the body is no such element.
pub(super) fn focused(element: &Element) -> Option<Element> {
    let active = Reflect::get(&element.get_root_node(), &"activeElement".into()).ok()?;
    let active: Element =
        (!active.is_null() && !active.is_undefined()).then(|| active.unchecked_into())?;
    (active.local_name() != "body").then_some(active)
}

fn tell(element: &Element, [own, bubbling]: [&str; 2], other: Option<&Element>) {
    for (name, bubbles) in [(own, false), (bubbling, true)] {
        let init = Init::new().with("cancelable", false).with("bubbles", bubbles);
        let other = other.map_or(JsValue::NULL, JsValue::from);
        fire(element, "FocusEvent", name, init.with("relatedTarget", other));
    }
}

/// Whether an event came while this was alive.
struct Heard(Rc<Cell<bool>>, #[expect(dead_code, reason = "kept for its drop")] EventListener);

impl Heard {
    fn new(element: &Element, name: &'static str) -> Self {
        let heard = Rc::new(Cell::new(false));
        let set = heard.clone();
        Heard(heard, EventListener::new(element, name, move |_| set.set(true)))
    }

    fn heard(&self) -> bool {
        self.0.get()
    }
}

// Browsers remember of a field whether its value was edited since it was last told as `change`,
// and tell it when the field is left. They do so for real typing only; this does it for ours. It
// belongs to the field as that memory does, not to a session, so it outlives one: a value typed
// before STOP is still told.
thread_local! {
    static EDITED: WeakMap = WeakMap::new();
    static ON_SETTLED: Closure<dyn Fn(Event)> = Closure::new(|event: Event| {
        if let Some(field) = event.target() {
            let field: Element = field.unchecked_into();
            if event.type_() == "change" { forget(&field) } else { settle(&field) }
        }
    });
}

/// To be called before a field's value is edited.
pub(super) fn before_edit(field: &Element) {
    EDITED.with(|edited| {
        if !edited.has(field) {
            edited.set(field, &value_of(field));
        }
    });
    ON_SETTLED.with(|listener| {
        for name in ["blur", "change"] {
            // The same listener twice counts once.
            let _ = field.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    });
}

/// Tells `change` if the field was edited and does not hold the value it had.
pub(super) fn settle(field: &Element) {
    let before = EDITED.with(|edited| edited.has(field).then(|| edited.get(field)));
    forget(field);
    if before.is_some_and(|before| before != value_of(field)) {
        fire_change(field);
    }
}

fn forget(field: &Element) {
    EDITED.with(|edited| edited.delete(field));
    ON_SETTLED.with(|listener| {
        for name in ["blur", "change"] {
            let listener = listener.as_ref().unchecked_ref();
            let _ = field.remove_event_listener_with_callback(name, listener);
        }
    });
}

fn value_of(field: &Element) -> JsValue {
    Reflect::get(field, &"value".into()).unwrap_or(JsValue::UNDEFINED)
}
