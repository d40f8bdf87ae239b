//! How it looks: the replica, small, and below it a list that keyboards and screen readers can use. A
//! press on the replica finds what is there in the list; the list outlines it on the replica.

use super::Event;
use crate::browser::{Inbox, px};
use crate::customer::Event as Driven;
use crate::customer::locales::{Texts, fill};
use crate::customer::widget::{self, Widget};
use crate::dom::Choice;
use crate::error::Error;
use crate::record::Replay;
use crate::sights::{Item, Standing};
use gloo_events::EventListener;
use saath_core::message::FromCustomer;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, MouseEvent};

pub(super) struct Panel {
    // First: it is taken down while it is on the page.
    replay: Replay,
    _listeners: Vec<EventListener>,
    shown: Rc<Shown>,
}

/// What is on the screen, for the listeners as well.
struct Shown {
    document: Document,
    /// Around it, in a place of the page's own.
    host: Option<HtmlElement>,
    texts: &'static Texts,
    section: HtmlElement,
    stage: HtmlElement,
    /// As large as the replica is.
    mat: HtmlElement,
    outline: HtmlElement,
    list: HtmlElement,
    rows: RefCell<Vec<Row>>,
}

struct Row {
    item: Item,
    line: HtmlElement,
}

impl Panel {
    /// Beside the bar of the widget.
    pub(super) fn above(widget: &Widget, inbox: &Inbox<Driven>) -> Result<Self, JsValue> {
        let (root, bar) = widget.beside()?;
        let panel = Self::new(widget.texts(), None, inbox, |section| {
            // Before the bar, so that this is above it.
            root.insert_before(section, Some(&bar)).map(drop)
        })?;
        panel.shown.slot("title")?.focus()?;
        Ok(panel)
    }

    /// In an element of the page.
    pub(super) fn within(
        place: &HtmlElement,
        locale: &str,
        inbox: &Inbox<Driven>,
    ) -> Result<Self, JsValue> {
        let (host, root, texts) = widget::within(place, locale)?;
        Self::new(texts, Some(host), inbox, |section| root.append_child(section).map(drop))
    }

    fn new(
        texts: &'static Texts,
        host: Option<HtmlElement>,
        inbox: &Inbox<Driven>,
        put: impl FnOnce(&HtmlElement) -> Result<(), JsValue>,
    ) -> Result<Self, JsValue> {
        let document = crate::browser::document().ok_or("no document")?;
        let section = widget::build(&document, texts, "preview")?;
        let outline = widget::build(&document, texts, "outline")?;
        put(&section)?;
        let stage = slot(&section, "stage")?;
        let replay = Replay::new(&stage)?;
        let mat = replay.mat();
        mat.append_child(&outline)?;
        let list = slot(&section, "list")?;
        let rows = RefCell::default();
        let shown =
            Rc::new(Shown { document, host, texts, section, stage, mat, outline, list, rows });
        let listeners = shown.listen(inbox);
        Ok(Self { replay, _listeners: listeners, shown })
    }

    /// Takes what is sent; the numbers of the assets it lacks.
    pub(super) fn watch(&mut self, message: &FromCustomer) -> Result<Vec<u32>, Error> {
        if let FromCustomer::View(view) = message {
            let ratio = format!("{} / {}", view.width.max(1), view.height.max(1));
            let _ = self.shown.stage.style().set_property("aspect-ratio", &ratio);
        }
        self.replay.watch(message)
    }

    pub(super) fn forget_assets(&mut self) {
        self.replay.forget_assets();
    }

    /// What is in sight now.
    pub(super) fn list(&self, items: Vec<Item>) {
        // The browser can refuse none of it, save when the page is being torn down.
        let _ = self.shown.update(items);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.section.remove();
        if let Some(host) = &self.host {
            host.remove();
        }
    }
}

impl Shown {
    fn slot(&self, name: &str) -> Result<HtmlElement, JsValue> {
        slot(&self.section, name)
    }

