//! Every limit of the relay in one struct, and the counters that hold the ones about rates.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::ParseFloatError;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::{Args, FromArgMatches};

/// What the relay bears. Times are in seconds on the command line.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// A nameplate expires unclaimed after this
    #[arg(long, env = "SAATH_PIN_TTL", value_parser = seconds, default_value = "300")]
    pub pin_ttl: Duration,
    /// A room waits this long for an end that was lost
    #[arg(long, env = "SAATH_GRACE", value_parser = seconds, default_value = "120")]
    pub grace: Duration,
    /// A nameplate is not given out again for this long
    #[arg(long, env = "SAATH_NAMEPLATE_REST", value_parser = seconds, default_value = "600")]
    pub nameplate_rest: Duration,
    /// The head of an HTTP request comes within this
    #[arg(long, env = "SAATH_HEADER_TIMEOUT", value_parser = seconds, default_value = "5")]
    pub header_timeout: Duration,
    /// A socket says what it wants within this
    #[arg(long, env = "SAATH_FIRST_MESSAGE", value_parser = seconds, default_value = "10")]
    pub first_message: Duration,
    /// A socket that is in no room any more is closed after this
    #[arg(long, env = "SAATH_ROOMLESS", value_parser = seconds, default_value = "600")]
    pub roomless: Duration,
    /// A ping is sent this often
    #[arg(long, env = "SAATH_PING", value_parser = seconds, default_value = "20")]
    pub ping: Duration,
    /// The pong, or anything else, comes within this
    #[arg(long, env = "SAATH_PONG", value_parser = seconds, default_value = "8")]
    pub pong: Duration,
    /// A socket that takes no byte of what is sent to it is closed after this
    #[arg(long, env = "SAATH_STALL", value_parser = seconds, default_value = "15")]
    pub stall: Duration,
    /// Messages that may be queued for one peer before its sender has to wait
    #[arg(long, env = "SAATH_QUEUE_MESSAGES", default_value_t = 64)]
    pub queue_messages: usize,
    /// Bytes that may be queued for one peer before its sender has to wait
    #[arg(long, env = "SAATH_QUEUE_BYTES", default_value_t = 256 << 10)]
    pub queue_bytes: usize,
    /// Kernel buffer of a socket in each direction, bytes
    #[arg(long, env = "SAATH_SOCKET_BUFFER", default_value_t = 64 << 10)]
    pub socket_buffer: u32,
    /// Sockets in all
    #[arg(long, env = "SAATH_SOCKETS", default_value_t = 18_000)]
    pub sockets: usize,
    /// Sockets of one address (IPv6: of one /64)
    #[arg(long, env = "SAATH_SOCKETS_PER_IP", default_value_t = 500)]
    pub sockets_per_ip: usize,
    /// PINs (and returns of a customer) a minute for one address; high, as mobile networks put
    /// many people behind one
    #[arg(long, env = "SAATH_OPENS_PER_MINUTE", default_value_t = 200)]
    pub opens_per_minute: u32,
    /// Claims (and returns) a minute for one agent
    #[arg(long, env = "SAATH_CLAIMS_PER_MINUTE", default_value_t = 20)]
    pub claims_per_minute: u32,
    /// Claims of nothing, within the time of the lock, that lock an agent out
    #[arg(long, env = "SAATH_CLAIM_MISSES", default_value_t = 5)]
    pub claim_misses: u32,
    /// An agent is locked out for this long
    #[arg(long, env = "SAATH_CLAIM_LOCK", value_parser = seconds, default_value = "900")]
    pub claim_lock: Duration,
    /// Pings a second that a peer may send
    #[arg(long, env = "SAATH_PINGS_PER_SECOND", default_value_t = 5)]
    pub pings_per_second: u32,
    /// When stopping, sockets have this long to leave by themselves
    #[arg(long, env = "SAATH_DRAIN", value_parser = seconds, default_value = "30")]
    pub drain: Duration,
}

impl Default for Limits {
    /// The defaults of the command line, so that they are written once.
    fn default() -> Self {
        let command = Self::augment_args(clap::Command::new("limits")).mut_args(|arg| {
            let none: Option<&'static str> = None;
            arg.env(none)
        });
        // Arguments that are all absent and have defaults always parse.
        let matches = command.get_matches_from([""]);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Reads `"0.25"` as a quarter of a second.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = f64::from_str(text).map_err(|error: ParseFloatError| error.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// What counts as one address: all of IPv4, the network of IPv6, as one customer has a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
            v4 => v4,
        })
    }
}

