//! What Unix has besides: links, modes, pipes, and locks of directories.

use std::os::unix::fs::{PermissionsExt, symlink};

use rustix::fs::{FlockOperation, flock};

use super::*;
use crate::{StoreExt, runtime::wait};

#[test]
fn deleting_a_link_leaves_what_it_leads_to() {
    let (store, dir) = local();
    fs::create_dir_all(store.root()).unwrap();
    fs::create_dir(dir.path().join("elsewhere")).unwrap();
    fs::write(dir.path().join("elsewhere/x"), "alive").unwrap();
    symlink(dir.path().join("elsewhere"), store.root.path("link")).unwrap();
    symlink(dir.path().join("nowhere"), store.root.path("dangling")).unwrap();
    assert_eq!(store.list_dir(&Prefix::root()).unwrap().prefixes.len(), 1);
    assert_eq!(all(&store, "dangling"), None);
    store.delete_prefix(&Prefix::new("link").unwrap()).unwrap();
    assert!(!store.root.path("link").exists());
    assert_eq!(fs::read(dir.path().join("elsewhere/x")).unwrap(), b"alive");
}

#[test]
fn what_cannot_be_read_is_an_error_not_absent() {
    let (store, dir) = local();
    store
        .put(&key("a/b"), &vec![1].into(), PutMode::Create)
        .unwrap();
    assert!(
        store.get(&key("a"), ByteRange::All, None).is_err(),
        "a directory is no value"
    );
    assert!(store.head(&key("a")).is_err());
    assert!(store.open(&key("a")).unwrap().unwrap().read(0..1).is_err());
    assert!(
        store
            .put(&key("a"), &vec![1].into(), PutMode::Overwrite)
            .is_err()
    );
    assert_eq!(all(&store, "a/b/c"), None, "below a file there is nothing");
    assert!(
        store
            .put(&key("a/b/c"), &vec![1].into(), PutMode::Overwrite)
            .is_err()
    );
    // A pipe must not hang the reader.
    nix_pipe(&store.root.path("pipe"));
    assert!(store.get(&key("pipe"), ByteRange::All, None).is_err());
    assert!(store.list_dir(&Prefix::root()).unwrap().keys.is_empty());
    // Nor is a link that leads in a circle "not there".
    symlink(store.root.path("circle"), store.root.path("circle")).unwrap();
    let e = store.open(&key("circle")).err().unwrap().to_string();
    assert!(
        e.starts_with("open `circle` in ") && e.contains(&*dir.path().to_string_lossy()),
        "{e}"
    );
}

fn nix_pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
}

#[test]
fn two_handles_on_one_directory_meet() {
    let (store, dir) = local();
    let inner = LocalStore::new(dir.path().join("root/a"));
    symlink(dir.path().join("root"), dir.path().join("alias")).unwrap();
    fs::create_dir(dir.path().join("root")).unwrap();
    let alias = LocalStore::new(dir.path().join("alias"));
    assert_eq!(store.lock_name(&key("a/b")), inner.lock_name(&key("b")));
    assert_eq!(store.lock_name(&key("a/b")), alias.lock_name(&key("a/b")));
    assert_ne!(store.lock_name(&key("a/b")), inner.lock_name(&key("a/b")));
    assert_eq!(store.hints().identity, alias.hints().identity);
}

#[test]
fn a_link_to_nothing_is_no_directory_to_write_into() {
    let (store, _dir) = local();
    fs::create_dir_all(store.root()).unwrap();
    symlink("nowhere", store.root().join("a")).unwrap();
    for store in [store.clone(), store.symlinks(Symlinks::Inside)] {
        let error = store
            .put(&key("a/b/c"), &vec![1].into(), PutMode::Overwrite)
            .unwrap_err();
        assert!(error.to_string().contains("os error 17"), "{error}");
    }
}

#[test]
fn links_that_lead_around_are_not_listed() {
    let (store, _dir) = local();
    for name in ["a/value", "b/c/value"] {
        let value = vec![1].into();
        store.put(&key(name), &value, PutMode::Overwrite).unwrap();
    }
    let link = |target: &str, name: &str| symlink(target, store.root().join(name)).unwrap();
    link(".", "here");
    link("../..", "b/c/up");
    link("../..", "a/above");
    // By two, neither of which leads up: each shows the other's directory, and the walk ends there.
    link("../b", "a/b");
    link("../a", "b/a");
    for store in [store.clone(), store.symlinks(Symlinks::Inside)] {
        let (mut found, mut rest) = (vec![], vec![Prefix::root()]);
        while let Some(prefix) = rest.pop() {
            let listing = BlockingStore::list_dir(&store, &prefix).unwrap();
            found.extend(listing.keys.into_iter().map(|entry| entry.key.to_string()));
            rest.extend(listing.prefixes);
        }
        found.sort();
        assert_eq!(
            found,
            ["a/b/c/value", "a/value", "b/a/value", "b/c/value"],
            "{store:?}"
        );
        store.delete_prefix(&Prefix::new("b").unwrap()).unwrap();
        assert_eq!(
            all(&store, "a/value"),
            Some(vec![1]),
            "what links lead to stays"
        );
        let value = vec![1].into();
        store
            .put(&key("b/c/value"), &value, PutMode::Overwrite)
            .unwrap();
        symlink("../..", store.root().join("b/c/up")).unwrap();
        symlink("../a", store.root().join("b/a")).unwrap();
    }
}

/// As another process would see it: the directory of a value, locked.
fn locked(store: &LocalStore, how: FlockOperation) -> fs::File {
    let dir = fs::File::open(store.root()).unwrap();
    flock(&dir, how).unwrap();
    dir
}

