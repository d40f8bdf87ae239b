//! An agent in a frame of the portal: it is seen, pointed at, scrolled and acted in as the rest of
//! the page, and the rest of the page's rules hold in it.

use anyhow::{Context, Result, ensure};
use saath_tests::{Demo, Session, until, until_eq};
use serde_json::{Value, json};

/// A form in a frame, a mask in it, and a frame in the frame.
const BUILD: &str = r#"
    const load = (frame) => new Promise((done) => frame.addEventListener('load', done, { once: true }));
    const build = async (parent, id, html) => {
      const frame = parent.ownerDocument.createElement('iframe');
      frame.id = id;
      frame.srcdoc = `<!doctype html>${html}`;
      Object.assign(frame.style, { width: '500px', height: '200px', border: '7px solid green', padding: '9px' });
      const loaded = load(frame);
      parent.prepend(frame);
      await loaded;
      return frame.contentDocument;
    };
    const outer = await build(document.querySelector('main'), 'outer', `<div data-saath-show>
      <button id=press type=button>Press</button> <label>Name <input id=name></label></div>
      <p data-saath-mask>Asha Verma</p><label>PAN <input id=pan value=ABCPV1234D></label>
      <div id=inside></div><div id=tall>tall</div>`);
    outer.getElementById('tall').style.height = '900px';
    outer.getElementById('press').addEventListener('click', (event) => { event.target.textContent = 'Pressed'; });
    const inner = await build(outer.getElementById('inside'), 'inner', '<button id=deep type=button>Deep</button>');
    inner.getElementById('deep').addEventListener('click', (event) => { event.target.textContent = 'Deeper'; });
"#;

#[tokio::test]
async fn an_agent_works_in_a_frame() -> Result<()> {
    let demo = Demo::start()?;
    let session = Session::open().await?;
    session.start(&demo, "/help.html").await?;
    let (customer, agent) = (&session.customer, &session.agent);
    customer.eval_async(BUILD, Value::Null).await?;
    session
        .until_same(
            "the texts in the frames",
            &format!("{INSIDE} return [text('button'), text('label')]"),
        )
        .await;
    let held = session.replica(&format!("{INSIDE} return outer.documentElement.outerHTML")).await?;
    let held = held.as_str().context("no frame")?;
    ensure!(!held.contains("Asha") && !held.contains("ABCPV1234D"), "{held}");

    agent.click("[data-tool=highlight]").await?;
    agent_clicks(&session, "#deep").await?;
    until("the mark around a button in the inner frame", async || {
        let mark = "
            const { x, y } = root.querySelector('.mark-frame').getBoundingClientRect();
            return [x + 6, y + 6]";
        let (mark, button) = (session.in_widget(mark).await?, place(&session, "#deep").await?);
        let away = |at: usize| Some(mark[at].as_f64()? - button[at].as_f64()?);
        let close = (0..2).all(|at| away(at).is_some_and(|away| away.abs() < 1.5));
        ensure!(close, "the mark is at {mark}, the button at {button}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    agent.click("#clear").await?;

    session.ask_to_act().await?;
    agent_clicks(&session, "#press").await?;
    session.until_same("the button", &format!("{INSIDE} return text('#press')")).await;
    until_eq("the press", json!("Pressed"), async || text(&session, "#press").await).await;
    agent_clicks(&session, "#name").await?;
    agent.keys("Ravi").await?;
    let value = format!("{INSIDE} return outer.querySelector('#name').value");
    until_eq("what was typed", json!("Ravi"), async || session.replica(&value).await).await;
    agent_clicks(&session, "#deep").await?;
    until_eq("the press in the inner frame", json!("Deeper"), async || {
        text(&session, "#deep").await
    })
    .await;

    // The mask holds in the frame: the field cannot be typed into.
    agent_clicks(&session, "#pan").await?;
    agent.keys("X").await?;
    until("the console to say that it is masked", async || {
        let says = agent.text("#toasts").await?;
        ensure!(says.to_lowercase().contains("mask"), "{says}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    let pan = "return document.querySelector('#outer').contentDocument.querySelector('#pan').value";
    assert_eq!(customer.eval(pan, json!([])).await?, "ABCPV1234D");

    let (x, y) = spot(&session, "#name").await;
    agent.wheel_at(x, y, 120).await?;
    let offset = format!("{INSIDE} return Math.round(outer.defaultView.scrollY)");
    until("the frame to scroll", async || {
        let now = session.replica(&offset).await?.as_f64();
        ensure!(now > Some(50.0), "{now:?}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    session.until_same("the offset", &offset).await;
    assert_eq!(customer.log().await?, Vec::<String>::new());
    assert_eq!(agent.log().await?, Vec::<String>::new());
    Ok(())
}

/// The two frames' documents, and the text of an element in either of them.
const INSIDE: &str = "
    const outer = doc.querySelector('#outer, main > iframe')?.contentDocument;
    const inner = outer?.querySelector('iframe')?.contentDocument;
    const find = (css) => outer?.querySelector(css) ?? inner?.querySelector(css);
    const text = (css) => find(css)?.textContent;";

async fn text(session: &Session, css: &str) -> Result<Value> {
    session.replica(&format!("{INSIDE} return text('{css}')")).await
}

/// Where an element of a frame begins in the customer's window.
async fn place(session: &Session, css: &str) -> Result<Value> {
    let body = format!("const doc = document; {INSIDE} const element = find('{css}'); {OFFSET}");
    session.customer.eval(&format!("{body} return [x, y]"), json!([])).await
}

const OFFSET: &str = "
    let { x, y, width, height } = element.getBoundingClientRect();
    for (let view = element.ownerDocument.defaultView; view !== doc.defaultView; view = view.parent) {
      const around = view.frameElement.getBoundingClientRect();
      x += around.x + 16;
      y += around.y + 16;
    }";

/// Where the agent sees the middle of an element of a frame.
async fn spot(session: &Session, css: &str) -> (f64, f64) {
    until(&format!("{css} in the agent's view"), async || {
        let body = format!(
            "{INSIDE}
             const element = find('{css}');
             if (!element) return null;
             {OFFSET}
             const stage = frame.getBoundingClientRect(), scale = stage.width / frame.offsetWidth;
             return [stage.x + (x + width / 2) * scale, stage.y + (y + height / 2) * scale]"
        );
        let spot = session.replica(&body).await?;
        spot[0].as_f64().zip(spot[1].as_f64()).context("no such element")
    })
    .await
}

async fn agent_clicks(session: &Session, css: &str) -> Result<()> {
    let (x, y) = spot(session, css).await;
    session.agent.click_at(x, y).await
}
