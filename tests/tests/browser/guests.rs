//! Frames of other origins whose clients take part, and those whose do not.

mod session;

use crate::viewer::open;
use anyhow::{Result, ensure};
use saath_tests::{Engine, Page, Pages, until};
use serde_json::{Value, json};

/// What the replica has in the frame.
const HELD: &str = "
    const frame = viewer.document().querySelector('iframe');
    return frame?.contentDocument?.body?.textContent ?? ''";

async fn until_held(page: &Page, what: &str, fits: impl Fn(&str) -> bool) {
    until(what, async || {
        page.eval("viewer.flush()", json!([])).await?;
        let held = page.eval(HELD, json!([])).await?;
        ensure!(fits(held.as_str().unwrap_or_default()), "{held}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// A browser, and the origin of the pages' other name.
async fn start() -> Result<(Pages, Page, String)> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "guests").await?;
    let other = pages.origin.replace("localhost", "127.0.0.1");
    Ok((pages, page, other))
}

async fn guest(pages: &Pages, page: &Page, frames: &str, parents: &str) -> Result<()> {
    let query = if frames.is_empty() { String::new() } else { format!("&frames={frames}") };
    open(pages, page, "guests", &query).await?;
    page.eval_async(&format!("await viewer.page().load('{parents}')"), Value::Null).await?;
    Ok(())
}

#[tokio::test]
async fn a_frame_of_another_origin_takes_part() -> Result<()> {
    let (pages, page, other) = start().await?;
    let parents = format!("https://nobody.example {}", pages.origin);
    guest(&pages, &page, &other, &parents).await?;
    until_held(&page, "the guest", |held| held.contains("The guest's words")).await;
    let colour = "
        const frame = viewer.document().querySelector('iframe');
        return frame.contentWindow.getComputedStyle(frame.contentDocument.querySelector('p')).color";
    assert_eq!(page.eval(colour, json!([])).await?, "rgb(1, 2, 3)");
    let held = page.eval(HELD, json!([])).await?;
    ensure!(!held.as_str().unwrap_or_default().contains("nobody"), "{held}");

    page.eval("viewer.page().tell('Other words')", json!([])).await?;
    until_held(&page, "what changed in the guest", |held| held.contains("Other words")).await;

    // The page's masks are around it.
    page.eval("viewer.page().document.getElementById('around').dataset.saathMask = ''", json!([]))
        .await?;
    let masked = |held: &str| !held.contains("Other") && held.contains('█');
    until_held(&page, "the mask", masked).await;
    page.eval("viewer.page().tell('More words')", json!([])).await?;
    until_held(&page, "the mask still", |held| !held.contains("More") && held.contains('█')).await;
    page.eval(
        "delete viewer.page().document.getElementById('around').dataset.saathMask",
        json!([]),
    )
    .await?;
    until_held(&page, "the guest without the mask", |held| held.contains("More words")).await;

    // A lost frame is repaired, the guest with it.
    let lose = "
        viewer.before = viewer.frames.length;
        viewer.onTheWay = () => undefined;
        viewer.page().tell('Lost words')";
    page.eval(lose, json!([])).await?;
    until("a frame to be lost", async || {
        let lost = "viewer.flush(); return viewer.frames.length - viewer.before";
        let lost = page.eval(lost, json!([])).await?;
        ensure!(lost != 0, "{lost} frames");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    page.eval("viewer.onTheWay = (frame) => frame; viewer.page().tell('Last words')", json!([]))
        .await?;
    until("the repair", async || {
        page.eval("viewer.flush(); viewer.repair()", json!([])).await?;
        let held = page.eval(HELD, json!([])).await?;
        let held = held.as_str().unwrap_or_default();
        ensure!(held.contains("Last words") && !held.contains("More"), "{held}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    // The guest can go by itself, and is a box again.
    page.eval("viewer.page().tell('stop')", json!([])).await?;
    until_held(&page, "the box", |held| !held.contains("words")).await;
    Ok(())
}

#[tokio::test]
async fn a_frame_that_was_there_before_is_called() -> Result<()> {
    let (pages, page, other) = start().await?;
    let query = format!("%3Fparents%3D{}&frames={other}", pages.origin);
    open(&pages, &page, "guests", &query).await?;
    assert_eq!(page.eval("return viewer.page().report", json!([])).await?, "ready");
    until_held(&page, "the guest", |held| held.contains("The guest's words")).await;
    Ok(())
}

/// Chromium runs no animation frames in a frame of another origin that nobody sees.
#[tokio::test]
async fn a_guest_out_of_sight_takes_part() -> Result<()> {
    let (pages, page, other) = start().await?;
    open(&pages, &page, "guests", &format!("&frames={other}")).await?;
    let load = "
        const page = viewer.page();
        page.document.getElementById('around').style.paddingTop = '9000px';
        await page.load(page.location.origin)";
    page.eval_async(load, Value::Null).await?;
    until_held(&page, "the guest", |held| held.contains("The guest's words")).await;
    for words in ["Other words", "Last words"] {
        page.eval(&format!("viewer.page().tell('{words}')"), json!([])).await?;
        until_held(&page, words, |held| held.contains(words)).await;
    }
    assert_eq!(page.eval("return viewer.page().scrollY", json!([])).await?, 0);
    Ok(())
}

/// Each client on a page has a port of its own to the frame, and hears of no other.
#[tokio::test]
async fn two_clients_on_a_page_have_the_same_guest() -> Result<()> {
    let (pages, page, other) = start().await?;
    guest(&pages, &page, &other, &pages.origin).await?;
    until_held(&page, "the guest", |held| held.contains("The guest's words")).await;
    let keep = "
        const frame = viewer.document().querySelector('iframe');
        viewer.kept = frame.contentDocument.querySelector('p')";
    page.eval(keep, json!([])).await?;
    page.eval_async("await viewer.twice()", Value::Null).await?;
    let told = async |words: &str, replicas: &[&str]| {
        page.eval(&format!("viewer.page().tell('{words}')"), json!([])).await?;
        for of in replicas {
            until(&format!("`{words}` in {of}"), async || {
                let held = HELD.replace("viewer.document()", &format!("{of}.document()"));
                let held = page.eval(&format!("{of}.flush?.();{held}"), json!([])).await?;
                ensure!(held.as_str().unwrap_or_default().contains(words), "{held}");
                Ok::<_, anyhow::Error>(())
            })
            .await;
        }
        Ok::<_, anyhow::Error>(())
    };
    told("Words for both", &["viewer.other", "viewer"]).await?;
    // The first had it without a break: what begins anew is built anew.
    assert_eq!(page.eval("return viewer.kept.isConnected", json!([])).await?, true);
    page.eval("viewer.other.stop()", json!([])).await?;
    told("Words for the first", &["viewer"]).await?;
    page.eval_async("await viewer.twice()", Value::Null).await?;
    told("Words for a third", &["viewer", "viewer.other"]).await?;
    page.eval("viewer.stop()", json!([])).await?;
    told("Words for the third alone", &["viewer.other"]).await?;
    page.eval("viewer.other.stop()", json!([])).await?;
    until("the frame to be left alone", async || {
        page.eval("viewer.page().tell('report')", json!([])).await?;
        let wrapped = page.eval("return viewer.page().report", json!([])).await?;
        ensure!(wrapped == false, "{wrapped}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok(())
}

/// What is between the guest and the page that it names may be a frame of that page's own.
#[tokio::test]
async fn a_guest_in_a_frame_of_the_page_takes_part() -> Result<()> {
    let (pages, page, other) = start().await?;
    open(&pages, &page, "guests", &format!("&frames={other}")).await?;
    let load = "viewer.page().nest(); await viewer.page().load(viewer.page().location.origin)";
    page.eval_async(load, Value::Null).await?;
    let inner = HELD.replace("viewer.document()", "(viewer.document().querySelector('iframe')?.contentDocument ?? document.createElement('p'))");
    let held = async |what: &str, fits: &dyn Fn(&str) -> bool| {
        until(what, async || {
            page.eval("viewer.flush()", json!([])).await?;
            let held = page.eval(&inner, json!([])).await?;
            ensure!(fits(held.as_str().unwrap_or_default()), "{held}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    };
    held("the guest", &|held| held.contains("The guest's words")).await;
    page.eval("viewer.page().tell('Other words')", json!([])).await?;
    held("what changed in the guest", &|held| held.contains("Other words")).await;
    let mask = "viewer.page().document.getElementById('around').dataset.saathMask = ''";
    page.eval(mask, json!([])).await?;
    held("the mask", &|held| !held.contains("Other") && held.contains('█')).await;
    Ok(())
}

/// A guest that says what no client says is a box, and the page goes on.
#[tokio::test]
async fn a_hostile_frame_harms_itself_only() -> Result<()> {
    let (pages, page, other) = start().await?;
    for speech in ["garbage", "flood", "huge", "text", "answer"] {
        guest(&pages, &page, &other, &format!("{}&hostile={speech}", pages.origin)).await?;
        until("the frame to be refused", async || {
            page.eval("viewer.flush()", json!([])).await?;
            let told = page.eval("return viewer.page().report ?? null", json!([])).await?;
            ensure!(told == format!("{speech} is refused"), "{told}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        let add = "viewer.page().document.querySelector('p').textContent = 'The page goes on'";
        page.eval(add, json!([])).await?;
        until("the page", async || {
            page.eval("viewer.flush()", json!([])).await?;
            let text = "return viewer.document().querySelector('p').textContent";
            let text = page.eval(text, json!([])).await?;
            ensure!(text == "The page goes on", "{text}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        let held = page.eval(HELD, json!([])).await?;
        ensure!(!held.as_str().unwrap_or_default().contains("words"), "{speech}: {held}");
        let closed = "return viewer.begun().failure ?? null";
        assert_eq!(page.eval(closed, json!([])).await?, Value::Null);
    }
    Ok(())
}

/// Whoever stops on the page stops in the frame: nothing is observed or wrapped there any more.
#[tokio::test]
async fn a_stop_reaches_the_frame() -> Result<()> {
    let (pages, page, other) = start().await?;
    guest(&pages, &page, &other, &pages.origin).await?;
    until_held(&page, "the guest", |held| held.contains("The guest's words")).await;
    let wrapped = async |what: &str, expected: bool| {
        until(what, async || {
            page.eval("viewer.page().tell('report')", json!([])).await?;
            let wrapped = page.eval("return viewer.page().report", json!([])).await?;
            ensure!(wrapped == expected, "{wrapped}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    };
    wrapped("the frame to be read", true).await;
    page.eval("viewer.stop()", json!([])).await?;
    wrapped("the frame to be left alone", false).await;
    let frames = page.eval("return viewer.frames.length", json!([])).await?;
    page.eval("viewer.page().tell('Late words')", json!([])).await?;
    wrapped("the frame to have heard", false).await;
    assert_eq!(page.eval("return viewer.frames.length", json!([])).await?, frames);
    Ok(())
}

#[tokio::test]
async fn nobody_takes_part_who_is_not_on_both_lists() -> Result<()> {
    let (pages, page, other) = start().await?;
    for (frames, parents, comes) in [
        // How long one that may takes to come.
        (other.as_str(), pages.origin.as_str(), true),
        ("", &pages.origin, false),
        ("https://pay.example", &pages.origin, false),
        (&other, "https://nobody.example", false),
    ] {
        guest(&pages, &page, frames, parents).await?;
        // Its client is there, and is called by a page that is on no list; then the page and the frame
        // talk, by the way that a guest would come.
        let talk = "
            const page = viewer.page();
            if (!page.report) await page.reported();
            page.call();
            for (let i = 0; i < 20; i++) {
              page.tell('report');
              await page.reported();
              viewer.flush();
            }";
        page.eval_async(talk, Value::Null).await?;
        let held = page.eval(HELD, json!([])).await?;
        let held = held.as_str().unwrap_or_default();
        ensure!(held.contains("words") == comes, "{frames} {parents}: {held}");
    }
    Ok(())
}

/// As often as it begins anew, by marks here, a guest has what it may have of pictures.
#[tokio::test]
async fn a_guest_keeps_its_pictures_however_often_it_begins() -> Result<()> {
    let (pages, page, other) = start().await?;
    guest(&pages, &page, &other, &format!("{}&canvas=40", pages.origin)).await?;
    let painted = "
        viewer.flush();
        const canvas = viewer.document().querySelector('iframe')?.contentDocument?.querySelector('saath-canvas');
        return canvas?.style.content.includes('blob:') ?? false";
    let until_painted = async |round: u32| {
        until(&format!("the canvas of beginning {round}"), async || {
            ensure!(page.eval(painted, json!([])).await? == true, "it is not painted");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    };
    until_painted(0).await;
    // As many as may be painted at a time, and one more.
    for round in 1..=16 {
        let around = "viewer.page().document.getElementById('around')";
        page.eval(&format!("{around}.dataset.saathMask = ''"), json!([])).await?;
        until_held(&page, "the mask", |held| held.contains('█')).await;
        page.eval(&format!("delete {around}.dataset.saathMask"), json!([])).await?;
        until_held(&page, "the guest", |held| held.contains("words")).await;
        until_painted(round).await;
    }
    Ok(())
}
