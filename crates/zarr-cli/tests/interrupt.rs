//! Ctrl-C during `zarr copy`: nothing is left half-written, and `--resume` copies the rest.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zarr::DataType;
use zarr::blocking::Wait;

/// Every file below a directory.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![];
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn zarr(arguments: &[&str], home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
    command.args(arguments).current_dir(home);
    command
}

#[test]
fn an_interrupted_copy_is_resumed() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let numbers = zarr::ndarray::Array2::<u32>::from_shape_fn((1024, 2048), |(i, j)| {
        // Compresses badly, so that the copy takes a while.
        ((i * 2048 + j) as u32).wrapping_mul(2_654_435_761) >> 12
    });
    let array = zarr::create_array(home.join("a.zarr"), [1024, 2048], DataType::UInt32);
    let array = array.chunks([16, 128]).wait().unwrap();
    array.write(.., numbers).wait().unwrap();

    let slowly = r#"{"name": "zstd", "configuration": {"level": 19, "checksum": false}}"#;
    let arguments = [
        "copy",
        "a.zarr",
        "b.zarr",
        "--compressors",
        slowly,
        "--progress",
        "json",
    ];
    let mut copy = zarr(&arguments, home)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while files(&home.join("b.zarr")).len() < 10 && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let sent = Command::new("kill")
        .args(["-INT", &copy.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let exit = copy.wait().unwrap();
    let left = files(&home.join("b.zarr"));
    assert_eq!(exit.code(), Some(130));
    assert!(left.len() < 1025, "it was done already");
    let temporary = |path: &&PathBuf| path.to_string_lossy().contains(".zarr-");
    assert_eq!(left.iter().find(temporary), None);

    // Whole chunks all of them, and the rest can be added.
    let good = zarr(&["doctor", "b.zarr"], home).output().unwrap();
    assert!(good.status.success(), "{good:?}");
    let quick = [
        "copy",
        "a.zarr",
        "b.zarr",
        "--resume",
        "--verify",
        "--progress",
        "json",
    ];
    let rest = zarr(&quick, home)
        .args(["--compressors", slowly])
        .output()
        .unwrap();
    assert!(rest.status.success(), "{rest:?}");
    let told = String::from_utf8(rest.stderr).unwrap();
    let done = |line: &str| {
        line.contains("\"schema\":\"zarr.progress/1\"") && line.contains("\"done\":1024")
    };
    assert!(told.lines().any(done), "{told}");
    assert_eq!(files(&home.join("b.zarr")).len(), 1025);
}
