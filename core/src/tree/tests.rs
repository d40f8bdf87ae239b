//! The tree against itself: hashes, bounds, and ops that do not fit.

use super::*;
use crate::node::Namespace;
use crate::ops::Compat;

pub(super) fn batch() -> Batch {
    let mut strings = Strings::default();
    strings.push("div");
    strings.push("class");
    Batch { strings, ops: vec![] }
}

pub(super) fn element(id: u32, parent: u32, before: Option<u32>) -> Op {
    let at = Place { parent: NodeId(parent), before: before.map(NodeId) };
    Op::Element { id: NodeId(id), at, namespace: Namespace::Html, tag: StrId(0) }
}

pub(super) fn build(ops: &[Op]) -> Tree {
    let mut tree = Tree::default();
    for op in ops {
        tree.apply(op, &batch()).unwrap();
    }
    tree
}

#[test]
fn the_hash_tells_trees_apart_and_forgets_detours() {
    let doc = Op::Document(Compat::Standards);
    let tree = build(&[doc, element(2, 1, None), element(3, 1, None)]);
    let swapped = build(&[doc, element(3, 1, None), element(2, 1, None)]);
    assert_ne!(tree.hash(), swapped.hash());
    let key = Key::Attr(StrId(1));
    let detour = build(&[
        doc,
        element(3, 1, None),
        element(4, 1, None),
        element(5, 4, None),
        element(2, 1, Some(3)),
        Op::Set { id: NodeId(2), key, value: StrId(1) },
        Op::Move { id: NodeId(3), at: Place { parent: NodeId(4), before: Some(NodeId(5)) } },
        Op::Move { id: NodeId(3), at: Place { parent: NodeId(1), before: None } },
        Op::Unset { id: NodeId(2), key },
        Op::Remove(NodeId(4)),
    ]);
    assert_eq!(tree.hash(), detour.hash());
    assert_eq!(detour.children(NodeId(1)).collect::<Vec<_>>(), [NodeId(2), NodeId(3)]);
    assert_eq!(detour.len(), 3);
}

#[test]
fn a_tree_has_bounds() {
    let mut tree = build(&[Op::Document(Compat::Standards)]);
    for id in 2..MAX_DEPTH + 2 {
        tree.apply(&element(id, id - 1, None), &batch()).unwrap();
    }
    let too_deep = element(MAX_DEPTH + 2, MAX_DEPTH + 1, None);
    assert_eq!(tree.apply(&too_deep, &batch()), Err(ApplyError::TooLarge));
    let side = NodeId(MAX_DEPTH + 3);
    tree.apply(&element(side.0, 1, None), &batch()).unwrap();
    let (at, hash) = (Place { parent: side, before: None }, tree.hash());
    let sink = Op::Move { id: NodeId(2), at };
    assert_eq!(tree.apply(&sink, &batch()), Err(ApplyError::TooLarge));
    assert_eq!(tree.hash(), hash);
    let rise = Op::Move { id: NodeId(9), at };
    tree.apply(&rise, &batch()).unwrap();
    tree.apply(&sink, &batch()).unwrap();

    let mut sparse = build(&[Op::Document(Compat::Standards)]);
    let far = (1..1 << 20).find_map(|n| sparse.apply(&element(n * 256, 1, None), &batch()).err());
    assert_eq!(far, Some(ApplyError::TooLarge));
    assert!(sparse.len() < 1 << 14);
}

#[test]
fn nothing_goes_into_a_style() {
    let mut batch = batch();
    let style = batch.strings.push("style");
    let at = Place { parent: NodeId(1), before: None };
    let mut tree = build(&[Op::Document(Compat::Standards), element(3, 1, None)]);
    let op = Op::Element { id: NodeId(2), at, namespace: Namespace::Html, tag: style };
    tree.apply(&op, &batch).unwrap();
    let inside = Place { parent: NodeId(2), before: None };
    for op in [
        Op::Text { id: NodeId(4), at: inside, text: style },
        Op::Move { id: NodeId(3), at: inside },
    ] {
        assert!(matches!(tree.apply(&op, &batch), Err(ApplyError::Misplaced(_))));
    }
}

#[test]
fn ops_that_do_not_fit_change_nothing() {
    let doc = Op::Document(Compat::Standards);
    let mut tree = build(&[doc, element(2, 1, None), element(3, 2, None)]);
    let hash = tree.hash();
    let within = Place { parent: NodeId(3), before: None };
    for (op, error) in [
        (element(2, 1, None), ApplyError::Duplicate(NodeId(2))),
        (element(9, 8, None), ApplyError::Unknown(NodeId(8))),
        (element(9, 1, Some(3)), ApplyError::Misplaced(NodeId(9))),
        (Op::Move { id: NodeId(2), at: within }, ApplyError::Misplaced(NodeId(2))),
        (Op::Move { id: NodeId(1), at: within }, ApplyError::Misplaced(NodeId(1))),
        (Op::Remove(NodeId(7)), ApplyError::Unknown(NodeId(7))),
        (doc, ApplyError::Duplicate(NodeId(1))),
        (Op::SetText { id: NodeId(2), text: StrId(0) }, ApplyError::Misplaced(NodeId(2))),
    ] {
        assert_eq!(tree.apply(&op, &batch()), Err(error));
        assert_eq!(tree.hash(), hash);
    }
}

#[test]
fn a_frame_holds_nothing_but_its_document() {
    let mut batch = batch();
    let iframe = batch.strings.push("iframe");
    let at = |parent| Place { parent: NodeId(parent), before: None };
    let frame =
        |id| Op::Element { id: NodeId(id), at: at(1), namespace: Namespace::Html, tag: iframe };
    let document =
        |id, host| Op::Frame { id: NodeId(id), host: NodeId(host), compat: Compat::Standards };
    let mut tree = build(&[Op::Document(Compat::Standards), element(2, 1, None)]);
    for op in [frame(3), document(4, 3), element(5, 4, None), document(6, 3)] {
        tree.apply(&op, &batch).unwrap();
    }
    // The document before goes last, so that what moves out of it can.
    assert_eq!(tree.children(NodeId(3)).collect::<Vec<_>>(), [NodeId(6), NodeId(4)]);
    let hash = tree.hash();
    for op in [
        document(7, 2),
        document(7, 3),
        element(7, 3, None),
        Op::Move { id: NodeId(6), at: at(2) },
        Op::Move { id: NodeId(2), at: at(3) },
        Op::Text { id: NodeId(7), at: at(3), text: iframe },
    ] {
        assert!(matches!(tree.apply(&op, &batch), Err(ApplyError::Misplaced(_))), "{op:?}");
    }
    assert_eq!(tree.hash(), hash);
    tree.apply(&Op::Move { id: NodeId(5), at: at(6) }, &batch).unwrap();
    tree.apply(&Op::Remove(NodeId(4)), &batch).unwrap();
    assert!(tree.contains(NodeId(5)));
    assert_eq!(tree.kind(NodeId(6)), Some(Kind::Document));

    let last = (10..).find_map(|id| tree.apply(&frame(id), &batch).err().map(|error| (id, error)));
    assert_eq!(last, Some((10 + MAX_FRAMES as u32 - 1, ApplyError::TooLarge)));
    tree.apply(&Op::Remove(NodeId(3)), &batch).unwrap();
    tree.apply(&frame(5_000), &batch).unwrap();
}
