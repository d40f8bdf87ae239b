//! What an agent shows on the customer's screen.

use super::action::Spot;
use crate::node::NodeId;
use crate::session::plain_text;
use wincode::{SchemaRead, SchemaWrite};

/// Marks anchored to elements, so that they stay on them as the page scrolls.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum Annotate {
    /// The agent's pointer is here.
    Pointer {
        /// The element under it.
        target: NodeId,
        /// Where on it.
        at: Spot,
    },
    /// The agent's pointer left the page.
    PointerGone,
    /// A frame around an element, with a label shown beside it and read to screen readers.
    Highlight {
        /// The element.
        target: NodeId,
        /// Plain text, may be empty, at most 80 characters are shown.
        label: String,
    },
    /// Take every mark away.
    Clear,
}

/// The longest label that is shown, in characters.
const MAX_LABEL: usize = 80;

impl Annotate {
    /// With a label that may be shown to the customer.
    #[must_use]
    pub fn plain(self) -> Self {
        match self {
            Self::Highlight { target, label } => {
                Self::Highlight { target, label: plain_text(&label, MAX_LABEL) }
            }
            other => other,
        }
    }

    /// What it is on, if it is on anything.
    pub fn target(&self) -> Option<NodeId> {
        match *self {
            Self::Pointer { target, .. } | Self::Highlight { target, .. } => Some(target),
            Self::PointerGone | Self::Clear => None,
        }
    }

    /// The same on something else.
    #[must_use]
    pub fn on(mut self, node: NodeId) -> Self {
        if let Self::Pointer { target, .. } | Self::Highlight { target, .. } = &mut self {
            *target = node;
        }
        self
    }
}
