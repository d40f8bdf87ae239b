//! Step 8: STOP, and a page that is as it was.

use anyhow::{Result, ensure};
use saath_tests::{Demo, Session, until, until_eq};
use serde_json::{Value, json};

use super::open;

/// Step 8.
pub(super) async fn the_taxpayer_stops(
    session: &Session,
    demo: &Demo,
    untouched: &Value,
) -> Result<()> {
    // The first page of the session kept a draft of its own; that is the portal's.
    session.customer.eval("sessionStorage.removeItem('karpath.draft')", json!([])).await?;
    open(session, "help").await?;
    session.stop().await?;
    assert_eq!(session.until_ended().await, "The taxpayer pressed STOP.");
    session.until_widget_says("You stopped it.").await;
    session.screenshots("30-stopped").await?;
    session.customer.press_in_widget("cancel").await?;
    the_page_is_as_it_was(session, untouched).await?;
    // Nobody is connected to anybody any more.
    until_eq("no pair at the relay", 0.0, async || Ok::<_, anyhow::Error>(demo.rooms().await?[1]))
        .await;
    Ok(())
}

pub(super) async fn the_page_is_as_it_was(session: &Session, untouched: &Value) -> Result<()> {
    until("the widget to be gone", async || {
        let page = session.customer.eval(PAGE, json!([])).await?;
        ensure!(page["storage"] == 0, "sessionStorage holds {}", page["storage"]);
        ensure!(page["patched"] == untouched["patched"], "a prototype is still patched");
        ensure!(page["html"] == untouched["html"], "the page is {}", page["html"]);
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok(())
}

/// The page as it is without us.
pub(super) async fn page_of(session: &Session, demo: &Demo, path: &str) -> Result<Value> {
    session.customer.goto(&format!("{}{path}", demo.portal)).await?;
    // When the button is there all of the page's own scripts have run.
    until("the page", async || {
        let button =
            session.customer.in_shadow("saath-help", "return root.textContent", Value::Null);
        ensure!(button.await?.is_some(), "no button");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.customer.eval(PAGE, json!([])).await
}

const PAGE: &str = "return {
  html: document.documentElement.outerHTML,
  storage: sessionStorage.length,
  patched: Element.prototype.attachShadow.toString(),
}";
