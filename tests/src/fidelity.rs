//! The fidelity suite: pages, each recorded and replayed beside itself, equal by tree and picture.
//!
//! One page shows one behaviour, and there is one assertion for all of them: after the snapshot and
//! after each of the page's own steps, the tree of the replica is the page's by
//! `tests/pages/compare.js`, at most [`BOUND`] of its pixels are others, and it has loaded nothing.
//! Nothing waits for a time: the two are looked at until they are equal, or [`PATIENCE`] is over.

mod case;
mod cross;
mod hand;
mod known;
mod picture;
mod report;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub use case::{Case, cases};
pub use cross::{PAIRS, Recording};
pub use known::Known;
pub use picture::{Area, Picture};
pub use report::{Report, Row};

use crate::demo::built;
use crate::driver::Engine;
use crate::page::Page;
use crate::pages::Pages;

/// The share of pixels that may differ: 60 of 600×500, less than the smallest sign on any page, and
/// room for a caret. (What is asked for is 0.001.)
pub const BOUND: f64 = 0.000_2;
/// By how much of 255 a channel may be another in a pixel that is the same: half-transparent edges are
/// rounded one way or the other, by the layers that an engine happens to make. No more was seen.
const TONE: u8 = 2;

/// How long page and replica may differ before they are said to; once a page was found wrong, its
/// later states get [`HASTE`].
const PATIENCE: Duration = Duration::from_secs(8);
const HASTE: Duration = Duration::from_secs(1);
/// How long the two are left alone before they are looked at again. WebKit paints a picture roughly
/// whose size has just changed, and goes on so while it is painted more than twice a second: page and
/// replica changing places is enough.
const REST: Duration = Duration::from_millis(800);
/// No page takes a third of it, on a slow machine.
const HANGS: Duration = Duration::from_secs(60);

/// Where the report goes.
///
/// # Errors
/// When nothing was built.
pub fn folder() -> Result<PathBuf> {
    Ok(built()?.join("fidelity"))
}

/// A browser on the suite's site.
pub struct Suite {
    pages: Pages,
    page: Page,
}

/// What became of one page in one engine.
#[derive(Debug)]
pub struct Outcome {
    /// In how many states it was looked at.
    pub states: usize,
    /// The largest share of pixels that differed.
    pub pixels: f64,
    /// How long that took.
    pub time: Duration,
    /// What was found.
    pub verdict: Verdict,
}

/// What was found.
#[derive(Debug)]
pub enum Verdict {
    /// The replica was the page in every state.
    Same,
    /// The engine has not what the page is about: it was not looked at.
    Lacks(Vec<String>),
    /// It was not, and is known not to be, for this reason.
    Known(&'static str, Vec<Fault>),
    /// It was not.
    Wrong(Vec<Fault>),
}

/// One difference.
#[derive(Debug)]
pub struct Fault {
    /// After what it was seen.
    pub state: String,
    /// In words.
    pub what: String,
    /// Whether the tree, rather than only the picture, is wrong.
    pub tree: bool,
    /// Page, replica, difference; where it came so far.
    pub pictures: Option<[Picture; 3]>,
}

impl Suite {
    /// Starts the site and a browser.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start(engine: Engine) -> Result<Self> {
        Ok(Self { pages: Pages::start().await?, page: Page::start(engine, "fidelity").await? })
    }

    /// Compares one page with its replica in all its states.
    pub async fn run(&self, case: &Case) -> Outcome {
        let start = Instant::now();
        let mut outcome =
            Outcome { states: 0, pixels: 0.0, time: Duration::ZERO, verdict: Verdict::Same };
        let mut faults = Vec::new();
        let look = self.look(case, &mut outcome, &mut faults);
        match tokio::time::timeout(HANGS, look).await.unwrap_or_else(|_| {
            Err(anyhow::anyhow!("the page hangs, or takes more than {HANGS:?}"))
        }) {
            Ok(lacks) if !lacks.is_empty() => outcome.verdict = Verdict::Lacks(lacks),
            Ok(_) => {}
            Err(error) => faults.push(Fault::words("the page", format!("{error:#}"))),
        }
        if !faults.is_empty() {
            outcome.verdict = Verdict::Wrong(faults);
        }
        outcome.time = start.elapsed();
        outcome
    }

