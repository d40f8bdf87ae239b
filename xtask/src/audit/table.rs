//! The report for a terminal.

use std::fmt::Write;

use super::field::{Field, Kind};
use super::report::{PageReport, Policy, Report};

/// As wide as a column may be.
const WIDEST: usize = 44;

/// All of it, as text.
pub(super) fn table(report: &Report) -> String {
    let mut out = String::new();
    for page in &report.pages {
        page_table(&mut out, page);
    }
    let _ = writeln!(out, "{}", counts(report));
    for finding in &report.findings {
        let place = [&finding.page, &finding.state].map(String::as_str).join(" ");
        let _ = writeln!(out, "✗ {}: {}: {}", place.trim(), finding.selector, finding.what);
    }
    out
}

fn page_table(out: &mut String, page: &PageReport) {
    let _ = writeln!(out, "{} ({}): {}", page.page, page.state, masked_by(&page.policy));
    let rows: Vec<[String; 4]> = page.fields.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2].map(|column| width(column).unwrap_or(0).min(WIDEST));
    for row in &rows {
        let cells: Vec<String> = (0..3).map(|at| pad(&row[at], widths[at])).collect();
        let _ = writeln!(out, "  {}  {}", cells.join("  "), row[3]);
    }
    let PageReport { texts, attributes, addresses, .. } = page;
    let _ = writeln!(
        out,
        "  texts: {} shown, {} masked, {} with something caught · attributes masked: {} · addresses: {}, sent: {}\n",
        texts.shown, texts.masked, texts.caught, attributes.masked, addresses.found, addresses.sent
    );
}

fn row(field: &Field) -> [String; 4] {
    let mut why = field.rule.clone();
    if let Some(pattern) = &field.pattern {
        let _ = write!(why, ": {pattern}");
    }
    if !field.echo.is_empty() {
        let _ = write!(why, " ⚠ its value also stands in {}", field.echo.join(", "));
    }
    let what = if field.label.is_empty() { kind(field) } else { field.label.clone() };
    [field.verdict.name().to_owned(), field.name(), what, why]
}

/// What it was masked by, in words.
pub(super) fn masked_by(policy: &Policy) -> String {
    match policy.source.as_str() {
        "none" => "there is no policy, so everything is masked".to_owned(),
        "page" => format!("by the policy in the page, {}", policy.mode),
        source => format!("by {source}, {}", policy.mode),
    }
}

/// What it is, in words.
pub(super) fn kind(field: &Field) -> String {
    match field.kind {
        Kind::Control | Kind::Picture => field.of.clone(),
        Kind::Button => "button".to_owned(),
        Kind::Frame => "frame of another origin".to_owned(),
        Kind::Region => format!("marked {}", field.of),
        Kind::Text => "text on the page".to_owned(),
        Kind::Attribute => "attribute".to_owned(),
    }
}

/// How many fields have which verdict.
pub(super) fn counts(report: &Report) -> String {
    let order = super::field::Verdict::ALL;
    let parts = order.map(|verdict| {
        let count = report.summary.get(verdict.name()).copied().unwrap_or(0);
        format!("{count} {}", verdict.name())
    });
    let fields: usize = report.summary.values().sum();
    format!("{fields} fields: {}", parts.join(", "))
}

fn pad(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length > width {
        text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
    } else {
        text.to_owned() + &" ".repeat(width - length)
    }
}
