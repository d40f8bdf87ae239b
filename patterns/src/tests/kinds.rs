//! The kinds that are more than characters with separators: addresses, birthdays, numbers of the
//! goods and services tax; each made by rules written apart from the code under test.

use super::{ZEROS, covers, find, found};
use proptest::prelude::*;

/// In front of an identifier, and behind it: what neither belongs to it nor is part of a word.
const BEFORE: [&str; 7] = ["", "see ", "(", "ईमेल: ", "<", "mailto:", "a, "];
const AFTER: [&str; 7] = ["", " and more", ")", ", २०२५", "।", ">", ". "];

/// Where `id` was put in, all of it is found.
fn is_found(before: &str, id: &str, after: &str) -> bool {
    let text = format!("{before}{id}{after}");
    let mut ranges = Vec::new();
    find(&text, &mut ranges);
    covers(&ranges, &(before.len()..before.len() + id.len()))
}

fn in_script(text: &str, zero: char) -> String {
    let written = |char: char| match char.to_digit(10) {
        Some(digit) => char::from_u32(zero as u32 + digit).expect("a digit"),
        None => char,
    };
    text.chars().map(written).collect()
}

fn wide(text: &str) -> String {
    let written = |char: char| match char {
        '!'..='~' => char::from_u32(char as u32 - 0x21 + 0xFF01).expect("a letter"),
        _ => char,
    };
    text.chars().map(written).collect()
}

/// A day that there is, up to 2009: day, month, year.
fn birthday() -> impl Strategy<Value = (u32, u32, u32)> {
    (1..=28_u32, 1..=12_u32, 1900..=2009_u32)
}

