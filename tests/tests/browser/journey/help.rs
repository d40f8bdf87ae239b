//! Steps 6 and 7: the agent points, and acts once the taxpayer lets them.

use anyhow::{Context, Result, ensure};
use saath_tests::{Session, until, until_eq};
use serde_json::{Value, json};

use super::{AMOUNTS, refused};

/// Step 6.
pub(super) async fn the_agent_highlights(session: &Session) -> Result<()> {
    let agent = &session.agent;
    agent.click("[data-tool=highlight]").await?;
    agent.type_into("#label", "Enter your gross salary").await?;
    session.agent_clicks("#gross-salary").await?;
    frame_is_around(session, "#gross-salary").await?;
    let label = "return root.querySelector('.mark-label').textContent";
    assert_eq!(session.in_widget(label).await?, "Enter your gross salary");
    session.until_spoken("Officer highlights: Enter your gross salary").await;
    session.screenshots("09-highlight").await?;

    session.customer.wheel_at(600.0, 400.0, 90).await?;
    frame_is_around(session, "#gross-salary").await?;
    session.customer.screenshot("10-highlight-scrolled").await?;

    agent.click("[data-tool=pointer]").await?;
    let (x, y) = session.spot("#gross-salary").await;
    agent.hover_at(x, y).await?;
    until("the agent's pointer on the field", async || {
        let body = "
            const mark = root.querySelector('.mark-pointer');
            if (!mark || mark.hidden) return null;
            const box = mark.getBoundingClientRect();
            return [box.x, box.y]";
        let at = session.in_widget(body).await?;
        let field = rect(&session.customer.eval(RECT, json!(["#gross-salary"])).await?)?;
        let (x, y) = at[0].as_f64().zip(at[1].as_f64()).context("no pointer")?;
        let inside =
            x > field[0] && x < field[0] + field[2] && y > field[1] && y < field[1] + field[3];
        ensure!(inside, "{at} is not in {field:?}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.customer.screenshot("11-pointer").await?;

    agent.click("#clear").await?;
    until_eq("the marks to be gone", json!(0), async || {
        session.in_widget("return root.querySelectorAll('.mark-frame').length").await
    })
    .await;
    Ok(())
}

/// Step 7.
pub(super) async fn the_agent_acts(session: &Session) -> Result<()> {
    let (customer, agent) = (&session.customer, &session.agent);
    agent.click("[data-tool=act]").await?;
    session.asked_to_act().await;
    session.screenshots("12-asked-to-act").await?;
    session.allow_to_act().await;
    session.screenshots("13-may-act").await?;

    // It scrolls.
    session.show("#gross-salary").await?;
    let (x, y) = session.spot("#gross-salary").await;
    let before = customer.eval("return scrollY", json!([])).await?.as_f64();
    agent.wheel_at(x, y, 200).await?;
    until("the customer's page to scroll", async || {
        let now = customer.eval("return scrollY", json!([])).await?.as_f64();
        ensure!(now > before, "{now:?}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    // It types into a field that the page rewrites at every key.
    session.agent_clicks("#gross-salary").await?;
    until_eq("the focus in the field", json!("gross-salary"), async || {
        customer.eval("return document.activeElement.id", json!([])).await
    })
    .await;
    agent.chord('\u{e009}', 'a').await?;
    agent.keys("998877").await?;
    until_eq("what the agent types", "9,98,877".to_owned(), async || {
        customer.value("#gross-salary").await
    })
    .await;
    session.until_same("the amounts", AMOUNTS).await;
    session.screenshots("14-typed-by-agent").await?;

    // It picks from a list.
    session.agent_clicks("#house-use").await?;
    session.agent.screenshot("15-list").await?;
    agent.keys("\u{e015}\u{e007}").await?;
    until_eq("the choice", "let".to_owned(), async || customer.value("#house-use").await).await;
    session
        .until_same(
            "what it shows",
            "return [doc.querySelector('#house-use').value,
        doc.querySelector('#let-out').hidden]",
        )
        .await;

    // It ticks.
    let ticked = "return doc.querySelector('#parents-senior').checked";
    let before = session.until_same("the tick", ticked).await;
    session.agent_clicks("#parents-senior").await?;
    until_eq("the tick to change", json!(before != true), async || {
        let body = ticked.replace("doc.", "document.");
        customer.eval(&body, json!([])).await
    })
    .await;
    session.until_same("the tick", ticked).await;

    // It presses a button.
    session.agent_clicks("#save-draft").await?;
    until("the button to do its work", async || {
        let toast = customer.text(".toast").await?;
        ensure!(toast.starts_with("Draft saved"), "{toast}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    // A masked field refuses, and what is typed goes nowhere.
    let employer = customer.value("#employer").await?;
    session.agent_clicks("#employer").await?;
    refused(session, "This field is masked.").await;
    agent.keys("x").await?;
    // So does what the portal keeps from agents.
    session.agent_clicks("#discard-draft").await?;
    refused(session, "The portal does not allow this to be done for the taxpayer.").await;
    assert_eq!(customer.value("#employer").await?, employer);
    assert_eq!(customer.value("#gross-salary").await?, "9,98,877");
    session.screenshots("16-refused").await?;
    Ok(())
}

/// The mark on the customer's screen is where the element is: six pixels around it.
async fn frame_is_around(session: &Session, css: &str) -> Result<()> {
    let frame = "
        const frame = root.querySelector('.mark-frame');
        if (!frame || frame.hidden) return null;
        const { x, y, width, height } = frame.getBoundingClientRect();
        return [x, y, width, height]";
    until("the mark around the element", async || {
        let element = rect(&session.customer.eval(RECT, json!([css])).await?)?;
        let mark = rect(&session.in_widget(frame).await?)?;
        let expected = [element[0] - 6.0, element[1] - 6.0, element[2] + 12.0, element[3] + 12.0];
        let close = mark.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1.5);
        ensure!(close, "the mark is at {mark:?}, not at {expected:?}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok(())
}

const RECT: &str = "
const { x, y, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();
return [x, y, width, height]";

fn rect(value: &Value) -> Result<[f64; 4]> {
    let sides = value.as_array().with_context(|| format!("no box: {value}"))?;
    let sides: Vec<f64> = sides.iter().filter_map(Value::as_f64).collect();
    sides.try_into().map_err(|sides| anyhow::anyhow!("{sides:?}"))
}
