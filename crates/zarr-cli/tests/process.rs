//! The command as a process: exit codes, where messages go, closed pipes, colours. `src/tests` tests what commands
//! do.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Two bytes; the header is 56 long.
const NPY: &[u8] =
    b"\x93NUMPY\x01\x00\x38\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}\n\x07\x08";

fn zarr(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
    command
        .current_dir(home)
        .args(arguments)
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs with something on standard input.
#[expect(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]
fn feed(mut command: Command, input: &[u8]) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Nothing more than a pipe holds: no need to read meanwhile.
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(output: &Output, code: i32, stdout: &[u8], stderr: &str) {
    let found = (output.status.code(), output.stdout.as_slice());
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(found, (Some(code), stdout));
}

#[test]
fn from_standard_input_to_standard_output() {
    let home = tempfile::tempdir().unwrap();
    let write = zarr(home.path(), &["write", "-", "a.zarr"]);
    check(&feed(write, NPY), 0, b"", "");
    let read = zarr(home.path(), &["read", "a.zarr", "--output", "-"])
        .output()
        .unwrap();
    assert_eq!((read.status.code(), read.stdout.len()), (Some(0), 130));
    assert!(read.stdout.ends_with(b"\n\x07\x08"));
    let tree = zarr(home.path(), &["tree", "a.zarr"]).output().unwrap();
    check(&tree, 0, b"/ (2,) uint8\n", "");
}

/// What is cut short is not appended; as long as it fits into the first block, nothing is made of it either.
#[test]
fn what_comes_short_through_a_pipe_leaves_the_array_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let write = zarr(
        home.path(),
        &["write", "-", "a.zarr", "--chunks", "1000000"],
    );
    check(&feed(write, NPY), 0, b"", "");
    let append = |count: usize, there: usize| {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({count},)}}\n");
        let mut input = b"\x93NUMPY\x01\x00".to_vec();
        input.extend((header.len() as u16).to_le_bytes());
        input.extend(header.as_bytes());
        input.extend(std::iter::repeat_n(9, there));
        let mut command = zarr(home.path(), &["append", "-", "a.zarr"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&input).unwrap();
        child.wait_with_output().unwrap()
    };
    let shape = || {
        let tree = zarr(home.path(), &["tree", "a.zarr"]).output().unwrap();
        String::from_utf8(tree.stdout).unwrap()
    };
    // More than one block of 32 MiB, of which the second ends too early.
    for count in [1000, 40 << 20] {
        let output = append(count, count - 1);
        let expected = format!(
            "error: cannot read: standard input: it is cut short: {} bytes of data, its header \
             announces {count}; save one array with `numpy.save`\n",
            count - 1
        );
        check(&output, 5, b"", &expected);
        assert_eq!(shape(), "/ (2,) uint8\n");
        assert!(!home.path().join("a.zarr/c/1").exists());
    }
    check(&append(40 << 20, 40 << 20), 0, b"", "");
    assert_eq!(shape(), "/ (41943042,) uint8\n");
}

#[test]
fn failures_are_one_line() {
    let home = tempfile::tempdir().unwrap();
    let info = zarr(home.path(), &["info", "no\n\u{1b}[2J.zarr"])
        .output()
        .unwrap();
    let expected = "error: cannot open: no\\n\\u{1b}[2J.zarr: no array or group is there (looked for \
                    zarr.json, .zarray, .zgroup); check the path\n";
    check(&info, 3, b"", expected);
    let write = feed(zarr(home.path(), &["write", "-", "a.zarr"]), &NPY[..30]);
    let expected = "error: cannot read: standard input: it ends within its header; save one array \
                    with `numpy.save`\n";
    check(&write, 5, b"", expected);
    let usage = zarr(home.path(), &["read", "--selection"])
        .output()
        .unwrap();
    assert_eq!(usage.status.code(), Some(2));
    let lines = usage.stderr.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!((usage.stdout.len(), lines), (0, 1));
}

