//! Pages that are too much: too large, too deep, too busy, with names that nobody expects. The
//! replica is right all the same, or says what it leaves out, and no turn reads without end.

use anyhow::{Context, Result, ensure};
use saath_tests::{Engine, Page, Pages};
use serde_json::{Value, json};

use crate::viewer::{self, open, same};

/// How many new nodes are read in a turn; see `NODES_A_TURN` in `client-wasm/src/source.rs`.
const NODES_A_TURN: u64 = 2000;

#[tokio::test]
async fn large_pages_are_read_in_many_turns() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "bad-pages").await?;
    for (kind, nodes) in [("nodes", 100_000), ("sheets", 2000), ("text", 0)] {
        bulk(&pages, &page, kind).await?;
        same(&page).await.with_context(|| format!("{kind}: after the snapshot"))?;
        // Once more, with nobody asking for all of it at once.
        let paced = page.eval_async("return await viewer.pace()", Value::Null).await?;
        ensure!(paced["differences"] == json!([]), "{kind}: {paced}");
        ensure!(paced["frames"].as_u64() >= Some(nodes / NODES_A_TURN), "{kind}: {paced}");
        // A figure of this machine, of which nothing can be asserted.
        eprintln!(
            "{kind}: at most {} ms at a time, in {} frames",
            paced["longest"], paced["frames"]
        );
        for step in 0..3 {
            page.eval_async("await viewer.step(argument)", json!(step)).await?;
            same(&page).await.with_context(|| format!("{kind}: after step {step}"))?;
        }
        assert_eq!(page.eval("return viewer.complaints", json!([])).await?, json!([]), "{kind}");
    }
    Ok(())
}

/// What does not fit is left out and said once; the rest is right, before and after a change.
#[tokio::test]
async fn what_is_too_much_is_left_out() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "bad-pages").await?;
    let none = json!([]);
    let said = json!(["saath: the page is too large or too deep, a part of it is not shown"]);
    let levels = "
        let count = 0, at = viewer.document().querySelector('main');
        while ((at = at.firstElementChild)) count++;
        return count";
    let length = "
        const [from, to] = [viewer.page().document, viewer.document()].map(doc => doc.querySelector('#long').textContent);
        return from.startsWith(to) && to.length";
    let attributes = "return viewer.document().querySelector('#many, main > p').attributes.length";
    for (kind, body, expected, complaints) in [
        // As deep as a comparison by recursion cannot go.
        ("deep", levels, 5000, &none),
        // The tree may be 8,192 deep, and above these are the document, html, body and main.
        ("deeper", levels, 8192 - 3, &said),
        ("long", length, 8 << 20, &said),
        ("attributes", attributes, 1024, &said),
    ] {
        bulk(&pages, &page, kind).await?;
        assert_eq!(page.eval(body, json!([])).await?, json!(expected), "{kind}");
        let late = "
            viewer.step(0);
            viewer.flush();
            return viewer.document().querySelector('main').lastElementChild.textContent";
        assert_eq!(page.eval(late, json!([])).await?, "a late line", "{kind}");
        assert_eq!(page.eval("return viewer.complaints", json!([])).await?, *complaints, "{kind}");
    }
    Ok(())
}

/// Nothing is flushed here: it is the page's own pace.
#[tokio::test]
async fn a_page_that_is_never_at_rest_is_followed() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "bad-pages").await?;
    bulk(&pages, &page, "busy").await?;
    let body = "
        const before = viewer.frames.length;
        const changes = await viewer.page().busy(10000);
        return [changes, viewer.frames.length - before]";
    let seen = page.eval_async(body, Value::Null).await?;
    let (changes, frames) = (seen[0].as_u64().unwrap_or(0), seen[1].as_u64().unwrap_or(0));
    // Many changes are one page.
    ensure!(frames > 0 && frames < changes, "{changes} changes, {frames} frames");
    same(&page).await
}

#[tokio::test]
async fn names_with_odd_characters_are_no_trouble() -> Result<()> {
    let (_pages, page) = viewer::start("bad-pages", "names", "&styles=no").await?;
    same(&page).await.context("after the snapshot")?;
    for step in 0..5 {
        page.eval_async("await viewer.step(argument)", json!(step)).await?;
        same(&page).await.with_context(|| format!("after step {step}"))?;
    }
    assert_eq!(page.eval("return viewer.complaints", json!([])).await?, json!([]));
    Ok(())
}

/// Opens a page of `bulk.html`.
async fn bulk(pages: &Pages, page: &Page, kind: &str) -> Result<()> {
    open(pages, page, "bulk", &format!("%3Fkind={kind}&styles=no")).await
}
