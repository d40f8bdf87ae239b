//! What is known to be wrong and not yet mended, by name: `tests/fidelity/known.txt`.
//!
//! It holds for one page in one engine. A page that is right by now must leave the list, or what
//! breaks it again would not be noticed.

use anyhow::{Context, Result};

use super::{Fault, Verdict};

/// The list.
#[derive(Debug)]
pub struct Known(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    engine: &'static str,
    page: &'static str,
    why: &'static str,
}

impl Known {
    /// Reads it.
    ///
    /// # Errors
    /// When a line has not an engine (or two, as `firefox>webkit`), a page and a reason.
    pub fn read() -> Result<Self> {
        let lines = include_str!("../../fidelity/known.txt").lines();
        let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
            let mut words = line.splitn(3, ' ');
            let mut next = || words.next().map(str::trim).filter(|word| !word.is_empty());
            let entry = (|| Some(Entry { engine: next()?, page: next()?, why: next()? }))();
            entry.with_context(|| format!("known.txt: `{line}` is not: engine page why"))
        });
        entries.collect::<Result<_>>().map(Self)
    }

    /// The verdict, by what is known of the page.
    #[must_use]
    pub fn judge(&self, engine: &str, page: &str, verdict: Verdict) -> Verdict {
        let is_it =
            |entry: &&Entry| entry.page == page && entry.engine == engine.replace(" to ", ">");
        match (self.0.iter().find(is_it), verdict) {
            (Some(entry), Verdict::Wrong(faults)) => Verdict::Known(entry.why, faults),
            (Some(_), Verdict::Same) => Verdict::Wrong(vec![Fault::words(
                "the list",
                "it is right by now: take it off tests/fidelity/known.txt".to_owned(),
            )]),
            (_, verdict) => verdict,
        }
    }
}
