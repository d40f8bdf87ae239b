//! Pictures of what is masked by now: nothing of them leaves, and they come again without the mask.

use crate::viewer::start;
use anyhow::{Context, Result, ensure};
use saath_tests::{Page, until};
use serde_json::{Value, json};

/// The large canvas of the page as a picture is not smaller than this, in bytes, nor are many of the
/// small one together larger.
const LARGE: u64 = 200 << 10;

async fn emitted(page: &Page) -> Result<u64> {
    let bytes = page.eval("viewer.flush(); return viewer.bytes()", json!([])).await?;
    bytes.as_u64().context("a number")
}

async fn until_emitted(page: &Page, what: &str, from: u64) {
    until(what, async || {
        let more = emitted(page).await? - from;
        ensure!(more > LARGE, "{more} bytes");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// Paints both canvases anew, until the small one is in the replica as it is then.
async fn repaint(page: &Page) -> Result<()> {
    let content =
        "return viewer.document().getElementById('small')?.style.content.match(/blob:[^\"]*/)?.[0]";
    let before = page.eval(content, json!([])).await?;
    page.eval("viewer.page().paint()", json!([])).await?;
    until("the small canvas", async || {
        page.eval("viewer.flush()", json!([])).await?;
        let now = page.eval(content, json!([])).await?;
        ensure!(now.is_string() && now != before, "{now}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_canvas_that_is_masked_is_not_painted_any_more() -> Result<()> {
    let (_pages, page) = start("withdrawn", "canvases", "").await?;
    until_emitted(&page, "the large canvas", 0).await;
    for name in ["mask", "block"] {
        let before = emitted(&page).await?;
        repaint(&page).await?;
        until_emitted(&page, "the large canvas anew", before).await;

        // What is painted in the same turn is not to be seen any more.
        let mark = format!("viewer.page().mark('{name}'); viewer.page().paint(); viewer.flush()");
        page.eval(&mark, json!([])).await?;
        let before = emitted(&page).await?;
        // Each takes as long as the large one did with it.
        for _ in 0..6 {
            repaint(&page).await?;
        }
        let more = emitted(&page).await? - before;
        ensure!(more < LARGE / 4, "{more} bytes under the mark to {name}");

        page.eval("viewer.page().mark()", json!([])).await?;
        until_emitted(&page, "the large canvas without the mark", before).await;
        let before = emitted(&page).await?;
        repaint(&page).await?;
        until_emitted(&page, "the large canvas anew without the mark", before).await;
    }
    Ok(())
}

/// A mark that nobody has read yet counts: no piece comes after the one on which it is set.
#[tokio::test]
async fn of_a_canvas_that_is_masked_on_its_way_the_rest_is_not_sent() -> Result<()> {
    let (_pages, page) = start("withdrawn", "canvases", "").await?;
    until_emitted(&page, "the large canvas", 0).await;
    let trap = "
        window.pieces = 0;
        viewer.onTheWay = (frame) => {
          if (frame.length > 40000 && window.pieces++ === 0) viewer.page().mark('mask');
          return frame;
        };
        viewer.page().paint()";
    page.eval(trap, json!([])).await?;
    until("the first piece", async || {
        let pieces = page.eval("return window.pieces", json!([])).await?;
        ensure!(pieces != 0, "there is none");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    for _ in 0..3 {
        repaint(&page).await?;
    }
    assert_eq!(page.eval("return window.pieces", json!([])).await?, 1);
    let before = emitted(&page).await?;
    page.eval("viewer.page().mark()", json!([])).await?;
    until_emitted(&page, "the large canvas without the mark", before).await;
    Ok(())
}

#[tokio::test]
async fn a_picture_that_is_masked_before_it_is_read_is_not_read() -> Result<()> {
    let (_pages, page) = start("withdrawn", "blank", "").await?;
    let add = "
        window.shown = [];
        const made = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          blob.text().then((text) => window.shown.push(text));
          return made.call(URL, blob);
        };
        const { document: doc } = viewer.page();
        window.add = async (word) => {
          const section = doc.createElement('section'), image = new (viewer.page().Image)();
          image.src = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>${word}</text></svg>`)}`;
          await image.decode();
          section.append(image);
          doc.body.append(section);
          return section;
        };
        window.has = (word) => window.shown.some((text) => text.includes(word));
        window.secret = await add('SECRET');
        viewer.flush();
        secret.dataset.saathMask = '';
        viewer.flush();";
    page.eval_async(add, Value::Null).await?;
    let has = async |what: &str, word: &str| {
        until(what, async || {
            let body = format!("viewer.flush(); return has('{word}')");
            ensure!(page.eval(&body, json!([])).await? == true, "it is not there");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    };
    // What comes later and is read after it, one after the other.
    for word in ["FIRST", "SECOND", "THIRD"] {
        page.eval_async(&format!("await add('{word}'); viewer.flush()"), Value::Null).await?;
        has("a picture after it", word).await;
    }
    assert_eq!(page.eval("return has('SECRET')", json!([])).await?, false);
    page.eval("delete secret.dataset.saathMask", json!([])).await?;
    has("the picture without the mark", "SECRET").await;
    Ok(())
}
