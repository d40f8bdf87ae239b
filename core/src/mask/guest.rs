//! What a frame of another origin may tell where it stands.
//!
//! Its own client has masked it. Where the page hides what is in its `iframe`, nothing of that is
//! relied upon: every text is masked here once more, by kind alone. What is left is numbers, words of
//! lists, and names; those the style sheets need, whose own words are no more than names either.

use super::states::{self, Place};
use super::treat::{self, blocks_again};
use super::zone::Zone;
use super::{Access, Mode, Policy};
use crate::motion::{self, Carries};
use crate::node::{AttrKind, AttrName, NodeId, Prop};
use crate::tree::{Kind, Tree};
use crate::{assets::Picture, css};
use std::borrow::Cow;

/// Gives the page's number of an asset for the guest's.
pub(crate) type Numbers<'f> = dyn Fn(u32) -> Option<u32> + 'f;

/// On which terms a guest is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    /// As its own client masks it.
    Own,
    /// Masked as a whole.
    Masked,
}

/// The terms for the guest in this `iframe`, by the newest reading of the page; none where nothing
/// of it may be taken in.
pub(crate) fn terms(policy: &Policy, tree: &Tree, frame: NodeId) -> Option<Terms> {
    let zone = Zone(tree.zone(frame));
    if tree.kind(frame) != Some(Kind::Frame) || zone.has(Zone::BLOCK) {
        return None;
    }
    let strict = !zone.is_shown() && (zone.has(Zone::VALUE) || policy.mode == Mode::Strict);
    let hidden = zone.is_hidden() || strict || policy.is_mask_all();
    Some(if hidden { Terms::Masked } else { Terms::Own })
}

/// What an agent may do in the guest in this `iframe`, as far as the page is asked.
pub(crate) fn access(policy: &Policy, tree: &Tree, frame: NodeId) -> Access {
    let zone = Zone(tree.zone(frame));
    if terms(policy, tree, frame) != Some(Terms::Own) { Access::Masked } else { zone.access() }
}

impl Terms {
    /// What is told of a text.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Own => text.into(),
            Self::Masked => blocks_again(text).into(),
        }
    }

    /// What is told of an attribute that a replica may hold; none leaves it away.
    pub(crate) fn attribute<'v>(
        self,
        policy: &Policy,
        numbers: &Numbers<'_>,
        name: &str,
        value: &'v str,
    ) -> Option<Cow<'v, str>> {
        let (_, kind) = AttrName::parse(name)?;
        if self == Self::Own {
            return Some(match kind {
                AttrKind::Style => css::renumbered(value, numbers),
                _ => value.into(),
            });
        }
        match kind {
            AttrKind::Structure => {
                (treat::is_layout(name) && is_listed(value)).then(|| value.into())
            }
            AttrKind::Name => is_selected_by(name).then(|| treat::net(policy, value)),
            AttrKind::Style => Some(css::without_text(value).into()),
            AttrKind::Fragment if !value.starts_with('#') => None,
            AttrKind::Fragment => Some(treat::net(policy, value)),
            AttrKind::Link => Some("#".into()),
            AttrKind::Seen => Some(blocks_again(value).into()),
            AttrKind::Data if name.starts_with("aria-") => None,
            AttrKind::Data if !name.contains('-') && !name.starts_with('_') => None,
            AttrKind::Data => Some("".into()),
        }
    }

    /// What is told of a state that names no nodes; none leaves it away.
    pub(crate) fn state<'v>(
        self,
        numbers: &Numbers<'_>,
        prop: Prop,
        value: &'v str,
    ) -> Option<Cow<'v, str>> {
        match prop {
            Prop::Withheld => {
                let known = ["masked", "blocked", "foreign"].into_iter().find(|w| *w == value);
                known.map(Into::into)
            }
            Prop::Scheme => Some(css::scheme(value).into()),
            _ if self == Self::Masked => masked_state(prop, value),
            Prop::Sheet | Prop::Adopted => Some(css::renumbered(value, numbers)),
            Prop::Animations => Some(motion::clean(value, Carries::Text, |_| None).into()),
            Prop::Picture => Picture::parse(value).map(|picture| match picture {
                Picture::Asset { number, size, label } => {
                    let number = Some(number).filter(|&own| own > 0).and_then(numbers).unwrap_or(0);
                    Picture::Asset { number, size, label }.to_string().into()
                }
                other => other.to_string().into(),
            }),
            _ => Some(value.into()),
        }
    }
}

fn masked_state(prop: Prop, value: &str) -> Option<Cow<'_, str>> {
    match prop {
        Prop::Value => Some(blocks_again(value).into()),
        Prop::Scroll | Prop::Size => value.split(',').all(is_number).then(|| value.into()),
        Prop::Sheet | Prop::Adopted => Some(css::with_strings(value, |_| Some(String::new()))),
        Prop::Animations => Some(motion::clean(value, Carries::Looks, |_| None).into()),
        Prop::State => {
            let zone = Zone::default().with(Zone::MASK, true);
            let place = Place { zone, parent: zone, is_control: true };
            Some(states::told(value, "", place).into())
        }
        _ => None,
    }
}

/// Whether style sheets select by an attribute more than anything else: names that the frame's author
/// gave, as in the style sheets themselves.
fn is_selected_by(name: &str) -> bool {
    matches!(name, "class" | "exportparts" | "id" | "part" | "slot")
}