#[test]
fn colours_are_for_those_who_want_them() {
    let home = tempfile::tempdir().unwrap();
    feed(zarr(home.path(), &["write", "-", "a.zarr"]), NPY);
    let tree = zarr(home.path(), &["tree", "a.zarr"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(tree.stdout.starts_with(b"\x1b[1m/\x1b[0m"));
    let mut plain = zarr(home.path(), &["tree", "a.zarr"]);
    check(
        &plain.env("NO_COLOR", "1").output().unwrap(),
        0,
        b"/ (2,) uint8\n",
        "",
    );
}

#[test]
fn help_and_version() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        vec!["--help"],
        vec!["help"],
        vec!["help", "info"],
        vec!["tree", "--help"],
        vec!["read", "--help"],
        vec!["write", "--help"],
    ] {
        let help = zarr(home.path(), &arguments).output().unwrap();
        assert_eq!((help.status.code(), help.stderr.len()), (Some(0), 0));
        assert!(String::from_utf8_lossy(&help.stdout).contains("\nExamples:\n  zarr "));
    }
    let version = zarr(home.path(), &["--version"]).output().unwrap();
    // zarr-python installs a command of this name, too: the version says whose it is.
    let expected = format!(
        "zarr {} (zarr-cli, written in Rust; {})\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY")
    );
    check(&version, 0, expected.as_bytes(), "");
    let nothing = zarr(home.path(), &[]).output().unwrap();
    assert_eq!((nothing.status.code(), nothing.stdout.len()), (Some(2), 0));
}

/// Whoever closes the pipe has seen enough.
#[test]
fn a_closed_pipe_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    feed(zarr(home.path(), &["write", "-", "a.zarr"]), NPY);
    for arguments in [
        vec!["tree", "a.zarr"],
        vec!["read", "a.zarr", "-o", "-"],
        vec!["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = zarr(home.path(), &arguments);
        let output = command
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        check(&output, 0, b"", "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one() {
    let home = tempfile::tempdir().unwrap();
    feed(zarr(home.path(), &["write", "-", "a.zarr"]), NPY);
    for arguments in [vec!["info", "a.zarr"], vec!["read", "a.zarr", "-o", "-"]] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = zarr(home.path(), &arguments).stdout(full).output().unwrap();
        let expected = "error: cannot write: standard output: No space left on device (os error 28); \
                        make room, or choose another disk\n";
        check(&output, 7, b"", expected);
    }
}

/// What no command reaches is named where names are listed.
#[test]
fn what_has_no_key_is_named() {
    let home = tempfile::tempdir().unwrap();
    let write = zarr(home.path(), &["write", "-", "a.zarr::x:0"]);
    check(&feed(write, NPY), 0, b"", "");
    std::fs::create_dir(home.path().join("a.zarr/back\\slash")).unwrap();
    for command in ["ls", "tree"] {
        let output = zarr(home.path(), &[command, "a.zarr"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.starts_with("warning: left out: back\\slash: "),
            "{said}"
        );
        assert!(String::from_utf8(output.stdout).unwrap().contains("x:0"));
    }
}

/// Once, even if a group is listed several times; nothing of it is on standard output.
#[test]
fn warnings_of_the_library_are_told_once_on_standard_error() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| zarr(home.path(), arguments).output().unwrap();
    check(
        &run(&["create", "g::a", "--shape", "2", "--dtype", "int8"]),
        0,
        b"",
        "",
    );
    std::fs::create_dir(home.path().join("g/notes")).unwrap();
    let info = run(&["info", "g"]);
    let warning = "warning: `/notes` is neither an array nor a group; it is passed over\n";
    assert_eq!(String::from_utf8_lossy(&info.stderr), warning);
    assert_eq!(info.status.code(), Some(0));
    // A copy takes it along.
    let copy = run(&["copy", "--quiet", "g", "h"]);
    assert_eq!(String::from_utf8_lossy(&copy.stderr), "");
}
