//! The harness: the demo as users run it, and real browsers driven from Rust.
//!
//! Tests wait for states and never for times; whatever goes wrong, no driver, browser or relay
//! outlives the test.

pub mod audit;
mod child;
mod demo;
mod driver;
pub mod fidelity;
mod page;
mod pages;
pub mod proxy;
mod session;
mod until;
pub mod vectors;
mod widget;

pub use demo::{Demo, Reply};
pub use driver::Engine;
pub use page::{LAPTOP, PHONE, Page, Viewport};
pub use pages::{Asked, Pages};
pub use session::{Prompt, Session, Shown};
pub use until::{until, until_eq};
