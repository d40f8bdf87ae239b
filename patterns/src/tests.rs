//! Generated identifiers are all caught; what a taxpayer and an agent talk about is left alone.

#![expect(clippy::single_range_in_vec_init, reason = "ranges are what is expected")]

mod borders;
mod kinds;

use super::{find, find_joined};
use proptest::prelude::*;
use saath_protocol::verhoeff;
use std::ops::Range;

/// Of every script that a portal in India is written in, and of some that numbers are decorated with.
const ZEROS: [char; 17] =
    ['0', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '٠', '۰', '᱐', '꯰', '０', '𝟎', '𝟶'];
const SEPARATORS: [&str; 11] =
    ["", "", " ", "-", ".", "\u{A0}", "\u{200D}", "\u{200C}", "–", "\n    ", " - "];

fn found(text: &str) -> Vec<&str> {
    let mut ranges = Vec::new();
    find(text, &mut ranges);
    ranges.into_iter().map(|range| &text[range]).collect()
}

/// Everything of `id` in `text` is inside `ranges`.
fn covers(ranges: &[Range<usize>], id: &Range<usize>) -> bool {
    ranges.iter().any(|range| range.start <= id.start && range.end >= id.end)
}

fn digits(len: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..10_u8, len)
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

fn with_check(body: &[u8], valid: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    (0..10)
        .map(|check| [body, &[check]].concat())
        .find(|all| valid(all))
        .expect("one digit of ten is right")
}

/// As in ISO/IEC 7812, written apart from the code under test.
fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let twice = digit * (1 + (place as u8 & 1));
        sum += usize::from(twice / 10 + twice % 10);
    }
    sum.is_multiple_of(10)
}

/// Any identifier, with the words that must stand before it when it is written with blanks, and
/// whether a checksum says what it is.
fn identifier() -> impl Strategy<Value = (&'static str, String, bool)> {
    let aadhaar = (2..10_u8, digits(10)).prop_map(|(first, rest)| {
        text(&with_check(&[&[first], &rest[..]].concat(), verhoeff::valid))
    });
    let vid = digits(15).prop_map(|body| text(&with_check(&body, verhoeff::valid)));
    let card = (1..10_u8, (11..18_usize).prop_flat_map(digits))
        .prop_map(|(first, rest)| text(&with_check(&[&[first], &rest[..]].concat(), luhn)));
    let mobile = ("(91|0|)", 6..10_u8, digits(9))
        .prop_map(|(prefix, first, rest)| format!("{prefix}{first}{}", text(&rest)));
    let checked = prop_oneof![aadhaar, vid, card].prop_map(|id| ("", id, true));
    let others = prop_oneof![
        mobile.prop_map(|id| ("", id)),
        "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]".prop_map(|id| ("", id)),
        "[A-Z]{4}[0-9]{5}[A-Z]".prop_map(|id| ("", id)),
        "[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]".prop_map(|id| ("PAN: ", id)),
        "[0-9]{2}[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]".prop_map(|id| ("", id)),
        "[A-Za-z]{4}0[0-9]{6}".prop_map(|id| ("", id)),
        "[LU][0-9]{5}[A-Z]{2}[0-9]{4}[A-Z]{3}[0-9]{6}".prop_map(|id| ("", id)),
        "[A-Za-z][0-9]{7}".prop_map(|id| ("Passport ", id)),
        "[A-Za-z]{3}[0-9]{7}".prop_map(|id| ("Voter ID ", id)),
        "[0-9]{9,18}".prop_map(|id| ("Account No. ", id)),
        "[0-9]{9,18}".prop_map(|id| ("खाता संख्या ", id)),
        "[0-9]{12}".prop_map(|id| ("आधार: ", id)),
        "[0-9]{16}".prop_map(|id| ("Card ending ", id)),
        "[0-9]{15}".prop_map(|id| ("Acknowledgement Number ", id)),
        "[0-9]{12}".prop_map(|id| ("UAN: ", id)),
        "[0-9]{8}".prop_map(|id| ("DIN: ", id)),
        "[0-9]{4,8}".prop_map(|id| ("Your OTP for e-verification is ", id)),
        // Years are none.
        "[3-9][0-9]{3,7}".prop_map(|id| ("Verification code: ", id)),
        "[A-Za-z]{4}[0-9]{5}[A-Za-z]".prop_map(|id| ("TAN ", id)),
        "[0-9]{2}[a-z]{5}[0-9]{4}[a-z][1-9a-z]z[0-9a-z]".prop_map(|id| ("", id)),
        "[lu][0-9]{5}[a-z]{2}[0-9]{4}[a-z]{3}[0-9]{6}".prop_map(|id| ("", id)),
    ];
    prop_oneof![1 => checked, 4 => others.prop_map(|(words, id)| (words, id, false))]
}

