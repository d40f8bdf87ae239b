//! CSS as a tokenizer sees it: how a page's styles become those of a replica.
//!
//! Passes, each a walk over the tokens of CSS Syntax, since searching style sheets as text
//! misses escapes, comments and strings. At the customer's end [`sheet_on`] settles what depends
//! on the customer's own screen, pointer and keyboard; at both ends [`without_requests`] takes out
//! what would make the agent's browser fetch.

mod addresses;
mod amounts;
mod attributes;
mod media;
mod netted;
mod requests;
mod rules;
mod screen;
mod selectors;
mod values;

pub use addresses::Address;
pub use amounts::{coarse, without_amounts};
pub use attributes::Attributes;
pub use netted::netted;
pub use requests::{numbered, renumbered, with_strings, without_requests, without_text};
pub use rules::{scheme, scheme_on, sheet_on, style_on};
pub use screen::{Answer, Asked, Screen, Unasked};
pub use values::without_values;

#[cfg(test)]
mod tests;
