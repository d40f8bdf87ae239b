//! `record()` and `Replica` alone, without a relay: policies, moves, stopping.
//!
//! That a replica is its page is the fidelity suite's (`saath_tests::fidelity`), in the same viewer.

use anyhow::{Context, Result, ensure};
use saath_tests::{Engine, Page, Pages, until_eq};
use serde_json::{Value, json};

use crate::viewer::{self, open, same};

/// Every value that is not in a never-zone is there, in plain.
#[tokio::test]
async fn a_policy_that_shows_all_shows_all() -> Result<()> {
    let (pages, page) = viewer::start("record", "canaries", "").await?;
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
    let (_pages, page) = viewer::start("record", "table", "&styles=no").await?;
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

/// An animation is told when it starts and runs on by itself: both are at the same time, halted or not.
#[tokio::test]
async fn animations_run_on_by_themselves() -> Result<()> {
    let (_pages, page) = viewer::start("record", "fidelity/styles/motion", "").await?;
    same(&page).await?;
    let body = "
        const { length } = viewer.frames;
        const [own, other] = [viewer.page().document, viewer.document()]
          .map((doc) => doc.getElementById('running').getAnimations()[0]);
        await Promise.all([own.ready, other.ready]);
        const apart = () => own.currentTime - other.currentTime;
        const start = own.currentTime, before = apart();
        while (own.currentTime < start + 400) await new Promise(requestAnimationFrame);
        viewer.differences();
        const drift = Math.abs(apart() - before);
        own.pause();
        viewer.differences();
        return { sent: viewer.frames.length - length, drift, states: [own.playState, other.playState],
          halted: Math.round(own.currentTime - other.currentTime) }";
    let run = page.eval_async(body, Value::Null).await?;
    // The state, and nothing while it ran.
    assert_eq!(run["sent"], 1, "{run}");
    assert_eq!((&run["states"], &run["halted"]), (&json!(["paused", "paused"]), &json!(0)));
    // Both go by the frames of one window, as many as it has time for.
    ensure!(run["drift"].as_f64().is_some_and(|drift| drift < 100.0), "{run}");
    Ok(())
}

/// What fills the customer's screen fills the replica, and both go back.
#[tokio::test]
async fn what_fills_the_screen_fills_the_replica() -> Result<()> {
    let (_pages, page) = viewer::start("record", "full", "").await?;
    // Only a hand may ask for it.
    page.click_at(40.0, 40.0).await?;
    let body = "
        const doc = viewer.page().document;
        for (let i = 0; i < 100 && doc.fullscreenElement === null; i++)
          await new Promise((done) => setTimeout(done, 20));
        return doc.fullscreenElement?.id ?? null";
    assert_eq!(page.eval_async(body, Value::Null).await?, "big");
    let boxes = "
        viewer.differences();
        return [viewer.page(), viewer.document().defaultView].map((win) => {
          const { x, y, width, height } = win.document.getElementById('big').getBoundingClientRect();
          return [x, y, width === win.innerWidth, height === win.innerHeight];
        })";
    let full = json!([[0, 0, true, true], [0, 0, true, true]]);
    until_eq("both full", full, async || page.eval(boxes, json!([])).await).await;
    page.eval_async("await viewer.page().document.exitFullscreen()", Value::Null).await?;
    same(&page).await
}

/// What the customer selects is seen, but not how much of what is masked; so is an open list.
#[tokio::test]
async fn what_is_selected_is_seen() -> Result<()> {
    let (_pages, page) =
        viewer::start("record", "selected", "&policy=%7B%22mode%22%3A%22values%22%7D").await?;
    let both = "
        viewer.differences();
        return [viewer.page().document, viewer.document()].map((doc) => doc.getSelection().toString().trim())";
    for step in 0..3 {
        page.eval_async("await viewer.step(argument)", json!(step)).await?;
        let both = page.eval(both, json!([])).await?;
        ensure!(
            both[0] != "" && both[0].as_str().map(plain) == both[1].as_str().map(plain),
            "{both}"
        );
    }
    // Over what is masked, from it, and nothing.
    for (step, own, other) in [(3, true, true), (4, true, false), (5, false, false)] {
        page.eval_async("await viewer.step(argument)", json!(step)).await?;
        let both = page.eval(both, json!([])).await?;
        ensure!((both[0] != "", both[1] != "") == (own, other), "{step}: {both}");
        ensure!(!both[1].as_str().unwrap_or_default().contains("business"), "{both}");
    }

    let open = "
        viewer.differences();
        return viewer.document().querySelector('[data-saath-picker]')?.id ?? null";
    page.click_at(40.0, 30.0).await?;
    until_eq("the list to be open", json!("list"), async || page.eval(open, json!([])).await).await;
    page.click_at(400.0, 400.0).await?;
    until_eq("it to be closed", Value::Null, async || page.eval(open, json!([])).await).await;
    Ok(())
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The page is as it was when the recording has stopped, and nothing more is emitted.
#[tokio::test]
async fn stopping_leaves_the_page_as_it_was() -> Result<()> {
    let (_pages, page) = viewer::start("record", "fidelity/tree/text", "").await?;
    let body = "
        const inner = viewer.page();
        const own = inner.Element.prototype.attachShadow, { alert } = viewer;
        viewer.step(0);
        viewer.stop();
        const { length } = viewer.frames;
        viewer.step(1);
        viewer.stop();
        return { after: viewer.frames.length - length,
          patched: inner.Element.prototype.attachShadow === own || inner.alert !== alert,
          native: /native code/.test(inner.Element.prototype.attachShadow) }";
    let stopped = page.eval(body, json!([])).await?;
    assert_eq!(stopped, json!({ "after": 0, "patched": false, "native": true }));
    Ok(())
}

/// Two copies of the module on a page: neither needs the other, and whichever stops first leaves the
/// other one what it hears.
#[tokio::test]
async fn two_copies_do_not_know_of_each_other() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "record").await?;
    for (first, last) in [("viewer", "viewer.other"), ("viewer.other", "viewer")] {
        open(&pages, &page, "fidelity/tree/text", "").await?;
        let body = "
            const inner = viewer.page(), { body } = inner.document;
            const attach = (text) => {
              const host = body.appendChild(inner.document.createElement('div'));
              host.closedForTest = host.attachShadow({ mode: 'closed' });
              host.closedForTest.innerHTML = `<b>${text}</b>`;
            };
            await viewer.twice();
            const [first, last] = argument.map((name) => name === 'viewer' ? viewer : viewer.other);
            attach('seen by both');
            const both = [...first.differences(), ...last.differences()];
            first.stop();
            attach('seen by one');
            const one = last.differences();
            last.stop();
            const own = (f) => /native code/.test(f) && !f[Symbol.for('saath.layer')];
            return { both, one, attach: own(inner.Element.prototype.attachShadow),
              alert: own(inner.alert) && inner.alert === viewer.alert }";
        let seen = page.eval_async(body, json!([first, last])).await?;
        let wanted = json!({ "both": [], "one": [], "attach": true, "alert": true });
        assert_eq!(seen, wanted, "{first} stops first");
    }
    Ok(())
}

