//! What an agent shows on the customer's screen.

use super::action::Spot;
use crate::node::NodeId;
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
