//! Writes the seeds of all fuzz targets below a folder and prints the targets' names, for
//! `cargo xtask fuzz`.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::fs;
use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: seeds FOLDER"))?;
    for target in zarr_tests::targets::all() {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (i, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{i}")), seed)?;
        }
        println!("{}", target.name);
    }
    Ok(())
}
