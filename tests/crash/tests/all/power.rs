//! L5: what is promised to be durable is there after the power went. The power of a file system of
//! our own: ext4 on a file, which drops what was not synced when it is told to shut down.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use zarr_crash_tests::record::{Random, Record};
use zarr_store::{BlockingStore, ByteRange, Key, LocalStore, Prefix};

use crate::{
    space::Mounted,
    support::{Running, answers, is_root, rounds, say, skipped, tempdir, worker},
};

/// ext4's own request, without a flush of its journal: `EXT4_IOC_SHUTDOWN` with
/// `EXT4_GOING_FLAGS_NOLOGFLUSH`. No safe Rust can make it.
const SHUTDOWN: &str = "import fcntl, os, struct, sys\n\
    fd = os.open(sys.argv[1], os.O_RDONLY)\n\
    fcntl.ioctl(fd, 0x8004587D, struct.pack('I', 2))\n";

#[test]
fn power_loss() {
    const WHAT: &str = "L5 power_loss";
    const HOW: &str = "run it as root with e2fsprogs, python3 and loop devices";
    if !is_root() || !answers("mkfs.ext4", "-V") || !answers("python3", "--version") {
        return skipped(WHAT, "it needs root, mkfs.ext4 and python3", HOW);
    }
    let dir = tempdir();
    let disk = Disk::new(dir.path());
    if disk.mount().is_none() {
        return skipped(WHAT, "no file can be mounted as a disk here", HOW);
    }
    let mut random = Random::new(5);
    let (mut promised, all) = (0, rounds(200, 3));
    for n in 0..all {
        let durability = ["dir", "file", "none"][n as usize % 3];
        promised += disk.lose_power(durability, Duration::from_millis(20 + random.below(150)));
    }
    say(format!(
        "L5: {all} power losses, {promised} promised writes all there, 0 empty or mixed with a sync"
    ));
}

struct Disk {
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    fn new(dir: &Path) -> Disk {
        let disk = Disk {
            image: dir.join("image"),
            at: dir.join("disk"),
        };
        let image = std::fs::File::create(&disk.image).unwrap();
        image.set_len(64 << 20).unwrap();
        std::fs::create_dir(&disk.at).unwrap();
        let made = Command::new("mkfs.ext4")
            .args(["-q", "-F"])
            .arg(&disk.image)
            .output();
        assert!(made.unwrap().status.success());
        disk
    }

    fn mount(&self) -> Option<Mounted> {
        Mounted::new(&self.at, &["-o", "loop", self.image.to_str().unwrap()])
    }

    /// Writes for a while, loses power and looks; how many writes had been promised to last.
    fn lose_power(&self, durability: &str, after: Duration) -> u64 {
        let mounted = self.mount().unwrap();
        let root = self.at.join("root");
        let store = LocalStore::new(&root);
        store.delete_prefix(&Prefix::root()).unwrap();
        // The directory itself is older than the power loss.
        std::fs::create_dir_all(&root).unwrap();
        BlockingStore::sync(&store).unwrap();
        let writer = Running::start(&mut worker("durable", &root, &[durability]));
        let first = (durability != "file").then(|| writer.line()).flatten();
        thread::sleep(after);
        let shutdown = Command::new("python3")
            .args(["-c", SHUTDOWN])
            .arg(&self.at)
            .output()
            .unwrap();
        assert!(shutdown.status.success(), "{shutdown:?}");
        let lines = writer.kill();
        drop(mounted);

        let _mounted = self.mount().unwrap();
        let last = lines.last().or(first.as_ref());
        let promised: u64 = last.map_or(0, |line| line.parse().unwrap());
        let mut newest = [0; 21];
        for sequence in 1..=promised {
            newest[slot(sequence)] = sequence;
        }
        for (n, newest) in newest.into_iter().enumerate() {
            let key = Key::new(format!("d{}/c/{}", n % 3, n % 7)).unwrap();
            let found = store.get(&key, ByteRange::All, None).unwrap();
            let record = found.map(|found| Record::parse(&found.data));
            match record {
                None => assert_eq!(newest, 0, "{durability}: {key} is gone"),
                // After the last barrier nothing is promised without a sync of each file.
                Some(None) => assert_eq!(durability, "none", "{key} is torn"),
                Some(Some(record)) => {
                    assert!(record.sequence >= newest, "{durability}: {key} is old");
                }
            }
        }
        promised
    }
}

/// The key that a record is written to.
fn slot(sequence: u64) -> usize {
    (0..21)
        .find(|n| n % 3 == sequence % 3 && n % 7 == sequence % 7)
        .unwrap() as usize
}
