//! What an agent sees of each field, told by comparing the replica with the page.
//!
//! The verdict is what is in the replica. Why it is so is asked of the page, by which selectors match;
//! where the reason says that something is hidden and the replica has it all the same, that is a leak.

use std::collections::HashMap;

use super::field::{Field, Judged, Kind, Verdict};
use super::rules::Rules;
use super::seen::{Node, State};
use super::text::{Became, compare, looks_like, spaced};

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
/// Attributes in which pages have text or data, besides `data-…`.
const DATA: &[&str] = &[
    "abbr",
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "content",
    "datetime",
    "download",
    "label",
    "placeholder",
    "standby",
    "summary",
    "title",
];
/// Attributes that give an address.
const ADDRESSES: &[&str] = &[
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];
/// Names, which are told, but for what the net finds in them.
const NAMES: &[&str] = &["class", "for", "id", "name"];
/// Shorter values stand on many a page by chance.
const TELLING: usize = 6;

/// Judges a page in one state.
pub(super) fn judge(state: &State, rules: &Rules) -> Judged {
    let replica = state.replica.nodes.iter().map(|node| (node.at.as_str(), node)).collect();
    let judge = Judge { state, rules, replica };
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
}

impl Judge<'_> {
    fn control(&self, place: usize, node: &Node, kind: Kind, judged: &mut Judged) {
        let found = self.replica.get(node.at.as_str()).copied();
        let (verdict, seen) = match found {
            None => self.absent(node),
            Some(replica) => self.control_beside(place, node, replica),
        };
        let field = self.field(node, kind, verdict, seen);
        let pattern = match (field.verdict, &node.value) {
            (Verdict::Caught, Some(value)) => match compare(value, &field.replica) {
                Became::Partly(parts) => Some(names(&parts)),
                _ => None,
            },
            _ => None,
        };
        let field = Field { echo: self.echo(node, field.verdict), pattern, ..field };
        judged.push(field, self.leak(node, kind, place, found));
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
        judged.push(self.field(node, Kind::Picture, verdict, seen), leaks);
    }

    fn frame(&self, node: &Node, judged: &mut Judged) {
        let read =
            self.replica.get(node.at.as_str()).is_some_and(|replica| replica.frame.is_some());
        let verdict = if read { Verdict::Shown } else { Verdict::Blocked };
        judged.push(self.field(node, Kind::Frame, verdict, "a box of its size".to_owned()), read);
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
        judged.push(self.field(node, Kind::Region, verdict, seen), leaks);
    }

    /// What pages carry for their own servers, in elements that are never sent.
    fn token(&self, node: &Node, judged: &mut Judged) {
        let name = node.attribute("name").unwrap_or_default().to_ascii_lowercase();
        let is_token = node.tag == "meta"
            && ["csrf", "xsrf", "token", "nonce"].iter().any(|word| name.contains(word));
        if !is_token {
            return;
        }
        let told = self.replica.get(node.at.as_str()).and_then(|r| r.attribute("content"));
        let verdict = if told.is_some() { Verdict::Shown } else { Verdict::Never };
        let mut field = self.field(node, Kind::Attribute, verdict, String::new());
        field.rule = "meta elements are not sent".to_owned();
        judged.push(field, told.is_some());
    }

    fn attributes(&self, node: &Node, judged: &mut Judged) {
        let found = self.replica.get(node.at.as_str()).copied();
        let told = |name: &str| {
            let found = found?;
            found.attribute(name).or_else(|| found.attribute(&format!("saath-{name}")))
        };
        for (name, value) in node.attributes.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let is_of_data = name.starts_with("data-") && !name.starts_with("data-saath-");
            if ADDRESSES.contains(&name.as_str()) && !value.starts_with('#') {
                judged.addresses.found += 1;
                if told(name).is_some_and(|told| told == value) {
                    judged.addresses.sent += 1;
                    judged.push(self.attribute(node, name, Verdict::Shown, value), true);
                }
                continue;
            }
            if NAMES.contains(&name.as_str()) {
                let parts = match told(name).map(|told| compare(value, told)) {
                    Some(Became::Partly(parts)) => parts,
                    Some(Became::Blocks) => vec![value.clone()],
                    _ => continue,
                };
                let seen = told(name).unwrap_or_default();
                let mut field = self.attribute(node, name, Verdict::Caught, seen);
                field.pattern = Some(names(&parts));
                judged.push(field, false);
                continue;
            }
            if !is_of_data && !DATA.contains(&name.as_str()) {
                continue;
            }
            let became = told(name).map_or(Became::Nothing, |told| compare(value, told));
            match &became {
                Became::Nothing | Became::Blocks => judged.attributes.masked += 1,
                Became::Partly(parts) => {
                    let seen = told(name).unwrap_or_default();
                    let mut field = self.attribute(node, name, Verdict::Caught, seen);
                    field.pattern = Some(names(parts));
                    judged.push(field, self.rules.hides(node));
                }
                Became::Same | Became::Other => {
                    let seen = told(name).unwrap_or_default();
                    let field = self.attribute(node, name, Verdict::Shown, seen);
                    judged.push(field, self.rules.hides(node));
                }
            }
        }
    }

    /// Counts what became of the texts, and tells of what the net has caught.
    fn texts(&self, node: &Node, kind: Option<Kind>, judged: &mut Judged) {
        let replica = self.replica.get(node.at.as_str()).copied();
        for (text, told, became) in beside(node, replica) {
            let verdict = self.read(node, &became);
            *match verdict {
                Verdict::Shown => &mut judged.texts.shown,
                Verdict::Caught => &mut judged.texts.caught,
                _ => &mut judged.texts.masked,
            } += 1;
            if verdict == Verdict::Caught && kind.is_none_or(|kind| kind == Kind::Button) {
                let mut field = self.field(node, Kind::Text, verdict, told.clone());
                field.pattern = Some(match &became {
                    Became::Partly(parts) => names(parts),
                    _ => looks_like(&text).to_owned(),
                });
                field.label = told;
                judged.push(field, false);
            }
        }
    }

    /// The texts of an element and of all in it that is no control of its own.
    fn texts_in(&self, place: usize) -> Vec<(&Node, String, Became)> {
        let nodes = &self.state.page.nodes;
        let Some(whole) = nodes.get(place) else { return vec![] };
        let mut found = Vec::new();
        let mut skip: Option<&str> = None;
        for node in nodes[place..].iter().take_while(|n| n.at == whole.at || n.is_in(&whole.at)) {
            if skip.is_some_and(|above| node.is_in(above)) || GAPS.contains(&node.tag.as_str()) {
                continue;
            }
            let is_own = node.at != whole.at
                && matches!(kind_of(node), Some(Kind::Control))
                && whole.tag != "select";
            if is_own {
                skip = Some(&node.at);
                continue;
            }
            let replica = self.replica.get(node.at.as_str()).copied();
            found.extend(beside(node, replica).map(|(_, told, became)| (node, told, became)));
        }
        found
    }

    /// Of a text whose every letter is a block both the net and a mask may be the reason.
    fn read(&self, node: &Node, became: &Became) -> Verdict {
        match became {
            Became::Blocks if !self.rules.hides_text(node) => Verdict::Caught,
            became => verdict_of(became),
        }
    }

    /// What is not told to be there, since something around it is not told of.
    fn absent(&self, node: &Node) -> (Verdict, String) {
        let mut at = node.at.as_str();
        while let Some(end) = at.rfind(['.', '#', '/']) {
            at = &at[..end];
            if let Some(above) = self.replica.get(at) {
                let blocked = above.withheld() == Some("blocked");
                return (if blocked { Verdict::Blocked } else { Verdict::Masked }, String::new());
            }
        }
        (Verdict::Masked, String::new())
    }

    /// Whether something that is to be hidden by its own rules can be read in the replica.
    fn leak(&self, node: &Node, kind: Kind, place: usize, replica: Option<&Node>) -> bool {
        let Some(replica) = replica else { return false };
        let is_value = kind == Kind::Control;
        let hides = if is_value { self.rules.hides_values(node) } else { self.rules.hides(node) };
        let text = self.texts_in(place).iter().any(|(_, _, became)| shows(became));
        hides && (holds(node, replica) || text)
    }

    /// Where else in the replica the value stands that is hidden here.
    fn echo(&self, node: &Node, verdict: Verdict) -> Vec<String> {
        let value = spaced(node.value.as_deref().unwrap_or_default()).to_lowercase();
        let is_telling = value.chars().count() >= TELLING
            && value.contains(|c: char| c.is_numeric() || c == ' ' || c == '@')
            && !value.contains('█')
            && node.kind.as_deref() != Some("hidden");
        if verdict.is_seen() || !is_telling {
            return vec![];
        }
        let holds = |text: &String| spaced(text).to_lowercase().contains(&value);
        let places = self.state.replica.nodes.iter().filter(|replica| {
            replica.texts.iter().any(holds)
                || replica.value.as_ref().is_some_and(holds)
                || replica.attributes.values().any(holds)
        });
        let selector = |replica: &Node| {
            let page = self.state.page.nodes.iter().find(|page| page.at == replica.at);
            page.map_or_else(|| replica.tag.clone(), |page| page.selector.clone())
        };
        places.map(selector).take(5).collect()
    }

    fn attribute(&self, node: &Node, name: &str, verdict: Verdict, seen: &str) -> Field {
        let mut field = self.field(node, Kind::Attribute, verdict, seen.to_owned());
        field.attribute = Some(name.to_owned());
        field
    }

    fn field(&self, node: &Node, kind: Kind, verdict: Verdict, seen: String) -> Field {
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
            replica: spaced(&seen),
            agent: self.rules.agent(node, kind, verdict),
            pattern: None,
            echo: vec![],
            deny: node.zone.get("deny").cloned(),
            page_area: node.area,
            replica_area: replica.and_then(|replica| replica.area),
        }
    }
}

