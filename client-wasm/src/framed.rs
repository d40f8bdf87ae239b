//! This page as a frame in one of another origin: it reads and masks itself, and sends what it shows to
//! the client of the page around it, for as long as that asks.

use crate::assets;
use crate::browser::{Inbox, NextFrame, now};
use crate::customer::overlay::Overlay;
use crate::customer::widget::Widget;
use crate::customer::{hands, page_language};
use crate::error::Error;
use crate::options::{self, FrameOptions};
use crate::source::{Broken, Source};
use crate::wakes::Wakes;
use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use js_sys::{JsString, Uint8Array};
use saath_core::assets::Flow;
use saath_core::mask::Policy;
use saath_core::message::action::{Act, Action, ActionResult, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::message::guest::{FromGuest, ToGuest};
use saath_core::session::Grant;
use saath_core::session::framed::{Framed, Order};
use saath_protocol::wire;
use std::collections::VecDeque;
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
    /// Of the beginning with this number.
    Asset(u32, assets::Event),
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
        inbox: inbox.clone(),
        beginnings: 0,
        shared: None,
        errands: VecDeque::new(),
        marks: None,
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
    inbox: Inbox<Event>,
    /// How often it was begun.
    beginnings: u32,
    /// While the page around asks for it, and no longer.
    shared: Option<(Source, Option<Wakes>)>,
    /// What the agent asked for and is not done yet.
    errands: VecDeque<(Grant, Act)>,
    /// The agent's marks, from the first on.
    marks: Option<Marks>,
    _heard: Heard,
}

/// Above the page, like a widget that shows nothing.
struct Marks {
    overlay: Overlay,
    _widget: Widget,
}

impl Marks {
    /// Without them the rest goes on.
    fn show(marks: &mut Option<Self>) {
        if marks.is_none() {
            let locale = page_language();
            *marks = Widget::mount(&locale, Rc::new(|_| {})).ok().map(|widget| Self {
                overlay: Overlay::new(widget.shadow(), &locale),
                _widget: widget,
            });
        }
    }
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
            Event::Frame => {
                self.send_page();
                self.send_assets();
                self.perform();
            }
            Event::Asset(beginning, event) if beginning == self.beginnings => {
                if let Some((source, _)) = &mut self.shared {
                    source.assets.note(event);
                }
                self.send_assets();
            }
            Event::Asset(..) => {}
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
                // What they are for had its number before.
                while let Some((_, act)) = self.errands.pop_front() {
                    self.answer(act.serial, Outcome::Gone);
                }
                self.beginnings += 1;
                let policy = if masked { Policy::mask_all() } else { self.policy.clone() };
                let wake = self.next_frame.clone();
                // What waits here cannot be told by the page around, which does not wait.
                let (inbox, beginning) = (self.inbox.clone(), self.beginnings);
                let tell = Rc::new(move |event| inbox.put(Event::Asset(beginning, event)));
                let source = Source::new(policy, Flow::Asked, move || wake.ask(), || {}, tell);
                self.shared = source.ok().map(|source| (source, Wakes::start(&self.next_frame)));
                self.next_frame.ask();
            }
            Order::Room if self.errands.is_empty() => self.next_frame.ask(),
            Order::Room => self.perform(),
            Order::Fresh => {
                if let Some((source, _)) = &mut self.shared {
                    source.restart();
                    source.withdraw();
                }
                self.next_frame.ask();
            }
            Order::Repair(digest) => {
                if let Some((source, _)) = &mut self.shared {
                    source.repair(&digest);
                    source.withdraw();
                }
                self.next_frame.ask();
            }
            Order::Perform(grant, act) => {
                self.errands.push_back((grant, act));
                self.perform();
            }
            Order::Mark(annotate, name) => self.mark(annotate, &name),
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
        self.turn();
        if let Some((source, _)) = &mut self.shared {
            // What they are needed for is on its way.
            source.read_assets();
        }
    }

    /// Sends what has changed, or a part of it.
    fn turn(&mut self) {
        let Some((source, _)) = &mut self.shared else { return };
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

    /// Does what the agent asked for, each when all that is masked or excluded by now is known; that
    /// may be when the page before is taken.
    fn perform(&mut self) {
        while !self.errands.is_empty() {
            if self.framed.room() {
                self.turn();
            }
            let Some((source, _)) = &mut self.shared else { return };
            if source.is_behind() || !matches!(source.is_dirty(), Ok(false)) {
                return;
            }
            let Some((grant, act)) = self.errands.pop_front() else { return };
            if matches!(act.action, Action::Click { .. }) {
                Marks::show(&mut self.marks);
            }
            let overlay = self.marks.as_ref().map(|marks| &marks.overlay);
            let outcome = hands::perform(source, overlay, &grant, &act.action);
            self.answer(act.serial, outcome);
            self.next_frame.ask();
        }
    }

    fn answer(&self, serial: u32, outcome: Outcome) {
        self.say(&FromGuest::ActionResult(ActionResult { serial, outcome }));
    }

    fn mark(&mut self, annotate: Annotate, name: &str) {
        let Some((source, _)) = &self.shared else { return };
        if matches!(annotate, Annotate::Pointer { .. } | Annotate::Highlight { .. }) {
            Marks::show(&mut self.marks);
        }
        if let Some(marks) = &self.marks {
            hands::mark(source, &marks.overlay, annotate, name);
        }
    }

    /// Sends what has come of pictures and fonts, if nothing of the page is unread.
    fn send_assets(&mut self) {
        let Some((source, _)) = &mut self.shared else { return };
        if !source.has_assets() {
            return;
        }
        if !source.may_send_assets() {
            if self.framed.room() {
                self.next_frame.ask();
            }
            return;
        }
        for event in source.assets.take_whole() {
            if let assets::Event::Whole { number, keep, painted, bytes } = event
                && let Some(message) = self.framed.asset(number, keep, painted, bytes)
            {
                self.say(&message);
            }
        }
    }

    /// The page is as it was.
    fn leave(&mut self) {
        self.shared = None;
        self.marks = None;
        self.errands.clear();
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
