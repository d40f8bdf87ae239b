//! A press of the main mouse button.

use super::{
    events::{Fired, Init, fire, window_of},
    focus,
    guard::{Point, composed_parent},
    text,
};
use saath_core::message::action::Modifiers;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// Moves to the place, presses, releases, clicks.
pub(super) fn click(target: &Element, point: Point, modifiers: Modifiers) {
    let mouse = Mouse { target, point, modifiers };
    mouse.enter();
    // A prevented `pointerdown` takes the mouse events away, but not the click.
    let pressed = mouse.pointer("pointerdown", 1);
    let compatible = pressed == Fired::Passed;
    if !compatible || mouse.mouse("mousedown", 1, 1) == Fired::Passed {
        let fresh = focus::to_nearest(target);
        if fresh {
            text::to_end(target);
        }
    }
    mouse.pointer("pointerup", 0);
    if compatible {
        mouse.mouse("mouseup", 0, 1);
    }
    // A handler may have taken the element away; browsers do not click then.
    if target.is_connected() {
        mouse.fire("MouseEvent", "click", mouse.init(0).with("detail", 1));
    }
}

struct Mouse<'a> {
    target: &'a Element,
    point: Point,
    modifiers: Modifiers,
}

impl Mouse<'_> {
    fn enter(&self) {
        self.pointer("pointerover", 0);
        self.for_ancestors("PointerEvent", "pointerenter");
        self.mouse("mouseover", 0, 0);
        self.for_ancestors("MouseEvent", "mouseenter");
        self.pointer("pointermove", 0);
        self.mouse("mousemove", 0, 0);
    }

    /// Events that do not bubble, to each element that is entered, the outermost first.
    fn for_ancestors(&self, interface: &str, name: &str) {
        let path: Vec<Element> =
            std::iter::successors(Some(self.target.clone()), composed_parent).collect();
        for element in path.iter().rev() {
            let init = self.init(0).with("bubbles", false).with("cancelable", false);
            fire(element, interface, name, pointer_init(init, 0));
        }
    }

    fn pointer(&self, name: &str, buttons: u8) -> Fired {
        // Only down and up are about a button.
        let button = if matches!(name, "pointerdown" | "pointerup") { 0 } else { -1 };
        let init = self.init(buttons).with("button", button);
        self.fire("PointerEvent", name, pointer_init(init, buttons))
    }

    fn mouse(&self, name: &str, buttons: u8, detail: u8) -> Fired {
        self.fire("MouseEvent", name, self.init(buttons).with("detail", detail))
    }

    fn init(&self, buttons: u8) -> Init {
        let (left, top) = window_of(self.target).map_or((0.0, 0.0), |window| {
            let offset = |at: Result<JsValue, _>| at.ok().and_then(|at| at.as_f64()).unwrap_or(0.0);
            (offset(window.screen_x()), offset(window.screen_y()))
        });
        Init::new()
            .modifiers(self.modifiers)
            .with("clientX", self.point.x)
            .with("clientY", self.point.y)
            .with("screenX", left + self.point.x)
            .with("screenY", top + self.point.y)
            .with("button", 0)
            .with("buttons", buttons)
    }

    fn fire(&self, interface: &str, name: &str, init: Init) -> Fired {
        fire(self.target, interface, name, init)
    }
}

fn pointer_init(init: Init, buttons: u8) -> Init {
    init.with("pointerId", 1)
        .with("pointerType", "mouse")
        .with("isPrimary", true)
        .with("width", 1)
        .with("height", 1)
        .with("pressure", if buttons == 0 { 0.0 } else { 0.5 })
}
