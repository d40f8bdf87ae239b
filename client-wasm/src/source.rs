//! The customer's page as a source of pages: the mirror and the capture, turn by turn.

use crate::browser::{document, window, within};
use crate::dom::{self, Mirror};
use crate::error::Error;
use crate::frames::as_element;
use saath_core::capture::Capture;
use saath_core::mask::{Access, Policy};
use saath_core::message::page::{Page, View};
use saath_core::node::NodeId;
use saath_core::tree::Digest;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, MouseEvent, Node};

/// Observes the page for as long as it lives.
#[must_use]
pub(crate) struct Source {
    document: Document,
    mirror: Mirror,
    capture: Capture,
    /// The address that the selectors in force are for.
    address: String,
}

/// The page could not be read this time; the reason is on its console.
#[derive(Debug)]
pub(crate) struct Broken;

impl Source {
    /// `wake` is called when something may have changed, and must only note that it was.
    pub(crate) fn new(policy: Policy, wake: impl FnMut() + 'static) -> Result<Self, Error> {
        let document = document().ok_or(Error::Unsupported("there is no document"))?;
        let mirror = Mirror::new(&document, wake);
        let url = dom::address(&document);
        let policy = match parses(&mirror, &policy)
            .and_then(|()| mirror.select(&policy.selectors(&url)))
        {
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
        let capture = Capture::new(policy);
        mirror.ask(capture.asked());
        Ok(Self { document, mirror, capture, address: url })
    }

    /// Notes what may have changed. Whether there is anything to read.
    pub(crate) fn is_dirty(&mut self) -> Result<bool, Broken> {
        self.follow_address();
        let mut dirt = self.mirror.dirt().map_err(|error| self.fail(&error))?;
        if self.mirror.is_replaced() {
            self.restart();
            dirt.clear();
        }
        self.capture.dirt.note_words(&dirt);
        Ok(self.capture.is_due())
    }

    /// Reads what is dirty; the page to send, if anything differs.
    ///
    /// # Errors
    /// [`Broken`] if the page cannot be read. Trying again starts from nothing.
    pub(crate) fn turn(&mut self) -> Result<Option<Page>, Broken> {
        // A mark that changes its meaning on the way makes one more turn.
        for _ in 0..4 {
            if !self.is_dirty()? {
                return Ok(None);
            }
            let request = self.capture.dirt.take();
            let reading = self.mirror.read(&request).map_err(|error| self.fail(&error))?;
            let turn = self
                .capture
                .turn_on(&reading, &self.mirror)
                .map_err(|error| self.fail(&error.to_string().into()))?;
            self.mirror.forget(&turn.gone);
            self.mirror.ask(self.capture.asked());
            if turn.page.is_some() {
                return Ok(turn.page);
            }
        }
        Ok(None)
    }

    /// Selectors can be for some addresses only, and scripts change the address without a load.
    fn follow_address(&mut self) {
        let address = dom::address(&self.document);
        if address != self.address {
            // They were found to parse when the source began.
            let _ = self.mirror.select(&self.capture.policy().selectors(&address));
            self.address = address;
        }
    }

    fn fail(&mut self, error: &JsValue) -> Broken {
        web_sys::console::error_2(&"saath: the page could not be read:".into(), error);
        self.restart();
        Broken
    }

    /// The next page is the whole page.
    pub(crate) fn restart(&mut self) {
        self.mirror.reset();
        self.capture.restart();
    }

    /// The next page is what the replica has otherwise.
    pub(crate) fn repair(&mut self, other: &Digest) {
        self.capture.repair(other);
        if self.capture.is_fresh() {
            self.mirror.reset();
        }
    }

    /// The element of a number; for a text node its parent, for a document its root.
    pub(crate) fn element(&self, id: NodeId) -> Option<Element> {
        let node = self.mirror.node(id)?;
        match node.node_type() {
            Node::DOCUMENT_NODE => node.unchecked_into::<Document>().document_element(),
            Node::ELEMENT_NODE => as_element(node),
            _ => node.parent_element(),
        }
    }

    /// `pointed` hears of the customer's pointer over the documents of frames.
    pub(crate) fn on_pointer(&mut self, pointed: impl FnMut(MouseEvent) + 'static) {
        self.mirror.on_pointer(pointed);
    }

    /// How often the document was opened anew: what listens to it has to begin again then.
    pub(crate) fn openings(&self) -> u32 {
        self.mirror.openings()
    }

    /// What the agent may do with an element. One that was never sent is not for the agent.
    pub(crate) fn access(&self, element: &Element) -> Access {
        self.mirror.id(element).map_or(Access::Masked, |id| self.capture.access(id))
    }

    /// Size, title and address of the page, masked.
    pub(crate) fn view(&self) -> View {
        let window = window();
        let pixels = |value: Option<JsValue>| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            value.and_then(|value| value.as_f64()).map_or(0, |value| value.min(1e6) as u32)
        };
        let url = window
            .as_ref()
            .and_then(|window| {
                let location = window.location();
                Some(format!("{}{}", location.origin().ok()?, location.pathname().ok()?))
            })
            .unwrap_or_default();
        let root = dom::root(&self.document).and_then(|root| self.mirror.id(&root));
        let title = dom::title_element(&self.document);
        let title = title.map_or(root, |title| self.mirror.id(&title));
        let scale = window.as_ref().map_or(1.0, web_sys::Window::device_pixel_ratio);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let scale = (within(scale, 0.1, 100.0) * 1000.0) as u32;
        let width = pixels(window.as_ref().and_then(|window| window.inner_width().ok()));
        // Only a page that scrolls tells; until one does they are taken to need room.
        let overlay = dom::root(&self.document).is_some_and(|root| {
            root.scroll_height() > root.client_height()
                && u32::try_from(root.client_width()).is_ok_and(|inside| inside >= width)
        });
        View {
            width,
            height: pixels(window.as_ref().and_then(|window| window.inner_height().ok())),
            scale,
            title: self.capture.mask_text(title, &dom::title(&self.document)),
            url: self.capture.mask_text(root, &url),
            hidden: dom::is_hidden(&self.document),
            overlay_scrollbars: overlay,
        }
    }
}

/// Whether all selectors parse, also those for other addresses.
fn parses(mirror: &Mirror, policy: &Policy) -> Result<(), JsValue> {
    mirror.select(&policy.all_selectors())
}
