//! The command where a system is not as usual: no `/proc`, a file system that nothing can be written to, a mask that
//! keeps others out. Each run has mounts of its own, which end with it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use support::skipped;

/// Runs a shell in a mount namespace of its own; `$zarr` is the command. `None` where that is not allowed, which is said.
fn unshared(home: &Path, script: &str) -> Option<Output> {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-euc"]);
    let allowed = command.arg("mount -t tmpfs none /mnt").output();
    if !allowed.is_ok_and(|out| out.status.success()) {
        skipped(
            "odd systems",
            "no mount namespaces",
            "install util-linux, and allow user namespaces",
        );
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-euc"]);
    let zarr = env!("CARGO_BIN_EXE_zarr");
    let run = command.arg(script).env("zarr", zarr).current_dir(home);
    Some(run.output().unwrap())
}

const MAKE: &str = r#""$zarr" create a.zarr --shape 4,6 --dtype int16 --chunks 2,3 --fill-value 7"#;
const READ: &str = r#""$zarr" read a.zarr --selection 3,5 --format text"#;

#[test]
fn without_proc() {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs none /proc\n{MAKE}\n{READ}\n\"$zarr\" copy a.zarr b.zarr\n\"$zarr\" diff a.zarr b.zarr"
    );
    let Some(out) = unshared(home.path(), &script) else {
        return;
    };
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{out:?}");
    assert!(said.lines().any(|line| line.trim() == "7"), "{said}");
}

#[test]
fn on_a_file_system_that_is_read_only() {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        "{MAKE}\nmount --bind . . && mount -o remount,bind,ro . && cd .\ncd \"$PWD\"\n{READ}\n\
         ! \"$zarr\" attrs set a.zarr units 7\n! \"$zarr\" create b.zarr --shape 1 --dtype int8\n{READ}"
    );
    let Some(out) = unshared(home.path(), &script) else {
        return;
    };
    assert!(out.status.success(), "{out:?}");
    let errors = String::from_utf8_lossy(&out.stderr);
    let told: Vec<&str> = errors
        .lines()
        .filter(|line| line.contains("Read-only file system"))
        .collect();
    assert_eq!(told.len(), 2, "{errors}");
    assert!(
        told.iter().all(|line| line.starts_with("error: ")),
        "{errors}"
    );
}

#[test]
fn what_a_mask_keeps_from_others_stays_so() {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        "umask 077\n{MAKE}\n\"$zarr\" attrs set a.zarr units 7\n\"$zarr\" resize a.zarr --shape 8,6"
    );
    let mut command = Command::new("sh");
    let run = command
        .args(["-euc", &script])
        .env("zarr", env!("CARGO_BIN_EXE_zarr"));
    let out = run.current_dir(home.path()).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    let mode = |path: &str| {
        let data = std::fs::metadata(home.path().join(path)).unwrap();
        data.permissions().mode() & 0o777
    };
    assert_eq!((mode("a.zarr"), mode("a.zarr/zarr.json")), (0o700, 0o600));
}
