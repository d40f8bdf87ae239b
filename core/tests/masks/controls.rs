//! What is told of controls that pages make of other elements: nothing of what they hold.

use super::{El, Words, check, show_all, values};
use proptest::prelude::*;
use saath_core::capture::Capture;
use saath_core::mask::{Access, Policy};
use saath_core::node::{NodeId, Prop};
use saath_core::reading::{Marks, Reading};
use saath_core::replica::Replica;

/// All texts that are sent, without the style sheet, of elements each of which is in the one before.
fn nested(policy: &Policy, css: &str, nest: &[El<'_>]) -> Vec<String> {
    let (texts, _) = send_nested(policy, css, nest);
    texts
}

fn send_nested(policy: &Policy, css: &str, nest: &[El<'_>]) -> (Vec<String>, Capture) {
    let mut words = Words { words: vec![5 | 3 << 6 | 1 << 14, 1], ..Words::default() };
    let sheet = words.string(css);
    words.words.extend([1 << 31 | Prop::Adopted.code(), sheet]);
    for (index, element) in nest.iter().enumerate() {
        words.element(index as u32 + 2, element);
        words.words.pop();
    }
    words.words.extend(vec![0; nest.len() + 1]);
    let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
    let mut capture = Capture::new(policy.clone());
    capture.dirt.take();
    let page = capture.turn(&reading).unwrap().page.unwrap();
    let applied = Replica::default().apply(&page).unwrap();
    // The style sheet is the first.
    (applied.batch.texts().skip(1).map(str::to_owned).collect(), capture)
}

#[test]
fn ticks_of_what_is_made_into_a_control_are_not_told() {
    let ticked = [
        ("role", "checkbox"),
        ("aria-checked", "true"),
        ("data-state", "checked"),
        ("data-on", "1"),
        // As its component's style asks for.
        ("data-v-7ba5bd90", ""),
    ];
    let element = El { tag: "span", attrs: &ticked, ..El::default() };
    check(&values(), element, &["span", "role", "checkbox", "data-v-7ba5bd90", ""]);
    let all: Vec<&str> = ["span"]
        .into_iter()
        .chain(ticked.iter().flat_map(|&(name, value)| [name, value]))
        .collect();
    check(&show_all(), element, &all);
    // Which tab is in front is no value.
    let tab = [("role", "tab"), ("aria-selected", "true"), ("data-selected", "")];
    let tab = El { attrs: &tab, ..element };
    check(&values(), tab, &["span", "role", "tab", "aria-selected", "true", "data-selected", ""]);
    let list = [("role", "listbox"), ("aria-activedescendant", "second")];
    check(&values(), El { attrs: &list, ..element }, &["span", "role", "listbox"]);
    // Keys go to the one that is chosen.
    let day = [("role", "gridcell"), ("tabindex", "0")];
    check(&values(), El { attrs: &day, ..element }, &["span", "role", "gridcell"]);
    let (_, capture) = send_nested(&values(), "", &[element]);
    assert_eq!(capture.access(NodeId(2)), Access::Masked);
    let (_, capture) = send_nested(&show_all(), "", &[element]);
    assert_eq!(capture.access(NodeId(2)), Access::Free);
}

#[test]
fn ticks_are_not_told_by_what_is_around_them_either() {
    for attrs in [
        [("data-checked", "")],
        [("data-unchecked", "")],
        [("aria-selected", "true")],
        [("aria-invalid", "true")],
        [("data-filled", "")],
        [("is-selected", "yes")],
    ] {
        let element = El { tag: "div", attrs: &attrs, ..El::default() };
        check(&values(), element, &["div"]);
        check(&show_all(), element, &["div", attrs[0].0, attrs[0].1]);
        check(&values(), El { marks: Marks::MASK, ..element }, &["div"]);
    }
    let css = "[data-state=checked]{}";
    let element = El { tag: "div", attrs: &[("data-state", "checked")], ..El::default() };
    assert_eq!(nested(&values(), css, &[element]), ["div", "data-state", ""]);
}

/// A tick that is drawn is there or not.
#[test]
fn what_is_drawn_in_a_control_is_not_told() {
    let inner = El { tag: "i", attrs: &[("data-state", "on")], text: Some("✓"), ..El::default() };
    for role in
        ["checkbox", "radio", "switch", "option", "listbox", "slider", "progressbar", "meter"]
    {
        let attrs = [("role", role)];
        let outer = El { tag: "div", attrs: &attrs, ..El::default() };
        assert_eq!(nested(&values(), "", &[outer, inner]), ["div", "role", role]);
        let shown = nested(&values(), "", &[El { marks: Marks::SHOW, ..outer }, inner]);
        assert_eq!(shown, ["div", "role", role, "i", "data-state", "on", "✓"]);
    }
    // What is shown is drawn; masked is what a mark masks.
    let list = El { tag: "ul", attrs: &[("role", "listbox")], marks: Marks::SHOW, ..El::default() };
    let item = El { tag: "li", marks: Marks::MASK, text: Some("Asha"), ..El::default() };
    assert_eq!(nested(&values(), "", &[list, item]), ["ul", "role", "listbox", "li", "████"]);
}

#[test]
fn what_is_in_a_control_looks_like_nothing() {
    let attrs = [("data-on", ""), ("tone", "warm"), ("aria-selected", "true"), ("class", "c")];
    let inner = El { tag: "i", attrs: &attrs, text: Some("Old"), ..El::default() };
    let css = "[data-on],[tone=warm]{}";
    let label = El { tag: "label", ..El::default() };
    assert_eq!(nested(&values(), css, &[label, inner]), ["label", "i", "class", "c", "Old"]);
    let group = El { tag: "p", attrs: &[("role", "radiogroup")], ..El::default() };
    assert_eq!(nested(&values(), css, &[group, inner])[3..], ["i", "class", "c", "Old"]);
    let told = ["p", "i", "data-on", "", "saath-tone", "warm", "class", "c", "Old"];
    assert_eq!(nested(&values(), css, &[El { attrs: &[], ..group }, inner]), told);
}

#[test]
fn text_that_is_a_value_is_masked() {
    let text = El { tag: "b", text: Some("Asha Verma"), ..El::default() };
    for attr in [
        ("role", "textbox"),
        ("role", "combobox"),
        ("role", "spinbutton"),
        ("role", "searchbox"),
        ("aria-haspopup", "listbox"),
    ] {
        let attrs = [attr];
        let control = El { tag: "div", attrs: &attrs, ..El::default() };
        let (texts, capture) = send_nested(&values(), "", &[control, text]);
        assert_eq!(texts, ["div", attr.0, attr.1, "b", "████████ ████████"]);
        assert_eq!(capture.access(NodeId(2)), Access::Masked);
        let shown = nested(&values(), "", &[El { marks: Marks::SHOW, ..control }, text]);
        assert_eq!(shown.last().unwrap(), "Asha Verma");
    }
    let menu = El { tag: "div", attrs: &[("aria-haspopup", "menu")], ..El::default() };
    assert_eq!(nested(&values(), "", &[menu, text]).last().unwrap(), "Asha Verma");
}

#[test]
fn elements_that_are_made_to_hold_a_value_are_controls() {
    let css = "[tick=ticked]{}";
    let told = |attrs: &[_], made| {
        let props = [(Prop::Withheld, made)];
        let element = El { tag: "my-box", attrs, props: &props, ..El::default() };
        nested(&values(), css, &[element])
    };
    let ticked = ("tick", "ticked");
    assert_eq!(told(&[ticked], ""), ["my-box", "saath-tick", ""]);
    assert_eq!(told(&[("tick", "warm")], "tick size"), ["my-box", "saath-tick", ""]);
    for made in [":form", "disabled checked", "aria-value"] {
        assert_eq!(told(&[ticked], made), ["my-box"], "{made}");
        assert_eq!(told(&[ticked, ("mode", "5")], made), ["my-box"], "{made}");
        let button = told(&[ticked, ("role", "button")], made);
        assert_eq!(button, ["my-box", "saath-tick", "", "role", "button"], "{made}");
    }
    assert_eq!(told(&[ticked, ("value", "1")], ""), ["my-box"]);
    assert_eq!(told(&[ticked, ("current-checked", "true")], ""), ["my-box"]);
    assert_eq!(told(&[ticked, ("tabindex", "0")], ""), ["my-box"]);
}

/// The name of an attribute, and a value.
fn attribute() -> impl Strategy<Value = (&'static str, &'static str)> {
    let names = [
        "data-state",
        "data-checked",
        "data-unchecked",
        "data-on",
        "aria-checked",
        "aria-selected",
        "aria-valuenow",
        "aria-activedescendant",
        "checked",
        "selected",
        "tabindex",
        "value",
        "current-checked",
        "tick",
        "title",
    ];
    let values = ["", "true", "checked", "ticked", "5"];
    (proptest::sample::select(names.to_vec()), proptest::sample::select(values.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    /// Of two pages that differ only in what a control holds, by its attributes, by those of what is
    /// in it, and by whether that is there, the same is told.
    #[test]
    fn what_a_control_holds_is_not_told(
        how in 0..17_usize,
        own in [prop::collection::vec(attribute(), 0..4), prop::collection::vec(attribute(), 0..4)],
        inner in [prop::collection::vec(attribute(), 0..3), prop::collection::vec(attribute(), 0..3)],
        is_there in any::<[bool; 2]>(),
    ) {
        let mut css = String::new();
        for (name, value) in own.iter().chain(&inner).flatten() {
            css += &format!("[{name}],[{name}={value:?}],p{{content:attr({name})}}");
        }
        let drawn = [
            "checkbox", "radio", "switch", "option", "listbox", "menuitemcheckbox",
            "menuitemradio", "slider", "scrollbar", "progressbar", "meter",
        ];
        let sends = |page: usize| {
            let (tag, fixed, made) = match how {
                0..11 => ("div", Some(("role", drawn[how])), ""),
                11 => ("my-box", None, ":form"),
                12 => ("my-box", None, "checked size"),
                13 => ("label", None, ""),
                14 => ("div", Some(("role", "treeitem")), ""),
                15 => ("div", Some(("role", "combobox")), ""),
                _ => ("div", Some(("contenteditable", "")), ""),
            };
            let attrs: Vec<_> = fixed.into_iter().chain(own[page].iter().copied()).collect();
            let made = [(Prop::Withheld, made)];
            let control = El { tag, attrs: &attrs, props: &made, ..El::default() };
            let child = El { tag: "i", attrs: &inner[page], text: Some("x"), ..El::default() };
            if how < 11 && !is_there[page] {
                nested(&values(), &css, &[control])
            } else {
                nested(&values(), &css, &[control, child])
            }
        };
        prop_assert_eq!(sends(0), sends(1));
    }
}
