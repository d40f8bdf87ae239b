//! What is listened to besides the document itself: a table, each row with what it leads to.

use super::Event;
use crate::browser::{Inbox, NextFrame, window};
use crate::frames;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use saath_core::message::page::Pointer;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, MouseEvent, Window};

/// Scripts can change values and rules without a trace; they are compared this often,
/// in milliseconds.
const COMPARE_MS: u32 = 1_000;

/// No pointer on the page, or none that is the agent's business.
pub(super) const POINTER_GONE: Pointer = Pointer { x: -1, y: -1, pressed: false };

/// Listens for as long as it lives.
#[must_use]
pub(super) struct Watch {
    _listeners: Vec<EventListener>,
    _compare: Interval,
}

impl Watch {
    pub(super) fn start(inbox: &Inbox<Event>, next_frame: &NextFrame<Event>) -> Option<Self> {
        let window = window()?;
        let document = window.document()?;
        let wake = |target: &EventTarget, name: &'static str| {
            let next = next_frame.clone();
            listen(target, name, move |_| next.ask())
        };
        let pointer = |name: &'static str, read: fn(&Window, &MouseEvent) -> Pointer| {
            let (inbox, view) = (inbox.clone(), window.clone());
            listen(&document, name, move |event| {
                // Only the customer's own hand; what the agent does has its own mark.
                if event.is_trusted()
                    && let Some(event) = event.dyn_ref::<MouseEvent>()
                {
                    inbox.put(Event::Pointer(read(&view, event), over(event)));
                }
            })
        };
        let visual = js_sys::Reflect::get(&window, &"visualViewport".into());
        let visual = visual.ok().and_then(|visual| visual.dyn_into::<EventTarget>().ok());
        let mut listeners = vec![
            // what                                   which is news for
            wake(&window, "resize"),             // the view
            wake(&document, "visibilitychange"), // the view
            wake(&window, "popstate"),           // the view: another address
            wake(&window, "hashchange"),         // the view
            pointer("pointermove", |_, event| at(event, false)),
            pointer("pointerdown", |_, event| at(event, true)),
            pointer("pointerleave", |_, _| POINTER_GONE),
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

/// What the pointer does over the document of a frame, where the page itself hears nothing of it.
pub(super) fn in_frames(inbox: &Inbox<Event>) -> impl FnMut(MouseEvent) + 'static {
    let inbox = inbox.clone();
    move |event| {
        if !event.is_trusted() {
            return;
        }
        let over = over(&event);
        let pointer = match (event.type_().as_str(), &over) {
            ("pointerleave", _) | (_, None) => POINTER_GONE,
            (name, Some(over)) => {
                let document = over.owner_document();
                let (left, top) = document.map_or((0.0, 0.0), |document| frames::offset(&document));
                let Pointer { x, y, pressed } = at(&event, name == "pointerdown");
                #[expect(clippy::cast_possible_truncation)]
                Pointer { x: x + left as i32, y: y + top as i32, pressed }
            }
        };
        inbox.put(Event::Pointer(pointer, over));
    }
}

/// The innermost element that the pointer is over.
fn over(event: &MouseEvent) -> Option<Element> {
    let node = event.composed_path().get(0);
    if node.is_object() { frames::as_element(node.unchecked_into()) } else { None }
}

fn at(event: &MouseEvent, pressed: bool) -> Pointer {
    Pointer { x: event.client_x(), y: event.client_y(), pressed }
}

fn listen(
    target: &EventTarget,
    name: &'static str,
    heard: impl FnMut(&web_sys::Event) + 'static,
) -> EventListener {
    let options =
        EventListenerOptions { passive: true, ..EventListenerOptions::run_in_capture_phase() };
    EventListener::new_with_options(target, name, options, heard)
}
