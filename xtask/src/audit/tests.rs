//! The judge on pages and replicas that no browser gives: replicas that are not masked as they should
//! be, above all.

use serde_json::{Value, json};

use super::field::{Judged, Verdict};
use super::judge::judge;
use super::rules::Rules;
use super::seen::State;

/// One element, on the page and in the replica.
fn judged(page: &Value, replica: &Value, rules: &Rules) -> Judged {
    let node = |node: &Value| {
        let mut node = node.clone();
        node["at"] = "0".into();
        node
    };
    let mut state =
        json!({ "name": "loaded", "page": { "nodes": [node(page)] }, "replica": { "nodes": [] } });
    if !replica.is_null() {
        state["replica"]["nodes"] = json!([node(replica)]);
    }
    let state: State = serde_json::from_value(state).unwrap();
    judge(&state, rules)
}

const VALUES: Rules = Rules::Mode { strict: false, patterns: true };

/// The verdict, and whether it is a leak.
#[track_caller]
fn check(page: &Value, replica: &Value, verdict: Verdict, leaks: bool) {
    let judged = judged(page, replica, &VALUES);
    let found: Vec<Verdict> = judged.fields.iter().map(|field| field.verdict).collect();
    assert_eq!(found, [verdict], "{page} {replica}");
    assert_eq!(!judged.leaks.is_empty(), leaks, "{page} {replica}");
}

#[test]
fn a_field_that_a_mask_leaves_open_is_a_leak() {
    let masked = json!({ "mask": "the mark data-saath-mask" });
    let page = |more: Value| {
        let mut page = json!({ "tag": "input", "type": "text", "value": "Asha", "zone": masked });
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        page
    };
    let withheld = json!({ "data-saath-withheld": "masked" });
    let blocks = json!({ "tag": "input", "value": "████", "attributes": withheld });
    check(&page(json!({})), &blocks, Verdict::Masked, false);
    check(&page(json!({})), &json!({ "tag": "input", "value": "Asha" }), Verdict::Shown, true);
    // It says that it withholds it, and has it.
    let open = json!({ "tag": "input", "value": "Asha", "attributes": withheld });
    check(&page(json!({})), &open, Verdict::Shown, true);
    let part = json!({ "tag": "input", "value": "As████", "attributes": withheld });
    check(&page(json!({})), &part, Verdict::Caught, true);
    let other = json!({ "tag": "input", "value": "ahsA", "attributes": withheld });
    check(&page(json!({})), &other, Verdict::Shown, true);
    let ticked = json!({ "tag": "input", "checked": true, "attributes": withheld });
    let hidden = json!({ "tag": "input", "checked": false, "attributes": withheld });
    let ticks = page(json!({ "type": "checkbox", "checked": true }));
    check(&ticks, &ticked, Verdict::Shown, true);
    check(&ticks, &hidden, Verdict::Masked, false);
}

#[test]
fn a_never_zone_that_is_shown_is_a_leak() {
    let page = json!({ "tag": "input", "type": "password", "value": "monsoon", "never": "type password",
        "zone": { "show": "the mark data-saath-show" } });
    let secret = json!({ "tag": "input", "value": "████████", "attributes": { "data-saath-withheld": "masked" } });
    check(&page, &secret, Verdict::Never, false);
    check(&page, &json!({ "tag": "input", "value": "monsoon" }), Verdict::Shown, true);
    let token = json!({ "tag": "meta", "attributes": { "name": "csrf-token", "content": "a8f5" } });
    check(&token, &json!({ "tag": "saath-gap" }), Verdict::Never, false);
    check(
        &token,
        &json!({ "tag": "meta", "attributes": { "content": "a8f5" } }),
        Verdict::Shown,
        true,
    );
}