/// The identifier in some script with separators between its characters.
fn written() -> impl Strategy<Value = (String, Vec<Range<usize>>)> {
    (
        identifier(),
        prop::sample::select(&ZEROS[..]),
        prop::collection::vec(prop::sample::select(&SEPARATORS[..]), 21),
        prop::bool::weighted(0.3),
        prop::sample::select(&["", "see ", "पता: ", "(", "₹ 12,34,567, "][..]),
        prop::sample::select(&["", " and more", ")", ", २०२५", "।"][..]),
    )
        .prop_map(|((words, id, is_checked), zero, mut separators, plain, before, after)| {
            if plain {
                separators.fill("");
            }
            if reads_as_sums(&id, &separators) {
                separators.iter_mut().filter(|mark| **mark == ".").for_each(|mark| *mark = "");
            }
            // A day or a span of years, unless a checksum says otherwise.
            if !is_checked && (id.contains("19") || id.contains("20")) {
                let marks = separators.iter_mut().filter(|mark| mark.contains(['-', '–', '.']));
                marks.for_each(|mark| *mark = " ");
            }
            let mut text = format!("{before}{words}");
            let start = text.len();
            let mut places = Vec::new();
            for (place, char) in id.chars().enumerate() {
                if place > 0 {
                    text.push_str(separators[place - 1]);
                }
                let from = text.len();
                text.push(match char.to_digit(10) {
                    Some(digit) => char::from_u32(zero as u32 + digit).expect("a digit"),
                    None => char,
                });
                places.push(from..text.len());
            }
            assert!(start < text.len());
            text.push_str(after);
            (text, places)
        })
}

