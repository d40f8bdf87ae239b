//! This page as a frame in one of another origin: it reads and masks itself, and sends what it shows to
//! the client of the page around it, for as long as that asks.

use crate::browser::{Inbox, NextFrame, now};
use crate::error::Error;
use crate::options::{self, FrameOptions};
use crate::source::{Broken, Source};
use crate::wakes::Wakes;
use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use js_sys::{JsString, Uint8Array};
use saath_core::assets::Flow;
use saath_core::mask::Policy;
use saath_core::message::action::{ActionResult, Outcome};
use saath_core::message::guest::{FromGuest, ToGuest};
use saath_core::session::framed::{Framed, Order};
use saath_protocol::wire;
use std::ops::ControlFlow;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/framed/parent.js")]
extern "C" {
    type Parent;
    #[wasm_bindgen(constructor)]
    fn new(origins: Vec<JsString>, farewell: Uint8Array, heard: &Heard) -> Parent;
    #[wasm_bindgen(method)]
    fn send(this: &Parent, bytes: Uint8Array);
    #[wasm_bindgen(method)]
    fn close(this: &Parent);
    #[wasm_bindgen(method)]
    fn stop(this: &Parent);
}

type Heard = Closure<dyn FnMut(Option<Vec<u8>>)>;

enum Event {
    /// What the page around says; none if the port is another one, or closed.
    Heard(Option<Vec<u8>>),
    Frame,
    Stop,
}

/// What the page's own script holds of it.
pub(crate) struct Handle(Inbox<Event>);

impl Handle {
    pub(crate) fn stop(&self) {
        self.0.put(Event::Stop);
    }
}

/// Waits for a page around this one to ask.
pub(crate) fn start(options: &FrameOptions) -> Result<Handle, Error> {
    let origins = options::parents(options)?;
    let policy = options::policy(&options.frame_policy());
    let (inbox, events) = Inbox::new();
    let noted = inbox.clone();
    let heard = Heard::new(move |bytes| noted.put(Event::Heard(bytes)));
    let origins = origins.iter().map(|origin| JsString::from(origin.as_str())).collect();
    let next_frame = NextFrame::new(inbox.clone(), || Event::Frame);
    let driver = Driver {
        parent: Parent::new(origins, bytes(&FromGuest::End), &heard),
        policy,
        framed: Framed::new(now()),
        next_frame,
        shared: None,
        _heard: heard,
    };
    wasm_bindgen_futures::spawn_local(driver.run(events));
    Ok(Handle(inbox))
}

struct Driver {
    parent: Parent,
    policy: Policy,
    framed: Framed,
    next_frame: NextFrame<Event>,
    /// While the page around asks for it, and no longer.
    shared: Option<(Source, Option<Wakes>)>,
    _heard: Heard,
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        while let Some(event) = events.next().await {
            if self.step(event).is_break() {
                break;
            }
        }
        self.leave();
        self.parent.stop();
    }

    fn step(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Stop => return ControlFlow::Break(()),
            Event::Frame => self.send_page(),
            Event::Heard(None) => self.leave(),
            Event::Heard(Some(bytes)) => {
                let message = wire::decode::<ToGuest>(&bytes).ok();
                let order = message.and_then(|message| self.framed.hear(now(), message).ok());
                self.follow(order.unwrap_or(Order::End));
            }
        }
        ControlFlow::Continue(())
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Begin { masked } => {
                // The one before is gone first: it wraps what the next wraps.
                self.shared = None;
                let policy = if masked { Policy::mask_all() } else { self.policy.clone() };
                let wake = self.next_frame.clone();
                // What waits here cannot be told by the page around, which does not wait.
                let source =
                    Source::new(policy, Flow::Unasked, move || wake.ask(), || {}, Rc::new(|_| {}));
                self.shared = source.ok().map(|source| (source, Wakes::start(&self.next_frame)));
                self.next_frame.ask();
            }
            Order::Room => self.next_frame.ask(),
            Order::Fresh => {
                if let Some((source, _)) = &mut self.shared {
                    source.restart();
                }
                self.next_frame.ask();
            }
            Order::Repair(digest) => {
                if let Some((source, _)) = &mut self.shared {
                    source.repair(&digest);
                }
                self.next_frame.ask();
            }
            Order::Perform(_, act) => {
                let outcome = Outcome::NotAllowed;
                self.say(&FromGuest::ActionResult(ActionResult { serial: act.serial, outcome }));
            }
            Order::Answer(message) => self.say(&message),
            Order::Wait => {}
            Order::End => {
                self.say(&FromGuest::End);
                self.parent.close();
                self.leave();
            }
        }
    }

    fn send_page(&mut self) {
        let Some((source, _)) = &mut self.shared else { return };
        if !self.framed.room() {
            return;
        }
        if source.rests() {
            return self.next_frame.ask();
        }
        match source.turn() {
            Ok(Some(page)) => {
                if let Some(message) = self.framed.page(page) {
                    self.say(&message);
                }
            }
            Ok(None) if source.is_behind() => self.next_frame.ask(),
            Ok(None) => {}
            // The page around sees a box again.
            Err(Broken) => self.follow(Order::End),
        }
    }

    /// The page is as it was.
    fn leave(&mut self) {
        self.shared = None;
        self.framed = Framed::new(now());
        self.next_frame.cancel();
    }

    fn say(&self, message: &FromGuest) {
        self.parent.send(bytes(message));
    }
}

fn bytes(message: &FromGuest) -> Uint8Array {
    Uint8Array::from(wire::encode(message).as_slice())
}
