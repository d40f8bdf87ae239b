//! Whether the page's scrollbars take room, or lie over it.
//!
//! The agent's browser may have the other kind, and everything would be laid out by their width
//! otherwise. Only a page that scrolls tells: what was told last holds while it does not, or while
//! it is held still under a dialog, or wants no bar. One that has wanted none tells no more by having
//! none: WebKit does not give it back.

use std::cell::Cell;

use crate::dom::native;
use web_sys::{CssStyleDeclaration, Document, Element, Window};

/// What the page has told so far; until then they are taken to need room.
#[derive(Debug, Default)]
pub(crate) struct Scrollbars {
    overlay: Cell<bool>,
    /// The page has wanted none.
    refused: Cell<bool>,
}

impl Scrollbars {
    /// Whether they lie over the page.
    pub(crate) fn overlay(&self, window: &Window, document: &Document) -> bool {
        match self.told(window, document) {
            Some(true) if self.refused.get() => {}
            Some(overlay) => self.overlay.set(overlay),
            None => {}
        }
        self.overlay.get()
    }

    fn told(&self, window: &Window, document: &Document) -> Option<bool> {
        let root = native::document_element(document)?;
        if root.scroll_height() <= root.client_height() {
            return None;
        }
        let style = style(window, &root)?;
        let mut overflow = value(&style, "overflow-y");
        if overflow == "visible" {
            // Then the viewport has that of the body.
            overflow = value(&self::style(window, document.body()?.as_ref())?, "overflow-y");
        }
        if matches!(overflow.as_str(), "hidden" | "clip") {
            return None;
        }
        if value(&style, "scrollbar-width") == "none" {
            self.refused.set(true);
            return None;
        }
        let own = window.get_computed_style_with_pseudo_elt(&root, "::-webkit-scrollbar").ok()?;
        if own.is_some_and(|own| value(&own, "display") == "none") {
            return None;
        }
        let width = window.inner_width().ok()?.as_f64()?;
        Some(f64::from(root.client_width()) >= width.floor())
    }
}

fn style(window: &Window, element: &Element) -> Option<CssStyleDeclaration> {
    window.get_computed_style(element).ok()?
}

fn value(style: &CssStyleDeclaration, name: &str) -> String {
    style.get_property_value(name).unwrap_or_default()
}
