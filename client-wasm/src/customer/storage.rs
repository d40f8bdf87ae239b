//! The tab's storage: a one-shot secret that carries a session over a page load, and nothing else.

use crate::browser::window;

const KEY: &str = "cb1";

fn storage() -> Option<web_sys::Storage> {
    window()?.session_storage().ok().flatten()
}

pub(super) fn read() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// Where there is no storage a session does not survive a page load; all else works.
pub(super) fn write(text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, text);
    }
}

pub(super) fn clear() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}
