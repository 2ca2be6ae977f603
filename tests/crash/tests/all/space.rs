//! L4: a full disk tears no value, and the process goes on when there is room again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use zarr_crash_tests::record::{Random, Record};
use zarr_store::{
    BlockingStore, ByteRange, Key, LocalStore, Prefix, PutMode, StoreExt, runtime::wait,
};

use crate::support::{is_root, leavings, rounds, say, skipped, tempdir};

/// A file system that is taken away again.
pub(crate) struct Mounted(pub(crate) PathBuf);

impl Mounted {
    /// Mounts something, unless this process may not.
    pub(crate) fn new(at: &Path, args: &[&str]) -> Option<Mounted> {
        let mut mount = Command::new("mount");
        let output = mount.args(args).arg(at).output().ok()?;
        output.status.success().then(|| Mounted(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn enospc_tmpfs() {
    let dir = tempdir();
    let args = ["-t", "tmpfs", "-o", "size=2m", "zarr-crash"];
    let mounted = is_root().then(|| Mounted::new(dir.path(), &args)).flatten();
    let Some(_mounted) = mounted else {
        skipped(
            "L4 enospc_tmpfs",
            "it needs root that may mount",
            "run it as root",
        );
        return;
    };
    let store = LocalStore::new(dir.path().join("root"));
    let shared = store.clone().into_store();
    let ballast = dir.path().join("ballast");
    let key = |n: u64| Key::new(format!("c/{n}")).unwrap();
    let mut random = Random::new(4);
    let mut last = [None; 8];
    let (levels, mut refused) = (rounds(200, 15), 0);
    for level in 0..levels {
        fill(&ballast, random.below(60_000));
        for n in 0..16 {
            let record = Record {
                writer: level,
                sequence: n,
            };
            let bytes = record.bytes();
            let slot = n % 8;
            let written = match n < 8 {
                true => store
                    .put(&key(slot), &bytes.into(), PutMode::Overwrite)
                    .map(drop),
                false => wait(shared.modify(&key(slot), |_| Ok(Some(bytes.clone().into())))),
            };
            match written {
                Ok(()) => last[slot as usize] = Some(record),
                Err(e) => {
                    assert!(e.to_string().contains("(os error 28)"), "{e}");
                    refused += 1;
                }
            }
            let found = store.get(&key(slot), ByteRange::All, None).unwrap();
            let found = found.map(|found| Record::parse(&found.data).expect("a torn value"));
            assert_eq!(found, last[slot as usize]);
        }
        assert!(leavings(dir.path()).is_empty());
        fs::remove_file(&ballast).unwrap();
        let record = Record {
            writer: level,
            sequence: 99,
        };
        store
            .put(&key(0), &record.bytes().into(), PutMode::Overwrite)
            .unwrap();
        last[0] = Some(record);
        if level % 10 == 9 {
            store.delete_prefix(&Prefix::root()).unwrap();
            last = [None; 8];
        }
    }
    assert!(refused > 0, "it was never full");
    say(format!(
        "L4: {levels} fill levels, {refused} writes refused, 0 truncated"
    ));
}

/// Leaves about so many bytes free.
fn fill(ballast: &Path, free: u64) {
    let chunk = vec![0; 4096];
    let mut file = fs::File::create(ballast).unwrap();
    let mut size = 0;
    while let Ok(written) = std::io::Write::write(&mut file, &chunk) {
        size += written as u64;
    }
    file.set_len(size.saturating_sub(free)).unwrap();
}
