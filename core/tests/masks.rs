//! What leaves for what stands on the page: one small page a rule.

#[path = "masks/attributes.rs"]
mod attributes;
#[path = "masks/controls.rs"]
mod controls;
#[path = "masks/joined.rs"]
mod joined;
#[path = "masks/looks.rs"]
mod looks;
#[path = "masks/nest.rs"]
mod nest;
#[path = "masks/sights.rs"]
mod sights;
#[path = "masks/slots.rs"]
mod slots;
#[path = "masks/withdrawn.rs"]
mod withdrawn;

use saath_core::capture::Capture;
use saath_core::mask::{Access, Mode, Patterns, Policy, View};
use saath_core::node::{NodeId, Prop};
use saath_core::ops::{Key, Op};
use saath_core::reading::{Marks, Reading};
use saath_core::replica::Replica;

/// An element with its marks, attributes, states and text; its id is its place from 2 on.
#[derive(Debug, Clone, Copy, Default)]
struct El<'a> {
    tag: &'a str,
    marks: u32,
    attrs: &'a [(&'a str, &'a str)],
    props: &'a [(Prop, &'a str)],
    text: Option<&'a str>,
}

#[derive(Default)]
struct Words {
    words: Vec<u32>,
    blob: String,
    lengths: Vec<u32>,
}

impl Words {
    fn string(&mut self, text: &str) -> u32 {
        self.blob.push_str(text);
        self.lengths.push(text.encode_utf16().count() as u32);
        self.lengths.len() as u32 - 1
    }

    fn element(&mut self, id: u32, el: &El<'_>) {
        let count = (el.attrs.len() + el.props.len()) as u32;
        let tag = self.string(el.tag);
        self.words.extend([1 | 3 << 6 | el.marks << 8 | count << 14, id, tag]);
        for (name, value) in el.attrs {
            let setting = [self.string(name), self.string(value)];
            self.words.extend(setting);
        }
        for (prop, value) in el.props {
            let value = self.string(value);
            self.words.extend([1 << 31 | prop.code(), value]);
        }
        if let Some(text) = el.text {
            let text = self.string(text);
            self.words.extend([2, id + 100, text]);
        }
        self.words.push(0);
    }
}

