//! The 80 vectors of masking, in a real session; `GROUP` names one folder of them to look at alone.

use anyhow::Result;
use saath_tests::vectors::{Fixture, Visit};
use std::io::Write as _;

const GROUPS: [&str; 5] = ["inputs", "text", "urls", "styles", "structure"];

#[tokio::test]
async fn nothing_that_is_masked_leaves() -> Result<()> {
    let mut fixtures = Fixture::all()?;
    let only = std::env::var("GROUP").ok();
    fixtures.retain(|fixture| only.as_ref().is_none_or(|only| fixture.group == *only));
    let mut visit = Visit::start(fixtures).await?;
    for group in GROUPS.into_iter().filter(|group| only.as_ref().is_none_or(|only| only == group)) {
        visit.group(group).await?;
    }
    // Not by `print`, of which a test that passes tells nothing.
    std::io::stdout().write_all(format!("\n{}", visit.ledger.report()).as_bytes())?;
    visit.ledger.close()
}
