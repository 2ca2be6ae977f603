//! No `cfg(feature)` inside a function: features switch whole items and modules, so that a reader knows what a function
//! does without knowing how it is built.
//!
//! The rule: an attribute or `cfg!` that asks for a feature must not be between the braces of a `fn`. Modules,
//! `use`s, variants, fields, impls, methods as a whole and macros at module level may have one.

use super::source::Source;

pub(super) fn check(source: &Source) -> Vec<String> {
    let code = source.library();
    let asks = |text: &str| {
        let text = text.trim_start();
        let cfg = text
            .strip_prefix("cfg(")
            .or_else(|| text.strip_prefix("cfg!("));
        cfg.is_some_and(feature_within)
    };
    let mut problems = Vec::new();
    let mut braces: Vec<bool> = Vec::new();
    let (mut line, mut brackets, mut head) = (0, 0_i32, 0);
    for (at, here) in code.char_indices() {
        match here {
            '\n' => line += 1,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => {
                let inside = braces.last().copied().unwrap_or(false);
                let opens = code.get(head..at).is_some_and(|head| has_word(head, "fn"));
                braces.push(inside || opens);
                head = at + 1;
            }
            '}' => {
                braces.pop();
                head = at + 1;
            }
            // The semicolon of `[u8; 4]` ends no item.
            ';' if brackets == 0 => head = at + 1,
            'c' if braces.last() == Some(&true) && code.get(at..).is_some_and(asks) => {
                problems.push(source.problem(line, "`cfg(feature)` inside a function body"));
            }
            _ => {}
        }
    }
    problems
}

/// Whether `feature` comes before the open parenthesis is closed, as in `all(unix, feature = …)`.
fn feature_within(rest: &str) -> bool {
    let mut depth = 1_i32;
    let end = rest.find(|here: char| {
        depth += i32::from(here == '(') - i32::from(here == ')');
        depth == 0
    });
    rest.get(..end.unwrap_or(rest.len()))
        .is_some_and(|inside| has_word(inside, "feature"))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        check(&Source::new("crates/x/src/lib.rs", text)).len()
    }

    #[test]
    fn items_may_depend_on_a_feature() {
        assert_eq!(count("#[cfg(feature = \"a\")]\nmod a;\n"), 0);
        assert_eq!(
            count("enum E {\n    #[cfg(feature = \"a\")]\n    A,\n}\n"),
            0
        );
        assert_eq!(
            count("impl S {\n    #[cfg(feature = \"a\")]\n    fn a(x: [u8; 4]) {}\n}\n"),
            0
        );
        assert_eq!(
            count("fn a() {}\nstruct S {\n    #[cfg(feature = \"a\")]\n    f: fn(u8),\n}\n"),
            0
        );
    }

    #[test]
    fn statements_may_not() {
        assert_eq!(
            count("fn a() {\n    #[cfg(feature = \"a\")]\n    b();\n}\n"),
            1
        );
        assert_eq!(
            count("fn a(x: [u8; 4]) -> u8 {\n    if cfg!(feature = \"a\") { 1 } else { 2 }\n}\n"),
            1
        );
        assert_eq!(
            count(
                "fn a() {\n    match x {\n        #[cfg(all(unix, feature = \"a\"))]\n        1 => 2,\n    }\n}\n"
            ),
            1
        );
    }

    #[test]
    fn other_conditions_and_tests_are_free() {
        assert_eq!(count("fn a() {\n    #[cfg(unix)]\n    b(feature);\n}\n"), 0);
        assert_eq!(
            count("#[cfg(test)]\nmod tests { fn a() { cfg!(feature = \"a\"); } }\n"),
            0
        );
    }
}
