//! L5 and L19: what is promised to be durable is there after the power went. The power of a file system of
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
    support::{Running, answers, is_root, rounds, run_all, say, skipped, tempdir, worker},
};

/// ext4's own request, without a flush of its journal: `EXT4_IOC_SHUTDOWN` with
/// `EXT4_GOING_FLAGS_NOLOGFLUSH`. No safe Rust can make it.
const SHUTDOWN: &str = "import fcntl, os, struct, sys\n\
    fd = os.open(sys.argv[1], os.O_RDONLY)\n\
    fcntl.ioctl(fd, 0x8004587D, struct.pack('I', 2))\n";

#[test]
fn power_loss() {
    let dir = tempdir();
    let Some(disk) = Disk::or_skip(dir.path(), "L5 power_loss") else {
        return;
    };
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

/// Attributes are changed and the power goes, on a file system that does not write out what replaces
/// a file: the change is there, or at least the document before.
#[test]
fn power_loss_of_documents() {
    let dir = tempdir();
    let Some(disk) = Disk::or_skip(dir.path(), "L19 power_loss_of_documents") else {
        return;
    };
    let all = rounds(20, 2);
    for n in 1..=all {
        let mounted = disk.mount_with("noauto_da_alloc,commit=1").unwrap();
        let root = disk.at.join("root");
        let said = run_all([worker("attribute", &root, &[&n.to_string()])]);
        assert_eq!(said[0], [n.to_string()]);
        // The journal has the new name by then, though not yet what the file holds.
        thread::sleep(Duration::from_millis(1500));
        disk.cut_power();
        drop(mounted);
        let _mounted = disk.mount().unwrap();
        let store = LocalStore::new(&root);
        let key = Key::new("zarr.json").unwrap();
        let document = store.get(&key, ByteRange::All, None).unwrap().unwrap().data;
        let document = String::from_utf8(document.to_vec()).unwrap();
        assert!(document.contains(&format!("\"n\": {n}")), "{document:?}");
    }
    say(format!("L19: {all} power losses, 0 documents lost"));
}

struct Disk {
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    /// A disk, or a word that `what` is skipped.
    fn or_skip(dir: &Path, what: &str) -> Option<Disk> {
        const HOW: &str = "run it as root with e2fsprogs, python3 and loop devices";
        if !is_root() || !answers("mkfs.ext4", "-V") || !answers("python3", "--version") {
            skipped(what, "it needs root, mkfs.ext4 and python3", HOW);
            return None;
        }
        let disk = Disk::new(dir);
        if disk.mount().is_none() {
            skipped(what, "no file can be mounted as a disk here", HOW);
            return None;
        }
        Some(disk)
    }

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
        self.mount_with("defaults")
    }

    fn mount_with(&self, options: &str) -> Option<Mounted> {
        let options = format!("loop,{options}");
        Mounted::new(&self.at, &["-o", &options, self.image.to_str().unwrap()])
    }

    /// What was not synced is gone.
    fn cut_power(&self) {
        let shutdown = Command::new("python3")
            .args(["-c", SHUTDOWN])
            .arg(&self.at)
            .output()
            .unwrap();
        assert!(shutdown.status.success(), "{shutdown:?}");
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
        self.cut_power();
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
