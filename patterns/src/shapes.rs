//! Identifiers known by their shape: letters and digits in fixed places.

use super::{
    context::{Kind, Words},
    glyphs::Glyph,
};
use std::ops::Range;

pub(super) fn scan(block: &[Glyph], words: &Words<'_>, found: &mut dyn FnMut(Range<usize>)) {
    for at in 0..block.len() {
        let shapes: &[(&str, Accept)] = if block[at].is_digit() {
            if let Some(end) = gstin_like(block, at) {
                found(at..end);
            }
            &[("##AAAAA####A*Z*", whole)]
        } else {
            match letters(block, at) {
                1 => &[("L#####AA####AAA######", whole), ("A#######", passport)],
                3 => &[("AAA#######", voter)],
                4 => &[("AAAA#####A", permanent_account), ("AAAA0******", bank_branch)],
                5 => &[("AAAAA####A", permanent_account)],
                _ => continue,
            }
        };
        for (shape, accept) in shapes {
            if let Some(seen) = fit(block, at, shape)
                && accept(&seen, words)
            {
                found(at..seen.range.end);
            }
        }
    }
}

/// Whether something of the right shape is one.
///
/// In shapes `A` is a letter, `#` a digit, `*` either, `L` L or U; anything else is itself.
type Accept = fn(&Seen<'_>, &Words) -> bool;

/// Separators that may stand before each place.
const GAP: usize = 3;

fn is_separator(glyph: Glyph) -> bool {
    matches!(glyph.char, ' ' | '-' | '.')
}

/// How many letters stand from here to a digit, separators between them; 0 if no digit follows, or
/// more letters than any shape begins with.
fn letters(block: &[Glyph], start: usize) -> usize {
    let (mut letters, mut gap) = (0, 0);
    for &glyph in &block[start..] {
        if glyph.is_letter() && letters < 5 {
            letters += 1;
            gap = 0;
        } else if glyph.is_digit() {
            return letters;
        } else if is_separator(glyph) && letters > 0 && gap < GAP {
            gap += 1;
        } else {
            break;
        }
    }
    0
}

/// Something of the right shape.
struct Seen<'a> {
    block: &'a [Glyph],
    range: Range<usize>,
    /// Bit *n*: there is a separator before place *n*.
    gaps: u32,
    /// Bit *n*: and it has a blank in it.
    blanks: u32,
    /// Where place *n* is.
    places: [u16; 21],
}

impl Seen<'_> {
    fn place(&self, place: usize) -> Glyph {
        self.block[self.range.start + usize::from(self.places[place])]
    }

    fn capitals(&self) -> bool {
        self.block[self.range.clone()].iter().all(|glyph| glyph.capital || !glyph.is_letter())
    }

    fn blanks_between(&self, places: Range<usize>) -> bool {
        places.into_iter().any(|place| self.blanks & (1 << place) != 0)
    }

    /// No letter or digit runs on at either side.
    fn stands_alone(&self) -> bool {
        let alone = |glyph: Glyph| !glyph.is_letter() && !glyph.is_digit();
        let Range { start, end } = self.range;
        (start == 0 || self.block[start].edge || alone(self.block[start - 1]))
            && (end == self.block.len() || self.block[end].edge || alone(self.block[end]))
    }

    /// No word runs on at either side: digits may ("ABCPE1234F2024"), and a change of case may
    /// ("panABCPE1234Fcopy").
    fn letters_end(&self, last_gap: bool) -> bool {
        let Range { start, end } = self.range;
        let before = start == 0 || self.block[start].edge || {
            let before = self.block[start - 1];
            !before.is_letter() || (!before.capital && self.block[start].capital)
        };
        let after = end == self.block.len() || self.block[end].edge || {
            let after = self.block[end];
            !after.is_letter() || (!last_gap && self.block[end - 1].capital && !after.capital)
        };
        before && after
    }
}