/// The texts of an element beside those of the replica.
fn beside<'n>(
    node: &'n Node,
    replica: Option<&'n Node>,
) -> impl Iterator<Item = (String, String, Became)> + 'n {
    let told: &[String] = replica.map_or(&[], |replica| &replica.texts);
    // Texts of their own each, unless some are not told at all.
    let alike = told.len() == node.texts.len();
    let count = if alike { told.len() } else { usize::from(!node.texts.is_empty()) };
    (0..count).map(move |at| {
        let (page, told) = if alike {
            (node.texts[at].clone(), told[at].clone())
        } else {
            (node.texts.join(" "), told.join(" "))
        };
        let became = compare(&page, &told);
        (page, spaced(&told), became)
    })
}

/// Whether a replica that says it withholds a value has it.
fn holds(node: &Node, replica: &Node) -> bool {
    if let Some(chosen) = &node.chosen {
        return !chosen.is_empty() && replica.chosen.as_ref() == Some(chosen);
    }
    if let (Some(checked), Some(told)) = (node.checked, replica.checked) {
        return checked && told;
    }
    if is_drawn(node) && replica.attribute("value").is_none() {
        return false;
    }
    let value = node.value.as_deref().unwrap_or_default();
    let told = replica.value.as_deref().unwrap_or_default();
    !value.trim().is_empty() && shows(&compare(value, told))
}

/// It has a value in any case: which one an attribute tells.
fn is_drawn(node: &Node) -> bool {
    matches!(node.tag.as_str(), "meter" | "progress")
}

fn shows(became: &Became) -> bool {
    matches!(became, Became::Same | Became::Partly(_) | Became::Other)
}

fn verdict_of(became: &Became) -> Verdict {
    match became {
        // What is neither the page's nor blocks is not what was promised.
        Became::Same | Became::Other => Verdict::Shown,
        Became::Partly(_) => Verdict::Caught,
        Became::Blocks | Became::Nothing => Verdict::Masked,
    }
}

fn names(parts: &[String]) -> String {
    let mut names: Vec<&str> = parts.iter().map(|part| looks_like(part)).collect();
    names.dedup();
    names.join(", ")
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
