//! What is slotted is masked as the place where it is seen.

use super::nest::{Nest, Node, element, known, shadow, text};
use super::{show_all, values};
use saath_core::mask::Access;
use saath_core::node::NodeId;
use saath_core::reading::Marks;

/// A slot in an element of this kind.
fn slot(id: u32, name: &str, change: impl FnOnce(Node) -> Node) -> Node {
    let slot = element(id + 1, "slot", vec![]);
    let slot = if name.is_empty() { slot } else { slot.attr("name", name) };
    change(element(id, "div", vec![slot]))
}

fn page(slots: Vec<Node>, light: Vec<Node>) -> Node {
    let inner = std::iter::once(shadow(3, slots)).chain(light).collect();
    Node::Document(vec![element(2, "x-card", inner)])
}

fn light() -> Vec<Node> {
    vec![text(50, "Asha"), element(51, "b", vec![text(52, "Verma")]).attr("slot", "name")]
}

fn told(slots: Vec<Node>) -> Vec<String> {
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(slots, light())]);
    nest.texts()
}

fn mask(node: Node) -> Node {
    node.marks(Marks::MASK)
}

fn plain(node: Node) -> Node {
    node
}

#[test]
fn what_is_slotted_is_masked_with_its_slot() {
    assert_eq!(told(vec![slot(4, "", plain), slot(6, "name", plain)]), ["Asha", "Verma"]);
    assert_eq!(told(vec![slot(4, "", mask), slot(6, "name", plain)]), ["████", "Verma"]);
    assert_eq!(told(vec![slot(4, "", plain), slot(6, "name", mask)]), ["Asha", "████████"]);
    // Of two of a name the stricter counts, whichever is first.
    assert_eq!(told(vec![slot(4, "", plain), slot(6, "", mask)]), ["████", "Verma"]);
    // In no slot it is nowhere to be seen.
    assert_eq!(told(vec![]), ["Asha", "Verma"]);
    // A mark on the slot itself, and what no mark says: a field in the shadow tree.
    let own = element(4, "slot", vec![]).marks(Marks::MASK);
    assert_eq!(told(vec![own]), ["████", "Verma"]);
    let mut nest = Nest::new(&values());
    let field = |node: Node| node.attr("role", "textbox");
    nest.read(&[page(vec![slot(4, "", field)], light())]);
    assert_eq!(nest.texts(), ["████", "Verma"]);
    assert_eq!(nest.capture.access(NodeId(51)), Access::Free);
}

#[test]
fn a_show_mark_around_a_slot_shows_nothing_more() {
    let mut nest = Nest::new(&values());
    let show = |node: Node| node.marks(Marks::SHOW);
    let field = element(50, "div", vec![text(51, "Asha")]).attr("contenteditable", "");
    nest.read(&[page(vec![slot(4, "", show)], vec![field])]);
    assert_eq!(nest.texts(), ["████"]);
}

#[test]
fn what_an_agent_may_do_in_a_slot_it_may_do_with_what_is_slotted() {
    for (mark, access) in [
        (Marks::MASK, Access::Masked),
        (Marks::NO_ACT, Access::Excluded),
        (Marks::CONFIRM, Access::Confirm),
    ] {
        let mut nest = Nest::new(&show_all());
        nest.read(&[page(vec![slot(4, "name", |node| node.marks(mark))], light())]);
        assert_eq!(nest.capture.access(NodeId(51)), access);
    }
}

#[test]
fn slots_that_are_not_told_hide_what_no_other_takes() {
    let block = element(4, "div", vec![]).marks(Marks::BLOCK);
    assert_eq!(told(vec![block, slot(6, "", plain)]), ["Asha", "████████"]);
    let mut nest = Nest::new(&values());
    let tick = |node: Node| node.attr("role", "checkbox");
    nest.read(&[page(vec![slot(4, "", tick)], light())]);
    assert_eq!(nest.texts(), ["████", "████████"]);
}

#[test]
fn what_a_script_slots_is_masked_if_any_slot_is() {
    let mut nest = Nest::new(&show_all());
    let slots = vec![slot(4, "x", plain), slot(6, "y", mask)];
    let root = Node::Shadow(3, Some(""), slots);
    let inner = std::iter::once(root).chain(light()).collect();
    nest.read(&[Node::Document(vec![element(2, "x-card", inner)])]);
    assert_eq!(nest.texts(), ["████", "████████"]);
}

#[test]
fn what_goes_on_from_slot_to_slot_is_masked_by_each() {
    // The slot of the outer tree is slotted into the inner one's.
    let inner = |marks| {
        let own = slot(10, "", |node: Node| node.marks(marks));
        element(8, "x-inner", vec![shadow(9, vec![own]), element(20, "slot", vec![])])
    };
    assert_eq!(told(vec![inner(0)]), ["Asha", "Verma"]);
    assert_eq!(told(vec![inner(Marks::MASK)]), ["████", "Verma"]);
}

