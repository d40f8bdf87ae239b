//! The fixtures in `tests/vectors/`: a fragment of a page for each of the vectors, and what it says of
//! itself.
//!
//! A fixture begins with a comment: its number and what it is, then lines `key: value`. Its secrets are
//! made from the number, so none is written twice: `{{canary}}`, `{{pan}}` and `{{aadhaar}}` in the
//! text, and names of the same in its script.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::oracle::Secret;

/// Its number and its name, and what becomes of the page.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// 1 to 80.
    pub number: u8,
    /// In a few words.
    pub name: String,
    /// The folder it lies in.
    pub group: String,
    /// What it says of itself besides.
    says: BTreeMap<String, String>,
    text: String,
    check: Option<String>,
}

impl Fixture {
    /// All of them, by number.
    ///
    /// # Errors
    /// When one cannot be read, or there are two of a number.
    pub fn all() -> Result<Vec<Self>> {
        let mut all = BTreeMap::new();
        for group in files(&folder())?.into_iter().filter(|path| path.is_dir()) {
            for file in files(&group)? {
                let fixture =
                    Self::read(&file, &group).with_context(|| format!("{}", file.display()))?;
                let number = fixture.number;
                ensure!(all.insert(number, fixture).is_none(), "there are two of {number}");
            }
        }
        Ok(all.into_values().collect())
    }

    fn read(file: &Path, group: &Path) -> Result<Self> {
        let whole = std::fs::read_to_string(file)?;
        let (head, text) = whole
            .strip_prefix("<!--\n")
            .and_then(|rest| rest.split_once("\n-->\n"))
            .context("it does not begin with a comment")?;
        let mut lines = head.lines();
        let (number, name) =
            lines.next().and_then(|line| line.split_once(' ')).context("no number and name")?;
        let named = file
            .file_name()
            .is_some_and(|file| file.to_string_lossy().starts_with(&format!("{number}-")));
        ensure!(named, "the file is not named by its number, {number}");
        let mut says = BTreeMap::new();
        for line in lines {
            let (key, value) = line.split_once(": ").with_context(|| format!("`{line}`"))?;
            let known = [
                "rule",
                "unread",
                "asks",
                "page",
                "address",
                "from",
                "applies",
                "not in",
                "partly in",
            ];
            ensure!(known.contains(&key), "`{key}` means nothing");
            says.insert(key.to_owned(), value.to_owned());
        }
        ensure!(says.contains_key("rule"), "it does not say by which rule it is masked");
        let group = group.file_name().context("a folder")?.to_string_lossy().into_owned();
        let (number, name) = (number.parse()?, name.to_owned());
        let (text, check) = match text.split_once("<script type=\"saath/replica\">") {
            None => (text.to_owned(), None),
            Some((before, rest)) => {
                let (check, after) = rest.split_once("</script>\n").context("it does not end")?;
                (format!("{before}{after}"), Some(check.to_owned()))
            }
        };
        Ok(Self { number, name, group, says, text, check })
    }

    /// The canary, which only a mask hides.
    #[must_use]
    pub fn canary(&self) -> String {
        canary("CNRY", self.number)
    }

    /// A PAN, which the pattern net hides as well.
    #[must_use]
    pub fn pan(&self) -> String {
        format!("CNRPV{:04}K", 7000 + u16::from(self.number))
    }

    /// An Aadhaar number with a valid check digit.
    #[must_use]
    pub fn aadhaar(&self) -> String {
        verhoeff(&format!("78{:02}4913605", self.number))
    }