#[test]
fn a_masked_list_that_has_its_choice_is_a_leak() {
    let page = json!({ "tag": "select", "chosen": [1], "never": "its name is that of a secret" });
    let withheld = json!({ "data-saath-withheld": "masked" });
    let list = |chosen: Value| json!({ "tag": "select", "chosen": chosen, "attributes": withheld });
    check(&page, &list(json!([])), Verdict::Never, false);
    let judged = judged(&page, &list(json!([1])), &VALUES);
    assert!(judged.fields[0].verdict.is_seen() && !judged.leaks.is_empty());
}

#[test]
fn a_value_that_nothing_shows_is_a_leak_where_it_is_read() {
    let page = json!({ "tag": "input", "type": "text", "value": "Asha" });
    let open = json!({ "tag": "input", "value": "Asha" });
    check(&page, &open, Verdict::Shown, true);
    check(&page, &json!({ "tag": "input", "value": "████" }), Verdict::Masked, false);
    let shown =
        json!({ "tag": "input", "type": "text", "value": "Asha", "zone": { "show": "the mark" } });
    check(&shown, &open, Verdict::Shown, false);
    // A list that says it withholds, and has its options.
    let list = json!({ "tag": "select", "chosen": [0], "texts": ["Bihar"] });
    let withheld = json!({ "data-saath-withheld": "masked" });
    let options =
        json!({ "tag": "select", "chosen": [], "texts": ["Bihar"], "attributes": withheld });
    check(&list, &options, Verdict::Shown, true);
}

#[test]
fn an_address_that_is_sent_is_a_leak() {
    let link = json!({ "tag": "a", "attributes": { "href": "/refund?id=7" } });
    let sent =
        judged(&link, &json!({ "tag": "a", "attributes": { "href": "/refund?id=7" } }), &VALUES);
    assert_eq!((sent.addresses.found, sent.addresses.sent, sent.leaks.len()), (1, 1, 1));
    let kept = judged(&link, &json!({ "tag": "a", "attributes": { "href": "#" } }), &VALUES);
    assert_eq!((kept.addresses.sent, kept.leaks.len()), (0, 0));
}

#[test]
fn without_a_policy_what_is_shown_is_a_leak() {
    let rules = Rules::Everything("there is no policy".to_owned());
    let page =
        json!({ "tag": "p", "own": ["show"], "zone": { "show": "the mark" }, "texts": ["Asha"] });
    let shown = judged(&page, &json!({ "tag": "p", "texts": ["Asha"] }), &rules);
    assert_eq!((shown.leaks.len(), shown.texts.shown), (1, 1));
    let masked = judged(&page, &json!({ "tag": "p", "texts": ["████"] }), &rules);
    assert_eq!((masked.leaks.len(), masked.texts.masked), (0, 1));
    // Also where no mark stands.
    let page = json!({ "tag": "p", "texts": ["Asha"] });
    for rules in [&rules, &Rules::Mode { strict: true, patterns: true }] {
        assert_eq!(judged(&page, &json!({ "tag": "p", "texts": ["Asha"] }), rules).leaks.len(), 1);
        assert_eq!(judged(&page, &json!({ "tag": "p", "texts": ["████"] }), rules).leaks.len(), 0);
    }
    // And so it is by a policy that says nothing of it.
    let plain = judged(&page, &json!({ "tag": "p", "texts": ["████"] }), &VALUES);
    assert_eq!(plain.texts.caught, 1);
}

#[test]
fn no_label_is_told_that_an_agent_cannot_read() {
    let page = json!({ "tag": "input", "type": "text", "label": "PAN ABCPE1234F", "attributes": { "name": "pan" } });
    let label = |told: &str| {
        let replica = json!({ "tag": "input", "label": told });
        judged(&page, &replica, &VALUES).fields[0].label.clone()
    };
    assert_eq!(label("PAN ████████"), "PAN ████████");
    assert_eq!(label("████████ ████████"), "pan");
    assert_eq!(judged(&page, &Value::Null, &VALUES).fields[0].label, "pan");
}
