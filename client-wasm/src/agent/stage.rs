//! The stage: a sealed frame with the replica, at the customer's size, scaled to fit.
//!
//! The frame may do nothing: `sandbox="allow-same-origin"` lets us write into it and nothing run
//! in it. All that is written comes through [`Replica`], which knows no script.

use crate::browser::{number, px, window};
use crate::dom::{Canvas, Writing};
use crate::frames;
use saath_core::message::action::Spot;
use saath_core::message::page::{Page, View, Visual};
use saath_core::node::NodeId;
use saath_core::replica::{Replica, Verdict};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, HtmlIFrameElement, Node, ResizeObserver};

/// A page that no honest peer sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hostile;

/// How the replica fills its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zoom {
    /// Whole, as large as fits, never larger than the customer sees it.
    Fit,
    /// As large as the customer sees it.
    Actual,
}

/// A replica in the page; dropping it takes it away.
#[must_use]
pub(crate) struct Stage {
    surface: Rc<Surface>,
    replica: Replica,
    writing: Writing,
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
}

/// What is on the screen; the glass shares it for hit testing.
pub(crate) struct Surface {
    parent: HtmlElement,
    /// As large as the scaled frame, so that the place scrolls if it is too small.
    mat: HtmlElement,
    frame: HtmlIFrameElement,
    canvas: Canvas,
    /// Around what the customer sees of it, where that is not all.
    seen: HtmlElement,
    visual: Cell<Option<Visual>>,
    size: Cell<(f64, f64)>,
    zoom: Cell<Zoom>,
}

impl Stage {
    pub(crate) fn new(parent: &HtmlElement) -> Result<Self, JsValue> {
        let document = parent.owner_document().ok_or("no document")?;
        let mat: HtmlElement = document.create_element("div")?.unchecked_into();
        let frame: HtmlIFrameElement = document.create_element("iframe")?.unchecked_into();
        frame.set_attribute("sandbox", "allow-same-origin")?;
        frame.set_attribute("title", "Replica")?;
        frame.set_attribute("tabindex", "-1")?;
        set_style(&mat, &[("position", "relative"), ("overflow", "hidden"), ("margin", "auto")]);
        set_style(
            &frame,
            &[
                ("border", "0"),
                ("display", "block"),
                ("transform-origin", "0 0"),
                ("background", "#fff"),
                ("pointer-events", "none"),
            ],
        );
        let seen: HtmlElement = document.create_element("div")?.unchecked_into();
        set_style(
            &seen,
            &[
                ("position", "absolute"),
                ("box-sizing", "border-box"),
                ("border", "2px solid #1f4b99"),
                ("box-shadow", "0 0 0 100vmax #0b1b3340"),
                ("pointer-events", "none"),
            ],
        );
        mat.append_child(&frame)?;
        mat.append_child(&seen)?;
        parent.append_child(&mat)?;
        let canvas = Canvas::new(&frame);
        let surface = Rc::new(Surface {
            parent: parent.clone(),
            mat,
            frame,
            canvas,
            seen,
            visual: Cell::new(None),
            size: Cell::new((1280.0, 800.0)),
            zoom: Cell::new(Zoom::Fit),
        });
        surface.lay_out();
        let weak = Rc::downgrade(&surface);
        let resized = Closure::new(move || {
            if let Some(surface) = weak.upgrade() {
                surface.lay_out();
            }
        });
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
        observer.observe(parent);
        Ok(Self {
            surface,
            replica: Replica::default(),
            writing: Writing::default(),
            observer,
            _resized: resized,
        })
    }

    /// Checks a page and shows it.
    pub(crate) fn apply(&mut self, page: &Page) -> Result<Verdict, Hostile> {
        let applied = self.replica.apply(page).map_err(|_| Hostile)?;
        let written = self.writing.write(&applied.batch);
        match self.surface.canvas.write(&written, &applied.gone) {
            Ok(()) => Ok(applied.verdict),
            // What the browser refuses to build leaves a document that is not what the tree says.
            Err(error) => {
                let text = "saath: the replica could not be written:";
                web_sys::console::error_2(&text.into(), &error);
                self.replica.lose();
                Ok(Verdict::Differs(vec![]))
            }
        }
    }

    /// The customer's window has this size now.
    pub(crate) fn view(&self, view: &View) {
        let size =
            (f64::from(view.width.clamp(1, 16_384)), f64::from(view.height.clamp(1, 16_384)));
        let moved = self.surface.visual.replace(view.visual) != view.visual;
        if self.surface.size.replace(size) != size || moved {
            self.surface.lay_out();
        }
        self.surface.canvas.hide_scrollbars(view.overlay_scrollbars);
    }

