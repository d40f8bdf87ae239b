//! Pictures that are masked or gone have no number any more, and get one again when they are shown.

use super::{El, Words, show_all, values};
use saath_core::assets::Use;
use saath_core::capture::Capture;
use saath_core::mask::Policy;
use saath_core::message::guest::{GuestAsset, GuestPage};
use saath_core::message::page::Page;
use saath_core::node::{NodeId, Prop};
use saath_core::reading::{Marks, Reading};

const LOGO: El<'_> = El {
    tag: "img",
    marks: 0,
    attrs: &[],
    props: &[(Prop::Picture, "9,9\n\n\nhttps://x/a.png")],
    text: None,
};
const CANVAS: El<'_> = El { tag: "canvas", props: &[(Prop::Picture, "0,0\ncanvas\n2\n")], ..LOGO };

/// Reads the document with these in it, and what else it has.
fn read(capture: &mut Capture, props: &[(Prop, &str)], elements: &[El<'_>]) -> Option<Page> {
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
    capture.turn(&reading).unwrap().page
}

fn marked(element: El<'_>, marks: u32) -> El<'_> {
    El { marks, ..element }
}

fn found(capture: &mut Capture) -> Vec<(u32, Use)> {
    capture.take_found().into_iter().map(|found| (found.number, found.used)).collect()
}

#[test]
fn what_is_masked_has_no_number_and_gets_one_again() {
    let mut capture = Capture::new(values());
    let (show, mask) = (Marks::SHOW, Marks::SHOW | Marks::MASK);
    for (round, hidden) in [mask, 0, Marks::SHOW | Marks::BLOCK].into_iter().enumerate() {
        let number = round as u32 + 1;
        read(&mut capture, &[], &[marked(CANVAS, show)]);
        assert_eq!(capture.take_withdrawn(false), []);
        assert_eq!(found(&mut capture), [(number, Use::Live)]);
        read(&mut capture, &[], &[marked(CANVAS, show)]);
        assert_eq!((found(&mut capture), capture.take_withdrawn(false)), (vec![], vec![]));
        read(&mut capture, &[], &[marked(CANVAS, hidden)]);
        assert_eq!(capture.take_withdrawn(false), [number], "{hidden}");
        assert_eq!(capture.take_withdrawn(false), []);
    }
    // One that is masked before anybody has begun to read it, and one that is gone.
    read(&mut capture, &[], &[marked(CANVAS, show)]);
    read(&mut capture, &[], &[marked(CANVAS, mask)]);
    assert_eq!((capture.take_withdrawn(false), found(&mut capture)), (vec![4], vec![]));
    read(&mut capture, &[], &[LOGO]);
    read(&mut capture, &[], &[]);
    assert_eq!(capture.take_withdrawn(false), [5]);
}

#[test]
fn one_that_several_places_name_stays_as_long_as_one_does() {
    let mut capture = Capture::new(values());
    let sheet = &[(Prop::Adopted, "p{background:url(https://x/a.png),url(https://x/a.png)}")][..];
    // What only looks like a number keeps nothing.
    let string = &[(Prop::Adopted, "p{content:'url(saath:1)'}")][..];
    let style = El { tag: "p", attrs: &[("style", "cursor:url(https://x/a.png)")], ..LOGO };
    let style = El { props: &[], ..style };
    let masked = marked(LOGO, Marks::MASK);
    for (props, elements) in [
        (sheet, vec![LOGO, LOGO, style]),
        (sheet, vec![masked, LOGO, style]),
        (sheet, vec![masked, masked, marked(style, Marks::MASK)]),
        (string, vec![masked, masked, style]),
        (string, vec![masked, LOGO]),
    ] {
        read(&mut capture, props, &elements);
        assert_eq!(capture.take_withdrawn(false), [], "{elements:?}");
    }
    assert_eq!(found(&mut capture), [(1, Use::Picture)]);
    read(&mut capture, string, &[masked, masked]);
    assert_eq!(capture.take_withdrawn(false), [1]);
}

#[test]
fn a_page_that_is_read_afresh_keeps_the_numbers_of_what_it_still_shows() {
    let mut capture = Capture::new(values());
    let other = El { props: &[(Prop::Picture, "9,9\n\n\nhttps://x/b.png")], ..LOGO };
    read(&mut capture, &[], &[LOGO, other]);
    assert_eq!(found(&mut capture).len(), 2);
    capture.restart();
    assert_eq!(capture.take_withdrawn(true), []);
    read(&mut capture, &[], &[LOGO]);
    assert_eq!(capture.take_withdrawn(true), [], "there may be more to read");
    assert_eq!(capture.take_withdrawn(false), [2]);
    assert_eq!(found(&mut capture), []);
}

/// A page of a guest with these elements.
fn guest(capture: &mut Capture, turn: u32, elements: &[El<'_>]) -> GuestPage {
    GuestPage { turn, page: read(capture, &[], elements).unwrap() }
}

fn painted(turn: u32, number: u32) -> GuestAsset {
    GuestAsset { turn, number, keep: false, painted: true, bytes: vec![1] }
}

const FRAME: El<'_> = El { tag: "iframe", props: &[], ..LOGO };

#[test]
fn a_guest_that_begins_anew_or_goes_has_none_of_the_numbers_before() {
    let mut capture = Capture::new(Policy::default());
    let seat = capture.admit().unwrap();
    let mut next = 100;
    let mut number = None;
    for round in 0..20 {
        capture.seat(seat, Some(NodeId(2)));
        read(&mut capture, &[], &[FRAME]);
        let [(_, begin)] = capture.take_begins()[..] else { panic!("{round}: it does not begin") };
        assert_eq!(capture.guest_asset(seat, &painted(begin.turn, 1)), None, "nothing names it");
        let page = guest(&mut Capture::new(show_all()), begin.turn, &[CANVAS]);
        let (reply, page) = capture.take_in(seat, &page, |count| {
            next += count;
            next - count
        });
        assert!(reply.is_ok() && page.is_some());
        let before = number;
        number = capture.guest_asset(seat, &painted(begin.turn, 1));
        assert!(number.is_some() && number != before && capture.take_withdrawn(false).is_empty());
        assert_eq!(capture.guest_asset(seat, &painted(begin.turn, 2)), None);

        read(&mut capture, &[], &[marked(FRAME, Marks::MASK)]);
        assert_eq!(capture.take_withdrawn(false), number.into_iter().collect::<Vec<_>>());
        assert_eq!(capture.guest_asset(seat, &painted(begin.turn, 1)), None);
        capture.take_begins();
    }
    read(&mut capture, &[], &[FRAME]);
    let [(_, begin)] = capture.take_begins()[..] else { panic!("it does not begin") };
    let page = guest(&mut Capture::new(show_all()), begin.turn, &[CANVAS]);
    assert!(capture.take_in(seat, &page, |_| next).0.is_ok());
    capture.dismiss(seat);
    assert_eq!(capture.take_withdrawn(false).len(), 1);
}

#[test]
fn a_guest_cannot_keep_a_number_that_it_names_no_more() {
    let mut capture = Capture::new(Policy::default());
    let seat = capture.admit().unwrap();
    capture.seat(seat, Some(NodeId(2)));
    read(&mut capture, &[], &[FRAME]);
    let [(_, begin)] = capture.take_begins()[..] else { panic!("it does not begin") };
    // It never withdraws a number itself.
    let mut own = Capture::new(show_all());
    let asset = painted(begin.turn, 1);
    let mut take = |capture: &mut Capture, canvas: El<'_>| {
        let page = guest(&mut own, begin.turn, &[canvas]);
        assert!(capture.take_in(seat, &page, |_| 100).0.is_ok());
        capture.guest_asset(seat, &asset)
    };
    let first = take(&mut capture, CANVAS).expect("a number");
    assert_eq!(take(&mut capture, marked(CANVAS, Marks::MASK)), None);
    assert_eq!(capture.take_withdrawn(false), [first]);
    let second = take(&mut capture, CANVAS).expect("a number");
    assert_ne!(second, first);
    assert_eq!(capture.take_withdrawn(false), []);
}