#[test]
fn a_child_that_is_read_by_itself_is_masked_all_the_same() {
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(vec![slot(4, "", mask), slot(6, "name", mask)], light())]);
    nest.read(&[text(50, "Ravi"), text(52, "Das")]);
    assert_eq!(nest.texts(), ["████", "████"]);
    let list = element(2, "x-card", vec![known(3), known(50), text(53, "Das")]).children_only();
    nest.read(&[list]);
    assert_eq!(nest.texts(), ["████", "████"]);
    // Another slot.
    nest.read(&[page(vec![slot(4, "", mask), slot(6, "name", plain)], light())]);
    nest.read(&[element(51, "b", vec![text(52, "Verma")])]);
    assert_eq!(nest.texts(), ["████", "████████"]);
}

#[test]
fn a_slot_that_is_masked_masks_what_is_in_it_in_the_same_page() {
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(vec![slot(4, "", plain), slot(6, "name", plain)], light())]);
    // Nothing of this reading leaves, whichever comes first in it.
    let (masked, free) = (slot(4, "", mask), slot(4, "", plain));
    for roots in [[text(50, "secret"), masked.clone()], [masked.clone(), text(50, "secret")]] {
        assert_eq!(nest.read(&roots), [2, 50, 51]);
        assert_eq!(nest.texts(), ["Asha", "Verma"]);
        // The mark goes again before it was told; what was asked for is not asked for twice.
        assert_eq!(nest.read(&[free.clone(), text(50, "Asha")]), [0; 0]);
    }
    nest.read(&[masked.clone(), text(50, "secret")]);
    assert_eq!(nest.read(&[text(50, "secret"), masked, light().remove(1)]), [0; 0]);
    assert_eq!(nest.texts(), ["████████", "Verma"]);
    // Without its slot it is seen nowhere, and is as it is.
    let root = Node::Shadow(3, None, vec![known(6)]);
    assert_eq!(nest.read(&[root]), [50, 51]);
    nest.read(&[text(50, "open"), light().remove(1)]);
    assert_eq!(nest.texts(), ["open", "Verma"]);
}

#[test]
fn a_slot_that_comes_or_goes_to_another_tree_is_noticed() {
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(vec![], light())]);
    let root = || Node::Shadow(3, None, vec![slot(4, "", mask)]);
    assert_eq!(nest.read(&[root()]), [4, 50, 51]);
    nest.read(&[root(), text(50, "Asha"), light().remove(1)]);
    assert_eq!(nest.texts(), ["████", "Verma"]);
    // The number of one that never came is given up in the end.
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(vec![], light())]);
    nest.read(&[root()]);
    let gone = nest.gone(&[Node::Shadow(3, None, vec![]), text(50, "x")]);
    assert_eq!(gone, [4, 5]);
    assert_eq!(nest.texts(), ["████", "Verma"]);
    nest.read(&[text(50, "Asha")]);
    assert_eq!(nest.texts(), ["Asha", "Verma"]);
}

/// What is new in a host may be read before the slot that it goes into.
#[test]
fn what_comes_with_a_slot_that_is_masked_is_read_with_it() {
    let mut nest = Nest::new(&show_all());
    nest.read(&[page(vec![slot(4, "", plain)], vec![])]);
    let list = || element(2, "x-card", vec![known(3), text(50, "Asha")]).children_only();
    assert_eq!(nest.read(&[list(), slot(4, "", mask)]), [2, 50]);
    assert_eq!(nest.texts(), [""; 0]);
    nest.read(&[list(), slot(4, "", mask)]);
    assert_eq!(nest.texts(), ["████"]);
}

/// What makes a choice of an element hides what is in it, in the same page.
#[test]
fn what_is_masked_by_an_attribute_is_masked_with_it() {
    let choice = |node: Node| node.attr("role", "checkbox");
    let parts = |change: fn(Node) -> Node| {
        let inner = element(3, "p", vec![text(4, "old")]);
        Node::Document(vec![change(element(2, "div", vec![inner]))])
    };
    // The settings alone, and with a list of what is known.
    let settings = choice(element(2, "div", vec![])).settings_only();
    let list = choice(element(2, "div", vec![known(3), element(5, "i", vec![])]));
    for root in [settings, list] {
        let mut nest = Nest::new(&values());
        nest.read(&[parts(plain)]);
        let again = nest.read(&[root, text(4, "chosen")]);
        assert!(again.contains(&2), "{again:?}");
        assert_eq!(nest.texts(), ["old"]);
        nest.read(&[choice(element(2, "div", vec![element(3, "p", vec![text(4, "chosen")])]))]);
        assert_eq!(nest.texts(), [""; 0]);
    }
}
