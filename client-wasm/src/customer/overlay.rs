//! The officer's marks on the customer's page: a pointer with a name, frames with labels, rings
//! where something was pressed.
//!
//! A mark belongs to an element, not to a place: it follows scrolling, resizing and animation by
//! reading the element's box once a frame, and only while there are marks.

use super::locales::{Texts, fill, texts};
use crate::browser::{px, within};
use crate::frames;
use saath_core::message::Spot;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, ShadowRoot, Window};

const SVG: &str = "http://www.w3.org/2000/svg";
/// A click's ring is gone after this time.
const RING_MS: f64 = 700.0;
/// More frames than this are noise: the oldest goes.
const MAX_FRAMES: usize = 8;
const MAX_LABEL: usize = 80;
const MARGIN: f64 = 8.0;

/// The marks; dropping it takes them away.
#[must_use]
pub(crate) struct Overlay {
    inner: Option<Rc<Inner>>,
}

impl Overlay {
    /// An empty overlay in the widget's shadow root.
    pub(crate) fn new(shadow: &ShadowRoot, locale: &str) -> Self {
        Self { inner: Inner::new(shadow, texts(locale)).ok() }
    }

    /// Shows the officer's pointer on an element, or takes it away.
    pub(crate) fn pointer(&self, at: Option<(&Element, Spot)>, name: &str) {
        self.change(|inner| match at {
            Some((element, spot)) => inner.point(element, spot, name),
            None => {
                inner.marks.borrow_mut().pointer = None;
                Ok(())
            }
        });
    }

    /// Frames an element and says so; the label may be empty.
    pub(crate) fn highlight(&self, element: &Element, label: &str, name: &str) {
        self.change(|inner| inner.highlight(element, label, name));
    }

    /// A ring where the officer pressed.
    pub(crate) fn clicked(&self, element: &Element, at: Spot) {
        self.change(|inner| inner.ring(element, at));
    }

    /// Takes every mark away.
    pub(crate) fn clear(&self) {
        self.change(|inner| {
            *inner.marks.borrow_mut() = Marks::default();
            inner.live.set_text_content(None);
            Ok(())
        });
    }

    fn change(&self, change: impl FnOnce(&Rc<Inner>) -> Result<(), JsValue>) {
        // Without an overlay the session goes on: the officer is still on the phone.
        if let Some(inner) = &self.inner
            && change(inner).is_ok()
        {
            inner.follow();
        }
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        if let Some(inner) = &self.inner {
            if let Some(frame) = inner.frame.take() {
                let _ = inner.window.cancel_animation_frame(frame);
            }
            inner.root.remove();
        }
    }
}

struct Inner {
    window: Window,
    document: Document,
    texts: &'static Texts,
    root: HtmlElement,
    layer: HtmlElement,
    live: HtmlElement,
    marks: RefCell<Marks>,
    frame: Cell<Option<i32>>,
    tick: Closure<dyn FnMut(f64)>,
}

#[derive(Default)]
struct Marks {
    pointer: Option<Pointer>,
    frames: Vec<Frame>,
    rings: Vec<Ring>,
}

struct Pointer {
    shape: Shape,
    element: Element,
    at: Spot,
    /// How far the shape still is from where it should be: movements glide, scrolling does not.
    behind: (f64, f64),
}

struct Frame {
    shape: Shape,
    label: Shape,
    element: Element,
}

struct Ring {
    shape: Shape,
    element: Element,
    at: Spot,
    since: Option<f64>,
}

impl Inner {
    fn new(shadow: &ShadowRoot, texts: &'static Texts) -> Result<Rc<Self>, JsValue> {
        let window = web_sys::window().ok_or("no window")?;
        let document = window.document().ok_or("no document")?;
        let root = div(&document, "root")?;
        root.set_attribute("lang", texts.tag)?;
        let layer = div(&document, "marks")?;
        layer.set_attribute("aria-hidden", "true")?;
        let live = div(&document, "unseen")?;
        live.set_attribute("role", "status")?;
        live.set_attribute("aria-live", "polite")?;
        root.append_child(&layer)?;
        root.append_child(&live)?;
        // First, so that prompts and the bar are painted over the marks.
        shadow.insert_before(&root, shadow.first_child().as_ref())?;
        Ok(Rc::new_cyclic(|weak: &Weak<Self>| {
            let weak = weak.clone();
            let tick = Closure::new(move |now| {
                if let Some(inner) = weak.upgrade() {
                    inner.frame.set(None);
                    inner.draw(now);
                    inner.follow();
                }
            });
            let (marks, frame) = Default::default();
            Self { window, document, texts, root, layer, live, marks, frame, tick }
        }))
    }

