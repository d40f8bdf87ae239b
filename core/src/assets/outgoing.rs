//! The customer's end of the transport: what is offered, what was asked for, and how much of it
//! may be under way.

use super::kind::Kind;
use super::{BUDGET, MAX_ASSET, MAX_LISTED, PIECE, WINDOW};
use crate::message::asset::{Asset, Content, Hash, Offer, Offered, Why};
use std::collections::{HashMap, HashSet, VecDeque};
use thiserror::Error;

/// Who says when an asset is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The other end asks, and tells how much came.
    Asked,
    /// Nobody answers: all is sent as it is offered.
    Unasked,
}

/// What to read next, and to hand to [`Outgoing::read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Of which asset.
    pub number: u32,
    /// From where.
    pub offset: u32,
    /// How much.
    pub length: u32,
}

/// The peer acknowledged what was never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more was acknowledged than was sent")]
pub struct NeverSent;

/// What this end has and what became of it.
#[derive(Debug)]
pub struct Outgoing {
    flow: Flow,
    /// What the page names, read or not.
    assets: HashMap<u32, State>,
    /// What it names no longer, and the other end was told of.
    withdrawn: Vec<u32>,
    /// In the order in which they are to be told.
    untold: Vec<u32>,
    /// By turn, but for the first if it is on its way.
    wanted: VecDeque<u32>,
    /// The first of `wanted`, of which this much was sent.
    offset: u32,
    /// A piece that is being read.
    reading: Option<Piece>,
    sent: u64,
    acknowledged: u64,
    counted: HashSet<Hash>,
    total: u64,
}

#[derive(Debug, Default)]
struct State {
    /// None while it is not read.
    content: Option<Content>,
    /// A guest's, which has a budget of its own.
    lent: bool,
    /// Those of a lower one go before it.
    turn: u32,
    /// It was asked for, and is sent or waits.
    asked: bool,
}

impl Outgoing {
    /// With nothing to offer.
    pub fn new(flow: Flow) -> Self {
        Self {
            flow,
            assets: HashMap::new(),
            withdrawn: vec![],
            untold: vec![],
            wanted: VecDeque::new(),
            offset: 0,
            reading: None,
            sent: 0,
            acknowledged: 0,
            counted: HashSet::new(),
            total: 0,
        }
    }

    /// A new epoch: the other end may have forgotten all numbers, and is told again.
    pub fn restart(&mut self) {
        let read = self.assets.iter().filter(|(_, state)| state.content.is_some());
        let mut numbers: Vec<u32> = read.map(|(&number, _)| number).collect();
        numbers.sort_unstable_by_key(|number| (self.turn_of(*number), *number));
        self.untold = numbers;
        for state in self.assets.values_mut() {
            state.asked = false;
        }
        self.wanted.clear();
        self.withdrawn.clear();
        (self.offset, self.reading) = (0, None);
        (self.sent, self.acknowledged) = (0, 0);
    }

    /// The page names this from now on; of what it does not name nothing is taken in. What is `lent`
    /// to a guest does not count in the budget.
    pub fn named(&mut self, number: u32, lent: bool) {
        self.assets.entry(number).or_default().lent = lent;
    }

    /// Whether the page names this.
    pub fn is_named(&self, number: u32) -> bool {
        self.assets.contains_key(&number)
    }

    /// The page does not name this any more: nothing of it is sent from now on, not even the rest of
    /// what was begun.
    pub fn withdraw(&mut self, number: u32) {
        self.unqueue(number);
        self.untold.retain(|&untold| untold != number);
        if self.assets.remove(&number).is_some_and(|state| state.content.is_some()) {
            self.withdrawn.push(number);
        }
    }

    /// Whether there is nothing to tell or to send.
    pub fn is_idle(&self) -> bool {
        self.withdrawn.is_empty() && self.untold.is_empty() && self.wanted.is_empty()
    }

    /// What there is room for in the budget, in bytes: what is larger need not be read at all.
    pub fn room(&self) -> u64 {
        BUDGET - self.total
    }

    /// An asset was read; when its turn is says how important it is, as reading one may take longer
    /// than reading the next. The same number may come again with other content.
    pub fn ready(&mut self, number: u32, turn: u32, hash: Hash, size: u32, keep: bool) {
        let content = if size == 0 {
            Content::Missing(Why::Unreadable)
        } else if size > MAX_ASSET {
            Content::Missing(Why::TooLarge)
        } else if self.counted.contains(&hash) || self.is_lent(number) {
            Content::Bytes { hash, size, keep }
        } else if self.total + u64::from(size) > BUDGET {
            Content::Missing(Why::OverBudget)
        } else {
            self.total += u64::from(size);
            self.counted.insert(hash);
            Content::Bytes { hash, size, keep }
        };
        self.tell(number, turn, content);
    }

    fn is_lent(&self, number: u32) -> bool {
        self.assets.get(&number).is_some_and(|state| state.lent)
    }

    /// What moves was painted anew. It is bounded by its pace and not by the budget.
    pub fn painted(&mut self, number: u32, turn: u32, hash: Hash, size: u32) {
        let content = match size {
            0 => Content::Missing(Why::Unreadable),
            1..=MAX_ASSET => Content::Bytes { hash, size, keep: false },
            _ => Content::Missing(Why::TooLarge),
        };
        self.tell(number, turn, content);
    }

