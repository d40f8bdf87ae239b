//! An agent in a frame of another origin whose client takes part: it is seen, pointed at, scrolled and
//! acted in as the rest of the page, by its own rules and by the page's.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Pages, Session, until, until_eq};
use serde_json::{Value, json};

/// Of the frame's document in the replica.
const INSIDE: &str = "
    const inside = doc.querySelector('#guest, main > iframe')?.contentDocument;
    const text = (css) => inside?.querySelector(css)?.textContent ?? null;";

/// The loader once more, as it would be on a page that names these frames.
async fn load(session: &Session, frames: &str) -> Result<()> {
    let load = "
        document.querySelector('script[data-saath-relay]').dataset.saathFrames = argument;
        document.querySelector('saath-help').remove();
        const loader = document.createElement('script');
        Object.assign(loader, { type: 'module', src: `/saath/loader.js?${crypto.randomUUID()}` });
        const loaded = new Promise((done) => { loader.onload = done; });
        document.head.append(loader);
        await loaded";
    session.customer.eval_async(load, json!(frames)).await?;
    Ok(())
}

struct Visit {
    demo: Demo,
    session: Session,
    _pages: Pages,
}

impl Visit {
    /// A session on the portal, which has a page of another site in a frame.
    async fn start() -> Result<Self> {
        let pages = Pages::start().await?;
        let site = pages.origin.replace("localhost", "127.0.0.1");
        let demo = Demo::start_with(&[("SAATH_DEMO_FRAMES", &site)])?;
        let session = Session::open().await?;
        session.customer.goto(&format!("{}/help.html", demo.portal)).await?;
        let build = "
            const [{ site }] = arguments;
            const frame = document.createElement('iframe');
            frame.id = 'guest';
            frame.src = `${site}/guest-form.html?parents=${location.origin}`;
            Object.assign(frame.style, { width: '500px', height: '300px', border: '7px solid green', padding: '9px' });
            document.querySelector('main').prepend(frame);
            window.ask = (question) => new Promise((done) => {
              addEventListener('message', function heard({ data }) {
                if (data.ask !== question) return;
                removeEventListener('message', heard);
                done(data.answer);
              });
              frame.contentWindow.postMessage({ ask: question }, site);
            });";
        session.customer.eval(build, json!([{ "site": site }])).await?;
        // Written over lines, as long attributes are.
        load(&session, &format!("\n  {site}\n\n  https://pay.example ")).await?;
        session.press_help().await;
        let pin = session.pin().await.digits();
        session.open_console(&demo, &demo.token("meera").await?).await?;
        session.type_pin(&pin).await?;
        session.prompt().await;
        session.allow().await;
        session.until_live().await;
        let visit = Self { demo, session, _pages: pages };
        visit.until("the guest", "return text('#press')", json!("Press")).await;
        Ok(visit)
    }

    /// What the frame's page says of itself.
    async fn ask(&self, question: &str) -> Result<Value> {
        self.session
            .customer
            .eval_async(&format!("return await ask('{question}')"), Value::Null)
            .await
    }

    async fn until(&self, what: &str, body: &str, value: Value) {
        let body = format!("{INSIDE} {body}");
        until_eq(what, value, async || self.session.replica(&body).await).await;
    }

    async fn until_told(&self, question: &str, name: &str, value: Value) {
        let what = format!("{name} to be {value}");
        until_eq(&what, value, async || {
            Ok::<_, anyhow::Error>(self.ask(question).await?[name].clone())
        })
        .await;
    }

    /// Where the agent sees the middle of an element of the guest.
    async fn spot(&self, css: &str) -> (f64, f64) {
        until(&format!("{css} in the agent's view"), async || {
            let body = format!(
                "{INSIDE}
                 const element = inside?.querySelector('{css}');
                 if (!element) return null;
                 const {{ x, y, width, height }} = element.getBoundingClientRect();
                 const around = inside.defaultView.frameElement.getBoundingClientRect();
                 const stage = frame.getBoundingClientRect(), scale = stage.width / frame.offsetWidth;
                 return [stage.x + (around.x + 16 + x + width / 2) * scale,
                         stage.y + (around.y + 16 + y + height / 2) * scale]"
            );
            let spot = self.session.replica(&body).await?;
            spot[0].as_f64().zip(spot[1].as_f64()).context("no such element")
        })
        .await
    }

    async fn agent_clicks(&self, css: &str) -> Result<()> {
        let (x, y) = self.spot(css).await;
        self.session.agent.click_at(x, y).await
    }

