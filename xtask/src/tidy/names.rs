//! No two types of a crate share a name, so that a name tells a reader which type is meant.
//!
//! The rule: a `struct`, `enum`, `union`, `trait` or `type` at the left margin of a library file must not have the name
//! of another one in the crate. Two of which a `cfg` chooses one count as one type; the attribute is above one of them,
//! or above the `mod` line of its file.

use std::collections::BTreeMap;

use super::source::Source;

const KINDS: &[&str] = &["struct", "enum", "union", "trait", "type"];

/// Where a type is defined.
struct Definition<'a> {
    source: &'a Source,
    line: usize,
}

pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut types: BTreeMap<(&str, &str), Vec<Definition<'_>>> = BTreeMap::new();
    for source in sources {
        let Some(package) = package(source.path()) else {
            continue;
        };
        if is_alternative(source, sources) {
            continue;
        }
        for (line, name) in definitions(source.library()) {
            let places = types.entry((package, name)).or_default();
            places.push(Definition { source, line });
        }
    }
    let mut problems = Vec::new();
    for ((_, name), places) in &types {
        let Some((first, others)) = places.split_first() else {
            continue;
        };
        let what = format!("{} has a type `{name}`, too", first.source.path());
        problems.extend(
            others
                .iter()
                .map(|other| other.source.problem(other.line, &what)),
        );
    }
    problems
}

/// The crate that a library file belongs to.
fn package(path: &str) -> Option<&str> {
    let (package, inside) = path.strip_prefix("crates/")?.split_once('/')?;
    inside.starts_with("src/").then_some(package)
}

/// Whether a `cfg` decides if the whole file is there.
fn is_alternative(source: &Source, sources: &[Source]) -> bool {
    let Some((dir, file)) = source.path().rsplit_once('/') else {
        return false;
    };
    let Some(name) = file.strip_suffix(".rs") else {
        return false;
    };
    let parents = [
        format!("{dir}.rs"),
        format!("{dir}/mod.rs"),
        format!("{dir}/lib.rs"),
        format!("{dir}/main.rs"),
    ];
    let is_mod = |line: &str| {
        let line = line
            .strip_prefix("pub(crate) ")
            .or(line.strip_prefix("pub "))
            .unwrap_or(line);
        line.strip_prefix("mod ")
            .and_then(|rest| rest.strip_suffix(';'))
            == Some(name)
    };
    sources
        .iter()
        .filter(|parent| parents.iter().any(|path| path == parent.path()))
        .any(|parent| {
            let mut above = "";
            parent.library().lines().any(|here| {
                let found = is_mod(here) && above.starts_with("#[cfg(");
                above = here;
                found
            })
        })
}

/// Line and name of each type at the left margin that no `cfg` stands above.
fn definitions(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut is_chosen = false;
    for (number, line) in code.lines().enumerate() {
        if line.starts_with("#[") {
            is_chosen |= line.starts_with("#[cfg(");
            continue;
        }
        if let Some(name) = defined(line).filter(|_| !is_chosen) {
            found.push((number, name));
        }
        if !line.trim().is_empty() {
            is_chosen = false;
        }
    }
    found
}

fn defined(line: &str) -> Option<&str> {
    let mut words = line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let kind = words.find(|word| !matches!(*word, "pub" | "crate" | "super" | "in" | "unsafe"))?;
    KINDS.contains(&kind).then(|| words.next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> usize {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(*path, *text))
            .collect();
        check(&sources).len()
    }

    #[test]
    fn a_name_belongs_to_one_type_of_a_crate() {
        let (a, b) = ("crates/x/src/a.rs", "crates/x/src/b.rs");
        assert_eq!(
            problems(&[(a, "struct At;"), (b, "pub(crate) enum At {}")]),
            1
        );
        assert_eq!(
            problems(&[(a, "struct At;"), (b, "impl At {\n    type At = u8;\n}")]),
            0
        );
        assert_eq!(
            problems(&[(a, "struct At;"), ("crates/y/src/b.rs", "struct At;")]),
            0
        );
        assert_eq!(
            problems(&[(a, "struct At;"), ("crates/x/src/b/tests.rs", "struct At;")]),
            0
        );
    }

    #[test]
    fn what_a_cfg_chooses_between_is_one_type() {
        let (a, b) = ("crates/x/src/a.rs", "crates/x/src/b.rs");
        assert_eq!(
            problems(&[(a, "#[cfg(unix)]\nstruct At;\n#[cfg(not(unix))]\nstruct At;")]),
            0
        );
        let lib = (
            "crates/x/src/lib.rs",
            "mod a;\n#[cfg(feature = \"b\")]\nmod b;\n",
        );
        assert_eq!(problems(&[lib, (a, "struct At;"), (b, "struct At;")]), 0);
    }
}