    /// An asset cannot be had.
    pub fn missing(&mut self, number: u32, why: Why) {
        self.tell(number, 0, Content::Missing(why));
    }

    fn tell(&mut self, number: u32, turn: u32, content: Content) {
        let Some(state) = self.assets.get_mut(&number) else { return };
        if state.content.as_ref() == Some(&content) {
            return;
        }
        (state.content, state.turn, state.asked) = (Some(content), turn, false);
        self.unqueue(number);
        if !self.untold.contains(&number) {
            self.untold.push(number);
        }
    }

    /// The rest of what was asked for is not sent: it is not what it was.
    fn unqueue(&mut self, number: u32) {
        if self.wanted.front() == Some(&number) {
            self.offset = 0;
        }
        self.wanted.retain(|&wanted| wanted != number);
        self.reading = self.reading.filter(|piece| piece.number != number);
    }

    /// What to tell the other end.
    pub fn offer(&mut self) -> Option<Offer> {
        let gone = self.withdrawn.drain(..self.withdrawn.len().min(MAX_LISTED));
        let content = Content::Missing(Why::Withdrawn);
        let mut assets: Vec<_> =
            gone.map(|number| Offered { number, content: content.clone() }).collect();
        let count = self.untold.len().min(MAX_LISTED - assets.len());
        let told: Vec<u32> = self.untold.drain(..count).collect();
        for number in told {
            let Some(content) = self.assets.get(&number).and_then(|state| state.content.clone())
            else {
                continue;
            };
            assets.push(Offered { number, content });
            if self.flow == Flow::Unasked {
                self.ask(number);
            }
        }
        (!assets.is_empty()).then_some(Offer { assets })
    }

    /// All that the other end was told of and that is still there, for somebody who comes later.
    pub fn told(&self) -> Vec<Offer> {
        let mut assets: Vec<Offered> = self
            .assets
            .iter()
            .filter(|(number, _)| !self.untold.contains(number))
            .filter_map(|(&number, state)| {
                Some(Offered { number, content: state.content.clone()? })
            })
            .collect();
        assets.sort_unstable_by_key(|asset| asset.number);
        assets.chunks(MAX_LISTED).map(|assets| Offer { assets: assets.to_vec() }).collect()
    }

    /// The other end asks for these. What it was not offered, or asked for before, is not sent.
    pub fn want(&mut self, numbers: &[u32]) {
        for &number in numbers {
            self.ask(number);
        }
    }

    fn ask(&mut self, number: u32) {
        let Some(state) = self.assets.get_mut(&number) else { return };
        // What is yet to be told is asked for when it was.
        if state.asked || self.untold.contains(&number) {
            return;
        }
        if matches!(state.content, Some(Content::Bytes { .. })) {
            state.asked = true;
            let turn = state.turn;
            // What is on its way goes on.
            let begun = usize::from(self.offset > 0 || self.reading.is_some());
            let waiting = self.wanted.iter().skip(begun);
            let before = waiting.take_while(|&&number| self.turn_of(number) <= turn).count();
            self.wanted.insert(begun + before, number);
        }
    }

    fn turn_of(&self, number: u32) -> u32 {
        self.assets.get(&number).map_or(0, |state| state.turn)
    }

    /// So much has come since the epoch began.
    ///
    /// # Errors
    /// [`NeverSent`] if it is more than was sent.
    pub fn got(&mut self, bytes: u64) -> Result<(), NeverSent> {
        if bytes > self.sent {
            return Err(NeverSent);
        }
        self.acknowledged = self.acknowledged.max(bytes);
        Ok(())
    }

    /// The next piece to read, if there is room for one and none is being read.
    pub fn next_piece(&mut self) -> Option<Piece> {
        if self.reading.is_some() {
            return None;
        }
        let &number = self.wanted.front()?;
        let Some(Content::Bytes { size, .. }) = self.assets.get(&number)?.content else {
            return None;
        };
        let length = size.saturating_sub(self.offset).min(PIECE);
        let under_way = self.sent - self.acknowledged + u64::from(length);
        if self.flow == Flow::Asked && under_way > WINDOW {
            return None;
        }
        self.reading = Some(Piece { number, offset: self.offset, length });
        self.reading
    }

    /// A piece was read: what to send, if that is still wanted. `None` for bytes means that they
    /// cannot be read any more.
    pub fn read(&mut self, piece: Piece, bytes: Option<Vec<u8>>) -> Option<Asset> {
        if self.reading != Some(piece) {
            return None;
        }
        self.reading = None;
        let Piece { number, offset, length } = piece;
        // What a style sheet calls a font may be anything that its address answers.
        let is_one = |bytes: &[u8]| offset > 0 || Kind::sniff(bytes).is_some();
        let whole = bytes.filter(|bytes| bytes.len() == length as usize);
        let Some(bytes) = whole.filter(|bytes| is_one(bytes)) else {
            self.missing(number, Why::Unreadable);
            return None;
        };
        self.sent += u64::from(length);
        self.offset += length;
        let state = self.assets.get(&number)?;
        if matches!(state.content, Some(Content::Bytes { size, .. }) if size <= self.offset) {
            self.wanted.pop_front();
            self.offset = 0;
        }
        Some(Asset { number, offset, bytes })
    }
}

#[cfg(test)]
mod tests;
