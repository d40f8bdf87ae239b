//! Where an identifier begins and ends, to the character, and how near its word must be: one step
//! further on nothing is found.

use super::found;
use crate::{find_joined, may_hold_any};

#[track_caller]
fn is(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "{text:?}");
}

#[test]
fn addresses_end_where_they_end() {
    is("-asha@x.co", &["asha@x.co"]);
    is(".-asha@x.co", &["asha@x.co"]);
    is("Write to asha@x.co.", &["asha@x.co"]);
    is("asha@x.co-.", &["asha@x.co"]);
    is("(asha@x.co)", &["asha@x.co"]);
    is("a@x.co", &["a@x.co"]);
    is("ab@upi", &["ab@upi"]);
    is("ab@up", &["ab@up"]);
    is("a@upi", &[]);
    is("ab@u", &[]);
    is("ab@1upi", &[]);
    is("ab@1x.co", &["ab@1x.co"]);
    is("ab@12.34", &[]);
    is("@upi ab@ -@upi --@.. @@", &[]);
    is("ab@.-", &[]);
    is("b_c+d'e@x.co", &["b_c+d'e@x.co"]);
    // A vowel killer is no letter, and belongs to the word.
    is("सत्य@ठिकाना", &["सत्य@ठिकाना"]);
    is("ab@भारत्", &["ab@भारत्"]);
    is("ab@x.co cd@upi", &["ab@x.co", "cd@upi"]);
}

#[test]
fn words_reach_as_far_as_they_say() {
    let apart = |before: &str, gap: usize, after: &str| {
        let text = format!("{before} {} {after}", "x".repeat(gap - 2));
        found(&text).len()
    };
    // From the end of the word to the number.
    for (word, number) in [("OTP", "482913"), ("Account", "123456789"), ("Aadhaar", "111122223333")]
    {
        assert_eq!(apart(word, 40, number), 1, "{word}");
        assert_eq!(apart(word, 41, number), 0, "{word}");
    }
    // From the end of the number to the word: less, but for a code that is given first.
    assert_eq!(apart("123456789", 12, "account"), 1);
    assert_eq!(apart("123456789", 13, "account"), 0);
    assert_eq!(apart("482913", 40, "OTP"), 1);
    assert_eq!(apart("482913", 41, "OTP"), 0);
    // The longest words, too, and words that begin where others are.
    assert_eq!(apart("ACKNOWLEDG", 40, "123456789012345"), 1);
    assert_eq!(apart("ACKNOWLEDG", 41, "123456789012345"), 0);
    // Another word between them takes nothing away.
    is("OTP passport 482913", &["482913"]);
    is("482913 passport OTP", &["482913"]);
}

#[test]
fn short_words_are_whole() {
    for (text, expected) in [
        ("OTP 4829", Some("4829")),
        ("OTPs 4829", Some("4829")),
        ("OTPX 4829", None),
        ("OTPSX 4829", None),
        ("otpCode 4829", Some("4829")),
        ("myOtp 4829", Some("4829")),
        ("hotplate 4829", None),
        ("TEL 12345678", Some("12345678")),
        ("telemetry 12345678", None),
        ("hotel 12345678", None),
        ("HOTEL 12345678", None),
        ("cards 123456789012", Some("123456789012")),
        ("cardinal 123456789012", None),
        ("AccountNumber 123456789", Some("123456789")),
        ("userAccountNumber 123456789", Some("123456789")),
        ("subaccount 123456789", None),
        ("Accounting 123456789", Some("123456789")),
        ("Zeitung 123456789", None),
        ("a/c 123456789", Some("123456789")),
        ("खाता 123456789", Some("123456789")),
        ("error code 4829", None),
        ("code 4829", Some("4829")),
        ("status code 4829", None),
        ("errors code 4829", Some("4829")),
        ("terror code 4829", Some("4829")),
        ("errorcode 4829", None),
    ] {
        assert_eq!(found(text), Vec::from_iter(expected), "{text:?}");
    }
    // Joined texts are words of their own.
    assert_eq!(find_joined(&["x", "OTP", "4829"]), [vec![], vec![], vec![0..4]]);
    assert_eq!(find_joined(&["xotp", "4829"]), [vec![], vec![]]);
}

