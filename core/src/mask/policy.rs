//! What a portal allows to be seen, as it writes it down.

use sha2::{Digest, Sha256};
use thiserror::Error;

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
    /// Selectors of what the agent can only propose, like `data-saath-confirm`.
    pub confirmed_views: Vec<View>,
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

/// What is written down for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// One of the words that the key knows.
    Word(String),
    /// Selectors.
    Views(Vec<View>),
}

/// A setting that is not one. Everything is masked then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// A policy has no such key.
    #[error("unknown key")]
    UnknownKey,
    /// The key does not take that.
    #[error("not a value it can have")]
    BadValue,
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
    /// What the agent can only propose.
    pub confirm: String,
}

impl Policy {
    /// Takes one setting, by its key as portals write it.
    ///
    /// # Errors
    /// [`PolicyError`]: a key that is misspelt must not pass for one that was left out.
    pub fn set(&mut self, key: &str, setting: Setting) -> Result<(), PolicyError> {
        let views = match key {
            "mode" | "patterns" => return self.set_word(key, &setting),
            "redactedViews" => &mut self.redacted_views,
            "unredactedViews" => &mut self.unredacted_views,
            "ignoredViews" => &mut self.ignored_views,
            "disabledViews" => &mut self.disabled_views,
            "confirmedViews" => &mut self.confirmed_views,
            _ => return Err(PolicyError::UnknownKey),
        };
        let Setting::Views(list) = setting else { return Err(PolicyError::BadValue) };
        *views = list;
        Ok(())
    }

    fn set_word(&mut self, key: &str, setting: &Setting) -> Result<(), PolicyError> {
        let Setting::Word(word) = setting else { return Err(PolicyError::BadValue) };
        match (key, word.as_str()) {
            ("mode", "values") => self.mode = Mode::Values,
            ("mode", "strict") => self.mode = Mode::Strict,
            ("patterns", "on") => self.patterns = Patterns::On,
            ("patterns", "off") => self.patterns = Patterns::Off,
            _ => return Err(PolicyError::BadValue),
        }
        Ok(())
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
        self.selectors_if(|scoped| scoped.urls.iter().any(|glob| glob_fits(glob, url)))
    }

    /// All selectors, whatever the address: to see whether they parse.
    pub fn all_selectors(&self) -> Selectors {
        self.selectors_if(|_| true)
    }

    fn selectors_if(&self, in_force: impl Fn(&Scoped) -> bool) -> Selectors {
        let list = |own: &str, views: &[View]| {
            let mut list = own.to_owned();
            let selectors = views.iter().filter_map(|view| match view {
                View::Everywhere(selector) => Some(selector),
                View::Scoped(scoped) => in_force(scoped).then_some(&scoped.selector),
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

    fn word(word: &str) -> Setting {
        Setting::Word(word.to_owned())
    }

    fn everywhere(selector: &str) -> View {
        View::Everywhere(selector.to_owned())
    }

    #[test]
    fn a_policy_says_what_it_says() {
        let scoped = Scoped { selector: "#b".into(), urls: vec!["*/itr*".into()] };
        let mut policy = Policy::default();
        policy.set("mode", word("strict")).unwrap();
        policy.set("patterns", word("off")).unwrap();
        let views = Setting::Views(vec![everywhere(".a"), View::Scoped(scoped)]);
        policy.set("redactedViews", views).unwrap();
        assert_eq!(policy.mode, Mode::Strict);
        assert_eq!(policy.patterns, Patterns::Off);
        assert_eq!(policy.selectors("https://x/itr.html?y").mask, "[data-saath-mask],.a,#b");
        assert_eq!(policy.selectors("https://x/home").mask, "[data-saath-mask],.a");
    }

    #[test]
    fn each_key_fills_its_own_list() {
        let mut policy = Policy::default();
        for (key, selector) in [
            ("redactedViews", "a"),
            ("unredactedViews", "b"),
            ("ignoredViews", "c"),
            ("disabledViews", "d"),
            ("confirmedViews", "e"),
        ] {
            policy.set(key, Setting::Views(vec![everywhere(selector)])).unwrap();
        }
        let Selectors { mask, show, block, no_act, confirm } = policy.selectors("x");
        for (list, end) in
            [(mask, ",a"), (show, ",b"), (block, ",c"), (no_act, ",d"), (confirm, ",e")]
        {
            assert!(list.ends_with(end), "{list}");
        }
    }

    #[test]
    fn mistakes_are_not_taken_for_defaults() {
        for (key, setting, error) in [
            ("redacted", Setting::Views(vec![]), PolicyError::UnknownKey),
            ("mode", word("loose"), PolicyError::BadValue),
            ("mode", word("off"), PolicyError::BadValue),
            ("patterns", Setting::Views(vec![]), PolicyError::BadValue),
            ("redactedViews", word(".a"), PolicyError::BadValue),
        ] {
            assert_eq!(Policy::default().set(key, setting), Err(error), "{key}");
        }
    }

    #[test]
    fn a_star_shows_all_without_asking() {
        let mut policy = Policy::default();
        policy.set("unredactedViews", Setting::Views(vec![everywhere("*")])).unwrap();
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
