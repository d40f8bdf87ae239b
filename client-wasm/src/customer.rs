//! The customer's end on the page: one loop owns the session, the source, the widget and the
//! socket. Ending it drops them, and the page is as it was.

mod consequence;
mod ending;
pub(crate) mod guests;
mod handle;
pub(crate) mod hands;
mod kept;
mod locales;
pub(crate) mod overlay;
pub(crate) mod perform;
pub(crate) mod preview;
mod sending;
mod storage;
mod watch;
pub(crate) mod widget;

use crate::assets;
use crate::browser::{BrowserEntropy, Inbox, NextFrame, Pump, alarm, now, unix_seconds, window};
use crate::emitter::Emitter;
use crate::error::Error;
use crate::identity;
use crate::names;
use crate::options::{Share, ShareOptions};
use crate::policy;
use crate::socket::{Socket, SocketEvent};
use crate::source::Source;
use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use guests::Guests;
pub(crate) use handle::Handle;
use overlay::Overlay;
use preview::Preview;
use saath_core::assets::Flow;
use saath_core::mask::Policy;
use saath_core::message::action::ActionResult;
use saath_core::message::annotation::Annotate;
use saath_core::message::control::Level;
use saath_core::message::page::{Pointer, View};
use saath_core::session::customer::{Config, Customer, Effect, Event as Session};
use saath_core::session::{AgentIdentity, ResumeSecret};
use serde::Serialize;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::{Rc, Weak};
use watch::Watch;
use web_sys::Element;
use widget::{Widget, WidgetEvent, WidgetView};

/// Everything that can happen to the loop.
pub(crate) enum Event {
    Socket(SocketEvent),
    Widget(WidgetEvent),
    /// An animation frame after something may have changed.
    Frame,
    Pointer(Pointer, Option<Element>),
    Asset(assets::Event),
    Guest(guests::Event),
    Preview(preview::Event),
    Tick,
    /// Of the handshake with this number.
    Verified(u32, Option<AgentIdentity>),
    Farewell,
    /// The browser keeps the page, and shows another one.
    Kept,
    /// It shows the page again.
    Back,
}

/// Begins a session: a PIN is asked for at once.
pub(crate) fn share(options: &ShareOptions) -> Result<Rc<Handle>, Error> {
    let (share, config, policy) = read(options)?;
    storage::write_hides(&[]);
    Driver::start(share, Customer::new(config.clone(), unix_seconds()), config, policy)
}

/// Goes on with the session of the page before this one, if there is one.
pub(crate) fn resume(options: &ShareOptions) -> Result<Option<Rc<Handle>>, Error> {
    // Read once and erased: a duplicated tab has a copy, but only one of them can use it.
    let secret = storage::read().and_then(|text| ResumeSecret::parse(&text));
    storage::clear();
    let Some(secret) = secret else { return Ok(None) };
    let (share, config, policy) = read(options)?;
    match Customer::resume(config.clone(), secret, unix_seconds()) {
        Ok(customer) => Driver::start(share, customer, config, policy).map(Some),
        Err(_expired) => Ok(None),
    }
}

fn read(options: &ShareOptions) -> Result<(Share, Config, Policy), Error> {
    if !BrowserEntropy::is_there() {
        return Err(Error::Unsupported("it has no secure random numbers"));
    }
    let share = Share::read(options)?;
    let policy = policy::of(&options.policy());
    #[cfg(feature = "self-test")]
    let policy = crate::self_test::broken(policy);
    let origin = window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let config = Config { origin, policy_hash: policy.digest(), grant: share.level };
    Ok((share, config, policy))
}

struct Driver {
    share: Share,
    config: Config,
    policy: Policy,
    session: Customer,
    handle: Rc<Handle>,
    _kept: Option<[EventListener; 2]>,
    inbox: Inbox<Event>,
    /// The task that this loop is.
    pump: Weak<Pump>,
    next_frame: NextFrame<Event>,
    socket: Option<Socket>,
    timer: Option<Timeout>,
    widget: Option<Widget>,
    overlay: Option<Overlay>,
    /// While the page is shared, and no longer.
    source: Option<Source>,
    watch: Option<Watch>,
    /// What the agent sees, while the customer looks at it.
    preview: Option<Preview>,
    view: Option<View>,
    /// Where the customer's pointer is, and over what.
    pointer: Option<(Pointer, Option<Element>)>,
    /// How often the page was opened anew.
    openings: u32,
    failures: u32,
    /// Which handshake's agent is being verified.
    verifying: u32,
    /// The PIN before this one was not the one that was typed; the next one says so.
    mismatch: bool,
}

