//! Glob patterns, translated to the regular expressions that the library takes.

/// The patterns of nodes to include, and of those to exclude.
pub(super) fn patterns(include: &[String], exclude: &[String]) -> (Vec<String>, Vec<String>) {
    let mut includes: Vec<String> = include.iter().map(|glob| regex(glob)).collect();
    // Also the groups above, if they have no wildcards.
    for glob in include {
        let mut above = glob.trim_matches('/');
        while let Some((parent, _)) = above.rsplit_once('/') {
            above = parent;
            if !above.contains(['*', '?']) {
                includes.push(regex(above));
            }
        }
    }
    let mut excludes: Vec<String> = exclude.iter().map(|glob| regex(glob)).collect();
    if excludes.is_empty() && !includes.is_empty() {
        excludes.push(".".to_owned());
    }
    (includes, excludes)
}

fn regex(glob: &str) -> String {
    let mut regex = "^".to_owned();
    let mut rest = glob.trim_matches('/');
    while let Some(first) = rest.chars().next() {
        let (part, length) = match first {
            '*' if rest.starts_with("**/") => ("(.*/)?".to_owned(), 3),
            '*' if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            letter if letter.is_alphanumeric() || letter == '_' || letter == '/' => {
                (letter.to_string(), letter.len_utf8())
            }
            // Characters of names have no meaning in the expression.
            other => (format!("\\x{{{:x}}}", u32::from(other)), other.len_utf8()),
        };
        regex.push_str(&part);
        rest = rest.get(length..).unwrap_or_default();
    }
    regex.push('$');
    regex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_signs() {
        assert_eq!(regex("/a/*"), "^a/[^/]*$");
        assert_eq!(regex("**/b?"), "^(.*/)?b[^/]$");
        assert_eq!(regex("a.b"), r"^a\x{2e}b$");
    }

    #[test]
    fn what_is_left_out() {
        let glob = |text: &str| vec![text.to_owned()];
        let (includes, excludes) = patterns(&glob("a/b/*"), &[]);
        assert_eq!(includes, ["^a/b/[^/]*$", "^a/b$", "^a$"]);
        assert_eq!(excludes, ["."]);
        assert_eq!(patterns(&[], &glob("c")), (vec![], vec!["^c$".to_owned()]));
    }
}
