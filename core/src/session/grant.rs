//! Consent as a value.

use crate::message::control::Level;

/// Proof that the level in force allows acting. Only the session makes one, at the moment it hands
/// out an action, and what performs actions demands one.
#[derive(Debug)]
pub struct Grant(());

impl Grant {
    /// If `level` allows acting.
    pub(super) fn of(level: Level) -> Option<Self> {
        (level >= Level::Act).then_some(Self(()))
    }
}

/// What is left when `level` is given up; `None` if that is the last one.
pub(super) fn below(level: Level) -> Option<Level> {
    match level {
        Level::Act => Some(Level::Point),
        Level::Point => Some(Level::View),
        Level::View => None,
    }
}
