//! The crates as the registry would have them: packaged by cargo and unpacked, without what is beside them in the
//! repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, run as run_command};
use crate::report::Result;
use crate::workspace::{Member, Workspace};

/// The unpacked packages.
pub(crate) struct Packages {
    /// Name and directory of each.
    crates: Vec<(String, PathBuf)>,
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
        let mut crates = Vec::new();
        for name in names {
            let file = format!("{name}-{version}");
            let archive = workspace
                .target()
                .join("package")
                .join(format!("{file}.crate"));
            let mut tar = Command::new("tar");
            run_command(tar.arg("-xzf").arg(archive).arg("-C").arg(&home))?;
            crates.push((name.to_owned(), home.join(file)));
        }
        Ok(Self { crates })
    }

    /// Cargo's arguments by which a program gets these crates instead of those of the registry.
    pub(crate) fn patches(&self) -> Vec<String> {
        let patch = |(name, dir): &(String, PathBuf)| {
            let dir = dir.display().to_string().replace('\\', "/");
            [
                "--config".to_owned(),
                format!("patch.crates-io.{name}.path=\"{dir}\""),
            ]
        };
        self.crates.iter().flat_map(patch).collect()
    }
}

fn empty(dir: &Path) -> Result<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
    if dir.is_dir() {
        fs::remove_dir_all(dir).map_err(failed)?;
    }
    fs::create_dir_all(dir).map_err(failed)
}
