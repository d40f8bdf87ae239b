//! `report.html`: one file, for a screen, a phone or a printer, in which nothing of a page runs.
//!
//! Every text goes through [`escaped`]; if one did not, the report's own policy would still let no
//! script run and nothing be loaded.

use std::fmt::Write;

use super::field::{Field, Verdict};
use super::report::{PageReport, Report};
use super::table::{kind, masked_by};

const STYLE: &str = include_str!("report.css");
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>What an agent would see</title>
";

/// A page and its replica, to be shown beside the table.
pub(super) struct Shot {
    /// Of both, PNG files in base64.
    pub(super) pictures: [String; 2],
    /// In CSS pixels; pictures of tall pages are cut off.
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The whole file. `shots` has an entry for each page of the report.
pub(super) fn html(report: &Report, shots: &[Option<Shot>]) -> String {
    let mut out = format!("{HEAD}<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n");
    out += "<h1>What an agent would see</h1>\n";
    let _ = writeln!(
        out,
        "<p class=\"soft\">Captured with the package as it is shipped, in {}, {} pixels wide, replayed as an agent’s \
         console does, and compared element by element: each verdict is what is in the replica. \
         The pictures show the pages themselves: keep this file as you keep those.</p>",
        escaped(&report.engine),
        report.width
    );
    out += "<ul class=\"verdicts\" aria-label=\"Fields by verdict\">\n";
    for verdict in Verdict::ALL {
        let count = report.summary.get(verdict.name()).copied().unwrap_or(0);
        let _ = writeln!(
            out,
            "<li>{} <b>{count}</b> <span class=\"soft\">{}</span></li>",
            chip(verdict),
            means(verdict)
        );
    }
    out += "</ul>\n";
    findings(&mut out, report);
    for (place, page) in report.pages.iter().enumerate() {
        let shot = shots.get(place).and_then(Option::as_ref);
        section(&mut out, place, page, shot);
    }
    out += "</main>\n</body>\n</html>\n";
    out
}

fn findings(out: &mut String, report: &Report) {
    if report.findings.is_empty() {
        *out += "<section class=\"ok\"><h2>All is as expected</h2>\n<p>Nothing is shown that a rule hides, or that this \
                 run was told to fail on.</p></section>\n";
        return;
    }
    *out += "<section class=\"bad\"><h2>Not as expected</h2>\n<ul>\n";
    for finding in &report.findings {
        let _ = writeln!(
            out,
            "<li>{} {}: <code>{}</code>: {}</li>",
            escaped(&finding.page),
            escaped(&finding.state),
            escaped(&finding.selector),
            escaped(&finding.what)
        );
    }
    *out += "</ul></section>\n";
}

fn section(out: &mut String, place: usize, page: &PageReport, shot: Option<&Shot>) {
    let state = if page.state == "loaded" { String::new() } else { format!(", {}", page.state) };
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"p{place}\">\n<h2 id=\"p{place}\">{}{}</h2>\n\
         <p class=\"soft\">Masked: {}.</p>",
        escaped(&page.page),
        escaped(&state),
        escaped(&masked_by(&page.policy))
    );
    if let Some(shot) = shot {
        *out += "<div class=\"pair\">\n";
        let sides = [("The page", "page", 0), ("What the agent sees", "replica", 1)];
        for (caption, name, side) in sides {
            let _ = writeln!(
                out,
                "<figure><figcaption>{caption}</figcaption>\n<div class=\"shot\">\
                 <img alt=\"A picture of the {name}\" src=\"data:image/png;base64,{}\">",
                base64(&shot.pictures[side])
            );
            for (row, field) in page.fields.iter().enumerate() {
                let area = if side == 0 { field.page_area } else { field.replica_area };
                mark(out, place, row, field, area, shot);
            }
            *out += "</div></figure>\n";
        }
        *out += "</div>\n";
    }
    table(out, place, page);
    let PageReport { texts, attributes, addresses, .. } = page;
    let _ = writeln!(
        out,
        "<p class=\"soft\">Texts: {} shown, {} masked, {} with something caught. Attributes that may carry data and are masked: {}. \
         Addresses of links and files: {}, of which {} were sent.</p>\n</section>",
        texts.shown, texts.masked, texts.caught, attributes.masked, addresses.found, addresses.sent
    );
}

