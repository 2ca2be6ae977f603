//! The source of the standard library, which is built for targets that are not installed.

use std::path::Path;
use std::process::Command;

use crate::process::{answers, capture};
use crate::report::Result;

/// From Debian, for toolchains whose components rustup cannot get.
const FROM_DEBIAN: &str = include_str!("rust-src.sh");

/// Finds it; or why it is not there.
pub(super) fn find() -> Result<()> {
    let sysroot = capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let lock = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    match lock.is_file() {
        true => Ok(()),
        false => Err("the source of the standard library is not there".to_owned()),
    }
}

/// Finds it, or gets it: by rustup, else from Debian's packages.
pub(crate) fn fetch() -> Result<()> {
    if find().is_ok() {
        return Ok(());
    }
    println!("the source of the standard library is fetched");
    if !answers(Command::new("rustup").args(["component", "add", "rust-src"])) {
        capture(Command::new("bash").args(["-c", FROM_DEBIAN]))?;
    }
    find()
}
