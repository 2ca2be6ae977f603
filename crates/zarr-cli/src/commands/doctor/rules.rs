//! The rules: what can be wrong, under numbers that never change.

use zarr::tools::Severity;

/// One thing that can be wrong.
#[derive(Debug)]
pub(super) struct Rule {
    /// Never used for another rule.
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) severity: Severity,
    /// What it means.
    text: &'static str,
    /// What `--fix` does; `None` if it could lose something.
    fix: Option<&'static str>,
}

impl Rule {
    /// Its name in reports: `D07`.
    pub(super) fn id(&self) -> String {
        format!("D{:02}", self.number)
    }

    /// Its severity as a word.
    pub(super) fn word(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! rules {
    ($($name:ident = $number:literal $severity:ident $label:literal: $text:literal, $fix:expr;)*) => {
        $(pub(super) const $name: Rule = Rule {
            number: $number,
            name: $label,
            severity: Severity::$severity,
            text: $text,
            fix: $fix,
        };)*

        const ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    INVALID = 1 Error "invalid-metadata":
        "A metadata document violates the format; `zarr validate` says more.", None;
    TWO_FORMATS = 2 Warning "two-formats":
        "A node has documents of both format 2 and format 3, which may say different things.", None;
    IMPLICIT_GROUP = 3 Warning "implicit-group":
        "A directory above a node has no document of its own, so that listing the group above does not find the node.",
        Some("writes the document of an empty group");
    STALE = 4 Error "stale-consolidated":
        "Consolidated metadata differs from the documents of the nodes.",
        Some("consolidates again");
    UNREADABLE = 5 Warning "unreadable-array":
        "The array's codecs or data type are not known here, so that its data cannot be checked.", None;
    TORN = 6 Error "torn-chunk":
        "A chunk cannot be decoded: it is too short, too long or damaged. Restore it, or write it again.", None;
    CHECKSUM = 7 Error "checksum":
        "The data of a chunk does not match its checksum. Restore it, or write it again.", None;
    OUTSIDE = 8 Error "chunk-outside-grid":
        "A chunk lies outside of the array, as left by a writer that shrank it. It takes space, and its old values \
         come back if the array grows.",
        Some("deletes the chunk");
    LEFTOVER = 9 Warning "leftover":
        "A temporary file or lock of a writer that was killed.",
        Some("deletes the file, unless a process still holds it");
    UNKNOWN_KEY = 10 Warning "unknown-key":
        "A key that is neither a document nor a chunk.", None;
    CASE = 11 Warning "case-clash":
        "Two names differ only in upper and lower case: on file systems that ignore case, one hides the other.", None;
    UNAVAILABLE = 12 Error "unavailable-chunk":
        "A chunk or a document exists but cannot be read: because of the disk, the network or permissions.", None;
    CYCLE = 13 Warning "link-cycle":
        "A symbolic link leads to a directory that contains it. What is behind it is not listed, since that would \
         never end.",
        None;
    OTHER_KEYS = 14 Error "other-chunk-keys":
        "Chunks are stored under keys with another separator or encoding than the document says: no reader finds \
         them, and their elements read as the fill value. Correct the document, or rename the chunks.",
        None;
    NO_KEY = 15 Warning "no-key":
        "A name contains a backslash or bytes that are not UTF-8, or is too long to be a key: no reader finds what it \
         names, and copies leave it out.",
        None;
    UNUSED = 16 Warning "unused-bytes":
        "A tenth or more of a shard's bytes belong to none of its inner chunks, as left by writers that append changed \
         inner chunks to a shard.",
        Some("stores the shard without them");
}

/// The list of all rules.
pub(super) fn list() -> String {
    let mut text = String::new();
    for rule in ALL {
        text.push_str(&format!(
            "{} {} ({})\n    {}\n",
            rule.id(),
            rule.name,
            rule.word(),
            rule.text
        ));
        if let Some(fix) = rule.fix {
            text.push_str(&format!("    --fix {fix}.\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_means_one_rule() {
        let numbers: Vec<u8> = ALL.iter().map(|rule| rule.number).collect();
        assert_eq!(numbers, (1..=16).collect::<Vec<u8>>());
        assert!(list().starts_with("D01 invalid-metadata (error)\n"));
    }
}
