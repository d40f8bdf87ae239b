//! `session.on(name, f)`: who listens to what.

use js_sys::Function;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsValue;

/// Listeners by the name of the event.
#[derive(Default)]
pub(crate) struct Emitter {
    listeners: RefCell<HashMap<String, Vec<Function>>>,
}

impl Emitter {
    pub(crate) fn on(&self, name: &str, listener: Function) {
        self.listeners.borrow_mut().entry(name.to_owned()).or_default().push(listener);
    }

    /// Calls the listeners. One that throws does not keep the others from hearing.
    pub(crate) fn emit(&self, name: &str, payload: &JsValue) {
        let listeners = self.listeners.borrow().get(name).cloned().unwrap_or_default();
        for listener in listeners {
            if let Err(error) = listener.call1(&JsValue::NULL, payload) {
                web_sys::console::error_2(&"saath: a listener threw".into(), &error);
            }
        }
    }

    /// Calls the listeners with an object.
    pub(crate) fn emit_with<T: serde::Serialize>(&self, name: &str, payload: &T) {
        if let Ok(payload) = serde_wasm_bindgen::to_value(payload) {
            self.emit(name, &payload);
        }
    }
}
