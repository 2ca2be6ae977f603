//! `Tools`: the C compiler and the runner of a target, found or installed, and how cargo is told of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::list::Target;
use crate::process::{answers, capture, run};
use crate::report::Result;
use crate::workspace::Workspace;

/// What Wine lacks: see the file.
const PROCESS_PRNG: &str = include_str!("bcryptprimitives.c");

/// What cargo is told: variables and their values.
pub(super) struct Tools(Vec<(String, String)>);

impl Tools {
    /// Finds the tools; those that are missing are installed, where that is allowed.
    pub(super) fn get(workspace: &Workspace, target: &Target) -> Result<Self> {
        if !missing(target).is_empty() {
            install(target)?;
        }
        Tools::find(workspace, target)
    }

    /// Finds the tools, or says what is missing.
    pub(super) fn find(workspace: &Workspace, target: &Target) -> Result<Self> {
        let missing = missing(target);
        if !missing.is_empty() {
            let packages = target.packages.join(" ");
            let missing = missing.join(", ");
            return Err(format!("no {missing}; apt-get install {packages}"));
        }
        let home = workspace.target().join("targets");
        fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
        let name = target.name.replace('-', "_");
        let upper = name.to_uppercase();
        let mut variables = Vec::new();
        if let Some(compiler) = target.compiler {
            variables.push((format!("CARGO_TARGET_{upper}_LINKER"), compiler.to_owned()));
            variables.push((format!("CC_{name}"), compiler.to_owned()));
        }
        if let Some(runner) = target.runner {
            variables.push((format!("CARGO_TARGET_{upper}_RUNNER"), runner.join(" ")));
        }
        if let (Some(compiler), Some(["wine"])) = (target.compiler, target.runner) {
            variables.extend(wine(&home, compiler)?);
        }
        Ok(Tools(variables))
    }

    pub(super) fn apply(&self, command: &mut Command) {
        command.envs(self.0.iter().map(|(name, value)| (name, value)));
    }
}

/// The programs that are not there.
fn missing(target: &Target) -> Vec<String> {
    let runner = target.runner.and_then(|runner| runner.first());
    let of_c = target.compiler.map(str::to_owned);
    // The tests compile a library that has parts in C++.
    let of_cpp = target.compiler.map(|c| c.replace("gcc", "g++"));
    let wanted = of_c.into_iter().chain(of_cpp);
    wanted
        .chain(runner.map(|&runner| runner.to_owned()))
        .filter(|program| !answers(Command::new(program).arg("--version")))
        .collect()
}

fn install(target: &Target) -> Result<()> {
    let root = capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root || !answers(Command::new("apt-get").arg("--version")) {
        // `find` says what to install.
        return Ok(());
    }
    let mut command = Command::new("apt-get");
    command.args(["install", "-y", "--no-install-recommends"]);
    run(command.args(target.packages))
}

/// An own home for Wine, and the library that it lacks.
fn wine(home: &Path, compiler: &str) -> Result<Vec<(String, String)>> {
    let told = |error: std::io::Error| format!("{}: {error}", home.display());
    let libraries: PathBuf = home.join("wine-libraries");
    let (source, library) = (
        libraries.join("bcryptprimitives.c"),
        libraries.join("bcryptprimitives.dll"),
    );
    if !library.is_file() {
        fs::create_dir_all(&libraries).map_err(told)?;
        fs::write(&source, PROCESS_PRNG).map_err(told)?;
        let mut compile = Command::new(compiler);
        compile.args(["-shared", "-o"]).arg(&library).arg(&source);
        capture(compile.arg("-ladvapi32"))?;
    }
    // What programs with parts in C++ load lies beside the compiler.
    let mut ask = Command::new(compiler.replace("gcc", "g++"));
    let of_cpp = capture(ask.arg("-print-file-name=libstdc++-6.dll"))?;
    let of_cpp = Path::new(of_cpp.trim()).parent().unwrap_or(home);
    let path = [&libraries, of_cpp]
        .map(|path| format!("Z:{}", path.display().to_string().replace('/', "\\")))
        .join(";");
    let own = |name: &str, value: String| (name.to_owned(), value);
    Ok(vec![
        own("WINEPREFIX", home.join("wine").display().to_string()),
        own("WINEARCH", "win64".to_owned()),
        own("WINEDEBUG", "-all".to_owned()),
        own("WINEPATH", path),
    ])
}
