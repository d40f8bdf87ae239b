//! What a frame of another origin may tell where it stands.
//!
//! Its own client has masked it. Where the page hides what is in its `iframe`, nothing of that is
//! relied upon: every text is masked here once more, by kind alone.

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
    pub(crate) fn state<'v>(
        self,
        numbers: &Numbers<'_>,
        prop: Prop,
        value: &'v str,
    ) -> Option<Cow<'v, str>> {
        let masked = self == Self::Masked;
        match prop {
            Prop::Value if masked => Some(blocks_again(value).into()),
            Prop::Checked
            | Prop::Indeterminate
            | Prop::Selected
            | Prop::Picture
            | Prop::Selection
                if masked =>
            {
                None
            }
            Prop::Sheet | Prop::Adopted if masked => {
                Some(css::with_strings(value, |_| Some(String::new())))
            }
            Prop::Sheet | Prop::Adopted => Some(css::renumbered(value, numbers)),
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
                Picture::Asset { number, size, label } => {
                    let number = Some(number).filter(|&own| own > 0).and_then(numbers).unwrap_or(0);
                    Picture::Asset { number, size, label }.to_string().into()
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

    #[test]
    fn what_is_masked_tells_nothing_by_any_name() {
        let masked = Terms::Masked;
        let words = "Asha Verma";
        assert!(!masked.text(words).contains("Asha"));
        for name in ["title", "placeholder", "aria-label", "data-name", "value", "href"] {
            let told = masked.attribute(&Policy::default(), &seventy, name, words);
            assert!(told.is_none_or(|told| !told.contains("Asha")), "{name}");
        }
        let style = "--name:Asha;content:'Asha'";
        let style = masked.attribute(&Policy::default(), &seventy, "style", style);
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
            let told = masked.state(&seventy, prop, words);
            assert!(other || told.is_none_or(|told| !told.contains("Asha")), "{prop:?}");
        }
        let sheet = masked.state(&seventy, Prop::Sheet, "a::before{content:'Asha'}").unwrap();
        assert!(!sheet.contains("Asha"), "{sheet}");
        for prop in [Prop::Checked, Prop::Selected, Prop::Indeterminate, Prop::Selection] {
            assert_eq!(masked.state(&seventy, prop, "1"), None);
        }
        // Masking twice is masking once.
        let once = masked.text("nine char").into_owned();
        assert_eq!(masked.text(&once), once);
    }
}
