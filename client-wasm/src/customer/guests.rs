//! The frames of other origins that take part in a session, each through a port of its own.

mod intake;

use crate::dom::Mirror;
use crate::frames::is_shown;
use intake::Intake;
use js_sys::{Array, JsString, Uint8Array};
use saath_core::capture::Capture;
use saath_core::guests::{Reply, Seat, Waiting};
use saath_core::message::action::{Act, ActionResult, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::message::guest::{Errand, FromGuest, GuestAsset, GuestPage, Mark, ToGuest};
use saath_core::message::page::{Applied, Page, Repair};
use saath_core::session::Grant;
use saath_protocol::wire;
use std::collections::HashMap;
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/customer/guests.js")]
extern "C" {
    #[wasm_bindgen(js_name = Guests)]
    type Ports;
    #[wasm_bindgen(constructor, js_class = "Guests")]
    fn new(origins: Vec<JsString>, came: &Came, heard: &Heard) -> Ports;
    #[wasm_bindgen(method)]
    fn look(this: &Ports, frames: Array);
    #[wasm_bindgen(method)]
    fn frame(this: &Ports, key: u32) -> Option<Element>;
    #[wasm_bindgen(method)]
    fn send(this: &Ports, key: u32, bytes: Uint8Array);
    #[wasm_bindgen(method)]
    fn refuse(this: &Ports, key: u32);
    #[wasm_bindgen(method)]
    fn close(this: &Ports, key: u32);
    #[wasm_bindgen(method)]
    fn stop(this: &Ports);
}

/// How many actions wait for a guest at most.
const MAX_ERRANDS: usize = 32;

type Came = Closure<dyn FnMut(u32)>;
type Heard = Closure<dyn FnMut(u32, Option<Vec<u8>>)>;

/// What happens to the guests.
pub(crate) enum Event {
    /// A client has a port now.
    Came(u32),
    /// It has said something; none if it is gone, or said what no client says.
    Heard(u32, Option<Vec<u8>>),
}

/// The ports. Dropping it closes them.
#[must_use]
pub(crate) struct Guests {
    ports: Ports,
    seats: HashMap<u32, Seat>,
    waiting: Waiting<u32>,
    /// What was passed on and is not answered, by its number.
    errands: HashMap<u32, u32>,
    answers: Vec<ActionResult>,
    /// Over whom the agent's pointer is.
    pointed: Option<u32>,
    assets: Intake,
    _came: Came,
    _heard: Heard,
}

impl Guests {
    /// `tell` must only note what it is told.
    pub(crate) fn new(origins: &[String], tell: impl Fn(Event) + Clone + 'static) -> Self {
        let told = tell.clone();
        let came = Came::new(move |key| told(Event::Came(key)));
        let heard = Heard::new(move |key, bytes| tell(Event::Heard(key, bytes)));
        let origins = origins.iter().map(|origin| JsString::from(origin.as_str())).collect();
        let ports = Ports::new(origins, &came, &heard);
        Self {
            ports,
            seats: HashMap::new(),
            waiting: Waiting::default(),
            errands: HashMap::new(),
            answers: vec![],
            pointed: None,
            assets: Intake::default(),
            _came: came,
            _heard: heard,
        }
    }

    pub(crate) fn happened(&mut self, event: Event, capture: &mut Capture) {
        match event {
            Event::Came(key) => match capture.admit() {
                Some(seat) => drop(self.seats.insert(key, seat)),
                None => self.dismiss(key, capture),
            },
            Event::Heard(key, bytes) => match bytes.map(|bytes| wire::decode(&bytes)) {
                Some(Ok(FromGuest::Page(page))) => self.page(key, page, capture),
                Some(Ok(FromGuest::End)) | None => self.dismiss(key, capture),
                Some(Ok(FromGuest::ActionResult(result))) => self.answered(key, result, capture),
                Some(Ok(FromGuest::Asset(asset))) => self.assets.hold(key, asset),
                Some(Err(_)) => self.refuse(key, capture),
            },
        }
    }

    /// One at a time: whoever sends another before the first is taken does not keep to the rules.
    fn page(&mut self, key: u32, page: GuestPage, capture: &mut Capture) {
        if !self.seats.contains_key(&key) || self.waiting.put(key, page).is_err() {
            self.refuse(key, capture);
        }
    }

    /// Says where the guests' frames are by now, and calls those that are new.
    pub(crate) fn place(&mut self, mirror: &Mirror, capture: &mut Capture) {
        self.ports.look(mirror.foreign());
        let mut gone = vec![];
        for (&key, &seat) in &self.seats {
            match self.ports.frame(key).filter(is_shown) {
                Some(frame) => capture.seat(seat, mirror.id(&frame)),
                None => gone.push(key),
            }
        }
        for key in gone {
            self.dismiss(key, capture);
        }
    }

    /// Asks those to begin that are to.
    pub(crate) fn ask(&self, capture: &mut Capture) {
        for (seat, begin) in capture.take_begins() {
            if let Some(key) = self.key(seat) {
                self.send(key, &ToGuest::Begin(begin));
            }
        }
    }

    /// Whether a page of a guest is to be taken.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes a page of a guest in; the page that it comes to.
    pub(crate) fn take(&mut self, mirror: &Mirror, capture: &mut Capture) -> Option<Page> {
        let (key, message) = self.waiting.take()?;
        let seat = self.seats.get(&key).copied()?;
        let (reply, page) = capture.take_in(seat, &message, |count| mirror.reserve(count));
        let number = message.page.number;
        match reply {
            Ok(Reply::Applied | Reply::Nothing) => {
                self.send(key, &ToGuest::Applied(Applied { number }));
            }
            Ok(Reply::Late) => {}
            Ok(Reply::Repair(digest)) => {
                self.send(key, &ToGuest::Repair(Repair { number, digest }));
            }
            Err(error) => {
                web_sys::console::warn_1(&format!("saath: {error}").into());
                self.refuse(key, capture);
            }
        }
        page
    }

    /// Passes an action on, with its target in the guest's numbers.
    pub(crate) fn act(&mut self, seat: Seat, grant: &Grant, act: Act) -> Result<(), Outcome> {
        let key = self.key(seat).ok_or(Outcome::Gone)?;
        if self.errands.values().filter(|other| **other == key).count() >= MAX_ERRANDS {
            return Err(Outcome::NotAllowed);
        }
        self.errands.insert(act.serial, key);
        self.send(key, &ToGuest::Act(Errand::new(grant, act)));
        Ok(())
    }

    /// Only of what it was asked to do can a guest say that it is done.
    fn answered(&mut self, key: u32, result: ActionResult, capture: &mut Capture) {
        if self.errands.get(&result.serial) != Some(&key) {
            return self.refuse(key, capture);
        }
        self.errands.remove(&result.serial);
        self.answers.push(result);
    }

    pub(crate) fn take_answers(&mut self) -> Vec<ActionResult> {
        std::mem::take(&mut self.answers)
    }

    /// Pictures and fonts that came, by the page's numbers. Only when nothing of the page is unread,
    /// and all that came of guests is taken: a mark may be in it.
    pub(crate) fn take_assets(&mut self, capture: &Capture) -> Vec<(u32, GuestAsset)> {
        let seats = &self.seats;
        self.assets.take(|key, asset| capture.guest_asset(*seats.get(&key)?, asset))
    }

    /// Whether there are any.
    pub(crate) fn has_assets(&self) -> bool {
        !self.assets.is_empty()
    }

    /// The page does not name these any more.
    pub(crate) fn withdraw(&mut self, numbers: &[u32]) {
        self.assets.withdraw(numbers);
    }

    /// Has those show it that it is on; what is left for the page to show.
    pub(crate) fn mark(
        &mut self,
        capture: &Capture,
        annotate: Annotate,
        name: &str,
    ) -> Option<Annotate> {
        let to = annotate.target().and_then(|target| capture.guest(target));
        let to = to.and_then(|(seat, own, _)| Some((self.key(seat)?, own)));
        let send = |key, annotate| {
            self.send(key, &ToGuest::Mark(Mark::new(annotate, name.to_owned())));
        };
        match annotate {
            Annotate::Clear => self.seats.keys().for_each(|&key| send(key, Annotate::Clear)),
            Annotate::Highlight { .. } => {}
            Annotate::Pointer { .. } | Annotate::PointerGone => {
                let key = to.map(|(key, _)| key);
                if let Some(before) = self.pointed.filter(|_| self.pointed != key) {
                    send(before, Annotate::PointerGone);
                }
            }
        }
        let Some((key, own)) = to else {
            if !matches!(annotate, Annotate::Highlight { .. }) {
                self.pointed = None;
            }
            return Some(annotate);
        };
        let is_pointer = matches!(annotate, Annotate::Pointer { .. });
        send(key, annotate.on(own));
        if is_pointer {
            self.pointed = Some(key);
        }
        is_pointer.then_some(Annotate::PointerGone)
    }

    fn key(&self, seat: Seat) -> Option<u32> {
        self.seats.iter().find(|(_, other)| **other == seat).map(|(&key, _)| key)
    }

    /// It has broken the rules, and has no second try.
    fn refuse(&mut self, key: u32, capture: &mut Capture) {
        self.ports.refuse(key);
        self.dismiss(key, capture);
    }

    fn dismiss(&mut self, key: u32, capture: &mut Capture) {
        self.waiting.forget(&key);
        self.pointed = self.pointed.filter(|pointed| *pointed != key);
        let unanswered = self.errands.iter().filter(|(_, other)| **other == key);
        let gone = |(&serial, _)| ActionResult { serial, outcome: Outcome::Gone };
        self.answers.extend(unanswered.map(gone));
        self.errands.retain(|_, other| *other != key);
        self.send(key, &ToGuest::End);
        self.ports.close(key);
        if let Some(seat) = self.seats.remove(&key) {
            capture.dismiss(seat);
        }
    }

    fn send(&self, key: u32, message: &ToGuest) {
        self.ports.send(key, Uint8Array::from(wire::encode(message).as_slice()));
    }
}

impl Drop for Guests {
    fn drop(&mut self) {
        for &key in self.seats.keys() {
            self.send(key, &ToGuest::End);
        }
        self.ports.stop();
    }
}
