//! Keeps the widget above the page and usable, whatever the page opens.
//!
//! The host is a manual popover, so it is in the browser's top layer. A modal `<dialog>` of the
//! page makes everything outside itself inert, STOP included; while one is open, the host lives in
//! the topmost one. Both moves are undone, and dropping the layer takes the host away.

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use js_sys::{Array, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    CssStyleSheet, Document, Element, HtmlDialogElement, HtmlElement, MutationObserver,
    MutationObserverInit, MutationRecord, Node, ShadowRoot, ShadowRootInit, ShadowRootMode, Window,
};

const CSS: &str = include_str!("../widget.css");

/// How often to look whether something that raised no event has covered the widget.
const WATCH_MS: u32 = 1000;

/// The host element and its place.
pub(super) struct Layer {
    place: Rc<Place>,
    observers: [MutationObserver; 2],
    _on_open: Closure<dyn FnMut(Array)>,
    _on_child: Closure<dyn FnMut()>,
    _on_popover: EventListener,
    _watch: Interval,
}

impl Layer {
    /// Makes the host and puts it on the page.
    pub(super) fn new(document: &Document, window: &Window) -> Result<Self, JsValue> {
        let (host, shadow) = self::host(document)?;
        let popover = Reflect::has(&host, &"showPopover".into())?;
        if popover {
            host.set_attribute("popover", "manual")?;
        }
        let place = Rc::new(Place {
            document: document.clone(),
            window: window.clone(),
            host,
            shadow,
            popover,
            dialogs: RefCell::default(),
            raised: Cell::new(0),
        });
        place.find_dialogs();
        place.settle();

        // Dialogs open and close by their attribute; the host leaves the page only with its parent.
        let seen = place.clone();
        let on_open = Closure::new(move |records: Array| seen.opened(&records));
        let seen = place.clone();
        let on_child = Closure::new(move || {
            if !seen.host.is_connected() {
                seen.settle();
            }
        });
        let observers = [
            MutationObserver::new(on_open.as_ref().unchecked_ref())?,
            MutationObserver::new(on_child.as_ref().unchecked_ref())?,
        ];
        let options = MutationObserverInit::new();
        options.set_subtree(true);
        options.set_attribute_filter(&Array::of1(&"open".into()));
        observers[0].observe_with_options(document, &options)?;
        let options = MutationObserverInit::new();
        options.set_subtree(true);
        options.set_child_list(true);
        observers[1].observe_with_options(document, &options)?;

        // A popover opened behind a modal prompt is painted over it and yet lets presses through.
        let seen = place.clone();
        let options = EventListenerOptions::run_in_capture_phase();
        let on_popover = EventListener::new_with_options(window, "toggle", options, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some_and(|target| seen.covers(&target)) {
                let focused = seen.inner_focus();
                seen.raise(focused.as_ref());
            }
        });

        let seen = place.clone();
        let watch = Interval::new(WATCH_MS, move || seen.watch());
        Ok(Self {
            place,
            observers,
            _on_open: on_open,
            _on_child: on_child,
            _on_popover: on_popover,
            _watch: watch,
        })
    }

    pub(super) fn shadow(&self) -> &ShadowRoot {
        &self.place.shadow
    }

    pub(super) fn place(&self) -> Rc<Place> {
        self.place.clone()
    }
}

impl Drop for Layer {
    fn drop(&mut self) {
        for observer in &self.observers {
            observer.disconnect();
        }
        self.place.host.remove();
    }
}

/// An element that is no part of the page, with a closed shadow root that has our styles.
pub(super) fn host(document: &Document) -> Result<(HtmlElement, ShadowRoot), JsValue> {
    let host: HtmlElement = document.create_element("saath-ui")?.unchecked_into();
    let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(CSS)?;
    Reflect::set(&shadow, &"adoptedStyleSheets".into(), &Array::of1(&sheet))?;
    Ok((host, shadow))
}

/// Where the host is, and what is in front of it.
pub(super) struct Place {
    document: Document,
    window: Window,
    host: HtmlElement,
    shadow: ShadowRoot,
    popover: bool,
    /// Modal dialogs in the order in which they were opened.
    dialogs: RefCell<Vec<Element>>,
    raised: Cell<u32>,
}

impl Place {
    /// Whether a press in the middle of `element`, and near its corners, would hit the widget, and
    /// the widget can be seen.
    pub(super) fn uncovered(&self, element: &Element) -> bool {
        let rect = element.get_bounding_client_rect();
        if rect.width() < 20.0 || rect.height() < 20.0 {
            return false;
        }
        [(0.5, 0.5), (0.15, 0.25), (0.85, 0.25), (0.15, 0.75), (0.85, 0.75)].iter().all(|(x, y)| {
            let (x, y) = (rect.x() + rect.width() * x, rect.y() + rect.height() * y);
            self.hits(x as f32, y as f32)
                && self.shadow.element_from_point(x as f32, y as f32).is_some_and(|hit| {
                    // Some browsers answer with the host where the tree itself is not hit.
                    element.contains(Some(&hit))
                })
        }) && self.opaque()
    }

