//! Which name was meant: tells names that differ from a known one by a typo.

/// Names as messages quote them.
pub fn quoted(names: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}

/// Whether two names differ by case, a hyphen or a typo only.
pub fn is_near(name: &str, known: &str) -> bool {
    let (name, known) = (plain(name), plain(known));
    let slips = if name.len().min(known.len()) < 4 {
        1
    } else {
        2
    };
    strsim::generic_levenshtein(&name, &known) <= slips
}

/// Of the names that are [near](is_near), the nearest.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.filter(|known| is_near(name, known));
    near.min_by_key(|known| strsim::generic_damerau_levenshtein(&plain(name), &plain(known)))
}

/// The letters and digits of a name, in lower case.
fn plain(name: &str) -> Vec<char> {
    /// No known name is longer, and a comparison takes quadratic time.
    const LONGEST: usize = 40;
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters
        .map(|c| c.to_ascii_lowercase())
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_other_names_are_not() {
        for (name, known) in [
            ("GZip", "gzip"),
            ("zlbi", "zlib"),
            ("crc-32c", "crc32c"),
            ("zst", "zstd"),
        ] {
            assert!(is_near(name, known), "{name} {known}");
        }
        for (name, known) in [("abc", "xyz"), ("kitten", "sitting"), ("lz4", "zlib")] {
            assert!(!is_near(name, known), "{name} {known}");
        }
        let floats = ["float16", "float32", "float64"];
        assert_eq!(nearest("float23", floats.into_iter()), Some("float32"));
    }
}
