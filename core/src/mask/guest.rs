//! What a frame of another origin may tell where it stands.
//!
//! Its own client has masked it. Where the page hides what is in its `iframe`, nothing of that is
//! relied upon: every text is masked here once more, by kind alone.

use super::states::{self, Place};
use super::treat::{self, blocks_again};
use super::zone::Zone;
use super::{Mode, Policy};
use crate::motion::{self, Carries};
use crate::node::{AttrKind, AttrName, NodeId, Prop};
use crate::tree::{Kind, Tree};
use crate::{assets::Picture, css};
use std::borrow::Cow;

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
        name: &str,
        value: &'v str,
    ) -> Option<Cow<'v, str>> {
        let (_, kind) = AttrName::parse(name)?;
        if self == Self::Own {
            return Some(match kind {
                AttrKind::Style => without_addresses(value),
                _ => value.into(),
            });
        }
        match kind {
            AttrKind::Structure => treat::is_layout(name).then(|| value.into()),
            AttrKind::Name => Some(treat::net(policy, value)),
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
    pub(crate) fn state(self, prop: Prop, value: &str) -> Option<Cow<'_, str>> {
        let masked = self == Self::Masked;
        match prop {
            // It is of the page's document alone.
            Prop::Selection => None,
            Prop::Value if masked => Some(blocks_again(value).into()),
            Prop::Checked | Prop::Indeterminate | Prop::Selected | Prop::Picture if masked => None,
            Prop::Sheet | Prop::Adopted if masked => {
                Some(css::with_strings(value, |_| Some(String::new())))
            }
            Prop::Sheet | Prop::Adopted => Some(without_addresses(value)),
            Prop::Animations => {
                let carries = if masked { Carries::Looks } else { Carries::Text };
                Some(motion::clean(value, carries, |_| None).into())
            }
            Prop::State if masked => {
                let zone = Zone::default().with(Zone::MASK, true);
                let place = Place { zone, parent: zone, is_control: true };
                Some(states::told(value, "", place).into())
            }
            Prop::Picture => Picture::parse(value).map(|picture| match picture {
                Picture::Asset { size, label, .. } => {
                    Picture::Asset { number: 0, size, label }.to_string().into()
                }
                other => other.to_string().into(),
            }),
            Prop::Withheld => {
                let known = ["masked", "blocked", "foreign"].into_iter().find(|w| *w == value);
                known.map(Into::into)
            }
            Prop::Scheme => Some(css::scheme(value).into()),
            _ => Some(value.into()),
        }
    }
}

/// The numbers of its assets are not the page's.
fn without_addresses(css: &str) -> Cow<'_, str> {
    css::with_strings(css, |_| None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Terms; 2] = [Terms::Own, Terms::Masked];

    #[test]
    fn no_number_of_a_guest_names_an_asset_of_the_page() {
        for terms in BOTH {
            let sheet = terms.state(Prop::Sheet, "a{background:url(saath:7)}").unwrap();
            assert!(!sheet.contains("saath"), "{sheet}");
            let style = terms.attribute(&Policy::default(), "style", "background:url(saath:7)");
            assert!(!style.unwrap().contains("saath"));
            assert_eq!(terms.state(Prop::Selection, "range 2 0 2 3 0 3"), None);
        }
        let picture = |value| Terms::Own.state(Prop::Picture, value).map(Cow::into_owned);
        assert_eq!(picture("7 8,9").as_deref(), Some("0 8,9"));
        assert_eq!(picture("7 8,9 video").as_deref(), Some("0 8,9 video"));
        assert_eq!(picture("https://x/"), None);
        assert_eq!(Terms::Own.state(Prop::Withheld, "<b>"), None);
    }

    #[test]
    fn what_is_masked_tells_nothing_by_any_name() {
        let masked = Terms::Masked;
        let words = "Asha Verma";
        assert!(!masked.text(words).contains("Asha"));
        for name in ["title", "placeholder", "aria-label", "data-name", "value", "href"] {
            let told = masked.attribute(&Policy::default(), name, words);
            assert!(told.is_none_or(|told| !told.contains("Asha")), "{name}");
        }
        let style = masked.attribute(&Policy::default(), "style", "--name:Asha;content:'Asha'");
        assert_eq!(style.as_deref(), Some(""));
        for prop in Prop::ALL {
            // Numbers, and what is not text but rules.
            let other = matches!(
                prop,
                Prop::Scroll
                    | Prop::Size
                    | Prop::TopLayer
                    | Prop::Slotted
                    | Prop::Sheet
                    | Prop::Adopted
            );
            let told = masked.state(prop, words);
            assert!(other || told.is_none_or(|told| !told.contains("Asha")), "{prop:?}");
        }
        let sheet = masked.state(Prop::Sheet, "a::before{content:'Asha'}").unwrap();
        assert!(!sheet.contains("Asha"), "{sheet}");
        for prop in [Prop::Checked, Prop::Selected, Prop::Indeterminate] {
            assert_eq!(masked.state(prop, "1"), None);
        }
        // Masking twice is masking once.
        let once = masked.text("nine char").into_owned();
        assert_eq!(masked.text(&once), once);
    }
}
