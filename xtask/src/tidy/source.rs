//! A file as the rules see it.

/// A text file of the repository.
pub(super) struct Source {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// In the crate's own code or manifest, not in its tests, benches or fuzz targets.
    pub(super) fn is_in(&self, krate: &str) -> bool {
        self.path
            .strip_prefix(krate)
            .is_some_and(|rest| rest.starts_with("/src/") || rest == "/Cargo.toml")
    }

    /// A file that only tests are made of.
    pub(super) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Lines with their numbers, without comments (a `//` in a string counts as one too; no rule
    /// minds).
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| {
            let code = line.find("//").map_or(line, |comment| &line[..comment]);
            (index + 1, code.trim_end())
        })
    }

    /// One breach, clickable in most terminals.
    pub(super) fn breach(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Whether `word` stands in `line` as a whole word.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(in_word) && !line[at + word.len()..].starts_with(in_word)
    })
}
