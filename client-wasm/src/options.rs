//! The options of the public functions, each beside the TypeScript that describes it.

use crate::error::Error;
use js_sys::{Array, Reflect};
use saath_core::message::Level;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = r#"
/**
 * A CSS selector, on all pages or on those whose address fits one of the globs: all of an address as
 * the browser writes it, in which `*` stands for any text.
 */
export type View = string | { selector: string; urls: string[] };

/** What may be shown of a portal's pages. */
export interface Policy {
  /** For editors: where `saath/policy.schema.json` is. */
  $schema?: string;
  /** `values` (the default) masks form values and what can carry data; `strict` masks all text. */
  mode?: "values" | "strict";
  /** Masked, like `data-saath-mask`. */
  redactedViews?: View[];
  /** Shown, like `data-saath-show`. */
  unredactedViews?: View[];
  /** An empty box, like `data-saath-block`. */
  ignoredViews?: View[];
  /** Visible, but the agent cannot act on it, like `data-saath-no-act`. */
  disabledViews?: View[];
  /** Only the customer acts there; the agent is told so, like `data-saath-confirm`. */
  confirmedViews?: View[];
  /** Values that mode `values` masks and the customer may show, like `data-saath-may-show`. */
  showableViews?: View[];
  /** Whether identifiers (PAN, Aadhaar, cards…) are taken out of what is shown. Default `on`. */
  patterns?: "on" | "off";
}

export interface ShareOptions {
  /** The relay, `wss://…/ws`. */
  relay: string;
  /**
   * What may be shown. Also as JSON text; or on the page, in a `<script type="application/json"
   * data-saath-policy>`. With none of them, with two, or with a mistake, everything is masked.
   */
  policy?: Policy | string;
  /** The keys that vouch for agents: a JWK set, or the address of one on this origin. */
  agents: { jwks: string | { keys: JsonWebKey[] } };
  /** BCP 47; default: the language of the page. */
  locale?: string;
  /** `none`: the page shows PIN, consent and STOP itself. */
  ui?: "builtin" | "none";
  /** What Allow gives: seeing, or also pointing (the default). */
  level?: "view" | "point";
  /** Origins whose pages take part where they are in frames, if they call `frame`. Default: none. */
  frames?: string[];
}

export interface JoinOptions {
  /** The relay, `wss://…/ws`. */
  relay: string;
  /** As the customer read it aloud. */
  pin: string;
  /** The agent's token, `<for the relay>~<for the customer>~<key>`. */
  token: string;
  /** Where the replica goes; it is scaled to fit. */
  stage: HTMLElement;
}

export interface FrameOptions {
  /** Origins of the pages that this one may be shared by, as a frame of theirs. */
  parents: string[];
  /**
   * What may be shown. Also as JSON text; or on the page, in a `<script type="application/json"
   * data-saath-policy>`. With none of them, with two, or with a mistake, everything is masked.
   */
  policy?: Policy | string;
}

export interface RecordOptions {
  /** Called with each frame, the first of which is a snapshot. */
  emit(frame: Uint8Array): void;
  /**
   * What may be recorded. Also as JSON text; or on the page, in a `<script type="application/json"
   * data-saath-policy>`. With none of them, with two, or with a mistake, everything is masked.
   */
  policy?: Policy | string;
  /** As of `share`. */
  frames?: string[];
}
"#;

#[wasm_bindgen]
extern "C" {
    /// See `ShareOptions` in the TypeScript above.
    #[wasm_bindgen(typescript_type = "ShareOptions")]
    pub type ShareOptions;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn policy(this: &ShareOptions) -> JsValue;

    /// See `JoinOptions` in the TypeScript above.
    #[wasm_bindgen(typescript_type = "JoinOptions")]
    pub type JoinOptions;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn stage(this: &JoinOptions) -> JsValue;

    /// See `RecordOptions` in the TypeScript above.
    #[wasm_bindgen(typescript_type = "RecordOptions")]
    pub type RecordOptions;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn emit(this: &RecordOptions) -> JsValue;
    #[wasm_bindgen(method, getter, structural, js_name = policy)]
    pub(crate) fn record_policy(this: &RecordOptions) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// See `FrameOptions` in the TypeScript above.
    #[wasm_bindgen(typescript_type = "FrameOptions")]
    pub type FrameOptions;
    #[wasm_bindgen(method, getter, structural, js_name = policy)]
    pub(crate) fn frame_policy(this: &FrameOptions) -> JsValue;
}

/// Whose frames take part in what is recorded.
pub(crate) fn frames(options: &RecordOptions) -> Result<Vec<String>, Error> {
    origins(options, "frames")
}