fn fit<'a>(block: &'a [Glyph], start: usize, shape: &str) -> Option<Seen<'a>> {
    let (mut at, mut gaps, mut blanks, mut places) = (start, 0, 0, [0; 21]);
    for (place, class) in shape.bytes().enumerate() {
        if place > 0 {
            let from = at;
            while at < from + GAP && is_separator(*block.get(at)?) {
                gaps |= 1 << place;
                blanks |= u32::from(block[at].char == ' ') << place;
                at += 1;
            }
        }
        let glyph = block.get(at)?;
        let fits = match class {
            b'A' => glyph.is_letter(),
            b'#' => glyph.is_digit(),
            b'*' => glyph.is_letter() || glyph.is_digit(),
            b'L' => matches!(glyph.char, 'L' | 'U'),
            other => glyph.char == char::from(other),
        };
        if !fits {
            return None;
        }
        places[place] = (at - start) as u16;
        at += 1;
    }
    Some(Seen { block, range: start..at, gaps, blanks, places })
}

/// PAN and TAN. In prose, a word, a number and a one-letter word make the same shape ("total 2500 a
/// month"), so blanks around the digits count only in capitals or after the word PAN. The fourth
/// letter of a PAN names the kind of holder; only doubtful ones are held to it, since forms like
/// to show the impossible ABCDE1234F.
fn permanent_account(seen: &Seen<'_>, words: &Words<'_>) -> bool {
    let letters = (0..5).take_while(|place| seen.place(*place).is_letter()).count();
    let last = 9;
    if !seen.letters_end(seen.gaps & (1 << last) != 0) {
        return false;
    }
    let doubtful = seen.blanks_between(1..letters)
        || (seen.blanks_between(letters..letters + 1) && seen.blanks_between(last..last + 1));
    let holder = letters == 4 || "ABCFGHJLPT".contains(seen.place(3).char);
    !doubtful || seen.capitals() && holder || words.near(&seen.range, &[Kind::Pan])
}

/// GSTIN (its fourteenth place is Z) and CIN: long enough to be nothing else.
fn whole(seen: &Seen<'_>, _: &Words) -> bool {
    seen.stands_alone()
}

/// IFSC. "Paid 0 rupees" has the shape too: with separators the branch must be digits.
fn bank_branch(seen: &Seen<'_>, _: &Words) -> bool {
    seen.stands_alone() && (seen.gaps == 0 || (5..11).all(|place| seen.place(place).is_digit()))
}

/// EPIC, the voter's card. "Tax 1234567" is a sum, and "INR1234567".
fn voter(seen: &Seen<'_>, words: &Words<'_>) -> bool {
    let currency = ["INR", "USD", "EUR", "GBP"]
        .iter()
        .any(|code| code.chars().enumerate().all(|(place, char)| seen.place(place).char == char));
    let doubtful = currency || seen.blanks_between(1..4);
    seen.stands_alone() && (!doubtful || words.near(&seen.range, &[Kind::Voter]))
}

/// Passport. "Column A 1234567" is a sum.
fn passport(seen: &Seen<'_>, words: &Words<'_>) -> bool {
    seen.stands_alone()
        && (!seen.blanks_between(1..2) || words.near(&seen.range, &[Kind::Passport]))
}

/// Other holders of a GST number (deductors, diplomats, non-residents) have fifteen characters of
/// other shapes: known by state and check character.
fn gstin_like(block: &[Glyph], at: usize) -> Option<usize> {
    let end = at + 15;
    let id = block.get(at..end)?;
    let digits = id.iter().filter(|glyph| glyph.is_digit()).count();
    let state = id[0].digit().wrapping_mul(10).wrapping_add(id[1].digit());
    let candidate = id[0].is_digit()
        && id[1].is_digit()
        && matches!(state, 1..=38 | 97 | 99)
        && (6..15).contains(&digits)
        && id.iter().all(|glyph| glyph.is_digit() || glyph.is_letter());
    let seen = Seen { block, range: at..end, gaps: 0, blanks: 0, places: [0; 21] };
    (candidate && seen.stands_alone() && gstin_check(id)).then_some(end)
}

/// Weights 1 and 2 in base 36, the digits of each product added; the last character makes the sum
/// a multiple of 36.
fn gstin_check(id: &[Glyph]) -> bool {
    let value = |glyph: &Glyph| glyph.char.to_digit(36).unwrap_or(0);
    let Some((check, body)) = id.split_last() else { return false };
    let sum: u32 = body
        .iter()
        .zip([1, 2].into_iter().cycle())
        .map(|(glyph, weight)| {
            let product = value(glyph) * weight;
            product / 36 + product % 36
        })
        .sum();
    value(check) == (36 - sum % 36) % 36
}