/// Whether a value is made of numbers, and of words that the standards list for what lays an element
/// out.
fn is_listed(value: &str) -> bool {
    const WORDS: &str = "a auto baseline bottom button center char checkbox circle color date \
        datetime-local disabled disc email false file hard hidden i image justify left ltr manual \
        middle month multiple nowrap number off on open password plaintext-only radio range \
        readonly required reset right rtl search soft square submit tel text time top true \
        until-found url week";
    let is_known = |word: &str| WORDS.split(' ').any(|known| known.eq_ignore_ascii_case(word));
    value.split_ascii_whitespace().all(|word| is_number(word) || is_known(word))
}

/// Whether a text is a number as pages write them, in pixels or percent too.
fn is_number(text: &str) -> bool {
    let digits = text.strip_suffix('%').or(text.strip_suffix("px")).unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number 7 of the guest is 70 of the page, and no other has one.
    fn seventy(own: u32) -> Option<u32> {
        (own == 7).then_some(70)
    }

    #[test]
    fn no_number_of_a_guest_names_an_asset_of_the_page() {
        let (own, policy) = (Terms::Own, Policy::default());
        let sheet = "a{background:url(saath:7),url(saath:70),url(x)}";
        let told = "a{background:url(saath:70),url(data:,),url(data:,)}";
        assert_eq!(own.state(&seventy, Prop::Sheet, sheet).as_deref(), Some(told));
        let style = own.attribute(&policy, &seventy, "style", "background:url(saath:8)");
        assert_eq!(style.as_deref(), Some("background:url(data:,)"));
        let picture = |value| own.state(&seventy, Prop::Picture, value).map(Cow::into_owned);
        assert_eq!(picture("7 8,9").as_deref(), Some("70 8,9"));
        assert_eq!(picture("70 8,9 video").as_deref(), Some("0 8,9 video"));
        assert_eq!(picture("0 8,9").as_deref(), Some("0 8,9"));
        assert_eq!(picture("https://x/"), None);
        assert_eq!(own.state(&seventy, Prop::Withheld, "<b>"), None);
        let masked = |prop, value| Terms::Masked.state(&seventy, prop, value);
        assert_eq!(masked(Prop::Picture, "7 8,9"), None);
        assert!(!masked(Prop::Sheet, sheet).unwrap().contains("saath"));
    }

    fn told(name: &str, value: &str) -> String {
        let told = Terms::Masked.attribute(&Policy::default(), &seventy, name, value);
        told.unwrap_or_default().to_lowercase()
    }

    #[test]
    fn what_is_masked_tells_nothing_by_any_name() {
        assert!(!Terms::Masked.text("Asha Verma").contains("Asha"));
        // What the frame's author calls things is told, in names and in rules; not what the net finds.
        let names = ["class", "exportparts", "id", "part", "slot", "xlink:href"];
        let own = ["data-asha", "data-value", "_ngcontent-c1", "@click", "[value]"];
        for name in crate::node::attribute_names().chain(own) {
            let Some((_, kind)) = AttrName::parse(name) else { panic!("{name}") };
            let may = kind == AttrKind::Style || names.contains(&name);
            for words in ["Asha Verma", "asha", "#asha", "12 Asha", "Asha:12", "12,asha"] {
                let told = told(name, words);
                assert!(may || !told.contains("asha"), "{name}: {told}");
            }
            if kind == AttrKind::Style {
                for words in ["'asha'", "--a:asha", "a:url(asha)", "a:b;c:[asha]"] {
                    assert!(!told(name, words).contains("asha"), "{name}: {words}");
                }
            } else {
                assert!(!told(name, "#abcpv1234d").contains("abcpv"), "{name}");
            }
        }
        for prop in Prop::ALL {
            for words in ["Asha Verma", "asha", "state-asha", "12,Asha", "1 Asha", "1"] {
                let told = Terms::Masked.state(&seventy, prop, words).unwrap_or_default();
                let rules = matches!(prop, Prop::Sheet | Prop::Adopted);
                assert!(rules || !told.to_lowercase().contains("asha"), "{prop:?}: {told}");
            }
        }
    }

    #[test]
    fn of_the_rules_of_what_is_masked_no_text_is_told() {
        let masked = Terms::Masked;
        assert_eq!(told("style", "--name:Asha;content:'Asha';width:9px"), "width:9px");
        for prop in [Prop::Sheet, Prop::Adopted] {
            let sheet = "/*Asha*/a::before{content:'Asha'}b{background:url(Asha)}";
            let sheet = masked.state(&seventy, prop, sheet).unwrap();
            assert!(sheet.contains("content") && !sheet.contains("Asha"), "{sheet}");
        }
    }

    #[test]
    fn what_lays_out_what_is_masked_is_told() {
        for (name, value) in [
            ("width", "12"),
            ("height", "50%"),
            ("viewBox", "0 0 -1.5 24"),
            ("type", "datetime-local"),
            ("dir", "RTL"),
            ("disabled", ""),
            ("hidden", "until-found"),
            ("class", "a-name and.another"),
        ] {
            assert_eq!(told(name, value), value.to_lowercase(), "{name}");
        }
        let masked = |prop, value| Terms::Masked.state(&seventy, prop, value);
        assert_eq!(masked(Prop::Scroll, "0,12.5").as_deref(), Some("0,12.5"));
        assert_eq!(masked(Prop::Scheme, "dark").as_deref(), Some("dark"));
        for prop in [Prop::Checked, Prop::Selected, Prop::Indeterminate, Prop::Selection] {
            assert_eq!(masked(prop, "1"), None);
        }
        // Masking twice is masking once.
        let once = Terms::Masked.text("nine char").into_owned();
        assert_eq!(Terms::Masked.text(&once), once);
    }
}
