//! The elements of the glass, in a closed shadow tree that the console's styles do not reach.

use super::Tool;
use crate::browser::px;
use crate::frames;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CssStyleSheet, Document, Element, FocusOptions, HtmlElement, HtmlTextAreaElement,
    ShadowRootInit, ShadowRootMode,
};

const STYLE: &str = include_str!("glass.css");

pub(super) struct Layer {
    host: HtmlElement,
    document: Document,
    /// Takes the mouse.
    pub(super) surface: HtmlElement,
    /// Takes the typing, input methods and pasting included; never seen.
    pub(super) keys: HtmlTextAreaElement,
    /// Holds a list or a value to pick.
    pub(super) popup: HtmlElement,
    frame: HtmlElement,
}

impl Layer {
    pub(super) fn mount(parent: &HtmlElement) -> Result<Self, JsValue> {
        let document = parent.owner_document().ok_or(JsValue::UNDEFINED)?;
        let host = make(&document, "div", "")?;
        let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
        // A constructed sheet needs no exception from a strict content security policy.
        let sheet = CssStyleSheet::new()?;
        sheet.replace_sync(STYLE)?;
        shadow.set_adopted_style_sheets(&js_sys::Array::of1(&sheet));

        let surface = make(&document, "div", "surface")?;
        surface.set_attribute("role", "application")?;
        surface.set_attribute("aria-label", "The customer’s page")?;
        surface.set_tab_index(0);
        let frame = make(&document, "div", "frame")?;
        frame.set_hidden(true);
        let keys: HtmlTextAreaElement = make(&document, "textarea", "keys")?.unchecked_into();
        for (name, value) in [
            ("aria-label", "Typing goes to the customer’s page. Shift+Escape leaves it."),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
            ("autocorrect", "off"),
            ("spellcheck", "false"),
            ("tabindex", "-1"),
        ] {
            keys.set_attribute(name, value)?;
        }
        let popup = make(&document, "div", "popup")?;
        popup.set_hidden(true);
        for child in [surface.as_ref(), frame.as_ref(), AsRef::<Element>::as_ref(&keys), &popup] {
            shadow.append_child(child)?;
        }
        parent.append_child(&host)?;
        Ok(Layer { host, document, surface, keys, popup, frame })
    }

    pub(super) fn remove(&self) {
        self.host.remove();
    }

    pub(super) fn make(&self, tag: &str, class: &str) -> Option<HtmlElement> {
        make(&self.document, tag, class).ok()
    }

    pub(super) fn show_tool(&self, tool: Tool) {
        let name = match tool {
            Tool::None => "none",
            Tool::Pointer => "pointer",
            Tool::Highlight => "highlight",
            Tool::Act => "act",
        };
        let _ = self.surface.set_attribute("data-tool", name);
        if tool != Tool::Act {
            let _ = self.keys.blur();
        }
    }

    pub(super) fn show_frame(&self, element: &Element) {
        let Some(area) = self.area_of(element) else { return self.hide_frame() };
        const ROOM: f64 = 3.0;
        set(&self.frame, "left", area.left - ROOM);
        set(&self.frame, "top", area.top - ROOM);
        set(&self.frame, "width", area.width + 2.0 * ROOM);
        set(&self.frame, "height", area.height + 2.0 * ROOM);
        self.frame.set_hidden(false);
    }

    pub(super) fn hide_frame(&self) {
        self.frame.set_hidden(true);
    }

    /// Brings the textarea to where the agent clicked, since input methods open their window there.
    pub(super) fn place_keys(&self, (x, y): (f64, f64)) {
        let own = self.own();
        set(&self.keys, "left", (x - own.left) / own.scale);
        set(&self.keys, "top", (y - own.top) / own.scale);
    }

    pub(super) fn focus_keys(&self) {
        self.keys.set_value("");
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = self.keys.focus_with_options(&options);
    }

    /// Shows the popup below an element of the replica, or above it where there is more room.
    pub(super) fn show_popup(&self, element: &Element) {
        let Some(area) = self.area_of(element) else { return };
        let height = f64::from(self.host.client_height());
        self.popup.set_hidden(false);
        set(&self.popup, "min-width", area.width);
        let own = self.popup.get_bounding_client_rect();
        let scale = self.own().scale;
        let (wide, tall) = (own.width() / scale, own.height() / scale);
        let below = area.top + area.height;
        let top = if below + tall <= height { below } else { (area.top - tall).max(0.0) };
        let room = f64::from(self.host.client_width()) - wide;
        set(&self.popup, "left", area.left.min(room).max(0.0));
        set(&self.popup, "top", top);
    }

    /// Where an element of the replica is, in pixels of the glass.
    fn area_of(&self, element: &Element) -> Option<Area> {
        let rect = element.get_bounding_client_rect();
        let mut area =
            Area { left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() };
        let mut document = element.owner_document()?;
        // Out of every frame, each of which may be scaled.
        while !document.is_same_node(Some(&self.document)) {
            let frame = document.default_view()?.frame_element().ok().flatten()?;
            let outer = frame.get_bounding_client_rect();
            let size = f64::from(frame.unchecked_ref::<HtmlElement>().offset_width());
            let scale = if size > 0.0 { outer.width() / size } else { 1.0 };
            let (left, top) = frames::inset(&frame);
            area = Area {
                left: outer.left() + (left + area.left) * scale,
                top: outer.top() + (top + area.top) * scale,
                width: area.width * scale,
                height: area.height * scale,
            };
            document = frame.owner_document()?;
        }
        let own = self.own();
        Some(Area {
            left: (area.left - own.left) / own.scale,
            top: (area.top - own.top) / own.scale,
            width: area.width / own.scale,
            height: area.height / own.scale,
        })
    }

    /// The stage may scale the glass together with the replica.
    fn own(&self) -> Own {
        let rect = self.host.get_bounding_client_rect();
        let size = f64::from(self.host.offset_width());
        let scale = if size > 0.0 && rect.width() > 0.0 { rect.width() / size } else { 1.0 };
        Own { left: rect.left(), top: rect.top(), scale }
    }
}

struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

struct Own {
    left: f64,
    top: f64,
    scale: f64,
}

fn make(document: &Document, tag: &str, class: &str) -> Result<HtmlElement, JsValue> {
    let element: HtmlElement = document.create_element(tag)?.unchecked_into();
    if !class.is_empty() {
        element.set_class_name(class);
    }
    Ok(element)
}

fn set(element: &HtmlElement, property: &str, pixels: f64) {
    let _ = element.style().set_property(property, &px(pixels));
}