    /// A number is this asset, by a promise of it, or cannot be had, by null.
    pub(crate) fn show_asset(&self, number: u32, asset: &JsValue) {
        self.surface.canvas.asset(number, asset);
    }

    /// Numbers of assets mean something else from now on.
    pub(crate) fn forget_assets(&self) {
        self.surface.canvas.forget_assets();
    }

    pub(crate) fn zoom(&self, zoom: Zoom) {
        self.surface.zoom.set(zoom);
        self.surface.lay_out();
    }

    pub(crate) fn document(&self) -> Option<Document> {
        self.surface.frame.content_document()
    }

    pub(crate) fn surface(&self) -> Rc<Surface> {
        Rc::clone(&self.surface)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.observer.disconnect();
        self.surface.canvas.clear();
        self.surface.mat.remove();
    }
}

impl Surface {
    /// Where the glass goes.
    pub(crate) fn mat(&self) -> &HtmlElement {
        &self.mat
    }

    /// The innermost element of the replica at a point of the window, in CSS pixels, and where on
    /// it the point is.
    pub(crate) fn hit(&self, x: f64, y: f64) -> Option<(NodeId, Element, Spot)> {
        let frame = self.frame.get_bounding_client_rect();
        let scale = frame.width() / self.size.get().0;
        #[expect(clippy::cast_possible_truncation)]
        let (mut left, mut top) =
            (((x - frame.left()) / scale) as f32, ((y - frame.top()) / scale) as f32);
        let mut element = self.frame.content_document()?.element_from_point(left, top)?;
        loop {
            let inner = element.shadow_root().and_then(|root| root.element_from_point(left, top));
            if let Some(inner) = inner.filter(|inner| *inner != element) {
                element = inner;
                continue;
            }
            // A frame counts from its own corner.
            let Some(document) = frames::inside(&element) else { break };
            let (x, y) = frames::origin(&element);
            #[expect(clippy::cast_possible_truncation)]
            let (across, down) = (left - x as f32, top - y as f32);
            let Some(inner) = document.element_from_point(across, down) else { break };
            (element, left, top) = (inner, across, down);
        }
        // What stands for a style or a script has no number of its own.
        let id = loop {
            match self.id(&element) {
                Some(id) => break id,
                None => element = element.parent_element()?,
            }
        };
        let box_ = element.get_bounding_client_rect();
        let part = |at: f32, start: f64, length: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            {
                ((f64::from(at) - start) / length.max(1.0) * 65535.0) as u16
            }
        };
        let at = Spot {
            x: part(left, box_.left(), box_.width()),
            y: part(top, box_.top(), box_.height()),
        };
        Some((id, element, at))
    }

    /// The number of a node of the replica.
    pub(crate) fn id(&self, node: &Node) -> Option<NodeId> {
        self.canvas.id(node)
    }

    /// The customer's pointer, in the replica's own pixels, as a point of the mat.
    pub(crate) fn scale(&self) -> f64 {
        self.frame.get_bounding_client_rect().width() / self.size.get().0
    }

    fn lay_out(&self) {
        let (width, height) = self.size.get();
        let room = (f64::from(self.parent.client_width()), f64::from(self.parent.client_height()));
        let fit = (room.0 / width).min(room.1 / height);
        let device = window().map_or(1.0, |window| window.device_pixel_ratio());
        let scale = match self.zoom.get() {
            Zoom::Fit if fit > 0.0 => fit.min(1.0_f64.max(1.0 / device)),
            Zoom::Fit | Zoom::Actual => 1.0,
        };
        set_style(
            &self.frame,
            &[
                ("width", &px(width)),
                ("height", &px(height)),
                ("transform", &format!("scale({})", number(scale, 1e6))),
            ],
        );
        set_style(&self.mat, &[("width", &px(width * scale)), ("height", &px(height * scale))]);
        self.seen.set_hidden(self.visual.get().is_none());
        if let Some(Visual { left, top, width, height }) = self.visual.get() {
            let length = |hundredths: u32| px(f64::from(hundredths) / 100.0 * scale);
            set_style(
                &self.seen,
                &[
                    ("left", &length(left)),
                    ("top", &length(top)),
                    ("width", &length(width)),
                    ("height", &length(height)),
                ],
            );
        }
    }
}

fn set_style(element: &HtmlElement, properties: &[(&str, &str)]) {
    for (name, value) in properties {
        let _ = element.style().set_property(name, value);
    }
}