    /// Draws at the next frame, if there is anything to draw.
    fn follow(&self) {
        let empty = {
            let marks = self.marks.borrow();
            marks.pointer.is_none() && marks.frames.is_empty() && marks.rings.is_empty()
        };
        if !empty && self.frame.get().is_none() {
            let tick = self.tick.as_ref().unchecked_ref();
            self.frame.set(self.window.request_animation_frame(tick).ok());
        }
    }

    fn point(&self, element: &Element, at: Spot, name: &str) -> Result<(), JsValue> {
        let mut marks = self.marks.borrow_mut();
        if let Some(pointer) = &mut marks.pointer {
            let shown = pointer.shape.at.get();
            let (x, y) = spot(&box_of(element, &self.layer), at);
            pointer.element = element.clone();
            pointer.at = at;
            pointer.behind = match shown {
                Some((from_x, from_y)) if !self.still() => (from_x - x, from_y - y),
                _ => (0.0, 0.0),
            };
            return Ok(());
        }
        let shape = Shape::new(&self.document, &self.layer, "mark-pointer")?;
        let arrow = self.document.create_element_ns(Some(SVG), "svg")?;
        arrow.set_attribute("viewBox", "0 0 24 24")?;
        let path = self.document.create_element_ns(Some(SVG), "path")?;
        path.set_attribute("d", "M0 0l6.5 18 3-7.5L17 7.5z")?;
        arrow.append_child(&path)?;
        shape.element.append_child(&arrow)?;
        let flag = div(&self.document, "mark-name")?;
        flag.set_attribute("dir", "auto")?;
        flag.set_text_content(Some(if name.is_empty() { self.texts.officer } else { name }));
        shape.element.append_child(&flag)?;
        marks.pointer = Some(Pointer { shape, element: element.clone(), at, behind: (0.0, 0.0) });
        Ok(())
    }

    fn highlight(&self, element: &Element, label: &str, name: &str) -> Result<(), JsValue> {
        let label: String = label.trim().chars().take(MAX_LABEL).collect();
        let shape = Shape::new(&self.document, &self.layer, "mark-frame fresh")?;
        let tag = Shape::new(&self.document, &self.layer, "mark-label")?;
        tag.element.set_attribute("dir", "auto")?;
        let by = if name.is_empty() { self.texts.officer } else { name };
        tag.element.set_text_content(Some(if label.is_empty() { by } else { &label }));
        {
            let mut marks = self.marks.borrow_mut();
            marks.frames.retain(|frame| frame.element != *element);
            if marks.frames.len() >= MAX_FRAMES {
                marks.frames.remove(0);
            }
            marks.frames.push(Frame { shape, label: tag, element: element.clone() });
        }
        let said = if label.is_empty() { name_of(element) } else { label };
        self.live.set_text_content(Some(&if said.is_empty() {
            self.texts.highlights_this.to_owned()
        } else {
            fill(self.texts.highlights, &[("label", &said)])
        }));
        Ok(())
    }

    fn ring(&self, element: &Element, at: Spot) -> Result<(), JsValue> {
        let shape = Shape::new(&self.document, &self.layer, "mark-click")?;
        let ring = Ring { shape, element: element.clone(), at, since: None };
        self.marks.borrow_mut().rings.push(ring);
        Ok(())
    }

