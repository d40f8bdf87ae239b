//! The page that records another one and replays it beside: how tests open it and compare.

use anyhow::{Result, ensure};
use saath_tests::{Engine, Page, Pages, until};
use serde_json::{Value, json};

/// A page of ours and its replica side by side, in a browser with a profile of its own.
pub(crate) async fn start(profile: &'static str, name: &str, query: &str) -> Result<(Pages, Page)> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, profile).await?;
    open(&pages, &page, name, query).await?;
    Ok((pages, page))
}

/// Opens another page there.
pub(crate) async fn open(pages: &Pages, page: &Page, name: &str, query: &str) -> Result<()> {
    page.goto(&format!("{}/viewer.html?page={name}.html{query}", pages.origin)).await?;
    until("the viewer", async || {
        let there = page.eval("return typeof viewer === 'object'", json!([])).await?;
        ensure!(there == true, "not there");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    let begun = page.eval_async("await viewer.ready; return viewer.begun()", Value::Null).await?;
    ensure!(begun["failure"] == Value::Null, "{name}: {begun}");
    Ok(())
}

/// Most is the same at once; scroll events and style sheets take the browser a moment.
pub(crate) async fn same(page: &Page) -> Result<()> {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
    let start = std::time::Instant::now();
    loop {
        let differences = page.eval("return viewer.differences()", json!([])).await?;
        if differences == json!([]) {
            return Ok(());
        }
        ensure!(start.elapsed() < PATIENCE, "{}", lines(&differences));
        page.eval_async("await new Promise(requestAnimationFrame)", Value::Null).await?;
    }
}

fn lines(differences: &Value) -> String {
    let lines = differences.as_array().map_or(&[][..], Vec::as_slice);
    lines.iter().filter_map(Value::as_str).take(3).collect::<Vec<_>>().join("\n  ")
}
