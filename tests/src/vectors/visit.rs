//! A session through all pages of the vectors: one a group, and on from page to page in it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::fixture::Fixture;
use super::ledger::{Ledger, Phase, Tap};
use super::site::Vectors;
use super::taps::Taps;
use super::{Control, controls, hides_all};
use crate::driver::Engine;
use crate::proxy::Proxy;
use crate::{Demo, Session, until};

/// What a broken mask does not show by then it does not show.
const LONG: Duration = Duration::from_secs(15);

/// The two browsers, all that is between them, and the ledger.
pub struct Visit {
    pub(super) demo: Demo,
    pub(super) session: Session,
    pub(super) vectors: Arc<Vectors>,
    pub(super) taps: Taps,
    pub(super) fixtures: Vec<Fixture>,
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
        // One agent has more sessions here, and more pages in them, than a person has.
        let variables = [("SAATH_LOG", "trace"), ("SAATH_CLAIMS_PER_MINUTE", "600")];
        let demo = Demo::logged(&variables, std::fs::File::create(&log)?)?;
        let vectors = Vectors::new(&fixtures, &demo)?;
        let customer = Proxy::start(vectors.site()).await?;
        let agent = Proxy::start(Arc::new(|_| None)).await?;
        let session = Session::open_through(&customer, &agent).await?;
        let pages: BTreeSet<&str> = fixtures.iter().flat_map(Fixture::pages).collect();
        let wanted: Vec<Control> = pages.into_iter().map(controls).collect();
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
        let of_group = self.fixtures.iter().filter(|fixture| fixture.group == group);
        let pages: BTreeSet<&str> = of_group.flat_map(Fixture::pages).collect();
        let alone: Vec<String> =
            pages.into_iter().filter(|page| *page != group).map(str::to_owned).collect();
        for page in &alone {
            self.go_to(&self.address(page)).await?;
            self.phases(page).await?;
        }
        if alone.iter().any(|page| page == "stopped") {
            self.stop("stopped").await?;
        } else {
            self.end().await?;
        }
        for page in alone.iter().map(String::as_str).chain([group]) {
            self.broken(page).await?;
        }
        Ok(())
    }

    async fn begin(&self, page: &str) -> Result<()> {
        self.share(page, &self.address(page)).await?;
        self.session.until_live().await;
        Ok(())
    }

    /// The whole way to what the customer allows.
    async fn share(&self, page: &str, address: &str) -> Result<()> {
        let Self { session, demo, .. } = self;
        let on_page = || self.fixtures.iter().filter(|fixture| fixture.is_on(page));
        let before = on_page().find_map(Fixture::from).unwrap_or_else(|| "/favicon.ico".into());
        session.customer.goto(&format!("{}{before}", demo.portal)).await?;
        let go = "location.assign(arguments[0])";
        session.customer.eval(go, json!([address])).await?;
        session.press_help().await;
        let pin = session.pin().await.digits();
        session.open_console(demo, &demo.token("meera").await?).await?;
        session.agent.eval(LISTEN, json!([])).await?;
        session.type_pin(&pin).await?;
        session.prompt().await;
        session.allow().await;
        Ok(())
    }

    /// Path and query of a page.
    pub(super) fn address(&self, page: &str) -> String {
        let own = self.fixtures.iter().filter(|fixture| fixture.is_on(page));
        let end = own.filter_map(Fixture::address).next().unwrap_or_default();
        format!("/vectors/page/{page}/{end}")
    }

    async fn phases(&mut self, page: &str) -> Result<()> {
        let working = self.session.customer.eval("return kit.working", json!([])).await?;
        let here = self.fixtures.iter().filter(|fixture| fixture.is_on(page));
        let numbers: Vec<u8> = here.map(|fixture| fixture.number).collect();
        ensure!(working == json!(numbers), "of {numbers:?} only {working} run without an error");
        self.session
            .customer
            .eval_async("await kit.control(argument)", json!(controls_of(page)))
            .await?;
        self.look(page, Phase::Snapshot).await?;
        self.step("mutate").await?;
        self.by_hand(page).await?;
        self.look(page, Phase::Mutation).await?;
        self.go_to("").await?;
        self.look(page, Phase::Resume).await?;
        self.step("toggle").await?;
        self.look(page, Phase::Toggle).await?;
        let told = &controls(page).wanted()[7].0;
        ensure!(!self.ledger.has_arrived(told, Tap::Relay), "the relay logs what it is told");
        for (control, _, tap) in controls(page).wanted() {
            let hidden = hides_all(page) && matches!(tap, Tap::Seal | Tap::Replica);
            ensure!(
                hidden || self.ledger.has_arrived(&control, tap),
                "{control}: it did not come to {tap:?}, so the suite sees nothing there"
            );
        }
        Ok(())
    }

    /// Has every fixture of the page do this.
    async fn step(&self, step: &str) -> Result<()> {
        let failed =
            self.session.customer.eval_async("return await kit.run(argument)", json!(step));
        let failed = failed.await?;
        ensure!(failed == json!([]), "{step}: {failed}");
        Ok(())
    }

    /// Once all that has changed is at the agent's end, what the taps give goes to the ledger.
    async fn look(&mut self, page: &str, phase: Phase) -> Result<()> {
        let word = self.settle(page).await?;
        let pieces = self.taps.drain(&self.session, &self.vectors, &self.demo, &word).await?;
        self.ledger.enter(page, phase, &pieces);
        self.check(page, phase).await
    }

    /// What the replica tells besides texts, as fixtures look for it.
    pub(super) async fn check(&mut self, page: &str, phase: Phase) -> Result<()> {
        for fixture in self.fixtures.iter().filter(|fixture| fixture.is_on(page)) {
            let Some(check) = fixture.check() else { continue };
            let number = fixture.number;
            let body = format!(
                "const section = doc.querySelector('#v{number:02}');
                 if (!section) return 'its section is not there';
                 {check}"
            );
            let told = self.session.replica(&body).await?;
            if told != false && told != "" && !told.is_null() {
                self.ledger.told(number, phase, &told.to_string());
            }
        }
        Ok(())
    }

    /// Says a new word on the page, by all ways that leave it at times of their own, and waits for it.
    pub(super) async fn settle(&mut self, page: &str) -> Result<String> {
        self.words += 1;
        let word = format!("beacon{}", self.words);
        let said =
            self.session.customer.eval("return kit.beacon(arguments[0])", json!([word])).await?;
        let hidden = hides_all(page);
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

    /// On to another page, or the same one anew; the session goes on there.
    pub(super) async fn go_to(&mut self, address: &str) -> Result<()> {
        self.leave(address).await?;
        self.session.until_live().await;
        Ok(())
    }

    async fn leave(&mut self, address: &str) -> Result<()> {
        let customer = &self.session.customer;
        let before = customer.eval("return performance.timeOrigin", json!([])).await?;
        self.taps.part(&self.session, &self.vectors).await?;
        let go = "const [address] = arguments;
            address === 'back' ? history.back() : address ? location.assign(address) : location.reload()";
        customer.eval(go, json!([address])).await?;
        until("the next page", async || {
            let now =
                customer.eval("return window.kit && performance.timeOrigin", json!([])).await?;
            ensure!(now.is_number() && now != before, "the same page");
            Ok::<_, anyhow::Error>(())
        })
        .await;
        Ok(())
    }

    /// A page in a session of its own, with a mask that hides nothing: each vector must be found.
    async fn broken(&mut self, page: &str) -> Result<()> {
        if self.ledger.shows_all_when_broken(page) {
            return Ok(());
        }
        let address = self.address(page);
        let (path, hash) = address.split_once('#').unwrap_or((&address, ""));
        let join = if path.contains('?') { '&' } else { '?' };
        self.share(page, &format!("{path}{join}broken#{hash}")).await?;
        let start = Instant::now();
        while !self.ledger.shows_all_when_broken(page) && start.elapsed() < LONG {
            let pieces = self.taps.of_page(&self.session, &self.vectors).await?;
            self.ledger.enter_broken(&pieces);
        }
        // What it seals while it goes is not masked either.
        self.session.customer.eval("delete window.saathTap", json!([])).await?;
        self.end().await
    }

    async fn end(&mut self) -> Result<()> {
        self.session.customer.eval("sessionStorage.clear()", json!([])).await?;
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