#[test]
fn a_conditional_write_is_one_step_to_other_processes() {
    let (store, _dir) = local();
    let put = |mode| store.put(&key("a"), &vec![1].into(), mode);
    let first = put(PutMode::Overwrite).unwrap().unwrap();
    // While another compares and replaces, nothing comes between.
    let waits = |other: FlockOperation, write: &(dyn Fn() + Sync)| {
        let other = locked(&store, other);
        thread::scope(|threads| {
            let writes = threads.spawn(write);
            thread::sleep(Duration::from_millis(50));
            let waits = !writes.is_finished();
            drop(other);
            waits
        })
    };
    let (alone, shared) = (FlockOperation::LockExclusive, FlockOperation::LockShared);
    let overwrite = || drop(put(PutMode::Overwrite).unwrap());
    let delete = || store.delete(&key("c"), None).unwrap();
    for write in [&overwrite as &(dyn Fn() + Sync), &delete] {
        assert!(waits(alone, write));
        assert!(
            !waits(shared, write),
            "nor does one whole write wait for another"
        );
    }
    // What is new cannot come between: there is a value to compare.
    let new = |name: &str, mode| drop(store.put(&key(name), &vec![1].into(), mode).unwrap());
    assert!(!waits(alone, &|| new("d", PutMode::Create)));
    assert!(!waits(alone, &|| new("e", PutMode::Overwrite)));
    let update = || {
        let error = put(PutMode::Update(first.clone())).unwrap_err();
        assert!(error.is_conflict());
    };
    let delete = || {
        let error = store.delete(&key("a"), Some(&first)).unwrap_err();
        assert!(error.is_conflict());
    };
    for write in [&update as &(dyn Fn() + Sync), &delete] {
        assert!(waits(alone, write) && waits(shared, write));
    }
    let delete_all = || store.delete_prefix(&Prefix::root()).unwrap();
    assert!(waits(alone, &delete_all));
    put(PutMode::Create).unwrap();
    assert!(!waits(shared, &delete_all));
    // Whoever wants no locks waits for none.
    let store = store.clone().locking(Locking::None);
    let _other = locked(&store, alone);
    store
        .put(&key("a"), &vec![2].into(), PutMode::Overwrite)
        .unwrap();
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    let (store, _dir) = local();
    let mode = |name: &str| {
        fs::metadata(store.root().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    let put = || {
        store
            .put(&key("a"), &vec![1].into(), PutMode::Overwrite)
            .unwrap()
    };
    put();
    let new = mode("a");
    // More than the mask of a process usually allows, and less.
    for wanted in [0o664, 0o600, 0o666, new] {
        fs::set_permissions(store.root().join("a"), fs::Permissions::from_mode(wanted)).unwrap();
        put();
        assert_eq!(mode("a"), wanted, "{wanted:o}");
        let changed = wait(
            store
                .clone()
                .into_store()
                .modify(&key("a"), |_| Ok(Some(vec![2].into()))),
        );
        changed.unwrap();
        assert_eq!(mode("a"), wanted, "{wanted:o}");
    }
    store
        .put(&key("b"), &vec![1].into(), PutMode::Create)
        .unwrap();
    assert_eq!(mode("b"), new);
}

#[test]
fn a_directory_that_may_not_be_listed_can_be_written_to() {
    let (store, _dir) = local();
    store
        .put(&key("a"), &vec![1].into(), PutMode::Create)
        .unwrap();
    fs::set_permissions(store.root(), fs::Permissions::from_mode(0o333)).unwrap();
    // Root may list it all the same; then this shows nothing.
    store
        .put(&key("a"), &vec![2].into(), PutMode::Overwrite)
        .unwrap();
    fs::set_permissions(store.root(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(all(&store, "a"), Some(vec![2]));
}

#[test]
fn f12_a_copy_is_a_file_of_its_own_within_the_links_of_its_source() {
    let (store, dir) = local();
    let (a, b) = (key("a"), key("b/c"));
    store
        .put(&a, &vec![7; 300_000].into(), PutMode::Create)
        .unwrap();
    let other = LocalStore::new(dir.path().join("other"));
    let origin = store.origin(&a).unwrap();
    let copied = other.copy_from(&origin, &b, u64::MAX).unwrap();
    assert_eq!(
        copied,
        Copied::Stored {
            size: Some(300_000)
        }
    );
    store.put(&a, &vec![1].into(), PutMode::Overwrite).unwrap();
    assert_eq!(all(&other, "b/c"), Some(vec![7; 300_000]));
    // More than is allowed, nothing, and what no store of files understands.
    let refused = other.copy_from(&other.origin(&b).unwrap(), &a, 299_999);
    let refused = refused.unwrap_err().kind;
    assert!(matches!(refused, crate::StoreErrorKind::TooLarge { .. }));
    let none = store.origin(&key("none")).unwrap();
    assert_eq!(other.copy_from(&none, &a, 9).unwrap(), Copied::Absent);
    let far = crate::MemoryStore::new().origin(&a).unwrap();
    assert_eq!(other.copy_from(&far, &a, 9).unwrap(), Copied::Elsewhere);
    assert_eq!(all(&other, "a"), None);
    // What the source may not read is not copied through it.
    fs::write(dir.path().join("secret"), "s").unwrap();
    symlink(dir.path().join("secret"), store.root().join("link")).unwrap();
    let inside = store.clone().symlinks(Symlinks::Inside);
    let leading_out = inside.origin(&key("link")).unwrap();
    other.copy_from(&leading_out, &a, 9).unwrap_err();
    assert_eq!(all(&other, "a"), None);
    assert_eq!(files(dir.path()).len(), 4, "no temporary file is left");
}
