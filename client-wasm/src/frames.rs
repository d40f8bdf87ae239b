//! Where an element of a frame is, seen from the page.
//!
//! Frames of the same origin are part of the page, and each has coordinates of its own.

use crate::browser::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlIFrameElement, Node};

/// The frame that a document is in; none for the page's own, and for one that is not shown any more.
pub(crate) fn frame_of(document: &Document) -> Option<Element> {
    let own = self::document();
    if own.is_some_and(|own| document.is_same_node(Some(&own))) {
        return None;
    }
    document.default_view()?.frame_element().ok().flatten()
}

/// Where the viewport of a frame begins in the viewport around it, in CSS pixels.
pub(crate) fn origin(frame: &Element) -> (f64, f64) {
    let rect = frame.get_bounding_client_rect();
    let (left, top) = inset(frame);
    (rect.left() + left, rect.top() + top)
}

/// How far the viewport of a frame is from its border box, in CSS pixels of its own.
pub(crate) fn inset(frame: &Element) -> (f64, f64) {
    let style = window().and_then(|window| window.get_computed_style(frame).ok().flatten());
    let padding = |side| {
        let value = style.as_ref().and_then(|style| style.get_property_value(side).ok());
        value.and_then(|value| value.trim_end_matches("px").parse().ok()).unwrap_or(0.0)
    };
    (
        f64::from(frame.client_left()) + padding("padding-left"),
        f64::from(frame.client_top()) + padding("padding-top"),
    )
}

/// Where the viewport of a document begins in the page's own, in CSS pixels.
pub(crate) fn offset(document: &Document) -> (f64, f64) {
    let (mut x, mut y) = (0.0, 0.0);
    let mut frame = frame_of(document);
    while let Some(around) = frame {
        let (left, top) = origin(&around);
        (x, y) = (x + left, y + top);
        frame = around.owner_document().and_then(|document| frame_of(&document));
    }
    (x, y)
}

/// Whether an element is in a document that a window shows. Of a frame that was removed, the elements
/// still count as connected.
pub(crate) fn is_shown(element: &Element) -> bool {
    let view = element.owner_document().and_then(|document| document.default_view());
    element.is_connected() && view.is_some()
}

/// A node as an element, by its kind: `instanceof` does not hold for what is in a frame.
pub(crate) fn as_element(node: Node) -> Option<Element> {
    (node.node_type() == Node::ELEMENT_NODE).then(|| node.unchecked_into())
}

/// The document in a frame, if it is of this origin. By name, not by `instanceof`.
pub(crate) fn inside(element: &Element) -> Option<Document> {
    (element.local_name() == "iframe")
        .then(|| element.unchecked_ref::<HtmlIFrameElement>())?
        .content_document()
}
