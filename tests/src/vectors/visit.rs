//! A session through all pages of the vectors: one a group, and on from page to page in it.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::fixture::Fixture;
use super::ledger::{Ledger, Phase, Tap};
use super::site::Vectors;
use super::taps::Taps;
use super::{Control, controls};
use crate::driver::Engine;
use crate::proxy::Proxy;
use crate::{Demo, Session, until};

/// The two browsers, all that is between them, and the ledger.
pub struct Visit {
    demo: Demo,
    session: Session,
    vectors: Arc<Vectors>,
    taps: Taps,
    fixtures: Vec<Fixture>,
    /// What was looked at, and found.
    pub ledger: Ledger,
    words: u32,
}

impl Visit {
    /// Starts them all.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start(fixtures: Vec<Fixture>) -> Result<Self> {
        let engine = Engine::from_env()?;
        let log = tempfile(engine)?;
        let demo = Demo::logged(&[("SAATH_LOG", "trace")], std::fs::File::create(&log)?)?;
        let vectors = Vectors::new(&fixtures, &demo)?;
        let customer = Proxy::start(vectors.site()).await?;
        let agent = Proxy::start(Arc::new(|_| None)).await?;
        let session = Session::open_through(&customer, &agent).await?;
        let mut pages: Vec<String> = fixtures.iter().map(Fixture::page).collect();
        pages.dedup();
        let wanted: Vec<Control> = pages.iter().map(|page| controls(page)).collect();
        let ledger = Ledger::new(engine.name(), fixtures.clone(), &wanted)?;
        let taps = Taps::new(customer, agent, log);
        Ok(Self { demo, session, vectors, taps, fixtures, ledger, words: 0 })
    }

    /// A session that begins on the page of a group, through all phases, and on over the pages of its
    /// own that the group has; at last the group's page with a mask that hides nothing.
    ///
    /// # Errors
    /// When a browser is gone, or a control does not arrive.
    pub async fn group(&mut self, group: &str) -> Result<()> {
        self.begin(group).await?;
        self.phases(group).await?;
        let mut alone: Vec<String> = self
            .fixtures
            .iter()
            .filter(|fixture| fixture.group == group && fixture.page() != group)
            .map(Fixture::page)
            .collect();
        alone.dedup();
        for page in &alone {
            self.go_to(&self.address(page)).await?;
            self.phases(page).await?;
        }
        self.broken(group).await?;
        self.end().await
    }

    async fn begin(&self, page: &str) -> Result<()> {
        let Self { session, demo, .. } = self;
        let pin = session.ask_for_help(demo, &self.address(page)).await?.digits();
        session.open_console(demo, &demo.token("meera").await?).await?;
        session.agent.eval(LISTEN, json!([])).await?;
        session.type_pin(&pin).await?;
        session.prompt().await;
        session.allow().await;
        session.until_live().await;
        Ok(())
    }

    /// Path and query of a page.
    fn address(&self, page: &str) -> String {
        let own = self.fixtures.iter().filter(|fixture| fixture.page() == page);
        let end = own.filter_map(Fixture::address).next().unwrap_or_default();
        format!("/vectors/page/{page}/{end}")
    }

    async fn phases(&mut self, page: &str) -> Result<()> {
        self.session
            .customer
            .eval_async("await kit.control(argument)", json!(controls_of(page)))
            .await?;
        self.look(page, Phase::Snapshot).await?;
        self.step("mutate").await?;
        self.look(page, Phase::Mutation).await?;
        self.go_to("").await?;
        self.look(page, Phase::Resume).await?;
        self.step("toggle").await?;
        self.look(page, Phase::Toggle).await?;
        for (control, _, tap) in controls(page).wanted() {
            let hidden = self.hides_all(page) && matches!(tap, Tap::Seal | Tap::Replica);
            ensure!(
                hidden || self.ledger.has_arrived(&control, tap),
                "{control}: it did not come to {tap:?}, so the suite sees nothing there"
            );
        }
        Ok(())
    }

    /// Has every fixture of the page do this.
    async fn step(&self, step: &str) -> Result<()> {
        let failed = self.session.customer.eval_async("return await kit.run(argument)", json!(step));
        let failed = failed.await?;
        ensure!(failed == json!([]), "{step}: {failed}");
        Ok(())
    }

    /// Once all that has changed is at the agent's end, what the taps give goes to the ledger.
    async fn look(&mut self, page: &str, phase: Phase) -> Result<()> {
        let word = self.settle(page).await?;
        let pieces = self.taps.drain(&self.session, &self.vectors, &self.demo, &word).await?;
        self.ledger.enter(page, phase, &pieces);
        Ok(())
    }

    /// Says a new word on the page, by all ways that leave it at times of their own, and waits for it.
    async fn settle(&mut self, page: &str) -> Result<String> {
        self.words += 1;
        let word = format!("beacon{}", self.words);
        let said = self.session.customer.eval("return kit.beacon(arguments[0])", json!([word])).await?;
        let hidden = self.hides_all(page);
        until("the beacons", async || {
            let seen = self.session.replica(BEACONS).await?;
            // Where all text is masked there are numbers still.
            let from = if hidden { 3 } else { 0 };
            let of = |all: &Value| all.as_array().map(|all| all[from..].to_vec());
            ensure!(of(&seen).is_some() && of(&seen) == of(&said), "{seen} for {said}");
            Ok(())
        })
        .await;
        Ok(if hidden { String::new() } else { word })
    }

    fn hides_all(&self, page: &str) -> bool {
        self.fixtures.iter().any(|it| it.page() == page && it.policy().is_some())
    }

    /// On to another page, or the same one anew; the session goes on there.
    async fn go_to(&mut self, address: &str) -> Result<()> {
        self.leave(address).await?;
        self.session.until_live().await;
        Ok(())
    }

    async fn leave(&mut self, address: &str) -> Result<()> {
        let customer = &self.session.customer;
        let before = customer.eval("return performance.timeOrigin", json!([])).await?;
        self.taps.part(&self.session, &self.vectors).await?;
        let go = "const [address] = arguments;
            address ? location.assign(address) : location.reload()";
        customer.eval(go, json!([address])).await?;
        until("the next page", async || {
            let now = customer.eval("return window.kit && performance.timeOrigin", json!([])).await?;
            ensure!(now.is_number() && now != before, "the same page");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        Ok(())
    }

    /// The page once more, with a mask that hides nothing: each vector must be found.
    async fn broken(&mut self, page: &str) -> Result<()> {
        let address = self.address(page);
        let (path, hash) = address.split_once('#').unwrap_or((&address, ""));
        let join = if path.contains('?') { '&' } else { '?' };
        self.leave(&format!("{path}{join}broken#{hash}")).await?;
        until("a broken mask to show every vector", async || {
            let pieces = self.taps.of_page(&self.session, &self.vectors).await?;
            self.ledger.enter_broken(&pieces);
            let (_, lacking) = self.ledger.shown_when_broken(page);
            ensure!(lacking.is_empty(), "not {}", lacking.join(", "));
            Ok(())
        })
        .await;
        Ok(())
    }

    async fn end(&mut self) -> Result<()> {
        // The agent's end may have ended it: what it got was not masked, nor clean.
        self.session.customer.eval("kit.leave(); sessionStorage.clear()", json!([])).await?;
        self.session.customer.goto("about:blank").await?;
        self.session.agent.goto("about:blank").await?;
        self.taps.forget();
        Ok(())
    }
}

fn controls_of(page: &str) -> Value {
    let Control { said, kept, asked, told, .. } = controls(page);
    json!({ "said": said, "kept": kept, "asked": asked, "told": told })
}

fn tempfile(engine: Engine) -> Result<std::path::PathBuf> {
    let folder = crate::demo::target().context("the target directory")?.join("vectors");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("relay-{}.log", engine.name())))
}

/// What the console says from now on.
const LISTEN: &str = "
window.saathSaid = [];
for (const level of ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir', 'table']) {
  const say = console[level];
  console[level] = (...words) => { saathSaid.push(`${level}: ${words.join(' ')}`); say.apply(console, words); };
}
addEventListener('error', ({ message, error }) => saathSaid.push(`thrown: ${message} ${error?.stack}`));
addEventListener('unhandledrejection', ({ reason }) => saathSaid.push(`rejected: ${reason} ${reason?.stack}`))";

const BEACONS: &str = "
const [text, value, inner] = ['text', 'value', 'frame'].map((name) => doc.querySelector(`#beacon-${name}`));
const order = (element) => element && doc.defaultView.getComputedStyle(element).order;
return [text?.textContent, value?.value, inner?.contentDocument?.body?.textContent, order(text), order(value)]";
