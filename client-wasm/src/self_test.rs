//! What only the package for the tests has: what is sealed, before it is, and a mask that hides
//! nothing.
//!
//! Both go by names on the page's window, as the loader is the one who calls this package there.

use js_sys::{Function, Reflect, Uint8Array, global};
use saath_core::mask::Policy;
use wasm_bindgen::JsCast;

/// Hands the plaintexts of records to the page's `saathTap`, if it has one.
pub(crate) fn tell(plains: Vec<Vec<u8>>) {
    let tap = Reflect::get(&global(), &"saathTap".into()).unwrap_or_default();
    let Some(tap) = tap.dyn_ref::<Function>() else { return };
    for plain in plains {
        // A tap that throws takes nothing of the session with it.
        let _ = tap.call1(&global(), &Uint8Array::from(plain.as_slice()));
    }
}

/// The policy, or one that masks nothing where the page's `saathBroken` is true.
pub(crate) fn broken(policy: Policy) -> Policy {
    let broken = Reflect::get(&global(), &"saathBroken".into()).unwrap_or_default();
    if broken.is_truthy() { policy.broken() } else { policy }
}
