//! What reads as one is judged as one, whichever part of it has changed.

use super::nest::{Nest, Node, element, known, shadow, text};
use super::{show_all, strict, values};
use saath_core::mask::{Patterns, Policy, View};
use saath_core::reading::Marks;

/// The texts of a paragraph with this in it.
fn told(policy: &Policy, inner: Vec<Node>) -> Vec<String> {
    let mut nest = Nest::new(policy);
    nest.read(&[nest_of(inner)]);
    nest.texts()
}

fn nest_of(inner: Vec<Node>) -> Node {
    Node::Document(vec![element(2, "p", inner)])
}

fn b(id: u32, words: &str) -> Node {
    element(id, "b", vec![text(id + 100, words)])
}

#[test]
fn identifiers_are_found_across_inline_elements() {
    let check = |inner: Vec<Node>, expected: &[&str]| assert_eq!(told(&values(), inner), expected);
    check(vec![b(3, "ABCPE"), text(4, "1234F")], &["████", "████"]);
    check(vec![text(4, "PAN ABCPE"), b(3, "1234F.")], &["PAN ████", "████."]);
    // Deeper, and with what nobody sees between.
    let deep = element(3, "span", vec![element(4, "i", vec![b(5, "ABC"), text(6, "PE")])]);
    let script = element(7, "script", vec![]);
    check(vec![deep, script, element(8, "x-part", vec![text(9, "1234F")])], &["████"; 3]);
    // White space is layout; where it stands in an identifier it stays.
    check(vec![b(3, "9876 5"), text(4, " "), b(5, "43210")], &["████", " ", "████"]);
    check(vec![b(3, "98765"), text(4, ""), b(5, "43210")], &["████", "", "████"]);
    // What is whole in one text is as long as ever.
    check(vec![b(3, "ABCPE1234F"), text(4, " and more")], &["████████", " and more"]);
    check(vec![b(3, "a@x."), text(4, "in")], &["████", "████"]);
    // The word before decides what the number is.
    check(
        vec![b(3, "Account number"), text(4, ": "), b(5, "123456789")],
        &["Account number", ": ", "████████"],
    );
}

#[test]
fn a_line_ends_with_its_block() {
    for tag in ["br", "img", "td", "div", "button", "input", "li"] {
        let inner = vec![text(3, "ABCPE"), element(4, tag, vec![]), text(5, "1234F")];
        assert_eq!(told(&values(), inner), ["ABCPE", "1234F"], "{tag}");
        let inner = vec![text(3, "ABCPE"), element(4, tag, vec![text(5, "1234F")])];
        if tag != "input" {
            assert_eq!(told(&values(), inner), ["ABCPE", "1234F"], "{tag}");
        }
    }
    let choice = element(4, "i", vec![text(5, "1234F")]).attr("role", "option").marks(Marks::SHOW);
    assert_eq!(told(&values(), vec![text(3, "ABCPE"), choice]), ["ABCPE", "1234F"]);
    // A cell ends with its text: the next one begins anew.
    let row = |cells: [&str; 2]| {
        let cell = |id: u32, words: &str| element(id, "td", vec![text(id + 1, words)]);
        element(3, "tr", vec![cell(4, cells[0]), cell(6, cells[1])])
    };
    assert_eq!(told(&values(), vec![row(["ABCPE", "1234F"])]), ["ABCPE", "1234F"]);
}

#[test]
fn drawings_and_formulas_have_lines_too() {
    let spans = vec![element(4, "tspan", vec![text(5, "ABCPE")]).svg(), text(6, "1234F")];
    assert_eq!(told(&values(), vec![element(3, "text", spans).svg()]), ["████"; 2]);
    let math = |id, tag, inner| element(id, tag, inner).math();
    let numbers =
        vec![math(5, "mn", vec![text(6, "98765")]), math(7, "mn", vec![text(8, "43210")])];
    assert_eq!(told(&values(), vec![math(3, "math", vec![math(4, "mrow", numbers)])]), ["████"; 2]);
}

#[test]
fn what_is_masked_is_a_part_all_the_same() {
    let mask = b(3, "ABCPE").marks(Marks::MASK);
    assert_eq!(told(&values(), vec![mask, text(4, "1234F")]), ["████████", "████"]);
    assert_eq!(
        told(&strict(), vec![b(3, "ABCPE").marks(Marks::SHOW), text(4, "1234F")]),
        ["████", "████████"]
    );
}

#[test]
fn without_the_net_all_that_is_shown_is_shown() {
    assert_eq!(told(&show_all(), vec![b(3, "ABCPE"), text(4, "1234F")]), ["ABCPE", "1234F"]);
    let mut policy = show_all();
    policy.patterns = Patterns::On;
    assert_eq!(told(&policy, vec![b(3, "ABCPE"), text(4, "1234F")]), ["████"; 2]);
    policy.redacted_views.push(View::Everywhere("b".into()));
    assert_eq!(told(&policy, vec![b(3, "ABCPE"), text(4, "1234F")]), ["████"; 2]);
}