#[test]
fn pieces_have_what_is_theirs() {
    assert_eq!(find_joined(&["a ABCPE1234F", " b"]), [vec![2..12], vec![]]);
    assert_eq!(find_joined(&["a ", "ABCPE1234F", "b"]), [vec![], vec![0..10], vec![]]);
    assert_eq!(find_joined(&["ABCPE1234F DELA12345B", "x"]), [vec![0..10, 11..21], vec![]]);
    assert_eq!(find_joined(&["1 ABC", "PE12", "34F 2"]), [vec![2..5], vec![0..4], vec![0..3]]);
    // Alone it is a day, with the next piece a number.
    assert_eq!(find_joined(&["15 Aug 1985"]), [vec![0..11]]);
    assert_eq!(find_joined(&["15 Aug 1985", "0", "x"]), [vec![0..11], vec![], vec![]]);
}

#[test]
fn without_digits_and_signs_nothing_is_looked_at() {
    for text in ["4", "a@b", "४", "\u{FE6B}", "क ४", "＠"] {
        assert!(may_hold_any(text), "{text:?}");
    }
    for text in ["", "word", "शब्द", "½ é ✓", "%"] {
        assert!(!may_hold_any(text), "{text:?}");
    }
}

#[test]
fn what_the_first_look_lets_by_is_found() {
    // Few digits, but a bank's code, also in groups; an address in disguise; a date without a word.
    is("HDFC0CSABHU", &["HDFC0CSABHU"]);
    is("S B I N 0 001234", &["S B I N 0 001234"]);
    is("S-B.I N-0 001234", &["S-B.I N-0 001234"]);
    is("ab%40upi", &["ab%40upi"]);
    is("1/2/1985", &["1/2/1985"]);
    is("1-2-1985", &["1-2-1985"]);
    is("1.2.1985", &["1.2.1985"]);
    is("1 2 1985", &["1 2 1985"]);
    is("1\t2\n1985", &["1\t2\n1985"]);
    is("9876543210", &["9876543210"]);
    is("234123412346", &["234123412346"]);
    is("ABCPE1234F", &["ABCPE1234F"]);
    is("HDFC,0CSABHU", &[]);
    is("HDF0CSABHU1", &[]);
}

#[test]
fn numbers_have_their_lengths() {
    let ends_with = |start: &str, valid: &dyn Fn(&str) -> bool| {
        let all = (0..10).map(|check| format!("{start}{check}"));
        let (good, bad): (Vec<_>, Vec<_>) = all.partition(|number| valid(number));
        (good[0].clone(), bad[0].clone())
    };
    let verhoeff = |number: &str| {
        let digits: Vec<u8> = number.bytes().map(|digit| digit - b'0').collect();
        saath_protocol::verhoeff::valid(&digits)
    };
    let luhn = |number: &str| {
        let digits: Vec<u8> = number.bytes().map(|digit| digit - b'0').collect();
        super::luhn(&digits)
    };
    // Aadhaar begins with no 0 or 1.
    let (aadhaar, wrong) = ends_with("23412341234", &verhoeff);
    is(&aadhaar, &[&aadhaar]);
    is(&wrong, &[]);
    for start in ["03412341234", "13412341234"] {
        is(&ends_with(start, &verhoeff).0, &[]);
    }
    // Cards of 13 to 19 digits; of 16 a VID may be one, too.
    for start in ["423456789012", "4234567890123", "42345678901234", "423456789012345678"] {
        let (card, wrong) = ends_with(start, &luhn);
        is(&card, &[&card]);
        is(&wrong, &[]);
    }
    is(&ends_with("42345678904", &|it| luhn(it) && !verhoeff(it)).0, &[]);
    is(&ends_with("4234567890123456789", &luhn).0, &[]);
    for valid in [&verhoeff as &dyn Fn(&str) -> bool, &luhn] {
        let vid = ends_with("423456789012340", valid).0;
        is(&vid, &[&vid]);
    }
    // Ten digits of a telephone, and what may stand before them.
    for phone in ["9876543210", "6876543210", "09876543210", "919876543210", "0919876543210"] {
        is(phone, &[phone]);
    }
    is("00919876543210", &["00919876543210"]);
    is("5876543210", &[]);
    is("929876543219", &[]);
    is("9876543210/-", &[]);
    is("9876543210/x", &["9876543210"]);
    is("9876543210-x", &["9876543210"]);
    // Beside a word, by the length that such numbers have.
    for (word, shortest, longest) in [
        ("Account", 9, 18),
        ("Filing ack", 12, 15),
        ("DIN", 8, 8),
        ("Phone", 8, 13),
        ("OTP", 4, 8),
        ("Code", 4, 8),
    ] {
        let number = |len: usize| "3141592653589793238".chars().take(len).collect::<String>();
        for len in shortest..=longest {
            is(&format!("{word} {}", number(len)), &[&number(len)]);
        }
        is(&format!("{word} {}", number(shortest - 1)), &[]);
        is(&format!("{word} {}", number(longest + 1)), &[]);
    }
    is("Aadhaar 111122223333", &["111122223333"]);
    is("Aadhaar 11112222333", &[]);
    is("Card 111122223333", &["111122223333"]);
    is("Card 3141592653589793", &["3141592653589793"]);
    // Three signs may stand between groups.
    is("98765 - 43210", &["98765 - 43210"]);
    is("98765 -- 43210", &[]);
    is("98765/43210", &[]);
    is("98765.43210", &["98765.43210"]);
}