    /// Whether the browser still answers.
    pub async fn is_alive(&self) -> bool {
        let url = tokio::time::timeout(Duration::from_secs(5), self.page.url());
        url.await.is_ok_and(|url| url.is_ok())
    }

    /// The browser's page, with the viewer in it while a case runs.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Records a page up to its first state; gives the number of its steps.
    ///
    /// # Errors
    /// When the page cannot be recorded.
    pub async fn open(&self, case: &Case) -> Result<Opened> {
        let _ = self.pages.asked();
        let page = format!("{}/viewer.html?alone&page={}", self.pages.origin, case.path);
        self.page.goto(&page).await?;
        // WebKit says that a page is loaded before its modules have run.
        let body = "while (!window.viewer) await new Promise(requestAnimationFrame);
            await viewer.ready; return viewer.begun()";
        let begun = self.page.eval_async(body, Value::Null).await?;
        let lacks = list(&begun["lacks"]);
        if lacks.is_empty()
            && let Some(failure) = begun["failure"].as_str()
        {
            anyhow::bail!("{failure}");
        }
        let steps = begun["steps"].as_u64().context("no steps")?;
        Ok(Opened { lacks, steps })
    }

    /// Does a step of the page, and what it wants done by hand.
    ///
    /// # Errors
    /// When it throws.
    pub async fn step(&self, step: u64) -> Result<()> {
        let wishes = self.page.eval_async("return viewer.step(argument)", json!(step)).await?;
        hand::perform(&self.page, &wishes).await
    }

    /// Compares what is there now.
    ///
    /// # Errors
    /// When the browser is gone, or does not show the two.
    pub async fn compare(&self, state: &str, patience: Duration) -> Result<(f64, Option<Fault>)> {
        let start = Instant::now();
        loop {
            let seen = self.settle(patience.saturating_sub(start.elapsed()), false).await?;
            let wrong = list(&seen["wrong"]);
            let pictures = self.pictures(&seen, wrong.is_empty()).await;
            if let Ok(both) = &pictures
                && wrong.is_empty()
                && both.share <= BOUND
            {
                return Ok((both.share, None));
            }
            if start.elapsed() < patience {
                if self.page.engine == Engine::WebKit {
                    tokio::time::sleep(REST).await;
                }
                continue;
            }
            let tree = !wrong.is_empty();
            let mut what: Vec<String> = wrong.into_iter().take(3).collect();
            let (share, pictures) = match pictures {
                Ok(Both { page, replica, share }) => {
                    if share > BOUND {
                        what.push(format!("{:.3} % of the pixels differ", share * 100.0));
                    }
                    let difference = page.difference(&replica, TONE);
                    (share, Some([page, replica, difference]))
                }
                Err(error) => {
                    what.push(format!("{error:#}"));
                    (1.0, None)
                }
            };
            let what = what.join("\n");
            return Ok((share, Some(Fault { state: state.to_owned(), what, tree, pictures })));
        }
    }

