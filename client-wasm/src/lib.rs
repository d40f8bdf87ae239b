//! The npm package: everything that JavaScript can call, and nothing else.
//!
//! `share` and `resume` on the customer's page, `join` in the agent's console, and the parts
//! alone: `record` and `Replica`. The types of the options are in `options.rs`.

mod agent;
mod assets;
mod browser;
mod customer;
mod dom;
mod emitter;
mod error;
mod framed;
mod frames;
mod identity;
mod names;
mod options;
mod policy;
mod record;
mod scrollbars;
#[cfg(feature = "self-test")]
mod self_test;
mod sights;
mod socket;
mod source;
mod wakes;

use agent::Ask;
use js_sys::Function;
use options::{FrameOptions, JoinOptions, RecordOptions, ShareOptions};
use saath_core::message::Level;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement};

#[wasm_bindgen(typescript_custom_section)]
const EVENTS: &'static str = r#"
export type State = "connecting" | "pending" | "authorizing" | "active" | "lost" | "ended";
export type LevelName = "view" | "point" | "act";
export type EndReason =
  | "customer_ended" | "agent_ended" | "connection_lost" | "pin_expired" | "declined" | "not_verified"
  | "reported" | "mismatch" | "gone" | "unauthorized" | "busy" | "version" | "too_many"
  | "protocol_error" | "time_limit" | "idle" | "peer_broken";

export interface LevelEvent { level: LevelName; why: "asked" | "allowed" | "declined" | "revoked" | "released" | "resumed"; reason?: string }

export interface CustomerEvents {
  state: State;
  pin: { pin: string; groups: string[]; expiresAt: number };
  consent: { name: string; staff: string; unit: string; check: string };
  level: LevelEvent;
  error: string;
  ended: { reason: EndReason };
}

export interface AgentEvents {
  state: State;
  check: string;
  level: LevelEvent;
  view: { width: number; height: number; title: string; url: string; hidden: boolean };
  /** What the customer's page waits for; `null` when it goes on. */
  waiting: { kind: "alert" | "confirm" | "prompt" | "print" | "unanswered" | null };
  pointer: { x: number; y: number; pressed: boolean };
  action: { serial: number; outcome: "done" | "not_allowed" | "gone" | "masked" | "excluded" | "not_interactive" | "unsuitable" | "only_customer" };
  latency: { ms: number };
  repaired: { count: number };
  /** How many pictures and fonts of the page cannot be shown. */
  missing: { count: number };
  lost: { retryMs: number };
  error: string;
  ended: { reason: EndReason };
}

export interface CustomerSession {
  on<K extends keyof CustomerEvents>(name: K, listener: (payload: CustomerEvents[K]) => void): void;
}

export interface AgentSession {
  on<K extends keyof AgentEvents>(name: K, listener: (payload: AgentEvents[K]) => void): void;
}
"#;

/// Asks for a help PIN and, once an agent typed it and the customer allowed it, shares this page.
///
/// # Errors
/// `InvalidOption`, `InsecureRelay`, `Unsupported`. What goes wrong later comes as an event.
#[wasm_bindgen]
pub fn share(options: &ShareOptions) -> Result<CustomerSession, JsValue> {
    Ok(CustomerSession(customer::share(options)?))
}

/// Goes on with the session that was on the page before this one in the same tab, if there was
/// one. To be called on every page of a portal, as early as can be.
///
/// # Errors
/// As [`share`].
#[wasm_bindgen]
pub fn resume(options: &ShareOptions) -> Result<Option<CustomerSession>, JsValue> {
    Ok(customer::resume(options)?.map(CustomerSession))
}

/// Joins the session whose PIN the customer read aloud.
///
/// # Errors
/// `InvalidPin` (nothing was sent), `PinAlreadyTried`, `InvalidToken`, `InvalidOption`,
/// `InsecureRelay`, `Unsupported`. What goes wrong later comes as an event.
#[wasm_bindgen]
pub async fn join(options: JoinOptions) -> Result<AgentSession, JsValue> {
    Ok(AgentSession(agent::join(&options).await?))
}

