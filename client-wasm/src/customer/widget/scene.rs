//! One view on the screen and what ends with it: listeners, timers, the guard of its yes.

use super::Sink;
use super::guard::Guard;
use super::layer::Place;
use super::template;
use super::view::WidgetEvent;
use crate::browser::px;
use crate::customer::locales::Texts;
use gloo_events::EventListener;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, HtmlDialogElement, HtmlElement, Window};

/// A view of `widget.html`.
pub(super) struct Scene {
    /// Its `data-view`.
    pub(super) view: &'static str,
    pub(super) element: HtmlElement,
    /// The frame around the page, while somebody watches.
    pub(super) frame: Option<HtmlElement>,
    guard: Rc<RefCell<Option<Guard>>>,
    /// Where the customer was when a question came up.
    before: RefCell<Option<HtmlElement>>,
    keeps: RefCell<Vec<Box<dyn Any>>>,
    _clicks: EventListener,
}

impl Scene {
    /// A fresh view whose buttons report to the sink, not on the page yet.
    pub(super) fn new(
        document: &Document,
        texts: &Texts,
        view: &'static str,
        sink: Sink,
    ) -> Result<Self, JsValue> {
        let element = template::build(document, texts, view)?;
        let guard: Rc<RefCell<Option<Guard>>> = Rc::default();
        let guarded = guard.clone();
        let clicks = EventListener::new(&element, "click", move |event| {
            let Some(pressed) = pressed(event) else { return };
            let meant = || guarded.borrow().as_ref().is_some_and(|guard| guard.passes(event));
            if !pressed.is_yes() || meant() {
                sink(pressed);
            }
        });
        let (before, keeps) = Default::default();
        Ok(Self { view, element, frame: None, guard, before, keeps, _clicks: clicks })
    }

    /// The element that the template marks with `data-slot`.
    pub(super) fn slot(&self, name: &str) -> Result<HtmlElement, JsValue> {
        self.element
            .query_selector(&format!("[data-slot=\"{name}\"]"))?
            .ok_or_else(|| JsValue::from_str("widget.html lacks a slot"))
            .map(|slot: Element| slot.unchecked_into())
    }

    /// Ties a timer or a listener to this scene.
    pub(super) fn keep<T: 'static>(&self, handle: T) {
        self.keeps.borrow_mut().push(Box::new(handle));
    }

    /// Arms the button that says yes.
    pub(super) fn guard(&self, guard: Guard) {
        *self.guard.borrow_mut() = Some(guard);
    }

    /// Keeps the element for another state, without the timers and listeners of this one.
    pub(super) fn reset(&self) {
        self.keeps.borrow_mut().clear();
        *self.guard.borrow_mut() = None;
    }

    /// Where the focus goes when the question is answered; a second question changes nothing.
    pub(super) fn remember(&self, focused: Option<HtmlElement>) {
        let mut before = self.before.borrow_mut();
        *before = focused.or(before.take());
    }

    /// Takes the question away and gives the focus back.
    pub(super) fn answer_ask(&self) {
        if let Ok(ask) = self.slot("ask") {
            ask.set_hidden(true);
        }
        let before = self.before.borrow_mut().take();
        if let Some(before) = before {
            let _ = before.focus();
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some(prompt) = self.element.dyn_ref::<HtmlDialogElement>() {
            // Listeners first: closing it is no answer. It gives the focus back.
            self.keeps.borrow_mut().clear();
            prompt.close();
        }
        self.element.remove();
        if let Some(frame) = &self.frame {
            frame.remove();
        }
    }
}

/// Lifts the bar off whatever the page itself fixes to the bottom edge: its navigation, its own
/// buttons.
pub(super) fn lift_off(place: &Place, window: &Window, bar: &HtmlElement) {
    let number = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64());
    let Some(height) = number(window.inner_height()) else { return };
    let rect = bar.get_bounding_client_rect();
    let mut lift: f64 = 0.0;
    for share in [0.1, 0.5, 0.9] {
        let x = rect.x() + rect.width() * share;
        for element in place.under(x, height - 6.0) {
            let fixed = window
                .get_computed_style(&element)
                .ok()
                .flatten()
                .and_then(|style| style.get_property_value("position").ok())
                .is_some_and(|position| matches!(position.as_str(), "fixed" | "sticky"));
            let other = element.get_bounding_client_rect();
            if fixed && other.height() <= 120.0 && other.bottom() >= height - 24.0 {
                lift = lift.max(height - other.y());
            }
        }
    }
    let lift = lift.min(height / 3.0);
    let _ = bar.style().set_property("--lift", &px(lift.round()));
}

fn pressed(event: &Event) -> Option<WidgetEvent> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    WidgetEvent::named(&target.closest("[data-do]").ok()??.get_attribute("data-do")?)
}
