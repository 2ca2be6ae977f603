//! The names that the crate `zarr` exports: one list, so that a change of it is a decision.

use std::collections::BTreeSet;

/// The names behind `pub use` and `pub mod` in a crate's root.
fn exported(source: &str) -> BTreeSet<String> {
    let code: String = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join(" ");
    let mut names = BTreeSet::new();
    for item in code.split(';') {
        // Whatever stands in front of it, such as a block that ended.
        let Some(at) = item.find("pub use ").or_else(|| item.find("pub mod ")) else {
            continue;
        };
        let path = item[at + "pub use ".len()..].trim();
        let list = match path.split_once('{') {
            Some((_, list)) => list.trim_end_matches('}'),
            None => path.rsplit("::").next().unwrap_or_default(),
        };
        let listed = list
            .split(',')
            .filter_map(|name| name.rsplit(" as ").next())
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.extend(listed.map(str::to_owned));
    }
    names
}

#[test]
fn exported_names_are_those_of_the_list() {
    let found = exported(include_str!("../../crates/zarr/src/lib.rs"));
    let listed = include_str!("exported.txt").lines().map(str::to_owned);
    let listed: BTreeSet<String> = listed.collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "tests/api/exported.txt and CHANGELOG.md shall tell of it: new {new:?}, gone {gone:?}"
    );
}
