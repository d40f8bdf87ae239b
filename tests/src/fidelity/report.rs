//! What was found, as a table for the terminal and a page with pictures for the eye.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Fault, Outcome, Verdict};
use crate::driver::Engine;

const STYLE: &str = "
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #1b1f24 }
table { border-collapse: collapse } td, th { border: 1px solid #d0d7de; padding: 2px 10px; text-align: left }
.same { background: #e6f4ea } .wrong { background: #fde7e7 } .known { background: #fff4d6 } .lacks { background: #f3f4f6; color: #57606a }
figure { display: inline-block; margin: 0 8px 8px 0 } figure img { border: 1px solid #d0d7de; display: block; max-width: 31vw }
pre { white-space: pre-wrap; background: #f6f8fa; padding: 8px }";

/// All that was found.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
}

/// One page in one engine.
#[derive(Debug)]
pub struct Row {
    /// The page.
    pub name: String,
    /// The engine, or the two of a recording replayed elsewhere.
    pub engine: String,
    /// What was found.
    pub outcome: Outcome,
}

impl Report {
    /// Adds a row.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// How many rows are wrong.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Wrong(_)))
    }

    /// A line a page and a column an engine, the first fault of all that are wrong, and the sums.
    #[must_use]
    pub fn table(&self) -> String {
        let (names, engines) = (self.names(), self.engines());
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut table = format!("{:widest$}", "");
        for engine in &engines {
            let _ = write!(table, "  {engine:18}");
        }
        for name in names {
            let _ = write!(table, "\n{name:widest$}");
            for engine in &engines {
                let _ = write!(table, "  {:18}", self.cell(name, engine));
            }
        }
        for Row { name, engine, outcome } in &self.rows {
            if let Verdict::Wrong(faults) = &outcome.verdict {
                let first = faults.first();
                let (state, what) = first.map_or(("", ""), |fault| (&fault.state, &fault.what));
                let _ = write!(table, "\nwrong: {name} in {engine}, {state}: {what}");
            }
        }
        let _ = write!(
            table,
            "\n{} equal, {} wrong, {} known to be wrong, {} not in that engine",
            self.count(|verdict| matches!(verdict, Verdict::Same)),
            self.wrong(),
            self.count(|verdict| matches!(verdict, Verdict::Known(..))),
            self.count(|verdict| matches!(verdict, Verdict::Lacks(_)))
        );
        table
    }

    /// Writes `report.html` and its pictures into a folder, afresh; gives the page back.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <title>Saath: page and replica</title>\n<style>{STYLE}</style>\n\
             <h1>Page and replica</h1>\n<table>\n<tr><th>page"
        );
        for engine in self.engines() {
            let _ = write!(html, "<th>{engine}");
        }
        for name in self.names() {
            let _ = write!(html, "\n<tr><td>{name}");
            for engine in self.engines() {
                let class = match self.row(name, engine).map(|row| &row.outcome.verdict) {
                    Some(Verdict::Same) => "same",
                    Some(Verdict::Wrong(_)) => "wrong",
                    Some(Verdict::Known(..)) => "known",
                    _ => "lacks",
                };
                let _ = write!(html, "<td class=\"{class}\">{}", escape(&self.cell(name, engine)));
            }
        }
        html.push_str("\n</table>\n");
        for row in &self.rows {
            if let Verdict::Wrong(faults) | Verdict::Known(_, faults) = &row.outcome.verdict {
                for (number, fault) in faults.iter().enumerate() {
                    fault_in(&mut html, folder, row, number, fault)?;
                }
            }
        }
        let page = folder.join("report.html");
        std::fs::write(&page, html + "</html>\n")?;
        Ok(page)
    }

    fn cell(&self, name: &str, engine: &str) -> String {
        let Some(Row { outcome, .. }) = self.row(name, engine) else { return String::new() };
        match &outcome.verdict {
            Verdict::Same => format!("ok {:.3} %", outcome.pixels * 100.0),
            Verdict::Lacks(what) => format!("lacks {}", what.join(", ")),
            Verdict::Wrong(faults) | Verdict::Known(_, faults) => {
                let tree = if faults.iter().any(|fault| fault.tree) { "✗" } else { "ok" };
                format!("tree {tree} {:.3} %", outcome.pixels * 100.0)
            }
        }
    }

    fn row(&self, name: &str, engine: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name && row.engine == engine)
    }

    fn count(&self, which: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| which(&row.outcome.verdict)).count()
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rows.iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The three first, then who recorded for whom.
    fn engines(&self) -> Vec<&str> {
        let place = |name: &str| Engine::ALL.iter().position(|engine| engine.name() == name);
        let mut engines: Vec<&str> = self.rows.iter().map(|row| row.engine.as_str()).collect();
        engines.sort_by_key(|name| (place(name).unwrap_or(usize::MAX), *name));
        engines.dedup();
        engines
    }
}

/// One fault with its three pictures, which become files.
fn fault_in(
    html: &mut String,
    folder: &Path,
    row: &Row,
    number: usize,
    fault: &Fault,
) -> Result<()> {
    let Row { name, engine, .. } = row;
    let _ = write!(
        html,
        "<h2>{name}, {engine}, {}</h2>\n<pre>{}</pre>\n",
        escape(&fault.state),
        escape(&fault.what)
    );
    for (what, picture) in
        ["page", "replica", "difference"].iter().zip(fault.pictures.iter().flatten())
    {
        let file = format!("{}-{engine}-{number}-{what}.png", name.replace('/', "-"));
        std::fs::write(folder.join(&file), picture.encode()?)?;
        let _ = write!(
            html,
            "<figure><img src=\"{file}\" alt=\"{what}\"><figcaption>{what}</figcaption></figure>"
        );
    }
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
