//! What the customer sees of a session: the help PIN, who asks, who watches, and STOP.
//!
//! It stands on a page that is not ours and may be hostile, so it lives in a closed shadow root in
//! the top layer, touches nothing of the page, and only reports presses; the driver decides.

mod countdown;
mod guard;
mod layer;
mod phrases;
mod scene;
mod template;
mod view;

pub(crate) use template::build;
pub(crate) use view::{WidgetEvent, WidgetView};

use super::locales::{Texts, fill, texts};
use crate::browser::number;
use countdown::{Countdown, Milestones, clock, seconds};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::{Interval, Timeout};
use guard::Guard;
use layer::Layer;
use phrases::{Note, pin_spoken, refused, spelled};
use saath_core::message::Level;
use scene::{Scene, lift_off};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, EventTarget, HtmlDialogElement, HtmlElement, ShadowRoot, Window};

/// The widget on the page; dropping it takes it away.
#[must_use]
pub(crate) struct Widget {
    scene: RefCell<Option<Scene>>,
    announcement: RefCell<Option<Timeout>>,
    root: HtmlElement,
    live: HtmlElement,
    layer: Layer,
    texts: &'static Texts,
    window: Window,
    document: Document,
    sink: Sink,
    _contained: Vec<EventListener>,
}

type Sink = Rc<dyn Fn(WidgetEvent)>;

impl Widget {
    /// Puts the widget on the page, with nothing in it yet.
    pub(crate) fn mount(locale: &str, sink: Sink) -> Result<Self, JsValue> {
        let window = web_sys::window().ok_or("no window")?;
        let document = window.document().ok_or("no document")?;
        let texts = texts(locale);
        let layer = Layer::new(&document, &window)?;
        let root = root(&document, texts)?;
        let live = template::build(&document, texts, "live")?;
        root.append_child(&live)?;
        layer.shadow().append_child(&root)?;
        Ok(Self {
            _contained: contain(layer.shadow()),
            scene: RefCell::default(),
            announcement: RefCell::default(),
            root,
            live,
            layer,
            texts,
            window,
            document,
            sink,
        })
    }

    /// Shows a state in place of the one before.
    pub(crate) fn show(&self, view: &WidgetView) {
        // The browser can refuse none of what is done here, save when the page is being torn down.
        if let Err(error) = self.try_show(view) {
            web_sys::console::error_2(&"saath: the widget could not be shown".into(), &error);
        }
    }

    /// Where the overlay draws its marks.
    pub(crate) fn shadow(&self) -> &ShadowRoot {
        self.layer.shadow()
    }

