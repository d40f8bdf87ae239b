//! What is told of the attributes and states of a node, each by its own rule.

use super::attributes::Owner;
use super::pictures::{Shown, Shows};
use super::zone::Zone;
use super::{Masker, states, treat};
use crate::css;
use crate::node::{self, Namespace, Prop};
use crate::reading::{Parts, SettingName, Span};

impl Masker<'_> {
    pub(super) fn empty_span(&self) -> Span {
        let at = u32::try_from(self.settings.len()).unwrap_or(u32::MAX);
        Span { start: at, end: at }
    }

    fn close_span(&self, span: Span) -> Span {
        Span { end: self.empty_span().end, ..span }
    }

    /// Settings of a document or shadow root: style sheets and scroll offsets only.
    pub(super) fn plain_settings(&mut self, zone: Zone, parts: Parts, span: Span) -> Span {
        let start = self.empty_span();
        if parts.has(Parts::SETTINGS) {
            for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
                let SettingName::Prop(prop) = name else { continue };
                if prop == Prop::Selection {
                    self.selection = Some(self.settings.len());
                    self.settings.push((name, value));
                    continue;
                }
                if prop == Prop::Scheme {
                    let scheme = css::scheme_on(self.raw.strings.get(value), self.screen);
                    if !scheme.is_empty() {
                        let value = self.strings.push(scheme);
                        self.settings.push((name, value));
                    }
                    continue;
                }
                let treatment = self.prop_treatment("", prop, zone, false);
                let value = self.treat(value, treatment);
                self.settings.push((name, value));
            }
        }
        self.close_span(start)
    }

    pub(super) fn element_settings(
        &mut self,
        namespace: Namespace,
        tag: &str,
        gap: bool,
        zone: Zone,
        parent: Zone,
        span: Span,
    ) -> Span {
        let start = self.empty_span();
        // By kind and zone alone: what the control holds must not tell.
        let withheld = zone.has(Zone::BLOCK) || !zone.is_shown() && self.holds_value(tag, span);
        let owner = Owner { namespace, tag, zone, settings: span };
        let is_value = self.holds_value(tag, span) || zone.has(Zone::VALUE);
        let withheld_scroll = is_value && !zone.is_shown();
        let picture = self.picture(zone, span);
        let natural = picture.as_ref().is_some_and(|picture| picture.natural);
        // The glue says so of a frame whose document cannot be read.
        let mut foreign = false;
        for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
            match name {
                // What is never sent says nothing of itself but, for a linked style sheet, the sheet.
                SettingName::Attr(_) if gap => {}
                SettingName::Attr(key) => self.attribute(owner, key, value),
                SettingName::Prop(Prop::Withheld) => foreign = tag == "iframe",
                SettingName::Prop(Prop::Slotted) => {
                    let value = self.strings.push(&node::numbers(self.raw.strings.get(value)));
                    self.settings.push((name, value));
                }
                SettingName::Prop(Prop::State) => {
                    let place =
                        states::Place { zone, parent, is_control: self.holds_value(tag, span) };
                    let words = states::told(self.raw.strings.get(value), tag, place);
                    // What an element calls its state may be anybody's, too.
                    let words = treat::net(self.policy, &words);
                    let words = node::state::clean(&words);
                    if !words.is_empty() {
                        let value = self.strings.push(&words);
                        self.settings.push((name, value));
                    }
                }
                SettingName::Prop(prop) => {
                    let kept = match prop {
                        Prop::Size => !natural,
                        Prop::Picture => false,
                        Prop::TopLayer | Prop::Animations => true,
                        _ => !zone.has(Zone::BLOCK),
                    };
                    if !kept {
                        continue;
                    }
                    let value_prop = matches!(
                        prop,
                        Prop::Value | Prop::Checked | Prop::Indeterminate | Prop::Selected
                    );
                    let hidden = value_prop && !zone.is_shown();
                    // Whether a box is ticked is told by the mere presence of the state.
                    if hidden && prop != Prop::Value {
                        continue;
                    }
                    // How far a field is scrolled tells how much is in it.
                    if prop == Prop::Scroll && withheld_scroll {
                        continue;
                    }
                    let treatment = self.prop_treatment(tag, prop, zone, hidden);
                    let value = self.treat(value, treatment);
                    self.settings.push((name, value));
                }
            }
        }
        if let Some(picture) = picture {
            let value = self.strings.push(&picture.value);
            self.settings.push((SettingName::Prop(Prop::Picture), value));
        }
        if withheld || foreign {
            let word = if zone.has(Zone::BLOCK) {
                "blocked"
            } else if foreign {
                "foreign"
            } else {
                "masked"
            };
            let value = self.strings.push(word);
            self.settings.push((SettingName::Prop(Prop::Withheld), value));
        }
        self.close_span(start)
    }

    /// What an element shows that is a picture, if its zone shows any.
    fn picture(&self, zone: Zone, span: Span) -> Option<Shows> {
        if self.hides_text(zone) {
            return None;
        }
        let settings = self.raw.settings.get(span.range())?;
        let (_, raw) =
            settings.iter().find(|(name, _)| *name == SettingName::Prop(Prop::Picture))?;
        self.pictures.of_element(Shown::of(zone), self.raw.strings.get(*raw))
    }
}
