//! The layer above the replica that turns the agent's gestures into actions and annotations.
//!
//! The replica's frame is sealed and runs nothing, and one engine delivers no events from such a
//! frame at all, so gestures are taken here and the element under them is looked up. Nothing is
//! changed in the replica: what an action does comes back from the customer's page.

mod keyboard;
mod layer;
mod name;
mod picker;
mod wheel;

use crate::customer::perform::focus;
use gloo_events::{EventListener, EventListenerOptions};
use layer::Layer;
use saath_core::{
    message::{
        action::{Action, Modifiers, Spot},
        annotation::Annotate,
    },
    node::NodeId,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, MouseEvent};

/// What lies under a place of the glass.
pub(crate) struct Hit {
    /// The node's number.
    pub(crate) id: NodeId,
    /// The element, in the replica's document.
    pub(crate) element: Element,
    /// Where on it.
    pub(crate) at: Spot,
}

/// What the agent's hand holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Nothing: looking only.
    None,
    /// The customer sees where the agent points.
    Pointer,
    /// A click frames an element on the customer's screen.
    Highlight,
    /// Clicks, typing and scrolling are done on the customer's page.
    Act,
}

/// What the agent did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GlassEvent {
    /// To be done on the customer's page.
    Act(Action),
    /// To be shown on the customer's screen.
    Annotate(Annotate),
}

/// A mounted glass. Dropping it removes everything that it put into the page.
#[must_use]
pub(crate) struct Glass {
    inner: Rc<Inner>,
    #[expect(dead_code, reason = "kept for its drop")]
    listeners: Vec<EventListener>,
    #[expect(dead_code, reason = "the animation frame calls it")]
    on_frame: Closure<dyn FnMut()>,
}

type HitTest = Rc<dyn Fn(f64, f64) -> Option<Hit>>;
type IdOf = Rc<dyn Fn(&Element) -> Option<NodeId>>;
type Sink = Rc<dyn Fn(GlassEvent)>;

impl Glass {
    /// Puts a glass into `parent`, which it covers. `hit` is asked in CSS pixels of the agent's
    /// viewport; `id_of` numbers elements of the replica.
    pub(crate) fn mount(
        parent: &HtmlElement,
        hit: HitTest,
        id_of: IdOf,
        sink: Sink,
    ) -> Result<Self, JsValue> {
        let layer = Layer::mount(parent)?;
        let inner = Rc::new_cyclic(|weak: &std::rc::Weak<Inner>| {
            let weak = weak.clone();
            let on_frame = Closure::new(move || {
                if let Some(inner) = weak.upgrade() {
                    inner.frame();
                }
            });
            let frame_function: js_sys::Function =
                Closure::<dyn FnMut()>::as_ref(&on_frame).clone().unchecked_into();
            Inner {
                layer,
                hit,
                id_of,
                sink,
                tool: Cell::new(Tool::None),
                label: RefCell::default(),
                at: Cell::new(None),
                pointed: Cell::new(None),
                field: RefCell::default(),
                wheel: RefCell::default(),
                picker: RefCell::default(),
                frame: Cell::new(None),
                frame_function,
                on_frame: Cell::new(Some(on_frame)),
            }
        });
        let on_frame = inner.on_frame.take().ok_or(JsValue::UNDEFINED)?;
        let listeners = listeners(&inner);
        let glass = Glass { inner, listeners, on_frame };
        glass.tool(Tool::None);
        Ok(glass)
    }

    /// Takes another tool.
    pub(crate) fn tool(&self, tool: Tool) {
        let inner = &self.inner;
        inner.tool.set(tool);
        inner.close_picker();
        inner.layer.show_tool(tool);
        inner.layer.hide_frame();
        inner.field.replace(None);
        inner.wheel.replace(None);
        inner.point_at(None);
        inner.ask_frame();
    }

    /// The label of highlights from now on; with none, an element's own name.
    pub(crate) fn label(&self, text: &str) {
        self.inner.label.replace(text.trim().to_owned());
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        if let (Some(frame), Some(window)) = (self.inner.frame.take(), web_sys::window()) {
            let _ = window.cancel_animation_frame(frame);
        }
        self.inner.layer.remove();
    }
}

struct Inner {
    layer: Layer,
    hit: HitTest,
    id_of: IdOf,
    sink: Sink,
    tool: Cell<Tool>,
    label: RefCell<String>,
    /// Where the agent's mouse is, in CSS pixels of the viewport.
    at: Cell<Option<(f64, f64)>>,
    /// What the customer was last shown of it.
    pointed: Cell<Option<(NodeId, Spot)>>,
    /// Where typing goes.
    field: RefCell<Option<Target>>,
    wheel: RefCell<Option<wheel::Wheel>>,
    picker: RefCell<Option<picker::Picker>>,
    /// The animation frame that was asked for.
    frame: Cell<Option<i32>>,
    frame_function: js_sys::Function,
    /// Until the glass takes it.
    on_frame: Cell<Option<Closure<dyn FnMut()>>>,
}

/// An element of the replica and its number.
#[derive(Clone)]
struct Target {
    id: NodeId,
    element: Element,
}