/// `1234.50 99.05`, `1234.50 - 99.05`: nobody can tell.
fn reads_as_sums(id: &str, separators: &[&str]) -> bool {
    let mut written = String::new();
    for (place, (char, separator)) in id.chars().zip(separators).enumerate() {
        written.push(char);
        if place + 1 == id.len() {
            break;
        }
        written.push_str(if separator.trim().is_empty() && !separator.is_empty() {
            " "
        } else {
            separator.trim_matches(['\u{200C}', '\u{200D}'])
        });
    }
    let mut words = written.split(' ').filter(|word| !["", "-", "–"].contains(word));
    words.all(|word| {
        word.split_once('.').is_some_and(|(rupees, paise)| {
            paise.len() <= 2 && (rupees.to_owned() + paise).bytes().all(|b| b.is_ascii_digit())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_identifier_is_found((text, places) in written()) {
        let mut ranges = Vec::new();
        find(&text, &mut ranges);
        for place in &places {
            prop_assert!(covers(&ranges, place), "{:?} shows {:?}", text, &text[place.clone()]);
        }
    }

    /// However a page splits it into elements.
    #[test]
    fn every_identifier_is_found_across_siblings(
        (text, places) in written(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| *cut.get(&borders)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
        let ranges = find_joined(&pieces);
        prop_assert_eq!(ranges.len(), pieces.len());
        for (cut, ranges) in cuts.windows(2).zip(&ranges) {
            for place in places.iter().filter(|place| (cut[0]..cut[1]).contains(&place.start)) {
                let own = place.start - cut[0]..place.end - cut[0];
                prop_assert!(covers(ranges, &own), "{:?} shows {:?}", pieces, &text[place.clone()]);
            }
        }
    }

    #[test]
    fn ranges_are_sorted_apart_and_on_borders(text in "[ -~०-९\u{200b}-\u{200f}आ-ह₹@]{0,200}") {
        let mut ranges = vec![7..9];
        find(&text, &mut ranges);
        for range in &ranges {
            prop_assert!(range.start < range.end && text.get(range.clone()).is_some());
        }
        prop_assert!(ranges.windows(2).all(|two| two[0].end < two[1].start));
    }

    #[test]
    fn amounts_are_shown(rupees in 0..1_000_000_000_000_u64, style in 0..5_usize) {
        let plain = rupees.to_string();
        let text = match style {
            0 => format!("Refund of ₹ {} is due", grouped(&plain)),
            1 => format!("Tax: {}", grouped(&plain)),
            2 => format!("Rs. {plain}"),
            3 => format!("INR {plain}.50"),
            _ => format!("Total income {}.00 of {}", grouped(&plain), grouped(&plain)),
        };
        prop_assert_eq!(found(&text), Vec::<&str>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// In the middle of a long text too, where blocks meet.
    #[test]
    fn blocks_hide_nothing((text, places) in written(), before in 3000..9000_usize) {
        let text = format!("{}\n{text}\n{}", "अ a1 ".repeat(before / 5), "word ".repeat(1000));
        let shift = text.find('\n').expect("is there") + 1;
        let mut ranges = Vec::new();
        find(&text, &mut ranges);
        for place in &places {
            prop_assert!(covers(&ranges, &(place.start + shift..place.end + shift)));
        }
    }
}

/// 12,34,567
fn grouped(plain: &str) -> String {
    let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
    let head: Vec<&str> = head
        .as_bytes()
        .rchunks(2)
        .rev()
        .map(|two| std::str::from_utf8(two).expect("digits"))
        .collect();
    if head.is_empty() { tail.into() } else { format!("{},{tail}", head.join(",")) }
}

#[test]
fn identifiers_as_they_are_written() {
    for (text, expected) in [
        ("PAN ABCPE1234F of", "ABCPE1234F"),
        ("PAN: ABCDE1234F", "ABCDE1234F"),
        ("abcpe1234f", "abcpe1234f"),
        ("file_ABCPE1234F_2024.pdf", "ABCPE1234F"),
        ("panABCPE1234Fcopy", "ABCPE1234F"),
        ("ＡＢＣＰＥ１２３４Ｆ", "ＡＢＣＰＥ１２३４Ｆ".replace('३', "３").as_str()),
        ("TAN DELA12345B.", "DELA12345B"),
        ("Aadhaar 9999 4105 7058 linked", "9999 4105 7058"),
        ("आधार २३४१ २३४१ २३४६", "२३४१ २३४१ २३४६"),
        ("Aadhaar No 1111 2222 3333", "1111 2222 3333"),
        ("GSTIN 27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("IFSC: SBIN0001234", "SBIN0001234"),
        ("HDFC0CSABHU", "HDFC0CSABHU"),
        ("Voter ID INR0001234", "INR0001234"),
        ("a/c 00112233445 closed", "00112233445"),
        ("A/C No.: 0011-2233-445", "0011-2233-445"),
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("3782 822463 10005", "3782 822463 10005"),
        ("call +91 98765 43210 now", "91 98765 43210"),
        ("9876543210,9876543211", "9876543210"),
        ("UPI meera.k@oksbi", "meera.k@oksbi"),
        ("mail first.last+tax@mail.example.in.", "first.last+tax@mail.example.in"),
        ("?to=meera%40example.in&x", "meera%40example.in"),
        ("मीरा@उदाहरण.भारत", "मीरा@उदाहरण.भारत"),
        ("15/08/1985", "15/08/1985"),
        ("1985-08-15", "1985-08-15"),
        ("15 Aug 1985", "15 Aug 1985"),
        ("August 15, 1985", "August 15, 1985"),
        ("१५ अगस्त १९८५", "१५ अगस्त १९८५"),
        ("DOB 01-02-2012", "01-02-2012"),
        ("जन्म तिथि: 15/08/85", "15/08/85"),
        ("482913 is your OTP", "482913"),
        ("Verification code: 4829", "4829"),
        ("Passport J8369854", "J8369854"),
        ("passport no. J 8369854", "J 8369854"),
        ("EPIC ABC1234567", "ABC1234567"),
        ("UAN 100123456789", "100123456789"),
        ("Ack. No. 123456789012345", "123456789012345"),
        ("DIN 00123456", "00123456"),
        ("CIN L17110MH1973PLC019786", "L17110MH1973PLC019786"),
        ("1\u{FE0F}\u{20E3}, 98765\u{200B}43210", "98765\u{200B}43210"),
    ] {
        assert!(found(text).contains(&expected), "{text:?}: {:?}", found(text));
    }
}

#[test]
fn what_the_agent_has_to_see() {
    for text in [
        "",
        "Income tax return for the assessment year 2025-26",
        "AY 2025-26, FY 2024-25, 2023-2024",
        "Account statement for 2024-25",
        "Returns of 2023 2024 2025 and 2023, 2024",
        "Section 80C, 80CCD(1B), 194IA, 115BAC(1A), 139(8A) r.w.s. 234F",
        "Form 26AS, Form 16, ITR-1, ITR-4, Schedule 112A",
        "₹ 12,34,567",
        "₹1234567.00 and Rs. 98,76,54,321.50 and INR 9876543210",
        "रु 9876543210, रू. 9876543210",
        "Refund ₹ 123456789 credited to account",
        "Tax 1234567 Due 7654321",
        "INR1234567",
        "1000.50 2000.75 3000.25",
        "12,345 67,890 12,34,567 98,76,543",
        "Total 2500 a month, paid 50000 a year, since 2019 I live here",
        "In March 2024 a notice was sent",
        "Due on 31/07/2025, filed 31-07-2025 10:45, verified 2025-07-31",
        "Paid on 8-10-2024 500",
        "Section code 1234, error code 40412, PIN code 110001, State code 27",
        "Paid 0 rupees",
        "Step 2 of 5",
        "110001 New Delhi",
        "Version 1.2.3, 192.168.0.1, 16:45:30",
        "50 % @ 10 %, 2 @ 5000",
        "@media print",
        "Fifteen digits 0000000000000",
        "नियत तारीख ३१/०७/२०२५",
    ] {
        assert_eq!(found(text), Vec::<&str>::new(), "{text:?}");
    }
}

#[test]
fn siblings_read_as_one() {
    assert_eq!(find_joined(&["ABCPE", "1234F"]), [vec![0..5], vec![0..5]]);
    assert_eq!(find_joined(&["total", "abcpe1234f", "of"]), [vec![], vec![0..10], vec![]]);
    assert_eq!(find_joined(&["pan", "ab", "cpe1234f"]), [vec![], vec![0..2], vec![0..8]]);
    assert_eq!(
        find_joined(&["Account No.", "", " 001122", "334455 "]),
        [vec![], vec![], vec![1..7], vec![0..6]]
    );
    assert_eq!(find_joined(&["ABCPE", "", "1234F"]), [vec![0..5], vec![], vec![0..5]]);
    assert_eq!(find_joined(&["15 Aug 1985", "0"]), [vec![0..11], vec![]]);
    assert_eq!(find_joined(&["no", "number"]), [vec![], vec![]]);
    assert_eq!(find_joined(&[]), Vec::<Vec<Range<usize>>>::new());
    let boxes: Vec<String> = "ABCPE1234F".chars().map(String::from).collect();
    let boxes: Vec<&str> = boxes.iter().map(String::as_str).collect();
    assert!(find_joined(&boxes).iter().all(|ranges| *ranges == [0..1]));
}

/// Long texts of what begins like an identifier, with one at the end. A scanner that looks back or
/// ahead without a bound would not come to it.
#[test]
fn long_texts_are_read_to_their_end() {
    let mut found = Vec::new();
    for unit in ["word ", "a@", "1 ", "12 - ", "कोड ", "A", "0", "code ", "1.", "%40"] {
        let long = unit.repeat(50_000) + " ABCPE1234F";
        find(&long, &mut found);
        assert_eq!(found, [long.len() - 10..long.len()], "{unit}");
    }
}
