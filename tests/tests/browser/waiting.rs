//! What stops the customer's page or makes less of it seen, and what the console says of it.

use anyhow::{Result, ensure};
use saath_tests::{Demo, Engine, PHONE, Session, until, until_eq};
use serde_json::json;

/// `confirm()` stops all scripts of the page, ours among them: it is told before.
#[tokio::test]
async fn the_console_says_what_the_page_waits_for() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/help.html").await?;
    session.until_live().await;
    let said = async || session.agent.text("#waiting").await;

    // What was changed just before is told, too.
    let ask = "setTimeout(() => {
        document.querySelector('h1').textContent = 'Just before';
        document.documentElement.dataset.answer = confirm('canary-question');
    }, 300)";
    session.customer.eval(ask, json!([])).await?;
    let waiting = "The page is waiting for the taxpayer: a question is to be answered.";
    until_eq("the banner", waiting.to_owned(), said).await;
    let heading = "return doc.querySelector('h1').textContent";
    assert_eq!(session.replica(heading).await?, "Just before");
    let held = "return document.documentElement.outerHTML.includes('canary')
        || doc.documentElement.outerHTML.includes('canary')";
    assert_eq!(session.replica(held).await?, false);
    // It was told before it was there.
    until("the question", async || session.customer.dismiss().await).await;
    until_eq("the banner to go", String::new(), said).await;

    // What the agent pressed cannot say so before: its answer is missing.
    let button = "
        const button = Object.assign(document.createElement('button'), { type: 'button', id: 'asks' });
        button.textContent = 'Ask';
        button.onclick = () => { button.textContent = `Answered ${confirm('canary-question')}`; };
        document.querySelector('h1').after(button)";
    session.customer.eval(button, json!([])).await?;
    session.ask_to_act().await?;
    session.agent_clicks("#asks").await?;
    let unanswered = "The page does not answer. The taxpayer may have been asked something.";
    until_eq("the banner", unanswered.to_owned(), said).await;
    until("the question", async || session.customer.dismiss().await).await;
    until_eq("the banner to go", String::new(), said).await;
    let answered = "return doc.querySelector('#asks').textContent";
    assert_eq!(session.until_same("the answer", answered).await, "Answered false");

    session.stop().await?;
    session.until_ended().await;
    Ok(())
}

/// What two fingers leave of the page on the screen is framed in the console.
#[tokio::test]
async fn the_console_frames_what_is_seen() -> Result<()> {
    if Engine::from_env()? == Engine::Firefox {
        // Nothing can pinch there.
        return Ok(());
    }
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.customer.resize(PHONE).await?;
    session.start(&demo, "/help.html").await?;
    session.until_live().await;
    let seen = "
        const seen = frame.nextElementSibling;
        if (getComputedStyle(seen).display === 'none') return null;
        const own = seen.getBoundingClientRect(), outer = frame.getBoundingClientRect();
        return [own.width / outer.width, own.height / outer.height].map((part) => Math.round(part * 100))";
    until("no frame", async || {
        let seen = session.replica(seen).await?;
        ensure!(seen.is_null(), "{seen}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.customer.pinch(2.0).await?;
    until_eq("the frame", json!([50, 50]), async || session.replica(seen).await).await;
    session.customer.pinch(1.0).await?;
    until_eq("no frame", json!(null), async || session.replica(seen).await).await;
    Ok(())
}