fn listeners(inner: &Rc<Inner>) -> Vec<EventListener> {
    let layer = &inner.layer;
    let surface = &layer.surface;
    let keys = &layer.keys;
    let popup = &layer.popup;
    vec![
        on(inner, surface, "pointermove", |inner, event| inner.moved(event.unchecked_ref())),
        on(inner, surface, "pointerleave", |inner, _| inner.left()),
        // The textarea keeps the focus while the mouse is used.
        on(inner, surface, "mousedown", |inner, event| {
            if inner.tool.get() != Tool::None {
                event.prevent_default();
            }
            inner.close_picker();
        }),
        on(inner, surface, "click", |inner, event| inner.clicked(event.unchecked_ref())),
        on(inner, surface, "wheel", |inner, event| inner.wheeled(event.unchecked_ref())),
        on(inner, surface, "focus", |inner, _| {
            if inner.tool.get() == Tool::Act {
                inner.layer.focus_keys();
            }
        }),
        on(inner, keys, "keydown", |inner, event| inner.key(event.unchecked_ref())),
        on(inner, keys, "input", |inner, event| inner.typed(event.unchecked_ref())),
        on(inner, keys, "compositionend", |inner, _| inner.take_typed()),
        on(inner, keys, "paste", |inner, event| inner.pasted(event.unchecked_ref())),
        on(inner, popup, "click", |inner, event| inner.picked(event)),
        on(inner, popup, "change", |inner, event| inner.value_set(event)),
        on(inner, popup, "keydown", |inner, event| inner.picker_key(event.unchecked_ref())),
    ]
}

fn on(
    inner: &Rc<Inner>,
    target: &EventTarget,
    name: &'static str,
    handle: fn(&Inner, &Event),
) -> EventListener {
    let weak = Rc::downgrade(inner);
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, name, options, move |event| {
        if let Some(inner) = weak.upgrade() {
            handle(&inner, event);
        }
    })
}

impl Inner {
    fn act(&self, action: Action) {
        (self.sink)(GlassEvent::Act(action));
    }

    fn annotate(&self, annotate: Annotate) {
        (self.sink)(GlassEvent::Annotate(annotate));
    }

    fn target(&self, element: Element) -> Option<Target> {
        (self.id_of)(&element).map(|id| Target { id, element })
    }

    fn moved(&self, event: &MouseEvent) {
        self.at.set(Some(place(event)));
        self.ask_frame();
    }

    fn left(&self) {
        self.at.set(None);
        self.ask_frame();
    }

    /// Once for all that happens until the next one.
    fn ask_frame(&self) {
        if self.frame.get().is_none()
            && let Some(window) = web_sys::window()
        {
            self.frame.set(window.request_animation_frame(&self.frame_function).ok());
        }
    }

    fn frame(&self) {
        self.frame.set(None);
        self.send_scroll();
        let hit = || self.at.get().and_then(|(x, y)| (self.hit)(x, y));
        match self.tool.get() {
            Tool::None => {}
            Tool::Pointer | Tool::Act => self.point_at(hit()),
            Tool::Highlight => match hit() {
                Some(hit) => self.layer.show_frame(&hit.element),
                None => self.layer.hide_frame(),
            },
        }
    }

    /// Tells the customer where the agent points, if it is news.
    fn point_at(&self, hit: Option<Hit>) {
        let now = hit.map(|hit| (hit.id, hit.at));
        if self.pointed.replace(now) == now {
            return;
        }
        self.annotate(match now {
            Some((target, at)) => Annotate::Pointer { target, at },
            None => Annotate::PointerGone,
        });
    }

    fn clicked(&self, event: &MouseEvent) {
        let (x, y) = place(event);
        let Some(hit) = (self.hit)(x, y) else { return };
        match self.tool.get() {
            Tool::None | Tool::Pointer => {}
            Tool::Highlight => {
                let label = self.label.borrow().clone();
                let label = if label.is_empty() { name::of(&hit.element) } else { label };
                self.annotate(Annotate::Highlight { target: hit.id, label });
            }
            Tool::Act => self.click(hit, modifiers(event), (x, y)),
        }
    }

    fn click(&self, hit: Hit, modifiers: Modifiers, place: (f64, f64)) {
        // Lists and calendars are the browser's own windows: opened here, not there.
        if let Some(field) = picker::field_of(&hit.element).and_then(|field| self.target(field)) {
            self.field.replace(Some(field.clone()));
            if self.open_picker(&field) {
                return;
            }
        }
        let field = keyboard::field_of(&hit.element);
        let field = field.and_then(|field| self.target(field));
        let field = field.unwrap_or(Target { id: hit.id, element: hit.element });
        self.field.replace(Some(field));
        self.act(Action::Click { target: hit.id, at: hit.at, modifiers });
        self.layer.place_keys(place);
        self.layer.focus_keys();
    }
}

/// Where typing goes after Tab, as far as the replica tells.
fn after_tab(from: &Element, backwards: bool) -> Option<Element> {
    focus::neighbour(from, backwards)
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn modifiers(event: &MouseEvent) -> Modifiers {
    bits([event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key()])
}

fn bits(held: [bool; 4]) -> Modifiers {
    Modifiers(held.iter().enumerate().fold(0, |bits, (at, held)| bits | (u8::from(*held) << at)))
}
