//! The parts alone, without a relay: `record()` and `Replica`, on the very path of a session.
//!
//! A frame is a byte that says whether the rest is deflated, and an encoded message.

use crate::agent::assets::{Gallery, Replies};
use crate::agent::stage::Stage;
use crate::assets;
use crate::browser::{Inbox, NextFrame};
use crate::customer::guests::{self, Guests};
use crate::error::Error;
use crate::options::{self, RecordOptions};
use crate::policy;
use crate::source::{Broken, Source};
use crate::wakes::Wakes;
use futures::StreamExt;
use js_sys::{Function, Uint8Array};
use saath_core::assets::{Flow, Hostile};
use saath_core::message::FromCustomer;
use saath_core::message::page::View;
use saath_core::pack::{deflate, inflate};
use saath_core::replica::Verdict;
use saath_core::tree::Digest;
use saath_protocol::wire;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement};

/// Records the page until it is stopped.
pub(crate) struct Recording {
    state: Rc<RefCell<Option<State>>>,
    emit: Function,
}

struct State {
    source: Source,
    view: Option<View>,
    _wakes: Option<Wakes>,
}

/// Everything that can happen to a recording.
enum Event {
    Frame,
    Asset(assets::Event),
    Guest(guests::Event),
}

impl Recording {
    pub(crate) fn start(options: &RecordOptions) -> Result<Self, Error> {
        let emit: Function = options
            .emit()
            .dyn_into()
            .map_err(|_| Error::InvalidOption("emit must be a function".into()))?;
        let guests = options::frames(options)?;
        let (inbox, mut events) = Inbox::new();
        let next = NextFrame::new(inbox.clone(), || Event::Frame);
        let (wake, first) = (next.clone(), next.clone());
        let policy = policy::of(&options.record_policy());
        let recording = Self { state: Rc::new(RefCell::new(None)), emit };
        let (own, halting) = (recording.share(), recording.share());
        let noted = inbox.clone();
        let tell = Rc::new(move |event| inbox.put(Event::Asset(event)));
        let halt = move || halting.flush();
        let mut source = Source::new(policy, Flow::Unasked, move || wake.ask(), halt, tell)?;
        if !guests.is_empty() {
            let tell = move |event| noted.put(Event::Guest(event));
            source.invite(Guests::new(&guests, tell));
        }
        *recording.state.borrow_mut() =
            Some(State { source, view: None, _wakes: Wakes::start(&next) });
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(event) = events.next().await
                && own.is_on()
            {
                match event {
                    Event::Frame => {
                        if own.turn() {
                            next.ask();
                        }
                    }
                    Event::Asset(event) => {
                        if own.asset(event) {
                            next.ask();
                        }
                    }
                    Event::Guest(event) => {
                        own.guest(event);
                        next.ask();
                    }
                }
            }
            next.cancel();
        });
        // In a turn of its own: to find what is marked takes its time on a large page, too.
        first.ask();
        Ok(recording)
    }

    fn share(&self) -> Self {
        Self { state: Rc::clone(&self.state), emit: self.emit.clone() }
    }

    /// Emits what has changed, now.
    pub(crate) fn flush(&self) {
        let (frames, _) = self.frames(|source, frames| {
            loop {
                match source.turn() {
                    Ok(Some(page)) => frames.push(FromCustomer::Page(page)),
                    Ok(None) if source.is_behind() => {}
                    Ok(None) | Err(Broken) => break,
                }
            }
        });
        self.emit(&frames);
    }

    /// Emits what has changed, or as much of it as fits in a turn. Whether another one is due.
    fn turn(&self) -> bool {
        let (mut due, mut broken) = (false, false);
        let (frames, waits) = self.frames(|source, frames| {
            due = source.rests();
            if due {
                return;
            }
            match source.turn() {
                Ok(page) => {
                    frames.extend(page.map(FromCustomer::Page));
                    due = source.is_behind();
                }
                Err(Broken) => broken = true,
            }
        });
        self.emit(&frames);
        due || waits && !broken
    }

    /// What is to be emitted, and whether pictures and fonts wait for the page.
    fn frames(
        &self,
        read: impl FnOnce(&mut Source, &mut Vec<FromCustomer>),
    ) -> (Vec<FromCustomer>, bool) {
        let (mut frames, mut waits) = (vec![], false);
        if let Ok(mut state) = self.state.try_borrow_mut()
            && let Some(state) = state.as_mut()
        {
            if let Some(view) = state.view.as_ref().and_then(|told| state.source.resized(told)) {
                state.view = Some(view.clone());
                frames.push(FromCustomer::View(view));
            }
            read(&mut state.source, &mut frames);
            // After the page: how its title is masked is known only then.
            let view = state.source.view(state.view.as_ref());
            if state.view.as_ref() != Some(&view) {
                state.view = Some(view.clone());
                frames.push(FromCustomer::View(view));
            }
            state.source.read_assets();
            waits = !tell_assets(&mut state.source, &mut frames);
        }
        (frames, waits)
    }

    fn guest(&self, event: guests::Event) {
        if let Ok(mut state) = self.state.try_borrow_mut()
            && let Some(state) = state.as_mut()
        {
            state.source.guest(event);
        }
    }

    /// Emits what has come of pictures and fonts. Whether it waits for the page.
    fn asset(&self, event: assets::Event) -> bool {
        let (mut frames, mut waits) = (vec![], false);
        if let Ok(mut state) = self.state.try_borrow_mut()
            && let Some(state) = state.as_mut()
        {
            state.source.assets.note(event);
            waits = !tell_assets(&mut state.source, &mut frames);
        }
        self.emit(&frames);
        waits
    }

    /// With nothing borrowed any more: the listener may flush or stop.
    fn emit(&self, frames: &[FromCustomer]) {
        for frame in frames {
            let bytes = Uint8Array::from(encode(frame).as_slice());
            if let Err(error) = self.emit.call1(&JsValue::NULL, &bytes) {
                web_sys::console::error_2(&"saath: emit threw".into(), &error);
            }
        }
    }

    /// Emits what repairs a replica, now.
    pub(crate) fn repair(&self, doubt: &[u8]) -> Result<(), Error> {
        let digest = match doubt {
            [] => None,
            doubt => Some(
                Digest::decode(doubt)
                    .map_err(|_| Error::InvalidFrame("it is not what a replica doubts"))?,
            ),
        };
        if let Ok(mut state) = self.state.try_borrow_mut()
            && let Some(state) = state.as_mut()
        {
            match digest {
                None => state.source.restart(),
                Some(digest) => state.source.repair(&digest),
            }
        }
        self.flush();
        Ok(())
    }

    pub(crate) fn stop(&self) {
        self.flush();
        if let Ok(mut state) = self.state.try_borrow_mut() {
            *state = None;
        }
    }

    fn is_on(&self) -> bool {
        self.state.borrow().is_some()
    }
}