/// The check character as the tax network's own rule gives it: of each value in base 36, every
/// second one doubled, quotient and remainder by 36 are added up, and it fills up to 36.
fn gst_check(body: &str) -> char {
    let value = |char: char| char.to_digit(36).expect("base 36") as usize;
    let mut sum = 0;
    for (place, char) in body.chars().enumerate() {
        let product = value(char) * [1, 2][place % 2];
        sum += product / 36 + product % 36;
    }
    let fill = (36 - sum % 36) % 36;
    char::from_digit(fill as u32, 36).expect("base 36").to_ascii_uppercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn addresses_are_found(
        local in "[A-Za-z0-9]([A-Za-z0-9._+'-]{0,20}[A-Za-z0-9])?",
        host in "[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\\.[a-z]([a-z0-9-]{0,8}[a-z0-9])?){1,3}",
        at in prop::sample::select(&["@", "%40", "\u{FF20}", "\u{FE6B}"][..]),
        before in prop::sample::select(&BEFORE[..]),
        after in prop::sample::select(&AFTER[..]),
    ) {
        let address = format!("{local}{at}{host}");
        prop_assert!(is_found(before, &address, after), "{}", address);
    }

    /// Of UPI: a name and the handle of a bank, without a point.
    #[test]
    fn handles_are_found(
        local in "[A-Za-z0-9][A-Za-z0-9._-]{0,20}[A-Za-z0-9]",
        bank in "[a-z]{2,12}",
        before in prop::sample::select(&BEFORE[..]),
        after in prop::sample::select(&AFTER[..]),
    ) {
        let handle = format!("{local}@{bank}");
        prop_assert!(is_found(before, &handle, after), "{}", handle);
    }

    #[test]
    fn birthdays_are_found(
        (day, month, year) in birthday(),
        layout in 0..9_usize,
        mark in prop::sample::select(&["/", "-", ".", " ", " / ", "–"][..]),
        zero in prop::sample::select(&ZEROS[..]),
        before in prop::sample::select(&BEFORE[..]),
        after in prop::sample::select(&[" and more", ")", "।", ". ", ""][..]),
    ) {
        const ENGLISH: [&str; 12] = [
            "January", "Feb", "MARCH", "apr", "May", "June", "Jul", "August", "Sept", "October",
            "Nov", "Dec",
        ];
        const HINDI: [&str; 12] = [
            "जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर",
            "नवंबर", "दिसंबर",
        ];
        let name = |names: [&'static str; 12]| names[month as usize - 1];
        let date = match layout {
            0 => format!("{day:02}{mark}{month:02}{mark}{year}"),
            1 => format!("{day}{mark}{month}{mark}{year}"),
            2 => format!("{year}{mark}{month:02}{mark}{day:02}"),
            3 => format!("{day} {} {year}", name(ENGLISH)),
            4 => format!("{day}-{}-{year}", name(ENGLISH)),
            5 => format!("{day}th {}, {year}", name(ENGLISH)),
            6 => format!("{} {day}, {year}", name(ENGLISH)),
            7 => format!("{day} {} {year}", name(HINDI)),
            _ => format!("{month:02}{mark}{day:02}{mark}{year}"),
        };
        prop_assert!(is_found(before, &in_script(&date, zero), after), "{} {}", before, date);
    }

    /// After a word even in two figures, or in a row, and of any year.
    #[test]
    fn birthdays_after_a_word_are_found(
        (day, month, year) in (1..=28_u32, 1..=12_u32, 1900..2100_u32),
        layout in 0..3_usize,
        word in prop::sample::select(&["DOB ", "Date of birth: ", "born on ", "जन्म तिथि: "][..]),
        zero in prop::sample::select(&ZEROS[..]),
    ) {
        let date = match layout {
            0 => format!("{day:02}/{month:02}/{year}"),
            1 => format!("{day:02}-{month:02}-{:02}", year % 100),
            _ => format!("{day:02}{month:02}{year}"),
        };
        prop_assert!(is_found(word, &in_script(&date, zero), ""), "{} {}", word, date);
    }

    /// Of deductors, diplomats and others, whose numbers have no account number within.
    #[test]
    fn numbers_of_other_holders_are_found(
        state in prop_oneof![1..=38_u32, Just(97), Just(99)],
        body in "[0-9]{2}[A-Z]{3}[0-9]{5}[A-Z][A-Z]",
        is_wide in any::<bool>(),
        before in prop::sample::select(&["", "see ", "(", "GSTIN: "][..]),
        after in prop::sample::select(&["", " and", ")", "।"][..]),
    ) {
        let body = format!("{state:02}{body}");
        let number = format!("{body}{}", gst_check(&body));
        let number = if is_wide { wide(&number) } else { number };
        prop_assert!(is_found(before, &number, after), "{}", number);
    }

    /// Full-width letters are letters.
    #[test]
    fn wide_identifiers_are_found(
        id in prop_oneof![
            "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]",
            "[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]",
            "[A-Z]{4}[0-9]{5}[A-Z]",
            "[A-Z]{4}0[0-9A-Z]{6}",
            "[6-9][0-9]{9}",
        ],
    ) {
        prop_assert!(is_found("", &wide(&id), ""));
    }
}

#[test]
fn the_check_character_is_the_networks() {
    assert_eq!(gst_check("27AAPFU0939F1Z"), 'V');
    assert_eq!(found("27AAPFU0939F1ZV"), ["27AAPFU0939F1ZV"]);
}

proptest! {
    /// What no word stands beside, as it is mostly written.
    #[test]
    fn cards_are_found_without_a_word(
        id in prop_oneof![
            "[A-Z][0-9]{7}",
            "[A-Z]-[0-9]{3} [0-9]{4}",
            "[A-Z]{3}[0-9]{7}",
            "[A-Z]{3}-[0-9]{3} [0-9]{4}",
            "[A-Z]{4}0[0-9A-Z]{6}",
            "[a-z]{4}0[0-9a-z]{6}",
        ],
        before in prop::sample::select(&["", "see ", "(", "पता: ", "<"][..]),
        after in prop::sample::select(&["", " and more", ")", "।", ">"][..]),
    ) {
        // The codes of currencies are not a voter's.
        prop_assume!(!["INR", "USD", "EUR", "GBP"].iter().any(|code| id.starts_with(code)));
        prop_assert!(is_found(before, &id, after), "{}", id);
    }
}
