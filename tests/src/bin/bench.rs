//! What parts of the work cost, as shares of one run: `cargo xtask bench` builds the package and runs
//! this. Shares and never times: those say more of the machine than of the code.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use saath_tests::{Engine, Page, Pages};
use serde::Deserialize;
use serde_json::json;

/// Pages looked at, each in a tab of its own.
const ROUNDS: usize = 9;

/// Takes in all pages of a recording: it is whole when none has come for a second.
const RECORD: &str = r#"
    const { default: init, record } = await import("/saath-bench/saath.js");
    await init();
    let last = performance.now(), bytes = 0;
    const recording = record({
      policy: { mode: "values" },
      emit(frame) { last = performance.now(); bytes += frame.data?.byteLength ?? frame.byteLength ?? 0; },
    });
    while (performance.now() - last < 1000) await new Promise((done) => setTimeout(done, 100));
    recording.stop();
    return [bytes, document.querySelectorAll("*").length];
"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let pages = Pages::start().await?;
    let mut shares = Vec::new();
    for round in 1..=ROUNDS {
        let page = Page::start(Engine::Chromium, "bench").await?;
        page.goto(&format!("{}/bulk.html?kind=returns", pages.origin)).await?;
        page.profile(true).await?;
        let made = page.eval_async(RECORD, json!(null)).await?;
        let profile: Profile = serde_json::from_value(page.profile(false).await?)?;
        let costs = profile.costs()?;
        ensure!(made[0].as_u64() > Some(0), "nothing was recorded");
        eprintln!(
            "{round} of {ROUNDS}: {} elements, {} bytes, {:.0} ms of ours, masking {:.1} %",
            made[1],
            made[0],
            costs.all / 1e3,
            costs.masking / costs.all * 100.0,
        );
        shares.push(costs.masking / costs.all * 100.0);
    }
    shares.sort_by(f64::total_cmp);
    println!(
        "masking is {:.1} % of a snapshot of a table with 100,000 nodes (median of {ROUNDS}; {:.1} to {:.1})",
        shares[ROUNDS / 2],
        shares[0],
        shares[ROUNDS - 1],
    );
    Ok(())
}

/// A profile of V8: which functions were open, sample by sample.
#[derive(Deserialize)]
struct Profile {
    nodes: Vec<Node>,
    samples: Vec<u32>,
    #[serde(rename = "timeDeltas")]
    deltas: Vec<f64>,
}

#[derive(Deserialize)]
struct Node {
    id: u32,
    #[serde(rename = "callFrame")]
    frame: Frame,
    #[serde(default)]
    children: Vec<u32>,
}

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "functionName")]
    name: String,
    url: String,
}

/// Microseconds.
#[derive(Default)]
struct Costs {
    /// Of what the package does, and what it asks the browser for.
    all: f64,
    /// Of this what finds marks and masks.
    masking: f64,
}

impl Profile {
    fn costs(&self) -> Result<Costs> {
        let parents: HashMap<u32, &Node> = self
            .nodes
            .iter()
            .flat_map(|node| node.children.iter().map(move |child| (*child, node)))
            .collect();
        let by_id: HashMap<u32, &Node> = self.nodes.iter().map(|node| (node.id, node)).collect();
        let mut costs = Costs::default();
        let mut has_mask = false;
        for (sample, delta) in self.samples.iter().zip(&self.deltas) {
            let own = by_id.get(sample).copied().context("a sample of no function")?;
            let mut open = std::iter::successors(Some(own), |node| parents.get(&node.id).copied());
            let (mut is_ours, mut is_masking) = (false, false);
            for node in &mut open {
                let Frame { name, url } = &node.frame;
                is_ours |= url.contains("/saath-bench/") || url.starts_with("wasm:");
                // And what looks for marks, and for passwords.
                is_masking |= ["saath_core::mask::", "saath_patterns::"]
                    .iter()
                    .any(|room| name.starts_with(room))
                    || ["/marks.js", "/secrets.js"].iter().any(|script| url.ends_with(script));
                has_mask |= name.starts_with("saath_core::mask::mask");
            }
            costs.all += if is_ours { *delta } else { 0.0 };
            costs.masking += if is_masking { *delta } else { 0.0 };
        }
        ensure!(has_mask, "the function that masks has no name in the module, or was not seen");
        Ok(costs)
    }
}
