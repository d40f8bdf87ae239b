//! Identifiers that are digits only: Aadhaar, cards, mobiles, accounts, one-time codes.
//!
//! Digits are taken in groups, groups in chains ("2345 6789 0124"), and every stretch of whole
//! groups of up to nineteen digits is looked at, so that a number is found between others.

use super::{
    context::{Kind, Words},
    glyphs::Glyph,
};
use saath_protocol::verhoeff;
use std::ops::{Range, RangeInclusive};

const LONGEST: usize = 19;
/// No number has fewer digits.
pub(super) const SHORTEST: usize = 4;
/// Nor one that no word stands beside.
pub(super) const WORDLESS: usize = 10;

pub(super) fn scan(block: &[Glyph], words: &Words<'_>, found: &mut dyn FnMut(Range<usize>)) {
    let groups = groups(block);
    for first in 0..groups.len() {
        let (mut digits, mut len) = ([0; LONGEST], 0);
        for last in first..groups.len() {
            let group = &groups[last];
            if (last > first && group.gap == Gap::Break) || len + group.glyphs.len() > LONGEST {
                break;
            }
            for glyph in &block[group.glyphs.clone()] {
                digits[len] = glyph.digit();
                len += 1;
            }
            if len < SHORTEST {
                continue;
            }
            let digits = &digits[..len];
            let stretch = Stretch { block, groups: &groups, first, last };
            if !stretch.is_sum()
                && (by_itself(&stretch, digits) || by_word(&stretch, words, digits.len()))
            {
                found(stretch.glyphs());
            }
        }
    }
}

/// A run of digits.
struct Group {
    glyphs: Range<usize>,
    /// What lies before it.
    gap: Gap,
}

/// What lies between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// The border of two pieces, or nothing that is seen.
    Edge,
    Dash,
    Dot,
    Blank,
    /// Something that ends a number.
    Break,
}

fn groups(block: &[Glyph]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < block.len() {
        if !block[at].is_digit() {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < block.len() && block[at].is_digit() && !block[at].edge {
            at += 1;
        }
        let gap = groups.last().map_or(Gap::Break, |last| gap(&block[last.glyphs.end..start]));
        groups.push(Group { glyphs: start..at, gap });
    }
    groups
}

fn gap(between: &[Glyph]) -> Gap {
    let has = |char| between.iter().any(|glyph| glyph.char == char);
    if between.len() > 3 || between.iter().any(|glyph| !matches!(glyph.char, ' ' | '-' | '.')) {
        Gap::Break
    } else if has(' ') {
        Gap::Blank
    } else if has('-') {
        Gap::Dash
    } else if has('.') {
        Gap::Dot
    } else {
        Gap::Edge
    }
}

/// Some groups in a row.
struct Stretch<'a> {
    block: &'a [Glyph],
    groups: &'a [Group],
    first: usize,
    last: usize,
}

impl Stretch<'_> {
    fn glyphs(&self) -> Range<usize> {
        self.groups[self.first].glyphs.start..self.groups[self.last].glyphs.end
    }

    fn own(&self) -> &[Group] {
        &self.groups[self.first..=self.last]
    }

    /// An amount of money, which the agent has to see: 12,34,567 or ₹ 1234567 or 1234567.00.
    fn is_sum(&self) -> bool {
        let Range { start, end } = self.glyphs();
        let own = self.own();
        let digit = |at: Option<usize>| {
            at.and_then(|at| self.block.get(at)).is_some_and(|glyph| glyph.is_digit())
        };
        let comma = |at: Option<usize>| {
            at.and_then(|at| self.block.get(at)).is_some_and(|glyph| glyph.char == ',')
        };
        let before = comma(start.checked_sub(1))
            && digit(start.checked_sub(2))
            && (2..=3).contains(&own[0].glyphs.len());
        let after = comma(Some(end))
            && own[own.len() - 1].glyphs.len() <= 3
            && self.groups.get(self.last + 1).is_some_and(|next| {
                next.glyphs.start == end + 1 && (2..=3).contains(&next.glyphs.len())
            });
        let plain = own.len() == 1 || own_decimal(own);
        before || after || (plain && self.has_currency(start)) || all_decimals(self.written())
    }

    /// The groups and what is joined to them without a blank: an amount has two.
    fn written(&self) -> &[Group] {
        let joined = |group: &Group| !matches!(group.gap, Gap::Blank | Gap::Break);
        let before =
            self.groups[..=self.first].iter().rev().take(2).take_while(|group| joined(group));
        let first = self.first - before.count();
        let after = self.groups[self.last + 1..].iter().take(2).take_while(|group| joined(group));
        &self.groups[first..=self.last + after.count()]
    }

    fn has_currency(&self, start: usize) -> bool {
        let mut before = self.block[..start].iter().rev().map(|glyph| glyph.char).peekable();
        while before.next_if(|char| matches!(char, ' ' | '.' | ':')).is_some() {}
        match before.next() {
            Some('₹' | '₨' | '$' | '€' | '£') => true,
            Some('S') => before.next() == Some('R'),
            Some('R') => before.next() == Some('N') && before.next() == Some('I'),
            Some('ु' | 'ू') => before.next() == Some('र'),
            _ => false,
        }
    }

    /// Years side by side ("2023 2024 2025"), a day, or an assessment year: not part of a number
    /// unless a checksum says so.
    fn is_calendar(&self) -> bool {
        let own = self.own();
        let value = |group: &Group| {
            self.block[group.glyphs.clone()]
                .iter()
                .fold(0_u64, |value, glyph| value.wrapping_mul(10) + u64::from(glyph.digit()))
        };
        let year = |group: &Group| group.glyphs.len() == 4 && (1900..2100).contains(&value(group));
        let short = |group: &Group| group.glyphs.len() <= 2 && (1..=31).contains(&value(group));
        let day = own.windows(3).any(|three| match three {
            [a, b, c] => {
                b.gap == c.gap
                    && matches!(b.gap, Gap::Dash | Gap::Dot)
                    && short(b)
                    && ((short(a) && year(c)) || (year(a) && short(c)))
            }
            _ => false,
        });
        let span = own.windows(2).any(|two| match two {
            [a, b] => {
                b.gap == Gap::Dash
                    && year(a)
                    && (b.glyphs.len() == 2 && value(b) == (value(a) + 1) % 100 || year(b))
            }
            _ => false,
        });
        day || span || self.is_years()
    }

    /// The first half of "2024-25".
    fn begins_years(&self) -> bool {
        self.first == self.last
            && self.is_years()
            && self
                .groups
                .get(self.last + 1)
                .is_some_and(|next| next.gap == Gap::Dash && matches!(next.glyphs.len(), 2 | 4))
    }

    fn is_years(&self) -> bool {
        self.own().iter().all(|group| {
            let digits = &self.block[group.glyphs.clone()];
            digits.len() == 4 && matches!((digits[0].char, digits[1].char), ('1', '9') | ('2', '0'))
        })
    }
}