    fn listen(self: &Rc<Self>, inbox: &Inbox<Driven>) -> Vec<EventListener> {
        let on = |name, heard: fn(&Shown, &Inbox<Driven>, &web_sys::Event)| {
            let (shown, inbox) = (Rc::clone(self), inbox.clone());
            EventListener::new(&self.section, name, move |event| heard(&shown, &inbox, event))
        };
        vec![
            on("click", Self::pressed),
            on("keydown", |_, inbox, event| {
                if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                    inbox.put(Driven::Preview(Event::Close));
                }
            }),
            on("focusin", Self::pointed),
            on("pointerover", Self::pointed),
            on("pointerleave", |shown, _, _| shown.outline.set_hidden(true)),
        ]
    }

    fn pressed(&self, inbox: &Inbox<Driven>, event: &web_sys::Event) {
        let Some(target) = target(event) else { return };
        if self.stage.contains(Some(&target)) {
            return self.find(event.unchecked_ref());
        }
        let button = target.closest("[data-do]").ok().flatten();
        match button.and_then(|button| button.get_attribute("data-do")).as_deref() {
            Some("close") => inbox.put(Driven::Preview(Event::Close)),
            // What the agent sees is widened by a person only.
            Some("other") if event.is_trusted() => {
                let rows = self.rows.borrow();
                let Some(row) = rows.iter().find(|row| row.line.contains(Some(&target))) else {
                    return;
                };
                let Some(choice) = row.item.standing.other() else { return };
                let t = self.texts;
                let hides = choice == Choice::Hide || row.item.standing == Standing::ShownByChoice;
                let said = if hides { t.preview_did_hide } else { t.preview_did_show };
                if let Ok(status) = self.slot("said") {
                    status.set_text_content(Some(&fill(said, &[("name", &row.item.name)])));
                }
                inbox.put(Driven::Preview(Event::Choose(row.item.element.clone(), choice)));
            }
            _ => {}
        }
    }

    /// Goes to what is at a place of the replica: of what is there the smallest.
    fn find(&self, event: &MouseEvent) {
        let (mat, scale) = (self.mat.get_bounding_client_rect(), self.scale());
        let x = (f64::from(event.client_x()) - mat.left()) / scale;
        let y = (f64::from(event.client_y()) - mat.top()) / scale;
        let rows = self.rows.borrow();
        let there = rows.iter().filter(|row| {
            let [left, top, width, height] = row.item.place;
            (left..left + width).contains(&x) && (top..top + height).contains(&y)
        });
        let area = |row: &&Row| row.item.place[2] * row.item.place[3];
        if let Some(row) = there.min_by(|a, b| area(a).total_cmp(&area(b)))
            && let Ok(button) = slot(&row.line, "other")
        {
            row.line.scroll_into_view_with_bool(false);
            let _ = button.focus();
            self.show_outline(row);
        }
    }

    fn pointed(&self, _: &Inbox<Driven>, event: &web_sys::Event) {
        let rows = self.rows.borrow();
        let over = target(event)
            .and_then(|target| rows.iter().find(|row| row.line.contains(Some(&target))));
        match over {
            Some(row) => self.show_outline(row),
            None => self.outline.set_hidden(true),
        }
    }

    fn show_outline(&self, row: &Row) {
        let ([x, y, width, height], scale) = (row.item.place, self.scale());
        let sides = [("left", x), ("top", y), ("width", width), ("height", height)];
        for (name, length) in sides {
            let _ = self.outline.style().set_property(name, &px(length * scale));
        }
        self.outline.set_hidden(false);
    }

    fn scale(&self) -> f64 {
        let window = crate::browser::window().and_then(|window| window.inner_width().ok());
        let width = window.and_then(|width| width.as_f64()).unwrap_or(1.0);
        (self.mat.get_bounding_client_rect().width() / width).max(1e-6)
    }

    /// Lines that stay are left where they are, with the focus that may be on them.
    fn update(&self, items: Vec<Item>) -> Result<(), JsValue> {
        let mut rows = self.rows.borrow_mut();
        rows.retain(|row| {
            let stays = items.iter().any(|item| item.element == row.item.element);
            if !stays {
                row.line.remove();
            }
            stays
        });
        let mut before = std::mem::take(&mut *rows);
        self.slot("empty")?.set_hidden(!items.is_empty());
        let mut next = self.list.first_element_child();
        for item in items {
            let known = before.iter().position(|row| row.item.element == item.element);
            let row = match known {
                Some(at) => Row { item, ..before.swap_remove(at) },
                None => Row { item, line: widget::build(&self.document, self.texts, "item")? },
            };
            if next.as_ref() == Some(row.line.unchecked_ref()) {
                next = row.line.next_element_sibling();
            } else {
                self.list.insert_before(&row.line, next.as_deref())?;
            }
            self.write(&row)?;
            rows.push(row);
        }
        Ok(())
    }

    fn write(&self, row: &Row) -> Result<(), JsValue> {
        let (t, Item { name, standing, .. }) = (self.texts, &row.item);
        let (says, verb, label) = match standing {
            Standing::Shown => (t.preview_seen, t.preview_hide, t.preview_hide_label),
            Standing::Hidden => (t.preview_hidden, "", ""),
            Standing::HiddenByChoice => {
                (t.preview_hidden_by_choice, t.preview_undo, t.preview_undo_label)
            }
            Standing::ShownByChoice => {
                (t.preview_seen_by_choice, t.preview_undo, t.preview_undo_label)
            }
            Standing::Showable => (t.preview_hidden, t.preview_show, t.preview_show_label),
        };
        let seen = matches!(standing, Standing::Shown | Standing::ShownByChoice);
        row.line.toggle_attribute_with_force("data-seen", seen)?;
        say(&slot(&row.line, "name")?, name);
        say(&slot(&row.line, "standing")?, says);
        let button = slot(&row.line, "other")?;
        say(&button, verb);
        button.set_hidden(verb.is_empty());
        button.set_attribute("aria-label", &fill(label, &[("name", name)]))
    }
}

fn say(element: &HtmlElement, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

fn slot(within: &HtmlElement, name: &str) -> Result<HtmlElement, JsValue> {
    let found = within.query_selector(&format!("[data-slot=\"{name}\"]"))?;
    found.map(JsCast::unchecked_into).ok_or_else(|| "widget.html lacks a slot".into())
}

fn target(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
