//! What stands on the page beside what stands in its place in the replica.

use super::super::field::{Judged, Kind, Verdict};
use super::super::seen::Node;
use super::super::text::{Became, compare, looks_like, spaced};
use super::{GAPS, Judge, kind_of};

/// Shorter values stand on many a page by chance.
const TELLING: usize = 6;

impl Judge<'_> {
    /// Counts what became of the texts, and tells of what the net has caught.
    pub(super) fn texts(&self, node: &Node, kind: Option<Kind>, judged: &mut Judged) {
        let replica = self.replica.get(node.at.as_str()).copied();
        for (text, told, became) in beside(node, replica) {
            let verdict = self.read(node, &became);
            *match verdict {
                Verdict::Shown => &mut judged.texts.shown,
                Verdict::Caught => &mut judged.texts.caught,
                _ => &mut judged.texts.masked,
            } += 1;
            let is_apart = kind.is_none() && node.own.is_empty();
            if is_apart && shows(&became) && self.rules.hides_text(node) {
                let field = self.field(node, Kind::Text, verdict, &told);
                self.put(judged, node, field, true);
                continue;
            }
            if verdict == Verdict::Caught && kind.is_none_or(|kind| kind == Kind::Button) {
                let mut field = self.field(node, Kind::Text, verdict, &told);
                field.pattern = Some(match &became {
                    Became::Partly(parts) => names(parts),
                    _ => looks_like(&text).to_owned(),
                });
                field.label = told;
                self.put(judged, node, field, false);
            }
        }
    }

    /// The texts of an element and of all in it that is no control of its own.
    pub(super) fn texts_in(&self, place: usize) -> Vec<(&Node, String, Became)> {
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
    pub(super) fn read(&self, node: &Node, became: &Became) -> Verdict {
        match became {
            Became::Blocks if !self.rules.hides_text(node) => Verdict::Caught,
            became => verdict_of(became),
        }
    }

    /// What is not told to be there, since something around it is not told of.
    pub(super) fn absent(&self, node: &Node) -> (Verdict, String) {
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
    pub(super) fn leak(
        &self,
        node: &Node,
        kind: Kind,
        place: usize,
        replica: Option<&Node>,
    ) -> bool {
        let Some(replica) = replica else { return false };
        let is_value = kind == Kind::Control;
        let hides = if is_value { self.rules.hides_values(node) } else { self.rules.hides(node) };
        let text = self.texts_in(place).iter().any(|(_, _, became)| shows(became));
        hides && (holds(node, replica) || text)
    }

    /// Where else in the replica the value stands that is hidden here.
    pub(super) fn echo(&self, node: &Node, verdict: Verdict) -> Vec<String> {
        let value = spaced(node.value.as_deref().unwrap_or_default()).to_lowercase();
        let is_telling = value.chars().count() >= TELLING
            && value.contains(|c: char| c.is_numeric() || c == ' ' || c == '@')
            && !value.contains('█')
            && node.kind.as_deref() != Some("hidden");
        if verdict.is_seen() || !is_telling {
            return vec![];
        }
        let places = self.readable.iter().filter(|(_, text)| text.contains(&value));
        let selector = |replica: &Node| {
            let page = self.state.page.nodes.iter().find(|page| page.at == replica.at);
            page.map_or_else(|| replica.tag.clone(), |page| page.selector.clone())
        };
        places.map(|(replica, _)| selector(replica)).take(5).collect()
    }
}

/// All that can be read of each element of a replica, in small letters.
pub(super) fn readable(nodes: &[Node]) -> Vec<(&Node, String)> {
    let read = |node: &Node| {
        let texts = node.texts.iter().chain(&node.value).chain(node.attributes.values());
        texts.map(|text| spaced(text).to_lowercase()).collect::<Vec<_>>().join("\n")
    };
    nodes.iter().map(|node| (node, read(node))).filter(|(_, text)| !text.is_empty()).collect()
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
pub(super) fn holds(node: &Node, replica: &Node) -> bool {
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
pub(super) fn is_drawn(node: &Node) -> bool {
    matches!(node.tag.as_str(), "meter" | "progress")
}

pub(super) fn shows(became: &Became) -> bool {
    matches!(became, Became::Same | Became::Partly(_) | Became::Other)
}

pub(super) fn verdict_of(became: &Became) -> Verdict {
    match became {
        // What is neither the page's nor blocks is not what was promised.
        Became::Same | Became::Other => Verdict::Shown,
        Became::Partly(_) => Verdict::Caught,
        Became::Blocks | Became::Nothing => Verdict::Masked,
    }
}

pub(super) fn names(parts: &[String]) -> String {
    let mut names: Vec<&str> = parts.iter().map(|part| looks_like(part)).collect();
    names.dedup();
    names.join(", ")
}
