//! End to end in real browsers. `BROWSER=chromium` or `firefox` says which; `cargo xtask test`
//! runs both.

mod journey;
mod masking;
mod phone;
mod smoke;
mod tmp;
