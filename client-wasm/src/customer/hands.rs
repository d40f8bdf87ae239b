//! What the agent's hands do on the page, once the session has let it through: the page's own rules
//! come last.

use super::{Driver, consequence, perform};
use saath_core::mask::Access;
use saath_core::message::action::{Action, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::session::Grant;

impl Driver {
    pub(super) fn perform(&mut self, grant: &Grant, action: &Action) -> Outcome {
        // What is masked or excluded since the last frame counts. An agent who does not take what is
        // sent cannot keep the page from being read, and acts on nothing meanwhile.
        self.send_all();
        let Some(source) = &mut self.source else { return Outcome::Gone };
        if !matches!(source.is_dirty(), Ok(false)) {
            return Outcome::NotAllowed;
        }
        let Some(element) = source.element(action.target()) else { return Outcome::Gone };
        let involved = consequence::involved(action, &element);
        if let Some(refused) = involved.iter().find_map(|element| refusal(source.access(element))) {
            return refused;
        }
        if involved.iter().any(consequence::leaves) {
            return Outcome::OnlyCustomer;
        }
        if let Action::Click { at, .. } = action
            && let Some(overlay) = &self.overlay
        {
            overlay.clicked(&element, *at);
        }
        perform::perform(grant, action, &element)
    }

    pub(super) fn annotate(&self, annotate: Annotate) {
        let (Some(overlay), Some(source)) = (&self.overlay, &self.source) else { return };
        let name = self.agent_name();
        match annotate {
            Annotate::Pointer { target, at } => {
                let element = source.element(target);
                overlay.pointer(element.as_ref().map(|element| (element, at)), &name);
            }
            Annotate::PointerGone => overlay.pointer(None, &name),
            Annotate::Highlight { target, label } => {
                if let Some(element) = source.element(target) {
                    overlay.highlight(&element, &label, &name);
                }
            }
            Annotate::Clear => overlay.clear(),
        }
    }
}

fn refusal(access: Access) -> Option<Outcome> {
    match access {
        Access::Free => None,
        Access::Masked => Some(Outcome::Masked),
        Access::Excluded => Some(Outcome::Excluded),
        // Until the customer can be asked in place, what needs a yes is the customer's to press.
        Access::Confirm => Some(Outcome::OnlyCustomer),
    }
}
