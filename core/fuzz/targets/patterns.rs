//! The pattern net under any text: ranges that can be cut out, and no way to hide an identifier by
//! cutting the text into pieces.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use saath_core::mask::{find, find_joined};
use std::ops::Range;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    text: &'a str,
    cuts: [u16; 3],
}

fuzz_target!(|input: Input<'_>| {
    let text = input.text;
    let mut whole = vec![];
    find(text, &mut whole);
    assert_cuttable(text, &whole);

    let mut cuts: Vec<usize> = input.cuts.iter().map(|&cut| usize::from(cut)).collect();
    cuts.retain(|&cut| text.is_char_boundary(cut));
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    let pieces: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
    let joined = find_joined(&pieces);
    assert_eq!(joined.len(), pieces.len());
    for (piece, joined) in pieces.iter().zip(&joined) {
        assert_cuttable(piece, joined);
        let mut alone = vec![];
        find(piece, &mut alone);
        for range in alone {
            let covered = joined.iter().any(|all| all.start <= range.start && range.end <= all.end);
            assert!(covered, "{:?} is found in a piece alone, but not in {pieces:?}", &piece[range]);
        }
    }
});

/// In order, apart, not empty, and on the borders of characters.
fn assert_cuttable(text: &str, ranges: &[Range<usize>]) {
    let mut at = 0;
    for range in ranges {
        assert!(at <= range.start && range.start < range.end, "{ranges:?}");
        assert!(text.get(range.clone()).is_some(), "{ranges:?}");
        at = range.end;
    }
}
