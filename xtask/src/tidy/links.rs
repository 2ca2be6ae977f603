//! Links of pages to files of the repository lead somewhere, and every page of `docs/` is in the book. Pages of the book
//! link to what is not in it by its address, since the book is shown elsewhere, too.

use std::fs;
use std::path::Path;

use crate::report::Result;
use crate::workspace::{Workspace, read};

/// Addresses of the repository's files and folders.
const ADDRESSES: [&str; 2] = [
    "https://github.com/zarr-rs/zarr/blob/main/",
    "https://github.com/zarr-rs/zarr/tree/main/",
];

/// Where pages are that people read.
const FOLDERS: &[&str] = &["", "docs", "examples/data"];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let root = workspace.root();
    let mut problems = Vec::new();
    for folder in FOLDERS {
        for page in pages(&root.join(folder))? {
            problems.extend(broken(root, &root.join(folder), &page)?);
        }
    }
    for member in workspace.crates()? {
        if member.dir.join("README.md").is_file() {
            problems.extend(broken(root, &member.dir, "README.md")?);
        }
    }
    let summary = read(&root.join("docs/SUMMARY.md"))?;
    for page in pages(&root.join("docs"))? {
        if page != "SUMMARY.md" && !summary.contains(&format!("]({page})")) {
            problems.push(format!("docs/{page} is not in docs/SUMMARY.md"));
        }
    }
    Ok(problems)
}

fn pages(folder: &Path) -> Result<Vec<String>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry
            .map_err(failed)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".md") {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// The links of a page that lead to no file.
fn broken(root: &Path, folder: &Path, page: &str) -> Result<Vec<String>> {
    let path = folder.join(page);
    let text = read(&path)?;
    let shown = path
        .strip_prefix(root)
        .unwrap_or(&path)
        .display()
        .to_string();
    let in_book = folder == root.join("docs");
    let mut problems = Vec::new();
    for link in links(&text) {
        let address = ADDRESSES
            .iter()
            .find_map(|address| link.strip_prefix(address));
        let exists = match address {
            Some(path) => root.join(path).exists(),
            None => link.contains(':') || folder.join(link).exists(),
        };
        if !exists {
            problems.push(format!("{shown}: `{link}` leads to nothing"));
        }
        if in_book && link.starts_with("../") {
            problems.push(format!("{shown}: `{link}` leads out of the book"));
        }
    }
    Ok(problems)
}

/// What stands in `](…)`, without the place in a page; not in code.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    let prose = text.lines().filter(move |line| {
        code ^= line.starts_with("```");
        !code
    });
    let links = prose.flat_map(|line| line.split("](").skip(1));
    links
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|link| !link.is_empty() && !link.contains([' ', '`']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found() {
        let text =
            "[a](b.md#c) and ![d](e/f.png)\n[g](https://h) [i](#j)\n```\n[k](l)\n```\n[m](n)\n";
        assert_eq!(
            links(text).collect::<Vec<_>>(),
            ["b.md", "e/f.png", "https://h", "n"]
        );
    }
}
