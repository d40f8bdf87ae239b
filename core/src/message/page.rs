//! The page as it travels: snapshots, mutations, and what surrounds them.

use wincode::{SchemaRead, SchemaWrite};

/// What a page goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, SchemaRead, SchemaWrite)]
pub enum PageKind {
    /// The page before it.
    Change,
    /// Nothing: a snapshot is a change of the empty tree.
    Fresh,
    /// The tree whose digest the agent's end has sent; pages in between it has left out.
    Repair,
}

/// A snapshot or a mutation.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Page {
    /// Numbered from 1 in each epoch.
    pub number: u32,
    /// What it goes on from.
    pub kind: PageKind,
    /// The encoded [`crate::ops::Batch`].
    pub batch: Vec<u8>,
    /// Running hash of the tree after this batch.
    pub hash: u64,
}

/// The customer's window.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct View {
    /// Layout viewport in CSS pixels, scrollbars included.
    pub width: u32,
    /// Layout viewport in CSS pixels, scrollbars included.
    pub height: u32,
    /// Device pixel ratio in 1/1000.
    pub scale: u32,
    /// The page's title, masked like text.
    pub title: String,
    /// Origin and path of the page, masked; no query and no fragment.
    pub url: String,
    /// The tab is in the background.
    pub hidden: bool,
    /// Whether scrollbars lie over the page, as on phones, and take no room.
    pub overlay_scrollbars: bool,
    /// What the page waits for; nothing in it moves meanwhile.
    pub waiting: Option<Waiting>,
    /// The part of the layout viewport that is seen, if fingers or a keyboard on the screen have
    /// made that less than all of it.
    pub visual: Option<Visual>,
}

/// What stops a page until the customer has answered. What it says is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Waiting {
    /// `alert()`.
    Alert,
    /// `confirm()`.
    Confirm,
    /// `prompt()`.
    Prompt,
    /// `print()`.
    Print,
}

/// A part of the layout viewport, in 1/100 CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Visual {
    /// From the left.
    pub left: u32,
    /// From the top.
    pub top: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Where the customer's pointer is, in CSS pixels of the viewport; outside means gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Pointer {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// The main button was pressed here.
    pub pressed: bool,
}

/// Room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Applied {
    /// The newest [`Page::number`] that is on the agent's screen.
    pub number: u32,
}

/// The replica is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Repair {
    /// The [`Page::number`] that it was found at.
    pub number: u32,
    /// What it is instead, an encoded [`crate::tree::Digest`]; empty asks for the whole page.
    pub digest: Vec<u8>,
}
