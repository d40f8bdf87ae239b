//! The customer's side on a phone, in English and Hindi: every view there is, to be looked at.

use anyhow::{Result, ensure};
use saath_tests::{Demo, Engine, PHONE, Session, until};
use serde_json::json;

#[tokio::test]
async fn a_taxpayer_with_a_phone() -> Result<()> {
    if Engine::from_env()? == Engine::Firefox {
        // Its window cannot be that narrow.
        return Ok(());
    }
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.customer.resize(PHONE).await?;
    for language in ["en", "hi"] {
        on_a_phone(&demo, &session, language).await?;
    }
    Ok(())
}

async fn on_a_phone(demo: &Demo, session: &Session, language: &str) -> Result<()> {
    let customer = &session.customer;
    let screen = async |name: &str| {
        fits(session, name).await?;
        customer.screenshot(&format!("phone-{language}-{name}")).await
    };
    customer.goto(&format!("{}/itr.html", demo.portal)).await?;
    let remember = "localStorage.setItem('karpath.language', arguments[0])";
    customer.eval(remember, json!([language])).await?;
    let pin = session.ask_for_help(demo, "/itr.html").await?;
    screen("1-pin").await?;

    session.open_console(demo, &demo.token("meera").await?).await?;
    session.type_pin(&pin.digits()).await?;
    let prompt = session.prompt().await;
    assert_eq!(prompt.name, "Meera Joshi");
    screen("2-consent").await?;
    session.allow().await;
    session.until_live().await;
    session.until_widget_says("Meera Joshi").await;
    screen("3-active").await?;
    session.agent.screenshot(&format!("phone-{language}-3-active")).await?;

    session.customer.press_in_widget("preview").await?;
    until("the list of what is in sight", async || {
        let body = "return root.querySelectorAll('.preview li').length";
        let count = session.in_widget(body).await?;
        ensure!(count.as_u64() > Some(2), "{count} lines");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    screen("3b-preview").await?;
    session.customer.press_in_widget("close").await?;

    session.agent.click("[data-tool=act]").await?;
    session.asked_to_act().await;
    screen("4-asked").await?;
    session.allow_to_act().await;
    screen("5-act").await?;
    session.stop().await?;
    until("the farewell", async || {
        let body = "return root.querySelector('[data-view=note]') !== null";
        ensure!(session.in_widget(body).await? == true, "not yet");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    screen("6-ended").await?;
    session.until_ended().await;
    let own = "return root.querySelector('[lang]')?.lang ?? root.host.lang";
    assert_eq!(session.in_widget(own).await?, language);
    Ok(())
}

/// Nothing of the widget is off the screen, and what can be pressed is large enough for a thumb.
async fn fits(session: &Session, view: &str) -> Result<()> {
    let body = "
        const bad = [];
        for (const e of root.querySelectorAll('[data-view] *, [data-view]')) {
          const box = e.getBoundingClientRect();
          if (!box.width || !box.height || e.closest('[data-view=frame], .unseen')) continue;
          if (box.left < -1 || box.right > innerWidth + 1)
            bad.push(`${e.localName}.${e.className} from ${box.left} to ${box.right}`);
          if (e.localName === 'button' && box.height < 40)
            bad.push(`${e.textContent} is ${box.height} high`);
        }
        return bad";
    let bad = session.in_widget(body).await?;
    ensure!(bad == json!([]), "{view}: {bad}");
    Ok(())
}
