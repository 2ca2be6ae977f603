//! Words that code must not contain: marks of unfinished work anywhere; in libraries also panics, and what some crates
//! forbid.

use super::source::{Source, lines_with};

/// Not anywhere, including tests.
const EVERYWHERE: &[&str] = &["todo!", "unimplemented!", "dbg!"];

/// Only in tests. Bytes and callers are not trusted, so libraries return errors; a case that cannot occur is
/// `unreachable!("why")`.
const IN_LIBRARIES: &[&str] = &[".unwrap()", ".expect("];

/// Not in code below a directory, except in tests, with the reason. Clippy's list of methods cannot except tests.
const BELOW: &[(&str, &str, &str)] = &[
    (
        "crates/",
        "thread::spawn",
        "panics if no thread can be started; `thread::Builder` returns an error",
    ),
    (
        "crates/zarr-metadata/",
        "HashMap",
        "its order would show in documents",
    ),
];

/// In library code only in one file, with the reason.
const ONLY_IN: &[(&[&str], &str, &str)] = &[(
    &[
        "rayon::prelude",
        "par_iter",
        "into_par_iter",
        "rayon::join",
        "rayon::scope",
        "rayon::spawn",
    ],
    "crates/zarr-core/src/engine/pool.rs",
    "outside of a pool it starts rayon's global one; iterate through `Workers`",
)];

pub(super) fn check(source: &Source) -> Vec<String> {
    let everywhere = EVERYWHERE.iter().map(|word| (source.code(), *word));
    let libraries = IN_LIBRARIES.iter().map(|word| (source.library(), *word));
    let below = BELOW
        .iter()
        .filter(|(dir, ..)| source.path().starts_with(dir));
    let below = below.flat_map(|(_, word, why)| {
        let lines = lines_with(source.library(), word).into_iter();
        lines.map(move |line| source.problem(line, &format!("`{word}`: {why}")))
    });
    let elsewhere = ONLY_IN.iter().filter(|(_, file, _)| source.path() != *file);
    let elsewhere = elsewhere.flat_map(|(words, _, why)| {
        let found = words.iter().flat_map(|word| {
            let lines = lines_with(source.library(), word).into_iter();
            lines.map(move |line| (line, word))
        });
        found.map(move |(line, word)| source.problem(line, &format!("`{word}`: {why}")))
    });
    let plain = everywhere
        .chain(libraries)
        .flat_map(|(code, word)| {
            lines_with(code, word)
                .into_iter()
                .map(move |line| (line, word))
        })
        .map(|(line, word)| source.problem(line, &format!("`{word}`")));
    plain.chain(below).chain(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Source::new(path, text)).len()
    }

    #[test]
    fn unfinished_work_is_found_in_tests_too() {
        assert_eq!(count("tests/a.rs", "fn f() { todo!() }"), 1);
        assert_eq!(
            count(
                "crates/x/src/lib.rs",
                "// todo!\nfn f() { dbg!(1); unimplemented!() }"
            ),
            2
        );
    }

    #[test]
    fn some_words_are_banned_below_a_directory() {
        assert_eq!(
            count(
                "crates/zarr-store/src/a.rs",
                "fn f() { std::thread::spawn(g); }"
            ),
            1
        );
        assert_eq!(
            count(
                "crates/zarr-store/tests/a.rs",
                "fn f() { std::thread::spawn(g); }"
            ),
            0
        );
        assert_eq!(
            count(
                "crates/zarr-metadata/src/a.rs",
                "use std::collections::HashMap;"
            ),
            1
        );
        assert_eq!(
            count(
                "crates/zarr-store/src/a.rs",
                "use std::collections::HashMap;"
            ),
            0
        );
    }

    #[test]
    fn only_the_pool_iterates_in_parallel() {
        let text = "use rayon::prelude::*;\nfn f() { (0..n).into_par_iter() }";
        assert_eq!(count("crates/zarr-core/src/engine/read.rs", text), 2);
        assert_eq!(count("crates/zarr-core/src/engine/pool.rs", text), 0);
        assert_eq!(count("tests/a.rs", text), 0);
    }

    #[test]
    fn unwrap_is_for_tests() {
        let text = "fn f() { a.unwrap(); b.expect(\"c\"); d.unwrap_or(1) }";
        assert_eq!(count("crates/x/src/lib.rs", text), 2);
        assert_eq!(count("crates/x/tests/a.rs", text), 0);
        assert_eq!(
            count(
                "crates/x/src/a.rs",
                &format!("#[cfg(test)]\nmod tests {{ {text} }}")
            ),
            0
        );
    }
}
