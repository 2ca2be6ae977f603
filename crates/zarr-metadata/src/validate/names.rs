//! The rules of v3 for names: of extensions and of nodes. Readers take any name, so breaking these rules is
//! tolerated.

use crate::path::NodePath;
use crate::pointer::JsonPlace;
use crate::problem::{Problems, brief};

/// The name of an unknown extension. The format once asked for URLs and still allows them.
pub(super) fn extension(name: &str, at: &JsonPlace<'_>, problems: &mut Problems) {
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    let is_url = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"))
        .is_some_and(|rest| !rest.is_empty());
    let begins_well = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.len() > 1;
    let is_plain = begins_well && name.bytes().all(plain);
    if !is_url && !is_plain {
        let expected = "a name of the letters a-z, digits, -, _ and . that begins with a letter";
        problems.tolerate_instead(at, expected, brief(&name.into()));
    }
}

/// The names in the path of a node, which is a path of names with one slash between them.
pub(crate) fn node(path: &str, at: &JsonPlace<'_>, problems: &mut Problems) {
    let new = NodePath::parse(path).and_then(|path| path.check_new());
    if let Err(error) = new {
        let expected = "valid node names";
        let segment = brief(&error.segment.as_str().into());
        problems.tolerate_instead(at, expected, format!("{segment}, which {}", error.problem));
    }
}
