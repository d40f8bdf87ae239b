//! The frames of other origins that take part in a session, each through a port of its own.

use crate::dom::Mirror;
use crate::frames::is_shown;
use js_sys::{Array, JsString, Uint8Array};
use saath_core::capture::Capture;
use saath_core::guests::{Reply, Seat};
use saath_core::message::guest::{FromGuest, GuestPage, ToGuest};
use saath_core::message::page::{Applied, Page, Repair};
use saath_protocol::wire;
use std::collections::{BTreeMap, VecDeque};
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
    seats: BTreeMap<u32, Seat>,
    /// Pages that came and are not taken yet: one of each guest.
    waiting: VecDeque<(u32, GuestPage)>,
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
        let (seats, waiting) = (BTreeMap::new(), VecDeque::new());
        Self { ports, seats, waiting, _came: came, _heard: heard }
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
                // Nothing was asked of it yet.
                Some(Ok(FromGuest::ActionResult(_)) | Err(_)) => self.refuse(key, capture),
            },
        }
    }

    /// One at a time: whoever sends another before the first is taken does not keep to the rules.
    fn page(&mut self, key: u32, page: GuestPage, capture: &mut Capture) {
        let waits = self.waiting.iter().any(|(other, _)| *other == key);
        if !self.seats.contains_key(&key) || waits {
            return self.refuse(key, capture);
        }
        self.waiting.push_back((key, page));
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
            if let Some((&key, _)) = self.seats.iter().find(|(_, other)| **other == seat) {
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
        let (key, message) = self.waiting.pop_front()?;
        let seat = self.seats.get(&key).copied()?;
        let (reply, page) = capture.take_in(seat, &message, |count| mirror.reserve(count));
        let number = message.page.number;
        match reply {
            Ok(Reply::Applied | Reply::Nothing) => {
                self.send(key, &ToGuest::Applied(Applied { number }));
            }
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

    /// It has broken the rules, and has no second try.
    fn refuse(&mut self, key: u32, capture: &mut Capture) {
        self.ports.refuse(key);
        self.dismiss(key, capture);
    }

    fn dismiss(&mut self, key: u32, capture: &mut Capture) {
        self.waiting.retain(|(other, _)| *other != key);
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