/// Not every engine can move a frame without loading it anew: what was in it is put back there.
#[tokio::test]
async fn a_frame_that_moves_keeps_what_is_in_it() -> Result<()> {
    let (_pages, page) = viewer::start("record", "fidelity/frames/life", "&moves=no").await?;
    let steps = page.eval("return viewer.steps()", json!([])).await?.as_u64().context("steps")?;
    for step in 0..=steps {
        if let Some(step) = step.checked_sub(1) {
            page.eval_async("await viewer.step(argument)", json!(step)).await?;
        }
        let seen = page.eval_async("return viewer.settle({ patience: 3000 })", Value::Null).await?;
        ensure!(seen["wrong"] == json!([]), "after step {step}: {}", seen["wrong"]);
    }
    Ok(())
}

/// Where nothing is marked as shown, what style sheets select by attributes looks alike; but of what
/// holds a value, or is masked, they learn nothing there.
#[tokio::test]
async fn attributes_tell_looks_and_no_values() -> Result<()> {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
    let policy = "&policy=%7B%22mode%22%3A%22values%22%7D";
    let (_pages, page) = viewer::start("record", "attributes", policy).await?;
    let body = "
        viewer.flush();
        const looks = ({ document }, selector) => [...document.querySelectorAll(selector)].map((node) => {
            const { color, backgroundColor, fontStyle } = document.defaultView.getComputedStyle(node);
            return [color, backgroundColor, fontStyle].join('; ');
        });
        const replica = { document: viewer.document() };
        return { page: looks(viewer.page(), '.look'), replica: looks(replica, '.look'),
            secrets: looks(replica, '.secret').filter((look) => !look.startsWith('rgb(0, 0, 200)')),
            red: looks(viewer.page(), '.secret').filter((look) => look.startsWith('rgb(200, 0, 0)')).length,
            told: viewer.html().replace(/^[^]*<body/, '').includes('canary'),
            // Chromium does not always style anew by a name that is not in lower case.
            drawing: replica.document.getElementById('drawing').getAttribute('saath-toneOf') }";
    for step in 0..=3_u64 {
        if let Some(step) = step.checked_sub(1) {
            page.eval_async("await viewer.step(argument)", json!(step)).await?;
        }
        let start = std::time::Instant::now();
        loop {
            let seen = page.eval(body, json!([])).await?;
            ensure!(seen["red"].as_u64() >= Some(4), "the page itself has no such looks: {seen}");
            ensure!(seen["secrets"] == json!([]), "a value can be probed: {seen}");
            ensure!(seen["told"] == json!(false), "a value is told");
            let asked = if step == 3 { json!("warm") } else { Value::Null };
            if seen["page"] == seen["replica"] && seen["drawing"] == asked {
                break;
            }
            ensure!(start.elapsed() < PATIENCE, "after step {step}: {seen}");
            page.eval_async("await new Promise(requestAnimationFrame)", Value::Null).await?;
        }
    }
    Ok(())
}

/// All that the replica holds.
async fn held(page: &Page) -> Result<String> {
    let body = "
        const held = viewer.differences() && viewer.html();
        return held + [...viewer.document().querySelectorAll('input, select')].map(e => e.value)";
    let held = page.eval(body, json!([])).await?;
    Ok(held.as_str().context("no replica")?.to_owned())
}

pub(crate) fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
