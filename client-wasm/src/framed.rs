//! This page as a frame in one of another origin: it reads and masks itself, and sends what it shows to
//! each client of a page around it, for as long as that asks.

use crate::assets;
use crate::browser::{Inbox, NextFrame, now};
use crate::customer::overlay::Overlay;
use crate::customer::widget::Widget;
use crate::customer::{hands, page_language};
use crate::error::Error;
use crate::options::{self, FrameOptions};
use crate::policy;
use crate::source::{Broken, Source};
use crate::wakes::Wakes;
use futures::StreamExt;
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
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/framed/parent.js")]
extern "C" {
    type Parents;
    #[wasm_bindgen(constructor)]
    fn new(origins: Vec<JsString>, farewell: Uint8Array, came: &Came) -> Parents;
    #[wasm_bindgen(method)]
    fn stop(this: &Parents);

    type Port;
    #[wasm_bindgen(method)]
    fn listen(this: &Port, heard: &Heard);
    #[wasm_bindgen(method)]
    fn send(this: &Port, bytes: Uint8Array);
    #[wasm_bindgen(method)]
    fn close(this: &Port);
}

type Came = Closure<dyn FnMut(Port)>;
type Heard = Closure<dyn FnMut(Option<Vec<u8>>)>;

enum Call {
    /// A client around has handed over a port.
    Came(Port),
    Stop,
}

enum Event {
    /// What the page around says; none if the port is closed.
    Heard(Option<Vec<u8>>),
    Frame,
    /// Of the beginning with this number.
    Asset(u32, assets::Event),
}

/// What the page's own script holds of it.
pub(crate) struct Handle(Inbox<Call>);

impl Handle {
    pub(crate) fn stop(&self) {
        self.0.put(Call::Stop);
    }
}

/// Waits for pages around this one to ask. Each client on them is served by itself, as there can be
/// more than one.
pub(crate) fn start(options: &FrameOptions) -> Result<Handle, Error> {
    let origins = options::parents(options)?;
    let policy = policy::of(&options.frame_policy());
    let (inbox, mut calls) = Inbox::new();
    let noted = inbox.clone();
    let came = Came::new(move |port| noted.put(Call::Came(port)));
    let origins = origins.iter().map(|origin| JsString::from(origin.as_str())).collect();
    let parents = Parents::new(origins, bytes(&FromGuest::End), &came);
    wasm_bindgen_futures::spawn_local(async move {
        while let Some(Call::Came(port)) = calls.next().await {
            wasm_bindgen_futures::spawn_local(serve(port, policy.clone()));
        }
        parents.stop();
        drop(came);
    });
    Ok(Handle(inbox))
}

async fn serve(port: Port, policy: Policy) {
    let (inbox, mut events) = Inbox::new();
    let noted = inbox.clone();
    let heard = Heard::new(move |bytes| noted.put(Event::Heard(bytes)));
    port.listen(&heard);
    let mut driver = Driver {
        port,
        policy,
        framed: Framed::new(now()),
        next_frame: NextFrame::new(inbox.clone(), || Event::Frame),
        inbox,
        beginnings: 0,
        shared: None,
        errands: VecDeque::new(),
        marks: None,
        over: false,
    };
    while !driver.over
        && let Some(event) = events.next().await
    {
        driver.step(event);
    }
    // The page is as it was.
    driver.port.close();
    driver.shared = None;
    driver.next_frame.cancel();
}

/// The part in one session.
struct Driver {
    port: Port,
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
    over: bool,
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
    fn step(&mut self, event: Event) {
        match event {
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
            Event::Heard(None) => self.over = true,
            Event::Heard(Some(bytes)) => {
                let message = wire::decode::<ToGuest>(&bytes).ok();
                let order = message.and_then(|message| self.framed.hear(now(), message).ok());
                self.follow(order.unwrap_or(Order::End));
            }
        }
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
                match Source::new(policy, Flow::Asked, move || wake.ask(), || {}, tell) {
                    Ok(source) => {
                        self.shared = Some((source, Wakes::start(&self.next_frame)));
                        self.next_frame.ask();
                    }
                    // The page around answers what it has passed on, and would wait for ever.
                    Err(_) => self.follow(Order::End),
                }
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
                self.shared = None;
                self.over = true;
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

    fn say(&self, message: &FromGuest) {
        self.port.send(bytes(message));
    }
}

fn bytes(message: &FromGuest) -> Uint8Array {
    Uint8Array::from(wire::encode(message).as_slice())
}
