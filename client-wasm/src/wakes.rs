//! What is looked at again though no record and no event of the document says so: a table.
//!
//! The same for a session and a recording, or one would be less exact than the other.

use crate::browser::{NextFrame, window};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::EventTarget;

/// Scripts can change values and rules without a trace; they are compared this often,
/// in milliseconds.
const COMPARE_MS: u32 = 1_000;

/// Asks for a turn for as long as it lives.
#[must_use]
pub(crate) struct Wakes {
    _listeners: Vec<EventListener>,
    _compare: Interval,
}

impl Wakes {
    pub(crate) fn start<E: 'static>(next_frame: &NextFrame<E>) -> Option<Self> {
        let window = window()?;
        let wake = |target: &EventTarget, name: &'static str| {
            let next = next_frame.clone();
            listen(target, name, move |_| next.ask())
        };
        let visual = js_sys::Reflect::get(&window, &"visualViewport".into());
        let visual = visual.ok().and_then(|visual| visual.dyn_into::<EventTarget>().ok());
        let mut listeners = vec![
            // what                            which is news for
            wake(&window, "resize"),           // the view
            wake(&window, "visibilitychange"), // the view
            wake(&window, "popstate"),         // the view: another address
            wake(&window, "hashchange"),       // the view
        ];
        if let Some(visual) = visual {
            // The view: fingers and keyboards on the screen
            listeners.extend(["resize", "scroll"].map(|name| wake(&visual, name)));
        }
        let next = next_frame.clone();
        let compare = Interval::new(COMPARE_MS, move || next.ask());
        Some(Self { _listeners: listeners, _compare: compare })
    }
}

/// Hears of an event first, and does not hold it up. To be asked of a window: what a page has named
/// `addEventListener` is the document's before the browser's own.
pub(crate) fn listen(
    target: &EventTarget,
    name: &'static str,
    heard: impl FnMut(&web_sys::Event) + 'static,
) -> EventListener {
    let options =
        EventListenerOptions { passive: true, ..EventListenerOptions::run_in_capture_phase() };
    EventListener::new_with_options(target, name, options, heard)
}
