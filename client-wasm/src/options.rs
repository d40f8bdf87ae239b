//! The options of the public functions, each beside the TypeScript that describes it.

use crate::error::Error;
use saath_core::mask::Policy;
use saath_core::message::Level;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = r#"
/** A CSS selector, on all pages or on those whose address fits one of the globs. */
export type View = string | { selector: string; urls: string[] };

/** What may be shown of a portal's pages. */
export interface Policy {
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
  /** What the agent does there is proposed to the customer, like `data-saath-confirm`. */
  confirmedViews?: View[];
  /** Whether identifiers (PAN, Aadhaar, cards…) are taken out of what is shown. Default `on`. */
  patterns?: "on" | "off";
}

export interface ShareOptions {
  /** The relay, `wss://…/ws`. */
  relay: string;
  /** What may be shown. Without one, or with one that does not parse, everything is masked. */
  policy?: Policy;
  /** The keys that vouch for agents: a JWK set, or the address of one on this origin. */
  agents: { jwks: string | { keys: JsonWebKey[] } };
  /** BCP 47; default: the language of the page. */
  locale?: string;
  /** `none`: the page shows PIN, consent and STOP itself. */
  ui?: "builtin" | "none";
  /** What Allow gives: seeing, or also pointing (the default). */
  level?: "view" | "point";
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

export interface RecordOptions {
  /** Called with each frame, the first of which is a snapshot. */
  emit(frame: Uint8Array): void;
  /** What may be recorded. Without one, or with one that does not parse, everything is masked. */
  policy?: Policy;
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

/// [`ShareOptions`], read.
#[derive(Deserialize)]
pub(crate) struct Share {
    pub(crate) relay: String,
    pub(crate) agents: Agents,
    #[serde(default)]
    pub(crate) locale: Option<String>,
    #[serde(default)]
    pub(crate) ui: Ui,
    #[serde(default)]
    level: Allowed,
}

#[derive(Deserialize)]
pub(crate) struct Agents {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub(crate) jwks: JsValue,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ui {
    #[default]
    Builtin,
    None,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Allowed {
    View,
    #[default]
    Point,
}

impl Share {
    pub(crate) fn read(options: &ShareOptions) -> Result<Self, Error> {
        let share: Self = read(options.as_ref())?;
        check_relay(&share.relay)?;
        Ok(share)
    }

    pub(crate) fn level(&self) -> Level {
        match self.level {
            Allowed::View => Level::View,
            Allowed::Point => Level::Point,
        }
    }
}

/// [`JoinOptions`], read.
#[derive(Deserialize)]
pub(crate) struct Join {
    pub(crate) relay: String,
    pub(crate) pin: String,
    pub(crate) token: String,
}

impl Join {
    pub(crate) fn read(options: &JoinOptions) -> Result<Self, Error> {
        let join: Self = read(options.as_ref())?;
        check_relay(&join.relay)?;
        Ok(join)
    }
}

/// The policy, or the one that masks everything, with the reason on the console.
pub(crate) fn policy(value: &JsValue) -> Policy {
    if value.is_undefined() || value.is_null() {
        web_sys::console::warn_1(
            &"saath: there is no masking policy, so everything is masked".into(),
        );
        return Policy::mask_all();
    }
    let json = match value.as_string() {
        Some(json) => json,
        None => js_sys::JSON::stringify(value)
            .ok()
            .and_then(|json| json.as_string())
            .unwrap_or_default(),
    };
    Policy::parse(&json).unwrap_or_else(|error| {
        web_sys::console::error_1(&format!("saath: {error}").into());
        Policy::mask_all()
    })
}

fn read<T: for<'de> Deserialize<'de>>(options: &JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(options.clone())
        .map_err(|error| Error::InvalidOption(error.to_string()))
}

fn check_relay(relay: &str) -> Result<(), Error> {
    let local = relay.strip_prefix("ws://").is_some_and(|rest| {
        let host = rest.split(['/', ':']).next().unwrap_or("");
        matches!(host, "localhost" | "127.0.0.1") || rest.starts_with("[::1]")
    });
    if relay.starts_with("wss://") || local { Ok(()) } else { Err(Error::InsecureRelay) }
}
