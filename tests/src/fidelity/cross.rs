//! The customer in one engine, the agent in another: recorded here, replayed there.
//!
//! The tree must be the page's. The picture cannot be: each engine has its own letters, fields and
//! edges. Blocks of [`BLOCK`] pixels must have the same mean colour up to [`TONE`], but for a share
//! of [`SHARE`]; both were measured, and a replica without one of its styles is far beyond them.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::Instant;

use super::{Case, Fault, Outcome, PATIENCE, Picture, Suite, Verdict, area, list};
use crate::driver::Engine;

/// Who records for whom: each engine once in each place.
pub const PAIRS: [(Engine, Engine); 3] = [
    (Engine::Chromium, Engine::Firefox),
    (Engine::Firefox, Engine::WebKit),
    (Engine::WebKit, Engine::Chromium),
];

/// Pages of each group that every engine lays out alike.
const PAGES: &[&str] = &[
    "assets/sprites",
    "document/direction",
    "document/namespaces",
    "forms/inputs",
    "frames/same-origin",
    "layers/stacked",
    "media/canvas",
    "media/fitted",
    "scroll/nested",
    "scroll/sticky",
    "shadow/host-styles",
    "styles/animated",
    "styles/conditions",
    "styles/mouse",
    "styles/scheme",
    "styles/states",
    "tree/keyed-list",
    "tree/moves",
];

const BLOCK: usize = 20;
const TONE: u8 = 40;
const SHARE: f64 = 0.05;

/// What was seen and emitted of a page in one engine, state by state.
pub struct Recording {
    /// The page's name.
    pub name: String,
    states: Vec<State>,
}

struct State {
    name: String,
    frames: Value,
    lines: Vec<String>,
    picture: Picture,
}

impl Case {
    /// Whether it is recorded and replayed across engines.
    #[must_use]
    pub fn travels(&self) -> bool {
        PAGES.contains(&self.name.as_str())
    }
}

impl Suite {
    /// Records a page in all its states; nothing if the engine lacks what it is about.
    ///
    /// # Errors
    /// When the page cannot be recorded.
    pub async fn record(&self, case: &Case) -> Result<Option<Recording>> {
        super::hand::leave(&self.page).await?;
        let opened = self.open(case).await?;
        if !opened.lacks.is_empty() {
            return Ok(None);
        }
        let mut states = Vec::new();
        let mut from = 0;
        for step in 0..=opened.steps {
            if let Some(step) = step.checked_sub(1) {
                self.step(step).await?;
            }
            // As long as page and replica differ, not all was emitted.
            let seen = self.settle(PATIENCE, false).await?;
            let screen = Picture::decode(&self.page.picture().await?)?;
            let picture = screen.crop(area(&seen["page"])?)?;
            let body = "return { frames: viewer.recorded(argument), lines: viewer.lines(false), \
                        size: viewer.frames.length }";
            let told = self.page.eval_async(body, json!(from)).await?;
            from = told["size"].as_u64().context("size")?;
            let name = if step == 0 { "the snapshot".to_owned() } else { format!("step {step}") };
            let (frames, lines) = (told["frames"].clone(), list(&told["lines"]));
            states.push(State { name, frames, lines, picture });
        }
        Ok(Some(Recording { name: case.name.clone(), states }))
    }

    /// Replays what another engine has recorded and compares it with what was seen there.
    pub async fn replay(&self, recording: &Recording) -> Outcome {
        let start = Instant::now();
        let mut pixels = 0.0_f64;
        let mut faults = Vec::new();
        if let Err(error) = self.replay_all(recording, &mut pixels, &mut faults).await {
            faults.push(Fault::words("the replica", format!("{error:#}")));
        }
        let verdict = if faults.is_empty() { Verdict::Same } else { Verdict::Wrong(faults) };
        Outcome { states: recording.states.len(), pixels, time: start.elapsed(), verdict }
    }

    async fn replay_all(
        &self,
        recording: &Recording,
        pixels: &mut f64,
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        super::hand::leave(&self.page).await?;
        self.page.goto(&format!("{}/viewer.html", self.pages.origin)).await?;
        let body = "while (!window.viewer) await new Promise(requestAnimationFrame);
            await viewer.ready";
        self.page.eval_async(body, Value::Null).await?;
        for state in &recording.states {
            let body = "return viewer.replay(argument)";
            let refused = self.page.eval_async(body, state.frames.clone()).await?;
            ensure!(refused.is_null(), "{}: {refused}", state.name);
            let start = Instant::now();
            loop {
                let (share, fault) = self.same_elsewhere(state).await?;
                if fault.is_none() || start.elapsed() > PATIENCE {
                    *pixels = pixels.max(share);
                    faults.extend(fault);
                    break;
                }
            }
        }
        Ok(())
    }

    async fn same_elsewhere(&self, state: &State) -> Result<(f64, Option<Fault>)> {
        let seen = self.page.eval_async("return viewer.shown()", Value::Null).await?;
        let lines = list(&seen["lines"]);
        let screen = Picture::decode(&self.page.picture().await?)?;
        let replica = screen.crop(area(&seen["replica"])?)?;
        let share = state.picture.differs_by_block(&replica, BLOCK, TONE);
        let first = state.lines.iter().zip(&lines).find(|(page, replica)| page != replica);
        let tree = state.lines != lines;
        if !tree && share <= SHARE {
            return Ok((share, None));
        }
        let mut what = match first {
            Some((page, replica)) => format!("the page has {page}, the replica {replica}\n"),
            None if tree => format!("{} lines, not {}\n", lines.len(), state.lines.len()),
            None => String::new(),
        };
        if share > SHARE {
            what += &format!("{:.1} % of the blocks differ", share * 100.0);
        }
        let difference = state.picture.difference(&replica, TONE);
        let pictures = Some([state.picture.clone(), replica, difference]);
        Ok((share, Some(Fault { state: state.name.clone(), what, tree, pictures })))
    }
}
