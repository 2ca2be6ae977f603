//! `cargo xtask release --dry-run`: all that a release needs but publishing, with a table at the end.
//!
//! To publish: set the version in Cargo.toml and CITATION.cff, give `[Unreleased]` of CHANGELOG.md its number and date, run
//! this and `cargo xtask ci`, tag the commit `vVERSION`, and `cargo publish --workspace`.

use std::process::Command;

use crate::packages::Packages;
use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::steps::{self, Step};
use crate::workspace::{Workspace, read};
use crate::{ci, consumers, tidy};

const STEPS: &[Step] = &[
    ("tidy", tidy::run),
    ("versions", versions),
    ("package", package),
    ("consumers", |workspace| consumers::run(workspace, &[])),
    ("semver", semver),
    ("minimal", minimal),
    ("msrv", ci::msrv),
    ("deny", ci::deny),
    ("docs", docs),
];

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    match args {
        [dry] if dry == "--dry-run" => steps::run("release", workspace, STEPS),
        _ => Err("it takes `--dry-run`; nothing is published by this command".to_owned()),
    }
}

/// One version everywhere, and changes that are told.
fn versions(workspace: &Workspace) -> Result<Outcome> {
    let manifest = workspace.manifest()?;
    let version = manifest
        .value("workspace.package", "version")
        .ok_or("no version in Cargo.toml")?;
    for dependency in manifest.section("workspace.dependencies") {
        let ours = dependency.value.contains("path = \"crates/");
        if ours
            && !dependency
                .value
                .contains(&format!("version = \"{version}\""))
        {
            return Err(format!(
                "`{}` in Cargo.toml is not {version}",
                dependency.key
            ));
        }
    }
    let citation = read(&workspace.root().join("CITATION.cff"))?;
    if !citation
        .lines()
        .any(|line| line == format!("version: {version}"))
    {
        return Err(format!("CITATION.cff is not of version {version}"));
    }
    let changes = read(&workspace.root().join("CHANGELOG.md"))?;
    let told =
        changes.contains("## [Unreleased]\n") || changes.contains(&format!("## [{version}]"));
    match told {
        true => Ok(Outcome::Done),
        false => Err(format!(
            "CHANGELOG.md has neither `[Unreleased]` nor `[{version}]`"
        )),
    }
}

/// Packages the crates, and builds each from its package.
fn package(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo(workspace, &["package", "--quiet", "--allow-dirty"]);
    for member in workspace.published()? {
        command.args(["--package", member.name()]);
    }
    run_command(&mut command)?;
    Ok(Outcome::Done)
}

/// Compares the public names with those of the last tag.
fn semver(workspace: &Workspace) -> Result<Outcome> {
    let skip = |why: &str, how: &str| {
        Ok(Outcome::Skipped(Skip {
            what: "changes that break callers",
            why: why.to_owned(),
            how: how.to_owned(),
        }))
    };
    if !answers(&mut cargo(workspace, &["semver-checks", "--version"])) {
        return skip(
            "cargo-semver-checks is not installed",
            "cargo install --locked cargo-semver-checks",
        );
    }
    let mut describe = Command::new("git");
    describe
        .current_dir(workspace.root())
        .args(["describe", "--tags", "--abbrev=0"]);
    let Ok(tag) = capture(&mut describe) else {
        return skip("there is no tag to compare with", "tag the first release");
    };
    let mut command = cargo(workspace, &["semver-checks", "--baseline-rev", tag.trim()]);
    for member in workspace.published()? {
        if member.is_library() {
            command.args(["--package", member.name()]);
        }
    }
    run_command(&mut command)?;
    Ok(Outcome::Done)
}

/// Builds the packages with the lowest versions of their dependencies that the manifests allow.
fn minimal(workspace: &Workspace) -> Result<Outcome> {
    let packages = Packages::new(workspace)?;
    let home = packages.workspace()?;
    let cargo_in = |args: &[&str]| {
        let mut command = cargo(workspace, args);
        command
            .current_dir(home)
            .args(packages.patch())
            // The resolver's option is one of nightly cargo, which this makes of any.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", workspace.target().join("minimal"));
        command
    };
    run_command(&mut cargo_in(&[
        "update",
        "--quiet",
        "-Zdirect-minimal-versions",
    ]))?;
    run_command(&mut cargo_in(&["check", "--quiet", "--workspace"]))?;
    Ok(Outcome::Done)
}

/// The documentation as docs.rs builds it: every feature, and what each item needs is shown.
fn docs(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo(
        workspace,
        &["doc", "--quiet", "--no-deps", "--all-features"],
    );
    for member in workspace.published()? {
        if member.is_library() {
            command.args(["--package", member.name()]);
        }
    }
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTDOCFLAGS", "-D warnings --cfg docsrs")
        .env("CARGO_TARGET_DIR", workspace.target().join("docsrs"));
    run_command(&mut command)?;
    Ok(Outcome::Done)
}
