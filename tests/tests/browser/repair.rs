//! What is lost or changed on its way is noticed, and only that is sent again.

use anyhow::{Result, ensure};
use saath_tests::{Demo, Engine, Page, Pages, Session, until};
use serde_json::{Value, json};

use crate::viewer::{self, open};

/// Frames of each page are lost, one after the other, and repaired: by far less than the page, and
/// with the nodes that were right still being the nodes they were.
#[tokio::test]
async fn a_lost_frame_is_repaired() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "repair").await?;
    for name in [
        "tree/text",
        "tree/surgery",
        "forms/inputs",
        "forms/choices",
        "tree/moves",
        "shadow/open",
        "frames/nested",
        "layers/popover",
        "styles/many",
        "styles/cssom",
        "document/svg",
        "frames/life",
    ] {
        open(&pages, &page, &format!("fidelity/{name}"), "&styles=no").await?;
        let body = "
            const frame = () => new Promise(requestAnimationFrame);
            const settled = async () => {
              let differences;
              for (let i = 0; i < 90; i++) {
                if (!(differences = viewer.differences()).length) break;
                await frame();
              }
              return differences;
            };
            await settled();
            const out = { odd: [], asked: 0, repaired: 0 };
            const body = () => viewer.document().body;
            for (let step = 0; step < viewer.steps(); step++) {
              const first = body();
              viewer.onTheWay = () => {};
              await viewer.step(step);
              viewer.differences();
              viewer.onTheWay = frame => frame;
              // What is noticed is the frame after the one that was lost.
              viewer.page().document.body.toggleAttribute('data-later');
              viewer.differences();
              const before = viewer.bytes();
              if (viewer.repair() > 0) out.asked++;
              out.repaired += viewer.bytes() - before;
              const differences = await settled();
              if (differences.length) out.odd.push(`step ${step}: ${differences.slice(0, 3).join('; ')}`);
              if (body() !== first) out.odd.push(`step ${step}: the page was built anew`);
            }
            out.odd.push(...viewer.complaints);
            return out";
        let seen = page.eval_async(body, Value::Null).await?;
        ensure!(seen["odd"] == json!([]) && seen["asked"] != 0, "{name}: {seen}");
    }
    Ok(())
}

/// A text that was changed on its way, in a page of two thousand rows.
#[tokio::test]
async fn a_repair_is_much_smaller_than_the_page() -> Result<()> {
    let (_pages, page) = viewer::start("repair", "table", "&styles=no").await?;
    let body = "
        const fresh = viewer.bytes();
        const text = new TextEncoder(), cell = viewer.page().document.querySelectorAll('td')[3000];
        viewer.onTheWay = frame => {
          // Small frames are not deflated.
          const altered = frame.slice(), at = String.fromCharCode(...frame).indexOf('altered');
          altered.set(text.encode('ALTERED'), at);
          return at < 0 ? frame : altered;
        };
        cell.textContent = 'altered';
        viewer.differences();
        viewer.onTheWay = frame => frame;
        const wrong = viewer.document().body.textContent.includes('ALTERED');
        const before = viewer.bytes(), digest = viewer.repair();
        return { wrong, digest, fresh, repaired: viewer.bytes() - before, differences: viewer.differences() }";
    let seen = page.eval_async(body, Value::Null).await?;
    ensure!(seen["wrong"] == true && seen["differences"] == json!([]), "{seen}");
    let number = |name: &str| seen[name].as_u64().unwrap_or(u64::MAX);
    ensure!(number("repaired") * 50 < number("fresh"), "{seen}");
    Ok(())
}

/// In a session: what the browser refuses to build is counted and shown, and the page comes anew.
#[tokio::test]
async fn the_console_counts_what_was_repaired() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/help.html").await?;
    // Nobody but a test reaches into the replica.
    session.replica("doc.body.lastElementChild.remove()").await?;
    let add = "
        const line = document.createElement('p');
        line.id = 'late-line';
        line.textContent = 'A late line';
        document.body.lastElementChild.before(line)";
    session.customer.eval(add, json!([])).await?;
    until("the line, after a repair", async || {
        let seen = "return [doc.querySelector('#late-line') !== null, document.querySelector('#repaired').textContent]";
        let seen = session.replica(seen).await?;
        ensure!(seen == json!([true, "repaired 1×"]), "{seen}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok(())
}