/// One amount with two places after the point.
fn own_decimal(own: &[Group]) -> bool {
    matches!(own, [_, paise] if paise.gap == Gap::Dot && paise.glyphs.len() <= 2)
}

/// Amounts with two places after the point, side by side.
fn all_decimals(own: &[Group]) -> bool {
    own.len().is_multiple_of(2)
        && own
            .chunks_exact(2)
            .enumerate()
            .all(|(place, pair)| own_decimal(pair) && (place == 0 || pair[0].gap == Gap::Blank))
}

/// Aadhaar, VID, cards and mobiles are known by themselves.
fn by_itself(stretch: &Stretch<'_>, digits: &[u8]) -> bool {
    let years = || stretch.own().len() > 2 && stretch.is_years();
    if matches!(national(digits), [6..=9, rest @ ..] if rest.len() == 9) {
        let after = &stretch.block[stretch.glyphs().end..];
        let sum = matches!(after, [a, b, ..] if a.char == '/' && b.char == '-');
        if !sum && !stretch.is_calendar() {
            return true;
        }
    }
    match digits.len() {
        12 => digits[0] >= 2 && verhoeff::valid(digits) && !years(),
        16 => (verhoeff::valid(digits) || luhn(digits)) && !years(),
        13.. => luhn(digits) && digits.iter().any(|digit| *digit != 0),
        _ => false,
    }
}

/// A telephone number without its prefix, if it is one of ten digits.
fn national(digits: &[u8]) -> &[u8] {
    match digits {
        [0, rest @ ..] | [9, 1, rest @ ..] | [0, 9, 1, rest @ ..] | [0, 0, 9, 1, rest @ ..]
            if rest.len() == 10 =>
        {
            rest
        }
        _ => digits,
    }
}

/// Numbers without a checksum, or with a wrong one, beside a word that says what they are.
fn by_word(stretch: &Stretch<'_>, words: &Words<'_>, len: usize) -> bool {
    let near = |kinds: &[Kind]| words.near(&stretch.glyphs(), kinds);
    for (lengths, kinds) in &BY_WORD {
        if lengths.contains(&len) && near(kinds) && !stretch.is_calendar() {
            return true;
        }
    }
    // A year is a code of four digits only if it is said to be a one-time code.
    (4..=8).contains(&len)
        && (stretch.own().len() == 1 || !stretch.is_calendar())
        && !stretch.begins_years()
        && (near(&[Kind::Otp]) || (!stretch.is_years() && near(&[Kind::Code, Kind::Otp])))
}

const BY_WORD: [(RangeInclusive<usize>, &[Kind]); 6] = [
    (9..=18, &[Kind::Account]),
    (12..=12, &[Kind::Aadhaar, Kind::Card]),
    (13..=19, &[Kind::Card, Kind::Aadhaar]),
    (12..=15, &[Kind::Filing]),
    (8..=8, &[Kind::Din]),
    (8..=13, &[Kind::Phone]),
];

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit) << (place % 2);
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}