/// Who may share the page that this one is a frame of.
pub(crate) fn parents(options: &FrameOptions) -> Result<Vec<String>, Error> {
    let parents = origins(options, "parents")?;
    if parents.is_empty() { Err(bad("parents")) } else { Ok(parents) }
}

/// [`ShareOptions`], read.
pub(crate) struct Share {
    pub(crate) relay: String,
    /// A JWK set, or the address of one.
    pub(crate) jwks: JsValue,
    pub(crate) locale: Option<String>,
    /// Whether the page shows PIN, consent and STOP itself.
    pub(crate) own_ui: bool,
    /// What Allow gives.
    pub(crate) level: Level,
    /// Whose frames take part.
    pub(crate) frames: Vec<String>,
}

impl Share {
    pub(crate) fn read(options: &ShareOptions) -> Result<Self, Error> {
        let jwks = get(&get(options, "agents"), "jwks");
        if jwks.is_undefined() {
            return Err(Error::InvalidOption("agents.jwks is missing".to_owned()));
        }
        Ok(Self {
            relay: relay(options)?,
            jwks,
            locale: word(options, "locale")?,
            own_ui: choice(options, "ui", &[("builtin", false), ("none", true)])?,
            frames: origins(options, "frames")?,
            level: choice(options, "level", &[("point", Level::Point), ("view", Level::View)])?,
        })
    }
}

/// [`JoinOptions`], read.
pub(crate) struct Join {
    pub(crate) relay: String,
    pub(crate) pin: String,
    pub(crate) token: String,
}

impl Join {
    pub(crate) fn read(options: &JoinOptions) -> Result<Self, Error> {
        let needed = |key| word(options, key)?.ok_or_else(|| bad(key));
        Ok(Self { relay: relay(options)?, pin: needed("pin")?, token: needed("token")? })
    }
}

pub(crate) fn list<T>(
    value: &JsValue,
    mut item: impl FnMut(&JsValue) -> Option<T>,
) -> Option<Vec<T>> {
    value.dyn_ref::<Array>()?.iter().map(|value| item(&value)).collect()
}

pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}

/// A string, or none where the key is absent or null.
fn word(options: &JsValue, key: &str) -> Result<Option<String>, Error> {
    let value = get(options, key);
    match value.as_string() {
        None if !value.is_undefined() && !value.is_null() => Err(bad(key)),
        word => Ok(word),
    }
}

/// What the word stands for; the first one is the default.
fn choice<T: Copy>(options: &JsValue, key: &str, choices: &[(&str, T)]) -> Result<T, Error> {
    let chosen = match word(options, key)? {
        None => choices.first(),
        Some(word) => choices.iter().find(|(name, _)| *name == word),
    };
    chosen.map(|(_, choice)| *choice).ok_or_else(|| bad(key))
}

fn bad(key: &str) -> Error {
    Error::InvalidOption(key.to_owned())
}

/// Exact origins; none where the key is absent.
fn origins(options: &JsValue, key: &str) -> Result<Vec<String>, Error> {
    let value = get(options, key);
    if value.is_undefined() {
        return Ok(vec![]);
    }
    let mut wrong = None;
    let origin = |value: &JsValue| match value.as_string() {
        Some(origin) if is_origin(&origin) => Some(origin),
        other => {
            wrong = other;
            None
        }
    };
    list(&value, origin).ok_or_else(|| match wrong {
        Some(text) => {
            bad(&format!("{key}: \"{text}\" is no exact origin, as https://pay.example is"))
        }
        None => bad(key),
    })
}

/// As the browser writes it, and none that others on the network could be.
fn is_origin(text: &str) -> bool {
    let Ok(url) = web_sys::Url::new(text) else { return false };
    let local = matches!(url.hostname().as_str(), "localhost" | "127.0.0.1" | "[::1]");
    url.origin() == text && (url.protocol() == "https:" || url.protocol() == "http:" && local)
}

fn relay(options: &JsValue) -> Result<String, Error> {
    let relay = word(options, "relay")?.ok_or_else(|| bad("relay"))?;
    check_relay(&relay)?;
    Ok(relay)
}

fn check_relay(relay: &str) -> Result<(), Error> {
    let local = relay.strip_prefix("ws://").is_some_and(|rest| {
        let host = rest.split(['/', ':']).next().unwrap_or("");
        matches!(host, "localhost" | "127.0.0.1") || rest.starts_with("[::1]")
    });
    if relay.starts_with("wss://") || local { Ok(()) } else { Err(Error::InsecureRelay) }
}
