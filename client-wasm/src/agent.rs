//! The agent's end in the console: one loop owns the session, the stage, the glass and the socket.

pub(crate) mod assets;
mod glass;
mod payloads;
pub(crate) mod stage;
mod waiting;

use crate::browser::{BrowserEntropy, Inbox, alarm, now};
use crate::emitter::Emitter;
use crate::error::Error;
use crate::identity::{AgentToken, Signer};
use crate::names;
use crate::options::{Join, JoinOptions};
use crate::socket::{Socket, SocketEvent};
use assets::{Gallery, Replies};
use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use glass::{Glass, GlassEvent, Hit, Tool};
use gloo_timers::callback::Timeout;
use payloads::{Granted, Latency, Missing, Repaired, Retry, Viewed};
use saath_core::assets::Hostile as HostileAsset;
use saath_core::message::annotation::Annotate;
use saath_core::message::asset::Hash as AssetHash;
use saath_core::message::control::{Level, RequestLevel};
use saath_core::message::page::{Page, Repair, View};
use saath_core::replica::Verdict;
use saath_core::session::agent::{Agent, Config, Effect, Event as Session};
use saath_core::session::{Ended, Millis};
use saath_protocol::pin::Pin;
use serde::Serialize;
use stage::{Hostile, Stage, Zoom};
use std::cell::{Cell, RefCell};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;
use std::rc::Rc;
use waiting::Waiting;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Everything that can happen to the loop.
enum Event {
    Socket(SocketEvent),
    Glass(GlassEvent),
    Ask(Ask),
    Signed(Vec<u8>),
    /// An action has no answer.
    Overdue,
    /// Whether an asset is at hand from another session, by its size.
    Looked(AssetHash, Option<u32>),
    Tick,
}

/// What the console asks for.
pub(crate) enum Ask {
    Stop,
    RequestLevel(Level, String),
    ReleaseLevel(Level),
    Tool(String),
    Label(String),
    Zoom(String),
    Clear,
    RelayToken(String),
}

/// What the console holds of the session.
pub(crate) struct Handle {
    pub(crate) emitter: Emitter,
    state: Cell<&'static str>,
    level: Cell<Option<&'static str>>,
    inbox: Inbox<Event>,
}

impl Handle {
    pub(crate) fn state(&self) -> &'static str {
        self.state.get()
    }

    pub(crate) fn level(&self) -> Option<&'static str> {
        self.level.get()
    }

    pub(crate) fn ask(&self, ask: Ask) {
        self.inbox.put(Event::Ask(ask));
    }
}

thread_local! {
    /// PINs that were used up on this page, hashed. A relay in the middle gains a guess each time
    /// the same PIN is tried, so none is. Per page on purpose: it outlives any one session.
    static TRIED: RefCell<HashSet<u64>> = RefCell::default();
}

/// Joins the session whose PIN the customer read aloud.
pub(crate) async fn join(options: &JoinOptions) -> Result<Rc<Handle>, JsValue> {
    if !BrowserEntropy::is_there() {
        return Err(Error::Unsupported("it has no secure random numbers").into());
    }
    let join = Join::read(options)?;
    let pin = Pin::parse(&join.pin).map_err(Error::from)?;
    let tried = hash(&pin);
    if TRIED.with_borrow(|pins| pins.contains(&tried)) {
        return Err(Error::PinAlreadyTried.into());
    }
    let parent: HtmlElement = options
        .stage()
        .dyn_into()
        .map_err(|_| Error::InvalidOption("stage must be an element".into()))?;
    let token = AgentToken::open(&join.token).await?;
    let config = Config {
        origin: token.portal.clone(),
        relay_token: token.relay.clone(),
        customer_token: token.customer.clone(),
    };
    let (inbox, events) = Inbox::new();
    let session = Agent::new(config, pin);
    let handle = Rc::new(Handle {
        emitter: Emitter::default(),
        state: Cell::new(names::state(session.state())),
        level: Cell::new(None),
        inbox: inbox.clone(),
    });
    let driver = Driver {
        relay: join.relay,
        session,
        signer: Rc::new(token.signer()),
        tried,
        parent,
        handle: Rc::clone(&handle),
        inbox,
        socket: None,
        timer: None,
        view: None,
        screen: None,
        tool: Tool::Pointer,
        label: String::new(),
        zoom: Zoom::Fit,
        repaired: 0,
        missing: 0,
        acts: VecDeque::new(),
        waiting: Waiting::default(),
    };
    wasm_bindgen_futures::spawn_local(driver.run(events));
    Ok(handle)
}

