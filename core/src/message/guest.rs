//! What a page and the client of a frame of another origin say to each other through their port.

use super::FromAgent;
use super::action::{Act, ActionResult};
use super::annotation::Annotate;
use super::page::{Applied, Page, Repair};
use crate::session::Grant;
use saath_protocol::wire::{self, DecodeError};
use wincode::{SchemaRead, SchemaWrite};

/// From the page to the client in a frame.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum ToGuest {
    /// Send everything, fresh.
    Begin(Begin),
    /// The page of this number is taken; the next one may come.
    Applied(Applied),
    /// What was taken differs from what was sent.
    Repair(Repair),
    /// Do this.
    Act(Errand),
    /// The session is over, or the frame has no part in it any more.
    End,
    /// Show this.
    Mark(Mark),
}

/// What the agent shows in the frame: the agent's own message, with the target in the guest's numbers.
/// As bytes, so that the module has what reads and writes such messages once.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Mark {
    annotate: Vec<u8>,
    /// The agent's name.
    pub name: String,
}

impl Mark {
    /// With the target in the guest's numbers.
    pub fn new(annotate: Annotate, name: String) -> Self {
        Self { annotate: wire::encode(&FromAgent::Annotate(annotate)), name }
    }

    pub(crate) fn annotate(&self) -> Result<Annotate, DecodeError> {
        match wire::decode(&self.annotate)? {
            FromAgent::Annotate(annotate) => Ok(annotate),
            _ => Err(DecodeError),
        }
    }
}

/// An action that the agent may do, passed on to where its target is, as a [`Mark`] is.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Errand {
    act: Vec<u8>,
}

impl Errand {
    /// With the target in the guest's numbers. The grant is the proof of consent.
    pub fn new(_grant: &Grant, act: Act) -> Self {
        Self { act: wire::encode(&FromAgent::Act(act)) }
    }

    pub(crate) fn act(&self) -> Result<Act, DecodeError> {
        match wire::decode(&self.act)? {
            FromAgent::Act(act) => Ok(act),
            _ => Err(DecodeError),
        }
    }
}

/// How a guest begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Begin {
    /// Every page says which beginning it goes on from, from 1.
    pub turn: u32,
    /// Whether the frame stands where everything is masked.
    pub masked: bool,
}

/// From the client in a frame to the page.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum FromGuest {
    /// The frame's document, or what changed in it.
    Page(GuestPage),
    /// What became of an action.
    ActionResult(ActionResult),
    /// The frame goes.
    End,
    /// A picture or a font.
    Asset(GuestAsset),
}

/// A page of a guest.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct GuestPage {
    /// The [`Begin::turn`] that it goes on from.
    pub turn: u32,
    /// Its nodes have the guest's own numbers.
    pub page: Page,
}

/// A picture or a font of a guest, whole: it does not leave the browser on its way to the page.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct GuestAsset {
    /// The [`Begin::turn`] of which it has its number.
    pub turn: u32,
    /// From 1.
    pub number: u32,
    /// Whether the agent's console may keep it for other sessions.
    pub keep: bool,
    /// Whether it was painted, and may be again.
    pub painted: bool,
    /// None of a picture that cannot be had.
    pub bytes: Vec<u8>,
}
