//! The report, as `report.json` has it, and what of it is not as expected.
//!
//! It holds no time, no port and nothing that is hidden from an agent: two runs over the same pages
//! give the same file, which can be committed and be the baseline of the next run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::field::{Addresses, Attributes, Counts, Field, Judged, Kind, Verdict};
use super::rules::Rules;

/// The format of this version.
pub(super) const FORMAT: &str = "saath-audit/1";

/// All pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) format: String,
    pub(super) engine: String,
    pub(super) width: u32,
    /// Fields by verdict.
    pub(super) summary: BTreeMap<String, usize>,
    pub(super) findings: Vec<Finding>,
    pub(super) pages: Vec<PageReport>,
}

/// A page in one state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PageReport {
    pub(super) page: String,
    /// `loaded`, or after which script.
    pub(super) state: String,
    pub(super) policy: Policy,
    pub(super) texts: Counts,
    pub(super) attributes: Attributes,
    pub(super) addresses: Addresses,
    pub(super) fields: Vec<Field>,
}

/// What it was masked by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Policy {
    /// A file, an address, `page` for one that stands in it, or `none`.
    pub(super) source: String,
    pub(super) mode: String,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finding {
    pub(super) page: String,
    pub(super) state: String,
    pub(super) selector: String,
    pub(super) what: String,
}

impl Report {
    pub(super) fn new(engine: &str, width: u32) -> Self {
        let summary = Verdict::ALL.iter().map(|verdict| (verdict.name().to_owned(), 0)).collect();
        Self {
            format: FORMAT.to_owned(),
            engine: engine.to_owned(),
            width,
            summary,
            findings: vec![],
            pages: vec![],
        }
    }

    /// Takes a page, and what of it is shown though it must not be.
    pub(super) fn push(
        &mut self,
        page: &str,
        state: &str,
        source: &str,
        rules: &Rules,
        judged: Judged,
    ) {
        for (place, field) in judged.fields.iter().enumerate() {
            *self.summary.entry(field.verdict.name().to_owned()).or_default() += 1;
            let what = if judged.leaks.contains(&place) {
                format!(
                    "it must be hidden ({}) and is in the replica: please report this",
                    field.rule
                )
            } else if let Some(selector) = field.deny.as_ref().filter(|_| field.verdict.is_seen()) {
                format!("{}, and must not be (--fail-on-shown {selector})", field.verdict.name())
            } else {
                continue;
            };
            self.findings.push(Finding {
                page: page.to_owned(),
                state: state.to_owned(),
                selector: field.name(),
                what,
            });
        }
        let policy = Policy { source: source.to_owned(), mode: rules.name() };
        let Judged { fields, texts, attributes, addresses, .. } = judged;
        self.pages.push(PageReport {
            page: page.to_owned(),
            state: state.to_owned(),
            policy,
            texts,
            attributes,
            addresses,
            fields,
        });
    }

    /// Notes what more is shown than in an earlier report.
    pub(super) fn compare(&mut self, before: &Self) {
        let known = before.by_place();
        let mut found = Vec::new();
        for (place, field) in self.by_place() {
            let (page, state, selector) = &place;
            let mut note = |what: String| {
                found.push(Finding {
                    page: page.clone(),
                    state: state.clone(),
                    selector: selector.clone(),
                    what,
                });
            };
            match known.get(&place) {
                Some(was) if field.verdict.rank() > was.verdict.rank() => note(format!(
                    "{} now, and {} in the baseline",
                    field.verdict.name(),
                    was.verdict.name()
                )),
                None if field.verdict.is_seen() => {
                    note(format!("{}, and not in the baseline", field.verdict.name()));
                }
                was => {
                    let news =
                        field.echo.iter().filter(|at| was.is_none_or(|was| !was.echo.contains(at)));
                    for at in news {
                        note(format!(
                            "its value also stands in {at}, which it did not in the baseline"
                        ));
                    }
                }
            }
        }
        // What no rule hides any more has no row of its own: it is the page's text like any other.
        let now = self.by_place();
        let is_here = |page: &str, state: &str| {
            self.pages.iter().any(|own| own.page == page && own.state == state)
        };
        for (place, was) in &known {
            let (page, state, selector) = place;
            let is_text = matches!(was.kind, Kind::Region | Kind::Text);
            if is_text && was.verdict.rank() < 2 && is_here(page, state) && !now.contains_key(place)
            {
                found.push(Finding {
                    page: page.clone(),
                    state: state.clone(),
                    selector: selector.clone(),
                    what: format!(
                        "{} in the baseline, and no rule is about it now",
                        was.verdict.name()
                    ),
                });
            }
        }
        found.sort_by(|a, b| {
            (&a.page, &a.state, &a.selector).cmp(&(&b.page, &b.state, &b.selector))
        });
        self.findings.extend(found);
    }

    /// Notes selectors of `--fail-on-shown` that name nothing: they would hold whatever happens.
    pub(super) fn expect(&mut self, denied: &[String], seen: &[String]) {
        for selector in denied.iter().filter(|selector| !seen.contains(selector)) {
            self.findings.push(Finding {
                page: "every page".to_owned(),
                state: String::new(),
                selector: selector.clone(),
                what: "--fail-on-shown names nothing on these pages, so nothing is checked by it"
                    .to_owned(),
            });
        }
    }

