//! What style sheets may ask of attributes, and what they may not.

use super::{El, Words, check, send, send_with, show_all, strict, values};
use proptest::prelude::*;
use saath_core::capture::Capture;
use saath_core::node::Prop;
use saath_core::ops::{Key, Op};
use saath_core::reading::{Marks, Reading};
use saath_core::replica::Replica;

const SHEET: &str =
    "x-a[variant=ghost]{} [tip]::after{content:attr(tip)} [data-tone~='warm' i]{} [title],[src]{}";

/// The attributes that are told of an element on a page with this style sheet.
fn told(css: &str, element: El<'_>) -> Vec<(String, String)> {
    let sheet = El { tag: "style", props: &[(Prop::Sheet, css)], ..El::default() };
    told_of(&[sheet, element])
}

fn told_of(elements: &[El<'_>]) -> Vec<(String, String)> {
    let (mut capture, reading) = page(elements);
    attributes(&mut capture, &reading, elements.len() as u32 + 1)
}

fn page(elements: &[El<'_>]) -> (Capture, Reading<saath_core::reading::Raw>) {
    let mut words = Words { words: vec![5 | 3 << 6, 1], blob: String::new(), lengths: vec![] };
    for (index, element) in elements.iter().enumerate() {
        words.element(index as u32 + 2, element);
    }
    words.words.push(0);
    let mut capture = Capture::new(values());
    capture.dirt.take();
    (capture, Reading::parse(&words.words, &words.blob, &words.lengths).unwrap())
}

fn attributes(
    capture: &mut Capture,
    reading: &Reading<saath_core::reading::Raw>,
    of: u32,
) -> Vec<(String, String)> {
    let page = capture.turn(reading).unwrap().page.unwrap();
    let batch = Replica::default().apply(&page).unwrap().batch;
    let text = |id| batch.text(id).to_owned();
    let set = |op: &Op| match *op {
        Op::Set { id, key: Key::Attr(name), value } if id.0 == of => {
            Some((text(name), text(value)))
        }
        _ => None,
    };
    batch.ops().iter().filter_map(set).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

const ASKED: &[(&str, &str)] = &[
    ("variant", "ghost"),
    ("tip", "Asha Verma"),
    ("data-tone", "WARM Verma"),
    ("title", "Asha"),
    ("src", "/asha.png"),
    ("unasked", "Asha"),
];

#[test]
fn what_style_sheets_select_by_is_told_in_their_own_words() {
    let element = El { tag: "x-a", attrs: ASKED, ..El::default() };
    assert_eq!(
        told(SHEET, element),
        pairs(&[
            ("saath-variant", "ghost"),
            ("saath-tip", ""),
            ("data-tone", "warm █"),
            ("title", ""),
            ("saath-src", ""),
        ])
    );
    assert_eq!(told("x-a:hover{}", element), pairs(&[("data-tone", "")]));
    let other = El { attrs: &[("variant", "Verma"), ("data-tone", "Verma")], ..element };
    assert_eq!(told(SHEET, other), pairs(&[("saath-variant", ""), ("data-tone", "")]));
}

#[test]
fn what_is_shown_has_its_own_words() {
    let element = El {
        tag: "x-a",
        attrs: &[("tld", "gov"), ("src", "/a"), ("onclick", "f('Asha')")],
        ..El::default()
    };
    check(&show_all(), element, &["x-a", "saath-tld", "gov"]);
    check(&values(), element, &["x-a"]);
    check(&strict(), element, &["x-a"]);
}

/// In HTML no selector asks for such a name, and a replica cannot have it.
#[test]
fn a_name_in_upper_case_is_not_told() {
    let element = El { tag: "p", attrs: &[("Variant", "ghost")], ..El::default() };
    assert_eq!(told(SHEET, element), pairs(&[]));
    assert_eq!(told(SHEET, El { attrs: &[("variant", "ghost")], ..element }).len(), 1);
}

#[test]
fn handlers_and_addresses_are_only_there() {
    let element = El { tag: "p", attrs: &[("onclick", "pay"), ("src", "pay")], ..El::default() };
    let none = pairs(&[("saath-onclick", ""), ("saath-src", "")]);
    assert_eq!(told("[onclick=pay],[src=pay]{}", element), none);
}

#[test]
fn words_are_looks_and_nobodys() {
    for (css, value) in [
        // Numbers, what is longer than a word, somebody's, and what only begins so.
        ("[tone='5']", "5"),
        ("[tone='50,000']", "50,000"),
        ("[tone='a.b']", "a.b"),
        ("[tone=ABCPV1234D]", "ABCPV1234D"),
        (
            "[tone=abcdefghijklmnopqrstuvwxyz-abcdefghijklmnop]",
            "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnop",
        ),
        ("[tone^=gh],[tone$=st],[tone*=hos],[tone|=ghost]", "ghost"),
        ("a{b:[tone=ghost]} @layer [tone=ghost]; [ns|tone=ghost]{} [tone]", "ghost"),
    ] {
        let element = El { tag: "x-a", attrs: &[("tone", value)], ..El::default() };
        assert_eq!(told(&format!("{css}{{}}"), element), pairs(&[("saath-tone", "")]), "{css}");
    }
    // A name that sheets list letters for.
    let letters: String = ('a'..='z').map(|c| format!("[tone={c}]{{}}")).collect();
    let element = El { tag: "x-a", attrs: &[("tone", "g")], ..El::default() };
    assert_eq!(told(&letters, element), pairs(&[("saath-tone", "")]));
    assert_eq!(told(&letters[..letters.len() / 2], element), pairs(&[("saath-tone", "g")]));
    // Names of copies, whatever the word; of ticks not even that they are there.
    for (name, is_there) in
        [("data-value", true), ("data-answer", true), ("data-selected-text", false)]
    {
        for value in ["ghost", "yes"] {
            let element = El { tag: "p", attrs: &[(name, value)], ..El::default() };
            let all = pairs(&[(name, "")]);
            let expected = if is_there { all } else { vec![] };
            assert_eq!(told(&format!("[{name}={value}]{{}}"), element), expected);
        }
    }
}

#[test]
fn names_that_are_somebodys_are_not_told() {
    let attrs = [("abcpv1234d", "x"), ("data-abcpv1234d", "x"), ("_98765-43210", "x"), ("y1", "2")];
    let element = El { tag: "p", attrs: &attrs, marks: Marks::SHOW, ..El::default() };
    check(&values(), element, &["p", "y1", "2"]);
    check(&values(), El { marks: 0, ..element }, &["p", "y1", "2"]);
    assert_eq!(told("[abcpv1234d]{}", El { marks: 0, ..element }), pairs(&[("y1", "2")]));
}

/// Nor names.
#[test]
fn words_of_a_style_sheet_that_is_masked_are_told_of_nothing() {
    let css = "[user='asha'],[data-user~=asha]{} p::after{content:attr(user)}";
    let props = [(Prop::Sheet, css)];
    let sheet = |marks| El { tag: "style", marks, props: &props, ..El::default() };
    let style =
        |marks| El { tag: "i", marks, attrs: &[("style", "width:attr(user px)")], ..El::default() };
    let element =
        El { tag: "p", attrs: &[("user", "asha"), ("data-user", "asha")], ..El::default() };
    let all = pairs(&[("saath-user", "asha"), ("data-user", "asha")]);
    assert_eq!(told_of(&[sheet(0), element]), all);
    assert_eq!(told_of(&[sheet(Marks::MASK), element]), pairs(&[("data-user", "")]));
    assert_eq!(told_of(&[style(0), element]), pairs(&[("saath-user", ""), ("data-user", "")]));
    assert_eq!(told_of(&[style(Marks::MASK), element]), pairs(&[("data-user", "")]));
}

#[test]
fn what_is_asked_later_is_due() {
    let element = El { tag: "x-a", attrs: &[("tone", "warm")], ..El::default() };
    let sheet = |css| [(Prop::Adopted, css)];
    let (mut capture, reading) = page(&[element]);
    assert_eq!(attributes(&mut capture, &reading, 2), []);
    assert!(capture.take_due_attributes().is_empty());
    for (css, is_due) in [
        ("[other]{}", false),
        ("[tone]{}", true),
        ("[TONE]{}", false),
        ("[tone=warm]{}", true),
        ("[tone=warm]{}", false),
        ("[tone='two words']{}", false),
    ] {
        let mut words = Words {
            words: vec![5 | 1 << 6 | 1 << 14, 1, 1 << 31 | 7, 0],
            blob: String::new(),
            lengths: vec![],
        };
        words.string(sheet(css)[0].1);
        capture.turn(&Reading::parse(&words.words, &words.blob, &words.lengths).unwrap()).unwrap();
        let due: Vec<_> = capture.take_due_attributes().into_iter().collect();
        assert_eq!(due, if is_due { vec!["tone"] } else { vec![] }, "{css}");
    }
}

/// Sheets that ask for a value in every way, by names as pages have them for its copies and others.
fn probes(names: &[&str], values: [&str; 2]) -> String {
    let mut css = String::new();
    for name in names {
        for value in values {
            for op in ["", "~", "|", "^", "$", "*"] {
                css += &format!("[{name}{op}='{value}'],[{name}{op}='{value}' i]{{color:red}}");
            }
        }
        css += &format!("[{name}],p::after{{content:attr({name})}}");
    }
    css
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// Whatever sheets ask: of two pages that differ only in what is masked, the same is told.
    #[test]
    fn what_is_masked_cannot_be_probed(
        values in ["(true|0|checked|[a-zA-Z0-9-]{1,9})", "(true|0|checked|[a-zA-Z0-9-]{1,9})"],
        tag in prop_oneof![Just("input"), Just("textarea"), Just("select"), Just("output"), Just("div"), Just("x-a")],
        name in prop_oneof![Just("value"), Just("data-value"), Just("aria-valuenow"), Just("filled"), Just("aria-checked"), Just("data-tone"), Just("data-checked"), Just("tone")],
        how in 0..4,
        is_there in any::<bool>(),
    ) {
        let css = probes(&[name], [&values[0], &values[1]]);
        let sends = |value: &str, is_there: bool| {
            let own = (name, value);
            let role = ("role", "slider");
            let (attrs, marks) = match (how, is_there) {
                // A control by itself or by its role, a mask, a never-zone.
                (0, true) => (vec![role, own], 0),
                (0, false) => (vec![role], 0),
                (1, true) => (vec![own], Marks::MASK),
                (1, false) => (vec![], Marks::MASK),
                (2, true) => (vec![own], Marks::EVER_SECRET | Marks::SHOW),
                (2, false) => (vec![], Marks::EVER_SECRET | Marks::SHOW),
                (_, true) => (vec![role, own, ("contenteditable", "")], 0),
                (_, false) => (vec![role, ("contenteditable", "")], 0),
            };
            let element = El { tag, attrs: &attrs, marks, ..El::default() };
            send_with(&super::values(), &[(Prop::Adopted, &css)], &[element]).0
        };
        prop_assert_eq!(sends(&values[0], true), sends(&values[1], is_there));
    }

    /// And what is told of others are words of the sheet.
    #[test]
    fn only_words_of_the_sheet_are_told(value in "[a-c ]{0,6}", word in "[a-c]{1,2}", other in "[a-c]{1,2}") {
        let css = format!("[tone='{word}']{{}} [tone~={other} i]{{}} [tone^={value:?}]{{}}");
        let element = El { tag: "x-a", attrs: &[("tone", &value)], ..El::default() };
        let (_, seen) = told(&css, element).pop().unwrap();
        for part in seen.split(' ').filter(|part| !part.is_empty()) {
            prop_assert!(part == word || part == other || part == "█", "{}", seen);
        }
        // The sheet's selectors mean the same there.
        let has = |text: &str, word: &str| text.split_ascii_whitespace().any(|part| part == word);
        prop_assert_eq!(has(&seen, &word), has(&value, &word));
        prop_assert_eq!(has(&seen, &other), has(&value, &other));
        prop_assert_eq!(seen == word, value.trim() == word);
    }
}

#[test]
fn a_page_without_such_selectors_is_sent_as_ever() {
    let element = El { tag: "x-a", attrs: ASKED, ..El::default() };
    assert_eq!(send(&values(), &[element]).0, ["x-a", "data-tone", ""]);
}
