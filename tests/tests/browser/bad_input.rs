//! Bad input by name: whoever makes the mistake is told, and nobody else is harmed.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Engine, Page, Pages, Session, until, until_eq};
use serde_json::{Value, json};

use crate::viewer::open;

#[tokio::test]
async fn a_wrong_pin_is_void_and_another_one_is_offered() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let right = session.ask_for_help(&demo, "/help.html").await?.digits();
    session.open_console(&demo, &demo.token("meera").await?).await?;
    type_wrong_pin(&session, &right).await?;

    assert!(session.until_ended().await.starts_with("The numbers did not match"));
    session.agent.screenshot("40-wrong-pin").await?;
    session.until_widget_says("The numbers did not match").await;
    let other = until("another PIN", async || {
        let other = session.pin().await.digits();
        ensure!(other != right, "still {other}");
        Ok::<_, anyhow::Error>(other)
    })
    .await;
    session.customer.screenshot("40-wrong-pin").await?;

    // The first one is dead, whoever types it.
    session.open_console(&demo, &demo.token("arjun").await?).await?;
    session.type_pin(&right).await?;
    assert!(session.until_ended().await.starts_with("Nobody waits with this PIN"));
    // The second is not.
    session.agent.click("#again").await?;
    session.type_pin(&other).await?;
    assert_eq!(session.prompt().await.name, "Arjun Nair");
    Ok(())
}

#[tokio::test]
async fn a_pin_serves_one_agent() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let pin = session.ask_for_help(&demo, "/help.html").await?.digits();
    session.open_console(&demo, &demo.token("meera").await?).await?;
    session.type_pin(&pin).await?;
    session.prompt().await;

    let second = Session { customer: session.customer, agent: start("second").await? };
    second.open_console(&demo, &demo.token("farida").await?).await?;
    second.type_pin(&pin).await?;
    assert!(second.until_ended().await.starts_with("Nobody waits with this PIN"));

    // The first is not disturbed.
    let session = Session { customer: second.customer, agent: session.agent };
    assert_eq!(session.prompt().await.name, "Meera Joshi");
    session.allow().await;
    session.until_live().await;
    Ok(())
}

#[tokio::test]
async fn a_pin_expires() -> Result<()> {
    let demo = Demo::start_with(&[("SAATH_PIN_TTL", "3")])?;
    let session = Session::open().await?;
    session.open_console(&demo, &demo.token("meera").await?).await?;
    let pin = session.ask_for_help(&demo, "/help.html").await?;
    assert!(pin.clock.starts_with("0:0"), "{pin:?}");
    session.until_widget_says("This help PIN is no longer valid").await;
    session.customer.screenshot("41-expired").await?;
    session.type_pin(&pin.digits()).await?;
    assert!(session.until_ended().await.starts_with("Nobody waits with this PIN"));

    session.customer.press_in_widget("new").await?;
    let other = session.pin().await.digits();
    assert_ne!(other, pin.digits());
    session.customer.press_in_widget("cancel").await?;
    until_eq("the widget to be gone", None, async || session.customer.widget_text().await).await;
    Ok(())
}

