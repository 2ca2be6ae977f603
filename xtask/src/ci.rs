//! `cargo xtask ci`: every check in one run, in this file's order. A step whose tool is missing is reported as skipped and
//! counted: a machine that has only Rust must pass.

use std::process::Command;

use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::steps::{self, Step};
use crate::workspace::Workspace;
use crate::{
    book, consumers, counts, features, fuzz, interop, sanitize, targets, test, tidy, wheel,
};

/// Fast steps come first, so that common mistakes show within seconds.
const STEPS: &[Step] = &[
    ("tidy", tidy::run),
    ("fmt", fmt),
    ("clippy", clippy),
    ("test", |workspace| test::run(workspace, &[])),
    ("sanitize", sanitize::short),
    ("docs", docs),
    ("book", book::run),
    ("consumers", |workspace| consumers::run(workspace, &[])),
    ("features", |workspace| {
        features::short(workspace, has_clippy(workspace))
    }),
    ("targets", targets::short),
    ("msrv", msrv),
    ("deny", deny),
    ("counts", |workspace| counts::run(workspace, &[])),
    ("interop", interop::run),
    ("python", wheel::short),
    ("fuzz", |workspace| {
        fuzz::run(workspace, &["--smoke".to_owned()])
    }),
];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    steps::run("ci", workspace, STEPS)
}

fn fmt(workspace: &Workspace) -> Result<Outcome> {
    if !answers(&mut cargo(workspace, &["fmt", "--version"])) {
        return Ok(missing_component("formatting", "rustfmt"));
    }
    run_command(&mut cargo(workspace, &["fmt", "--all", "--check"]))?;
    Ok(Outcome::Done)
}

/// Of all crates but the peers that benches compare with. The Python package is among them, although only its own step
/// builds it: alone it would have most dependencies checked again, with other features.
fn clippy(workspace: &Workspace) -> Result<Outcome> {
    if !has_clippy(workspace) {
        return Ok(missing_component("lints", "clippy"));
    }
    run_command(&mut cargo(
        workspace,
        &[
            "clippy",
            "--workspace",
            "--exclude",
            "zarr-benches",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ))?;
    Ok(Outcome::Done)
}

fn docs(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo(workspace, &["doc", "--no-deps"]);
    run_command(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Done)
}

/// Checks the libraries only: the command promises no more than the latest stable Rust.
pub(crate) fn msrv(workspace: &Workspace) -> Result<Outcome> {
    let manifest = workspace.manifest()?;
    let version = manifest
        .value("workspace.package", "rust-version")
        .ok_or("no rust-version in Cargo.toml")?;
    let installed = capture(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let Some(toolchain) = toolchain(&installed, version) else {
        return Ok(Outcome::Skipped(Skip {
            what: "minimum supported Rust",
            why: format!(
                "Rust {version} is not installed (clippy's lint incompatible_msrv ran all the same)"
            ),
            how: format!("rustup toolchain install {version}"),
        }));
    };
    let mut command = Command::new("rustup");
    command
        .current_dir(workspace.root())
        .args(["run", toolchain, "cargo", "check"]);
    for member in workspace.libraries()? {
        command.args(["--package", member.name()]);
    }
    run_command(&mut command)?;
    Ok(Outcome::Done)
}

/// The installed toolchain of a version: `1.88` is listed as `1.88-HOST` or `1.88.0-HOST`.
fn toolchain<'a>(installed: &'a str, version: &str) -> Option<&'a str> {
    installed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .find(|name| {
            name.strip_prefix(version)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        })
}

pub(crate) fn deny(workspace: &Workspace) -> Result<Outcome> {
    if !answers(&mut cargo(workspace, &["deny", "--version"])) {
        return Ok(Outcome::Skipped(Skip {
            what: "licences, banned crates, sources",
            why: "cargo-deny is not installed".to_owned(),
            how: "cargo install --locked cargo-deny".to_owned(),
        }));
    }
    // Offline, since advisories need a database from the network, with which a commit that passed yesterday could fail
    // today. It also reads the manifests of crates for other platforms, so they are fetched first.
    run_command(&mut cargo(workspace, &["fetch", "--quiet"]))?;
    let args = ["deny", "--offline", "check", "licenses", "bans", "sources"];
    run_command(&mut cargo(workspace, &args))?;
    Ok(Outcome::Done)
}

pub(crate) fn has_clippy(workspace: &Workspace) -> bool {
    answers(&mut cargo(workspace, &["clippy", "--version"]))
}

fn missing_component(what: &'static str, component: &str) -> Outcome {
    Outcome::Skipped(Skip {
        what,
        why: format!("this toolchain has no {component}"),
        how: format!("rustup component add {component}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_is_found_by_its_version_and_not_by_its_digits() {
        let list = "stable-x86_64 (active, default)\n1.880-x86_64\n1.88.0-x86_64\n";
        assert_eq!(toolchain(list, "1.88"), Some("1.88.0-x86_64"));
        assert_eq!(toolchain(list, "1.8"), None);
    }
}
