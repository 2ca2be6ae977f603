//! L15, `zip_crash`: a writer is killed at every system call that touches files, while it writes a
//! new archive and while it appends to one. What is left is the old archive or the new one, whole.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use zarr_store::{BlockingStore, Payload, PutMode, ZipStore};

use crate::{key, values_of_file};

/// Where the child writes, in its environment.
const PATH: &str = "ZARR_TEST_ZIP_CRASH";
/// Every call by which a file or a directory is touched; not all exist on every machine.
const CALLS: &str = "openat write pwrite64 pwritev copy_file_range sendfile splice lseek fchmod \
                     ftruncate fsync fdatasync rename renameat renameat2 unlink unlinkat flock \
                     fstat statx newfstatat mkdir mkdirat close";

type Values = BTreeMap<String, Vec<u8>>;

fn write(path: &Path, round: u8) {
    let writer = ZipStore::append(path).unwrap();
    for n in 0..4 {
        let value = Payload::from(vec![round; 3000 * n]);
        let key = key(&format!("c/{n}"));
        writer.put(&key, &value, PutMode::Overwrite).unwrap();
    }
    writer.delete(&key(&format!("c/{round}")), None).unwrap();
    writer.finish().unwrap();
}

/// The child: does nothing unless it was started by a test below.
#[test]
#[ignore = "is killed by `zip_crash`"]
fn child() {
    if let Some(path) = env::var_os(PATH) {
        write(Path::new(&path), 2);
    }
}

/// Runs the child with a fault at its `n`-th `call` that touches the archive or what stands beside
/// it. Whether it came to a good end.
fn run(path: &Path, call: &str, n: usize, fault: &str) -> bool {
    let beside = |end| path.with_file_name(format!(".x.zip.{end}"));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null"]);
    // Only these paths: so the calls of starting, and of other threads, are not counted.
    let directory = path.parent().unwrap();
    for path in [path, directory, &beside("zarr-tmp"), &beside("zarr-lock")] {
        strace.arg("-P").arg(path);
    }
    strace.args(["-e", &format!("trace=?{call}")]);
    strace.args(["-e", &format!("inject=?{call}:{fault}:when={n}")]);
    strace.arg(env::current_exe().unwrap());
    strace.args(["crash::child", "--exact", "--ignored", "--test-threads=1"]);
    let strace = strace.env(PATH, path);
    let status = strace.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.unwrap().success()
}

fn traces() -> bool {
    let status = Command::new("strace")
        .args(["-qq", "-e", "inject=write:retval=0:when=9999", "true"])
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// The disk is full at each call that writes: an error, the old archive, and nothing beside it.
#[test]
fn a_full_disk_leaves_the_old_archive() {
    if !traces() {
        println!("skipped: no strace that can inject (or it may not trace)");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut failed = 0;
    for call in [
        "pwrite64",
        "pwritev",
        "copy_file_range",
        "ftruncate",
        "fsync",
        "rename",
    ] {
        for n in 1..=9 {
            let dir = dir.path().join(format!("{call}{n}"));
            fs::create_dir(&dir).unwrap();
            let path = dir.join("x.zip");
            write(&path, 1);
            let before = values_of_file(&path);
            if run(&path, call, n, "error=ENOSPC") {
                break;
            }
            failed += 1;
            // The second `fsync` is of the directory, when the new archive is in its place.
            assert_eq!(values_of_file(&path) == before, (call, n) != ("fsync", 2));
            assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "{call} {n}");
        }
    }
    println!("failed at {failed} calls");
    assert!(failed >= 10, "{failed}");
}

#[test]
fn zip_crash() {
    if !traces() {
        println!("skipped: no strace that can inject (or it may not trace): zip_crash");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for old in [None, Some(1)] {
        let place = |name: &str| {
            let dir = dir.path().join(format!("{}-{name}", old.is_some()));
            fs::create_dir(&dir).unwrap();
            let path = dir.join("x.zip");
            old.iter().for_each(|&round| write(&path, round));
            path
        };
        let values = |path: &Path| path.exists().then(|| values_of_file(path));
        let path = place("whole");
        let before: Option<Values> = values(&path);
        write(&path, 2);
        let after = values(&path);
        assert!(before != after && after.is_some());
        let (mut left, mut done) = (0, 0);
        for call in CALLS.split_whitespace() {
            // Counted for each call by itself.
            for n in 1.. {
                let path = place(&format!("{call}{n}"));
                if run(&path, call, n, "signal=KILL") {
                    break;
                }
                let now = values(&path);
                left += usize::from(now == before);
                done += usize::from(now == after);
                assert!(now == before || now == after, "killed at {call} {n}");
                // Nor is the archive locked, or what is left in the way.
                write(&path, 2);
                assert_eq!(values(&path), after, "killed at {call} {n}");
            }
        }
        let calls = left + done;
        println!("killed at {calls} calls: {left} times the old archive, {done} times the new");
        assert!(left > 10 && done > 2);
    }
}