/// Replays frames.
pub(crate) struct Replay {
    gallery: Gallery,
    stage: Stage,
    /// The digest of a replica that is not the page.
    doubt: Option<Vec<u8>>,
}

impl Replay {
    pub(crate) fn new(parent: &HtmlElement) -> Result<Self, JsValue> {
        Ok(Self { gallery: Gallery::new(None), stage: Stage::new(parent)?, doubt: None })
    }

    pub(crate) fn apply(&mut self, frame: &[u8]) -> Result<(), Error> {
        self.hear(frame).map(drop)
    }

    /// As [`Self::apply`], and what to ask for of pictures and fonts.
    fn hear(&mut self, frame: &[u8]) -> Result<Replies, Error> {
        match decode(frame).ok_or(Error::InvalidFrame("it is not a frame of this version"))? {
            FromCustomer::Page(page) => match self.stage.apply(&page) {
                Ok(Verdict::Equal) => {
                    self.doubt = None;
                    Ok(Replies::default())
                }
                Ok(verdict) => {
                    if let Verdict::Differs(digest) = verdict {
                        self.doubt = Some(digest);
                    }
                    Err(Error::InvalidFrame("a frame before it is missing"))
                }
                Err(_) => Err(Error::InvalidFrame("it holds what a replica must not")),
            },
            FromCustomer::View(view) => {
                self.stage.view(&view);
                Ok(Replies::default())
            }
            FromCustomer::Offer(offer) => {
                self.gallery.offered(&offer, &self.stage).map_err(no_asset)
            }
            FromCustomer::Asset(asset) => self.gallery.came(&asset, &self.stage).map_err(no_asset),
            _ => Ok(Replies::default()),
        }
    }

    /// Takes what a session sends, by the way of its bytes; the numbers of the assets it lacks.
    pub(crate) fn watch(&mut self, message: &FromCustomer) -> Result<Vec<u32>, Error> {
        let frame = [&[0], wire::encode(message).as_slice()].concat();
        self.hear(&frame).map(|replies| replies.want)
    }

    /// What the frame is in.
    pub(crate) fn mat(&self) -> HtmlElement {
        self.stage.surface().mat().clone()
    }

    /// Numbers of assets mean something else from now on.
    pub(crate) fn forget_assets(&mut self) {
        self.gallery.restart(&self.stage);
    }

    pub(crate) fn doubt(&self) -> Option<&[u8]> {
        self.doubt.as_deref()
    }

    pub(crate) fn document(&self) -> Option<Document> {
        self.stage.document()
    }
}

/// Adds what there is to emit of pictures and fonts, unless it waits for the page: whether it does
/// not.
fn tell_assets(source: &mut Source, frames: &mut Vec<FromCustomer>) -> bool {
    let may = !source.has_assets() || source.may_send_assets();
    if may {
        frames.extend(source.assets.take_pieces().into_iter().map(FromCustomer::Asset));
        frames.extend(source.assets.offer().map(FromCustomer::Offer));
        source.assets.advance();
    }
    may
}

fn no_asset(_: Hostile) -> Error {
    Error::InvalidFrame("an asset is not what was offered")
}

fn encode(message: &FromCustomer) -> Vec<u8> {
    let plain = wire::encode(message);
    let (flag, payload) = match deflate(&plain) {
        Some(deflated) => (1, deflated),
        None => (0, plain),
    };
    [&[flag], payload.as_slice()].concat()
}

fn decode(frame: &[u8]) -> Option<FromCustomer> {
    match frame.split_first()? {
        (0, payload) => wire::decode(payload).ok(),
        (1, payload) => wire::decode(&inflate(payload, wire::MAX_MESSAGE).ok()?).ok(),
        _ => None,
    }
}
