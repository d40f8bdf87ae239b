//! What a portal allows to be seen, as it writes it down.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// What may be shown. The default shows static text and masks every value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// What is masked where no mark says otherwise.
    pub mode: Mode,
    /// Selectors of what is masked, like `data-saath-mask`.
    pub redacted_views: Vec<View>,
    /// Selectors of what is shown, like `data-saath-show`.
    pub unredacted_views: Vec<View>,
    /// Selectors of what is an empty box, like `data-saath-block`.
    pub ignored_views: Vec<View>,
    /// Selectors of what the agent cannot act on, like `data-saath-no-act`.
    pub disabled_views: Vec<View>,
    /// Selectors of what the agent can only propose, like `data-saath-confirm`.
    pub confirmed_views: Vec<View>,
    /// Whether identifiers are taken out of what is shown.
    pub patterns: Patterns,
    #[serde(skip)]
    mask_all: bool,
}

/// What is masked where no mark says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Values of form controls and editable text, and attributes that can carry data.
    #[default]
    Values,
    /// All text.
    Strict,
}

/// Whether the pattern net is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Patterns {
    /// Identifiers are taken out of what is shown.
    #[default]
    On,
    /// They are not.
    Off,
}

/// A selector, on all pages or on those whose address fits one of the globs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum View {
    /// On all pages.
    Everywhere(String),
    /// On some pages.
    Scoped(Scoped),
}

/// A selector for some pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoped {
    /// The CSS selector.
    pub selector: String,
    /// Globs over the whole address; `*` stands for anything.
    pub urls: Vec<String>,
}

/// A policy that does not parse. Everything is masked then.
#[derive(Debug, Error)]
#[error("the masking policy does not parse, so everything is masked: {0}")]
pub struct PolicyError(#[from] serde_json::Error);

/// The selectors in force on one page, each a list for `querySelectorAll`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selectors {
    /// What is masked.
    pub mask: String,
    /// What is shown.
    pub show: String,
    /// What is an empty box.
    pub block: String,
    /// What the agent cannot act on.
    pub no_act: String,
    /// What the agent can only propose.
    pub confirm: String,
}

impl Policy {
    /// Parses the JSON form.
    ///
    /// # Errors
    /// [`PolicyError`] naming the line of the first mistake; unknown keys are mistakes.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        Ok(serde_json::from_str(json)?)
    }

    /// Everything is masked: what holds where there is no policy, or a broken one.
    pub fn mask_all() -> Self {
        Self { mask_all: true, mode: Mode::Strict, ..Self::default() }
    }

    /// Whether this is [`Self::mask_all`].
    pub fn is_mask_all(&self) -> bool {
        self.mask_all
    }

    /// Whether `*` is among the views to show, so that no element needs to be asked.
    pub fn shows_all(&self) -> bool {
        self.unredacted_views
            .iter()
            .any(|view| matches!(view, View::Everywhere(s) if s.trim() == "*"))
    }

    /// The selectors in force on the page with this address.
    pub fn selectors(&self, url: &str) -> Selectors {
        let list = |own: &str, views: &[View]| {
            let mut list = own.to_owned();
            let in_force = views.iter().filter_map(|view| match view {
                View::Everywhere(selector) => Some(selector),
                View::Scoped(scoped) => {
                    scoped.urls.iter().any(|glob| glob_fits(glob, url)).then_some(&scoped.selector)
                }
            });
            for selector in in_force.filter(|selector| selector.trim() != "*" || own != SHOW) {
                list.push(',');
                list.push_str(selector);
            }
            list
        };
        Selectors {
            mask: list("[data-saath-mask]", &self.redacted_views),
            show: list(SHOW, &self.unredacted_views),
            block: list("[data-saath-block]", &self.ignored_views),
            no_act: list("[data-saath-no-act]", &self.disabled_views),
            confirm: list("[data-saath-confirm]", &self.confirmed_views),
        }
    }

    /// SHA-256 of what the policy says, for the record of what was agreed.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(format!("{self:?}").as_bytes()).into()
    }
}

const SHOW: &str = "[data-saath-show]";

/// `*` stands for any text, everything else for itself.
fn glob_fits(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_what_it_says() {
        let policy = Policy::parse(
            r##"{"mode":"strict","redactedViews":[".a",{"selector":"#b","urls":["*/itr*"]}],"patterns":"off"}"##,
        )
        .unwrap();
        assert_eq!(policy.mode, Mode::Strict);
        assert_eq!(policy.patterns, Patterns::Off);
        assert_eq!(policy.selectors("https://x/itr.html?y").mask, "[data-saath-mask],.a,#b");
        assert_eq!(policy.selectors("https://x/home").mask, "[data-saath-mask],.a");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for json in [
            "{\n\"redacted\": []}",
            "{\n\"mode\":\"loose\"}",
            "{\n",
            "{\n\"redactedViews\":[{\"selector\":\"a\"}]}",
        ] {
            let message = Policy::parse(json).unwrap_err().to_string();
            assert!(message.contains("line 2") || message.contains("line 1"), "{message}");
        }
    }

    #[test]
    fn a_star_shows_all_without_asking() {
        let policy = Policy::parse(r#"{"unredactedViews":["*"]}"#).unwrap();
        assert!(policy.shows_all());
        assert_eq!(policy.selectors("x").show, "[data-saath-show]");
    }

    #[test]
    fn globs() {
        for (glob, text, fits) in [
            ("*", "abc", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*b*", "abc", true),
            ("a*b*b", "ab", false),
        ] {
            assert_eq!(glob_fits(glob, text), fits, "{glob} {text}");
        }
    }
}
