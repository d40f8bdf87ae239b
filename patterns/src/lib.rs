//! The pattern net: finds the identifiers of Indian taxpayers in text that is otherwise shown.
//!
//! It is the second wall. A portal marks what may be seen, and somewhere a number slips into a
//! heading, a file name or a message. So the net leans to hiding: a checksum hides a number
//! wherever it stands, a word like "account" before it hides it without one. Sums, years, sections
//! and dates that are not birthdays stay readable, since the agent is there to talk about them.
//!
//! Hand-written scanners instead of a regular expression engine: linear in the text whatever the
//! page holds, and a small part of its size in the module the customer downloads.

mod addresses;
mod context;
mod dates;
mod glyphs;
mod numbers;
mod shapes;
#[cfg(test)]
mod tests;

use glyphs::{Glyph, Glyphs};
use std::cell::Cell;
use std::ops::Range;

/// Glyphs looked at in one go, so that memory stays bounded on texts of any length.
const BLOCK: usize = 4096;
/// Glyphs that two blocks share: the longest identifier with its context words, twice.
const OVERLAP: usize = 512;

thread_local! {
    /// Memory for the glyphs of a text: most texts are short, and many.
    static GLYPHS: Cell<Vec<Glyph>> = const { Cell::new(Vec::new()) };
}

/// Byte ranges of `text` that hold identifiers: on character boundaries, sorted, not touching each
/// other. `out` is cleared first; it is handed in so that its memory is used again.
///
/// Case, script of the digits, and blanks, dashes, dots or invisible characters inside a number
/// make no difference.
pub fn find(text: &str, out: &mut Vec<Range<usize>>) {
    out.clear();
    if may_hold_one(text) {
        scan(text, &[], out);
    }
}

/// The same for the texts of inline siblings, which read as one: `<b>ABCPE</b>1234F`. The ranges
/// are those of each piece. What would be found in a piece alone is found here too.
pub fn find_joined(pieces: &[&str]) -> Vec<Vec<Range<usize>>> {
    let mut found = vec![Vec::new(); pieces.len()];
    if !pieces.iter().any(|piece| may_hold_any(piece)) {
        return found;
    }
    let text = pieces.concat();
    let mut edges = Vec::with_capacity(pieces.len());
    let mut end = 0;
    for piece in pieces {
        edges.push(end);
        end += piece.len();
    }
    let mut whole = Vec::new();
    scan(&text, &edges, &mut whole);

    let mut ranges = whole.into_iter().peekable();
    for ((piece, start), found) in pieces.iter().zip(edges).zip(&mut found) {
        let end = start + piece.len();
        while let Some(range) = ranges.peek() {
            let own = range.start.max(start) - start..range.end.min(end).saturating_sub(start);
            if !own.is_empty() {
                found.push(own);
            }
            if range.end > end {
                break;
            }
            ranges.next();
        }
        // What goes on in the next piece may be nothing as a whole: "15 Aug 1985" and "0".
        let is_covered = matches!(&found[..], [range] if *range == (0..piece.len()));
        if pieces.len() > 1 && !is_covered && may_hold_one(piece) {
            scan(piece, &[], found);
        }
    }
    found
}

/// Every identifier has a digit or an `@`: most texts of a page have neither and cost one pass.
pub fn may_hold_any(text: &str) -> bool {
    let mut ascii = true;
    for byte in text.bytes() {
        if byte.is_ascii_digit() || byte == b'@' {
            return true;
        }
        ascii &= byte.is_ascii();
    }
    !ascii && text.chars().any(|char| !char.is_ascii() && glyphs::is_anchor(char))
}

/// Whether there is enough for a whole identifier: four digits, or an `@`, which can be written `%40`,
/// or the bank code of which only the zero must be one. Without a letter it must be a date, which has
/// its numbers apart, or a number that needs no word beside it.
pub fn may_hold_one(text: &str) -> bool {
    if !text.is_ascii() {
        return may_hold_any(text);
    }
    let (mut digits, mut letters, mut marks) = (0, 0, 0);
    let mut has_letter = false;
    for byte in text.bytes() {
        match byte {
            b'@' | b'%' => return true,
            b'0' if letters >= 4 => return true,
            b'0'..=b'9' => digits += 1,
            b'/' => marks += 1,
            _ => {}
        }
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                letters += 1;
                has_letter = true;
            }
            // The code may be written in groups.
            b' ' | b'-' | b'.' => marks += 1,
            // Other white space is read as a blank.
            _ if byte.is_ascii_whitespace() => {
                marks += 1;
                letters = 0;
            }
            _ => letters = 0,
        }
    }
    if has_letter { digits >= 4 } else { digits >= numbers::WORDLESS || digits >= 5 && marks >= 2 }
}

/// `edges`: where pieces begin, sorted. An identifier may begin or end at one, or go across it.
fn scan(text: &str, edges: &[usize], out: &mut Vec<Range<usize>>) {
    let mut glyphs = Glyphs::new(text, edges);
    let mut block = GLYPHS.take();
    block.clear();
    loop {
        let more = glyphs.fill(&mut block, BLOCK);
        // What ends close to the end may be cut off there; the next block sees it whole.
        let trusted = if more { block.len() - OVERLAP / 2 } else { block.len() };
        scan_block(&block, &mut |found| {
            if found.end <= trusted && !found.is_empty() {
                out.push(block[found.start].start..block[found.end - 1].end);
            }
        });
        if !more {
            break;
        }
        // Not in the middle of a number, whose tail could look like another one.
        let latest = block.len() - OVERLAP;
        let keep = (latest - OVERLAP..latest).rev().find(|&at| block[at].char == ' ');
        block.drain(..keep.unwrap_or(latest));
    }
    GLYPHS.set(block);
    merge(out);
}

/// `found` takes ranges of glyphs.
fn scan_block(block: &[Glyph], found: &mut dyn FnMut(Range<usize>)) {
    let (mut digits, mut has_letter, mut has_word, mut has_at) = (0, false, false, false);
    for glyph in block {
        match glyph.char {
            '0'..='9' => digits += 1,
            'A'..='Z' => (has_letter, has_word) = (true, true),
            '@' => has_at = true,
            // Of another script.
            other => has_word |= !other.is_ascii(),
        }
    }
    let words = context::Words::of(block);
    if digits > 0 && has_letter {
        shapes::scan(block, &words, found);
    }
    if digits >= if has_word { numbers::SHORTEST } else { numbers::WORDLESS } {
        numbers::scan(block, &words, found);
    }
    if digits >= dates::FEWEST_DIGITS {
        dates::scan(block, &words, found);
    }
    if has_at {
        addresses::scan(block, found);
    }
}

fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
}
