//! What a portal allows to be seen, as it writes it down.

mod glob;
mod json;
mod mistake;
mod read;
mod selector;

pub use json::{Kind, Member, Value};
pub use mistake::{Expected, Place, PolicyError, Why};

use sha2::{Digest, Sha256};

/// What may be shown. The default shows static text and masks every value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// Selectors of what only the customer presses, like `data-saath-confirm`.
    pub confirmed_views: Vec<View>,
    /// Selectors of values that the customer may show, like `data-saath-may-show`.
    pub showable_views: Vec<View>,
    /// Whether identifiers are taken out of what is shown.
    pub patterns: Patterns,
    mask_all: bool,
    #[cfg(feature = "self-test")]
    broken: bool,
}

/// What is masked where no mark says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Values of form controls and editable text, and attributes that can carry data.
    #[default]
    Values,
    /// All text.
    Strict,
}

/// Whether the pattern net is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patterns {
    /// Identifiers are taken out of what is shown.
    #[default]
    On,
    /// They are not.
    Off,
}

/// A selector, on all pages or on those whose address fits one of the globs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// On all pages.
    Everywhere(String),
    /// On some pages.
    Scoped(Scoped),
}

/// A selector for some pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scoped {
    /// The CSS selector.
    pub selector: String,
    /// Globs over the whole address; `*` stands for anything.
    pub urls: Vec<String>,
}

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
    /// What only the customer presses.
    pub confirm: String,
    /// What the customer may show.
    pub may_show: String,
}

impl Policy {
    /// Reads a policy from JSON text. `parses` asks the browser whether it knows a selector.
    ///
    /// # Errors
    /// [`PolicyError`], with the line: what is misspelt must not pass for what was left out.
    pub fn parse(text: &str, parses: impl FnMut(&str) -> bool) -> Result<Self, PolicyError> {
        read::text(text, parses)
    }

    /// Reads a policy from what a script has made; otherwise as [`Self::parse`].
    ///
    /// # Errors
    /// [`PolicyError`], without a line.
    pub fn read(value: &Value, parses: impl FnMut(&str) -> bool) -> Result<Self, PolicyError> {
        read::value(value, parses)
    }

    /// Everything is masked: what holds where there is no policy, or a broken one.
    pub fn mask_all() -> Self {
        Self { mask_all: true, mode: Mode::Strict, ..Self::default() }
    }

    /// The same with a mask that hides nothing, to see that the tests would tell.
    #[cfg(feature = "self-test")]
    #[must_use]
    pub fn broken(self) -> Self {
        Self { broken: true, patterns: Patterns::Off, ..self }
    }

    /// Whether this is [`Self::broken`].
    #[cfg(feature = "self-test")]
    pub(super) fn is_broken(&self) -> bool {
        self.broken
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
            let selectors = views.iter().filter_map(|view| match view {
                View::Everywhere(selector) => Some(selector),
                View::Scoped(Scoped { selector, urls }) => {
                    urls.iter().any(|glob| glob::fits(glob, url)).then_some(selector)
                }
            });
            for selector in selectors.filter(|selector| selector.trim() != "*" || own != SHOW) {
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
            may_show: list("[data-saath-may-show]", &self.showable_views),
        }
    }

    /// SHA-256 of what the policy says, for the record of what was agreed.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(format!("{self:?}").as_bytes()).into()
    }
}

const SHOW: &str = "[data-saath-show]";

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> Policy {
        Policy::parse(json, |_| true).unwrap()
    }

    #[test]
    fn a_policy_says_what_it_says() {
        let policy = policy(
            r##"{ "mode": "strict", "patterns": "off",
            "redactedViews": [".a", { "urls": ["*/itr*"], "selector": "#b" }] }"##,
        );
        assert_eq!(policy.mode, Mode::Strict);
        assert_eq!(policy.patterns, Patterns::Off);
        assert_eq!(policy.selectors("https://x/itr.html?y").mask, "[data-saath-mask],.a,#b");
        assert_eq!(policy.selectors("https://x/home").mask, "[data-saath-mask],.a");
        assert!(!policy.is_mask_all() && Policy::mask_all().is_mask_all());
    }

    #[test]
    fn each_key_fills_its_own_list() {
        let policy = policy(
            r#"{ "redactedViews": ["a"], "unredactedViews": ["b"], "ignoredViews": ["c"],
            "disabledViews": ["d"], "confirmedViews": ["e"], "showableViews": ["f"] }"#,
        );
        let Selectors { mask, show, block, no_act, confirm, may_show } = policy.selectors("x");
        let lists = [mask, show, block, no_act, confirm, may_show];
        for (list, end) in lists.iter().zip([",a", ",b", ",c", ",d", ",e", ",f"]) {
            assert!(list.ends_with(end), "{list}");
        }
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        assert_eq!(policy("{}"), Policy::default());
        assert_ne!(policy("{}").digest(), Policy::mask_all().digest());
    }

    #[test]
    fn a_star_shows_all_without_asking() {
        let policy = policy(r#"{ "unredactedViews": ["*"] }"#);
        assert!(policy.shows_all());
        assert_eq!(policy.selectors("x").show, "[data-saath-show]");
        assert!(!Policy::default().shows_all());
    }
}
