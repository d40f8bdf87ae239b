//! What the customer is told of what the agent sees, beside what is sent.

use super::*;
use saath_core::mask::Sight;

fn sight(policy: &Policy, element: El<'_>) -> Sight {
    let (texts, capture) = send(policy, &[element]);
    let sight = capture.sight(NodeId(2));
    // What is not told as shown must not be sent, and the other way round.
    assert_eq!(sight == Sight::Shown, texts.concat().contains("Asha"), "{element:?}: {texts:?}");
    sight
}

#[test]
fn what_the_customer_is_told_is_what_is_sent() {
    let text = El { tag: "p", text: Some("Asha"), ..El::default() };
    let value = El { tag: "input", props: &[(Prop::Value, "Asha")], ..El::default() };
    let secret = El { attrs: &[("type", "password")], ..value };
    let typed = El { attrs: &[("role", "textbox")], ..text };
    let marked = |element, marks| El { marks, ..element };
    for (policy, element, expected) in [
        (values(), text, Sight::Shown),
        (values(), value, Sight::Unmarked),
        (values(), typed, Sight::Unmarked),
        (values(), marked(value, Marks::SHOW), Sight::Shown),
        (values(), marked(value, Marks::SHOW | Marks::MASK), Sight::Hidden),
        (values(), marked(text, Marks::MASK), Sight::Hidden),
        (values(), marked(text, Marks::BLOCK), Sight::Hidden),
        (values(), secret, Sight::Hidden),
        (values(), marked(secret, Marks::SHOW), Sight::Hidden),
        (values(), marked(value, Marks::EVER_SECRET), Sight::Hidden),
        // Only what mode `values` masks may be the customer's to show.
        (strict(), text, Sight::Hidden),
        (strict(), value, Sight::Hidden),
        (strict(), marked(value, Marks::SHOW), Sight::Shown),
        (show_all(), value, Sight::Shown),
        (Policy::mask_all(), marked(value, Marks::SHOW), Sight::Hidden),
    ] {
        assert_eq!(sight(&policy, element), expected, "{element:?}");
    }
    let (_, capture) = send(&values(), &[text]);
    assert_eq!(capture.sight(NodeId(77)), Sight::Hidden, "what was not sent");
}
