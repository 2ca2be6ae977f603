//! The peer in JavaScript, with pinned packages. A machine without Node.js, or without a package index, is no fault of
//! the code: then there is no such peer.

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
    let version = capture(Command::new("node").arg("--version"));
    let major = version.ok().and_then(|text| major(&text));
    if major.is_none_or(|major| major < OLDEST) {
        println!("zarrita.js is left out: install Node.js {OLDEST} or newer with npm");
        return Ok(None);
    }
    let script = home.join("peer.mjs");
    fs::create_dir_all(home).map_err(|error| format!("{}: {error}", home.display()))?;
    let lock = "package-lock.json";
    let is_installed = read(&home.join("installed.json")).ok() == Some(read(&source.join(lock))?);
    for name in ["package.json", lock, "peer.mjs"] {
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
            println!("zarrita.js is left out: make a package index reachable ({problem})");
            return Ok(None);
        }
        // Written last, so that packages that are not all there are installed again.
        let (from, to) = (home.join(lock), home.join("installed.json"));
        fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(Some(script))
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
