//! `record()` and `Replica` alone, without a relay: policies, moves, stopping.
//!
//! That a replica is its page is the fidelity suite's (`saath_tests::fidelity`), in the same viewer.

use anyhow::{Context, Result, ensure};
use saath_tests::{Engine, Page, Pages, until};
use serde_json::{Value, json};

/// Every value that is not in a never-zone is there, in plain.
#[tokio::test]
async fn a_policy_that_shows_all_shows_all() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    open(&pages, &page, "canaries", "").await?;
    let held = held(&page).await?;
    for canary in ["title", "heading", "attribute", "marked", "value", "placeholder", "option"] {
        ensure!(held.contains(&format!("canary-{canary}")), "canary-{canary} is not in {held}");
    }
    open(&pages, &page, "fidelity/forms/never", "").await?;
    let body =
        "return viewer.html() + [...viewer.document().querySelectorAll('input')].map(e => e.value)";
    let held = page.eval(body, json!([])).await?;
    let held = held.as_str().unwrap_or_default();
    ensure!(held.contains("shown-value") && !held.contains("canary"), "{held}");
    Ok(())
}

/// A policy with a mistake hides everything, rather than what it happens to say; and tells.
#[tokio::test]
async fn a_broken_policy_masks_everything() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    for (policy, complaint) in [
        (
            json!({ "mode": "values", "unredactedViews": ["*"], "redactViews": ["#pan"] }),
            "redactViews",
        ),
        (json!({ "mode": "everything" }), "everything"),
        (json!({ "unredactedViews": ["*", "p["] }), "selector"),
        (json!({ "unredactedViews": "*" }), "policy"),
        (json!(["*"]), "policy"),
        (Value::Null, "policy"),
    ] {
        let query = format!("&policy={}", urlencoded(&policy.to_string()));
        open(&pages, &page, "canaries", &query).await?;
        let held = held(&page).await?;
        ensure!(!held.contains("canary"), "{policy} shows {held}");
        ensure!(held.contains('█'), "{policy}: no blocks in {held}");
        let complaints = page.eval("return viewer.complaints.join(' | ')", json!([])).await?;
        let said = complaints.as_str().unwrap_or_default();
        ensure!(
            said.contains(complaint) && said.contains("everything is masked"),
            "{policy}: {said}"
        );
    }
    Ok(())
}

/// Sorting is told as moves: the rows stay the nodes they are.
#[tokio::test]
async fn sorting_moves_and_does_not_rebuild() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    open(&pages, &page, "table", "&styles=no").await?;
    let body = "
        const rows = [...viewer.document().querySelectorAll('tr')];
        const snapshot = viewer.bytes();
        viewer.step(0);
        const differences = viewer.differences();
        return { differences, kept: rows.filter(row => row.isConnected).length,
          snapshot, sorted: viewer.bytes() - snapshot,
          moved: rows[1] !== viewer.document().querySelectorAll('tr')[1] }";
    let sorted = page.eval(body, json!([])).await?;
    ensure!(sorted["differences"] == json!([]), "{sorted}");
    assert_eq!((&sorted["kept"], &sorted["moved"]), (&json!(2000), &json!(true)));
    let bytes = |name: &str| sorted[name].as_f64().context("bytes");
    ensure!(bytes("sorted")? < bytes("snapshot")?, "{sorted}");
    Ok(())
}

/// The page is as it was when the recording has stopped, and nothing more is emitted.
#[tokio::test]
async fn stopping_leaves_the_page_as_it_was() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    open(&pages, &page, "fidelity/tree/text", "").await?;
    let body = "
        const inner = viewer.page();
        const own = inner.Element.prototype.attachShadow;
        viewer.step(0);
        viewer.stop();
        const { length } = viewer.frames;
        viewer.step(1);
        viewer.stop();
        return { after: viewer.frames.length - length,
          patched: inner.Element.prototype.attachShadow === own,
          native: /native code/.test(inner.Element.prototype.attachShadow) }";
    let stopped = page.eval(body, json!([])).await?;
    assert_eq!(stopped, json!({ "after": 0, "patched": false, "native": true }));
    Ok(())
}

/// Not every engine can move a frame without loading it anew: what was in it is put back there.
#[tokio::test]
async fn a_frame_that_moves_keeps_what_is_in_it() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    open(&pages, &page, "fidelity/frames/life", "&moves=no").await?;
    let steps = page.eval("return viewer.steps()", json!([])).await?.as_u64().context("steps")?;
    for step in 0..=steps {
        if let Some(step) = step.checked_sub(1) {
            page.eval_async("await viewer.step(argument)", json!(step)).await?;
        }
        let seen = page.eval_async("return viewer.settle(3000)", Value::Null).await?;
        ensure!(seen["wrong"] == json!([]), "after step {step}: {}", seen["wrong"]);
    }
    Ok(())
}

pub(crate) async fn open(pages: &Pages, page: &Page, name: &str, query: &str) -> Result<()> {
    page.goto(&format!("{}/viewer.html?page={name}.html{query}", pages.origin)).await?;
    until("the viewer", async || {
        let there = page.eval("return typeof viewer === 'object'", json!([])).await?;
        ensure!(there == true, "not there");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    page.eval_async("await viewer.ready", Value::Null).await?;
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

/// All that the replica holds.
async fn held(page: &Page) -> Result<String> {
    let body = "
        const held = viewer.differences() && viewer.html();
        return held + [...viewer.document().querySelectorAll('input, select')].map(e => e.value)";
    let held = page.eval(body, json!([])).await?;
    Ok(held.as_str().context("no replica")?.to_owned())
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