/// Deletes the pictures and fonts that sessions joined in this browser have left for the next ones.
///
/// # Errors
/// What the browser's storage says; where there is none, nothing is kept.
#[wasm_bindgen(js_name = forgetAssets)]
pub async fn forget_assets() -> Result<(), JsValue> {
    agent::assets::forget_all().await
}

/// Records this page, without a relay: each change is emitted as a frame for a [`Replica`].
///
/// # Errors
/// `InvalidOption`, `Unsupported`.
#[wasm_bindgen]
pub fn record(options: &RecordOptions) -> Result<Recorder, JsValue> {
    Ok(Recorder(record::Recording::start(options)?))
}

/// Lets this page take part in sessions of the pages that it is a frame of, masked by a policy of its
/// own. To be called on each page that is shown in a frame; elsewhere it does nothing.
///
/// # Errors
/// `InvalidOption`.
#[wasm_bindgen]
pub fn frame(options: &FrameOptions) -> Result<Framed, JsValue> {
    Ok(Framed(framed::start(options)?))
}

/// This page as a frame of another.
#[wasm_bindgen]
pub struct Framed(framed::Handle);

#[wasm_bindgen]
impl Framed {
    /// Takes part no longer.
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// The customer's end of a session.
#[wasm_bindgen]
pub struct CustomerSession(Rc<customer::Handle>);

#[wasm_bindgen]
impl CustomerSession {
    /// Calls `listener` with the payload of each event of this name; see `CustomerEvents`.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, name: &str, listener: Function) {
        self.0.emitter.on(name, listener);
    }

    /// Where the session is.
    #[wasm_bindgen(getter, unchecked_return_type = "State")]
    pub fn state(&self) -> String {
        self.0.state().to_owned()
    }

    /// Ends the session at once.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// With `ui: "none"`: the customer allows the agent of the `consent` event.
    pub fn allow(&self) {
        self.0.allow();
    }

    /// With `ui: "none"`: the customer does not.
    pub fn decline(&self) {
        self.0.decline();
    }

    /// With `ui: "none"`: the customer asks for another PIN.
    #[wasm_bindgen(js_name = newPin)]
    pub fn new_pin(&self) {
        self.0.new_pin();
    }

    /// With `ui: "none"`: the customer allows what the agent asked for in a `level` event.
    #[wasm_bindgen(js_name = allowControl)]
    pub fn allow_control(&self) {
        self.0.allow_control();
    }

    /// With `ui: "none"`: the customer does not.
    #[wasm_bindgen(js_name = declineControl)]
    pub fn decline_control(&self) {
        self.0.decline_control();
    }

    /// Shows in an element of the page what the agent sees, for the customer to hide or show parts of
    /// it; without one, takes it away. It is no part of what is shared, and counts while the page is.
    pub fn preview(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HTMLElement | null | undefined")] element: Option<
            HtmlElement,
        >,
    ) {
        self.0.preview(element);
    }

    /// The customer takes acting back.
    #[wasm_bindgen(js_name = revokeControl)]
    pub fn revoke_control(&self) {
        self.0.revoke_control();
    }
}

/// The agent's end of a session.
#[wasm_bindgen]
pub struct AgentSession(Rc<agent::Handle>);

