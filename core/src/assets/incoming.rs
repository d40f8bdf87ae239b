//! The agent's end of the transport: what to ask for, and what may be shown of what came.
//!
//! **One call in, drain the steps.** The other end may be hostile: sizes are bounded, pieces must
//! fit, and nothing is shown before its hash was found right and its type told from its bytes.

use super::{Kind, MAX_ASSET, MAX_ASSETS, MAX_HELD, MAX_LISTED, PIECE};
use crate::message::asset::{Asset, Content, Hash, Offer, Why};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use thiserror::Error;

/// How much comes before it is told, in bytes.
const TOLD_EVERY: u64 = 64 << 10;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Look whether this is at hand from another session; answer [`Incoming::looked`].
    Look(Hash),
    /// Ask for this.
    Want(u32),
    /// Tell that so much has come since the epoch began.
    Got(u64),
    /// This came, and is what it should be.
    Store {
        /// Its hash.
        hash: Hash,
        /// What it is.
        kind: Kind,
        /// All of it.
        bytes: Vec<u8>,
        /// Whether it may be kept for other sessions.
        keep: bool,
    },
    /// What has this number is this; it was stored or found before.
    Show {
        /// The number.
        number: u32,
        /// What it is.
        hash: Hash,
    },
    /// What has this number cannot be shown.
    Missing(u32),
    /// Nothing shows this any more.
    Release(Hash),
}

/// The other end sent what no honest one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an asset is not what was offered")]
pub struct Hostile;

/// What is known of the other end's assets.
#[derive(Debug, Default)]
pub struct Incoming {
    numbers: HashMap<u32, Known>,
    contents: HashMap<Hash, Holding>,
    /// What each number shows, until it is told to show something else.
    shown: HashMap<u32, Hash>,
    coming: Option<Coming>,
    got: u64,
    told: u64,
    /// Bytes of what is here.
    held: u64,
    steps: VecDeque<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Bytes { hash: Hash, size: u32, keep: bool },
    Missing,
}

/// What became of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holding {
    Looking,
    /// Asked for by this number.
    Asked(u32),
    Here(u32),
    Unusable,
}

/// What is half here.
#[derive(Debug)]
struct Coming {
    number: u32,
    hash: Hash,
    size: u32,
    keep: bool,
    bytes: Vec<u8>,
    hasher: Sha256,
}

impl Incoming {
    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// How many pictures and fonts the page has that cannot be shown.
    pub fn missing(&self) -> usize {
        let missing = |known: &&Known| match known {
            Known::Missing => true,
            Known::Bytes { hash, .. } => self.contents.get(hash) == Some(&Holding::Unusable),
        };
        self.numbers.values().filter(missing).count()
    }

    /// A new epoch, perhaps of another page: numbers mean nothing any more, what is here stays.
    pub fn restart(&mut self) {
        self.numbers.clear();
        self.shown.clear();
        self.contents.retain(|_, holding| matches!(holding, Holding::Here(_) | Holding::Unusable));
        self.coming = None;
        (self.got, self.told) = (0, 0);
        self.steps.clear();
    }

    /// The other end has these.
    ///
    /// # Errors
    /// [`Hostile`] for numbers and sizes that cannot be.
    pub fn offered(&mut self, offer: &Offer) -> Result<(), Hostile> {
        if offer.assets.len() > MAX_LISTED {
            return Err(Hostile);
        }
        for offered in &offer.assets {
            let number = offered.number;
            if number == 0 || number > MAX_ASSETS {
                return Err(Hostile);
            }
            let known = match offered.content {
                Content::Bytes { hash, size: size @ 1..=MAX_ASSET, keep } => {
                    Known::Bytes { hash, size, keep }
                }
                Content::Bytes { .. } => return Err(Hostile),
                Content::Missing(Why::Withdrawn) => {
                    self.forget(number);
                    continue;
                }
                Content::Missing(_) => Known::Missing,
            };
            let before = self.numbers.insert(number, known);
            match known {
                Known::Missing => self.lose(number),
                Known::Bytes { hash, .. } => self.seek(number, hash),
            }
            if let Some(Known::Bytes { hash, .. }) = before
                && before != Some(known)
            {
                self.give_up(number, hash);
            }
        }
        Ok(())
    }

    /// What it was stays until there is no room for it: it may be shown again.
    fn forget(&mut self, number: u32) {
        if self.shown.remove(&number).is_some() {
            self.steps.push_back(Step::Missing(number));
        }
        if let Some(Known::Bytes { hash, .. }) = self.numbers.remove(&number) {
            self.give_up(number, hash);
        }
    }

    fn seek(&mut self, number: u32, hash: Hash) {
        match self.contents.get(&hash) {
            Some(Holding::Here(_)) => self.show(number, hash),
            Some(Holding::Unusable) => self.lose(number),
            Some(Holding::Looking | Holding::Asked(_)) => {}
            None => {
                self.contents.insert(hash, Holding::Looking);
                self.steps.push_back(Step::Look(hash));
            }
        }
    }

    fn show(&mut self, number: u32, hash: Hash) {
        self.steps.push_back(Step::Show { number, hash });
        if let Some(before) = self.shown.insert(number, hash) {
            self.release(before);
        }
    }

