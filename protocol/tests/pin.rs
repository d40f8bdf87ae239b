//! The PIN as people make, show, type and mistype it.

use proptest::prelude::*;
use saath_protocol::pin::{Nameplate, Pin, PinError};

fn check(text: &str, expected: Result<&str, PinError>) {
    let parsed = Pin::parse(text);
    assert_eq!(parsed.as_ref().map(Pin::as_ascii).map_err(|error| *error), expected, "{text:?}");
}

#[test]
fn as_people_type_it() {
    assert_eq!(Pin::new("482", [1, 9, 3, 7, 5]).unwrap().as_ascii(), "482193754");
    for text in [
        "482193754",
        "482 193 754",
        "  482-193-754\n",
        "482\u{a0}193\u{202f}754",
        "482–193—754",
        "४८२ १९३ ७५४",
        "４８２１９３７５４",
        "௪௮௨ 193 ৭৫৪",
        "\u{200e}482\u{200b}193754\u{feff}",
    ] {
        check(text, Ok("482193754"));
    }
}

#[test]
fn what_is_not_a_pin() {
    check("", Err(PinError::Length));
    check(" - ", Err(PinError::Length));
    check("48219375", Err(PinError::Length));
    check("4821937540000", Err(PinError::Length));
    check("482193758", Err(PinError::Check));
    check("482193795", Err(PinError::Check));
    check("48219375O", Err(PinError::Character));
    check("482.193.759", Err(PinError::Character));
    check("482193754!", Err(PinError::Character));
    check("²82193759", Err(PinError::Character));
}

#[test]
fn what_is_not_a_nameplate() {
    for (text, error) in [
        ("12", PinError::Length),
        ("1234567", PinError::Length),
        ("", PinError::Length),
        ("12a", PinError::Character),
        ("१२३", PinError::Length),
        ("१२", PinError::Character),
    ] {
        assert_eq!(Nameplate::parse(text), Err(error), "{text:?}");
        assert_eq!(Pin::new(text, [0; 5]), Err(error), "{text:?}");
    }
    assert_eq!(Pin::new("123", [0, 0, 0, 0, 10]), Err(PinError::Character));
}

#[test]
fn groups() {
    for (nameplate, sizes) in
        [("000", &[3, 3, 3][..]), ("1234", &[3, 3, 4]), ("12345", &[3, 4, 4]), ("123456", &[3; 4])]
    {
        let pin = Pin::new(nameplate, [0, 1, 2, 3, 4]).unwrap();
        let groups = pin.groups();
        assert_eq!(groups.iter().map(String::len).collect::<Vec<_>>(), sizes);
        assert_eq!(groups.concat(), pin.as_ascii());
    }
}

#[test]
fn debug_says_no_digit() {
    let pin = Pin::new("482", [1, 9, 3, 7, 5]).unwrap();
    let shown = format!("{pin:?} {:?} {:?}", Nameplate::parse("482"), Pin::parse("482193758"));
    assert!(!shown.chars().any(char::is_numeric), "{shown}");
}

proptest! {
    #[test]
    fn round_trip(nameplate in "[0-9]{3,6}", secret in prop::array::uniform5(0_u8..10)) {
        let pin = Pin::new(&nameplate, secret).unwrap();
        prop_assert_eq!(pin.nameplate(), &nameplate);
        prop_assert_eq!(pin.as_ascii().len(), nameplate.len() + 6);
        let digits: Vec<u8> = pin.as_ascii().bytes().map(|ascii| ascii - b'0').collect();
        prop_assert_eq!(&digits[nameplate.len()..digits.len() - 1], &secret);
        prop_assert_eq!(&Pin::parse(pin.as_ascii()).unwrap(), &pin);
        prop_assert_eq!(Pin::parse(&pin.groups().join(" ")).unwrap(), pin);
    }

    #[test]
    fn a_single_typo_is_caught(
        nameplate in "[0-9]{3,6}", secret in prop::array::uniform5(0_u8..10),
        at in any::<prop::sample::Index>(), by in 1_u8..10,
    ) {
        let pin = Pin::new(&nameplate, secret).unwrap();
        let mut typed = pin.as_ascii().as_bytes().to_vec();
        let at = at.index(typed.len());
        typed[at] = b'0' + (typed[at] - b'0' + by) % 10;
        let typed = String::from_utf8(typed).unwrap();
        prop_assert_eq!(Pin::parse(&typed), Err(PinError::Check));
    }

    #[test]
    fn never_panics(text in any::<String>(), digits in "[0-9०-९ \\-]{0,20}") {
        let _ = Pin::parse(&text);
        let _ = Pin::parse(&digits);
        let _ = Pin::new(&text, [0; 5]);
    }
}
