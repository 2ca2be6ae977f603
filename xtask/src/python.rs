//! A Python environment with pinned packages: finds an interpreter, and makes a venv that is used again.
//!
//! A machine without Python, or without a package index, is no fault of the code: the step is reported as skipped.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::capture;
use crate::report::{Result, Skip};
use crate::workspace::read;

/// The oldest Python that the pinned packages run on.
const OLDEST: (u32, u32) = (3, 12);
const NAMES: &[&str] = &["python3.14", "python3.13", "python3.12", "python3"];

/// An interpreter that runs.
struct Interpreter {
    path: PathBuf,
    version: (u32, u32, u32),
}

/// The Python of a venv below `home` with the packages that `requirements` pins. It is made if it is missing. `what` is
/// left out without it.
pub(crate) fn environment(
    home: &Path,
    requirements: &Path,
    what: &'static str,
) -> Result<std::result::Result<PathBuf, Skip>> {
    let Some(interpreter) = newest() else {
        return Ok(Err(skip(
            what,
            format!("no Python of at least {}.{} with venv", OLDEST.0, OLDEST.1),
            "install Python 3.12 or newer with its venv module".to_owned(),
        )));
    };
    let (major, minor, patch) = interpreter.version;
    let mut hasher = DefaultHasher::new();
    (read(requirements)?, &interpreter.path, interpreter.version).hash(&mut hasher);
    let venv = home.join(format!("venv-{major}.{minor}-{:016x}", hasher.finish()));
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    println!("python {major}.{minor}.{patch}");
    // Written last, so that an incomplete venv is made again.
    let ready = venv.join("ready");
    if !ready.is_file() {
        remove_old(home)?;
        if let Err(problem) = make(&interpreter.path, &venv, &python, requirements) {
            return if is_bad_pin(&problem) {
                Err(problem)
            } else {
                Ok(Err(no_packages(what, &problem)))
            };
        }
        fs::write(&ready, "").map_err(|error| format!("{}: {error}", ready.display()))?;
    }
    Ok(Ok(python))
}

fn make(interpreter: &Path, venv: &Path, python: &Path, requirements: &Path) -> Result<()> {
    capture(Command::new(interpreter).args(["-m", "venv"]).arg(venv))?;
    // Only wheels: building NumPy from source would take longer than all the rest.
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "-r",
    ];
    capture(Command::new(python).args(pip).arg(requirements)).map(drop)
}

/// Whether the index answered, but has only other versions: then the pins are wrong, which is a failure.
fn is_bad_pin(problem: &str) -> bool {
    problem.contains("(from versions: ") && !problem.contains("(from versions: none)")
}

fn no_packages(what: &'static str, problem: &str) -> Skip {
    let last = problem.lines().last().unwrap_or_default();
    skip(
        what,
        format!("the Python packages did not install ({last})"),
        "make a package index reachable".to_owned(),
    )
}

fn skip(what: &'static str, why: String, how: String) -> Skip {
    Skip { what, why, how }
}

fn remove_old(home: &Path) -> Result<()> {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("venv-") {
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

/// The newest interpreter that runs and can make a venv with pip in it.
fn newest() -> Option<Interpreter> {
    candidates()
        .into_iter()
        .filter_map(usable)
        .filter(|found| (found.version.0, found.version.1) >= OLDEST)
        .max_by_key(|found| found.version)
}

/// Interpreters on PATH and all of pyenv's, since its shims on PATH run only the selected versions.
fn candidates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = NAMES.iter().map(PathBuf::from).collect();
    let root = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| {
            capture(Command::new("pyenv").arg("root"))
                .ok()
                .map(|text| PathBuf::from(text.trim()))
        });
    for entry in root
        .map(|root| fs::read_dir(root.join("versions")))
        .into_iter()
        .flatten()
        .flatten()
        .flatten()
    {
        found.push(entry.path().join("bin/python3"));
    }
    found
}

fn usable(path: PathBuf) -> Option<Interpreter> {
    let code = "import sys, venv, ensurepip; print(*sys.version_info[:3])";
    let text = capture(Command::new(&path).args(["-c", code])).ok()?;
    Some(Interpreter {
        version: version(&text)?,
        path,
    })
}

fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split_whitespace().map_while(|part| part.parse().ok());
    Some((parts.next()?, parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        assert_eq!(version("3 13 0\n"), Some((3, 13, 0)));
        assert_eq!(version("pyenv: command not found"), None);
    }

    #[test]
    fn only_an_answering_index_makes_a_bad_pin() {
        assert!(is_bad_pin(
            "no match for zarr==9 (from versions: 3.0.0, 3.4.2)"
        ));
        assert!(!is_bad_pin(
            "no match for zarr==3.4.2 (from versions: none)"
        ));
        assert!(!is_bad_pin("connection refused"));
    }
}