    fn draw(&self, now: f64) {
        let mut marks = self.marks.borrow_mut();
        let view = (
            f64::from(self.layer.client_width()).max(1.0),
            f64::from(self.layer.client_height()).max(1.0),
        );
        marks.frames.retain(|frame| frames::is_shown(&frame.element));
        marks.rings.retain_mut(|ring| {
            let since = *ring.since.get_or_insert(now);
            now - since < RING_MS && frames::is_shown(&ring.element)
        });
        if marks.pointer.as_ref().is_some_and(|pointer| !frames::is_shown(&pointer.element)) {
            marks.pointer = None;
        }

        // All reading before all writing: one layout a frame.
        let frames: Vec<_> = marks
            .frames
            .iter()
            .map(|frame| (box_of(&frame.element, &self.layer), frame.label.size()))
            .collect();
        let rings: Vec<_> = marks
            .rings
            .iter()
            .map(|ring| spot(&box_of(&ring.element, &self.layer), ring.at))
            .collect();
        let pointer = marks.pointer.as_mut().map(|pointer| {
            let target = box_of(&pointer.element, &self.layer);
            let (x, y) = spot(&target, pointer.at);
            let (dx, dy) = pointer.behind;
            pointer.behind =
                if dx.abs() + dy.abs() < 1.0 { (0.0, 0.0) } else { (dx * 0.6, dy * 0.6) };
            (target.visible(), x + pointer.behind.0, y + pointer.behind.1)
        });

        for (frame, (target, label)) in marks.frames.iter().zip(frames) {
            let visible = target.visible();
            frame.shape.show(visible);
            frame.label.show(visible);
            frame.shape.place(target.x - 6.0, target.y - 6.0);
            frame.shape.resize(target.width + 12.0, target.height + 12.0);
            let ((x, y), side) = label_place(&target, label, view);
            frame.label.place(x, y);
            frame.label.class("above", side == Side::Above);
            frame.label.class("below", side == Side::Below);
        }
        for (ring, (x, y)) in marks.rings.iter().zip(rings) {
            ring.shape.place(x, y);
        }
        if let (Some(pointer), Some((visible, x, y))) = (&marks.pointer, pointer) {
            pointer.shape.show(visible);
            pointer.shape.place(x, y);
            pointer.shape.class("left", x > view.0 - 200.0);
        }
    }

    /// The customer asked for less motion.
    fn still(&self) -> bool {
        let query = self.window.match_media("(prefers-reduced-motion: reduce)");
        query.ok().flatten().is_some_and(|query| query.matches())
    }
}

/// One drawn thing; writes to the page only what changed.
struct Shape {
    element: HtmlElement,
    at: Cell<Option<(f64, f64)>>,
    sized: Cell<Option<(f64, f64)>>,
}

impl Shape {
    fn new(document: &Document, layer: &HtmlElement, class: &str) -> Result<Self, JsValue> {
        let element = div(document, class)?;
        layer.append_child(&element)?;
        Ok(Self { element, at: Cell::default(), sized: Cell::default() })
    }

    fn place(&self, x: f64, y: f64) {
        if self.at.replace(Some((x, y))) != Some((x, y)) {
            let _ = self
                .element
                .style()
                .set_property("transform", &format!("translate({},{})", px(x), px(y)));
        }
    }

    fn resize(&self, width: f64, height: f64) {
        if self.sized.replace(Some((width, height))) != Some((width, height)) {
            let style = self.element.style();
            let _ = style.set_property("width", &px(width));
            let _ = style.set_property("height", &px(height));
        }
    }

    fn size(&self) -> (f64, f64) {
        (f64::from(self.element.offset_width()), f64::from(self.element.offset_height()))
    }

    fn show(&self, visible: bool) {
        if self.element.hidden() == visible {
            self.element.set_hidden(!visible);
        }
    }

    fn class(&self, name: &str, on: bool) {
        let _ = self.element.class_list().toggle_with_force(name, on);
    }
}

impl Drop for Shape {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// A box in pixels of the layer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn visible(&self) -> bool {
        self.width > 0.0 || self.height > 0.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Here,
    Above,
    Below,
}

