//! The main job, on the demo that users run: a taxpayer is helped on a real page.
//!
//! One session goes through all eight steps, as one call does; each claim of each step is checked
//! where it is made. The numbers are those of the steps.

mod end;
mod follow;
mod help;
mod join;

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Session, until};
use serde_json::json;

use end::{page_of, the_page_is_as_it_was, the_taxpayer_stops};
use follow::{
    secrets_stay, the_agent_follows, the_agent_sees_the_page, the_session_goes_over_page_loads,
};
use help::{the_agent_acts, the_agent_highlights};
use join::{the_agent_types_it, the_taxpayer_is_asked, the_widget_shows_a_pin};

#[tokio::test]
async fn a_taxpayer_is_helped() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let untouched = page_of(&session, &demo, "/help.html").await?;

    let pin = the_widget_shows_a_pin(&session, &demo).await?;
    the_agent_types_it(&session, &demo, &pin).await?;
    the_taxpayer_is_asked(&session, &demo).await?;
    the_agent_sees_the_page(&session).await?;
    the_agent_follows(&session).await?;
    the_agent_highlights(&session).await?;
    the_agent_acts(&session).await?;
    the_session_goes_over_page_loads(&session).await?;
    secrets_stay(&session).await?;
    the_taxpayer_stops(&session, &demo, &untouched).await?;

    assert_eq!(session.customer.log().await?, Vec::<String>::new());
    assert_eq!(session.agent.log().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn the_agent_stops() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let untouched = page_of(&session, &demo, "/help.html").await?;
    session.start(&demo, "/help.html").await?;
    session.until_same("the heading", "return doc.querySelector('h1').textContent").await;

    session.agent.click("#stop").await?;
    assert_eq!(session.until_ended().await, "You ended it.");
    session.until_widget_says("The officer ended it.").await;
    session.screenshots("31-stopped-by-agent").await?;
    session.customer.press_in_widget("cancel").await?;
    the_page_is_as_it_was(&session, &untouched).await?;
    Ok(())
}

/// The way an agent comes to the console: a call pops in, and *Co-browse* opens a tab.
#[tokio::test]
async fn the_crm_opens_the_console() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let crm = &session.agent;
    crm.goto(&format!("{}/", demo.crm)).await?;
    until("a call to come in", async || crm.click("#accept").await).await;
    until("the call", async || crm.click("#cobrowse").await).await;
    let console = until("the console's tab", async || {
        crm.tabs().await?.get(1).cloned().context("there is one tab")
    })
    .await;
    crm.switch_to(&console).await?;
    until("the console", async || {
        let (me, caller) = (crm.text("#me").await?, crm.text("#caller").await?);
        ensure!(me.contains("HD-") && !caller.is_empty(), "{me}, {caller}");
        // The token is in no address bar and no history.
        let url = crm.url().await?;
        ensure!(url.starts_with(&demo.console) && !url.contains('#'), "{url}");
        Ok(())
    })
    .await;
    let pin = session.ask_for_help(&demo, "/index.html").await?.digits();
    session.type_pin(&pin).await?;
    session.prompt().await;
    session.allow().await;
    session.until_live().await;
    Ok(())
}

/// Goes to another page of the portal by a link of its menu.
pub(crate) async fn open(session: &Session, page: &str) -> Result<()> {
    let before = session.customer.eval("return performance.timeOrigin", json!([])).await?;
    session.customer.click(&format!("nav a[href='/{page}.html']")).await?;
    until("the next page", async || {
        let now = session.customer.eval("return performance.timeOrigin", json!([])).await?;
        ensure!(now != before, "the same page");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    until("the session to go on", async || {
        let title = session.customer.eval("return document.title", json!([])).await?;
        let shown = session.agent.text("#page-title").await?;
        ensure!(title == shown.as_str(), "{shown} for {title}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.until_live().await;
    session.until_same("the texts", TEXTS).await;
    session.until_widget_says("STOP").await;
    Ok(())
}

async fn refused(session: &Session, why: &str) {
    until(&format!("the console to say `{why}`"), async || {
        let says = session.agent.text("#toasts").await?;
        ensure!(says.contains(why), "{says}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// What stands on a page in plain words.
pub(super) const TEXTS: &str = "
return [...doc.querySelectorAll('h1, h2, h3, legend, label, th, dt, option, button, nav a, .hint')]
  .filter(e => !e.closest('[data-saath-mask], saath-ui, saath-help') && !e.querySelector('[data-saath-mask]'))
  .map(e => e.textContent.trim())";

pub(super) const AMOUNTS: &str = "
return [...doc.querySelectorAll('input.amount, output')].map(e => e.value ?? e.textContent)";
