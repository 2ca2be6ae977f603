//! The crates as the registry would have them: packaged by cargo and unpacked, without what is beside them in the
//! repository.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{capture, cargo, run as run_command};
use crate::report::Result;
use crate::workspace::{Member, Workspace};

/// The unpacked packages, in one directory.
pub(crate) struct Packages {
    home: PathBuf,
    /// The name of each one's directory.
    dirs: Vec<String>,
    /// Cargo's configuration by which a program gets these crates instead of those of the registry.
    config: PathBuf,
}

impl Packages {
    /// Packages what lies in the workspace, whether or not it is committed.
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        let members = workspace.published()?;
        let names: Vec<&str> = members.iter().map(Member::name).collect();
        let mut command = cargo(
            workspace,
            &["package", "--quiet", "--no-verify", "--allow-dirty"],
        );
        names.iter().for_each(|name| {
            command.args(["--package", name]);
        });
        run_command(&mut command)?;
        let manifest = workspace.manifest()?;
        let version = manifest
            .value("workspace.package", "version")
            .ok_or("no version in Cargo.toml")?;
        let home = workspace.target().join("packages");
        empty(&home)?;
        let mut patches = String::from("[patch.crates-io]\n");
        let mut dirs = Vec::new();
        for name in names {
            let file = format!("{name}-{version}");
            let archive = workspace
                .target()
                .join("package")
                .join(format!("{file}.crate"));
            // With the time of now: cargo gives packaged files one time of long ago, by which it would take them for old.
            let mut tar = Command::new("tar");
            capture(tar.arg("-xmzf").arg(archive).arg("-C").arg(&home))?;
            // A literal string of TOML, in which a backslash is one.
            let dir = home.join(&file);
            patches.push_str(&format!("{name} = {{ path = '{}' }}\n", dir.display()));
            dirs.push(file);
        }
        let config = home.join("patch.toml");
        fs::write(&config, patches).map_err(|error| format!("{}: {error}", config.display()))?;
        Ok(Self { home, dirs, config })
    }

    /// Makes a workspace of them, and gives its directory.
    pub(crate) fn workspace(&self) -> Result<&Path> {
        let members: Vec<String> = self.dirs.iter().map(|dir| format!("\"{dir}\"")).collect();
        let members = members.join(", ");
        let text = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
        let file = self.home.join("Cargo.toml");
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(&self.home)
    }

    /// The arguments for cargo.
    pub(crate) fn patch(&self) -> [&OsStr; 2] {
        [OsStr::new("--config"), self.config.as_os_str()]
    }
}

fn empty(dir: &Path) -> Result<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
    if dir.is_dir() {
        fs::remove_dir_all(dir).map_err(failed)?;
    }
    fs::create_dir_all(dir).map_err(failed)
}
