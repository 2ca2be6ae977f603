//! `cargo xtask python --zarr-python`: runs zarr-python's own tests, which its source package carries, with the engine as
//! the pipeline that reads and writes chunks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{build, environment, home, install, package};
use crate::process::run as run_command;
use crate::report::{Outcome, Result};
use crate::workspace::{Workspace, read};

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let python = match environment(workspace)? {
        Ok(python) => python,
        Err(skip) => return Ok(Outcome::Skipped(skip)),
    };
    install(&python, &[&build(workspace, &python, "release")?])?;
    let pins = read(&package(workspace).join("tests/requirements.txt"))?;
    let version = pinned(&pins).ok_or("tests/requirements.txt does not pin zarr")?;
    let tests = sources(&python, &home(workspace), version)?;
    let ours = package(workspace).join("tests/zarr_python");
    let left_out = LeftOut::parse(&read(&ours.join("left_out.txt"))?)?;
    let mut command = Command::new(&python);
    command
        .current_dir(&tests)
        .env(
            "ZARR_CODEC_PIPELINE__PATH",
            "zarr_rs.pipeline.EnginePipeline",
        )
        .env("PYTHONPATH", &ours)
        .args(["-m", "pytest", "tests", "-q", "-rf", "--tb=short"])
        // Its own options are for plugins that are not there.
        .args(["-o", "addopts=", "-p", "no:cacheprovider", "-p", "told"])
        .args(left_out.arguments());
    run_command(&mut command)?;
    println!(
        "{} files were left out, and {} tests fail with a known reason",
        left_out.files.len(),
        left_out.tests.len()
    );
    Ok(Outcome::Done)
}

/// The version of zarr-python that the environment has.
fn pinned(pins: &str) -> Option<&str> {
    pins.lines().find_map(|line| line.strip_prefix("zarr=="))
}

/// The folder of zarr-python's source package, fetched if it is missing.
fn sources(python: &Path, home: &Path, version: &str) -> Result<PathBuf> {
    let folder = home.join(format!("zarr-{version}"));
    if folder.join("tests").is_dir() {
        return Ok(folder);
    }
    let download = ["-m", "pip", "download", "--quiet", "--no-deps"];
    let source = ["--no-binary=:all:", "--disable-pip-version-check"];
    run_command(
        Command::new(python)
            .args(download)
            .args(source)
            .arg("--dest")
            .arg(home)
            .arg(format!("zarr=={version}")),
    )?;
    let archive = home.join(format!("zarr-{version}.tar.gz"));
    run_command(
        Command::new(python)
            .args(["-m", "tarfile", "--filter", "data", "-e"])
            .arg(&archive)
            .arg(home),
    )?;
    fs::remove_file(&archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    Ok(folder)
}

/// What is not run, as the file says: a line for each, with its reason behind a colon and a blank.
struct LeftOut {
    /// Files that need what is not there.
    files: Vec<String>,
    /// Tests that fail.
    tests: Vec<String>,
}

impl LeftOut {
    fn parse(text: &str) -> Result<Self> {
        let (mut files, mut tests) = (Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (what, _why) = line
                .split_once(": ")
                .ok_or(format!("no reason is given: `{line}`"))?;
            let list = if what.contains("::") {
                &mut tests
            } else {
                &mut files
            };
            list.push(what.to_owned());
        }
        Ok(Self { files, tests })
    }

    fn arguments(&self) -> impl Iterator<Item = String> {
        let files = self.files.iter().map(|file| format!("--ignore={file}"));
        let tests = self.tests.iter().map(|test| format!("--deselect={test}"));
        files.chain(tests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_pinned_one() {
        assert_eq!(pinned("a==1\nzarr==3.4.2\n"), Some("3.4.2"));
        assert_eq!(pinned("zarrs==0.2\n"), None);
    }

    #[test]
    fn a_line_names_a_file_or_a_test_and_the_reason() {
        let text = "# told\ntests/a.py: needs b\ntests/c.py::test_d[e]: says f\n";
        let left_out = LeftOut::parse(text).unwrap();
        let arguments: Vec<_> = left_out.arguments().collect();
        assert_eq!(
            arguments,
            ["--ignore=tests/a.py", "--deselect=tests/c.py::test_d[e]"]
        );
        assert!(LeftOut::parse("tests/a.py\n").is_err());
    }
}