/// All texts of the first page that is sent, and the capture afterwards.
fn send(policy: &Policy, elements: &[El<'_>]) -> (Vec<String>, Capture) {
    send_with(policy, &[], elements)
}

/// The same, with states of the document.
fn send_with(
    policy: &Policy,
    props: &[(Prop, &str)],
    elements: &[El<'_>],
) -> (Vec<String>, Capture) {
    let mut capture = Capture::new(policy.clone());
    capture.dirt.take();
    let head = 5 | 3 << 6 | (props.len() as u32) << 14;
    let mut words = Words { words: vec![head, 1], blob: String::new(), lengths: vec![] };
    for (prop, value) in props {
        let value = words.string(value);
        words.words.extend([1 << 31 | prop.code(), value]);
    }
    for (index, element) in elements.iter().enumerate() {
        words.element(index as u32 + 2, element);
    }
    words.words.push(0);
    let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
    let page = capture.turn(&reading).unwrap().page.unwrap();
    let applied = Replica::default().apply(&page).unwrap();
    (applied.batch.texts().map(str::to_owned).collect(), capture)
}

fn check(policy: &Policy, element: El<'_>, expected: &[&str]) {
    let (texts, _) = send(policy, &[element]);
    assert_eq!(texts, expected, "{}", element.tag);
}

fn values() -> Policy {
    Policy::default()
}

fn strict() -> Policy {
    let mut policy = Policy::default();
    policy.mode = Mode::Strict;
    policy
}

fn show_all() -> Policy {
    let mut policy = Policy::default();
    policy.patterns = Patterns::Off;
    policy.unredacted_views.push(View::Everywhere("*".to_owned()));
    policy
}

#[test]
fn values_are_masked_and_text_is_shown() {
    let input = El {
        tag: "input",
        attrs: &[("value", "first"), ("placeholder", "Your name")],
        props: &[(Prop::Value, "Asha Verma")],
        ..El::default()
    };
    check(
        &values(),
        input,
        &["input", "placeholder", "████████ ████████", "████████ ████████", "masked"],
    );
    check(
        &show_all(),
        input,
        &["input", "value", "first", "placeholder", "Your name", "Asha Verma"],
    );
    check(&values(), El { tag: "p", text: Some("Hello"), ..El::default() }, &["p", "Hello"]);
    check(&strict(), El { tag: "p", text: Some("Hello"), ..El::default() }, &["p", "████████"]);
}

#[test]
fn whether_a_box_is_ticked_is_not_told() {
    let ticked = El {
        tag: "input",
        attrs: &[("type", "radio")],
        props: &[(Prop::Checked, "1")],
        ..El::default()
    };
    let clear = El { props: &[], ..ticked };
    let (texts, capture) = send(&values(), &[ticked]);
    let (others, other) = send(&values(), &[clear]);
    assert_eq!(texts, others);
    assert_eq!(capture.access(NodeId(2)), other.access(NodeId(2)));
    assert_ne!(send(&show_all(), &[ticked]).0, send(&show_all(), &[clear]).0);
}

#[test]
fn never_zones_are_never_shown() {
    for attrs in [
        &[("type", "PassWord")][..],
        &[("autocomplete", "section-x one-time-code")],
        &[("name", "cardCvv")],
        &[("id", "login-otp")],
        &[("type", "hidden")],
        &[("type", "file")],
    ] {
        let secret =
            El { tag: "input", attrs, props: &[(Prop::Value, "hunter2")], ..El::default() };
        let (texts, capture) = send(&show_all(), &[secret]);
        assert!(!texts.concat().contains("hunter2"), "{attrs:?}");
        assert_eq!(capture.access(NodeId(2)), Access::Masked, "{attrs:?}");
    }
    let once = El {
        tag: "input",
        marks: Marks::EVER_SECRET,
        props: &[(Prop::Value, "hunter2")],
        ..El::default()
    };
    assert!(!send(&show_all(), &[once]).0.concat().contains("hunter2"));
}

#[test]
fn what_is_not_sent_says_nothing_of_itself() {
    let meta = El { tag: "meta", attrs: &[("name", "csrf"), ("content", "abc")], ..El::default() };
    check(&show_all(), meta, &["saath-gap"]);
    let link = El {
        tag: "link",
        attrs: &[("href", "/x?t=1")],
        props: &[(Prop::Sheet, "p{}")],
        ..El::default()
    };
    check(&show_all(), link, &["saath-gap", "p{}"]);
}

#[test]
fn under_a_mask_only_the_layout_is_left() {
    let masked = El {
        marks: Marks::MASK | Marks::SHOW,
        tag: "td",
        attrs: &[
            ("colspan", "2"),
            ("low", "1"),
            ("title", "t"),
            ("data-x", "1"),
            ("style", "--p:'q';width:1px"),
        ],
        text: Some("12,34,567"),
        ..El::default()
    };
    check(&values(), masked, &["td", "colspan", "2", "style", "width:1px", "████████ ████████"]);
    let own = El { tag: "x-chart", attrs: &[("points", "PAN ABCPV1234D")], ..El::default() };
    check(&values(), own, &["x-chart", "points", "PAN ████████"]);
    let own = El { attrs: &[("values", "PAN ABCPV1234D"), ("points", "5")], ..own };
    check(&values(), own, &["x-chart"]);
}

/// The words of the last of some nested elements, if any are told.
fn states(policy: &Policy, nest: &[El<'_>]) -> Option<String> {
    let mut words = Words { words: vec![5 | 3 << 6, 1], blob: String::new(), lengths: vec![] };
    for (index, element) in nest.iter().enumerate() {
        words.element(index as u32 + 2, element);
        words.words.pop();
    }
    words.words.extend(vec![0; nest.len() + 1]);
    let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
    let mut capture = Capture::new(policy.clone());
    capture.dirt.take();
    let page = capture.turn(&reading).unwrap().page.unwrap();
    let batch = Replica::default().apply(&page).unwrap().batch;
    let last = NodeId(nest.len() as u32 + 1);
    batch.ops().iter().find_map(|op| match *op {
        Op::Set { id, key: Key::Prop(Prop::State), value } if id == last => {
            Some(batch.text(value).to_owned())
        }
        _ => None,
    })
}

#[test]
fn states_tell_nothing_of_what_is_masked() {
    let states_of = |policy: &Policy, tag, attrs: &[_], marks: &[u32], words: &str| {
        let mut nest: Vec<_> =
            marks.iter().map(|&marks| El { tag: "div", marks, ..El::default() }).collect();
        let last = El { tag, attrs, props: &[(Prop::State, words)], ..El::default() };
        match nest.last_mut() {
            Some(own) => *own = El { marks: own.marks, ..last },
            None => nest.push(last),
        }
        states(policy, &nest)
    };
    let all = "active hover invalid undefined nonsense";
    let told = |words: &str| Some(words.to_owned());
    // A value that is not shown is neither valid nor invalid.
    assert_eq!(states_of(&values(), "input", &[], &[], all), told("active hover undefined"));
    assert_eq!(states_of(&values(), "form", &[], &[], all), told("active hover undefined"));
    assert_eq!(states_of(&values(), "p", &[], &[], all), told("active hover undefined"));
    assert_eq!(
        states_of(&values(), "button", &[], &[], all),
        told("active hover invalid undefined")
    );
    assert_eq!(
        states_of(&show_all(), "input", &[], &[], all),
        told("active hover invalid undefined")
    );
    let password = [("type", "password")];
    assert_eq!(
        states_of(&show_all(), "input", &password, &[], all),
        told("active hover undefined")
    );
    // Where what is masked begins is seen, but no trail over the keys in it.
    let (mask, block) = (Marks::MASK, Marks::BLOCK);
    assert_eq!(states_of(&values(), "div", &[], &[mask], all), told("active hover undefined"));
    assert_eq!(states_of(&values(), "button", &[], &[mask, 0], all), told("undefined"));
    assert_eq!(states_of(&show_all(), "button", &[], &[mask, 0], all), told("undefined"));
    assert_eq!(states_of(&Policy::mask_all(), "a", &[], &[0, 0], "hover"), None);
    assert_eq!(states_of(&values(), "div", &[], &[block], all), None);
    // Which of the boxes has the focus is as good as the tick in it.
    let choice = "choice focus focus-within";
    assert_eq!(states_of(&values(), "input", &[("type", "radio")], &[], choice), None);
    assert_eq!(states_of(&values(), "li", &[], &[], choice), None);
    assert_eq!(states_of(&show_all(), "li", &[], &[], choice), told("focus focus-within"));
}

#[test]
fn pages_cannot_name_the_states_of_a_replica() {
    let forged = El {
        tag: "p",
        attrs: &[
            ("data-saath-state", "hover"),
            ("Data-Saath-State", "focus"),
            ("data-saath-withheld", "masked"),
        ],
        ..El::default()
    };
    check(&show_all(), forged, &["p"]);
}

#[test]
fn strings_of_style_sheets_are_text() {
    let style =
        El { tag: "style", props: &[(Prop::Sheet, "a{content:'ABCPV1234D'}")], ..El::default() };
    check(&values(), style, &["style", "a{content:\"████████\"}"]);
    check(&strict(), style, &["style", "a{content:\"\"}"]);
    check(&show_all(), style, &["style", "a{content:'ABCPV1234D'}"]);
}

#[test]
fn lists_that_are_masked_have_no_options() {
    let select = El { tag: "select", text: Some("Savings"), ..El::default() };
    check(&values(), select, &["select", "masked"]);
    check(&show_all(), select, &["select", "Savings"]);
    let blocked = El {
        tag: "div",
        marks: Marks::BLOCK,
        props: &[(Prop::Size, "1,2")],
        text: Some("x"),
        ..El::default()
    };
    check(&show_all(), blocked, &["div", "8,8", "blocked"]);
}

#[test]
fn animations_carry_what_their_element_may() {
    const TIMES: &str = "running\t0\t1\t0\t0\t9\t1\t0\tnormal\tnone\tlinear\treplace\treplace";
    let sheet = format!("css\tspin\t0\t\t{TIMES}");
    let script = |values: &str| {
        let values = values.replace('|', "\u{1f}");
        format!("keyframes\t\t1\t\t{TIMES}\t0\u{1f}linear\u{1f}auto\u{1f}{values}")
    };
    let text = format!("{sheet}\n{}", script("opacity|1|content|'ABCPV1234D'|--name|Asha"));
    let props = &[(Prop::Animations, text.as_str())];
    let shown = format!("{sheet}\n{}", script("opacity|1|content|\"████████\"|--name|Asha"));
    check(&values(), El { tag: "p", props, ..El::default() }, &["p", &shown]);
    let looks = format!("{sheet}\n{}", script("opacity|1"));
    check(&strict(), El { tag: "p", props, ..El::default() }, &["p", &looks]);
    let masked = El { tag: "p", marks: Marks::MASK, props, ..El::default() };
    check(&show_all(), masked, &["p", &looks]);
    let blocked = El { tag: "p", marks: Marks::BLOCK, props, ..El::default() };
    check(&show_all(), blocked, &["p", &sheet, "blocked"]);

    // What moves in a control can be its value; of a bar under a mask, how long it is.
    let bar = &[("role", "progressbar")];
    let held = El { tag: "div", attrs: bar, props, ..El::default() };
    check(&values(), held, &["div", "role", "progressbar", &sheet]);
    check(&values(), El { tag: "label", props, ..El::default() }, &["label", &sheet]);
    let whole = shown.replace("████████", "ABCPV1234D");
    check(&show_all(), held, &["div", "role", "progressbar", &whole]);
    let moves = script("width|63.42%");
    let props = &[(Prop::Animations, moves.as_str())];
    let masked = El { tag: "p", marks: Marks::MASK, props, ..El::default() };
    check(&show_all(), masked, &["p", &script("width|60%")]);
}

#[test]
fn a_selection_is_told_where_both_its_ends_are_shown() {
    let check = |policy: &Policy, selection: &str, expected: &str| {
        let props = &[(Prop::Selection, selection)];
        let elements = [
            El { tag: "p", text: Some("shown"), ..El::default() },
            El { tag: "p", marks: Marks::MASK, text: Some("masked"), ..El::default() },
            El { tag: "input", attrs: &[("type", "file")], ..El::default() },
            El { tag: "div", marks: Marks::BLOCK, ..El::default() },
        ];
        let (texts, _) = send_with(policy, props, &elements);
        assert!(texts.iter().any(|text| text == expected), "{selection}: {texts:?}");
        assert!(selection == expected || !texts.iter().any(|text| text == selection));
    };
    check(&values(), "range 102 0 2 102 3 2", "range 102 0 2 102 3 2");
    check(&strict(), "range 102 0 2 102 3 2", "");
    check(&show_all(), "range 102 0 2 103 3 3", "");
    check(&show_all(), "range 103 0 3 102 3 2", "");
    // Not in the reading, and not known before.
    check(&show_all(), "range 102 0 9 102 3 2", "");
    check(&values(), "picker 4", "picker 4");
    check(&values(), "picker 5", "");
    let element =
        El { tag: "p", props: &[(Prop::Selection, "range 1 1 1 1 1 1")], ..El::default() };
    assert_eq!(send(&show_all(), &[element]).0, ["p", ""]);
}

#[test]
fn what_is_in_a_slot_is_told_by_number() {
    let slot = El { tag: "slot", props: &[(Prop::Slotted, "7 ABCPV1234D 9")], ..El::default() };
    assert_eq!(send(&show_all(), &[slot]).0, ["slot", "7 9"]);
}

#[test]
fn custom_states_are_told_where_values_are() {
    let element = |marks| El {
        tag: "x-field",
        marks,
        props: &[(Prop::State, "hover state-wrong")],
        ..El::default()
    };
    assert_eq!(send(&show_all(), &[element(0)]).0, ["x-field", "hover state-wrong"]);
    assert_eq!(send(&values(), &[element(0)]).0, ["x-field", "hover"]);
    assert_eq!(send(&show_all(), &[element(Marks::MASK)]).0, ["x-field", "hover"]);
}

#[test]
fn an_agent_acts_only_on_what_is_shown_and_allowed() {
    let (_, capture) = send(
        &values(),
        &[
            El { tag: "p", text: Some("x"), ..El::default() },
            El { tag: "input", props: &[(Prop::Value, "")], ..El::default() },
            El { tag: "input", marks: Marks::SHOW, props: &[(Prop::Value, "")], ..El::default() },
            El { tag: "button", marks: Marks::NO_ACT, ..El::default() },
            El { tag: "button", marks: Marks::CONFIRM, ..El::default() },
            El { tag: "div", attrs: &[("contenteditable", "")], ..El::default() },
            El {
                tag: "input",
                attrs: &[("type", "button")],
                props: &[(Prop::Value, "Go")],
                ..El::default()
            },
        ],
    );
    let access: Vec<_> = (2..=9).map(|id| capture.access(NodeId(id))).collect();
    use Access::{Confirm, Excluded, Free, Masked};
    // The last is an element that was never sent.
    assert_eq!(access, [Free, Masked, Free, Excluded, Confirm, Masked, Free, Masked]);
}

#[test]
fn a_broken_policy_masks_everything() {
    let mut capture = Capture::new(Policy::mask_all());
    capture.dirt.take();
    let mut words = Words { words: vec![5 | 3 << 6, 1], blob: String::new(), lengths: vec![] };
    words.element(2, &El { tag: "p", marks: Marks::SHOW, text: Some("secret"), ..El::default() });
    words.words.push(0);
    let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
    let page = capture.turn(&reading).unwrap().page.unwrap();
    assert!(!String::from_utf8_lossy(&page.batch).contains("secret"));
    assert_eq!(capture.access(NodeId(2)), Access::Masked);
}

/// What stands in a frame is masked as what stands in its element would be.
#[test]
fn a_frame_masks_what_is_in_it() {
    let texts = |policy: &Policy, marks: u32, inner: El<'_>| {
        let mut words = Words { words: vec![5 | 3 << 6, 1], blob: String::new(), lengths: vec![] };
        let tag = words.string("iframe");
        words.words.extend([1 | 3 << 6 | marks << 8, 2, tag, 5 | 3 << 6, 3]);
        words.element(4, &inner);
        words.words.extend([0, 0, 0]);
        let mut capture = Capture::new(policy.clone());
        capture.dirt.take();
        let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
        let page = capture.turn(&reading).unwrap().page.unwrap();
        let applied = Replica::default().apply(&page).unwrap();
        let texts = applied.batch.texts().map(str::to_owned).collect::<Vec<_>>();
        (texts, capture.access(NodeId(4)))
    };
    let p = El { tag: "p", text: Some("Hello"), ..El::default() };
    let shown = |texts: Vec<String>| texts.contains(&"Hello".to_owned());
    let (plain, access) = texts(&values(), 0, p);
    assert!(shown(plain) && access == Access::Free);
    for (policy, marks) in [(values(), Marks::MASK), (values(), Marks::BLOCK), (strict(), 0)] {
        assert!(!shown(texts(&policy, marks, p).0), "{marks}");
    }
    assert_eq!(texts(&values(), Marks::MASK, p).1, Access::Masked);
    assert_eq!(texts(&values(), Marks::NO_ACT, p).1, Access::Excluded);
    // A frame that shows more does so for what is in it, and no further than elsewhere.
    let input = El { tag: "input", props: &[(Prop::Value, "Hello")], ..El::default() };
    assert!(!shown(texts(&values(), 0, input).0));
    assert!(shown(texts(&values(), Marks::SHOW, input).0));
    assert!(!shown(texts(&Policy::mask_all(), Marks::SHOW, p).0));
}

#[test]
fn a_frame_of_another_origin_is_told_as_such() {
    let frame = El {
        tag: "iframe",
        attrs: &[("src", "https://pay.example/?pan=1"), ("srcdoc", "<p>x"), ("allow", "camera")],
        props: &[(Prop::Withheld, "whatever")],
        ..El::default()
    };
    check(&show_all(), frame, &["iframe", "foreign"]);
    let other = El { tag: "div", props: &[(Prop::Withheld, "whatever")], ..El::default() };
    check(&show_all(), other, &["div"]);
}
