//! Which rule decided, as a reason for people: what the page's own selectors say of an element.

use serde_json::Value;

use super::field::{Kind, Verdict};
use super::seen::{Node, Told};

/// What was in force on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rules {
    /// A policy.
    Mode { strict: bool, patterns: bool },
    /// Everything is masked, for this reason.
    Everything(String),
}

impl Rules {
    /// By what the page was captured with, and what the package said of it.
    pub(super) fn of(policy: &Told, said: &[String]) -> Self {
        if let Some(complaint) = said.iter().find(|text| text.contains("everything is masked")) {
            let no_policy = policy.source == "none";
            return Self::Everything(if no_policy {
                "there is no policy, so everything is masked".to_owned()
            } else {
                format!("the policy does not hold, so everything is masked ({complaint})")
            });
        }
        let text = policy.text.as_deref().unwrap_or("{}");
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let word = |key: &str| value[key].as_str();
        Self::Mode {
            strict: word("mode") == Some("strict"),
            patterns: word("patterns") != Some("off"),
        }
    }

    /// In a word or two, for the report.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Everything(_) => "everything masked".to_owned(),
            Self::Mode { strict, patterns } => {
                let mode = if *strict { "strict" } else { "values" };
                format!("{mode}{}", if *patterns { "" } else { ", pattern net off" })
            }
        }
    }

    /// Whether nothing of it may be shown, whatever it is.
    pub(super) fn hides(&self, node: &Node) -> bool {
        matches!(self, Self::Everything(_))
            || node.never.is_some()
            || node.zone.contains_key("mask")
            || node.zone.contains_key("block")
    }

    /// Whether a value in it may not.
    pub(super) fn hides_values(&self, node: &Node) -> bool {
        self.hides(node) || !node.zone.contains_key("show")
    }

    /// Whether its text may not.
    pub(super) fn hides_text(&self, node: &Node) -> bool {
        let hides =
            node.zone.contains_key("value") || matches!(self, Self::Mode { strict: true, .. });
        self.hides(node) || hides && !node.zone.contains_key("show")
    }

    /// What an agent may do with it.
    pub(super) fn agent(&self, node: &Node, kind: Kind, verdict: Verdict) -> Option<String> {
        let may = match kind {
            Kind::Picture | Kind::Frame | Kind::Text | Kind::Attribute => return None,
            _ if !verdict.is_seen() || self.hides(node) => "no",
            _ if node.zone.contains_key("noAct") => "no",
            _ if node.zone.contains_key("confirm") || node.submits => "customer",
            _ => "yes",
        };
        Some(may.to_owned())
    }

    /// Why an agent sees what it sees.
    pub(super) fn reason(&self, node: &Node, kind: Kind, verdict: Verdict) -> String {
        let named = |list: &str| node.zone.get(list).cloned();
        let reason = match verdict {
            Verdict::Never => node.never.clone().map(|why| format!("never-zone: {why}")),
            Verdict::Blocked if kind == Kind::Frame => {
                Some(named("block").unwrap_or_else(|| "a frame of another origin".to_owned()))
            }
            Verdict::Blocked => named("block"),
            Verdict::Masked => named("mask").or_else(|| match self {
                Self::Everything(why) => Some(why.clone()),
                Self::Mode { strict: true, .. } => Some("mode strict: nothing shows it".to_owned()),
                Self::Mode { .. } => Some(
                    match kind {
                        Kind::Control => "a value, and nothing shows it",
                        Kind::Picture if named("show").is_some() => "its bytes cannot be read",
                        Kind::Picture => {
                            "made in the page and not shown, or its bytes cannot be read"
                        }
                        Kind::Attribute => "an attribute that may carry data",
                        _ => "nothing shows it",
                    }
                    .to_owned(),
                ),
            }),
            Verdict::Caught => Some("the pattern net".to_owned()),
            Verdict::Shown => named("show").or_else(|| {
                let why = match kind {
                    Kind::Picture => "a picture that the page loads",
                    Kind::Attribute => "a word that is a state, or that style sheets select by",
                    Kind::Control => "nothing hides it",
                    _ => "static text",
                };
                Some(why.to_owned())
            }),
        };
        let reason = reason.unwrap_or_else(|| "withheld by the package".to_owned());
        let held = match (kind, named("noAct"), named("confirm")) {
            (Kind::Control | Kind::Button | Kind::Region, Some(why), _)
            | (Kind::Control | Kind::Button | Kind::Region, None, Some(why)) => Some(why),
            (Kind::Control | Kind::Button, None, None) if node.submits => {
                Some("it submits".to_owned())
            }
            _ => None,
        };
        match held {
            Some(held) => format!("{reason}; {held}"),
            None => reason,
        }
    }
}