/// Where a label goes: beside its frame, else below it, else above it, so that a field's own label
/// stays readable; and at the screen's edge, pointing on, when the frame is off the screen.
fn label_place(target: &Area, label: (f64, f64), view: (f64, f64)) -> ((f64, f64), Side) {
    let rightmost = (view.0 - label.0 - MARGIN).max(MARGIN);
    let lowest = (view.1 - label.1 - MARGIN).max(MARGIN);
    let x = within(target.x - 6.0, MARGIN, rightmost);
    if target.y + target.height < 0.0 {
        return ((x, MARGIN), Side::Above);
    }
    if target.y > view.1 {
        return ((x, lowest), Side::Below);
    }
    let beside = target.x + target.width + 14.0;
    if beside <= rightmost {
        let middle = target.y + (target.height - label.1) / 2.0;
        return ((beside, within(middle, MARGIN, lowest)), Side::Here);
    }
    let below = target.y + target.height + 12.0;
    let y = if below <= lowest { below } else { target.y - 12.0 - label.1 };
    ((x, within(y, MARGIN, lowest)), Side::Here)
}

fn spot(target: &Area, at: Spot) -> (f64, f64) {
    let share = |part: u16| f64::from(part) / f64::from(u16::MAX);
    (target.x + target.width * share(at.x), target.y + target.height * share(at.y))
}

/// The element's box seen from the layer, through frames of the same origin.
fn box_of(element: &Element, layer: &HtmlElement) -> Area {
    let rect = element.get_bounding_client_rect();
    let origin = layer.get_bounding_client_rect();
    let document = element.owner_document();
    let (left, top) = document.map_or((0.0, 0.0), |document| frames::offset(&document));
    Area {
        x: rect.x() - origin.x() + left,
        y: rect.y() - origin.y() + top,
        width: rect.width(),
        height: rect.height(),
    }
}

/// What a screen reader would call the element, roughly; it stays on the customer's own screen.
fn name_of(element: &Element) -> String {
    let label = || {
        let labels = js_sys::Reflect::get(element, &"labels".into()).ok()?;
        let first = js_sys::Reflect::get_u32(&labels, 0).ok()?;
        first.unchecked_into::<Element>().text_content()
    };
    let text = || match element.local_name().as_str() {
        // What is in a field is not its name, and is not said aloud.
        "input" | "textarea" | "select" => None,
        _ => element.text_content(),
    };
    let name = element.get_attribute("aria-label").or_else(label).or_else(text).unwrap_or_default();
    name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_LABEL).collect()
}

fn div(document: &Document, class: &str) -> Result<HtmlElement, JsValue> {
    let element: HtmlElement = document.create_element("div")?.unchecked_into();
    element.set_class_name(class);
    Ok(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: (f64, f64) = (400.0, 600.0);

    fn area(x: f64, y: f64) -> Area {
        Area { x, y, width: 100.0, height: 30.0 }
    }

    #[test]
    fn labels_stay_on_the_screen_and_point_to_what_is_off_it() {
        let label = (120.0, 24.0);
        for (target, expected) in [
            (area(50.0, 300.0), ((164.0, 303.0), Side::Here)),
            (area(200.0, 300.0), ((194.0, 342.0), Side::Here)),
            (area(380.0, 300.0), ((272.0, 342.0), Side::Here)),
            (area(200.0, 560.0), ((194.0, 524.0), Side::Here)),
            (area(50.0, -200.0), ((44.0, 8.0), Side::Above)),
            (area(50.0, 900.0), ((44.0, 568.0), Side::Below)),
        ] {
            assert_eq!(label_place(&target, label, VIEW), expected, "{target:?}");
        }
    }

    #[test]
    fn a_label_wider_than_the_screen_does_not_panic() {
        let ((x, y), _) = label_place(&area(0.0, 0.0), (900.0, 900.0), VIEW);
        assert_eq!((x, y), (MARGIN, MARGIN));
    }

    #[test]
    fn spots_are_fractions_of_the_box() {
        let target = area(10.0, 20.0);
        assert_eq!(spot(&target, Spot { x: 0, y: 0 }), (10.0, 20.0));
        assert_eq!(spot(&target, Spot { x: u16::MAX, y: 0 }), (110.0, 20.0));
        assert_eq!(spot(&target, Spot { x: 0, y: u16::MAX }), (10.0, 50.0));
    }
}