impl Driver {
    fn start(
        share: Share,
        session: Customer,
        config: Config,
        policy: Policy,
    ) -> Result<Rc<Handle>, Error> {
        let (inbox, events) = Inbox::new();
        let handle = Rc::new(Handle {
            emitter: Emitter::default(),
            state: Cell::new(names::state(session.state())),
            inbox: inbox.clone(),
            own_ui: share.own_ui,
        });
        let locale = share.locale.clone().unwrap_or_else(page_language);
        let widget = if share.own_ui {
            None
        } else {
            let inbox = inbox.clone();
            let sink = Rc::new(move |event| inbox.put(Event::Widget(event)));
            let mounted = Widget::mount(&locale, sink);
            Some(mounted.map_err(|_| Error::Unsupported("it cannot show the widget"))?)
        };
        let overlay = widget.as_ref().map(|widget| Overlay::new(widget.shadow(), &locale));
        let pump = Rc::new(Pump::default());
        let driver = Self {
            pump: Rc::downgrade(&pump),
            _kept: kept::listen(&inbox),
            share,
            config,
            policy,
            session,
            handle: Rc::clone(&handle),
            next_frame: NextFrame::new(inbox.clone(), || Event::Frame),
            inbox,
            socket: None,
            timer: None,
            widget,
            overlay,
            source: None,
            watch: None,
            preview: None,
            view: None,
            pointer: None,
            openings: 0,
            failures: 0,
            verifying: 0,
            mismatch: false,
        };
        pump.start(driver.run(events));
        Ok(handle)
    }

    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        self.show(&WidgetView::Connecting);
        self.drain();
        while let Some(event) = events.next().await {
            if self.step(event).is_break() {
                break;
            }
        }
        self.next_frame.cancel();
    }

    fn step(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Socket(SocketEvent::Opened) => self.handle(Session::Opened),
            Event::Socket(SocketEvent::Received(bytes)) => self.handle(Session::Received(bytes)),
            Event::Socket(SocketEvent::Closed) => {
                self.socket = None;
                self.handle(Session::Closed);
            }
            Event::Tick => {
                self.timer = None;
                self.handle(Session::Tick);
            }
            Event::Frame => self.frame(),
            Event::Pointer(pointer, over) => {
                // A press is not overwritten by the moves after it.
                let pressed = self.pointer.as_ref().is_some_and(|(before, _)| before.pressed);
                let pointer = Pointer { pressed: pointer.pressed || pressed, ..pointer };
                self.pointer = Some((pointer, over));
                self.next_frame.ask();
            }
            Event::Asset(event) if self.copied(&event) => {}
            Event::Asset(event) => {
                if let Some(source) = &mut self.source {
                    source.assets.note(event);
                }
                self.send_assets();
            }
            Event::Guest(event) => {
                if let Some(source) = &mut self.source {
                    source.guest(event);
                }
                self.answer_for_guests();
                self.next_frame.ask();
            }
            Event::Preview(event) => self.preview(event),
            // An answer about an agent that is gone by now says nothing of the next one.
            Event::Verified(handshake, _) if handshake != self.verifying => {}
            Event::Verified(_, Some(agent)) => self.handle(Session::AgentVerified(agent)),
            Event::Verified(_, None) => self.handle(Session::AgentRejected),
            Event::Widget(event) => return self.pressed(event),
            Event::Kept => self.keep(),
            Event::Back => self.come_back(),
            Event::Farewell => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn pressed(&mut self, event: WidgetEvent) -> ControlFlow<()> {
        let over = matches!(self.session.state(), saath_core::session::State::Ended);
        match event {
            WidgetEvent::Cancel if over => return ControlFlow::Break(()),
            WidgetEvent::Cancel => {
                self.handle(Session::Stop);
                return ControlFlow::Break(());
            }
            WidgetEvent::Stop => self.handle(Session::Stop),
            WidgetEvent::NewPin => self.handle(Session::NewPin),
            WidgetEvent::Allow => self.handle(Session::Allow),
            WidgetEvent::Decline => self.handle(Session::Decline),
            WidgetEvent::Report => self.handle(Session::Report),
            WidgetEvent::AllowLevel => {
                self.show_active();
                self.handle(Session::AllowLevel);
            }
            WidgetEvent::DeclineLevel => {
                self.show_active();
                self.handle(Session::DeclineLevel);
            }
            WidgetEvent::Preview => self.preview(preview::Event::Toggle),
            WidgetEvent::Revoke => self.handle(Session::RevokeLevel(Level::Act)),
        }
        ControlFlow::Continue(())
    }

    /// **One event in, drain the effects, next event.**
    fn handle(&mut self, event: Session) {
        self.session.handle(now(), event, &mut BrowserEntropy);
        self.drain();
    }

    fn drain(&mut self) {
        #[cfg(feature = "self-test")]
        crate::self_test::tell(self.session.take_plains());
        while let Some(effect) = self.session.poll() {
            self.effect(effect);
        }
        let state = names::state(self.session.state());
        if self.handle.state.replace(state) != state {
            self.handle.emitter.emit("state", &state.into());
        }
        let at = self.session.next_timeout();
        self.timer = at.map(|at| alarm(&self.inbox, at, || Event::Tick));
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Connect => {
                self.socket = Socket::open(&self.share.relay, &self.inbox, Event::Socket).ok();
                if self.socket.is_none() {
                    // An address that cannot be opened behaves like one where nobody answers.
                    self.inbox.put(Event::Socket(SocketEvent::Closed));
                }
            }
            Effect::Send(bytes) => {
                if let Some(socket) = &self.socket {
                    socket.send(&bytes);
                }
            }
            Effect::CloseSocket => self.socket = None,
            Effect::ShowPin { pin, ttl_ms } => {
                #[derive(Serialize)]
                #[serde(rename_all = "camelCase")]
                struct Shown<'a> {
                    pin: &'a str,
                    groups: &'a [String],
                    expires_at: f64,
                }
                let groups = pin.groups();
                #[expect(clippy::cast_precision_loss)]
                let expires_at = js_sys::Date::now() + ttl_ms as f64;
                self.emit("pin", &Shown { pin: pin.as_ascii(), groups: &groups, expires_at });
                let mismatch = std::mem::take(&mut self.mismatch);
                self.show(&WidgetView::Pin { groups, ttl_ms, mismatch });
            }
            Effect::PinExpired => self.show(&WidgetView::PinExpired),
            Effect::Joining => self.show(&WidgetView::Joining),
            Effect::Mismatch => {
                self.mismatch = true;
                self.show(&WidgetView::Mismatch);
                self.handle.emitter.emit("error", &"mismatch".into());
            }
            Effect::VerifyAgent { token, proof, signed } => {
                self.verifying += 1;
                let handshake = self.verifying;
                let (inbox, jwks) = (self.inbox.clone(), self.share.jwks.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let origin = window().and_then(|window| window.location().origin().ok());
                    let origin = origin.unwrap_or_default();
                    let agent = identity::verify(&token, &proof, &signed, &jwks, &origin).await;
                    inbox.put(Event::Verified(handshake, agent));
                });
            }
            Effect::AskConsent { agent, check } => {
                #[derive(Serialize)]
                struct Asked<'a> {
                    name: &'a str,
                    staff: &'a str,
                    unit: &'a str,
                    check: String,
                }
                let AgentIdentity { name, staff, unit, .. } = &agent;
                self.emit("consent", &Asked { name, staff, unit, check: names::check(check) });
                let AgentIdentity { name, staff, unit, .. } = agent;
                self.show(&WidgetView::Consent { name, staff, unit, check });
            }
            Effect::Active { .. } => self.activate(),
            Effect::SendFresh => {
                if let Some(source) = &mut self.source {
                    source.restart();
                }
                self.next_frame.ask();
            }
            Effect::SendRepair(digest) => {
                if let Some(source) = &mut self.source {
                    source.repair(&digest);
                }
                self.next_frame.ask();
            }
            Effect::AskLevel { level, reason } => {
                self.emit("level", &names::asked(level, &reason));
                let name = self.agent_name();
                self.show(&WidgetView::AskLevel { name, level, reason });
            }
            Effect::Level(change) => {
                self.emit("level", &names::level_changed(change));
                if change.level < Level::Point {
                    self.annotate(Annotate::Clear);
                }
                self.show_active();
            }
            Effect::Perform(grant, act) => {
                if let Some(outcome) = self.perform(&grant, &act) {
                    let result = ActionResult { serial: act.serial, outcome };
                    self.handle(Session::ActionDone(result));
                }
                self.next_frame.ask();
            }
            Effect::Annotate(annotate) => self.annotate(annotate),
            Effect::Room => self.next_frame.ask(),
            Effect::Want(numbers) => {
                if let Some(source) = &mut self.source {
                    source.assets.want(&numbers);
                }
                self.next_frame.ask();
            }
            Effect::Got(bytes) => {
                let known =
                    self.source.as_mut().is_none_or(|source| source.assets.got(bytes).is_ok());
                if !known {
                    self.handle(Session::Malformed);
                }
                self.next_frame.ask();
            }
            Effect::StoreResume(secret) => storage::write(&secret.to_text()),
            Effect::ClearResume => storage::clear(),
            Effect::Lost { retry_ms } => {
                let view = if self.session.agent().is_some() {
                    WidgetView::Lost { retry_ms }
                } else {
                    WidgetView::Unreachable { retry_ms }
                };
                self.show(&view);
            }
            Effect::Refused(refusal) => {
                self.handle.emitter.emit("error", &refusal.name().into());
                self.show(&WidgetView::Refused(refusal.name()));
            }
            Effect::IdleSoon { .. } => {}
            Effect::Ended(ended) => self.end(ended),
        }
    }

    fn activate(&mut self) {
        if self.source.is_none() {
            let wake = self.next_frame.clone();
            let (inbox, pump) = (self.inbox.clone(), Weak::clone(&self.pump));
            let halt = move || {
                inbox.put(Event::Frame);
                if let Some(pump) = pump.upgrade() {
                    pump.run();
                }
            };
            let inbox = self.inbox.clone();
            let tell = Rc::new(move |event| inbox.put(Event::Asset(event)));
            let policy = self.policy.clone();
            let source = Source::new(policy, Flow::Asked, move || wake.ask(), halt, tell).ok();
            // Without what the customer has hidden on the page before this one nothing may be sent.
            self.source = source.and_then(|mut source| {
                source.hide(storage::read_hides()).is_ok().then_some(source)
            });
            if let Some(source) = &mut self.source {
                source.on_pointer(watch::in_frames(&self.inbox));
                if !self.share.frames.is_empty() {
                    let inbox = self.inbox.clone();
                    let tell = move |event| inbox.put(Event::Guest(event));
                    source.invite(Guests::new(&self.share.frames, tell));
                }
            }
            self.watch = Watch::start(&self.inbox, &self.next_frame);
        } else if let Some(source) = &mut self.source {
            source.restart();
            source.assets.restart();
            self.restart_preview();
        }
        self.view = None;
        self.show_active();
        self.next_frame.ask();
    }

    fn show_active(&self) {
        if let Some(level) = self.session.level() {
            self.show(&WidgetView::Active { name: self.agent_name(), level });
        }
    }

    fn show(&self, view: &WidgetView) {
        if let Some(widget) = &self.widget {
            widget.show(view);
        }
    }

    fn agent_name(&self) -> String {
        self.session.agent().map(|agent| agent.name.clone()).unwrap_or_default()
    }

    fn emit<T: Serialize>(&self, name: &str, payload: &T) {
        self.handle.emitter.emit_with(name, payload);
    }
}

pub(crate) fn page_language() -> String {
    let element = crate::browser::document().and_then(|document| document.document_element());
    element.and_then(|element| element.get_attribute("lang")).unwrap_or_else(|| "en".into())
}
