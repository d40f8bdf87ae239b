//! Steps 4 and 5: the replica is the page, at rest and in motion and over page loads, and secrets
//! are not in it.

use anyhow::{Result, ensure};
use saath_tests::{Session, until, until_eq};
use serde_json::{Value, json};

use super::{AMOUNTS, TEXTS, open, refused};
use crate::masking::assert_nothing_leaks;

/// Step 4, at rest.
pub(super) async fn the_agent_sees_the_page(session: &Session) -> Result<()> {
    session.until_live().await;
    session.until_widget_says("Meera Joshi").await;
    session.until_same("the texts", TEXTS).await;
    session.until_same("the amounts", AMOUNTS).await;

    let viewport = session.customer.eval("return [innerWidth, innerHeight]", json!([])).await?;
    let shown = "return [frame.offsetWidth, frame.offsetHeight]";
    assert_eq!(session.replica(shown).await?, viewport);
    // Whole, and within the stage.
    let fits = "
        const inner = frame.getBoundingClientRect();
        const outer = document.querySelector('#stage').getBoundingClientRect();
        return inner.width <= outer.width + 1 && inner.height <= outer.height + 1 &&
          Math.abs(inner.width / inner.height - frame.offsetWidth / frame.offsetHeight) < 0.01";
    assert_eq!(session.replica(fits).await?, true);
    // Nothing can run in it.
    assert_eq!(session.replica("return frame.sandbox.value").await?, "allow-same-origin");
    let active = "return doc.querySelectorAll('script, iframe, object, embed').length";
    assert_eq!(session.replica(active).await?, 0);

    // Step 5: blocks where something is masked.
    let blocks = "return doc.querySelector('.who-name').textContent.includes('█')
        && doc.querySelector('#employer').value.includes('█')";
    assert_eq!(session.replica(blocks).await?, true);
    session.screenshots("05-active").await?;
    Ok(())
}

/// Step 4, in motion.
pub(super) async fn the_agent_follows(session: &Session) -> Result<()> {
    let customer = &session.customer;
    customer.type_into("#gross-salary", "7").await?;
    let typed = session.until_same("what is typed", AMOUNTS).await;
    ensure!(typed[0] == "1,48,50,007", "{typed}");
    session.screenshots("06-typing").await?;

    let before = customer.eval("return scrollY", json!([])).await?.as_f64();
    customer.wheel_at(600.0, 400.0, 700).await?;
    until("the page to have scrolled", async || {
        let now = customer.eval("return scrollY", json!([])).await?.as_f64();
        ensure!(now > before.map(|y| y + 100.0), "from {before:?} to {now:?}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.until_same("the scroll offset", "return Math.round(doc.defaultView.scrollY)").await;
    session.screenshots("07-scrolled").await?;

    customer.click("input[name=regime][value=new]").await?;
    let effect = session
        .until_same(
            "what a click does",
            "return [doc.querySelector('[value=new]').checked, doc.querySelector('[value=old]').checked,
                doc.querySelector('#regime-note').hidden, doc.querySelector('#d80c').disabled,
                doc.querySelector('#sum-total').textContent]",
        )
        .await;
    assert_eq!(
        effect.as_array().map(|e| &e[..4]),
        Some(&[true, false, false, true].map(Value::from)[..])
    );
    customer.click("input[name=regime][value=old]").await?;

    customer.click("#checked-26as").await?;
    customer.click("#foreign").await?;
    customer.click("#return [type=submit]").await?;
    let dialog = "return [doc.querySelector('#declaration').matches(':modal'),
        doc.querySelector('#dialog-total').textContent]";
    let dialog = session.until_same("the dialog", dialog).await;
    assert_eq!(dialog[0], true);
    session.screenshots("08-dialog").await?;
    customer.click("#go-back").await?;
    let open = session.until_same("the dialog", "return doc.querySelector('#declaration').open");
    assert_eq!(open.await, false);
    Ok(())
}

/// Step 4: a full page load, and an address that changes without one.
pub(super) async fn the_session_goes_over_page_loads(session: &Session) -> Result<()> {
    let customer = &session.customer;
    let heading = "return doc.querySelector('h1').textContent";
    customer.click("nav a[href='/returns.html']").await?;
    until_eq("the next page", json!("Past returns"), async || session.replica(heading).await).await;
    session.until_widget_says("Meera Joshi").await;
    session.until_same("the texts", TEXTS).await;
    session.screenshots("17-next-page").await?;

    let order = "return [...doc.querySelectorAll('#returns .main-row')]
        .map(row => row.textContent)";
    let before = session.until_same("the table", order).await;
    customer.click(".sort[value=balance]").await?;
    let after = session.until_same("the sorted table", order).await;
    assert_ne!(before, after);
    session.screenshots("18-sorted").await?;

    customer.click("nav a[href='/notices.html']").await?;
    until_eq("the notices", json!("Notices"), async || session.replica(heading).await).await;
    customer.click(".notice").await?;
    let notice =
        "return [doc.querySelector('h1').textContent, doc.querySelectorAll('textarea').length]";
    until_eq("a letter", json!(["Interest income does not match", 1]), async || {
        session.replica(notice).await
    })
    .await;
    assert!(customer.url().await?.contains("notice=interest-mismatch"));
    until_eq(
        "the title",
        "Interest income does not match · Karpath e-Filing".to_owned(),
        async || session.agent.text("#page-title").await,
    )
    .await;
    session.screenshots("19-client-routed").await?;
    customer.eval("history.back()", json!([])).await?;
    until_eq("the list", json!("Notices"), async || session.replica(heading).await).await;
    Ok(())
}

/// Steps 5 and 7: what must not leave does not, wherever the customer goes and whatever is typed.
pub(super) async fn secrets_stay(session: &Session) -> Result<()> {
    let (customer, agent) = (&session.customer, &session.agent);
    for page in ["index", "profile", "itr", "returns", "notices", "help"] {
        open(session, page).await?;
        assert_nothing_leaks(session, page).await?;
    }
    open(session, "security").await?;
    customer.type_into("#current-password", "Sup3r-Geheim#42").await?;
    customer.type_into("#new-password", "N0ch-Geheimer#43").await?;
    // Shown to the customer: it was a password once, so it stays one.
    customer.click("[aria-controls=new-password]").await?;
    until_eq("the password in plain", json!("text"), async || {
        customer.eval("return document.querySelector('#new-password').type", json!([])).await
    })
    .await;
    customer.type_into("#new-password", "xYz").await?;
    customer.click("#send-otp").await?;
    customer.type_into("#otp", "493817").await?;
    let rules = "return [...doc.querySelectorAll('[data-rule]')].map(e => e.className)";
    session.until_same("what the page says of the password", rules).await;
    assert_nothing_leaks(session, "security").await?;
    session.screenshots("20-secrets").await?;

    // A password field refuses even an agent who may act.
    session.ask_to_act().await?;
    session.agent_clicks("#current-password").await?;
    refused(session, "This field is masked.").await;
    agent.keys("x").await?;
    session.agent_clicks("#otp").await?;
    refused(session, "This field is masked.").await;
    assert_eq!(customer.value("#current-password").await?, "Sup3r-Geheim#42");
    assert_eq!(customer.value("#otp").await?, "493817");
    session.screenshots("21-password-refused").await?;
    Ok(())
}
