//! The crate graph: which crate may use which sibling, and whether each dependency from outside has its reason.

use crate::manifest::Manifest;
use crate::workspace::Member;

/// Each crate and the siblings that it may depend on, also for its tests. ARCHITECTURE.md has the same graph.
const ALLOWED: &[(&str, &[&str])] = &[
    ("zarr-metadata", &[]),
    ("zarr-store", &[]),
    ("zarr-codecs", &["zarr-metadata"]),
    ("zarr-core", &["zarr-metadata", "zarr-codecs", "zarr-store"]),
    (
        "zarr",
        &["zarr-metadata", "zarr-codecs", "zarr-store", "zarr-core"],
    ),
    ("zarr-cli", &["zarr"]),
    ("zarr-python", &["zarr"]),
];

/// Members that may use whatever they test.
const FREE: &[&str] = &[
    "zarr-tests",
    "zarr-crash-tests",
    "zarr-spellings",
    "zarr-remote-tests",
    "zarr-benches",
    "zarr-costs",
];

pub(super) fn check(members: &[Member]) -> Vec<String> {
    let names: Vec<&str> = members.iter().map(Member::name).collect();
    members
        .iter()
        .flat_map(|member| edges(member.name(), &member.manifest, &names))
        .collect()
}

fn edges(name: &str, manifest: &Manifest, members: &[&str]) -> Vec<String> {
    let dependencies = manifest.dependencies();
    if FREE.contains(&name) {
        return Vec::new();
    }
    if name == "xtask" {
        // A fresh clone must be able to run it within seconds.
        return dependencies
            .iter()
            .map(|other| format!("xtask depends on {other}"))
            .collect();
    }
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name} is not in tidy's crate graph")];
    };
    dependencies
        .into_iter()
        // A crate may name itself, to turn on features for its tests.
        .filter(|other| *other != name && members.contains(other) && !allowed.contains(other))
        .map(|other| format!("{name} may not depend on {other}"))
        .collect()
}

/// Every user pays for each dependency, so a comment above it gives the reason.
pub(super) fn check_reasons(root: &Manifest) -> Vec<String> {
    root.section("workspace.dependencies")
        .filter(|entry| !entry.commented && !entry.value.contains("path = "))
        .map(|entry| {
            format!(
                "Cargo.toml: no comment above `{}` says why it is needed",
                entry.key
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: &[&str] = &[
        "zarr-metadata",
        "zarr-store",
        "zarr-codecs",
        "zarr",
        "xtask",
    ];

    fn count(name: &str, dependencies: &str) -> usize {
        let manifest = Manifest::parse(&format!("[dependencies]\n{dependencies}")).unwrap();
        edges(name, &manifest, MEMBERS).len()
    }

    #[test]
    fn the_graph_is_closed() {
        assert_eq!(
            count(
                "zarr-codecs",
                "zarr-metadata.workspace = true\nbytes.workspace = true\n"
            ),
            0
        );
        assert_eq!(count("zarr-metadata", "zarr-codecs.workspace = true\n"), 1);
        assert_eq!(count("zarr-store", "zarr-metadata = { path = \"x\" }\n"), 1);
        assert_eq!(
            count(
                "zarr-cli",
                "zarr.workspace = true\nzarr-store.workspace = true\n"
            ),
            1
        );
        assert_eq!(count("zarr-new", ""), 1);
        assert_eq!(count("xtask", "serde = \"1\"\n"), 1);
    }

    #[test]
    fn a_dependency_has_a_reason() {
        let text = "[workspace.dependencies]\na = { path = \"a\" }\n\n# why\nb = \"1\"\nc = \"1\"\n\nd = \"1\"\n";
        let problems = check_reasons(&Manifest::parse(text).unwrap());
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
