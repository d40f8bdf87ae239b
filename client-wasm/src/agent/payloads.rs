//! What the events of an agent's handle carry; their shapes are those of the package's types.

use saath_core::message::page::View;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Granted {
    pub(super) level: &'static str,
    pub(super) why: &'static str,
}

#[derive(Serialize)]
pub(super) struct Latency {
    pub(super) ms: u64,
}

#[derive(Serialize)]
pub(super) struct Repaired {
    pub(super) count: u32,
}

#[derive(Serialize)]
pub(super) struct Missing {
    pub(super) count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Retry {
    pub(super) retry_ms: u64,
}

#[derive(Serialize)]
pub(super) struct Viewed<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) title: &'a str,
    pub(super) url: &'a str,
    pub(super) hidden: bool,
}

impl<'a> From<&'a View> for Viewed<'a> {
    fn from(view: &'a View) -> Self {
        let View { width, height, title, url, hidden, .. } = view;
        Self { width: *width, height: *height, title, url, hidden: *hidden }
    }
}
