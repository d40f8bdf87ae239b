//! What an agent sees of each field, told by comparing the replica with the page.
//!
//! The verdict is what is in the replica. Why it is so is asked of the page, by which selectors match;
//! where the reason says that something is hidden and the replica has it all the same, that is a leak.

mod attributes;
mod beside;

use std::collections::HashMap;

use super::field::{Field, Judged, Kind, Verdict};
use super::rules::Rules;
use super::seen::{Node, State};
use super::text::{Became, compare, spaced};
use beside::{holds, is_drawn, names, readable, shows, verdict_of};

/// Never in a replica; an empty element keeps the place.
const GAPS: &[&str] = &[
    "script", "noscript", "template", "link", "meta", "base", "source", "track", "param", "style",
];
const CONTROLS: &[&str] = &["input", "textarea", "select", "button", "output", "meter", "progress"];
/// Their text is their value.
const WRITTEN: &[&str] = &["combobox", "searchbox", "spinbutton", "textbox"];
/// An attribute is.
const TICKED: &[&str] = &[
    "checkbox",
    "listbox",
    "menuitemcheckbox",
    "menuitemradio",
    "meter",
    "option",
    "progressbar",
    "radio",
    "scrollbar",
    "slider",
    "switch",
];

/// Judges a page in one state.
pub(super) fn judge(state: &State, rules: &Rules) -> Judged {
    let replica = state.replica.nodes.iter().map(|node| (node.at.as_str(), node)).collect();
    let judge = Judge { state, rules, replica, readable: readable(&state.replica.nodes) };
    let mut judged = Judged::default();
    for (place, node) in state.page.nodes.iter().enumerate() {
        if GAPS.contains(&node.tag.as_str()) {
            judge.token(node, &mut judged);
            continue;
        }
        let kind = kind_of(node);
        match kind {
            Some(Kind::Picture) => judge.picture(node, &mut judged),
            Some(Kind::Frame) => judge.frame(node, &mut judged),
            Some(kind) => judge.control(place, node, kind, &mut judged),
            None if !node.own.is_empty() => judge.region(place, node, &mut judged),
            None => {}
        }
        judge.attributes(node, &mut judged);
        judge.texts(node, kind, &mut judged);
    }
    judged
}

fn kind_of(node: &Node) -> Option<Kind> {
    let roles = node.attribute("role").unwrap_or_default();
    let is = |known: &[&str]| roles.split_whitespace().any(|role| known.contains(&role));
    if node.picture.is_some() && node.tag != "input" {
        return Some(Kind::Picture);
    }
    if node.frame.as_deref() == Some("foreign") {
        return Some(Kind::Frame);
    }
    if node.tag == "button" {
        return Some(Kind::Button);
    }
    let is_control = CONTROLS.contains(&node.tag.as_str()) || node.edited;
    (is_control || is(WRITTEN) || is(TICKED)).then_some(Kind::Control)
}

struct Judge<'s> {
    state: &'s State,
    rules: &'s Rules,
    replica: HashMap<&'s str, &'s Node>,
    readable: Vec<(&'s Node, String)>,
}