    /// What lies under the host at a point: the page's own elements, topmost first.
    pub(super) fn under(&self, x: f64, y: f64) -> impl Iterator<Item = Element> {
        let host = self.host.clone();
        self.document
            .elements_from_point(x as f32, y as f32)
            .iter()
            .filter_map(|hit| hit.dyn_into::<Element>().ok())
            .filter(move |hit| *hit != *host)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// How often something got in front: what was readable before is not any more.
    pub(super) fn raised(&self) -> u32 {
        self.raised.get()
    }

    /// The page's focused element, if it is not part of the widget.
    pub(super) fn focused(&self) -> Option<HtmlElement> {
        let active = self.document.active_element()?.dyn_into::<HtmlElement>().ok()?;
        (active != self.host).then_some(active)
    }

    /// Whether the widget may take the focus without taking it from something.
    pub(super) fn may_focus(&self) -> bool {
        self.focused().is_none_or(|active| {
            matches!(active.local_name().as_str(), "body" | "html" | "saath-help")
        })
    }

    fn covers(&self, element: &Element) -> bool {
        *element != *self.host && element.matches(":popover-open").unwrap_or(false)
    }

    fn hits(&self, x: f32, y: f32) -> bool {
        let hit = match self.host.get_root_node().dyn_into::<ShadowRoot>() {
            Ok(root) => root.element_from_point(x, y),
            Err(_) => self.document.element_from_point(x, y),
        };
        hit.as_ref() == Some(&self.host)
    }

    /// Nothing that the host stands in is made see-through by the page.
    fn opaque(&self) -> bool {
        let mut next = self.host.parent_element();
        while let Some(element) = next {
            let opacity = self
                .window
                .get_computed_style(&element)
                .ok()
                .flatten()
                .and_then(|style| style.get_property_value("opacity").ok())
                .map(|value| js_sys::Number::parse_float(&value));
            if opacity.is_some_and(|opacity| opacity < 0.9) {
                return false;
            }
            next = element.parent_element();
        }
        true
    }

    fn opened(&self, records: &Array) {
        for record in records.iter() {
            let Some(target) = record.unchecked_into::<MutationRecord>().target() else { continue };
            if let Ok(dialog) = target.dyn_into::<HtmlDialogElement>() {
                self.push(dialog.unchecked_into());
            }
        }
        self.settle();
    }

    fn push(&self, dialog: Element) {
        let mut dialogs = self.dialogs.borrow_mut();
        dialogs.retain(|known| *known != dialog);
        dialogs.push(dialog);
    }

    fn find_dialogs(&self) {
        if let Ok(found) = self.document.query_selector_all("dialog:modal") {
            for index in 0..found.length() {
                if let Some(dialog) = found.item(index) {
                    self.push(dialog.unchecked_into());
                }
            }
        }
    }

    fn topmost_dialog(&self) -> Option<Element> {
        let mut dialogs = self.dialogs.borrow_mut();
        dialogs.retain(|dialog| dialog.is_connected() && is_modal(dialog));
        dialogs.last().cloned()
    }

    /// Puts the host where it can be used: into the topmost modal dialog, else at the end of the
    /// page.
    fn settle(&self) {
        let Some(parent) = self.topmost_dialog().or_else(|| self.document.document_element())
        else {
            return;
        };
        if self.host.parent_element().as_ref() != Some(&parent) {
            let focused = self.inner_focus();
            if parent.append_child(&self.host).is_ok() {
                self.raise(focused.as_ref());
            }
        }
    }

    /// Puts the host, and then its own prompt, above everything else in the top layer.
    fn raise(&self, focused: Option<&HtmlElement>) {
        self.raised.set(self.raised.get().wrapping_add(1));
        if self.popover {
            if self.host.matches(":popover-open").unwrap_or(false) {
                // Only an element that is not shown can be shown above the others.
                let _ = self.host.hide_popover();
            }
            let _ = self.host.show_popover();
        }
        if let Ok(Some(prompt)) = self.shadow.query_selector("dialog[open]") {
            let prompt: HtmlDialogElement = prompt.unchecked_into();
            // Not `close()`: that would fire `close`, which means Decline.
            let _ = prompt.remove_attribute("open");
            let _ = prompt.show_modal();
        }
        if let Some(focused) = focused {
            let _ = focused.focus();
        }
    }

    fn inner_focus(&self) -> Option<HtmlElement> {
        Reflect::get(&self.shadow, &"activeElement".into()).ok()?.dyn_into().ok()
    }

    /// Catches what raises no event here: the page's popovers, full screen, dialogs in its shadow
    /// trees, a document written anew.
    fn watch(&self) {
        if !self.host.is_connected() {
            return self.settle();
        }
        let Ok(Some(anchor)) = self.shadow.query_selector("[data-do=stop], .card[data-view]")
        else {
            return;
        };
        let rect = anchor.get_bounding_client_rect();
        let (x, y) = (rect.x() + rect.width() / 2.0, rect.y() + rect.height() / 2.0);
        if rect.width() == 0.0 || self.hits(x as f32, y as f32) {
            return;
        }
        if let Some(dialog) = self.hidden_dialog(x as f32, y as f32) {
            self.push(dialog);
            self.settle();
        }
        if !self.hits(x as f32, y as f32) {
            let focused = self.inner_focus();
            self.raise(focused.as_ref());
        }
    }

    /// A modal dialog at a point, also in open shadow trees, where observers do not reach.
    fn hidden_dialog(&self, x: f32, y: f32) -> Option<Element> {
        let mut hit = self.document.element_from_point(x, y)?;
        while let Some(inner) = hit.shadow_root().and_then(|root| root.element_from_point(x, y)) {
            if inner == hit {
                break;
            }
            hit = inner;
        }
        let mut node: Option<Node> = Some(hit.unchecked_into());
        while let Some(current) = node {
            if let Some(element) = current.dyn_ref::<Element>().filter(|e| is_modal(e)) {
                return Some(element.clone());
            }
            node = match current.dyn_ref::<ShadowRoot>() {
                Some(root) => Some(root.host().unchecked_into()),
                None => current.parent_node(),
            };
        }
        None
    }
}

fn is_modal(element: &Element) -> bool {
    element.local_name() == "dialog" && element.matches(":modal").unwrap_or(false)
}
