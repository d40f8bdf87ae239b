//! What is told by names, sizes, styles and classes.

use super::{El, Words, check, send, show_all, strict, values};
use saath_core::capture::Capture;
use saath_core::mask::Policy;
use saath_core::node::Prop;
use saath_core::reading::{Marks, Reading};
use saath_core::replica::Replica;

/// Nothing that a style says or that is called something is told if it is somebody's.
#[test]
fn names_are_text_too() {
    for (css, told) in [
        (".pan-ABCPV1234D{color:red}", ".pan-████████{color:red}"),
        ("a{--bal:asha@okaxis;--w:12px}", "a{--bal:████████;--w:12px}"),
        ("[value=ABCPV1234D]{}", "[value=████████]{}"),
        ("@keyframes ABCPV1234D{}", "@keyframes ████████{}"),
        ("a{z-index:9876543210}", "a{z-index:9876543210}"),
    ] {
        let sheet = El { tag: "style", props: &[(Prop::Sheet, css)], ..El::default() };
        check(&values(), sheet, &["style", told]);
        let quiet = if css.starts_with('[') { "[value=\"\"]{}" } else { told };
        check(&strict(), sheet, &["style", quiet]);
        check(&show_all(), sheet, &["style", css]);
    }
    for (css, told, quiet) in [
        ("--m:9876543210;width:9876543210px", "--m:████████;width:9876543210px", "width:65536px"),
        ("--m:'9876543210'", "--m:\"████████\"", ""),
        ("animation:ABCPV1234D 1s", "animation:████████ 1s", "animation:████████ 1s"),
    ] {
        let style = El { tag: "p", attrs: &[("style", css)], ..El::default() };
        check(&values(), style, &["p", "style", told]);
        check(&values(), El { marks: Marks::MASK, ..style }, &["p", "style", quiet]);
    }
    check(&values(), El { tag: "x-abcpv1234d", ..El::default() }, &["saath-other"]);
    check(&show_all(), El { tag: "x-abcpv1234d", ..El::default() }, &["x-abcpv1234d"]);
    let state = [(Prop::State, "hover state-ABCPV1234D state-open")];
    let element = El { tag: "x-field", marks: Marks::SHOW, props: &state, ..El::default() };
    check(&values(), element, &["x-field", "hover state-open"]);
}

/// How large and how far scrolled something is can tell how long its text is.
#[test]
fn sizes_do_not_tell_how_long_a_text_is() {
    let sized = |tag, marks, size| {
        let props = [(Prop::Size, size)];
        send(&show_all(), &[El { tag, marks, props: &props, ..El::default() }]).0[1].clone()
    };
    let block = Marks::BLOCK;
    assert_eq!(sized("td", block, "417,23.5"), "416,16");
    assert_eq!(sized("span", block, "417,23.5"), "416,32");
    assert_eq!(sized("span", block, "431,63"), sized("span", block, "417,23.5"));
    assert_eq!(sized("span", block, "0,0"), "0,0");
    assert_eq!(sized("img", block, "417,23.5"), "417,23.5");
    assert_eq!(sized("canvas", 0, "417,23.5"), "417,23.5");

    let scrolled = |policy: &Policy, tag, marks| {
        let props = [(Prop::Scroll, "417,100.5")];
        let texts = send(policy, &[El { tag, marks, props: &props, ..El::default() }]).0;
        texts.into_iter().find(|text| text.contains(','))
    };
    let some = |text: &str| Some(text.to_owned());
    for tag in ["input", "textarea", "output"] {
        assert_eq!(scrolled(&values(), tag, 0), None, "{tag}");
        assert_eq!(scrolled(&show_all(), tag, Marks::MASK), None, "{tag}");
        assert_eq!(scrolled(&show_all(), tag, 0), some("417,100.5"), "{tag}");
    }
    assert_eq!(scrolled(&values(), "div", 0), some("417,100.5"));
    assert_eq!(scrolled(&values(), "div", Marks::MASK), some("384,64"));
    assert_eq!(scrolled(&strict(), "body", 0), some("417,100.5"));
}

#[test]
fn styles_and_classes_of_controls_do_not_tell_what_they_hold() {
    let attrs = [("style", "width:63%;color:red"), ("class", "w is-checked on")];
    let element = |tag| El { tag, attrs: &attrs, ..El::default() };
    let bar = [("role", "progressbar"), attrs[0], attrs[1]];
    check(
        &values(),
        El { attrs: &bar, ..element("div") },
        &["div", "role", "progressbar", "class", "w"],
    );
    check(&values(), element("meter"), &["meter", "style", "color:red", "class", "w"]);
    let field = ["textarea", "style", "width:60%;color:red", "class", "w", "masked"];
    check(&values(), element("textarea"), &field);
    check(&values(), element("label"), &["label", "style", "color:red", "class", "w"]);
    check(&values(), element("p"), &["p", "style", attrs[0].1, "class", attrs[1].1]);
    let shown = El { marks: Marks::SHOW, ..element("meter") };
    check(&values(), shown, &["meter", "style", attrs[0].1, "class", attrs[1].1]);
    let masked = El { marks: Marks::MASK, ..element("p") };
    check(&values(), masked, &["p", "style", "width:60%;color:red", "class", attrs[1].1]);
}

/// Names of parts, states of buttons and sizes in attributes say what classes and styles say.
#[test]
fn parts_and_attributes_do_not_tell_it_either() {
    let attrs = [("part", "control control--checked"), ("exportparts", "is-checked: x, base")];
    let element = |tag| El { tag, attrs: &attrs, ..El::default() };
    check(&values(), element("label"), &["label", "part", "control", "exportparts", "x, base"]);
    check(&show_all(), element("label"), &["label", "part", attrs[0].1, "exportparts", attrs[1].1]);
    check(&values(), element("p"), &["p", "part", attrs[0].1, "exportparts", attrs[1].1]);

    let pressed = El { tag: "button", attrs: &[("aria-pressed", "true")], ..El::default() };
    check(&values(), pressed, &["button"]);
    check(&show_all(), pressed, &["button", "aria-pressed", "true"]);

    let attrs = [("width", "63.42%"), ("height", "640")];
    let cell = El { tag: "td", attrs: &attrs, ..El::default() };
    check(&values(), cell, &["td", "width", "63.42%", "height", "640"]);
    let masked = El { marks: Marks::MASK, ..cell };
    check(&values(), masked, &["td", "width", "60%", "height", "640"]);
}

/// A name is another element, or an attribute, elsewhere: each is called what it is there.
#[test]
fn a_name_that_is_written_once_is_told_by_its_place() {
    for namespaces in [[0, 1], [1, 0]] {
        let mut words = Words { words: vec![5 | 3 << 6, 1], ..Words::default() };
        let tag = words.string("path");
        for (id, namespace) in [2, 3].into_iter().zip(namespaces) {
            words.words.extend([1 | namespace << 4 | 3 << 6, id, tag, 0]);
        }
        words.words.push(0);
        let reading = Reading::parse(&words.words, &words.blob, &words.lengths).unwrap();
        let mut capture = Capture::new(show_all());
        capture.dirt.take();
        let page = capture.turn(&reading).unwrap().page.unwrap();
        let mut texts = ["saath-other", "path"];
        if namespaces == [1, 0] {
            texts.reverse();
        }
        let applied = Replica::default().apply(&page).expect("it can be built");
        assert_eq!(applied.batch.texts().collect::<Vec<_>>(), texts);
    }
}
