//! The rules: what can be wrong, under numbers that stay. Finds nothing itself.

use zarr::tools::Severity;

/// One thing that can be wrong.
#[derive(Debug)]
pub(super) struct Rule {
    /// Never given to another rule.
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) severity: Severity,
    /// What it means.
    text: &'static str,
    /// What `--fix` does; nothing where that could lose something.
    fix: Option<&'static str>,
}

impl Rule {
    /// As reports name it: `D07`.
    pub(super) fn id(&self) -> String {
        format!("D{:02}", self.number)
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
        "A metadata document breaks the format; `zarr validate` says more.", None;
    TWO_FORMATS = 2 Warning "two-formats":
        "One node has documents of format 2 and of format 3. Readers of one see what readers of the other do not.",
        None;
    IMPLICIT_GROUP = 3 Warning "implicit-group":
        "A directory above a node has no document of its own, so that listing the group above does not find the node.",
        Some("writes the document of an empty group");
    STALE = 4 Error "stale-consolidated":
        "Consolidated metadata is not what the documents of the nodes say now.",
        Some("consolidates again");
    UNREADABLE = 5 Warning "unreadable-array":
        "The array's codecs or data type are not known here, so that its data cannot be checked.", None;
    TORN = 6 Error "torn-chunk":
        "A chunk cannot be decoded: it is cut short, too long, or damaged. Restore it, or write it again.", None;
    CHECKSUM = 7 Error "checksum":
        "A chunk's data is not what its checksum says. Restore it, or write it again.", None;
    OUTSIDE = 8 Error "chunk-outside-grid":
        "A chunk lies outside of the array, as left by a writer that made it smaller. It takes room, and its old \
         values come back when the array grows.",
        Some("deletes the chunk");
    LEFTOVER = 9 Warning "leftover":
        "A file that a writer made for a while and did not remove, since it was killed.",
        Some("deletes the file, unless somebody holds it");
    UNKNOWN_KEY = 10 Warning "unknown-key":
        "Something that is neither a document nor a chunk.", None;
    CASE = 11 Warning "case-clash":
        "Two names differ in upper and lower case alone: where file names do not, one hides the other.", None;
    UNAVAILABLE = 12 Error "unavailable-chunk":
        "A chunk or a document is there and could not be read: the disk, the network or permissions.", None;
    CYCLE = 13 Warning "link-cycle":
        "A symbolic link leads to a directory that it lies in. Nothing lists what is behind it, since there would \
         be no end.",
        None;
    OTHER_KEYS = 14 Error "other-chunk-keys":
        "Chunks lie under keys with another separator, or another encoding, than the document says: nobody reads \
         them, and their cells are the fill value. Say in the document how they are named, or rename them.",
        None;
    NO_KEY = 15 Warning "no-key":
        "A name with a backslash, of other bytes than UTF-8, or too long a one: no key can be made of it, so that \
         nobody reads what it names and a copy leaves it out.",
        None;
}

/// All of them, for people.
pub(super) fn list() -> String {
    let mut text = String::new();
    for rule in ALL {
        text.push_str(&format!(
            "{} {} ({})\n    {}\n",
            rule.id(),
            rule.name,
            super::word(rule),
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
        assert_eq!(numbers, (1..=15).collect::<Vec<u8>>());
        assert!(list().starts_with("D01 invalid-metadata (error)\n"));
    }
}