    async fn until_toast(&self, part: &str) {
        until(&format!("the console to say `{part}`"), async || {
            let says = self.session.agent.text("#toasts").await?;
            ensure!(says.to_lowercase().contains(part), "{says}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }
}

#[tokio::test]
async fn an_agent_works_in_a_guest() -> Result<()> {
    let visit = Visit::start().await?;
    let (customer, agent) = (&visit.session.customer, &visit.session.agent);
    let held = format!("{INSIDE} return inside.documentElement.outerHTML");
    let held = visit.session.replica(&held).await?;
    let held = held.as_str().context("no frame")?;
    ensure!(!held.contains("Asha") && !held.contains("ABCPV1234D"), "{held}");

    visit.session.ask_to_act().await?;
    visit.agent_clicks("#press").await?;
    visit.until("the press", "return text('#press')", json!("Pressed")).await;
    visit.agent_clicks("#name").await?;
    agent.keys("Ravi Kumar").await?;
    visit
        .until("what was typed", "return inside.querySelector('#name').value", json!("Ravi Kumar"))
        .await;
    visit.until_told("state", "name", json!("Ravi Kumar")).await;

    // The guest's own rules hold: a mask, what is not for agents, and what leaves it.
    visit.agent_clicks("#pan").await?;
    agent.keys("X").await?;
    visit.until_toast("mask").await;
    visit.agent_clicks("#excluded").await?;
    visit.until_toast("does not allow").await;
    visit.agent_clicks("#away").await?;
    visit.until_toast("only the taxpayer").await;

    let (x, y) = visit.spot("#name").await;
    agent.wheel_at(x, y, 120).await?;
    until("the guest to scroll", async || {
        let offset = format!("{INSIDE} return Math.round(inside.defaultView.scrollY)");
        let (there, here) = (visit.session.replica(&offset).await?, visit.ask("state").await?);
        ensure!(there.as_f64() > Some(50.0) && here["scrollY"] == there, "{there}, {here}");
        Ok::<_, anyhow::Error>(())
    })
    .await;

    // So do the page's: nothing is done in a guest that is not for agents there.
    customer.eval("document.querySelector('#guest').dataset.saathNoAct = ''", json!([])).await?;
    agent.wheel_at(x, y, -600).await?;
    visit.until_told("state", "scrollY", json!(0)).await;
    visit.agent_clicks("#name").await?;
    agent.keys("more").await?;
    visit.until_toast("does not allow").await;
    let state = visit.ask("state").await?;
    let expected = json!({
        "press": "Pressed", "name": "Ravi Kumar", "pan": "ABCPV1234D", "excluded": "Not for agents",
        "away": "Away", "scrollY": 0,
    });
    assert_eq!(state, expected);
    assert_eq!(customer.log().await?, Vec::<String>::new());
    assert_eq!(agent.log().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn an_agent_points_at_a_guest() -> Result<()> {
    let visit = Visit::start().await?;
    let agent = &visit.session.agent;
    agent.click("[data-tool=highlight]").await?;
    agent.type_into("#label", "Press this").await?;
    visit.agent_clicks("#press").await?;
    until("the mark around the button", async || {
        let told = visit.ask("marks").await?;
        let side = |of: &str, at: usize| told[of][at].as_i64();
        let (x, y) = side("frame", 0).zip(side("frame", 1)).context("no mark")?;
        let (left, top) = side("press", 0).zip(side("press", 1)).context("no button")?;
        ensure!((x + 6 - left).abs() < 2 && (y + 6 - top).abs() < 2, "{told}");
        ensure!(told["label"] == "Press this", "{told}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    agent.click("#clear").await?;
    visit.until_told("marks", "frame", Value::Null).await;

    agent.click("[data-tool=pointer]").await?;
    let (x, y) = visit.spot("#press").await;
    agent.hover_at(x, y).await?;
    until("the agent's pointer in the guest", async || {
        let told = visit.ask("marks").await?;
        ensure!(told["pointer"].is_array() && told["name"] == "Meera Joshi", "{told}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    // On the page itself it is not in the guest any more.
    let (x, y) = visit.session.spot("h1").await;
    agent.hover_at(x, y).await?;
    visit.until_told("marks", "pointer", Value::Null).await;
    let body = "return Boolean(root.querySelector('.mark-pointer:not([hidden])'))";
    until_eq("the pointer on the page", json!(true), async || visit.session.in_widget(body).await)
        .await;

    // STOP leaves nothing of it.
    visit.session.stop().await?;
    visit.until_told("marks", "there", json!(false)).await;
    until_eq("the frame to be left alone", json!(false), async || visit.ask("wrapped").await).await;
    Ok(())
}

#[tokio::test]
async fn a_guest_has_its_pictures_and_its_selection() -> Result<()> {
    let visit = Visit::start().await?;
    let painted = "
        const picture = inside.querySelector('#picture');
        const drawn = getComputedStyle(inside.querySelector('#drawn')).backgroundImage;
        const shown = getComputedStyle(picture).content;
        return [picture.naturalWidth > 1 && (picture.src || shown).includes('blob:'), drawn.includes('blob:')]";
    visit.until("the pictures", painted, json!([true, true])).await;
    visit.ask("select").await?;
    let selected = "return String(inside.getSelection())";
    visit.until("the selection", selected, json!("Words to select")).await;
    // A guest of a guest is a box.
    let nested = "
        const nested = inside.querySelector('iframe');
        return [nested.contentDocument?.body?.childElementCount ?? 0, nested.dataset.saathWithheld ?? '']";
    visit.until("the box", nested, json!([0, "foreign"])).await;
    drop(visit.demo);
    Ok(())
}

/// Nor does it where none is named.
#[tokio::test]
async fn a_frame_that_is_not_named_well_takes_no_help_away() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    let customer = &session.customer;
    for (frames, wrong) in [
        ("", Value::Null),
        (" \n ", Value::Null),
        ("https://pay.example https://bank.example/", json!("https://bank.example/")),
        ("*", json!("*")),
        ("http://pay.example", json!("http://pay.example")),
    ] {
        customer.goto(&format!("{}/help.html", demo.portal)).await?;
        let listen = "
            window.complaints = [];
            console.error = (...words) => complaints.push(words.join(' '))";
        customer.eval(listen, json!([])).await?;
        load(&session, frames).await?;
        session.press_help().await;
        session.pin().await;
        let told = customer.eval("return complaints", json!([])).await?;
        let told: Vec<&str> =
            told.as_array().context("no list")?.iter().filter_map(Value::as_str).collect();
        match wrong.as_str() {
            None => ensure!(told.is_empty(), "{frames:?}: {told:?}"),
            Some(wrong) => {
                let [told] = told[..] else { anyhow::bail!("{frames:?}: {told:?}") };
                let says = told.contains(&format!("frames: \"{wrong}\" is no exact origin"));
                ensure!(says && told.contains("https://pay.example"), "{told}");
            }
        }
    }
    Ok(())
}
