//! The tab's storage: a one-shot secret that carries a session over a page load, selectors of what the
//! customer hides in it, and nothing else.

use crate::browser::window;

const KEY: &str = "cb1";
const HIDES: &str = "cb2";

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

/// Selectors, in the words of `sights.rs`.
pub(super) fn read_hides() -> Vec<String> {
    let text = storage().and_then(|storage| storage.get_item(HIDES).ok().flatten());
    text.unwrap_or_default().lines().map(str::to_owned).collect()
}

pub(super) fn write_hides(hides: &[String]) {
    let Some(storage) = storage() else { return };
    let _ = match hides {
        [] => storage.remove_item(HIDES),
        hides => storage.set_item(HIDES, &hides.join("\n")),
    };
}

pub(super) fn clear() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}
