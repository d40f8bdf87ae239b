//! The directory of a relay that stands alone.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use saath_protocol::pin::{MAX_NAMEPLATE, MIN_NAMEPLATE, Nameplate};

use super::Directory;

/// Nameplates in a map behind a lock.
pub struct MemoryDirectory(Mutex<Nameplates>);

impl MemoryDirectory {
    /// An empty directory that does not give out a nameplate again until `rest` after it was
    /// claimed, released or expired.
    pub fn new(rest: Duration) -> Self {
        Self(Mutex::new(Nameplates::new(rest)))
    }

    fn lock(&self) -> MutexGuard<'_, Nameplates> {
        // Every change is one insert or remove: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory for MemoryDirectory {
    fn allocate(&self, now: Instant, ttl: Duration) -> BoxFuture<'_, Option<Nameplate>> {
        ready(self.lock().allocate(now, ttl, || getrandom::u32().ok())).boxed()
    }

    fn claim(&self, now: Instant, nameplate: Nameplate) -> BoxFuture<'_, bool> {
        ready(self.lock().take(now, nameplate)).boxed()
    }

    fn release(&self, now: Instant, nameplate: Nameplate) -> BoxFuture<'_, ()> {
        self.lock().take(now, nameplate);
        ready(()).boxed()
    }
}

/// Pure, so that tests may have their own time and chance.
struct Nameplates {
    rest: Duration,
    /// Those not free.
    taken: HashMap<Nameplate, Taken>,
    /// When to look at which again; may name one earlier than it becomes free.
    due: BinaryHeap<Reverse<(Instant, Nameplate)>>,
    /// How many of each length are taken.
    count: [usize; MAX_NAMEPLATE + 1],
}

struct Taken {
    claimable_until: Option<Instant>,
    free_at: Instant,
}

impl Nameplates {
    fn new(rest: Duration) -> Self {
        Self { rest, taken: HashMap::new(), due: BinaryHeap::new(), count: [0; MAX_NAMEPLATE + 1] }
    }

    fn allocate(
        &mut self,
        now: Instant,
        ttl: Duration,
        mut random: impl FnMut() -> Option<u32>,
    ) -> Option<Nameplate> {
        self.sweep(now);
        // The shortest that is less than half taken, so that two draws find a free one on average
        // and a guessed one is a waiting one at most every other time.
        let len = (MIN_NAMEPLATE..=MAX_NAMEPLATE)
            .find(|len| self.count[*len] * 2 < 10_usize.pow(*len as u32))?;
        let nameplate = loop {
            let number = (u64::from(random()?) * 10_u64.pow(len as u32)) >> 32;
            let nameplate = Nameplate::parse(&format!("{number:0len$}")).ok()?;
            if !self.taken.contains_key(&nameplate) {
                break nameplate;
            }
        };
        let free_at = now + ttl + self.rest;
        self.taken.insert(nameplate, Taken { claimable_until: Some(now + ttl), free_at });
        self.due.push(Reverse((free_at, nameplate)));
        self.count[len] += 1;
        Some(nameplate)
    }

    /// Whether the nameplate could be claimed until now; not any more.
    fn take(&mut self, now: Instant, nameplate: Nameplate) -> bool {
        let Some(taken) = self.taken.get_mut(&nameplate) else { return false };
        let Some(until) = taken.claimable_until.take() else { return false };
        taken.free_at = now.min(until) + self.rest;
        self.due.push(Reverse((taken.free_at, nameplate)));
        now < until
    }

    fn sweep(&mut self, now: Instant) {
        while let Some(Reverse((_, nameplate))) =
            self.due.peek().copied().filter(|Reverse((at, _))| *at <= now)
        {
            self.due.pop();
            if self.taken.get(&nameplate).is_some_and(|taken| taken.free_at <= now) {
                self.taken.remove(&nameplate);
                self.count[nameplate.as_bytes().len()] -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(300);
    const REST: Duration = Duration::from_secs(600);

    /// Numbers that look random and come again in every run.
    fn chance() -> impl FnMut() -> Option<u32> {
        let mut state = 1_u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            Some((state >> 32) as u32)
        }
    }

    #[test]
    fn grows_a_digit_when_half_are_taken() {
        let (mut names, mut chance, now) = (Nameplates::new(REST), chance(), Instant::now());
        let lens: Vec<_> = (0..5_501)
            .map(|_| names.allocate(now, TTL, &mut chance).unwrap().as_str().len())
            .collect();
        assert!(lens[..500].iter().all(|len| *len == 3));
        assert!(lens[500..5_500].iter().all(|len| *len == 4));
        assert_eq!(lens[5_500], 5);
        assert_eq!(names.taken.len(), 5_501, "all differ");
        let later = now + TTL + REST;
        assert_eq!(names.allocate(later, TTL, &mut chance).unwrap().as_str().len(), 3);
        assert_eq!((names.taken.len(), names.due.len()), (1, 1), "nothing is kept");
    }

    #[test]
    fn is_claimed_once_and_only_in_time() {
        let (mut names, mut chance, now) = (Nameplates::new(REST), chance(), Instant::now());
        let first = names.allocate(now, TTL, &mut chance).unwrap();
        let second = names.allocate(now, TTL, &mut chance).unwrap();
        assert!(names.take(now, first));
        assert!(!names.take(now, first));
        assert!(!names.take(now + TTL, second));
        assert!(!names.take(now, Nameplate::parse("999999").unwrap()));
    }

    #[test]
    fn is_not_used_again_before_it_rested() {
        let (mut names, mut chance, now) = (Nameplates::new(REST), chance(), Instant::now());
        let name = names.allocate(now, TTL, &mut chance).unwrap();
        let claimed = now + Duration::from_secs(10);
        assert!(names.take(claimed, name));
        names.sweep(claimed + REST - Duration::from_millis(1));
        assert!(names.taken.contains_key(&name));
        names.sweep(claimed + REST);
        assert!(!names.taken.contains_key(&name));
        names.sweep(now + TTL + REST);
        assert_eq!(names.count, [0; 7]);
    }

    #[test]
    fn without_chance_there_is_no_nameplate() {
        let mut names = Nameplates::new(REST);
        assert_eq!(names.allocate(Instant::now(), TTL, || None), None);
    }
}