    fn lose(&mut self, number: u32) {
        self.steps.push_back(Step::Missing(number));
        if let Some(before) = self.shown.remove(&number) {
            self.release(before);
        }
    }

    /// Lets a content go that nothing shows any more, or is going to.
    fn release(&mut self, hash: Hash) {
        let used = self.shown.values().any(|shown| *shown == hash);
        if !used
            && self.with(hash).next().is_none()
            && let Some(&Holding::Here(size)) = self.contents.get(&hash)
        {
            self.contents.remove(&hash);
            self.held -= u64::from(size);
            self.steps.push_back(Step::Release(hash));
        }
    }

    /// A number has other content now: the old one may be wanted by nobody, or by another number.
    fn give_up(&mut self, number: u32, hash: Hash) {
        let other = self.with(hash).next();
        match (self.contents.get(&hash), other) {
            (Some(&Holding::Asked(asked)), Some(other)) if asked == number => {
                self.contents.insert(hash, Holding::Asked(other));
                self.steps.push_back(Step::Want(other));
            }
            (Some(&Holding::Asked(_) | &Holding::Unusable), None) => {
                self.contents.remove(&hash);
            }
            _ => {}
        }
    }

    /// The numbers that have this content.
    fn with(&self, content: Hash) -> impl Iterator<Item = u32> + '_ {
        self.numbers.iter().filter_map(move |(&number, known)| match known {
            Known::Bytes { hash, .. } => (*hash == content).then_some(number),
            Known::Missing => None,
        })
    }

    /// Whether a content was at hand: its size if it was.
    pub fn looked(&mut self, hash: Hash, found: Option<u32>) {
        if self.contents.get(&hash) != Some(&Holding::Looking) {
            return;
        }
        // None: what was looked for is no longer on the page.
        let Some(number) = self.with(hash).min() else {
            self.contents.remove(&hash);
            return;
        };
        match found {
            Some(size) => self.here(hash, size),
            None => {
                self.contents.insert(hash, Holding::Asked(number));
                self.steps.push_back(Step::Want(number));
            }
        }
    }

    /// A piece came.
    ///
    /// # Errors
    /// [`Hostile`] if it does not fit what was offered and what came before it.
    pub fn came(&mut self, piece: &Asset) -> Result<(), Hostile> {
        let Some(&Known::Bytes { hash, size, keep }) = self.numbers.get(&piece.number) else {
            return Err(Hostile);
        };
        let length = u32::try_from(piece.bytes.len()).map_err(|_| Hostile)?;
        if length == 0 || length > PIECE {
            return Err(Hostile);
        }
        if piece.offset == 0 {
            // The one before, if it is not here in full, is not wanted any more.
            let (number, bytes, hasher) = (piece.number, vec![], Sha256::new());
            self.coming = Some(Coming { number, hash, size, keep, bytes, hasher });
        }
        let coming = self.coming.as_mut().ok_or(Hostile)?;
        let fits = coming.number == piece.number
            && coming.hash == hash
            && coming.bytes.len() == piece.offset as usize
            && piece.offset.checked_add(length).is_some_and(|end| end <= coming.size);
        if !fits {
            return Err(Hostile);
        }
        coming.bytes.extend_from_slice(&piece.bytes);
        coming.hasher.update(&piece.bytes);
        self.got += u64::from(length);
        let complete = coming.bytes.len() == coming.size as usize;
        if complete && let Some(coming) = self.coming.take() {
            self.complete(coming)?;
        }
        if complete || self.got - self.told >= TOLD_EVERY {
            self.told = self.got;
            self.steps.push_back(Step::Got(self.got));
        }
        Ok(())
    }

    fn complete(&mut self, coming: Coming) -> Result<(), Hostile> {
        let Coming { hash, size, keep, bytes, hasher, .. } = coming;
        if <[u8; 32]>::from(hasher.finalize()) != hash {
            return Err(Hostile);
        }
        if matches!(self.contents.get(&hash), Some(Holding::Here(_))) {
            return Ok(());
        }
        if self.held + u64::from(size) > MAX_HELD {
            // From pages before this one.
            let here: Vec<Hash> = self.contents.keys().copied().collect();
            here.into_iter().for_each(|hash| self.release(hash));
        }
        match Kind::sniff(&bytes) {
            Some(kind) if self.held + u64::from(size) <= MAX_HELD => {
                self.steps.push_back(Step::Store { hash, kind, bytes, keep });
                self.here(hash, size);
            }
            _ => {
                self.contents.insert(hash, Holding::Unusable);
                self.numbers_with(hash).into_iter().for_each(|number| self.lose(number));
            }
        }
        Ok(())
    }

    fn here(&mut self, hash: Hash, size: u32) {
        self.contents.insert(hash, Holding::Here(size));
        self.held += u64::from(size);
        self.numbers_with(hash).into_iter().for_each(|number| self.show(number, hash));
    }

    fn numbers_with(&self, hash: Hash) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.with(hash).collect();
        numbers.sort_unstable();
        numbers
    }
}

#[cfg(test)]
mod tests;
