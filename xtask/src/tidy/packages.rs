//! What a crate holds when it is published: the licences, a README, and what the registry and docs.rs show of it.

use std::path::Path;

use crate::report::Result;
use crate::workspace::{Member, Workspace, read};

/// Keys of `[package]` without which a published crate is hard to find or to use.
const KEYS: &[&str] = &[
    "description",
    "license",
    "repository",
    "rust-version",
    "version",
    "keywords",
    "categories",
    "readme",
    "include",
];

/// Copies, not links: Git on Windows checks a link out as a file that contains a path.
const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for member in workspace.published()? {
        problems.extend(keys(&member));
        for licence in LICENCES {
            problems.extend(copy(workspace.root(), &member, licence)?);
        }
        if !member.dir.join("README.md").is_file() {
            problems.push(format!("{} has no README.md", member.name()));
        }
    }
    Ok(problems)
}

fn keys(member: &Member) -> Vec<String> {
    let missing = KEYS.iter().filter(|key| !has(member, key));
    let mut problems: Vec<String> = missing
        .map(|key| format!("{}: `[package]` has no `{key}`", member.name()))
        .collect();
    let docs = member
        .manifest
        .value("package.metadata.docs.rs", "all-features");
    if member.is_library() && docs != Some("true") {
        problems.push(format!(
            "{}: `[package.metadata.docs.rs]` has no `all-features = true`",
            member.name()
        ));
    }
    problems
}

/// Whether the key is there, by itself or as that of the workspace.
fn has(member: &Member, key: &str) -> bool {
    let inherited = format!("{key}.workspace");
    [key, inherited.as_str()]
        .iter()
        .any(|key| member.manifest.value("package", key).is_some())
}

/// A crate's licence is that of the workspace, in a copy of its own.
fn copy(root: &Path, member: &Member, licence: &str) -> Result<Option<String>> {
    let file = member.dir.join(licence);
    let same = file.is_file() && read(&file)? == read(&root.join(licence))?;
    Ok((!same).then(|| {
        format!(
            "{}/{licence} shall be a copy of {licence}",
            member
                .dir
                .strip_prefix(root)
                .unwrap_or(&member.dir)
                .display()
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn what_the_registry_shows_is_there() {
        let complete = KEYS.iter().map(|key| format!("{key} = \"x\"\n"));
        let complete = format!("[package]\n{}", complete.collect::<String>());
        let member = |text: &str| Member {
            dir: "nowhere".into(),
            manifest: Manifest::parse(text).unwrap(),
        };
        assert_eq!(keys(&member(&complete)).len(), 0);
        let without = complete.replace("readme = \"x\"\n", "");
        assert_eq!(keys(&member(&without)).len(), 1);
    }
}
