//! `cargo xtask consumers`: programs of `tests/consumers`, built and run against the crates as they are packaged. It finds
//! files that a package lacks, features that only the workspace turns on, and dependencies that have come by.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages::Packages;
use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::{Workspace, read};

const CONSUMERS: &[&str] = &["metadata_only", "codecs_without_io", "own_store"];

/// Whose dependencies are listed, so that the list is the same on every machine.
const TARGET: &str = "x86_64-unknown-linux-gnu";

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    let save = match args {
        [] => false,
        [save] if save == "--save" => true,
        [other, ..] => return Err(format!("it takes `--save` or nothing, not `{other}`")),
    };
    if !answers(Command::new("tar").arg("--version")) {
        return Ok(Outcome::Skipped(Skip {
            what: "programs that use the packages",
            why: "there is no `tar` to unpack them".to_owned(),
            how: "install tar".to_owned(),
        }));
    }
    let packages = Packages::new(workspace)?;
    let home = workspace.root().join("tests/consumers");
    // The versions of the workspace: these are compiled and tested, and they are on this machine.
    let copied = fs::copy(workspace.root().join("Cargo.lock"), home.join("Cargo.lock"));
    copied.map_err(|error| format!("{}: {error}", home.display()))?;
    let mut wrong = Vec::new();
    for consumer in CONSUMERS {
        run_command(&mut command(workspace, &home, &packages, "run", consumer))?;
        wrong.extend(dependencies(workspace, &home, &packages, consumer, save)?);
    }
    match wrong.is_empty() {
        true => Ok(Outcome::Done),
        false => Err(wrong.join("\n")),
    }
}

fn command(
    workspace: &Workspace,
    home: &Path,
    packages: &Packages,
    verb: &str,
    consumer: &str,
) -> Command {
    let mut command = cargo(workspace, &[verb, "--quiet", "--package", consumer]);
    command
        .current_dir(home)
        .args(packages.patch())
        .env("CARGO_TARGET_DIR", workspace.target().join("consumers"));
    command
}

/// What is wrong with the crates that a program needs, compared with those that are kept beside it.
fn dependencies(
    workspace: &Workspace,
    home: &Path,
    packages: &Packages,
    consumer: &str,
    save: bool,
) -> Result<Option<String>> {
    let mut tree = command(workspace, home, packages, "tree", consumer);
    tree.args([
        "--edges", "normal", "--prefix", "none", "--format", "{p}", "--target", TARGET,
    ]);
    let found = names(&capture(&mut tree)?);
    let file: PathBuf = home.join(consumer).join("dependencies.txt");
    if save {
        fs::write(&file, &found).map_err(|error| format!("{}: {error}", file.display()))?;
        return Ok(None);
    }
    Ok((read(&file)? != found).then(|| {
        format!(
            "{consumer} needs other crates than dependencies.txt says; if that is meant, `cargo xtask consumers --save`:\n{found}"
        )
    }))
}

/// The names in lines of `name v1.2.3 (…)`, each once.
fn names(tree: &str) -> String {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !name.is_empty());
    names.iter().map(|name| format!("{name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_is_named_once() {
        assert_eq!(names("b v1.0.0 (/x)\na v2.0.0\nb v0.9.0 (*)\n\n"), "a\nb\n");
    }
}
