//! Lets a yes through only when the customer can have meant it.
//!
//! Against a page that presses the button itself, lays something over it, or makes it appear under
//! a finger that is already on its way: the press must come from the user, and the button must
//! have been on screen and uncovered for 800 ms without a break.

use super::layer::Place;
use gloo_timers::callback::Interval;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement, VisibilityState, Window};

/// Milliseconds a prompt must have been readable.
const READABLE_MS: f64 = 800.0;
const LOOK_EVERY_MS: u32 = 100;

/// Watches one button; its `aria-disabled` shows the state.
pub(super) struct Guard {
    state: Rc<State>,
    frame: i32,
    _on_frame: Closure<dyn FnMut()>,
    _look: Interval,
}

struct State {
    place: Rc<Place>,
    window: Window,
    button: HtmlElement,
    painted: Cell<bool>,
    /// Since when, by `Date`, the button is readable.
    readable_since: Cell<Option<f64>>,
    raised: Cell<u32>,
}

impl Guard {
    pub(super) fn new(place: Rc<Place>, window: &Window, button: HtmlElement) -> Self {
        let state = Rc::new(State {
            raised: Cell::new(place.raised()),
            place,
            window: window.clone(),
            button,
            painted: Cell::new(false),
            readable_since: Cell::new(None),
        });
        // The frame callback runs right before the first paint that can contain the button.
        let seen = state.clone();
        let on_frame = Closure::new(move || seen.painted.set(true));
        let frame =
            window.request_animation_frame(on_frame.as_ref().unchecked_ref()).unwrap_or_default();
        let seen = state.clone();
        let look = Interval::new(LOOK_EVERY_MS, move || seen.look());
        state.look();
        Self { state, frame, _on_frame: on_frame, _look: look }
    }

    /// Whether this press counts.
    pub(super) fn passes(&self, event: &Event) -> bool {
        self.state.look();
        event.is_trusted() && self.state.ready()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.state.window.cancel_animation_frame(self.frame);
    }
}

impl State {
    fn look(&self) {
        let visible = self
            .window
            .document()
            .is_some_and(|document| document.visibility_state() == VisibilityState::Visible);
        let undisturbed = self.raised.replace(self.place.raised()) == self.place.raised();
        if self.painted.get() && visible && undisturbed && self.place.uncovered(&self.button) {
            if self.readable_since.get().is_none() {
                self.readable_since.set(Some(js_sys::Date::now()));
            }
        } else {
            self.readable_since.set(None);
        }
        let disabled = if self.ready() { "false" } else { "true" };
        if self.button.get_attribute("aria-disabled").as_deref() != Some(disabled) {
            let _ = self.button.set_attribute("aria-disabled", disabled);
        }
    }

    fn ready(&self) -> bool {
        self.readable_since.get().is_some_and(|since| js_sys::Date::now() - since >= READABLE_MS)
    }
}
