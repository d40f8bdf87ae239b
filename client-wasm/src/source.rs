//! The customer's page as a source of pages: the mirror and the capture, turn by turn.

use crate::browser::{document, window};
use crate::dom::Mirror;
use crate::error::Error;
use saath_core::capture::Capture;
use saath_core::mask::{Access, Policy, mask_text};
use saath_core::message::page::{Page, View};
use saath_core::node::NodeId;
use saath_core::reading::Parts;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

/// Observes the page for as long as it lives.
#[must_use]
pub(crate) struct Source {
    document: Document,
    mirror: Mirror,
    capture: Capture,
}

impl Source {
    /// `wake` is called when something may have changed, and must only note that it was.
    pub(crate) fn new(policy: Policy, wake: impl FnMut() + 'static) -> Result<Self, Error> {
        let document = document().ok_or(Error::Unsupported("there is no document"))?;
        let mirror = Mirror::new(&document, wake);
        let url = document.url().unwrap_or_default();
        let policy = match mirror.select(&policy.selectors(&url)) {
            Ok(()) => policy,
            Err(error) => {
                let text = "saath: a selector of the masking policy does not parse, so everything is masked:";
                web_sys::console::error_2(&text.into(), &error);
                // The marks of the page itself always parse.
                let _ = mirror.select(&Policy::mask_all().selectors(&url));
                Policy::mask_all()
            }
        };
        mirror.find_scrolled();
        Ok(Self { document, mirror, capture: Capture::new(policy) })
    }

    /// Notes what may have changed. Whether there is anything to read.
    pub(crate) fn is_dirty(&mut self) -> bool {
        self.capture.dirt.note_words(&self.mirror.dirt());
        !self.capture.dirt.is_empty()
    }

    /// Reads what is dirty; the page to send, if anything differs.
    pub(crate) fn turn(&mut self) -> Option<Page> {
        // A mark that changes its meaning on the way makes one more turn, and a reading that does
        // not fit starts from nothing; both come to rest.
        for _ in 0..4 {
            if !self.is_dirty() {
                return None;
            }
            let request = self.capture.dirt.take();
            let turn = self
                .mirror
                .read(&request)
                .ok()
                .and_then(|reading| self.capture.turn(&reading).ok());
            match turn {
                Some(turn) => {
                    self.mirror.forget(&turn.gone);
                    if turn.page.is_some() {
                        return turn.page;
                    }
                }
                None => self.restart(),
            }
        }
        None
    }

    /// The next page is the whole page.
    pub(crate) fn restart(&mut self) {
        self.mirror.reset();
        self.capture.restart();
    }

    /// Reads these subtrees again; none: the whole page.
    pub(crate) fn repair(&mut self, roots: &[NodeId]) {
        if roots.is_empty() {
            return self.restart();
        }
        for &root in roots {
            self.capture.dirt.note(root, Parts::SUBTREE);
        }
    }

    /// The element of a number; for a text node its parent, for the document its root.
    pub(crate) fn element(&self, id: NodeId) -> Option<Element> {
        if id == NodeId::DOCUMENT {
            return self.document.document_element();
        }
        let node = self.mirror.node(id)?;
        match node.dyn_into::<Element>() {
            Ok(element) => Some(element),
            Err(node) => node.parent_element(),
        }
    }

    /// What the agent may do with an element. One that was never sent is not for the agent.
    pub(crate) fn access(&self, element: &Element) -> Access {
        self.mirror.id(element).map_or(Access::Masked, |id| self.capture.access(id))
    }

    /// Size, title and address of the page, masked.
    pub(crate) fn view(&self) -> View {
        let window = window();
        let pixels = |value: Option<wasm_bindgen::JsValue>| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            value.and_then(|value| value.as_f64()).map_or(0, |value| value.clamp(0.0, 1e6) as u32)
        };
        let url = window
            .as_ref()
            .and_then(|window| {
                let location = window.location();
                Some(format!("{}{}", location.origin().ok()?, location.pathname().ok()?))
            })
            .unwrap_or_default();
        let policy = self.capture.policy();
        let scale = window.as_ref().map_or(1.0, web_sys::Window::device_pixel_ratio);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let scale = (scale.clamp(0.1, 100.0) * 1000.0) as u32;
        let width = pixels(window.as_ref().and_then(|window| window.inner_width().ok()));
        let inside = self.document.document_element().map(|root| root.client_width());
        let inside = inside.and_then(|inside| u32::try_from(inside).ok()).unwrap_or(width);
        View {
            width,
            height: pixels(window.as_ref().and_then(|window| window.inner_height().ok())),
            scale,
            title: mask_text(policy, &self.document.title()),
            url: mask_text(policy, &url),
            hidden: self.document.hidden(),
            scrollbar: width.saturating_sub(inside),
        }
    }
}