/// Allows each key a number of events in a time, refilled steadily.
pub struct Rate<K> {
    burst: f64,
    per_second: f64,
    buckets: HashMap<K, (f64, Instant)>,
    prune_at: usize,
}

impl<K: Eq + Hash> Rate<K> {
    /// `events` in `period`, and as many at once.
    pub fn new(events: u32, period: Duration) -> Self {
        let burst = f64::from(events);
        Self {
            burst,
            per_second: burst / period.as_secs_f64(),
            buckets: HashMap::new(),
            prune_at: 1024,
        }
    }

    /// Counts an event; whether it is allowed.
    pub fn allow(&mut self, now: Instant, key: K) -> bool {
        let (burst, per_second) = (self.burst, self.per_second);
        let refilled = |(left, at): (f64, Instant)| {
            (left + now.saturating_duration_since(at).as_secs_f64() * per_second).min(burst)
        };
        if self.buckets.len() >= self.prune_at {
            // A full bucket is as good as none, so memory follows the rate and not the past.
            self.buckets.retain(|_, bucket| refilled(*bucket) < burst);
            self.prune_at = (self.buckets.len() * 2).max(1024);
        }
        let bucket = self.buckets.entry(key).or_insert((burst, now));
        *bucket = (refilled(*bucket), now);
        let allowed = bucket.0 >= 1.0;
        if allowed {
            bucket.0 -= 1.0;
        }
        allowed
    }
}

/// Locks a key out for a time after so many misses within it.
pub struct Misses<K> {
    allowed: u32,
    lock: Duration,
    misses: HashMap<K, (u32, Instant)>,
}

impl<K: Eq + Hash> Misses<K> {
    /// `allowed` misses lock for `lock`.
    pub fn new(allowed: u32, lock: Duration) -> Self {
        Self { allowed, lock, misses: HashMap::new() }
    }

    /// Whether the key is locked out.
    pub fn locked(&self, now: Instant, key: &K) -> bool {
        self.misses
            .get(key)
            .is_some_and(|(count, since)| *count >= self.allowed && now < *since + self.lock)
    }

    /// Counts a miss. The time of the lock runs from the last one.
    pub fn miss(&mut self, now: Instant, key: K) {
        // Keys are agents of organisations we trust to issue tokens: few.
        let lock = self.lock;
        self.misses.retain(|_, (_, since)| now < *since + lock);
        let entry = self.misses.entry(key).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_design() {
        let limits = Limits::default();
        assert_eq!(limits.pin_ttl, Duration::from_secs(300));
        assert_eq!((limits.queue_messages, limits.queue_bytes), (64, 256 << 10));
    }

    #[test]
    fn a_rate_refills_and_forgets() {
        let now = Instant::now();
        let mut rate = Rate::new(2, Duration::from_secs(60));
        assert!(rate.allow(now, 1) && rate.allow(now, 1) && !rate.allow(now, 1));
        assert!(rate.allow(now, 2), "each on its own");
        assert!(!rate.allow(now + Duration::from_secs(29), 1));
        assert!(rate.allow(now + Duration::from_secs(31), 1));
        assert!(!rate.allow(now + Duration::from_secs(31), 1));
        for key in 0..100_000 {
            rate.allow(now + Duration::from_secs(key), key);
        }
        assert!(rate.buckets.len() < 2_000);
    }

    #[test]
    fn misses_lock_and_unlock() {
        let now = Instant::now();
        let mut misses = Misses::new(2, Duration::from_secs(900));
        misses.miss(now, "a");
        assert!(!misses.locked(now, &"a"));
        misses.miss(now, "a");
        assert!(misses.locked(now, &"a") && !misses.locked(now, &"b"));
        assert!(misses.locked(now + Duration::from_secs(899), &"a"));
        assert!(!misses.locked(now + Duration::from_secs(900), &"a"));
        misses.miss(now + Duration::from_secs(901), "a");
        assert!(!misses.locked(now + Duration::from_secs(901), &"a"), "counts anew");
    }

    #[test]
    fn a_source_is_an_ipv4_address_or_an_ipv6_network() {
        let source = |text: &str| Source::from(text.parse::<IpAddr>().unwrap());
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_eq!(source("2001:db8:0:1::1"), source("2001:db8:0:1:ffff::2"));
        assert_ne!(source("2001:db8:0:1::1"), source("2001:db8:0:2::1"));
    }
}