    /// What the replica has loaded or tried to, by its own account and by the server's.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn loaded(&self, case: &Case) -> Result<Vec<String>> {
        let requests = self.page.eval("return viewer.requests()", json!([])).await?;
        let mut loaded = list(&requests);
        // The viewer's own files, and its frame. Scripts are all the viewer's, though WebKit says of
        // each module that the document wanted it: the replica's frame would not load one.
        let is_viewers = |target: &str| {
            target.ends_with(".js")
                || ["/viewer.css", "/saath/saath_bg.wasm", case.path.as_str()].contains(&target)
        };
        let asked =
            self.pages.asked().into_iter().filter(|asked| asked.by.contains("/viewer.html"));
        loaded.extend(asked.map(|asked| asked.target).filter(|target| !is_viewers(target)));
        Ok(loaded)
    }

    async fn look(
        &self,
        case: &Case,
        outcome: &mut Outcome,
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<String>> {
        hand::leave(&self.page).await?;
        let opened = self.open(case).await?;
        if !opened.lacks.is_empty() {
            return Ok(opened.lacks);
        }
        for state in 0..=opened.steps {
            let name = match state.checked_sub(1) {
                None => "the snapshot".to_owned(),
                Some(step) => {
                    self.step(step).await.with_context(|| format!("step {state}"))?;
                    format!("step {state}")
                }
            };
            let patience = if faults.is_empty() { PATIENCE } else { HASTE };
            let (share, fault) = self.compare(&name, patience).await.context(name)?;
            outcome.states += 1;
            outcome.pixels = outcome.pixels.max(share);
            faults.extend(fault);
        }
        let loaded = self.loaded(case).await?;
        if !loaded.is_empty() {
            let what = format!("it wanted to load {}", loaded.join(", "));
            faults.push(Fault::words("the replica", what));
        }
        Ok(Vec::new())
    }

    async fn settle(&self, patience: Duration, swapped: bool) -> Result<Value> {
        let wish = json!({ "patience": patience.as_millis(), "swapped": swapped });
        self.page.eval_async("return viewer.settle(argument)", wish).await
    }

    /// Page and replica out of one picture of both. Where they differ in that, out of two, in which
    /// they take the same place one after the other: gradients are dithered and edges smoothed by
    /// where on the screen they are. (Not under the mouse, which would be on the page no more.)
    async fn pictures(&self, seen: &Value, twice: bool) -> Result<Both> {
        let first = Picture::decode(&self.page.picture().await?)?;
        let both = Both::new(cut(&first, seen, "page")?, cut(&first, seen, "replica")?);
        if !twice || seen["hovered"] == true || both.share <= BOUND {
            return Ok(both);
        }
        let seen = self.settle(Duration::ZERO, true).await?;
        let second = Picture::decode(&self.page.picture().await?)?;
        let replica = cut(&second, &seen, "replica")?;
        self.settle(Duration::ZERO, false).await?;
        Ok(Both::new(both.page, replica))
    }
}

/// What is seen of one state.
struct Both {
    page: Picture,
    replica: Picture,
    share: f64,
}

impl Both {
    fn new(page: Picture, replica: Picture) -> Self {
        let share = page.differs(&replica, TONE);
        Self { page, replica, share }
    }
}

/// The page or the replica, without what nobody need show (`tests/pages/veil.js`).
fn cut(screen: &Picture, seen: &Value, name: &str) -> Result<Picture> {
    ensure!(seen["ratio"].as_f64() == Some(1.0), "the screen has another ratio than 1");
    let mut picture = screen.crop(area(&seen[name])?).with_context(|| name.to_owned())?;
    for part in seen["veiled"].as_array().into_iter().flatten() {
        picture.paint(area(part)?);
    }
    Ok(picture)
}

fn area(of: &Value) -> Result<Area> {
    let side = |name: &str| of[name].as_f64().with_context(|| format!("no {name} in {of}"));
    Ok(Area { x: side("x")?, y: side("y")?, width: side("width")?, height: side("height")? })
}

/// The texts in a list.
fn list(of: &Value) -> Vec<String> {
    of.as_array()
        .into_iter()
        .flatten()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// A page that is recorded.
#[derive(Debug)]
pub struct Opened {
    /// What it needs and the engine has not, by name.
    pub lacks: Vec<String>,
    /// How many steps it has.
    pub steps: u64,
}

impl Fault {
    fn words(state: &str, what: String) -> Self {
        Self { state: state.to_owned(), what, tree: true, pictures: None }
    }
}
