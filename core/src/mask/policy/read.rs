//! From what is written down to a [`Policy`]: every key is known, every value of its kind, every
//! selector one that selects, or there is no policy at all.

use super::json::{self, Kind, Member, Value};
use super::{Mode, Patterns, Place, Policy, PolicyError, Scoped, View, Why, glob, selector};
use std::fmt::Write;

pub(super) fn text(
    text: &str,
    mut parses: impl FnMut(&str) -> bool,
) -> Result<Policy, PolicyError> {
    let placed = |mistake: Mistake| PolicyError {
        path: mistake.path,
        place: Some(Place::of(text, mistake.at)),
        why: mistake.why,
    };
    let value =
        json::parse(text).map_err(|(at, why)| placed(Mistake { path: String::new(), at, why }))?;
    Reader { path: String::new(), parses: &mut parses }.policy(&value).map_err(placed)
}

pub(super) fn value(
    value: &Value,
    mut parses: impl FnMut(&str) -> bool,
) -> Result<Policy, PolicyError> {
    let read = Reader { path: String::new(), parses: &mut parses }.policy(value);
    read.map_err(|Mistake { path, why, .. }| PolicyError { path, place: None, why })
}

struct Mistake {
    path: String,
    at: usize,
    why: Why,
}

struct Reader<'p> {
    /// What is being read.
    path: String,
    parses: &'p mut dyn FnMut(&str) -> bool,
}