/// A token that is no good is told to the agent who has it; the PIN waits for a good one.
#[tokio::test]
async fn bad_tokens_are_refused_and_the_pin_lives_on() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let pin = session.ask_for_help(&demo, "/help.html").await?.digits();
    let token = demo.token("meera").await?;
    let [relay, customer, key] = parts(&token)?;

    let closed = "Open the console from the CRM";
    session.agent.goto("about:blank").await?;
    session.agent.goto(&format!("{}/", demo.console)).await?;
    until_eq("no token", closed.to_owned(), async || session.agent.text("#closed-title").await)
        .await;
    for garbage in ["garbage", "a~b~c", &format!("{relay}~{customer}")] {
        session.open_console(&demo, garbage).await?;
        until_eq(garbage, closed.to_owned(), async || session.agent.text("#closed-title").await)
            .await;
    }

    // A key that is another token's.
    let other = demo.token("arjun").await?;
    session.open_console(&demo, &format!("{relay}~{customer}~{}", parts(&other)?[2])).await?;
    session.type_pin(&pin).await?;
    until("the key to be refused", async || {
        let error = session.pin_error().await?;
        ensure!(error.starts_with("Your sign-in is not valid"), "{error}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    let none = altered(&session, relay, "header.alg = 'none'", Signature::None).await?;
    let renamed = altered(&session, relay, "claims.name = 'Mallory'", Signature::Kept).await?;
    let later = altered(&session, relay, "claims.exp += 3600", Signature::Kept).await?;
    for (what, bad) in [
        // Signed by the right key, but for somebody else.
        ("for the portal", customer),
        ("alg none", &none),
        ("another name", &renamed),
        ("valid for longer", &later),
    ] {
        session.open_console(&demo, &format!("{bad}~{customer}~{key}")).await?;
        session.type_pin(&pin).await?;
        let ended = session.until_ended().await;
        ensure!(ended.starts_with("The relay did not accept your sign-in"), "{what}: {ended}");
    }
    session.agent.screenshot("42-bad-token").await?;

    // What has expired is told before anything is sent.
    session.open_console(&demo, &token).await?;
    until("the console", async || session.agent.click("#pin").await).await;
    session.agent.eval(LATER, json!([11 * 60])).await?;
    session.type_pin(&pin).await?;
    until_eq("the sign-in to be told expired", "Your sign-in has expired".to_owned(), async || {
        session.agent.text("#closed-title").await
    })
    .await;

    assert_eq!(session.pin().await.digits(), pin);
    session.open_console(&demo, &token).await?;
    session.type_pin(&pin).await?;
    assert_eq!(session.prompt().await.name, "Meera Joshi");
    Ok(())
}

/// The relay lets them in, the customer's own page does not: it asks nobody else.
#[tokio::test]
async fn the_page_itself_verifies_the_agent() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let token = demo.token("meera").await?;
    let other = demo.token("arjun").await?;
    let [relay, customer, key] = parts(&token)?;
    session.agent.goto(&format!("{}/", demo.console)).await?;
    let none = altered(&session, customer, "header.alg = 'none'", Signature::None).await?;
    let renamed =
        altered(&session, customer, "claims.name = 'Commissioner'", Signature::Kept).await?;
    let bad = [
        ("alg none", format!("{relay}~{none}~{key}"), 0),
        ("another name", format!("{relay}~{renamed}~{key}"), 0),
        ("expired", format!("{relay}~{customer}~{key}"), 13 * 3600),
    ];
    for (what, token, later) in bad {
        let pin = session.ask_for_help(&demo, "/help.html").await?.digits();
        session.customer.eval(LATER, json!([later])).await?;
        session.open_console(&demo, &token).await?;
        session.type_pin(&pin).await?;
        let ended = session.until_ended().await;
        ensure!(ended.contains("could not verify who you are"), "{what}: {ended}");
        session.until_widget_says("The officer could not be verified").await;
    }
    session.screenshots("43-not-verified").await?;
    // Two good halves of two agents are no agent: name and proof are of the second half.
    let pin = session.ask_for_help(&demo, "/help.html").await?.digits();
    let [_, customer, key] = parts(&other)?;
    session.open_console(&demo, &format!("{relay}~{customer}~{key}")).await?;
    session.type_pin(&pin).await?;
    assert_eq!(session.prompt().await.name, "Arjun Nair");
    Ok(())
}

#[tokio::test]
async fn a_customer_who_declines_shows_nothing() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    for (press, agent, customer) in [
        ("decline", "The taxpayer declined.", "You declined. The officer saw nothing."),
        ("report", "The taxpayer said that this is not the helpdesk.", "Nothing was shown."),
    ] {
        let pin = session.ask_for_help(&demo, "/help.html").await?.digits();
        session.open_console(&demo, &demo.token("meera").await?).await?;
        session.type_pin(&pin).await?;
        session.prompt().await;
        session.customer.press_in_widget(press).await?;
        let ended = session.until_ended().await;
        ensure!(ended.starts_with(agent), "{ended}");
        session.until_widget_says(customer).await;
    }
    Ok(())
}

#[tokio::test]
async fn without_a_relay_the_page_works_and_the_widget_tries_again() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let customer = &session.customer;
    demo.stop_relay()?;
    customer.goto(&format!("{}/help.html", demo.portal)).await?;
    session.press_help().await;
    session.until_widget_says("The help service cannot be reached").await;
    session.until_widget_says("Trying again in").await;
    customer.screenshot("44-no-relay").await?;
    // The page is unharmed.
    customer.type_into("#faq-search", "password").await?;
    until_eq("the search to work", json!(1), async || {
        customer
            .eval("return document.querySelectorAll('.faq:not([hidden])').length", json!([]))
            .await
    })
    .await;

    session.open_console(&demo, &demo.token("meera").await?).await?;
    demo.start_relay()?;
    let pin = session.pin().await.digits();
    session.type_pin(&pin).await?;
    assert_eq!(session.prompt().await.name, "Meera Joshi");
    Ok(())
}

#[tokio::test]
async fn a_session_outlives_its_relay() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/itr.html").await?;
    demo.stop_relay()?;
    session.until_widget_says("Connection lost").await;
    until_eq("the console to say so", "Connection lost".to_owned(), async || {
        session.agent.text("#state").await
    })
    .await;
    session.screenshots("45-lost").await?;
    // What happens meanwhile is not lost.
    session.customer.type_into("#gross-salary", "7").await?;
    session
        .customer
        .eval("document.querySelector('h1').textContent = 'Meanwhile'", json!([]))
        .await?;
    demo.start_relay()?;
    session.until_live().await;
    session.until_widget_says("Meera Joshi").await;
    let body =
        "return [doc.querySelector('h1').textContent, doc.querySelector('#gross-salary').value]";
    let seen = session.until_same("the page", body).await;
    assert_eq!(seen, json!(["Meanwhile", "1,48,50,007"]));
    let order = "return [...doc.body.querySelectorAll('*')]
        .filter(e => !/^(saath-|script|link|meta)/.test(e.localName))
        .map(e => `${e.localName}#${e.id}.${e.className}`)";
    session.until_same("all elements", order).await;
    session.stop().await?;
    assert_eq!(session.until_ended().await, "The taxpayer pressed STOP.");
    Ok(())
}

