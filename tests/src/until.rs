//! Waiting for a state.

use std::fmt::{Debug, Display};
use std::time::{Duration, Instant};

/// Longer than anything takes on a slow machine, short enough to wait for once.
const DEADLINE: Duration = Duration::from_secs(40);
const PAUSE: Duration = Duration::from_millis(40);

/// Asks again and again until the answer is `Ok`, and gives it back.
///
/// # Panics
/// After forty seconds, with the last `Err`: say there what was seen instead.
#[track_caller]
pub fn until<T, E: Display>(
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T, E>,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let start = Instant::now();
        loop {
            match probe().await {
                Ok(value) => return value,
                Err(last) if start.elapsed() > DEADLINE => {
                    panic!("{caller}: waited {DEADLINE:?} for {what}; last seen: {last:#}")
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

/// Waits until a value is as expected.
///
/// # Panics
/// After forty seconds, with the last value.
#[track_caller]
pub fn until_eq<T: Debug + PartialEq<U>, U: Debug, E: Display>(
    what: &str,
    expected: U,
    mut probe: impl AsyncFnMut() -> Result<T, E>,
) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let start = Instant::now();
        loop {
            let last = match probe().await {
                Ok(value) if value == expected => return,
                Ok(value) => format!("{value:?}"),
                Err(error) => format!("{error:#}"),
            };
            assert!(
                start.elapsed() < DEADLINE,
                "{caller}: waited {DEADLINE:?} for {what} to be {expected:?}; last seen: {last}"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }
}
