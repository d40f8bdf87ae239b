//! What the agent sees, for the taxpayer to look at: it is the very replica, it is not part of the page,
//! and what is hidden or shown there is so at once.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Engine, Session, until, until_eq};
use serde_json::{Value, json};

/// What a replica holds, but for blobs, of which each end has its own, and for what only an agent's
/// pointer leaves.
const HOLDS: &str = "
const values = [...doc.querySelectorAll('input, textarea, select, output')].map(e => e.value ?? e.textContent);
const rules = doc.adoptedStyleSheets.flatMap(sheet => [...sheet.cssRules].map(rule => rule.cssText));
return [doc.documentElement.outerHTML, ...values, ...rules].join('\\n').replace(/blob:[^\"') ]+/g, 'blob')";

/// A picture of the portal's own, beside what is in sight.
const PICTURE: &str = "
const [name] = arguments;
const picture = Object.assign(new Image(40, 40), { src: `/favicon.svg?${name}`, className: name });
document.querySelector('#salary .section-head').append(picture);";

async fn in_preview(session: &Session, body: &str) -> Result<Value> {
    let body = format!(
        "const frame = root.querySelector('.preview iframe'), doc = frame?.contentDocument;
         if (!doc?.documentElement) return null; {body}"
    );
    session.in_widget(&body).await
}

/// The preview and the agent's replica are the same by now.
async fn until_alike(session: &Session) {
    until("the preview to be what the agent sees", async || {
        let (own, agents) = (in_preview(session, HOLDS).await?, session.replica(HOLDS).await?);
        let (own, agents) = (own.as_str().unwrap_or_default(), agents.as_str().unwrap_or_default());
        ensure!(own.len() > 2_000, "the preview holds {own}");
        let differ = own.lines().zip(agents.lines()).find(|(own, agents)| own != agents);
        ensure!(own == agents, "{} and {}: {differ:?}", own.len(), agents.len());
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

async fn agents_value(session: &Session, css: &str) -> Result<Value> {
    session.replica_with("return doc.querySelector(argument)?.value", json!(css)).await
}

async fn until_masked(session: &Session, css: &str) {
    until("the agent not to see it", async || {
        let value = agents_value(session, css).await?;
        ensure!(value.as_str().is_some_and(|value| value.contains('█')), "{value}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// Presses a button of the list, by what a screen reader says of it.
async fn press(session: &Session, label: &str) {
    until(&format!("`{label}` to be pressed"), async || {
        session.customer.press_in_widget(label).await
    })
    .await;
}

/// What the list says of something in sight.
async fn standing(session: &Session, name: &str) -> Result<String> {
    let body = format!(
        "const line = [...root.querySelectorAll('.preview li')].find(li => li.querySelector('b').textContent === '{name}');
         return line ? line.querySelector('small').textContent : null"
    );
    let says = session.in_widget(&body).await?;
    says.as_str().map(str::to_owned).with_context(|| format!("{name} is not in the list"))
}

async fn until_standing(session: &Session, name: &str, says: &str) {
    until_eq(&format!("what is said of {name}"), says.to_owned(), async || {
        standing(session, name).await
    })
    .await;
}

#[tokio::test]
async fn the_taxpayer_sees_what_the_agent_sees() -> Result<()> {
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.start(&demo, "/itr.html").await?;
    session.show("#gross-salary").await?;
    session.customer.eval(PICTURE, json!(["before"])).await?;
    let there = "return doc.querySelector('img.before')?.naturalWidth > 8";
    until_eq("the picture", json!(true), async || session.replica(there).await).await;
    let nodes = "return doc.querySelectorAll('*').length";
    let before = session.replica(nodes).await?;
    session.customer.press_in_widget("preview").await?;
    until_alike(&session).await;
    // Of itself there is nothing in either, and the page has an element of ours as before.
    assert_eq!(session.replica(nodes).await?, before);
    let own = "return document.querySelectorAll('iframe, saath-ui *').length";
    assert_eq!(session.customer.eval(own, json!([])).await?, 0);
    // It is sealed, and requests nothing.
    let seal = "return [frame.getAttribute('sandbox'), frame.src,
        frame.contentWindow.performance.getEntriesByType('resource').filter(e => !/^(blob|data):/.test(e.name)).length]";
    assert_eq!(in_preview(&session, seal).await?, json!(["allow-same-origin", "", 0]));
    session.screenshots("50-preview").await?;

    // Pictures that the agent has had for long, and those that come.
    let shown = "return [...doc.querySelectorAll('img')].map(img => [/^blob:/.test(img.src), img.naturalWidth > 8])";
    let both = json!([[true, true], [true, true]]);
    session.customer.eval(PICTURE, json!(["after"])).await?;
    until_eq("the pictures", both, async || in_preview(&session, shown).await).await;

    // It follows.
    session.show("#d80g").await?;
    session.customer.type_into("#d80g", "77").await?;
    until_alike(&session).await;

    // STOP is where it was, above all else.
    session.stop().await?;
    session.until_ended().await;
    assert_eq!(in_preview(&session, "return 1").await?, Value::Null);
    Ok(())
}

#[tokio::test]
async fn what_the_taxpayer_hides_is_hidden_at_once_and_stays_so() -> Result<()> {
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.start(&demo, "/itr.html").await?;
    session.show("#gross-salary").await?;
    assert_eq!(agents_value(&session, "#gross-salary").await?, "14,85,000");
    session.customer.press_in_widget("preview").await?;
    until_standing(&session, "Gross salary", "The officer sees it").await;
    press(&session, "Hide from the officer: Gross salary").await;
    until_standing(&session, "Gross salary", "Hidden by you").await;
    until_masked(&session, "#gross-salary").await;
    until_alike(&session).await;
    // A text that is no field, without a name to be found by.
    let tag = "return doc.querySelector('#salary .tag').textContent";
    assert_eq!(session.replica(tag).await?, "Filled in from Form 16");
    press(&session, "Hide from the officer: Filled in from Form 16").await;
    until_standing(&session, "Filled in from Form 16", "Hidden by you").await;
    until("the agent not to see it", async || {
        let text = session.replica(tag).await?;
        ensure!(text.as_str().is_some_and(|text| !text.contains("Form")), "{text}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    // The page makes the field anew: it is the same to the customer.
    let anew = "const field = document.querySelector('#gross-salary');
        const fresh = field.cloneNode(); fresh.value = '99,99,999'; field.replaceWith(fresh)";
    session.customer.eval(anew, json!([])).await?;
    session.customer.type_into("#exempt-allowances", "1").await?;
    session
        .until_same("what is typed", "return doc.querySelector('#exempt-allowances').value")
        .await;
    let value = agents_value(&session, "#gross-salary").await?;
    ensure!(value.as_str().is_some_and(|value| value.contains('█')), "{value}");

    // Another page, and back: by full loads.
    for page in ["returns", "itr"] {
        crate::journey::open(&session, page).await?;
    }
    let value = agents_value(&session, "#gross-salary").await?;
    ensure!(value.as_str().is_some_and(|value| value.contains('█')), "{value}");
    session.show("#gross-salary").await?;
    session.customer.press_in_widget("preview").await?;
    until_standing(&session, "Gross salary", "Hidden by you").await;
    session.screenshots("51-hidden").await?;
    press(&session, "Undo: Gross salary").await;
    let value = json!("14,85,000");
    until_eq("the value", value, async || agents_value(&session, "#gross-salary").await).await;
    until_alike(&session).await;

    // The next session begins without it.
    press(&session, "Hide from the officer: Gross salary").await;
    until_standing(&session, "Gross salary", "Hidden by you").await;
    session.stop().await?;
    session.until_ended().await;
    let kept = "return [sessionStorage.cb1, sessionStorage.cb2].join()";
    until_eq("nothing to be kept", json!(","), async || {
        session.customer.eval(kept, json!([])).await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn only_what_the_portal_lets_the_taxpayer_show_is_shown() -> Result<()> {
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.start(&demo, "/itr.html").await?;
    let may =
        "document.querySelector(arguments[0]).toggleAttribute('data-saath-may-show', arguments[1])";
    for css in ["#tan", "#name", "#itr-pan"] {
        session.customer.eval(may, json!([css, true])).await?;
    }
    let mask = "document.querySelector('#name').parentNode.dataset.saathMask = ''";
    session.customer.eval(mask, json!([])).await?;
    session.show("#employer").await?;
    session.customer.press_in_widget("preview").await?;
    until_standing(&session, "Employer", "Hidden from the officer").await;
    press(&session, "Show to the officer: Employer").await;
    until_standing(&session, "Employer", "Shown by you").await;
    let employer = json!("Deccan Precision Tools Pvt Ltd");
    until_eq("the value", employer, async || agents_value(&session, "#employer").await).await;
    // What is shown is still below the pattern net.
    press(&session, "Show to the officer: Employer’s TAN").await;
    until_standing(&session, "Employer’s TAN", "Shown by you").await;
    let tan = agents_value(&session, "#tan").await?;
    ensure!(tan.as_str().is_some_and(|tan| tan.contains('█') && !tan.contains("04321")), "{tan}");
    until_alike(&session).await;
    // Below a mask there is nothing to show.
    session.show("#name").await?;
    until_standing(&session, "Full name", "Hidden from the officer").await;
    let buttons = "return [...root.querySelectorAll('.preview li')].filter(li => li.querySelector('b').textContent === 'Full name')
        .map(li => li.querySelector('button').hidden)";
    assert_eq!(session.in_widget(buttons).await?, json!([true]));
    // The portal takes its word back: so it is masked again.
    session.customer.eval(may, json!(["#tan", false])).await?;
    session.show("#employer").await?;
    until_standing(&session, "Employer’s TAN", "Hidden from the officer").await;
    press(&session, "Undo: Employer").await;
    until_standing(&session, "Employer", "Hidden from the officer").await;
    until_masked(&session, "#employer").await;
    // A script's press is nobody's.
    let forged = "[...root.querySelectorAll('.preview li')].find(li => li.querySelector('b').textContent === 'Employer').querySelector('button').click()";
    session.in_widget(forged).await?;
    session.customer.until_still().await?;
    assert_eq!(standing(&session, "Employer").await?, "Hidden from the officer");
    Ok(())
}

/// Without a mouse: from the bar into the list, a press, and back.
#[tokio::test]
async fn the_preview_works_by_keyboard() -> Result<()> {
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.start(&demo, "/itr.html").await?;
    session.show("#gross-salary").await?;
    session.in_widget("root.querySelector('[data-slot=preview]').focus()").await?;
    session.customer.keys("\u{e007}").await?;
    until_alike(&session).await;
    until_standing(&session, "Gross salary", "The officer sees it").await;
    let focus =
        "const e = root.activeElement; return [e?.dataset.slot, e?.getAttribute('aria-label')]";
    let title = json!(["title", null]);
    until_eq("the focus on the title", title, async || session.in_widget(focus).await).await;
    let mut label = String::new();
    for _ in 0..40 {
        session.customer.keys("\u{e004}").await?;
        let there = session.in_widget(focus).await?;
        label = there[1].as_str().unwrap_or_default().to_owned();
        if label.ends_with("Gross salary") {
            break;
        }
    }
    assert_eq!(label, "Hide from the officer: Gross salary");
    session.customer.keys("\u{e007}").await?;
    until_standing(&session, "Gross salary", "Hidden by you").await;
    // The focus stays, and what happened is said.
    let undo = json!(["other", "Undo: Gross salary"]);
    assert_eq!(session.in_widget(focus).await?, undo);
    let said = "return root.querySelector('.preview [role=status]').textContent";
    assert_eq!(
        session.in_widget(said).await?,
        "The officer does not see it any more: Gross salary"
    );
    session.customer.keys("\u{e00c}").await?;
    let closed = json!(["preview", "What do they see?"]);
    until_eq("the focus on the bar", closed, async || session.in_widget(focus).await).await;
    let expanded = "return root.querySelector('[data-slot=preview]').ariaExpanded";
    assert_eq!(session.in_widget(expanded).await?, "false");
    Ok(())
}

/// A press on the small picture finds what is there.
#[tokio::test]
async fn a_press_on_the_picture_finds_its_line() -> Result<()> {
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.start(&demo, "/itr.html").await?;
    session.show("#gross-salary").await?;
    session.customer.press_in_widget("preview").await?;
    until_standing(&session, "Gross salary", "The officer sees it").await;
    let spot = "const outer = frame.getBoundingClientRect(), box = doc.querySelector('#gross-salary').getBoundingClientRect();
        const scale = outer.width / frame.offsetWidth;
        return [outer.left + (box.left + box.width / 2) * scale, outer.top + (box.top + box.height / 2) * scale]";
    let spot = in_preview(&session, spot).await?;
    let (x, y) = spot[0].as_f64().zip(spot[1].as_f64()).context("no spot")?;
    session.customer.click_at(x, y).await?;
    let focus = "return root.activeElement?.getAttribute('aria-label')";
    let label = json!("Hide from the officer: Gross salary");
    until_eq("the focus", label, async || session.in_widget(focus).await).await;
    assert_eq!(session.in_widget("return root.querySelector('.outline').hidden").await?, false);
    Ok(())
}

/// A portal with a widget of its own puts it where it likes.
#[tokio::test]
async fn the_page_can_show_the_preview_itself() -> Result<()> {
    if Engine::from_env()? == Engine::Firefox {
        // What its driver runs cannot import a module, and the portal's policy lets nothing else do it.
        return Ok(());
    }
    let (demo, session) = (Demo::start()?, Session::open().await?);
    session.customer.goto(&format!("{}/itr.html", demo.portal)).await?;
    let share = "
        const { default: init, share } = await import('/saath/saath.js');
        await init();
        const { saathRelay: relay, saathJwks: jwks } = document.querySelector('script[data-saath-relay]').dataset;
        const policy = await (await fetch('/saath-policy.json')).text();
        window.session = share({ relay, agents: { jwks }, policy, ui: 'none' });
        session.on('consent', () => session.allow());
        return new Promise((done) => session.on('pin', ({ pin }) => done(pin)))";
    let pin = session.customer.eval_async(share, Value::Null).await?;
    session.open_console(&demo, &demo.token("meera").await?).await?;
    session.type_pin(pin.as_str().context("no PIN")?).await?;
    session.until_live().await;
    let own = "
        const place = document.querySelector('main').appendChild(document.createElement('div'));
        place.id = 'own';
        place.scrollIntoView();
        session.preview(place)";
    session.customer.eval(own, json!([])).await?;
    until_alike(&session).await;
    // In the page, and yet no part of it.
    assert_eq!(session.replica("return doc.querySelector('#own').childNodes.length").await?, 0);
    session.show("#gross-salary").await?;
    until_standing(&session, "Gross salary", "The officer sees it").await;
    let hide = "[...root.querySelectorAll('.preview li')].find(li => li.querySelector('b').textContent === 'Gross salary')
        .querySelector('button').focus({ preventScroll: true })";
    session.in_widget(hide).await?;
    session.customer.keys("\u{e007}").await?;
    until_masked(&session, "#gross-salary").await;
    until_alike(&session).await;
    session.customer.eval("session.preview(null)", json!([])).await?;
    let gone = "return document.querySelector('#own').childNodes.length";
    until_eq("the place to be empty", json!(0), async || {
        session.customer.eval(gone, json!([])).await
    })
    .await;
    assert_eq!(session.agent.log().await?, Vec::<String>::new());
    Ok(())
}