#[test]
fn years_and_days_are_no_numbers() {
    is("OTP 2024", &["2024"]);
    is("OTP 2024-25", &[]);
    is("code 2024-2025", &[]);
    is("OTP 2024-2", &["2024-2"]);
    for year in ["1900", "1999", "2000", "2024"] {
        is(&format!("code {year}"), &[]);
    }
    for number in ["1899", "2100", "3024", "1824", "20245", "202"] {
        let expected: &[&str] = if number.len() == 3 { &[] } else { &[number] };
        is(&format!("code {number}"), expected);
    }
    is("phone 2024-08-20", &[]);
    is("phone 20-08-2024", &[]);
    is("phone 20-38-2024", &["20-38-2024"]);
    is("phone 20-00-2024", &["20-00-2024"]);
    is("phone 20.08-2024", &["20.08-2024"]);
    is("account 2023 2024 2025", &[]);
    is("account 2023 2024 3025", &["2023 2024 3025"]);
    is("account 12345 2024-25", &["12345 2024"]);
}

#[test]
fn sums_are_no_numbers() {
    for sum in [
        "account ₹ 987654321",
        "account ₹987654321",
        "account Rs. 987654321",
        "account Rs 987654321",
        "account INR:987654321",
        "account $ 987654321",
        "account रु 987654321",
        "account 9,87,654,321",
        "account 98,76,54,321",
        "account 987654321.50",
        "account 987654321.5",
        "account 1234567.00 7654321.00",
    ] {
        is(sum, &[]);
    }
    is("account S 987654321", &["987654321"]);
    is("account NR 987654321", &["987654321"]);
    is("account XNR 987654321", &["987654321"]);
    is("account ु 987654321", &["987654321"]);
    is("account 987654321.501", &["987654321.501"]);
    is("account 987654321 , 12", &["987654321"]);
    is("account 987654321,1234", &["987654321"]);
    is("account 1234,987654321", &["987654321"]);
    is("account ₹ 98765 43210", &["98765 43210"]);
}