#[wasm_bindgen]
impl AgentSession {
    /// Calls `listener` with the payload of each event of this name; see `AgentEvents`.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, name: &str, listener: Function) {
        self.0.emitter.on(name, listener);
    }

    /// Where the session is.
    #[wasm_bindgen(getter, unchecked_return_type = "State")]
    pub fn state(&self) -> String {
        self.0.state().to_owned()
    }

    /// What the agent may do now; undefined before and after the session.
    #[wasm_bindgen(getter, unchecked_return_type = "LevelName | undefined")]
    pub fn level(&self) -> Option<String> {
        self.0.level().map(str::to_owned)
    }

    /// Asks the customer for a level, with a reason that is shown to them.
    #[wasm_bindgen(js_name = requestControl)]
    pub fn request_control(
        &self,
        #[wasm_bindgen(unchecked_param_type = "LevelName")] level: &str,
        reason: Option<String>,
    ) {
        let level = if level == "point" { Level::Point } else { Level::Act };
        self.0.ask(Ask::RequestLevel(level, reason.unwrap_or_default()));
    }

    /// Gives acting back.
    #[wasm_bindgen(js_name = releaseControl)]
    pub fn release_control(&self) {
        self.0.ask(Ask::ReleaseLevel(Level::Act));
    }

    /// What the mouse and the keyboard do on the replica.
    pub fn tool(
        &self,
        #[wasm_bindgen(unchecked_param_type = r#""pointer" | "highlight" | "act" | "none""#)] tool: String,
    ) {
        self.0.ask(Ask::Tool(tool));
    }

    /// The label of the next highlights; empty: the name of the element itself.
    pub fn label(&self, text: String) {
        self.0.ask(Ask::Label(text));
    }

    /// How large the replica is shown.
    pub fn zoom(&self, #[wasm_bindgen(unchecked_param_type = r#""fit" | "actual""#)] zoom: String) {
        self.0.ask(Ask::Zoom(zoom));
    }

    /// Takes all marks off the customer's page.
    pub fn clear(&self) {
        self.0.ask(Ask::Clear);
    }

    /// A newer token for the relay, for a session that may outlive the first.
    #[wasm_bindgen(js_name = renewToken)]
    pub fn renew_token(&self, relay_token: String) {
        self.0.ask(Ask::RelayToken(relay_token));
    }

    /// Ends the session at once.
    pub fn stop(&self) {
        self.0.ask(Ask::Stop);
    }
}

/// A recording under way.
#[wasm_bindgen]
pub struct Recorder(record::Recording);

#[wasm_bindgen]
impl Recorder {
    /// Emits now what has changed and is not emitted yet.
    pub fn flush(&self) {
        self.0.flush();
    }

    /// Emits what repairs a replica, at once; `doubt` is what [`Replica::doubt`] says.
    ///
    /// # Errors
    /// `InvalidFrame`.
    pub fn repair(&self, doubt: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.repair(doubt)?)
    }

    /// Emits what is left and leaves the page as it was.
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// A replay of recorded frames, in a sealed frame of its own.
#[wasm_bindgen]
pub struct Replica(record::Replay);

#[wasm_bindgen]
impl Replica {
    /// Puts an empty replica into an element.
    ///
    /// # Errors
    /// What the browser says if it cannot make a frame there.
    #[wasm_bindgen(constructor)]
    pub fn new(parent: &HtmlElement) -> Result<Replica, JsValue> {
        Ok(Self(record::Replay::new(parent)?))
    }

    /// Applies a frame, synchronously. Frames are applied in the order they were emitted.
    ///
    /// # Errors
    /// `InvalidFrame`. If a frame before it is missing, [`Self::doubt`] says what to do.
    pub fn apply(&mut self, frame: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.apply(frame)?)
    }

    /// What [`Recorder::repair`] needs to know while the replica is not the page; until the frame
    /// comes that it emits, no other is applied.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array | undefined")]
    pub fn doubt(&self) -> Option<js_sys::Uint8Array> {
        self.0.doubt().map(js_sys::Uint8Array::from)
    }

    /// The replayed document.
    #[wasm_bindgen(getter)]
    pub fn document(&self) -> Option<Document> {
        self.0.document()
    }
}

/// Computes the known answers of everything that seals anew, in this engine.
///
/// # Errors
/// With the part whose answer is wrong.
#[cfg(feature = "self-test")]
#[wasm_bindgen(js_name = selfTest)]
pub fn self_test() -> Result<(), JsValue> {
    saath_core::seal::self_test::self_test()
        .map_err(|error| js_sys::Error::new(&error.to_string()).into())
}