impl Reader<'_> {
    fn policy(&mut self, value: &Value) -> Result<Policy, Mistake> {
        let Kind::Object(members) = &value.kind else {
            return Err(self.mistake(value.at, Why::NotAnObject));
        };
        let mut policy = Policy::default();
        for (nth, member) in members.iter().enumerate() {
            self.path.clone_from(&member.key);
            self.once(members, nth)?;
            self.setting(&mut policy, member)?;
        }
        Ok(policy)
    }

    fn setting(&mut self, policy: &mut Policy, member: &Member) -> Result<(), Mistake> {
        let Member { at, key, value } = member;
        let word = match &value.kind {
            Kind::Word(word) => word.as_str(),
            _ => "",
        };
        let views = match key.as_str() {
            // For editors.
            "$schema" if matches!(value.kind, Kind::Word(_)) => return Ok(()),
            "mode" => {
                policy.mode = match word {
                    "values" => Mode::Values,
                    "strict" => Mode::Strict,
                    _ => return Err(self.mistake(value.at, Why::Mode)),
                };
                return Ok(());
            }
            "patterns" => {
                policy.patterns = match word {
                    "on" => Patterns::On,
                    "off" => Patterns::Off,
                    _ => return Err(self.mistake(value.at, Why::Patterns)),
                };
                return Ok(());
            }
            "redactedViews" => &mut policy.redacted_views,
            "unredactedViews" => &mut policy.unredacted_views,
            "ignoredViews" => &mut policy.ignored_views,
            "disabledViews" => &mut policy.disabled_views,
            "confirmedViews" => &mut policy.confirmed_views,
            "showableViews" => &mut policy.showable_views,
            _ => return Err(self.mistake(*at, Why::UnknownKey)),
        };
        let Kind::List(list) = &value.kind else { return Err(self.mistake(value.at, Why::Views)) };
        *views = self.each(list, Self::view)?;
        Ok(())
    }

    fn view(&mut self, value: &Value) -> Result<View, Mistake> {
        let members = match &value.kind {
            Kind::Word(_) => return Ok(View::Everywhere(self.selector(value)?)),
            Kind::Object(members) => members,
            _ => return Err(self.mistake(value.at, Why::View)),
        };
        let (mut selector, mut urls) = (None, None);
        for (nth, Member { at, key, value }) in members.iter().enumerate() {
            let length = self.path.len();
            let _ = write!(self.path, ".{key}");
            self.once(members, nth)?;
            match key.as_str() {
                "selector" => selector = Some(self.selector(value)?),
                "urls" => urls = Some(self.urls(value)?),
                _ => return Err(self.mistake(*at, Why::UnknownViewKey)),
            }
            self.path.truncate(length);
        }
        match (selector, urls) {
            (Some(selector), Some(urls)) => Ok(View::Scoped(Scoped { selector, urls })),
            (None, _) => Err(self.mistake(value.at, Why::NoSelector)),
            (_, None) => Err(self.mistake(value.at, Why::Urls)),
        }
    }

    fn selector(&mut self, value: &Value) -> Result<String, Mistake> {
        let Kind::Word(text) = &value.kind else { return Err(self.mistake(value.at, Why::View)) };
        match selector::check(text, self.parses) {
            Ok(()) => Ok(text.clone()),
            Err(why) => Err(self.mistake(value.at, why)),
        }
    }

    fn urls(&mut self, value: &Value) -> Result<Vec<String>, Mistake> {
        let list = match &value.kind {
            Kind::List(list) if !list.is_empty() => list,
            _ => return Err(self.mistake(value.at, Why::Urls)),
        };
        self.each(list, |reader, value| match &value.kind {
            Kind::Word(glob) if glob::may_fit(glob) => Ok(glob.clone()),
            _ => Err(reader.mistake(value.at, Why::Glob)),
        })
    }

    fn each<T>(
        &mut self,
        list: &[Value],
        mut read: impl FnMut(&mut Self, &Value) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let length = self.path.len();
        let mut all = vec![];
        for (nth, value) in list.iter().enumerate() {
            let _ = write!(self.path, "[{nth}]");
            all.push(read(self, value)?);
            self.path.truncate(length);
        }
        Ok(all)
    }

    /// Engines take the last one of two; the reader of the text may have meant the first.
    fn once(&self, members: &[Member], nth: usize) -> Result<(), Mistake> {
        let Some((member, before)) = members.get(..=nth).and_then(<[Member]>::split_last) else {
            return Ok(());
        };
        match before.iter().any(|other| other.key == member.key) {
            true => Err(self.mistake(member.at, Why::Twice)),
            false => Ok(()),
        }
    }

    fn mistake(&self, at: usize, why: Why) -> Mistake {
        Mistake { path: self.path.clone(), at, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> (String, Option<(usize, usize)>, Why) {
        let error = Policy::parse(json, |selector| !selector.contains("bogus")).unwrap_err();
        (error.path, error.place.map(|place| (place.line, place.column)), error.why)
    }

    #[test]
    fn a_mistake_is_told_with_its_path_and_place() {
        for (json, path, place, why) in [
            ("[\"*\"]", "", (1, 1), Why::NotAnObject),
            ("\n {\"redactViews\": []}", "redactViews", (2, 3), Why::UnknownKey),
            ("{\"mode\": \"loose\"}", "mode", (1, 10), Why::Mode),
            ("{\"mode\": true}", "mode", (1, 10), Why::Mode),
            ("{\"patterns\": []}", "patterns", (1, 14), Why::Patterns),
            ("{\"mode\": \"values\",\n\"mode\": \"strict\"}", "mode", (2, 1), Why::Twice),
            ("{\"ignoredViews\": \".a\"}", "ignoredViews", (1, 18), Why::Views),
            ("{\"redactedViews\": [\".a\",\n 7]}", "redactedViews[1]", (2, 2), Why::View),
            ("{\"redactedViews\": [\"bogus\"]}", "redactedViews[0]", (1, 20), Why::Selector),
            (
                "{\"redactedViews\": [\".a\",\n{\"selector\": \":is(.a, :bogus)\",\n \"urls\": [\"*\"]}]}",
                "redactedViews[1].selector",
                (2, 14),
                Why::Selector,
            ),
            (
                "{\"unredactedViews\": [{\"selector\": \".a\",\n \"urls\": [\"*\", \"/x\"]}]}",
                "unredactedViews[0].urls[1]",
                (2, 16),
                Why::Glob,
            ),
            (
                "{\"redactedViews\": [{\"selector\": \".a\", \"urls\": []}]}",
                "redactedViews[0].urls",
                (1, 47),
                Why::Urls,
            ),
            (
                "{\"redactedViews\": [{\"selector\": \".a\"}]}",
                "redactedViews[0]",
                (1, 20),
                Why::Urls,
            ),
            (
                "{\"redactedViews\": [{\"urls\": [\"*\"]}]}",
                "redactedViews[0]",
                (1, 20),
                Why::NoSelector,
            ),
            (
                "{\"redactedViews\": [{\"selector\": \".a\", \"url\": \"*\"}]}",
                "redactedViews[0].url",
                (1, 39),
                Why::UnknownViewKey,
            ),
            (
                "{\"redactedViews\": [{\"selector\": \".a\", \"selector\": \".b\", \"urls\": [\"*\"]}]}",
                "redactedViews[0].selector",
                (1, 39),
                Why::Twice,
            ),
        ] {
            assert_eq!(error(json), (path.to_owned(), Some(place), why), "{json}");
        }
        let (path, place, why) = error("{\n\"mode\": \"values\",\n}");
        assert_eq!((path.as_str(), place), ("", Some((3, 1))));
        assert!(matches!(why, Why::NotJson(_)));
    }

    #[test]
    fn the_value_of_a_script_is_read_alike_without_places() {
        let word = |text: &str| Value { at: 0, kind: Kind::Word(text.into()) };
        let member = |key: &str, value| Member { at: 0, key: key.into(), value };
        let policy = |members| Value { at: 0, kind: Kind::Object(members) };
        let views = |list| Value { at: 0, kind: Kind::List(list) };
        let good = policy(vec![member("redactedViews", views(vec![word(".a")]))]);
        let read = Policy::read(&good, |_| true).unwrap();
        assert_eq!(read.redacted_views, [View::Everywhere(".a".into())]);
        let other = Value { at: 0, kind: Kind::Other };
        let bad = policy(vec![member("redactedViews", views(vec![word(".a"), other]))]);
        let error = Policy::read(&bad, |_| true).unwrap_err();
        let PolicyError { path, place, why } = error;
        assert_eq!((path.as_str(), place, why), ("redactedViews[1]", None, Why::View));
    }
}
