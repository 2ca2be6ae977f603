//! `cargo xtask browser`: builds the page of `examples/browser` for WebAssembly, as small as it gets, and lets Chromium
//! read a store by it that the command `zarr` made and serves. `tests/browser` says what is compared.
//!
//! The page is left in `target/browser/page`, for any web server. A tool that is missing is told, and what needs it is
//! skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node;
use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::targets::rust_src;
use crate::workspace::{Workspace, read};

const TARGET: &str = "wasm32-unknown-unknown";

/// The most bytes that the library may have; a server that compresses sends less than half of them.
const LARGEST: u64 = 1_530_000;

/// What Rust's compiler uses of WebAssembly beyond its first version, for `wasm-opt`: all browsers have it.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The files of the page, beside what is built.
const PAGE: &[&str] = &["index.html", "page.css", "page.js"];

/// The scripts of the test.
const SCRIPTS: &[&str] = &["chromium.mjs", "drive.mjs", "servers.mjs", "store.mjs"];

/// The names that Chromium has.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let home = workspace.target().join("browser");
    let lock = read(&workspace.root().join("Cargo.lock"))?;
    let wanted = locked(&lock, "wasm-bindgen")?;
    let bindgen = capture(Command::new("wasm-bindgen").arg("--version")).unwrap_or_default();
    if bindgen.trim() != format!("wasm-bindgen {wanted}") {
        return Ok(Outcome::Skipped(Skip {
            what: "the page in a browser",
            why: format!("wasm-bindgen {wanted}, as in Cargo.lock, is not installed"),
            how: format!("cargo install wasm-bindgen-cli@{wanted}"),
        }));
    }
    if let Err(why) = rust_src::fetch() {
        return Ok(Outcome::Skipped(Skip {
            what: "the page in a browser",
            why,
            how: "rustup component add rust-src".to_owned(),
        }));
    }
    let page = home.join("page");
    build(workspace, &page)?;
    let mut skipped = Vec::new();
    let tests = workspace.root().join("tests/browser");
    match node::install(&tests, &home, SCRIPTS)? {
        Ok(()) => measure(&home, &page)?,
        Err(why) => {
            skipped.push(format!("skipped: the size and the test of the page: {why}"));
            return Ok(Outcome::of(skipped));
        }
    }
    let has = |name: &&&str| answers(Command::new(name).arg("--version"));
    match CHROMIUM.iter().find(has) {
        Some(chromium) => drive(workspace, &home, &page, chromium)?,
        None => skipped.push("skipped: the test of the page: apt-get install chromium".to_owned()),
    }
    Ok(Outcome::of(skipped))
}

/// Builds the library of the page, and puts all files of the page beside each other.
fn build(workspace: &Workspace, page: &Path) -> Result<()> {
    let told = |error: std::io::Error| format!("{}: {error}", page.display());
    let mut command = cargo(
        workspace,
        &["build", "--release", "--package", "zarr-browser"],
    );
    // The standard library, too, is built small. No text of a panic is kept: nothing that is read causes one.
    command.args(["--target", TARGET, "-Zbuild-std=std"]);
    command.arg("-Zbuild-std-features=optimize_for_size");
    let built = workspace.target().join("browser/build");
    command.env("CARGO_TARGET_DIR", &built);
    command.envs([
        ("RUSTC_BOOTSTRAP", "1"),
        ("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
        ("CARGO_PROFILE_RELEASE_LTO", "fat"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ]);
    run_command(&mut command)?;
    let module = built.join(TARGET).join("release/zarr_browser.wasm");
    let mut bind = Command::new("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-dir"]);
    run_command(bind.arg(page.join("pkg")).arg(module))?;
    for name in PAGE {
        let from = workspace.root().join("examples/browser").join(name);
        fs::copy(from, page.join(name)).map_err(told)?;
    }
    Ok(())
}

/// Makes the module smaller, and checks its size.
fn measure(home: &Path, page: &Path) -> Result<()> {
    let module = page.join("pkg/zarr_browser_bg.wasm");
    let size = || fs::metadata(&module).map(|file| file.len());
    let told = |error: std::io::Error| format!("{}: {error}", module.display());
    let before = size().map_err(told)?;
    let wasm_opt = home.join("node_modules/binaryen/bin/wasm-opt");
    let mut command = Command::new("node");
    command.arg(wasm_opt).arg("-Oz").args(FEATURES);
    run_command(command.arg(&module).arg("-o").arg(&module))?;
    let after = size().map_err(told)?;
    println!("{before} bytes of WebAssembly, {after} after wasm-opt -Oz");
    match after {
        ..=LARGEST => Ok(()),
        _ => Err(format!(
            "the module has {after} bytes, and may have {LARGEST}"
        )),
    }
}

/// Lets Chromium open the page, with a store made by the command of this workspace.
fn drive(workspace: &Workspace, home: &Path, page: &Path, chromium: &str) -> Result<()> {
    run_command(&mut cargo(workspace, &["build", "--package", "zarr-cli"]))?;
    let zarr: PathBuf = workspace.target().join("debug/zarr");
    let mut command = Command::new("node");
    command.arg(home.join("drive.mjs")).arg(chromium);
    command.arg(page).arg(zarr).arg(home.join("seen"));
    run_command(command.arg(workspace.root().join("examples/data")))
}

/// The version of a package in the lock file.
fn locked<'a>(lock: &'a str, name: &str) -> Result<&'a str> {
    let line = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|text| *text != line).skip(1);
    let version = lines
        .next()
        .and_then(|text| text.strip_prefix("version = \""));
    let version = version.and_then(|text| text.strip_suffix('"'));
    version.ok_or_else(|| format!("Cargo.lock has no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "[[package]]\nname = \"ab\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"a\"\nversion = \"4.5.6\"\n";
        assert_eq!(locked(lock, "a"), Ok("4.5.6"));
        assert!(locked(lock, "b").is_err());
    }
}
