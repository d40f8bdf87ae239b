//! What the agent's hands do on the page, once the session has let it through: the page's own rules
//! come last. The same in a frame of another origin, for what the page around it passes on.

use super::overlay::Overlay;
use super::{Driver, consequence, perform};
use crate::source::Source;
use saath_core::mask::Access;
use saath_core::message::action::{Act, Action, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::session::Grant;

impl Driver {
    /// None if a guest has it, and is to answer.
    pub(super) fn perform(&mut self, grant: &Grant, act: &Act) -> Option<Outcome> {
        // What is masked or excluded since the last frame counts. An agent who does not take what is
        // sent cannot keep the page from being read, and acts on nothing meanwhile.
        self.send_all();
        let Some(source) = &mut self.source else { return Some(Outcome::Gone) };
        if !matches!(source.is_dirty(), Ok(false)) {
            return Some(Outcome::NotAllowed);
        }
        if let Some(passed_on) = source.pass_on(grant, act) {
            return passed_on.err();
        }
        Some(self::perform(source, self.overlay.as_ref(), grant, &act.action))
    }

    pub(super) fn annotate(&mut self, annotate: Annotate) {
        let name = self.agent_name();
        let Some(source) = &mut self.source else { return };
        let own = source.mark_guests(annotate, &name);
        if let (Some(annotate), Some(overlay)) = (own, &self.overlay) {
            mark(source, overlay, annotate, &name);
        }
    }
}

/// Of a page that was read to its last change.
pub(crate) fn perform(
    source: &Source,
    overlay: Option<&Overlay>,
    grant: &Grant,
    action: &Action,
) -> Outcome {
    let Some(element) = source.element(action.target()) else { return Outcome::Gone };
    let involved = consequence::involved(action, &element);
    if let Some(refused) = involved.iter().find_map(|element| refusal(source.access(element))) {
        return refused;
    }
    if involved.iter().any(consequence::leaves) {
        return Outcome::OnlyCustomer;
    }
    if let Action::Click { at, .. } = action
        && let Some(overlay) = overlay
    {
        overlay.clicked(&element, *at);
    }
    perform::perform(grant, action, &element)
}

/// Shows what an agent of this name shows.
pub(crate) fn mark(source: &Source, overlay: &Overlay, annotate: Annotate, name: &str) {
    match annotate {
        Annotate::Pointer { target, at } => {
            let element = source.element(target);
            overlay.pointer(element.as_ref().map(|element| (element, at)), name);
        }
        Annotate::PointerGone => overlay.pointer(None, name),
        Annotate::Highlight { target, label } => {
            if let Some(element) = source.element(target) {
                overlay.highlight(&element, &label, name);
            }
        }
        Annotate::Clear => overlay.clear(),
    }
}

pub(crate) fn refusal(access: Access) -> Option<Outcome> {
    match access {
        Access::Free => None,
        Access::Masked => Some(Outcome::Masked),
        Access::Excluded => Some(Outcome::Excluded),
        // Until the customer can be asked in place, what needs a yes is the customer's to press.
        Access::Confirm => Some(Outcome::OnlyCustomer),
    }
}
