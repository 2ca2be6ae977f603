//! The paths of the workspace, its crates and its Rust files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::Manifest;
use crate::report::Result;

/// The workspace that this xtask belongs to.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// A member crate and its manifest.
pub(crate) struct Member {
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest,
}

impl Member {
    pub(crate) fn name(&self) -> &str {
        self.manifest.value("package", "name").unwrap_or_default()
    }

    pub(crate) fn is_published(&self) -> bool {
        let package = ["publish", "publish.workspace"];
        package
            .iter()
            .all(|key| self.manifest.value("package", key).is_none())
    }

    /// Whether other crates can use it: the Python package is a library for Python only.
    pub(crate) fn is_library(&self) -> bool {
        self.dir.join("src/lib.rs").is_file() && self.manifest.value("lib", "crate-type").is_none()
    }
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // `cargo run` sets the variable, so a binary that was moved to another clone works on that clone.
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = xtask
            .parent()
            .ok_or("xtask has no parent directory")?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => std::path::absolute(dir).map_err(|error| error.to_string())?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    pub(crate) fn manifest(&self) -> Result<Manifest> {
        Manifest::parse(&read(&self.root.join("Cargo.toml"))?)
    }

    /// The crates under `crates/`, by name; xtask, tests and benches are not among them.
    pub(crate) fn crates(&self) -> Result<Vec<Member>> {
        let mut found = Vec::new();
        for dir in children(&self.root.join("crates"))? {
            if dir.join("Cargo.toml").is_file() {
                found.push(member(dir)?);
            }
        }
        Ok(found)
    }

    /// Every member, including those that are not published.
    pub(crate) fn members(&self) -> Result<Vec<Member>> {
        let mut found = self.crates()?;
        for name in [
            "xtask",
            "tests",
            "tests/crash",
            "tests/spellings",
            "benches",
            "benches/costs",
        ] {
            found.push(member(self.root.join(name))?);
        }
        Ok(found)
    }

    /// The crates that users get from the registry: those under `crates/` that do not say `publish = false`.
    pub(crate) fn published(&self) -> Result<Vec<Member>> {
        let mut found = self.crates()?;
        found.retain(Member::is_published);
        Ok(found)
    }

    pub(crate) fn libraries(&self) -> Result<Vec<Member>> {
        Ok(self
            .crates()?
            .into_iter()
            .filter(Member::is_library)
            .collect())
    }

    /// Every Rust file of the workspace: its path relative to the root (with `/`), and its text.
    pub(crate) fn rust_files(&self) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for top in ["crates", "xtask", "tests", "benches", "examples"] {
            collect_rust(&self.root, &self.root.join(top), &mut found)?;
        }
        Ok(found)
    }
}

fn member(dir: PathBuf) -> Result<Member> {
    let manifest = Manifest::parse(&read(&dir.join("Cargo.toml"))?)?;
    Ok(Member { dir, manifest })
}

fn collect_rust(root: &Path, dir: &Path, found: &mut Vec<(String, String)>) -> Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for path in children(dir)? {
        if path.is_dir() {
            // A crate outside of the workspace may have a target directory.
            let name = path.file_name().unwrap_or_default();
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                collect_rust(root, &path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name = relative.to_string_lossy().replace('\\', "/");
            found.push((name, read(&path)?));
        }
    }
    Ok(())
}

fn children(dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Reads a text file; the error names it.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
