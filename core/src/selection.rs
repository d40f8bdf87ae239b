//! Where the customer is on the page: what is selected, and which of the browser's own pickers is
//! open. A text on the document, with nodes by their numbers.
//!
//! `range node offset within node offset within` is a selection from one place to another, each with
//! what it stands in: in a text by UTF-16 units; before another node by offset 0; at the end of what
//! is in it by offset 1. `picker element` is an open list, calendar, palette or file chooser. Offsets
//! into what is masked would tell its length, so there are none.

use crate::node::NodeId;

/// `text` with what may be told: a selection if each of its two ends, a node within another, `shows`
/// its text, and a picker of an element that `is_there`.
pub fn clean(
    text: &str,
    shows: impl Fn(NodeId, NodeId) -> bool,
    is_there: impl Fn(NodeId) -> bool,
) -> String {
    let mut out = String::new();
    // At most one of each.
    for line in text.lines().take(2) {
        let mut words = line.split(' ');
        let kind = words.next().unwrap_or("");
        let Ok(numbers) = words.map(str::parse::<u32>).collect::<Result<Vec<_>, _>>() else {
            continue;
        };
        let may = match (kind, numbers.as_slice()) {
            ("range", &[start, _, start_in, end, _, end_in]) => {
                is_number(start)
                    && is_number(end)
                    && shows(NodeId(start), NodeId(start_in))
                    && shows(NodeId(end), NodeId(end_in))
            }
            ("picker", &[element]) => is_number(element) && is_there(NodeId(element)),
            _ => false,
        };
        if may {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(line);
        }
    }
    out
}

fn is_number(id: u32) -> bool {
    (1..=NodeId::MAX).contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shown_is_told() {
        let text = "range 7 0 3 9 12 4\npicker 5";
        assert_eq!(clean(text, |_, _| true, |_| true), text);
        assert_eq!(clean(text, |_, id| id != NodeId(4), |_| true), "picker 5");
        assert_eq!(clean(text, |_, id| id != NodeId(3), |_| false), "");
        assert_eq!(clean(text, |id, _| id != NodeId(9), |_| false), "");
        assert_eq!(clean(text, |_, _| true, |id| id != NodeId(5)), "range 7 0 3 9 12 4");
    }

    #[test]
    fn anything_else_is_left_away() {
        for text in ["", "range 7 0 3 9 12", "picker 0", "picker <b>", "range 1 2 3 4 5 -6", "x 5"]
        {
            assert_eq!(clean(text, |_, _| true, |_| true), "", "{text}");
        }
        assert_eq!(clean(&"picker 5\n".repeat(9), |_, _| true, |_| true), "picker 5\npicker 5");
    }
}