#[test]
fn shapes_end_with_their_words() {
    is("ABCPE 1234 F", &["ABCPE 1234 F"]);
    is("AB CPE1234F", &["AB CPE1234F"]);
    is("ab cpe1234f", &[]);
    is("abcpe-1234-f", &["abcpe-1234-f"]);
    is("abcpe 1234f", &["abcpe 1234f"]);
    is("abcpe1234 f", &["abcpe1234 f"]);
    is("abcpe 1234 f", &[]);
    is("pan abcpe 1234 f", &["abcpe 1234 f"]);
    is("GROSS 2500 A", &[]);
    is("ABCPE----1234F", &[]);
    is("ABCPE---1234F", &["ABCPE---1234F"]);
    is("XABCPE1234F", &[]);
    is("xABCPE1234F", &["ABCPE1234F"]);
    is("xabcpe1234f", &[]);
    is("ABCPE1234Fx", &["ABCPE1234F"]);
    is("ABCPE1234FX", &[]);
    is("abcpe1234fx", &[]);
    is("ABCPE1234 Fx", &[]);
    is("ABCPE1234F2024", &["ABCPE1234F"]);
    is("2024ABCPE1234F", &["ABCPE1234F"]);
    is("ABCPE12345F", &[]);
    is("DELA12345B", &["DELA12345B"]);
    is("DELA1234B", &[]);
    is("DEL A12345 B", &["DEL A12345 B"]);
    is("Paid 12345 a", &[]);
    is("27AAPFU0939F1ZV", &["27AAPFU0939F1ZV"]);
    is("27 AAPFU 0939 F1ZV", &["27 AAPFU 0939 F1ZV"]);
    is("x27AAPFU0939F1ZV", &["AAPFU0939F"]);
    is("27AAPFU0939F1ZVx", &["AAPFU0939F"]);
    is("27AAPFU0939F1YV", &["AAPFU0939F"]);
    is("SBIN0001234", &["SBIN0001234"]);
    is("SBIN0001234X", &[]);
    is("XSBIN0001234", &[]);
    is("SBIN1001234", &[]);
    is("SBIN 0 001234", &["SBIN 0 001234"]);
    is("Paid 0 rupees", &[]);
    is("ABC1234567", &["ABC1234567"]);
    is("ABC-1234567", &["ABC-1234567"]);
    is("ABC 1234567", &[]);
    is("A BC1234567", &[]);
    is("ABC12 34567", &["ABC12 34567"]);
    is("Voter ABC 1234567", &["ABC 1234567"]);
    is("XABC1234567", &[]);
    is("ABC12345678", &[]);
    for code in ["INR", "USD", "EUR", "GBP"] {
        is(&format!("{code}1234567"), &[]);
        is(&format!("voter {code}1234567"), &[&format!("{code}1234567")]);
    }
    is("J8369854", &["J8369854"]);
    is("J-8369854", &["J-8369854"]);
    is("J 8369854", &[]);
    is("J836 9854", &["J836 9854"]);
    is("XJ8369854", &[]);
    is("J83698541", &[]);
    is("J836985", &[]);
    is("L17110MH1973PLC019786", &["L17110MH1973PLC019786"]);
    is("U17110MH1973PLC019786", &["U17110MH1973PLC019786"]);
    is("X17110MH1973PLC019786", &[]);
    is("L17110MH1973PLC0197861", &[]);
}

#[test]
fn dates_are_days_of_a_life() {
    for date in [
        "31/12/2009",
        "1/1/1900",
        "12/31/1985",
        "1985/12/31",
        "1985-1-1",
        "15.08.1985",
        "15 08 1985",
        "15 / 08 / 1985",
        "1st Jan 1985",
        "2nd Feb 1985",
        "3rd March 1985",
        "15th August 1985",
        "15-Aug-1985",
        "15 Aug, 1985",
        "15 Aug'1985",
        "15.Aug.1985",
        "August 15, 1985",
        "Aug 15 1985",
        "Aug. 15, 1985",
        "aug 15-1985",
        "15 फरवरी 1985",
    ] {
        is(date, &[date]);
        is(&format!("x {date} x"), &[date]);
    }
    for date in [
        "01/01/2010",
        "1/1/1899",
        "0/1/1985",
        "32/1/1985",
        "13/13/1985",
        "1/0/1985",
        "1985/13/1",
        "1985/1/32",
        "15/08-1985",
        "15/08/198",
        "115/08/1985",
        "15/108/1985",
        "15/08/85",
        "15081985",
        "32 Aug 1985",
        "0 Aug 1985",
        "15 Aug 85",
        "15 Aug 2010",
        "15 Auf 1985",
        "August 32, 1985",
        "August 15, 2010",
        "August 15, 85",
        "Xaugust 15, 1985",
        "15 नहीं 1985",
        "15 - - 08 - - 1985",
    ] {
        is(date, &[]);
    }
    for date in [
        "01/01/2010",
        "01/01/2099",
        "15/08/85",
        "5/8/85",
        "1-1-85",
        "15081985",
        "31122010",
        "15 Aug 2010",
        "August 15, 2010",
    ] {
        is(&format!("born {date}"), &[date]);
    }
    for date in ["01/01/2100", "15/13/85", "32/08/85", "15131985", "32081985", "15081899"] {
        is(&format!("born {date}"), &[]);
    }
}
