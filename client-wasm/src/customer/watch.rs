//! The customer's own pointer, which is listened to beside the page.

use super::Event;
use crate::browser::{Inbox, NextFrame, window};
use crate::frames;
use crate::wakes::{Wakes, listen};
use gloo_events::EventListener;
use saath_core::message::page::Pointer;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

/// No pointer on the page, or none that is the agent's business.
pub(super) const POINTER_GONE: Pointer = Pointer { x: -1, y: -1, pressed: false };

/// Listens for as long as it lives.
#[must_use]
pub(super) struct Watch {
    _pointer: [EventListener; 3],
    _wakes: Wakes,
}

impl Watch {
    pub(super) fn start(inbox: &Inbox<Event>, next_frame: &NextFrame<Event>) -> Option<Self> {
        let window = window()?;
        let pointer = |name: &'static str, read: fn(&MouseEvent) -> Pointer| {
            let inbox = inbox.clone();
            listen(&window, name, move |event| {
                // Only the customer's own hand; what the agent does has its own mark.
                if event.is_trusted()
                    && let Some(event) = event.dyn_ref::<MouseEvent>()
                {
                    inbox.put(Event::Pointer(read(event), over(event)));
                }
            })
        };
        let pointer = [
            pointer("pointermove", |event| at(event, false)),
            pointer("pointerdown", |event| at(event, true)),
            pointer("pointerleave", |_| POINTER_GONE),
        ];
        Some(Self { _pointer: pointer, _wakes: Wakes::start(next_frame)? })
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
