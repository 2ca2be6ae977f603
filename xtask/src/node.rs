//! Scripts for Node.js with pinned packages, such as the peer in JavaScript. A machine without Node.js, or without a
//! package index, is no fault of the code: then there are no such scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::capture;
use crate::report::Result;
use crate::workspace::read;

/// The oldest Node.js that the packages run on.
const OLDEST: u32 = 20;

/// The script `peer.mjs` of `source`, installed below `home` with its packages; or why there is none, which was printed.
pub(crate) fn peer(source: &Path, home: &Path) -> Result<Option<PathBuf>> {
    match install(source, home, &["peer.mjs"])? {
        Ok(()) => Ok(Some(home.join("peer.mjs"))),
        Err(why) => {
            println!("zarrita.js is left out: {why}");
            Ok(None)
        }
    }
}

/// Copies these files from `source` to `home`, and installs the packages that its lock file names; or says why not.
pub(crate) fn install(
    source: &Path,
    home: &Path,
    files: &[&str],
) -> Result<std::result::Result<(), String>> {
    let version = capture(Command::new("node").arg("--version"));
    let major = version.ok().and_then(|text| major(&text));
    if major.is_none_or(|major| major < OLDEST) {
        return Ok(Err(format!("install Node.js {OLDEST} or newer with npm")));
    }
    fs::create_dir_all(home).map_err(|error| format!("{}: {error}", home.display()))?;
    let lock = "package-lock.json";
    let is_installed = read(&home.join("installed.json")).ok() == Some(read(&source.join(lock))?);
    for name in ["package.json", lock].iter().chain(files) {
        let (from, to) = (source.join(name), home.join(name));
        fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    if !is_installed {
        let install = [
            "ci",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ];
        if let Err(problem) = capture(Command::new("npm").current_dir(home).args(install)) {
            return Ok(Err(format!("make a package index reachable ({problem})")));
        }
        // Written last, so that packages that are not all there are installed again.
        let (from, to) = (home.join(lock), home.join("installed.json"));
        fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(Ok(()))
}

/// The first number of `v20.1.2`.
fn major(version: &str) -> Option<u32> {
    let number = version.trim().strip_prefix('v')?.split('.').next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_begin_with_a_number() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("node: not found"), None);
    }
}
