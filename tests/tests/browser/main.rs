//! End to end in real browsers. `BROWSER=chromium` or `firefox` says which; `cargo xtask test`
//! runs both.

mod assets;
mod audit;
mod bad_input;
mod bad_pages;
mod fidelity;
mod frames;
mod guests;
mod hostile;
mod journey;
mod masking;
mod phone;
mod policy;
mod preview;
mod record;
mod repair;
mod sealing;
mod smoke;
mod vectors;
mod viewer;
mod waiting;
mod withdrawn;