    pub(crate) fn texts(&self) -> &'static Texts {
        self.texts
    }

    /// Where what belongs to the bar goes, and the bar.
    pub(crate) fn beside(&self) -> Result<(HtmlElement, HtmlElement), JsValue> {
        let scene = self.scene.borrow();
        let bar = scene.as_ref().filter(|scene| scene.view == "active").ok_or("there is no bar")?;
        Ok((self.root.clone(), bar.element.clone()))
    }

    /// What the officer sees is shown or not; where it was open the focus goes back to its button.
    pub(crate) fn expand(&self, open: bool) {
        let scene = self.scene.borrow();
        let Some(button) = scene.as_ref().and_then(|scene| scene.slot("preview").ok()) else {
            return;
        };
        let _ = button.set_attribute("aria-expanded", if open { "true" } else { "false" });
        if !open && self.layer.place().may_focus() {
            let _ = button.focus();
        }
    }

    fn try_show(&self, view: &WidgetView) -> Result<(), JsValue> {
        let t = self.texts;
        match view {
            WidgetView::Connecting => self.note(Note {
                title: t.connecting_title,
                text: t.connecting_text,
                busy: true,
                ..Note::default()
            }),
            WidgetView::Unreachable { retry_ms } => {
                let scene = self.note(Note {
                    title: t.unreachable_title,
                    text: t.unreachable_text,
                    busy: true,
                    ..Note::default()
                })?;
                let more = scene.slot("more")?;
                more.set_hidden(false);
                scene.keep(retry_countdown(t.retry_in, more, *retry_ms));
                Ok(scene)
            }
            WidgetView::Pin { groups, ttl_ms, mismatch } => self.pin(groups, *ttl_ms, *mismatch),
            WidgetView::PinExpired => self.note(Note {
                title: t.expired_title,
                text: t.expired_text,
                new: Some(t.pin_new),
                close: Some(t.close),
                ..Note::default()
            }),
            WidgetView::Joining => self.note(Note {
                title: t.joining_title,
                text: t.joining_text,
                busy: true,
                ..Note::default()
            }),
            WidgetView::Mismatch => self.note(Note {
                title: t.mismatch_title,
                text: t.mismatch_text,
                busy: true,
                ..Note::default()
            }),
            WidgetView::Refused(why) => self.note(refused(t, why)),
            WidgetView::Consent { name, staff, unit, check } => {
                self.consent(name, staff, unit, *check)
            }
            WidgetView::Active { name, level } => self.active(name, *level),
            WidgetView::AskLevel { name, level, reason } => self.ask(name, *level, reason),
            WidgetView::Lost { retry_ms } => self.lost(*retry_ms),
            WidgetView::Ended { reason } => self.ended(reason),
        }
        .map(|scene| *self.scene.borrow_mut() = Some(scene))
    }

    fn note(&self, note: Note) -> Result<Scene, JsValue> {
        let scene = self.card("note")?;
        scene.slot("title")?.set_text_content(Some(note.title));
        scene.slot("text")?.set_text_content(Some(note.text));
        scene.slot("busy")?.set_hidden(!note.busy);
        let new = scene.slot("new")?;
        new.set_hidden(note.new.is_none());
        new.set_text_content(note.new);
        if let Some(close) = note.close {
            scene.slot("close")?.set_text_content(Some(close));
        }
        self.enter(&scene)?;
        self.announce(format!("{}. {}", note.title, note.text));
        Ok(scene)
    }

    fn pin(&self, groups: &[String], ttl_ms: u64, mismatch: bool) -> Result<Scene, JsValue> {
        let scene = self.card("pin")?;
        let pin = scene.slot("pin")?;
        for group in groups {
            let part = self.document.create_element("span")?;
            part.set_text_content(Some(group));
            pin.append_child(&part)?;
        }
        pin.class_list().toggle_with_force("long", groups.len() > 3)?;
        let label = fill(self.texts.pin_label, &[("digits", &spelled(groups))]);
        pin.set_attribute("aria-label", &label)?;
        scene.slot("because")?.set_hidden(!mismatch);
        self.enter(&scene)?;
        self.announce(pin_spoken(self.texts, &label, mismatch));

        let (bar, clock_text, live) =
            (scene.slot("left")?, scene.slot("clock")?, self.live.clone());
        let soon = bar.parent_element();
        let mut milestones = Milestones::default();
        let spoken = self.texts.pin_left;
        scene.keep(Countdown::new(ttl_ms, move |left| {
            let shown = clock(left);
            if clock_text.text_content().as_deref() != Some(&shown) {
                clock_text.set_text_content(Some(&shown));
            }
            let share = left as f64 / ttl_ms.max(1) as f64;
            let _ = bar.style().set_property("--left", &number(share, 10_000.0));
            if let Some(soon) = &soon {
                let _ = soon.class_list().toggle_with_force("soon", left <= 30_000);
            }
            if let Some(at) = milestones.passed(left) {
                live.set_text_content(Some(&fill(spoken, &[("seconds", &at.to_string())])));
            }
        }));
        Ok(scene)
    }

    fn consent(&self, name: &str, staff: &str, unit: &str, check: u8) -> Result<Scene, JsValue> {
        let scene = self.card("consent")?;
        for (slot, text) in [("name", name), ("staff", staff), ("unit", unit)] {
            scene.slot(slot)?.set_text_content(Some(text));
        }
        let number = format!("{check:02}");
        let shown = scene.slot("check")?;
        shown.set_text_content(Some(&number));
        let digits = spelled(std::slice::from_ref(&number));
        shown.set_attribute(
            "aria-label",
            &fill(self.texts.consent_check_label, &[("digits", &digits)]),
        )?;

        // Escape is a no. A browser may close a dialog without asking, so both events count.
        let answered = Rc::new(Cell::new(false));
        for event in ["cancel", "close"] {
            let (sink, answered) = (self.sink.clone(), answered.clone());
            scene.keep(EventListener::new_with_options(
                &scene.element,
                event,
                EventListenerOptions::enable_prevent_default(),
                move |event| {
                    event.prevent_default();
                    if !answered.replace(true) {
                        sink(WidgetEvent::Decline);
                    }
                },
            ));
        }
        self.root.append_child(&scene.element)?;
        scene.element.unchecked_ref::<HtmlDialogElement>().show_modal()?;
        scene.slot("title")?.focus()?;
        scene.guard(Guard::new(self.layer.place(), &self.window, scene.slot("allow")?));
        Ok(scene)
    }

    fn active(&self, name: &str, level: Level) -> Result<Scene, JsValue> {
        let (scene, fresh) = self.strip(level_name(level))?;
        let t = self.texts;
        scene.slot("name")?.set_text_content(Some(name));
        scene.slot("level")?.set_text_content(Some(match level {
            Level::View => t.level_view,
            Level::Point => t.level_point,
            Level::Act => t.level_act,
        }));
        scene.slot("revoke")?.set_hidden(level != Level::Act);
        scene.answer_ask();
        let says = match level {
            Level::View => t.active_view,
            Level::Point => t.active_point,
            Level::Act => t.active_act,
        };
        let says = fill(says, &[("name", name)]);
        self.announce(if fresh { format!("{}. {says}", t.active_label) } else { says });
        Ok(scene)
    }

    fn ask(&self, name: &str, level: Level, reason: &str) -> Result<Scene, JsValue> {
        let shown = self
            .scene
            .borrow()
            .as_ref()
            .filter(|scene| scene.view == "active")
            .and_then(|scene| scene.element.get_attribute("data-level"));
        let (scene, fresh) = self.strip(shown.as_deref().unwrap_or("point"))?;
        let t = self.texts;
        if fresh {
            scene.slot("name")?.set_text_content(Some(name));
            scene.slot("level")?.set_text_content(Some(t.level_point));
        }
        let title = scene.slot("ask-title")?;
        title.set_text_content(Some(&fill(t.ask_title, &[("name", name)])));
        let question = if level == Level::Act { t.ask_act } else { t.ask_point };
        scene.slot("ask-text")?.set_text_content(Some(question));
        let given = scene.slot("ask-reason")?;
        given.set_hidden(reason.is_empty());
        given.set_text_content(Some(&fill(t.ask_reason, &[("reason", reason)])));
        scene.slot("ask")?.set_hidden(false);
        // The heading, not a button: a key that was meant for the page must not answer.
        scene.remember(self.layer.place().focused());
        title.focus()?;
        scene.guard(Guard::new(self.layer.place(), &self.window, scene.slot("allow")?));
        Ok(scene)
    }

    fn lost(&self, retry_ms: u64) -> Result<Scene, JsValue> {
        let (scene, _) = self.strip("lost")?;
        let t = self.texts;
        scene.slot("name")?.set_text_content(Some(t.lost_title));
        scene.slot("revoke")?.set_hidden(true);
        scene.answer_ask();
        let text = scene.slot("level")?;
        if retry_ms == 0 {
            text.set_text_content(Some(t.lost_now));
        } else {
            scene.keep(retry_countdown(t.lost_text, text, retry_ms));
        }
        self.announce(format!("{}. {}", t.lost_title, t.lost_now));
        Ok(scene)
    }

    fn ended(&self, reason: &str) -> Result<Scene, JsValue> {
        let t = self.texts;
        let text = match reason {
            "customer_ended" => t.ended_customer_ended,
            "agent_ended" => t.ended_agent_ended,
            "connection_lost" => t.ended_connection_lost,
            "declined" => t.ended_declined,
            "not_verified" => t.ended_not_verified,
            "reported" => t.ended_reported,
            "mismatch" => t.ended_mismatch,
            "gone" | "pin_expired" => t.ended_gone,
            "unauthorized" => t.ended_unauthorized,
            "busy" => t.ended_busy,
            "protocol_error" | "peer_broken" => t.ended_protocol_error,
            "time_limit" => t.ended_time_limit,
            "idle" => t.ended_idle,
            _ => t.ended_other,
        };
        let scene = self.note(Note {
            title: t.ended_title,
            text,
            close: Some(t.close),
            ..Note::default()
        })?;
        let tail = scene.slot("more")?;
        tail.set_text_content(Some(t.ended_tail));
        tail.set_hidden(false);
        // What the customer knows goes soon; what asks for something stays to be read.
        let stays_ms = match reason {
            "customer_ended" => 4_000,
            "reported" => 20_000,
            _ => 8_000,
        };
        let sink = self.sink.clone();
        scene.keep(Timeout::new(stays_ms, move || sink(WidgetEvent::Cancel)));
        Ok(scene)
    }

    fn card(&self, view: &'static str) -> Result<Scene, JsValue> {
        Scene::new(&self.document, self.texts, view, self.sink.clone())
    }

    /// Puts a card on the page in place of the one before, and the focus on its heading if the
    /// customer is not busy elsewhere.
    fn enter(&self, scene: &Scene) -> Result<(), JsValue> {
        let may_focus = self.layer.place().may_focus();
        *self.scene.borrow_mut() = None;
        self.root.append_child(&scene.element)?;
        if may_focus {
            scene.slot("title")?.focus()?;
        }
        Ok(())
    }

    /// The bar and the frame around the page: kept if they are there, so that STOP never moves
    /// under a finger or loses the focus. Says whether they are new.
    fn strip(&self, level: &str) -> Result<(Scene, bool), JsValue> {
        let kept = self.scene.borrow_mut().take_if(|scene| scene.view == "active");
        let (scene, fresh) = match kept {
            Some(scene) => {
                scene.reset();
                (scene, false)
            }
            None => {
                *self.scene.borrow_mut() = None;
                let mut scene = self.card("active")?;
                let frame = template::build(&self.document, self.texts, "frame")?;
                self.root.append_child(&frame)?;
                self.root.append_child(&scene.element)?;
                scene.frame = Some(frame);
                (scene, true)
            }
        };
        scene.element.set_attribute("data-level", level)?;
        if let Some(frame) = &scene.frame {
            frame.set_attribute("data-level", level)?;
        }
        let (place, window, bar) = (self.layer.place(), self.window.clone(), scene.element.clone());
        let lift = Rc::new(move || lift_off(&place, &window, &bar));
        lift();
        let again = lift.clone();
        scene.keep(EventListener::new(&self.window, "resize", move |_| again()));
        scene.keep(Interval::new(2_000, move || lift()));
        Ok((scene, fresh))
    }

    /// Says something to screen readers; the pause lets them take in a new region first.
    fn announce(&self, text: String) {
        let live = self.live.clone();
        let say = Timeout::new(150, move || live.set_text_content(Some(&text)));
        *self.announcement.borrow_mut() = Some(say);
    }
}

