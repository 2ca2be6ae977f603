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

/// The known names, those first whose `compared` part differs least from a name; equally near ones stay in their
/// order.
pub fn nearest_first<'a, T>(
    name: &str,
    known: &'a [T],
    compared: impl Fn(&T) -> String,
) -> Vec<&'a T> {
    let name = plain(name);
    let mut known: Vec<&T> = known.iter().collect();
    known.sort_by_cached_key(|of| {
        let of = plain(&compared(of));
        // The part of the letters that differ, in thousandths: otherwise short names would be near to all others.
        1000 * strsim::generic_damerau_levenshtein(&name, &of) / name.len().max(of.len()).max(1)
    });
    known
}

/// Of the names that are [near](is_near), the nearest.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near: Vec<&str> = known.filter(|known| is_near(name, known)).collect();
    nearest_first(name, &near, |known| (*known).to_owned())
        .first()
        .map(|known| **known)
}

/// The letters of a name, all lower. No known name is longer than what is kept of it, and comparisons take quadratic
/// time.
fn plain(name: &str) -> Vec<char> {
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
    #[test]
    fn the_nearest_name_comes_first() {
        let known = ["bytes", "gzip", "zlib", "zstd"];
        let sorted = nearest_first("zip", &known, |name| (*name).to_owned());
        assert_eq!(sorted, [&"gzip", &"zlib", &"zstd", &"bytes"]);
    }
}
