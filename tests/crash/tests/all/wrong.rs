//! L6: what is wrong with a directory is told, with its place and what to do, and never taken for
//! absence. As a user to whom permissions apply.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        process::CommandExt,
    },
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::support::{Running, WORKER, is_root, say, tempdir, worker};

/// A directory that anybody may enter, with a copy of the worker that anybody may run, and a store
/// that is theirs.
struct Ground {
    dir: TempDir,
    worker: PathBuf,
}

const NOBODY: u32 = 65534;

impl Ground {
    fn new() -> Ground {
        let dir = tempdir();
        let worker = dir.path().join("worker");
        fs::copy(WORKER, &worker).unwrap();
        fs::create_dir(dir.path().join("root")).unwrap();
        for open in [dir.path(), &worker, &dir.path().join("root")] {
            mode(open, 0o755);
        }
        let ground = Ground { dir, worker };
        ground.give(&ground.root());
        ground
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    fn give(&self, path: &Path) {
        if is_root() {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// What somebody is told who does one thing.
    fn probe(&self, what: &str, key: &str) -> String {
        let mut command = worker("probe", &self.root(), &[what, key]);
        if is_root() {
            command = std::process::Command::new(&self.worker);
            command.arg("probe").arg(self.root()).args([what, key]);
            command.uid(NOBODY).gid(NOBODY).current_dir("/");
        }
        let (status, lines) = Running::start(&mut command).end();
        assert!(status.success());
        lines.into_iter().next().unwrap()
    }

    /// It must be an error of a kind that names the path.
    fn refused(&self, what: &str, key: &str, words: &[&str]) {
        let said = self.probe(what, key);
        let path = self.root().to_string_lossy().into_owned();
        for word in words.iter().copied().chain([path.as_str()]) {
            assert!(
                said.contains(word),
                "{what} `{key}`: no `{word}` in: {said}"
            );
        }
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn readonly_dir() {
    let ground = Ground::new();
    assert_eq!(ground.probe("put", "a"), "done");
    mode(&ground.root(), 0o555);
    assert_eq!(ground.probe("get", "a"), "value");
    assert_eq!(ground.probe("get", "b"), "absent");
    let words = ["Permission(", "os error 13", "check who owns the store"];
    ground.refused("put", "a", &words);
    ground.refused("put", "b/c", &words);
    ground.refused(
        "lock",
        "a",
        &[words[0], words[1], "LocalStore::locking(Locking::None)"],
    );
    mode(&ground.root(), 0o755);
    say("L6: readonly_dir told");
}

#[test]
fn permission_denied() {
    let ground = Ground::new();
    assert_eq!(ground.probe("put", "a/b"), "done");
    mode(&ground.root().join("a/b"), 0);
    let words = ["Permission(", "os error 13", "check who owns the store"];
    ground.refused("get", "a/b", &words);
    mode(&ground.root().join("a"), 0);
    for key in ["a/b", "a/nothing", "a/b/c"] {
        ground.refused("get", key, &words);
        ground.refused("put", key, &words);
    }
    mode(&ground.root(), 0);
    ground.refused("get", "x", &words);
    ground.refused("list", "x", &words);
    mode(&ground.root(), 0o755);
    mode(&ground.root().join("a"), 0o755);
    say("L6: permission_denied told, never absent");
}

#[test]
fn not_a_directory() {
    let ground = Ground::new();
    assert_eq!(ground.probe("put", "a"), "done");
    // Below a value there is nothing, and can be nothing.
    assert_eq!(ground.probe("get", "a/b"), "absent");
    ground.refused("put", "a/b", &["Io(", "put `a/b`"]);
    ground.refused("lock", "a/b", &["Io(", "lock `a/b`"]);
    assert_eq!(ground.probe("put", "d/x"), "done");
    ground.refused("get", "d", &["Io(", "directory"]);
    ground.refused("put", "d", &["Io(", "directory"]);
    say("L6: not_a_directory told");
}

#[test]
fn root_is_file() {
    let ground = Ground::new();
    fs::remove_dir(ground.root()).unwrap();
    fs::write(ground.root(), "a file").unwrap();
    ground.give(&ground.root());
    ground.refused("put", "a", &["Io(", "put `a`"]);
    ground.refused("lock", "a", &["Io(", "lock `a`"]);
    assert_eq!(fs::read(ground.root()).unwrap(), b"a file");
    say("L6: root_is_file told");
}

#[test]
fn name_too_long() {
    let ground = Ground::new();
    let longest = "x".repeat(255);
    for what in ["put", "get", "lock"] {
        let said = ground.probe(what, &longest);
        assert!(["done", "value"].contains(&said.as_str()), "{said}");
    }
    // A key may be longer than the paths of the system, which are counted with the root.
    let deep = format!("{}/x", vec!["y".repeat(200); 5].join("/"));
    assert_eq!(ground.probe("put", &deep), "done");
    // Longer ones are no keys at all: see `refuses_what_could_leave_the_root`.
    assert!(zarr_store::Key::new("x".repeat(256)).is_err());
    say("L6: name_too_long told");
}

#[test]
fn dangling_symlink() {
    let ground = Ground::new();
    symlink("nowhere", ground.root().join("a")).unwrap();
    symlink("d/e", ground.root().join("d")).unwrap();
    assert_eq!(ground.probe("get", "a"), "absent");
    assert_eq!(ground.probe("get", "a/b"), "absent");
    ground.refused("put", "a/b", &["Io(", "put `a/b`"]);
    // A link that leads in a circle is there.
    ground.refused("get", "d", &["Io(", "os error 40"]);
    // A value that is a link is replaced.
    assert_eq!(ground.probe("put", "a"), "done");
    assert_eq!(ground.probe("get", "a"), "value");
    say("L6: dangling_symlink told");
}
