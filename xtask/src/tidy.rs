//! `cargo xtask tidy`: the project's rules that neither the compiler nor clippy checks, each in a file below.
//!
//! It only reads files, and needs no build and no tool. The longest files are listed for information.

mod banned;
mod bodies;
mod graph;
mod links;
mod longest;
mod mask;
mod names;
mod packages;
mod source;
mod unsafety;

use crate::report::{Outcome, Result};
use crate::support;
use crate::workspace::Workspace;
use source::Source;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let sources: Vec<Source> = workspace
        .rust_files()?
        .into_iter()
        .map(|(path, text)| Source::new(path, text))
        .collect();
    let mut problems = graph::check(&workspace.members()?);
    problems.extend(graph::check_reasons(&workspace.manifest()?));
    problems.extend(packages::check(workspace)?);
    problems.extend(links::check(workspace)?);
    problems.extend(support::check(workspace)?);
    for source in &sources {
        problems.extend(opening(source));
        problems.extend(banned::check(source));
        problems.extend(bodies::check(source));
        problems.extend(unsafety::check(source));
    }
    problems.extend(names::check(&sources));
    println!("{}", longest::table(&sources));
    if problems.is_empty() {
        println!("{} files are tidy", sources.len());
        return Ok(Outcome::Done);
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    Err(format!("{} problems", problems.len()))
}

/// A file first says what it is for, so that a reader knows whether to read on.
fn opening(source: &Source) -> Option<String> {
    (!source.text().starts_with("//!")).then(|| {
        source.problem(
            0,
            "the file does not begin with a `//!` line that says what it is for",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_begins_with_its_doc() {
        assert_eq!(opening(&Source::new("a.rs", "//! Owns a.\n")), None);
        let problem = opening(&Source::new("a.rs", "use b;\n//! late\n")).unwrap();
        assert!(problem.starts_with("a.rs:1: "), "{problem}");
    }
}