#[test]
fn a_host_and_what_is_in_it_are_in_one_line() {
    let host = element(3, "x-pan", vec![shadow(4, vec![text(5, "ABC")]), text(6, "PE")]);
    assert_eq!(told(&values(), vec![host, text(7, "1234F")]), ["████"; 3]);
}

#[test]
fn a_change_of_one_part_masks_the_others() {
    let mut nest = Nest::new(&values());
    nest.read(&[nest_of(vec![b(3, "ABCPE"), b(4, "no"), b(5, "more")])]);
    assert_eq!(nest.texts(), ["ABCPE", "no", "more"]);
    // Nothing of it leaves before the rest was read with it.
    assert_eq!(nest.read(&[text(104, "1234F")]), [103, 104, 105]);
    assert_eq!(nest.texts(), ["ABCPE", "no", "more"]);
    nest.read(&[text(104, "1234F"), text(103, "ABCPE"), text(105, "")]);
    assert_eq!(nest.texts(), ["████", "████", ""]);
    // And it is shown again when it is none any more.
    assert_eq!(nest.read(&[text(104, "no")]), [103, 104, 105]);
    nest.read(&[text(104, "no"), text(103, "ABCPE"), text(105, "more")]);
    assert_eq!(nest.texts(), ["ABCPE", "no", "more"]);
    // Where nothing can come of it nothing more is read.
    assert_eq!(nest.read(&[text(104, "yes")]), [0; 0]);
    assert_eq!(nest.texts(), ["ABCPE", "yes", "more"]);
}

#[test]
fn a_part_that_comes_later_masks_those_before() {
    let mut nest = Nest::new(&values());
    nest.read(&[nest_of(vec![b(3, "ABCPE")])]);
    let list = || element(2, "p", vec![known(3), b(4, "1234F")]).children_only();
    // What has a number by now, and was not told, is to be read as a whole.
    assert_eq!(nest.read(&[list()]), [4, 103, 104]);
    assert_eq!(nest.texts(), ["ABCPE"]);
    nest.read(&[list(), text(103, "ABCPE")]);
    assert_eq!(nest.texts(), ["████", "████"]);
    // One that goes frees the other.
    let list = || element(2, "p", vec![known(3)]).children_only();
    assert_eq!(nest.read(&[list()]), [103]);
    nest.read(&[list(), text(103, "ABCPE")]);
    assert_eq!(nest.texts(), ["ABCPE"]);
}

#[test]
fn what_stood_between_and_goes_joins_the_others() {
    let mut nest = Nest::new(&values());
    let between = element(4, "div", vec![text(5, "or")]);
    nest.read(&[nest_of(vec![b(3, "ABCPE"), between, b(6, "1234F")])]);
    assert_eq!(nest.texts(), ["ABCPE", "or", "1234F"]);
    let list = || element(2, "p", vec![known(3), known(6)]).children_only();
    assert_eq!(nest.read(&[list()]), [103, 106]);
    nest.read(&[list(), text(103, "ABCPE"), text(106, "1234F")]);
    assert_eq!(nest.texts(), ["████", "████"]);
    // A list in which the same stands as before is not worth another look.
    assert_eq!(nest.read(&[list()]), [0; 0]);
}

#[test]
fn an_element_that_becomes_a_choice_ends_the_line() {
    let mut nest = Nest::new(&values());
    nest.read(&[nest_of(vec![b(3, "ABCPE"), text(4, "1234F")])]);
    assert_eq!(nest.texts(), ["████", "████"]);
    let choice = || b(3, "ABCPE").attr("role", "option").marks(Marks::SHOW);
    assert_eq!(nest.read(&[choice()]), [4]);
    nest.read(&[choice(), text(4, "1234F")]);
    assert_eq!(nest.texts(), ["ABCPE", "1234F"]);
}

#[test]
fn a_page_that_never_stands_still_is_masked_and_goes_out() {
    let mut nest = Nest::new(&values());
    nest.read(&[nest_of(vec![b(3, "ABCPE"), b(4, "no")])]);
    assert_eq!(nest.read(&[text(104, "1234F")]), [103, 104]);
    // The other part was not read this time either.
    assert_eq!(nest.read(&[text(104, "1234F")]), [103, 104]);
    assert_eq!(nest.texts(), ["ABCPE", "████████"]);
    nest.read(&[text(103, "ABCPE"), text(104, "1234F")]);
    assert_eq!(nest.texts(), ["████", "████"]);
}
