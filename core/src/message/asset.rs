//! Pictures and fonts: offered by their hashes, asked for by number, sent in pieces.
//!
//! An asset has a number of the capture, which the page's tree and styles name, and content. The
//! content is named by its SHA-256, so that an end that has it need not ask. The same number may
//! be offered again with other content: a canvas that was drawn on.

use wincode::{SchemaRead, SchemaWrite};

/// SHA-256 of an asset's bytes.
pub type Hash = [u8; 32];

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Offer {
    /// The most important first.
    pub assets: Vec<Offered>,
}

/// An asset of the capture.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Offered {
    /// From 1; the number in [`crate::node::Prop::Picture`] and in `url(saath:…)`.
    pub number: u32,
    /// What it is now.
    pub content: Content,
}

/// What an asset is.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Content {
    /// It can be asked for.
    Bytes {
        /// SHA-256 of the bytes.
        hash: Hash,
        /// How many there are.
        size: u32,
        /// Whether the agent's console may keep it for other sessions.
        keep: bool,
    },
    /// It is on the page and cannot be had.
    Missing(Why),
}

/// Why an asset cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, SchemaRead, SchemaWrite)]
pub enum Why {
    /// The page itself may not read it.
    Unreadable,
    /// It is too large.
    TooLarge,
    /// The session has sent as much as it may.
    OverBudget,
    /// The page does not show it any more, and the number means nothing.
    Withdrawn,
}

/// Send these. Numbers that were not offered are no error: the offer may have been changed.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Want {
    /// Which, in this order.
    pub numbers: Vec<u32>,
}

/// A piece of an asset. The pieces of one come in order, and without those of another in between
/// unless the rest is not sent at all.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Asset {
    /// Of which.
    pub number: u32,
    /// Where in it.
    pub offset: u32,
    /// At most [`crate::assets::PIECE`].
    pub bytes: Vec<u8>,
}

/// How much has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Got {
    /// Bytes of pieces since the epoch began.
    pub bytes: u64,
}
