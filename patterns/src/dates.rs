//! Dates of birth.
//!
//! A full date up to 2009 is taken for one wherever it stands: the dates a portal speaks of today,
//! due dates, filing dates, assessment years, are later. Later dates, two-digit years and eight
//! digits in a row count beside words like "born".

use super::{
    context::{Kind, Words},
    glyphs::Glyph,
};
use std::ops::Range;

/// No date has fewer: a day, a month and a year of two figures.
pub(super) const FEWEST_DIGITS: usize = 4;

pub(super) fn scan(block: &[Glyph], words: &Words<'_>, found: &mut dyn FnMut(Range<usize>)) {
    for at in 0..block.len() {
        let first = at == 0 || !block[at - 1].is_digit() || block[at].edge;
        let date = if block[at].is_digit() && first {
            numeric(block, at).or_else(|| day_month_year(block, at))
        } else if at == 0 || !block[at - 1].is_letter() {
            month_day_year(block, at)
        } else {
            None
        };
        if let Some(Date { year, end }) = date
            && (year.is_some_and(|year| year <= 2009) || words.near(&(at..end), &[Kind::Birth]))
        {
            found(at..end);
        }
    }
}

struct Date {
    /// From 1900 to 2099; `None` if it is a date only beside a word.
    year: Option<u32>,
    end: usize,
}

/// A run of digits: its value, how many, and where it ends.
fn number(block: &[Glyph], at: usize) -> Option<(u32, usize, usize)> {
    let (mut value, mut end) = (0, at);
    while end < block.len() && block[end].is_digit() && end - at < 9 {
        value = value * 10 + u32::from(block[end].digit());
        end += 1;
    }
    (end > at).then_some((value, end - at, end))
}

/// After an optional blank, one of `marks` and an optional blank: which one, and the end.
fn mark(block: &[Glyph], mut at: usize, marks: &str) -> Option<(char, usize)> {
    let blank = block.get(at)?.char == ' ';
    at += usize::from(blank);
    let mark = block.get(at)?.char;
    if marks.contains(mark) {
        let after = block.get(at + 1).is_some_and(|glyph| glyph.char == ' ');
        return Some((mark, at + 1 + usize::from(after)));
    }
    blank.then_some((' ', at))
}

/// 15/08/1985, 08-15-1985, 1985.08.15, 15 08 85, 15081985.
fn numeric(block: &[Glyph], at: usize) -> Option<Date> {
    let (first, first_len, end) = number(block, at)?;
    if first_len == 8 {
        let (day, month, year) = (first / 1_000_000, first / 10_000 % 100, first % 10_000);
        let plausible = in_month(day, month) && in_reach(year);
        // Eight digits in a row are also a sum.
        return plausible.then_some(Date { year: None, end });
    }
    let (one, at) = mark(block, end, "/-.")?;
    let (second, second_len, end) = number(block, at)?;
    let (two, at) = mark(block, end, "/-.")?;
    let (third, third_len, end) = number(block, at)?;
    if one != two || second_len > 2 {
        return None;
    }
    let year = match (first_len, third_len) {
        (4, 1..=2) if in_month(third, second) => Some(first),
        (1..=2, 4) if in_month(first, second) || in_month(second, first) => Some(third),
        (1..=2, 2) if in_month(first, second) => None,
        _ => return None,
    };
    year.is_none_or(in_reach).then_some(Date { year, end })
}

/// 15 Aug 1985, 15-August-1985, 15th August, 1985, १५ अगस्त १९८५.
fn day_month_year(block: &[Glyph], at: usize) -> Option<Date> {
    let (day, _, mut end) = number(block, at)?;
    for suffix in ["ST", "ND", "RD", "TH"] {
        end = literal(block, end, suffix).unwrap_or(end);
    }
    let end = mark(block, end, "/-.").map_or(end, |(_, end)| end);
    let end = mark(block, month_name(block, end)?, "/-.,'")?.1;
    let (year, 4, end) = number(block, end)? else { return None };
    (in_month(day, 1) && in_reach(year)).then_some(Date { year: Some(year), end })
}

/// August 15, 1985.
fn month_day_year(block: &[Glyph], at: usize) -> Option<Date> {
    let end = mark(block, month_name(block, at)?, "/-.")?.1;
    let (day, _, end) = number(block, end)?;
    let (_, end) = mark(block, end, ",-.")?;
    let (year, 4, end) = number(block, end)? else { return None };
    (in_month(day, 1) && in_reach(year)).then_some(Date { year: Some(year), end })
}

fn in_month(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

fn in_reach(year: u32) -> bool {
    (1900..2100).contains(&year)
}

fn literal(block: &[Glyph], at: usize, text: &str) -> Option<usize> {
    let mut end = at;
    for char in text.chars() {
        if block.get(end)?.char != char {
            return None;
        }
        end += 1;
    }
    Some(end)
}

/// Where the name of a month that begins at `at` ends.
fn month_name(block: &[Glyph], at: usize) -> Option<usize> {
    let first = block.get(at)?.char;
    let mut end = if first.is_ascii_uppercase() {
        let letters = [first, block.get(at + 1)?.char, block.get(at + 2)?.char];
        MONTHS.contains(&letters).then_some(at + 3)?
    } else if first.is_ascii() {
        return None;
    } else {
        HINDI_MONTHS.iter().find_map(|month| literal(block, at, month))?
    };
    while end < block.len() && end - at < 12 {
        let char = block[end].char;
        if !char.is_alphabetic() && !matches!(char, '\u{900}'..='\u{963}') {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// How the months begin in English.
const MONTHS: [[char; 3]; 12] = [
    ['J', 'A', 'N'],
    ['F', 'E', 'B'],
    ['M', 'A', 'R'],
    ['A', 'P', 'R'],
    ['M', 'A', 'Y'],
    ['J', 'U', 'N'],
    ['J', 'U', 'L'],
    ['A', 'U', 'G'],
    ['S', 'E', 'P'],
    ['O', 'C', 'T'],
    ['N', 'O', 'V'],
    ['D', 'E', 'C'],
];

/// And in Hindi.
const HINDI_MONTHS: [&str; 13] =
    ["जन", "फर", "फ़र", "मार्च", "अप्रै", "मई", "जून", "जुल", "अग", "सित", "अक्", "नव", "दिस"];