    /// What must not be found; of the canary what is common to all that fixtures make of it, and its
    /// first half, as some break it in two.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let of = format!("{:02}", self.number);
        let (canary, half) = (self.canary()[..11].to_owned(), self.canary()[..6].to_owned());
        [canary, half, self.pan(), self.aadhaar()]
            .map(|text| Secret { of: of.clone(), text })
            .into()
    }

    /// What the page has of it: its part of the body.
    #[must_use]
    pub fn html(&self) -> String {
        let (canary, pan, aadhaar) = (self.canary(), self.pan(), self.aadhaar());
        let secrets = serde_json::json!({ "number": self.number, "canary": canary, "pan": pan, "aadhaar": aadhaar });
        let call = format!("<script>vector({secrets}, ({NAMES}) => {{");
        let mut text = self.text.replace("<script>", &call);
        // The last one is the fixture's; there is no other in it.
        match text.rfind("</script>").filter(|_| text.contains(&call)) {
            Some(at) => text.insert_str(at, "});"),
            None => text += &format!("<script>vector({secrets})</script>"),
        }
        let text = self.filled(&text);
        format!("<section id=\"v{:02}\">\n{text}</section>\n", self.number)
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{{canary}}", &self.canary())
            .replace("{{pan}}", &self.pan())
            .replace("{{aadhaar}}", &self.aadhaar())
    }

    /// The pages that it is on: its group's, or those of its own.
    #[must_use]
    pub fn pages(&self) -> Vec<&str> {
        self.says.get("page").map_or_else(|| vec![&*self.group], |pages| pages.split(' ').collect())
    }

    /// Whether it is on this page.
    #[must_use]
    pub fn is_on(&self, page: &str) -> bool {
        self.pages().contains(&page)
    }

    /// What follows its page's path, if it says so.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.says.get("address").map(|address| self.filled(address))
    }

    /// Where its page is come to from, if it says so.
    #[must_use]
    pub fn from(&self) -> Option<String> {
        self.says.get("from").map(|address| self.filled(address))
    }

    /// A function body that says what its section of the replica, in `doc`, tells besides texts.
    #[must_use]
    pub fn check(&self) -> Option<&str> {
        self.check.as_deref()
    }

    /// Why a mask that hides nothing would not show it, if it would not.
    #[must_use]
    pub fn unread(&self) -> Option<&str> {
        self.says.get("unread").map(String::as_str)
    }

    /// Whether the page itself asks its own site for what has a secret in it.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.says.contains_key("asks")
    }

    /// In which phases it is looked for, and why not in the others.
    #[must_use]
    pub fn applies(&self) -> Option<(Vec<&str>, &str)> {
        let (phases, why) = self.says.get("applies")?.split_once("; ")?;
        Some((phases.split(", ").collect(), why))
    }

    /// Why this engine cannot have it, if it cannot.
    #[must_use]
    pub fn missing_in(&self, engine: &str) -> Option<&str> {
        self.says.get("not in")?.strip_prefix(engine)?.strip_prefix("; ")
    }

    /// What of it this engine cannot have, if it cannot have all.
    #[must_use]
    pub fn partly_in(&self, engine: &str) -> Option<&str> {
        self.says.get("partly in")?.strip_prefix(engine)?.strip_prefix("; ")
    }
}

const NAMES: &str = "{ canary, pan, aadhaar, section, find, mutate, toggle, turn, rewrite }";

/// A text that no net catches, with a number in it.
pub(super) fn canary(kind: &str, number: u8) -> String {
    format!("{kind}{number:02}-7G4KQ9XH")
}

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        files.push(entry?.path());
    }
    files.sort();
    if files.is_empty() {
        bail!("{} is empty", folder.display());
    }
    Ok(files)
}

/// The digits with the check digit that makes them valid.
fn verhoeff(digits: &str) -> String {
    // Composition in the dihedral group of order ten, and the permutation to the power of a place.
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const STEP: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let placed = |digit, place| (0..place).fold(digit, |digit, _| STEP[digit as usize]);
    let sum = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .zip(1..)
        .fold(0, |sum, (digit, place)| times(sum, placed(digit, place)));
    let check = (0..10).find(|check| times(sum, *check) == 0).unwrap_or(0);
    format!("{digits}{check}")
}
