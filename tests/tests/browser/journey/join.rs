//! Steps 1 to 3: the PIN, read out and typed, and the question that only the taxpayer answers.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Session, Shown, until, until_eq};
use serde_json::json;

/// Step 1.
pub(super) async fn the_widget_shows_a_pin(session: &Session, demo: &Demo) -> Result<Shown> {
    session.customer.goto(&format!("{}/itr.html", demo.portal)).await?;
    session.customer.screenshot("01-portal").await?;
    session.press_help().await;
    let pin = session.pin().await;
    assert_eq!(pin.groups.len(), 3, "{pin:?}");
    assert!(pin.groups.iter().all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit())));

    // Digit by digit, or a screen reader makes hundreds of it.
    let digits = pin
        .groups
        .iter()
        .map(|group| group.chars().map(String::from).collect::<Vec<_>>().join(" "));
    assert_eq!(pin.spoken, format!("Help PIN: {}", digits.collect::<Vec<_>>().join(", ")));
    session.until_spoken(&pin.spoken).await;

    let (minutes, seconds) = pin.clock.split_once(':').context("a clock")?;
    let left = minutes.parse::<u32>()? * 60 + seconds.parse::<u32>()?;
    assert!((240..=300).contains(&left), "{}", pin.clock);
    until("the countdown to count", async || {
        let clock = session.pin().await.clock;
        ensure!(clock != pin.clock, "still {clock}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.customer.screenshot("02-pin").await?;
    Ok(pin)
}

/// Step 2.
pub(super) async fn the_agent_types_it(session: &Session, demo: &Demo, pin: &Shown) -> Result<()> {
    session.open_console(demo, &demo.token("meera").await?).await?;
    let [a, b, c] = pin.groups.as_slice() else { anyhow::bail!("{pin:?}") };

    let typo = (c.as_bytes()[2] - b'0' + 1) % 10;
    session.type_pin(&format!("{a} {b} {}{typo}", &c[..2])).await?;
    until("the typo to be told", async || {
        let error = session.pin_error().await?;
        ensure!(error.contains("not a help PIN"), "{error}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.agent.screenshot("03-typo").await?;
    // Nothing was sent: the customer's is the only socket there is, and nothing was claimed.
    assert_eq!(demo.count("sockets").await?, 1.0);
    assert_eq!(demo.count("claimed_total").await? + demo.count("refused_total").await?, 0.0);

    let devanagari: String =
        a.bytes().filter_map(|digit| char::from_u32(u32::from(digit - b'0') + 0x966)).collect();
    session.type_pin(&format!("{devanagari}-{b}  {c}")).await?;
    Ok(())
}

/// Step 3.
pub(super) async fn the_taxpayer_is_asked(session: &Session, demo: &Demo) -> Result<()> {
    let prompt = session.prompt().await;
    assert_eq!(
        (prompt.name.as_str(), prompt.staff.as_str(), prompt.unit.as_str()),
        ("Meera Joshi", "HD-2291", "Taxpayer Services, Jaipur")
    );
    until_eq("the same number at both ends", prompt.check.clone(), async || {
        session.agent.text("#check").await
    })
    .await;
    assert_eq!(prompt.check.len(), 2, "{prompt:?}");
    session.screenshots("04-consent").await?;

    // Nothing of the page has left: the handshake is a few hundred bytes, and nothing follows it.
    let frames = "return document.querySelectorAll('iframe').length";
    assert_eq!(session.agent.eval(frames, json!([])).await?, 0);
    let before = demo.count("bytes_total").await?;
    assert!(before < 4096.0, "{before} bytes before Allow");
    session.customer.type_into("#dividends", "").await.ok();
    session
        .customer
        .eval("document.title += ' '; document.body.append('noise')", json!([]))
        .await?;
    session.customer.eval("document.body.lastChild.remove()", json!([])).await?;
    assert_eq!(demo.count("bytes_total").await?, before);

    session.allow().await;
    Ok(())
}
