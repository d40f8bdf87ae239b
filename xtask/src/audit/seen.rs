//! What the browsers tell of a page and of its replica: the other side of `tests/src/audit.rs` and
//! `tests/audit/survey.js`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is to be looked at, and how.
#[derive(Debug, Serialize)]
pub(super) struct Job<'o> {
    pub(super) engine: &'o str,
    pub(super) width: u32,
    pub(super) dir: Option<&'o std::path::Path>,
    pub(super) pages: &'o [String],
    pub(super) package: &'o std::path::Path,
    pub(super) policy: Option<&'o str>,
    pub(super) cookies: &'o [(String, String)],
    pub(super) storage: &'o [(String, String)],
    pub(super) wait: Option<&'o str>,
    pub(super) scripts: &'o [(String, String)],
    pub(super) deny: &'o [String],
    pub(super) pictures: bool,
    pub(super) timeout: u64,
}

/// What was seen of a page.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    pub(super) page: String,
    #[serde(default)]
    pub(super) policy: Option<Told>,
    pub(super) said: Vec<String>,
    pub(super) states: Vec<State>,
    pub(super) error: Option<String>,
}

/// The policy that a page was captured with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Told {
    /// `given`, `none`, `page`, or the address of a file.
    #[serde(default)]
    pub(super) source: String,
    pub(super) error: Option<String>,
    /// As it is written.
    pub(super) text: Option<String>,
}

/// A page and its replica at a moment.
#[derive(Debug, Deserialize)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) page: Survey,
    pub(super) replica: Survey,
    pub(super) pictures: Option<[String; 2]>,
}

/// All elements of a document.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Survey {
    pub(super) nodes: Vec<Node>,
    /// The selectors of `--fail-on-shown` that name something on it.
    #[serde(default)]
    pub(super) denied: Vec<String>,
    #[serde(default)]
    pub(super) width: f64,
    #[serde(default)]
    pub(super) height: f64,
}

/// An element.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    /// Where it stands in the tree: the same on the page and in the replica.
    pub(super) at: String,
    pub(super) tag: String,
    /// Left, top, width, height.
    #[serde(rename = "box")]
    pub(super) area: Option<[f64; 4]>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) texts: Vec<String>,
    pub(super) value: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) checked: Option<bool>,
    pub(super) chosen: Option<Vec<i64>>,
    /// It holds text that can be edited in place.
    pub(super) edited: bool,
    pub(super) picture: Option<bool>,
    /// `read` or `foreign`.
    pub(super) frame: Option<String>,
    pub(super) label: Option<String>,
    // Of a page only.
    pub(super) selector: String,
    pub(super) never: Option<String>,
    /// For each list of the policy the entry that it comes under, itself or by what it is in.
    pub(super) zone: BTreeMap<String, String>,
    /// The lists that name it itself.
    pub(super) own: Vec<String>,
    pub(super) submits: bool,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// What a replica says that it does not tell of: `masked`, `blocked`, `foreign`.
    pub(super) fn withheld(&self) -> Option<&str> {
        self.attribute("data-saath-withheld")
    }

    /// Whether it stands in what stands at `above`.
    pub(super) fn is_in(&self, above: &str) -> bool {
        self.at.strip_prefix(above).is_some_and(|rest| rest.starts_with(['.', '#', '/']))
    }
}
