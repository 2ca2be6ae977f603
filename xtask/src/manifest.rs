//! Reads the part of TOML that the manifests of this workspace use: one `key = value` per line, under `[section]`s.
//!
//! This is no TOML parser: only the first line of a value is kept. A line that it cannot read is an error, so that a
//! manifest in another style does not pass unchecked.

use crate::report::Result;

/// The lines of one Cargo.toml.
pub(crate) struct Manifest {
    entries: Vec<Entry>,
}

/// One `key = value`.
pub(crate) struct Entry {
    pub(crate) section: String,
    pub(crate) key: String,
    pub(crate) value: String,
    /// Whether there is a comment above it in the same paragraph.
    pub(crate) commented: bool,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut entries = Vec::new();
        let mut section = String::new();
        let mut commented = false;
        let mut open = 0_usize;
        for line in text.lines() {
            let trimmed = line.trim();
            let inside = open > 0;
            open = (open + trimmed.matches(['[', '{']).count())
                .saturating_sub(trimmed.matches([']', '}']).count());
            if inside {
                continue;
            }
            if trimmed.is_empty() {
                commented = false;
            } else if trimmed.starts_with('#') {
                commented = true;
                open = 0;
            } else if let Some(header) = trimmed.strip_prefix('[') {
                section = header
                    .trim_end_matches(']')
                    .trim_start_matches('[')
                    .to_owned();
                commented = false;
            } else if let Some((key, value)) = trimmed.split_once('=') {
                entries.push(Entry {
                    section: section.clone(),
                    key: key.trim().to_owned(),
                    value: value.trim().trim_matches('"').to_owned(),
                    commented,
                });
            } else {
                return Err(format!(
                    "a manifest line that xtask cannot read: `{trimmed}`"
                ));
            }
        }
        Ok(Self { entries })
    }

    pub(crate) fn value(&self, section: &str, key: &str) -> Option<&str> {
        let wanted = |entry: &&Entry| entry.section == section && entry.key == key;
        self.entries
            .iter()
            .find(wanted)
            .map(|entry| entry.value.as_str())
    }

    pub(crate) fn section<'a>(&'a self, section: &'static str) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.section == section)
    }

    /// The features but `default`, in the order of the file.
    pub(crate) fn features(&self) -> Vec<&str> {
        self.section("features")
            .map(|entry| entry.key.as_str())
            .filter(|key| *key != "default")
            .collect()
    }

    /// Package names this crate depends on: normal, build, dev and per target.
    pub(crate) fn dependencies(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.entries.iter().filter_map(dependency).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn dependency(entry: &Entry) -> Option<&str> {
    if entry.section.starts_with("workspace") {
        return None;
    }
    // `[dependencies.name]`: the name is in the header.
    if let Some((_, name)) = entry.section.rsplit_once("dependencies.") {
        return Some(if entry.key == "package" {
            &entry.value
        } else {
            name
        });
    }
    if !entry.section.ends_with("dependencies") {
        return None;
    }
    if let Some((_, renamed)) = entry.value.split_once("package = \"") {
        return renamed.split('"').next();
    }
    entry.key.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_in_every_spelling() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\nc = \"1\"\n\
                    d = { version = \"1\", package = \"real\" }\n\n[dependencies.e]\nversion = \"1\"\n\
                    [target.'cfg(unix)'.dependencies]\nf = \"1\"\n[dev-dependencies]\ng = { features = [\n  \"x\",\n] }\n\
                    [workspace.dependencies]\nh = \"1\"\n";
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(manifest.dependencies(), ["b", "c", "e", "f", "g", "real"]);
        assert_eq!(manifest.value("package", "name"), Some("a"));
    }

    #[test]
    fn features_without_default() {
        let manifest =
            Manifest::parse("[features]\ndefault = [\"x\"]\nx = []\ny = [\"x\"]\n").unwrap();
        assert_eq!(manifest.features(), ["x", "y"]);
    }

    #[test]
    fn a_comment_covers_its_paragraph() {
        let manifest = Manifest::parse("[w]\n# why\na = \"1\"\nb = \"1\"\n\nc = \"1\"\n").unwrap();
        let commented: Vec<bool> = manifest.section("w").map(|entry| entry.commented).collect();
        assert_eq!(commented, [true, true, false]);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        assert!(Manifest::parse("[a]\nnonsense\n").is_err());
    }
}
