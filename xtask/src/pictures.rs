//! `cargo xtask pictures`: draws what `zarr tree`, `info` and `view` print in a terminal, as docs/images/terminal.svg.

mod ansi;
mod svg;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{capture, cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// How wide the terminal is.
const COLUMNS: usize = 76;

/// What is typed before the picture begins.
const BEFORE: &[&[&str]] = &[
    &[
        "write",
        "jacksboro_fault_dem.npy",
        "demo.zarr::jacksboro/elevation",
        "--chunks",
        "64,64",
        "--shards",
        "192,256",
    ],
    &[
        "write",
        "salish_sea_topo.npy",
        "demo.zarr::salish_sea/topography",
        "--chunks",
        "32,32",
        "--attributes",
        "{\"units\": \"m\"}",
    ],
];

/// What is shown.
const SHOWN: &[&[&str]] = &[
    &["tree", "demo.zarr", "--sizes"],
    &["info", "demo.zarr/jacksboro/elevation"],
    &["view", "demo.zarr/salish_sea/topography", "--flip"],
];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    run_command(&mut cargo(
        workspace,
        &["build", "--quiet", "--package", "zarr-cli"],
    ))?;
    let home = workspace.target().join("pictures");
    let failed = |error: std::io::Error| format!("{}: {error}", home.display());
    if home.is_dir() {
        fs::remove_dir_all(&home).map_err(failed)?;
    }
    fs::create_dir_all(&home).map_err(failed)?;
    for name in ["jacksboro_fault_dem.npy", "salish_sea_topo.npy"] {
        let data = workspace.root().join("examples/data").join(name);
        fs::copy(data, home.join(name)).map_err(failed)?;
    }
    for args in BEFORE {
        capture(&mut zarr(workspace, &home, args))?;
    }
    let mut text = String::new();
    for args in SHOWN {
        text.push_str(&format!(
            "\u{1b}[38;2;120;200;120m$\u{1b}[0m zarr {}\n",
            args.join(" ")
        ));
        text.push_str(&capture(&mut zarr(workspace, &home, args))?);
    }
    let picture = svg::draw(&ansi::lines(&text), COLUMNS);
    let file = workspace.root().join("docs/images/terminal.svg");
    fs::write(&file, picture).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{}", file.display());
    Ok(Outcome::Done)
}

/// The command as in a terminal of all colours.
fn zarr(workspace: &Workspace, home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(workspace.target().join("debug/zarr"));
    command
        .current_dir(home)
        .args(args)
        .env("COLUMNS", COLUMNS.to_string())
        .env("COLORTERM", "truecolor")
        .env("CLICOLOR_FORCE", "1")
        .env_remove("NO_COLOR")
        .env_remove("LINES");
    command
}