#[tokio::test]
async fn without_webassembly_the_button_explains() -> Result<()> {
    let pages = Pages::start().await?;
    let page = start("old").await?;
    page.goto(&format!("{}/no-wasm.html", pages.origin)).await?;
    until("the button", async || page.press_in("saath-help", "button").await).await;
    until("the explanation", async || {
        let text = page.in_shadow("saath-help", "return root.textContent", Value::Null).await?;
        let text = text.unwrap_or_default();
        ensure!(text.as_str().is_some_and(|text| text.contains("too old")), "{text}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    page.screenshot("46-no-wasm").await?;
    assert_eq!(page.widget_text().await?, None);
    assert_eq!(page.text("#text").await?, "The page works.");
    Ok(())
}

/// What the functions say when they are called with nonsense, and that they can be called again.
#[tokio::test]
async fn wrong_options_are_named() -> Result<()> {
    let pages = Pages::start().await?;
    let page = start("options").await?;
    open(&pages, &page, "canaries", "").await?;
    let body = "
        const saath = await import('/saath/saath.js');
        await saath.default();
        const stage = document.createElement('div');
        const relay = 'ws://localhost:9/ws', jwks = { keys: [] };
        const name = async f => { try { await f(); return 'fine' } catch (e) { return e.name } };
        return [
          await name(() => saath.share({})),
          await name(() => saath.share({ relay: 'http://localhost:9', agents: { jwks } })),
          await name(() => saath.share({ relay: 'ws://relay.example/ws', agents: { jwks } })),
          await name(() => saath.join({ relay, pin: '12', token: 'x', stage })),
          await name(() => saath.join({ relay, pin: '482 719 036x', token: 'x', stage })),
          await name(() => saath.join({ relay, pin: '291 402 183', token: 'x', stage })),
          await name(() => saath.join({ relay: 'ws://relay.example', pin: '291 402 183', token: 'x', stage })),
          await name(() => saath.record({})),
          await name(() => saath.record({ emit() {} }).stop()),
        ]";
    let said = page.eval_async(body, Value::Null).await?;
    let expected = [
        "InvalidOption",
        "InsecureRelay",
        "InsecureRelay",
        "InvalidPin",
        "InvalidPin",
        "InvalidToken",
        "InsecureRelay",
        "InvalidOption",
        "fine",
    ];
    assert_eq!(said, json!(expected));
    Ok(())
}

async fn start(name: &'static str) -> Result<Page> {
    Page::start(Engine::from_env()?, name).await
}

/// A PIN with the right nameplate and check digit and a wrong secret. Which check digit that is,
/// the console tells: all others it refuses before anything is sent.
async fn type_wrong_pin(session: &Session, right: &str) -> Result<()> {
    let wrong = u8::from(right.as_bytes()[4] == b'0');
    for check in 0..10 {
        session.type_pin(&format!("{}{wrong}{}{check}", &right[..4], &right[5..8])).await?;
        let went = until("the console to decide", async || {
            let hidden = "return document.querySelector('#start').hidden";
            if session.agent.eval(hidden, json!([])).await? == true {
                return Ok(true);
            }
            session.pin_error().await.map(|_| false)
        })
        .await;
        if went {
            return Ok(());
        }
    }
    anyhow::bail!("no check digit fits")
}

fn parts(token: &str) -> Result<[&str; 3]> {
    token.split('~').collect::<Vec<_>>().try_into().ok().context("three parts")
}

enum Signature {
    Kept,
    None,
}

/// A JWT with `change` made to its `header` or `claims`.
async fn altered(
    session: &Session,
    jwt: &str,
    change: &str,
    signature: Signature,
) -> Result<String> {
    let body = format!(
        "const read = part => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
         const write = part => btoa(JSON.stringify(part))
           .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
         const [head, body, signature] = arguments[0].split('.');
         const header = read(head), claims = read(body);
         {change};
         return `${{write(header)}}.${{write(claims)}}.${{arguments[1] ? signature : ''}}`"
    );
    let kept = matches!(signature, Signature::Kept);
    let jwt = session.agent.eval(&body, json!([jwt, kept])).await?;
    Ok(jwt.as_str().context("a JWT")?.to_owned())
}

/// Puts the page's clock forward by so many seconds.
const LATER: &str = "
const now = window.Date.now.bind(window.Date), [seconds] = arguments;
window.Date.now = () => now() + seconds * 1000";
