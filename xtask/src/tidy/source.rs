//! A Rust file as the rules see it: its text, its code without comments, and its code without tests.

use super::mask::mask;

/// A file of the workspace.
pub(super) struct Source {
    path: String,
    text: String,
    code: String,
    library: String,
}

impl Source {
    pub(super) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let code = mask(&text);
        let library = if is_test_path(&path) {
            String::new()
        } else {
            without_tests(&code)
        };
        Self {
            path,
            text,
            code,
            library,
        }
    }

    /// Relative to the workspace, with `/`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Without comments and strings; the lines are those of the file.
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// The code without its tests; empty if the whole file is tests.
    pub(super) fn library(&self) -> &str {
        &self.library
    }

    /// The number of lines before the tests at the end.
    pub(super) fn lines_before_tests(&self) -> usize {
        if is_test_path(&self.path) {
            return 0;
        }
        let end = self.library.trim_end().len();
        let code_lines = self.library.get(..end).unwrap_or_default().lines().count();
        // If there are no tests, comments below the last line of code count, too.
        if self.library == self.code {
            self.text.lines().count()
        } else {
            code_lines
        }
    }

    /// `path:line: what`. `line` is counted from zero, the line in the message from one.
    pub(super) fn problem(&self, line: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }
}

/// Whether the file contains only tests, helpers of tests, benches or examples.
fn is_test_path(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || path.ends_with("/testing.rs")
        || path
            .split('/')
            .any(|part| matches!(part, "tests" | "testing" | "benches" | "examples" | "fuzz"))
}

/// Replaces each item under `#[cfg(test)]` by spaces, to its closing brace or its semicolon.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, item) = rest.split_at(start);
        let (item, after) = item.split_at(item_end(item));
        out.push_str(before);
        out.extend(item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, here) in item.char_indices() {
        match here {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// The lines, counted from zero, that contain a whole word. A word may end in punctuation, such as `todo!`.
pub(super) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |line: &str, at: usize| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        let open = word.starts_with(part) && before.is_some_and(part);
        let close = word.ends_with(part) && after.is_some_and(part);
        !open && !close
    };
    code.lines()
        .enumerate()
        .filter(|(_, line)| line.match_indices(word).any(|(at, _)| whole(line, at)))
        .map(|(number, _)| number)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_not_library_code() {
        let text = "a();\n#[cfg(test)]\nmod tests {\n    fn f() { b() }\n}\nc();\n";
        let source = Source::new("crates/x/src/lib.rs", text);
        assert!(source.library().contains("a()") && source.library().contains("c()"));
        assert!(!source.library().contains("b()"));
        assert_eq!(Source::new("crates/x/src/a/tests.rs", text).library(), "");
        assert_eq!(Source::new("crates/x/tests/it.rs", text).library(), "");
    }

    #[test]
    fn a_test_module_in_its_own_file_ends_at_the_semicolon() {
        let source = Source::new(
            "crates/x/src/lib.rs",
            "#[cfg(test)]\nmod tests;\nfn a() {}\n",
        );
        assert!(source.library().contains("fn a()"));
    }

    #[test]
    fn the_tests_at_the_foot_do_not_make_a_file_long() {
        let source = Source::new(
            "src/a.rs",
            "//! A.\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n",
        );
        assert_eq!(source.lines_before_tests(), 2);
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(lines_with("unsafe_code\nunsafe {\n", "unsafe"), [1]);
        assert_eq!(lines_with("my_todo!()\ntodo!()\n", "todo!"), [1]);
        assert_eq!(
            lines_with("a.expect_err(b)\na.expect(b)\n", ".expect("),
            [1]
        );
    }
}
