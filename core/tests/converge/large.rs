//! Pages that a tree or a message has no room for: what is too much is left out, once and for all
//! turns, and the rest is told as ever.

use crate::page::{DOCUMENT, Edit, Ends};
use crate::show_all;
use saath_core::tree::{MAX_DEPTH, MAX_SETTINGS};

/// The last of them is in the tree if it is not too deep.
fn chain(ends: &mut Ends, mut parent: usize, levels: usize) -> usize {
    for _ in 0..levels {
        parent = ends.page.append("div", parent, &mut ends.observer);
    }
    parent
}

#[test]
fn what_is_too_deep_is_left_out() {
    let mut ends = Ends::new(&show_all());
    ends.most = 2000;
    let levels = MAX_DEPTH as usize;
    let top = ends.page.append("div", DOCUMENT, &mut ends.observer);
    let bottom = chain(&mut ends, top, levels + 500);
    ends.flush();
    assert!(ends.asked.is_none() && ends.left_out);
    // The document is not counted.
    assert_eq!(ends.nodes(), levels + 1);
    // Nothing of this is seen, and nothing goes wrong by it.
    ends.edit(&Edit::Text { parent: bottom, at: 0, text: "deep".into() });
    ends.edit(&Edit::Attr { node: bottom, name: 0, value: Some("x".into()) });
    ends.flush();
    assert_eq!(ends.nodes(), levels + 1);
    // A part that rises is seen, and no longer one that sinks.
    let side = ends.page.append("div", DOCUMENT, &mut ends.observer);
    ends.edit(&Edit::Move { node: bottom - 100, parent: side, at: 0 });
    ends.flush();
    // With the text at the bottom of it.
    assert_eq!(ends.nodes(), levels + 1 + 1 + 101 + 1);
    ends.edit(&Edit::Move { node: top, parent: side, at: 0 });
    ends.flush();
    assert!(ends.asked.is_none());
    assert_eq!(ends.leaked(), [0; 0]);
}

#[test]
fn what_is_too_long_or_too_much_is_cut() {
    let mut ends = Ends::new(&show_all());
    let parent = ends.page.append("div", DOCUMENT, &mut ends.observer);
    // Three bytes a character: the cut is never within one.
    let text = "स".repeat(4 << 20);
    ends.edit(&Edit::Text { parent, at: 0, text });
    for n in 0..MAX_SETTINGS + 9 {
        ends.page.nodes[parent].attrs.insert(format!("data-{n}").leak(), String::new());
    }
    ends.edit(&Edit::Attr { node: parent, name: 0, value: None });
    ends.flush();
    assert!(ends.asked.is_none() && ends.left_out);
    let bytes = ends.sent.last().unwrap().batch.len();
    assert!((8 << 20..9 << 20).contains(&bytes), "{bytes} bytes");
    assert_eq!(ends.nodes(), 3);
}

/// More texts than a message has room for, none of them too long.
#[test]
fn what_no_message_has_room_for_is_empty() {
    let mut ends = Ends::new(&show_all());
    for n in 0..5 {
        let text = format!("{n}{}", "x".repeat(6 << 20));
        ends.edit(&Edit::Text { parent: DOCUMENT, at: 0, text });
    }
    ends.flush();
    assert!(ends.asked.is_none() && ends.left_out);
    let bytes = ends.sent.last().unwrap().batch.len();
    assert!(bytes < 25 << 20, "{bytes} bytes");
    assert_eq!(ends.nodes(), 6);
}