    /// The fields, each by page, state and name. Of several by one name the one that tells most.
    fn by_place(&self) -> BTreeMap<(String, String, String), &Field> {
        let mut places: BTreeMap<_, &Field> = BTreeMap::new();
        for page in &self.pages {
            for field in &page.fields {
                let place = (page.page.clone(), page.state.clone(), field.name());
                let kept = places.entry(place).or_insert(field);
                if field.verdict.rank() > kept.verdict.rank() {
                    *kept = field;
                }
            }
        }
        places
    }

    /// As the file has it.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl Field {
    /// Which it is on its page.
    pub(super) fn name(&self) -> String {
        match &self.attribute {
            Some(attribute) => format!("{} @{attribute}", self.selector),
            None => self.selector.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(selector: &str, verdict: Verdict) -> Field {
        Field {
            selector: selector.to_owned(),
            attribute: None,
            label: String::new(),
            kind: Kind::Control,
            of: "text".to_owned(),
            verdict,
            rule: String::new(),
            replica: String::new(),
            agent: None,
            pattern: None,
            echo: vec![],
            deny: None,
            page_area: None,
            replica_area: None,
        }
    }

    fn report(fields: Vec<Field>) -> Report {
        let mut report = Report::new("chromium", 1280);
        let rules = Rules::Mode { strict: false, patterns: true };
        let judged = Judged { fields, ..Judged::default() };
        report.push("a.html", "loaded", "none", &rules, judged);
        report
    }

    fn found(report: &Report) -> Vec<String> {
        report.findings.iter().map(|found| format!("{}: {}", found.selector, found.what)).collect()
    }

    #[test]
    fn what_is_shown_more_than_before_is_found() {
        let before = report(vec![
            field("#a", Verdict::Masked),
            field("#b", Verdict::Shown),
            field("#c", Verdict::Caught),
            field("#gone", Verdict::Shown),
        ]);
        // Through the file and back.
        let before: Report = serde_json::from_str(&before.json().unwrap()).unwrap();
        let mut same = report(vec![field("#a", Verdict::Never), field("#b", Verdict::Masked)]);
        same.compare(&before);
        assert_eq!(found(&same), [] as [&str; 0]);

        let mut echoed = field("#a", Verdict::Masked);
        echoed.echo = vec!["p".to_owned()];
        let mut more = report(vec![
            echoed,
            field("#b", Verdict::Shown),
            field("#c", Verdict::Shown),
            field("#new", Verdict::Caught),
            field("#hidden", Verdict::Masked),
        ]);
        more.compare(&before);
        assert_eq!(
            found(&more),
            [
                "#a: its value also stands in p, which it did not in the baseline",
                "#c: shown now, and pattern-caught in the baseline",
                "#new: pattern-caught, and not in the baseline",
            ]
        );
    }

    #[test]
    fn text_that_is_hidden_no_more_is_found() {
        let region = |selector, kind, verdict| Field { kind, ..field(selector, verdict) };
        let before = report(vec![
            region("#letter", Kind::Region, Verdict::Masked),
            region("#pan", Kind::Text, Verdict::Caught),
            region("#open", Kind::Region, Verdict::Shown),
            field("#removed", Verdict::Masked),
        ]);
        let mut now = report(vec![]);
        now.compare(&before);
        assert_eq!(
            found(&now),
            [
                "#letter: masked in the baseline, and no rule is about it now",
                "#pan: pattern-caught in the baseline, and no rule is about it now",
            ]
        );
        // A page that was not looked at says nothing.
        let mut other = Report::new("chromium", 1280);
        other.compare(&before);
        assert_eq!(other.findings, []);
    }

    #[test]
    fn one_of_several_by_a_name_that_is_shown_is_found() {
        let before = report(vec![field("li", Verdict::Masked), field("li", Verdict::Masked)]);
        let mut now = report(vec![field("li", Verdict::Shown), field("li", Verdict::Masked)]);
        now.compare(&before);
        assert_eq!(found(&now), ["li: shown now, and masked in the baseline"]);
    }

    #[test]
    fn what_must_not_be_shown_is_found() {
        let deny = |verdict| Field { deny: Some("#pan".to_owned()), ..field("#pan", verdict) };
        let seen = report(vec![deny(Verdict::Shown), deny(Verdict::Caught), deny(Verdict::Masked)]);
        assert_eq!(
            found(&seen),
            [
                "#pan: shown, and must not be (--fail-on-shown #pan)",
                "#pan: pattern-caught, and must not be (--fail-on-shown #pan)",
            ]
        );
        let mut misspelt = report(vec![]);
        misspelt.expect(&["#pna".to_owned(), "#pan".to_owned()], &["#pan".to_owned()]);
        assert_eq!(misspelt.findings.len(), 1);
        assert_eq!(misspelt.findings[0].selector, "#pna");
    }

    #[test]
    fn a_leak_is_found_whatever_is_expected() {
        let mut report = Report::new("chromium", 1280);
        let rules = Rules::Mode { strict: false, patterns: true };
        let judged = Judged {
            fields: vec![field("#a", Verdict::Masked), field("#b", Verdict::Shown)],
            leaks: vec![1],
            ..Judged::default()
        };
        report.push("a.html", "loaded", "none", &rules, judged);
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.findings[0].selector, "#b");
        assert_eq!((report.summary["masked"], report.summary["shown"]), (1, 1));
    }
}
