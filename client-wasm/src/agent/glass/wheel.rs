//! The wheel scrolls the customer's page while acting; otherwise it is the agent's own.

use super::{Inner, Tool, place};
use crate::browser::within;
use saath_core::{message::action::Action, node::NodeId};
use wasm_bindgen::JsCast;
use web_sys::{Element, ShadowRoot, WheelEvent};

/// Milliseconds until the replica is believed again: its offsets lag behind a turning wheel by a
/// round trip.
const SETTLED: f64 = 400.0;
/// CSS pixels of a line, where a wheel counts in lines.
const LINE: f64 = 40.0;

/// Where the wheel has scrolled to.
pub(super) struct Wheel {
    id: NodeId,
    left: f64,
    top: f64,
    /// When it last turned, in milliseconds.
    turned: f64,
    /// Not sent yet.
    news: bool,
}

impl Inner {
    pub(super) fn wheeled(&self, event: &WheelEvent) {
        // With Control it zooms the agent's own view.
        if self.tool.get() != Tool::Act || event.ctrl_key() {
            return;
        }
        event.prevent_default();
        self.close_picker();
        let (x, y) = place(event);
        let Some(hit) = (self.hit)(x, y) else { return };
        let (mut across, mut down) = (event.delta_x(), event.delta_y());
        if event.shift_key() && across == 0.0 {
            (across, down) = (down, 0.0);
        }
        let Some(scroller) = scroller(&hit.element, across, down) else { return };
        let Some(id) = (self.id_of)(&scroller) else { return };
        let (wide, tall) =
            (f64::from(scroller.client_width()), f64::from(scroller.client_height()));
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => (LINE, LINE),
            WheelEvent::DOM_DELTA_PAGE => (wide, tall),
            _ => (1.0, 1.0),
        };
        let now = event.time_stamp();
        let mut wheel = self.wheel.borrow_mut();
        let (left, top) = match &*wheel {
            Some(wheel) if wheel.id == id && now - wheel.turned < SETTLED => {
                (wheel.left, wheel.top)
            }
            _ => (f64::from(scroller.scroll_left()), f64::from(scroller.scroll_top())),
        };
        let most = |whole: i32, seen: f64| (f64::from(whole) - seen).max(0.0);
        // Right-to-left pages count from the right, downwards from zero.
        let (right, bottom) =
            (most(scroller.scroll_width(), wide), most(scroller.scroll_height(), tall));
        let leftmost = if is_rtl(&scroller) { -right } else { 0.0 };
        *wheel = Some(Wheel {
            id,
            left: within(left + across * unit.0, leftmost, leftmost + right),
            top: within(top + down * unit.1, 0.0, bottom),
            turned: now,
            news: true,
        });
        drop(wheel);
        self.ask_frame();
    }

    /// At most once a frame.
    pub(super) fn send_scroll(&self) {
        let action = self.wheel.borrow_mut().as_mut().filter(|wheel| wheel.news).map(|wheel| {
            wheel.news = false;
            let (left, top) = (wheel.left.round() as i32, wheel.top.round() as i32);
            Action::Scroll { target: wheel.id, left, top }
        });
        if let Some(action) = action {
            self.act(action);
        }
    }
}

/// The nearest ancestor that the wheel would scroll; in the end the document.
fn scroller(from: &Element, across: f64, down: f64) -> Option<Element> {
    let document = from.owner_document()?;
    let window = document.default_view()?;
    let root = document.scrolling_element().or_else(|| document.document_element());
    let body = document.body();
    let mut at = Some(from.clone());
    while let Some(element) = at {
        let is_page = root.as_ref().is_some_and(|root| root.is_same_node(Some(&element)))
            || body.as_ref().is_some_and(|body| body.is_same_node(Some(&element)));
        if !is_page && let Ok(Some(style)) = window.get_computed_style(&element) {
            let scrolls = |axis: &str| {
                matches!(style.get_property_value(axis).as_deref(), Ok("auto" | "scroll"))
            };
            let x = across != 0.0
                && element.scroll_width() > element.client_width()
                && scrolls("overflow-x");
            let y = down != 0.0
                && element.scroll_height() > element.client_height()
                && scrolls("overflow-y")
                && has_room(&element, down);
            if x || y {
                return Some(element);
            }
        }
        at = element.parent_element().or_else(|| {
            let parent = element.parent_node()?;
            const FRAGMENT: u16 = web_sys::Node::DOCUMENT_FRAGMENT_NODE;
            (parent.node_type() == FRAGMENT).then(|| parent.unchecked_ref::<ShadowRoot>().host())
        });
    }
    // What does not scroll itself leaves the wheel to the page around it, but for the outermost.
    let root = root?;
    let still =
        across == 0.0 && (root.scroll_height() <= root.client_height() || !has_room(&root, down));
    let around = window.frame_element().ok().flatten().filter(|frame| {
        // The stage itself is no frame of the page.
        still && frame.owner_document() != web_sys::window().and_then(|window| window.document())
    });
    around.and_then(|frame| scroller(&frame, across, down)).or(Some(root))
}

/// Whether it is not at its end already, where scrolling goes on with the ancestor.
fn has_room(element: &Element, down: f64) -> bool {
    if down < 0.0 {
        element.scroll_top() > 0
    } else {
        element.scroll_top() + element.client_height() + 1 < element.scroll_height()
    }
}

fn is_rtl(element: &Element) -> bool {
    let window = element.owner_document().and_then(|document| document.default_view());
    let style = window.and_then(|window| window.get_computed_style(element).ok().flatten());
    style.is_some_and(|style| style.get_property_value("direction").as_deref() == Ok("rtl"))
}
