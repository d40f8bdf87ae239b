//! The main job, on the demo that users run: a taxpayer is helped on a real page.
//!
//! One session goes through all eight steps, as one call does; each claim of each step is checked
//! where it is made.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Session, Shown, until, until_eq};
use serde_json::{Value, json};

use crate::masking::assert_nothing_leaks;

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

/// Step 1.
async fn the_widget_shows_a_pin(session: &Session, demo: &Demo) -> Result<Shown> {
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
async fn the_agent_types_it(session: &Session, demo: &Demo, pin: &Shown) -> Result<()> {
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
async fn the_taxpayer_is_asked(session: &Session, demo: &Demo) -> Result<()> {
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

/// Step 4, at rest.
async fn the_agent_sees_the_page(session: &Session) -> Result<()> {
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
async fn the_agent_follows(session: &Session) -> Result<()> {
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

/// Step 6.
async fn the_agent_highlights(session: &Session) -> Result<()> {
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
async fn the_agent_acts(session: &Session) -> Result<()> {
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

/// Step 4: a full page load, and an address that changes without one.
async fn the_session_goes_over_page_loads(session: &Session) -> Result<()> {
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
async fn secrets_stay(session: &Session) -> Result<()> {
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

/// Step 8.
async fn the_taxpayer_stops(session: &Session, demo: &Demo, untouched: &Value) -> Result<()> {
    // The first page of the session kept a draft of its own; that is the portal's.
    session.customer.eval("sessionStorage.removeItem('karpath.draft')", json!([])).await?;
    open(session, "help").await?;
    session.stop().await?;
    assert_eq!(session.until_ended().await, "The taxpayer pressed STOP.");
    session.until_widget_says("You stopped it.").await;
    session.screenshots("30-stopped").await?;
    session.customer.press_in_widget("cancel").await?;
    the_page_is_as_it_was(session, untouched).await?;
    until_eq("the relay to be empty", 0.0, async || demo.count("rooms").await).await;
    Ok(())
}

async fn the_page_is_as_it_was(session: &Session, untouched: &Value) -> Result<()> {
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
async fn page_of(session: &Session, demo: &Demo, path: &str) -> Result<Value> {
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

/// Goes to another page of the portal by a link of its menu.
async fn open(session: &Session, page: &str) -> Result<()> {
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

/// What stands on a page in plain words.
const TEXTS: &str = "
return [...doc.querySelectorAll('h1, h2, h3, legend, label, th, dt, option, button, nav a, .hint')]
  .filter(e => !e.closest('[data-saath-mask], saath-ui, saath-help'))
  .map(e => e.textContent.trim())";

const AMOUNTS: &str = "
return [...doc.querySelectorAll('input.amount, output')].map(e => e.value ?? e.textContent)";
