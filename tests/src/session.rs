//! Two people with a browser each: the customer on the portal and the agent in the console.
//!
//! What a test says with one word here, a person does with the mouse and the keyboard.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::demo::Demo;
use crate::driver::Engine;
use crate::page::Page;
use crate::proxy::Proxy;
use crate::until::until;

/// The two browsers. The demo they use may outlive them.
pub struct Session {
    /// The customer's browser.
    pub customer: Page,
    /// The agent's browser.
    pub agent: Page,
}

/// The help PIN as the widget shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The digits in the groups in which they are read out.
    pub groups: Vec<String>,
    /// What a screen reader says.
    pub spoken: String,
    /// How long it is valid, `m:ss`.
    pub clock: String,
}

impl Shown {
    /// The digits.
    #[must_use]
    pub fn digits(&self) -> String {
        self.groups.concat()
    }
}

/// What the customer is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The agent's name.
    pub name: String,
    /// The agent's staff number.
    pub staff: String,
    /// The agent's office.
    pub unit: String,
    /// The check number.
    pub check: String,
}

impl Session {
    /// Opens the two browsers, with nothing in them.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn open() -> Result<Self> {
        let engine = Engine::from_env()?;
        let (customer, agent) =
            tokio::try_join!(Page::start(engine, "customer"), Page::start(engine, "agent"))?;
        Ok(Self { customer, agent })
    }

    /// As [`Session::open`], with all that the two send going through proxies.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn open_through(customer: &Proxy, agent: &Proxy) -> Result<Self> {
        let engine = Engine::from_env()?;
        let (customer, agent) = tokio::try_join!(
            Page::through(engine, "customer", customer),
            Page::through(engine, "agent", agent)
        )?;
        Ok(Self { customer, agent })
    }

    /// The whole way to a running session: the customer on `path`, the agent Meera Joshi.
    ///
    /// # Errors
    /// When a browser is gone.
    pub async fn start(&self, demo: &Demo, path: &str) -> Result<()> {
        let pin = self.ask_for_help(demo, path).await?.digits();
        self.open_console(demo, &demo.token("meera").await?).await?;
        self.type_pin(&pin).await?;
        self.prompt().await;
        self.allow().await;
        self.until_live().await;
        Ok(())
    }

    /// The customer opens a page of the portal, presses *Co-browse* and is shown a PIN.
    ///
    /// # Errors
    /// When a browser is gone.
    pub async fn ask_for_help(&self, demo: &Demo, path: &str) -> Result<Shown> {
        self.customer.goto(&format!("{}{path}", demo.portal)).await?;
        self.press_help().await;
        Ok(self.pin().await)
    }

    /// The customer presses the button that is on every page.
    pub async fn press_help(&self) {
        until("the Co-browse button", async || {
            self.customer.press_in("saath-help", "button").await
        })
        .await;
    }

    /// The PIN, when it is on the screen.
    pub async fn pin(&self) -> Shown {
        until("the help PIN", async || {
            let body = "
                const pin = root.querySelector('[data-slot=pin]');
                return pin && {
                  groups: [...pin.children].map(e => e.textContent),
                  spoken: pin.ariaLabel,
                  clock: root.querySelector('[data-slot=clock]').textContent,
                }";
            let shown = self.in_widget(body).await?;
            let groups = shown["groups"].as_array().context("no PIN")?;
            Ok::<_, anyhow::Error>(Shown {
                groups: groups.iter().filter_map(|g| g.as_str().map(str::to_owned)).collect(),
                spoken: text(&shown["spoken"]),
                clock: text(&shown["clock"]),
            })
        })
        .await
    }

    /// The agent opens the console from the CRM, with this token.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn open_console(&self, demo: &Demo, token: &str) -> Result<()> {
        // The console keeps nothing over a load; a new fragment alone would not load it.
        self.agent.goto("about:blank").await?;
        let url = format!("{}/#token={token}&call=Asha%20Verma", demo.console);
        self.agent.goto(&url).await
    }

    /// The agent types a PIN and presses *Start session*.
    ///
    /// # Errors
    /// When the console is not ready for it.
    pub async fn type_pin(&self, pin: &str) -> Result<()> {
        until("the console to take a PIN", async || self.agent.click("#pin").await).await;
        self.agent.chord('\u{e009}', 'a').await?;
        self.agent.type_into("#pin", pin).await?;
        self.agent.click("#start-button").await
    }

    /// What the console says of the PIN, if it does not go on with it.
    ///
    /// # Errors
    /// When it says nothing.
    pub async fn pin_error(&self) -> Result<String> {
        let error = self.agent.text("#pin-error").await?;
        ensure!(!error.is_empty(), "no error");
        Ok(error)
    }

    /// What the customer is asked, when the question is on the screen and can be answered.
    pub async fn prompt(&self) -> Prompt {
        until("the consent prompt", async || {
            let body = "
                const prompt = root.querySelector('dialog[data-view=consent]:modal');
                if (!prompt) return null;
                const slot = name => prompt.querySelector(`[data-slot=${name}]`);
                return {
                  ready: slot('allow').ariaDisabled === 'false',
                  name: slot('name').textContent, staff: slot('staff').textContent,
                  unit: slot('unit').textContent, check: slot('check').textContent,
                }";
            let prompt = self.in_widget(body).await?;
            ensure!(prompt["ready"] == true, "{prompt}");
            Ok(Prompt {
                name: text(&prompt["name"]),
                staff: text(&prompt["staff"]),
                unit: text(&prompt["unit"]),
                check: text(&prompt["check"]),
            })
        })
        .await
    }

    /// The customer presses *Allow*, once it lets itself be pressed.
    pub async fn allow(&self) {
        until("the page to be shared", async || {
            self.customer.press_in_widget("allow").await?;
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }

    /// Waits until the agent sees the page.
    pub async fn until_live(&self) {
        until("the replica", async || {
            ensure!(self.agent.text("#state").await? == "Live", "the console does not say Live");
            let ready = self.replica("return doc.body && doc.body.childElementCount > 0").await?;
            ensure!(ready == true, "an empty replica");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }

    /// The agent takes *Act*, and the customer allows it.
    ///
    /// # Errors
    /// When a browser is gone.
    pub async fn ask_to_act(&self) -> Result<()> {
        self.agent.click("[data-tool=act]").await?;
        self.asked_to_act().await;
        self.allow_to_act().await;
        Ok(())
    }

    /// Waits until the customer is asked whether the agent may act, and can answer.
    pub async fn asked_to_act(&self) {
        until("the question whether the agent may act", async || {
            let body = "
                const ask = root.querySelector('[data-slot=ask]');
                return ask && !ask.hidden && ask.querySelector('[data-slot=allow]').ariaDisabled";
            let disabled = self.in_widget(body).await?;
            ensure!(disabled == "false", "{disabled}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }

    /// The customer lets the agent act.
    pub async fn allow_to_act(&self) {
        until("acting to be allowed", async || {
            if self.agent.text("#level").await? == "You can act" {
                return Ok(());
            }
            self.customer.press_in_widget("allow-level").await?;
            anyhow::bail!("pressed")
        })
        .await;
    }

    /// Runs a function body in the console with `doc`, the document of the replica, and `frame`.
    ///
    /// # Errors
    /// When it throws; where there is no replica it gives `null`.
    pub async fn replica(&self, body: &str) -> Result<Value> {
        self.replica_with(body, Value::Null).await
    }

    /// As [`Session::replica`], with `argument`.
    ///
    /// # Errors
    /// When it throws.
    pub async fn replica_with(&self, body: &str, argument: Value) -> Result<Value> {
        let body = format!(
            "const [argument] = arguments;
             const frame = document.querySelector('#stage iframe');
             const doc = frame?.contentDocument;
             if (!doc) return null;
             {body}"
        );
        self.agent.eval(&body, json!([argument])).await
    }

    /// Where the agent sees the middle of an element, in pixels of the console; only when it is
    /// in view.
    pub async fn spot(&self, css: &str) -> (f64, f64) {
        until(&format!("{css} to be in the agent's view"), async || {
            let body = "
                const element = doc.querySelector(argument);
                if (!element) return { no: 'element' };
                const outer = frame.getBoundingClientRect(), box = element.getBoundingClientRect();
                const scale = outer.width / frame.offsetWidth;
                const x = box.left + box.width / 2, y = box.top + box.height / 2;
                const top = doc.elementFromPoint(x, y);
                if (!top || !element.contains(top))
                  return { no: top?.outerHTML.slice(0, 120) };
                return { x: outer.left + x * scale, y: outer.top + y * scale }";
            let spot = self.replica_with(body, json!(css)).await?;
            spot["x"].as_f64().zip(spot["y"].as_f64()).with_context(|| format!("{spot}"))
        })
        .await
    }

    /// The agent clicks an element of the replica, which the customer has in view.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn agent_clicks(&self, css: &str) -> Result<()> {
        self.show(css).await?;
        let (x, y) = self.spot(css).await;
        self.agent.click_at(x, y).await
    }

    /// The customer scrolls an element to the middle of the window.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show(&self, css: &str) -> Result<()> {
        let body = "document.querySelector(arguments[0]).scrollIntoView(
            { block: 'center', behavior: 'instant' })";
        self.customer.eval(body, json!([css])).await?;
        self.until_same("the scroll offset", "return Math.round(doc.defaultView.scrollY)").await;
        Ok(())
    }

    /// Waits until a function body with `doc` gives the same for the page and for the replica.
    pub async fn until_same(&self, what: &str, body: &str) -> Value {
        until(&format!("{what} to be the same at both ends"), async || {
            let page =
                self.customer.eval(&format!("const doc = document; {body}"), json!([])).await?;
            let replica = self.replica(body).await?;
            ensure!(page == replica, "the page has {page}, the replica {replica}");
            Ok(page)
        })
        .await
    }

    /// The customer presses STOP.
    ///
    /// # Errors
    /// When there is no STOP.
    pub async fn stop(&self) -> Result<()> {
        self.customer.press_in_widget("stop").await
    }

    /// Waits until the console has no replica any more, and gives back what it says then.
    pub async fn until_ended(&self) -> String {
        until("the console to say how it ended", async || {
            let gone = "return document.querySelectorAll('iframe').length === 0";
            ensure!(self.agent.eval(gone, json!([])).await? == true, "the replica is still there");
            let text = self.agent.text("#ended-text").await?;
            ensure!(!text.is_empty(), "it does not say");
            Ok(text)
        })
        .await
    }

    /// Screenshots of both sides.
    ///
    /// # Errors
    /// When there is no room for them.
    pub async fn screenshots(&self, step: &str) -> Result<()> {
        self.customer.screenshot(step).await?;
        self.agent.screenshot(step).await?;
        Ok(())
    }

    /// Runs a function body with `root`, the widget's shadow root; `null` without a widget.
    ///
    /// # Errors
    /// When it throws.
    pub async fn in_widget(&self, body: &str) -> Result<Value> {
        Ok(self.customer.in_shadow("saath-ui", body, Value::Null).await?.unwrap_or_default())
    }

    /// What the widget says, when it says `part` of it.
    pub async fn until_widget_says(&self, part: &str) -> String {
        until(&format!("the widget to say `{part}`"), async || {
            let says = self.customer.widget_text().await?.unwrap_or_default();
            ensure!(says.contains(part), "{says}");
            Ok(says)
        })
        .await
    }

    /// Waits until the widget says something to screen readers.
    pub async fn until_spoken(&self, text: &str) {
        until(&format!("`{text}` to be announced"), async || {
            let body = "return [...root.querySelectorAll('[aria-live=polite]')]
                .map(e => e.textContent).join(' | ')";
            let spoken = self.in_widget(body).await?;
            ensure!(spoken.as_str().is_some_and(|spoken| spoken.contains(text)), "{spoken}");
            Ok::<_, anyhow::Error>(())
        })
        .await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
