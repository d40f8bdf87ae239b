//! What an agent may ask to be done on the customer's page.

use crate::node::NodeId;
use wincode::{SchemaRead, SchemaWrite};

/// One action, numbered by the agent from 1 upwards; a number is done at most once.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Act {
    /// The number that the result names.
    pub serial: u32,
    /// What to do.
    pub action: Action,
}

/// A place on an element: its fraction of the border box, in 1/65535ths from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Spot {
    /// Horizontal.
    pub x: u16,
    /// Vertical.
    pub y: u16,
}

/// Keys held during an action: bit 0 Shift, 1 Control, 2 Alt, 3 Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, SchemaRead, SchemaWrite)]
pub struct Modifiers(pub u8);

/// The actions. Append only.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum Action {
    /// Press and release the main button on an element.
    Click {
        /// The element that is hit.
        target: NodeId,
        /// Where on it.
        at: Spot,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// Insert text at the caret of a field, replacing its selection, as typing would.
    InsertText {
        /// The field.
        target: NodeId,
        /// What to insert.
        text: String,
    },
    /// Press a key that is not text, by its `KeyboardEvent.key` name: Enter, Backspace, Tab…
    Key {
        /// The focused element.
        target: NodeId,
        /// The key's name.
        key: String,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// Replace the whole value of a field.
    SetValue {
        /// The field.
        target: NodeId,
        /// Its new value.
        value: String,
    },
    /// Choose exactly these options of a select, by their place among its options.
    Select {
        /// The select element.
        target: NodeId,
        /// Places of the chosen options, from 0.
        options: Vec<u32>,
    },
    /// Tick or clear a checkbox, or choose a radio button.
    Check {
        /// The input.
        target: NodeId,
        /// Its new state.
        checked: bool,
    },
    /// Scroll an element (the document's element: the window) to an offset in CSS pixels.
    Scroll {
        /// What scrolls.
        target: NodeId,
        /// From the left.
        left: i32,
        /// From the top.
        top: i32,
    },
}

impl Action {
    /// What it is done to.
    pub fn target(&self) -> NodeId {
        match *self {
            Self::Click { target, .. }
            | Self::InsertText { target, .. }
            | Self::Key { target, .. }
            | Self::SetValue { target, .. }
            | Self::Select { target, .. }
            | Self::Check { target, .. }
            | Self::Scroll { target, .. } => target,
        }
    }

    /// The same, done to something else.
    #[must_use]
    pub fn on(mut self, node: NodeId) -> Self {
        match &mut self {
            Self::Click { target, .. }
            | Self::InsertText { target, .. }
            | Self::Key { target, .. }
            | Self::SetValue { target, .. }
            | Self::Select { target, .. }
            | Self::Check { target, .. }
            | Self::Scroll { target, .. } => *target = node,
        }
        self
    }
}

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct ActionResult {
    /// The action's number.
    pub serial: u32,
    /// Done or refused.
    pub outcome: Outcome,
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, SchemaRead, SchemaWrite)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The level does not allow acting.
    NotAllowed,
    /// The element is no longer on the page.
    Gone,
    /// The element is masked or in a never-zone.
    Masked,
    /// The portal excluded the element from acting.
    Excluded,
    /// The element is hidden, covered, disabled or read-only.
    NotInteractive,
    /// The action does not fit the element.
    Unsuitable,
    /// Only the customer may press this: it submits, opens another tab or leaves the portal.
    OnlyCustomer,
}
