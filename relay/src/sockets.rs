//! How many connections there are, in all and of one address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::limits::{Limits, Source};

pub(crate) struct Sockets {
    max: usize,
    max_per_source: usize,
    counts: Mutex<Counts>,
    left: Notify,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_source: HashMap<Source, usize>,
}

/// One connection; counts until dropped.
pub(crate) struct Ticket {
    pub(crate) source: Source,
    sockets: Arc<Sockets>,
}

impl Sockets {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            max: limits.sockets,
            max_per_source: limits.sockets_per_ip,
            counts: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// Counts one more, unless that is one too many.
    pub(crate) fn admit(self: &Arc<Self>, source: Source) -> Option<Arc<Ticket>> {
        self.count(|counts| {
            let count = counts.by_source.get(&source).copied().unwrap_or_default();
            if counts.all >= self.max || count >= self.max_per_source {
                return None;
            }
            counts.all += 1;
            counts.by_source.insert(source, count + 1);
            Some(Arc::new(Ticket { source, sockets: self.clone() }))
        })
    }

    /// Waits until there is none.
    pub(crate) async fn empty(&self) {
        loop {
            let left = self.left.notified();
            if self.count(|counts| counts.all) == 0 {
                return;
            }
            left.await;
        }
    }

    fn count<T>(&self, f: impl FnOnce(&mut Counts) -> T) -> T {
        f(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.sockets.count(|counts| {
            counts.all -= 1;
            if let Some(count) = counts.by_source.get_mut(&self.source) {
                *count -= 1;
                if *count == 0 {
                    counts.by_source.remove(&self.source);
                }
            }
        });
        self.sockets.left.notify_waiters();
    }
}