struct Driver {
    relay: String,
    session: Agent,
    signer: Rc<Signer>,
    tried: u64,
    parent: HtmlElement,
    handle: Rc<Handle>,
    inbox: Inbox<Event>,
    socket: Option<Socket>,
    timer: Option<Timeout>,
    view: Option<View>,
    /// While the page is shared, and no longer.
    screen: Option<Screen>,
    tool: Tool,
    label: String,
    zoom: Zoom,
    repaired: u32,
    missing: usize,
    /// Actions under way with the time they were sent, for the latency.
    acts: VecDeque<(u32, Millis)>,
    waiting: Waiting,
}

/// The glass goes before the stage that it lies on.
struct Screen {
    glass: Glass,
    gallery: Gallery,
    stage: Stage,
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        self.drain();
        while let Some(event) = events.next().await {
            if self.step(event).is_break() {
                break;
            }
        }
    }

    fn step(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Socket(SocketEvent::Opened) => self.handle(Session::Opened),
            Event::Socket(SocketEvent::Received(bytes)) => self.handle(Session::Received(bytes)),
            Event::Socket(SocketEvent::Closed) => {
                self.socket = None;
                self.handle(Session::Closed);
            }
            Event::Signed(proof) => self.handle(Session::Signed(proof)),
            Event::Looked(hash, size) => {
                if let Some(Screen { gallery, stage, .. }) = &mut self.screen {
                    let replies = gallery.looked(hash, size, stage);
                    self.reply(Ok(replies));
                }
            }
            Event::Tick => {
                self.timer = None;
                self.handle(Session::Tick);
            }
            Event::Glass(GlassEvent::Annotate(annotate)) => {
                self.handle(Session::Annotate(annotate));
            }
            Event::Glass(GlassEvent::Act(action)) => {
                self.handle(Session::Act(action));
                self.acts.push_back((self.session.last_serial(), now()));
                if self.acts.len() > 64 {
                    self.acts.pop_front();
                }
                self.acted();
            }
            Event::Overdue => self.overdue(),
            Event::Ask(ask) => self.asked(ask),
        }
        match self.session.state() {
            saath_core::session::State::Ended => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn asked(&mut self, ask: Ask) {
        match ask {
            Ask::Stop => self.handle(Session::Stop),
            Ask::RequestLevel(level, reason) => {
                self.handle(Session::RequestLevel(RequestLevel { level, reason }));
            }
            Ask::ReleaseLevel(level) => self.handle(Session::ReleaseLevel(level)),
            Ask::RelayToken(token) => self.handle(Session::RelayToken(token)),
            Ask::Clear => self.handle(Session::Annotate(Annotate::Clear)),
            Ask::Tool(tool) => {
                self.tool = match tool.as_str() {
                    "pointer" => Tool::Pointer,
                    "highlight" => Tool::Highlight,
                    "act" => Tool::Act,
                    _ => Tool::None,
                };
                if let Some(screen) = &self.screen {
                    screen.glass.tool(self.tool);
                }
            }
            Ask::Label(label) => {
                if let Some(screen) = &self.screen {
                    screen.glass.label(&label);
                }
                self.label = label;
            }
            Ask::Zoom(zoom) => {
                self.zoom = if zoom == "actual" { Zoom::Actual } else { Zoom::Fit };
                if let Some(screen) = &self.screen {
                    screen.stage.zoom(self.zoom);
                }
            }
        }
    }

    /// **One event in, drain the effects, next event.**
    fn handle(&mut self, event: Session) {
        self.session.handle(now(), event, &mut BrowserEntropy);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(effect) = self.session.poll() {
            self.effect(effect);
        }
        let state = self.session.state();
        if matches!(state, saath_core::session::State::Authorizing) {
            // The other end has heard of it by now: a second try would be a second guess.
            self.use_up_pin();
        }
        self.tell_state(names::state(state));
        let at = self.session.next_timeout();
        self.timer = at.map(|at| alarm(&self.inbox, at, || Event::Tick));
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Connect => {
                self.socket = Socket::open(&self.relay, &self.inbox, Event::Socket).ok();
                if self.socket.is_none() {
                    self.inbox.put(Event::Socket(SocketEvent::Closed));
                }
            }
            Effect::Send(bytes) => {
                if let Some(socket) = &self.socket {
                    socket.send(&bytes);
                }
            }
            Effect::CloseSocket => self.socket = None,
            Effect::Sign { message } => {
                let (inbox, signer) = (self.inbox.clone(), Rc::clone(&self.signer));
                wasm_bindgen_futures::spawn_local(async move {
                    // Without a proof the customer's page refuses, and says why.
                    let proof = signer.sign(&message).await.unwrap_or_default();
                    inbox.put(Event::Signed(proof));
                });
            }
            Effect::Waiting { check } => {
                self.use_up_pin();
                self.handle.emitter.emit("check", &names::check(check).into());
            }
            Effect::Active { level, resumed } => {
                self.handle.level.set(Some(names::level(level)));
                if let Err(error) = self.open_screen() {
                    web_sys::console::error_2(
                        &"saath: the replica cannot be shown:".into(),
                        &error,
                    );
                }
                let why = if resumed { "resumed" } else { "allowed" };
                self.emit("level", &Granted { level: names::level(level), why });
            }
            Effect::Page(page) => self.page(&page),
            Effect::View(view) => {
                if let Some(screen) = &self.screen {
                    screen.stage.view(&view);
                }
                self.emit("view", &Viewed::from(&view));
                self.view = Some(view);
                self.tell_waiting();
            }
            Effect::Pointer(pointer) => {
                #[derive(Serialize)]
                struct Pointed {
                    x: f64,
                    y: f64,
                    pressed: bool,
                }
                if let Some(screen) = &self.screen {
                    let scale = screen.stage.surface().scale();
                    let (x, y) = (f64::from(pointer.x) * scale, f64::from(pointer.y) * scale);
                    self.emit("pointer", &Pointed { x, y, pressed: pointer.pressed });
                }
            }
            Effect::ActionResult(result) => {
                #[derive(Serialize)]
                struct Acted {
                    serial: u32,
                    outcome: &'static str,
                }
                while let Some((serial, sent)) = self.acts.pop_front() {
                    if serial == result.serial {
                        self.emit("latency", &Latency { ms: now().since(sent) });
                        break;
                    }
                }
                self.answered();
                let outcome = names::outcome(result.outcome);
                self.emit("action", &Acted { serial: result.serial, outcome });
            }
            Effect::Offer(offer) => {
                if let Some(Screen { gallery, stage, .. }) = &mut self.screen {
                    let replies = gallery.offered(&offer, stage);
                    self.reply(replies);
                }
            }
            Effect::Asset(asset) => {
                if let Some(Screen { gallery, stage, .. }) = &mut self.screen {
                    let replies = gallery.came(&asset, stage);
                    self.reply(replies);
                }
            }
            Effect::Level(change) => {
                self.handle.level.set(Some(names::level(change.level)));
                if change.level < Level::Act && self.tool == Tool::Act {
                    self.asked(Ask::Tool("pointer".into()));
                }
                self.emit("level", &names::level_changed(change));
            }
            Effect::Lost { retry_ms } => self.emit("lost", &Retry { retry_ms }),
            Effect::Refused(refusal) => self.handle.emitter.emit("error", &refusal.name().into()),
            Effect::Mismatch => {
                self.use_up_pin();
                self.handle.emitter.emit("error", &"mismatch".into());
            }
            Effect::Denied(reason) => {
                self.handle.emitter.emit("error", &names::denied(reason).into());
            }
            Effect::Ended(ended) => self.end(ended),
        }
    }

    fn open_screen(&mut self) -> Result<(), JsValue> {
        if let Some(Screen { gallery, stage, .. }) = &mut self.screen {
            gallery.restart(stage);
            return Ok(());
        }
        let stage = Stage::new(&self.parent)?;
        stage.zoom(self.zoom);
        let surface = stage.surface();
        let (hits, ids) = (Rc::clone(&surface), Rc::clone(&surface));
        let inbox = self.inbox.clone();
        let glass = Glass::mount(
            surface.mat(),
            Rc::new(move |x, y| hits.hit(x, y).map(|(id, element, at)| Hit { id, element, at })),
            Rc::new(move |element| ids.id(element)),
            Rc::new(move |event| inbox.put(Event::Glass(event))),
        )?;
        glass.tool(self.tool);
        glass.label(&self.label);
        let inbox = self.inbox.clone();
        let looked = Rc::new(move |hash, size| inbox.put(Event::Looked(hash, size)));
        let gallery = Gallery::new(Some(looked));
        self.screen = Some(Screen { glass, gallery, stage });
        Ok(())
    }

    fn page(&mut self, page: &Page) {
        let Some(screen) = &mut self.screen else { return };
        let number = page.number;
        match screen.stage.apply(page) {
            Ok(Verdict::Equal) => self.handle(Session::Applied(number)),
            Ok(Verdict::Differs(digest)) => {
                self.repaired += 1;
                self.emit("repaired", &Repaired { count: self.repaired });
                self.handle(Session::Repair(Repair { number, digest }));
            }
            // What makes it right is on its way.
            Ok(Verdict::LeftOut) => {}
            Err(Hostile) => self.handle(Session::Malformed),
        }
    }

    /// Answers what came of pictures and fonts.
    fn reply(&mut self, replies: Result<Replies, HostileAsset>) {
        let Ok(Replies { want, got }) = replies else {
            return self.handle(Session::Malformed);
        };
        if !want.is_empty() {
            self.handle(Session::Want(want));
        }
        if let Some(bytes) = got {
            self.handle(Session::Got(bytes));
        }
        let missing = self.screen.as_ref().map_or(0, |screen| screen.gallery.missing());
        if std::mem::replace(&mut self.missing, missing) != missing {
            self.emit("missing", &Missing { count: missing });
        }
    }

    fn end(&mut self, ended: Ended) {
        // The replica goes first.
        (self.screen, self.socket, self.view) = (None, None, None);
        self.waiting = Waiting::default();
        self.handle.level.set(None);
        if matches!(ended, Ended::Mismatch | Ended::Denied(_)) {
            self.use_up_pin();
        }
        self.tell_state("ended");
        self.emit("ended", &names::Reason { reason: names::ended(ended) });
    }

    fn use_up_pin(&self) {
        TRIED.with_borrow_mut(|pins| pins.insert(self.tried));
    }

    fn tell_state(&self, state: &'static str) {
        if self.handle.state.replace(state) != state {
            self.handle.emitter.emit("state", &state.into());
        }
    }

    fn emit<T: Serialize>(&self, name: &str, payload: &T) {
        self.handle.emitter.emit_with(name, payload);
    }
}

fn hash(pin: &Pin) -> u64 {
    let mut hasher = DefaultHasher::new();
    pin.as_ascii().hash(&mut hasher);
    hasher.finish()
}
