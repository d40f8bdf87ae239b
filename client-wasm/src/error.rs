//! Errors as JavaScript sees them: an `Error` with a stable `name`.

use thiserror::Error;
use wasm_bindgen::JsValue;

/// What can be wrong before a session begins. What happens later comes as an event.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error("the help PIN is not right: {0}")]
    InvalidPin(#[from] saath_protocol::pin::PinError),
    #[error("this help PIN was tried before; ask for a new one")]
    PinAlreadyTried,
    #[error("the agent's token is not right: {0}")]
    InvalidToken(&'static str),
    #[error("an option is not right: {0}")]
    InvalidOption(String),
    #[error("the relay's address must be wss:// (ws:// only on this machine)")]
    InsecureRelay,
    #[error("this browser cannot do that: {0}")]
    Unsupported(&'static str),
    #[error("the frame cannot be applied: {0}")]
    InvalidFrame(&'static str),
}

impl Error {
    fn name(&self) -> &'static str {
        match self {
            Self::InvalidPin(_) => "InvalidPin",
            Self::PinAlreadyTried => "PinAlreadyTried",
            Self::InvalidToken(_) => "InvalidToken",
            Self::InvalidOption(_) => "InvalidOption",
            Self::InsecureRelay => "InsecureRelay",
            Self::Unsupported(_) => "Unsupported",
            Self::InvalidFrame(_) => "InvalidFrame",
        }
    }
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = js_sys::Error::new(&error.to_string());
        js.set_name(error.name());
        js.into()
    }
}
