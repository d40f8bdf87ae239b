//! Events made by the constructors of the element's own window.
//!
//! A page in a frame asks `event instanceof MouseEvent` with its own `MouseEvent`.

use js_sys::{Array, Function, Object, Reflect};
use saath_core::message::action::Modifiers;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, Window};

/// The window an element lives in.
pub(super) fn window_of(element: &Element) -> Option<Window> {
    element.owner_document()?.default_view()
}

/// What an event is made with.
pub(super) struct Init(Object);

impl Init {
    /// Bubbles, can be prevented, leaves shadow trees: what input events do.
    pub(super) fn new() -> Self {
        Init(Object::new()).with("bubbles", true).with("cancelable", true).with("composed", true)
    }

    pub(super) fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        // Setting a property of an object of our own cannot fail.
        let _ = Reflect::set(&self.0, &name.into(), &value.into());
        self
    }

    pub(super) fn modifiers(self, Modifiers(bits): Modifiers) -> Self {
        self.with("shiftKey", bits & 1 != 0)
            .with("ctrlKey", bits & 2 != 0)
            .with("altKey", bits & 4 != 0)
            .with("metaKey", bits & 8 != 0)
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fired {
    /// The page let it pass.
    Passed,
    /// The page prevented what would follow.
    Prevented,
}

/// Fires an event of a named interface; one that this browser does not have passes unseen.
pub(super) fn fire(target: &Element, interface: &str, name: &str, init: Init) -> Fired {
    match make(target, interface, name, init) {
        Some(event) if target.dispatch_event(&event) == Ok(false) => Fired::Prevented,
        _ => Fired::Passed,
    }
}

/// `input`, which tells that a value has changed.
pub(super) fn fire_input(target: &Element, kind: &str, data: Option<&str>) {
    let init = Init::new().with("cancelable", false).with("inputType", kind);
    fire(target, "InputEvent", "input", init.with("data", data.map(JsValue::from)));
}

/// `beforeinput`, by which editors take over.
pub(super) fn fire_before_input(target: &Element, kind: &str, data: Option<&str>) -> Fired {
    let init = Init::new().with("inputType", kind).with("data", data.map(JsValue::from));
    fire(target, "InputEvent", "beforeinput", init)
}

/// `change`, which tells that a value stands.
pub(super) fn fire_change(target: &Element) {
    let init = Init::new().with("cancelable", false).with("composed", false);
    fire(target, "Event", "change", init);
}

fn make(target: &Element, interface: &str, name: &str, Init(init): Init) -> Option<Event> {
    let window = window_of(target)?;
    let constructor = Reflect::get(&window, &interface.into()).ok()?;
    if interface != "Event" && interface != "InputEvent" {
        let _ = Reflect::set(&init, &"view".into(), &window);
    }
    let arguments = Array::of2(&name.into(), &init);
    let event = Reflect::construct(constructor.dyn_ref::<Function>()?, &arguments).ok()?;
    Some(event.unchecked_into())
}
