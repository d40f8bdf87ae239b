//! What becomes of a guest's page, op by op.

use super::*;
use crate::message::guest::GuestAsset;
use crate::message::page::Page;
use crate::node::Namespace;
use crate::node::Prop;
use crate::ops::Key;
use crate::ops::{Compat, Place};

/// A document, and two elements in each other.
fn nest(outer: &str, inner: &str) -> Batch {
    let mut batch = Batch::default();
    batch.ops.push(Op::Document(Compat::Standards));
    for (id, tag) in [(2, outer), (3, inner)] {
        let (id, at) = (NodeId(id), Place { parent: NodeId(id - 1), before: None });
        let tag = batch.strings.push(tag);
        batch.ops.push(Op::Element { id, at, namespace: Namespace::Html, tag });
    }
    batch
}

fn tree(batch: &Batch) -> Tree {
    let mut tree = Tree::default();
    for op in &batch.ops {
        tree.apply(op, batch).unwrap();
    }
    tree
}

#[test]
fn guests_do_not_use_up_the_numbers_of_the_page() {
    let policy = Policy::default();
    let sent = nest("p", "b");
    let (kind, hash) = (PageKind::Fresh, tree(&sent).hash());
    for (spent, taken) in [(MAX_SPENT - 3, Ok(Reply::Applied)), (MAX_SPENT - 2, Err(Unwelcome))] {
        let mut guests = Guests { spent, ..Guests::default() };
        let (mut tree, mut out) = (tree(&nest("div", "iframe")), Batch::default());
        let seat = guests.admit().unwrap();
        guests.seat(seat, Some(NodeId(3)));
        guests.settle(&policy, &mut tree, &mut out.ops);
        let [(_, Begin { turn, .. })] = guests.take_begins()[..] else { panic!("no turn") };
        let page = Page { number: 1, kind, batch: sent.encode(), hash };
        let addresses = &mut Addresses::default();
        let host = Host { policy: &policy, tree: &mut tree, addresses, out: &mut out };
        assert_eq!(guests.take(seat, &GuestPage { turn, page }, host, |_| 4), taken);
    }
}

/// What is sent on of a guest's first page, with numbers from 4 on.
fn taken(sent: &Batch) -> (Batch, Guests, Seat, Addresses) {
    let policy = Policy::default();
    let mut guests = Guests::default();
    let (mut tree, mut out) = (tree(&nest("div", "iframe")), Batch::default());
    let seat = guests.admit().unwrap();
    guests.seat(seat, Some(NodeId(3)));
    guests.settle(&policy, &mut tree, &mut out.ops);
    let [(_, Begin { turn, .. })] = guests.take_begins()[..] else { panic!("no turn") };
    let mut addresses = Addresses::default();
    // The page's own first picture.
    addresses.lend().unwrap();
    let hash = self::tree(sent).hash();
    let page = Page { number: 1, kind: PageKind::Fresh, batch: sent.encode(), hash };
    let host = Host { policy: &policy, tree: &mut tree, addresses: &mut addresses, out: &mut out };
    let reply = guests.take(seat, &GuestPage { turn, page }, host, |_| 4);
    assert_eq!(reply, Ok(Reply::Applied));
    (out, guests, seat, addresses)
}

fn set(batch: &mut Batch, id: u32, prop: Prop, value: &str) {
    let value = batch.strings.push(value);
    batch.ops.push(Op::Set { id: NodeId(id), key: Key::Prop(prop), value });
}

fn told(batch: &Batch, prop: Prop) -> Vec<(u32, &str)> {
    let of = |op: &Op| match *op {
        Op::Set { id, key: Key::Prop(key), value } if key == prop => {
            Some((id.0, batch.text(value)))
        }
        _ => None,
    };
    batch.ops.iter().filter_map(of).collect()
}

#[test]
fn what_names_nodes_names_those_of_the_page() {
    let mut sent = nest("p", "b");
    // As it is read: before the nodes it names.
    set(&mut sent, 1, Prop::Selection, "range 3 0 2 2 1 2\npicker 3");
    sent.ops.rotate_right(1);
    sent.ops.swap(0, 1);
    set(&mut sent, 2, Prop::TopLayer, "popover 1 3");
    let (out, ..) = taken(&sent);
    assert_eq!(told(&out, Prop::Selection), [(4, "range 6 0 5 5 1 5\npicker 6")]);
    assert_eq!(told(&out, Prop::TopLayer), [(5, "popover 1 6")]);
    // Nodes that are nobody's, and the page's.
    let mut sent = nest("p", "b");
    set(&mut sent, 1, Prop::Selection, "range 9 0 2 4 1 2\npicker 5");
    let (out, ..) = taken(&sent);
    assert_eq!(told(&out, Prop::Selection), [(4, "")]);
}

#[test]
fn assets_have_numbers_of_the_page() {
    let mut sent = nest("img", "b");
    set(&mut sent, 2, Prop::Picture, "7 8,9");
    let (out, guests, seat, _) = taken(&sent);
    assert_eq!(told(&out, Prop::Picture), [(5, "2 8,9")]);
    let asset =
        |turn, number| GuestAsset { turn, number, keep: false, painted: false, bytes: vec![] };
    assert_eq!(guests.asset(seat, &asset(1, 7)), Some(2));
    // No page has named it.
    assert_eq!(guests.asset(seat, &asset(1, 1)), None);
    assert_eq!(guests.asset(seat, &asset(2, 7)), None);
    assert_eq!(guests.asset(Seat(9), &asset(1, 7)), None);
}