/// A place for a part of the widget in an element of the page: the host, its root, and the texts.
pub(crate) fn within(
    place: &HtmlElement,
    locale: &str,
) -> Result<(HtmlElement, HtmlElement, &'static Texts), JsValue> {
    let document = place.owner_document().ok_or("no document")?;
    let (host, shadow) = layer::host(&document)?;
    host.set_class_name("own");
    let root = root(&document, texts(locale))?;
    root.set_class_name("root own");
    shadow.append_child(&root)?;
    place.append_child(&host)?;
    Ok((host, root, texts(locale)))
}

fn root(document: &Document, texts: &Texts) -> Result<HtmlElement, JsValue> {
    let root: HtmlElement = document.create_element("div")?.unchecked_into();
    root.set_class_name("root");
    root.set_attribute("lang", texts.tag)?;
    root.set_attribute("dir", texts.dir)?;
    Ok(root)
}

fn retry_countdown(text: &'static str, shown: HtmlElement, retry_ms: u64) -> Countdown {
    Countdown::new(retry_ms, move |left| {
        let left = seconds(left).max(1).to_string();
        let text = fill(text, &[("seconds", &left)]);
        if shown.text_content().as_deref() != Some(&text) {
            shown.set_text_content(Some(&text));
        }
    })
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::View => "view",
        Level::Point => "point",
        Level::Act => "act",
    }
}

/// The page must not take a press on the widget for a press outside its menu, nor a key for its
/// own.
fn contain(shadow: &ShadowRoot) -> Vec<EventListener> {
    let target: &EventTarget = shadow;
    [
        "click",
        "dblclick",
        "auxclick",
        "contextmenu",
        "mousedown",
        "mouseup",
        "pointerdown",
        "pointerup",
        "touchstart",
        "touchend",
        "keydown",
        "keyup",
        "keypress",
        "focusin",
        "focusout",
        "wheel",
    ]
    .into_iter()
    .map(|name| EventListener::new(target, name, |event| event.stop_propagation()))
    .collect()
}