impl Judge<'_> {
    fn control(&self, place: usize, node: &Node, kind: Kind, judged: &mut Judged) {
        let found = self.replica.get(node.at.as_str()).copied();
        let (verdict, seen) = match found {
            None => self.absent(node),
            Some(replica) => self.control_beside(place, node, replica),
        };
        let field = self.field(node, kind, verdict, &seen);
        let pattern = match (field.verdict, &node.value) {
            (Verdict::Caught, Some(value)) => match compare(value, &field.replica) {
                Became::Partly(parts) => Some(names(&parts)),
                _ => None,
            },
            _ => None,
        };
        let field = Field { echo: self.echo(node, field.verdict), pattern, ..field };
        self.put(judged, node, field, self.leak(node, kind, place, found));
    }

    /// A control that has its place in the replica.
    fn control_beside(&self, place: usize, node: &Node, replica: &Node) -> (Verdict, String) {
        match replica.withheld() {
            Some("blocked") => return (Verdict::Blocked, String::new()),
            Some(_)
                if !holds(node, replica) && !self.texts_in(place).iter().any(|t| shows(&t.2)) =>
            {
                let seen = replica.value.clone().unwrap_or_default();
                return (Verdict::Masked, seen);
            }
            _ => {}
        }
        if is_drawn(node) && replica.attribute("value").is_none() {
            return (Verdict::Masked, String::new());
        }
        if let (Some(checked), Some(told)) = (node.checked, replica.checked) {
            let verdict = if checked == told { Verdict::Shown } else { Verdict::Masked };
            return (verdict, if told { "ticked" } else { "not ticked" }.to_owned());
        }
        let ticked = ["aria-checked", "aria-selected", "aria-valuenow", "aria-pressed"]
            .into_iter()
            .find_map(|name| Some((node.attribute(name)?, replica.attribute(name))));
        if let Some(value) = &node.value {
            let told = replica.value.as_deref().unwrap_or_default();
            return (verdict_of(&compare(value, told)), told.to_owned());
        }
        let texts = self.texts_in(place);
        if node.chosen.is_some() && !holds(node, replica) && texts.is_empty() {
            return (Verdict::Masked, String::new());
        }
        if node.tag == "select" && texts.is_empty() {
            return (Verdict::Shown, "which is chosen".to_owned());
        }
        if node.tag != "button"
            && let Some((page, told)) = ticked
        {
            let shown = told == Some(page);
            let verdict = if shown { Verdict::Shown } else { Verdict::Masked };
            return (verdict, told.unwrap_or_default().to_owned());
        }
        let worst = texts.iter().map(|(_, _, became)| verdict_of(became)).max();
        let seen: Vec<&str> = texts.iter().map(|(_, replica, _)| replica.as_str()).collect();
        let nothing = if self.rules.hides_values(node) { Verdict::Masked } else { Verdict::Shown };
        (worst.unwrap_or(nothing), seen.join(" "))
    }

    fn picture(&self, node: &Node, judged: &mut Judged) {
        if node.picture == Some(false) {
            return;
        }
        let found = self.replica.get(node.at.as_str()).copied();
        let (verdict, seen) = match found {
            None => self.absent(node),
            Some(replica) if replica.picture == Some(true) => {
                (Verdict::Shown, "the picture".to_owned())
            }
            Some(replica) if replica.withheld() == Some("blocked") => {
                (Verdict::Blocked, "a box of its size".to_owned())
            }
            Some(_) => (Verdict::Masked, "a box of its size".to_owned()),
        };
        let leaks = verdict == Verdict::Shown && self.rules.hides(node);
        self.put(judged, node, self.field(node, Kind::Picture, verdict, &seen), leaks);
    }

    fn frame(&self, node: &Node, judged: &mut Judged) {
        let read =
            self.replica.get(node.at.as_str()).is_some_and(|replica| replica.frame.is_some());
        let verdict = if read { Verdict::Shown } else { Verdict::Blocked };
        self.put(judged, node, self.field(node, Kind::Frame, verdict, "a box of its size"), read);
    }

    /// An element that a mark or the policy names itself, and that is nothing else.
    fn region(&self, place: usize, node: &Node, judged: &mut Judged) {
        let found = self.replica.get(node.at.as_str()).copied();
        let texts = self.texts_in(place);
        let (verdict, seen) = match found {
            None => self.absent(node),
            Some(replica) if replica.withheld() == Some("blocked") => {
                (Verdict::Blocked, "an empty box".to_owned())
            }
            Some(_) => {
                let worst = texts.iter().map(|(page, _, became)| self.read(page, became)).max();
                let none = if self.rules.hides(node) { Verdict::Masked } else { Verdict::Shown };
                let seen: Vec<&str> =
                    texts.iter().map(|(_, replica, _)| replica.as_str()).collect();
                (worst.unwrap_or(none), seen.join(" "))
            }
        };
        let leaks = texts.iter().any(|(page, _, became)| {
            !page.texts.is_empty() && self.rules.hides(node) && shows(became)
        });
        self.put(judged, node, self.field(node, Kind::Region, verdict, &seen), leaks);
    }

    /// Adds a field; of a leak the rule is the one that it breaks.
    fn put(&self, judged: &mut Judged, node: &Node, mut field: Field, leaks: bool) {
        if leaks {
            let hidden = match () {
                () if node.never.is_some() => Verdict::Never,
                () if node.zone.contains_key("block") => Verdict::Blocked,
                () => Verdict::Masked,
            };
            field.rule = self.rules.reason(node, field.kind, hidden);
        }
        judged.push(field, leaks);
    }

    fn field(&self, node: &Node, kind: Kind, verdict: Verdict, seen: &str) -> Field {
        let replica = self.replica.get(node.at.as_str()).copied();
        // A never-zone is one by what the page says; that it is hidden the replica says.
        let is_never = node.never.is_some() && kind == Kind::Control;
        let verdict = if is_never && verdict == Verdict::Masked { Verdict::Never } else { verdict };
        Field {
            selector: node.selector.clone(),
            attribute: None,
            label: label(node, replica),
            kind,
            of: node.kind.clone().unwrap_or_else(|| node.tag.clone()),
            verdict,
            rule: self.rules.reason(node, kind, verdict),
            replica: spaced(seen),
            agent: self.rules.agent(node, kind, verdict),
            pattern: None,
            echo: vec![],
            deny: node.zone.get("deny").cloned(),
            page_area: node.area,
            replica_area: replica.and_then(|replica| replica.area),
        }
    }
}

/// What a person calls it, as far as an agent may read that too: else its name for machines.
fn label(node: &Node, replica: Option<&Node>) -> String {
    let told = replica.and_then(|replica| replica.label.as_deref()).unwrap_or_default();
    if !told.trim().is_empty() && !told.chars().all(|c| c == '█' || c.is_whitespace()) {
        return spaced(told);
    }
    let given = |text: &&str| !text.is_empty() && !text.contains(|c: char| c.is_ascii_digit());
    let name = ["name", "id"].into_iter().find_map(|name| node.attribute(name).filter(given));
    name.unwrap_or_default().to_owned()
}
