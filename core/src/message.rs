//! The table of contents of everything the two ends say to each other.
//!
//! Variants are numbered by their place: **append only**. Every variant has a golden vector and a
//! row in PROTOCOL.md.

pub mod action;
pub mod annotation;
pub mod asset;
pub mod control;
pub mod guest;
pub mod page;

pub use action::{Act, Action, ActionResult, Modifiers, Outcome, Spot};
pub use annotation::Annotate;
pub use asset::{Asset, Got, Offer, Want};
pub use control::{
    DenyReason, EndReason, Granted, Identify, Level, LevelChanged, LevelReason, RequestLevel,
};
pub use guest::{Begin, Errand, FromGuest, GuestPage, ToGuest};
pub use page::{Applied, Page, PageKind, Pointer, Repair, View, Visual, Waiting};

use wincode::{SchemaRead, SchemaWrite};

/// Customer to agent.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum FromCustomer {
    /// The customer allowed the session; what follows is the page.
    Granted(control::Granted),
    /// The customer declined, or the agent could not be verified.
    Denied(control::DenyReason),
    /// The session is over. The last record of this direction.
    End(control::EndReason),
    /// The page, or what changed in it.
    Page(page::Page),
    /// Size, title and address of the page.
    View(page::View),
    /// Where the customer's pointer is.
    Pointer(page::Pointer),
    /// What became of an action.
    ActionResult(action::ActionResult),
    /// Answer to a request for control, or the customer taking it back.
    Level(control::LevelChanged),
    /// Pictures and fonts that there are.
    Offer(asset::Offer),
    /// A piece of one.
    Asset(asset::Asset),
}

/// Agent to customer.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum FromAgent {
    /// Who the agent is, with the proof. The first record of this direction.
    Identify(control::Identify),
    /// The session is over. The last record of this direction.
    End(control::EndReason),
    /// The agent asks for a higher level.
    RequestLevel(control::RequestLevel),
    /// The agent gives a level back.
    ReleaseLevel(control::Level),
    /// Do this on the page.
    Act(action::Act),
    /// Show this on the customer's screen.
    Annotate(annotation::Annotate),
    /// Pages up to this number are applied; there is room for more.
    Applied(page::Applied),
    /// The replica differs or was lost: send the page anew.
    Repair(page::Repair),
    /// Send these pictures and fonts.
    Want(asset::Want),
    /// So much of them has come.
    Got(asset::Got),
}
