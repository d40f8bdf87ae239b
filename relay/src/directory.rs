//! Who owns which nameplate, among all relays that share a directory.
//!
//! Frames never cross it. It is asynchronous because a shared one is behind a network; the only
//! one yet is [`memory`], for one relay.

pub mod memory;

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use saath_protocol::pin::Nameplate;

/// Gives out nameplates and lets each be claimed once.
pub trait Directory: Send + Sync {
    /// Reserves a free nameplate, chosen at random, to be claimed within `ttl`.
    /// `None` if there is none to be had: ask later.
    fn allocate(&self, now: Instant, ttl: Duration) -> BoxFuture<'_, Option<Nameplate>>;

    /// Takes a nameplate that was given out; of many who try, one succeeds.
    fn claim(&self, now: Instant, nameplate: Nameplate) -> BoxFuture<'_, bool>;

    /// Nobody can claim this nameplate any more.
    fn release(&self, now: Instant, nameplate: Nameplate) -> BoxFuture<'_, ()>;
}