/// A frame over a picture that leads to its row.
fn mark(
    out: &mut String,
    place: usize,
    row: usize,
    field: &Field,
    area: Option<[f64; 4]>,
    shot: &Shot,
) {
    let Some([x, y, width, height]) = area else { return };
    let is_inside = x >= 0.0 && y >= 0.0 && x < shot.width && y < shot.height;
    // A text or an attribute has the frame of its element, which has one already.
    if !is_inside || field.attribute.is_some() {
        return;
    }
    let part = |side: f64, of: f64| (side / of * 100_000.0).round() / 1000.0;
    let _ = writeln!(
        out,
        "<a class=\"mark {0}\" href=\"#p{place}f{row}\" aria-label=\"{1}: {0}\" title=\"{2}: {0}\" \
         style=\"left:{3}%;top:{4}%;width:{5}%;height:{6}%\"><span>{1}</span></a>",
        field.verdict.name(),
        row + 1,
        escaped(&field.name()),
        part(x, shot.width),
        part(y, shot.height),
        part(width.min(shot.width - x), shot.width),
        part(height.min(shot.height - y), shot.height),
    );
}

fn table(out: &mut String, place: usize, page: &PageReport) {
    if page.fields.is_empty() {
        *out += "<p>No form field, picture or marked place is on this page.</p>\n";
        return;
    }
    *out += "<table>\n<caption>Field by field, in the order of the page</caption>\n<thead><tr>\
             <th scope=\"col\">№</th><th scope=\"col\">Verdict</th><th scope=\"col\">Field</th><th scope=\"col\">Kind</th>\
             <th scope=\"col\">In the replica</th><th scope=\"col\">Why</th><th scope=\"col\">Agent may act</th></tr></thead>\n<tbody>\n";
    for (row, field) in page.fields.iter().enumerate() {
        let label = if field.label.is_empty() {
            String::new()
        } else {
            format!("{}<br>", escaped(&field.label))
        };
        let replica = match field.replica.as_str() {
            "" => "<span class=\"soft\">nothing</span>".to_owned(),
            text => format!("<code>{}</code>", escaped(text)),
        };
        let mut why = escaped(&field.rule);
        if let Some(pattern) = &field.pattern {
            let _ = write!(why, ": {}", escaped(pattern));
        }
        if !field.echo.is_empty() {
            let _ = write!(
                why,
                "<br><span class=\"echo\">Its value also stands in {}</span>",
                escaped(&field.echo.join(", "))
            );
        }
        let agent = match field.agent.as_deref() {
            Some("customer") => "only the customer",
            Some(word) => word,
            None => "",
        };
        let _ = writeln!(
            out,
            "<tr id=\"p{place}f{row}\"><td class=\"n\">{}</td><td data-name=\"Verdict\"><span>{}</span></td>\
             <td data-name=\"Field\"><span>{label}<code>{}</code></span></td><td data-name=\"Kind\"><span>{}</span></td>\
             <td data-name=\"Replica\"><span>{replica}</span></td><td data-name=\"Why\"><span>{why}</span></td>\
             <td data-name=\"Agent\">{}</td></tr>",
            row + 1,
            chip(field.verdict),
            escaped(&field.name()),
            escaped(&kind(field)),
            escaped(agent),
        );
    }
    *out += "</tbody>\n</table>\n";
}

fn chip(verdict: Verdict) -> String {
    format!("<span class=\"v {0}\">{0}</span>", verdict.name())
}

fn means(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Never => "nothing, whatever a policy says",
        Verdict::Masked => "blocks, or that there is something",
        Verdict::Blocked => "an empty box",
        Verdict::Caught => "the text without the identifier",
        Verdict::Shown => "as it is",
    }
}

/// Text, between tags and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// What a browser has encoded, and nothing else.
fn base64(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect()
}

#[cfg(test)]
mod tests {
    use super::super::field::{Judged, Kind};
    use super::super::rules::Rules;
    use super::*;

    #[test]
    fn a_hostile_page_writes_no_markup() {
        let hostile = "</script><img src=x onerror=alert(1)>\"'";
        let field = Field {
            selector: hostile.to_owned(),
            attribute: None,
            label: hostile.to_owned(),
            kind: Kind::Control,
            of: hostile.to_owned(),
            verdict: Verdict::Shown,
            rule: hostile.to_owned(),
            replica: hostile.to_owned(),
            agent: Some(hostile.to_owned()),
            pattern: Some(hostile.to_owned()),
            echo: vec![hostile.to_owned()],
            deny: Some(hostile.to_owned()),
            page_area: Some([0.0, 0.0, 5.0, 5.0]),
            replica_area: None,
        };
        let mut report = Report::new(hostile, 1280);
        let rules = Rules::Everything(hostile.to_owned());
        let judged = Judged { fields: vec![field], ..Judged::default() };
        report.push(hostile, hostile, hostile, &rules, judged);
        let pictures = [hostile.to_owned(), hostile.to_owned()];
        let shots = [Some(Shot { pictures, width: 10.0, height: 10.0 })];
        let text = html(&report, &shots);
        assert!(!text.contains("<img src=x") && !text.contains("</script"), "{text}");
        assert!(!text.contains("\"'"), "a quote leaves an attribute");
        assert_eq!(text.matches("<img ").count(), 2);
        assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;"));
    }
}
