//! How much memory this process may use: what the machine has, and the limits of its control groups, on
//! Linux.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The memory that is assumed if the system does not report any.
const UNKNOWN: u64 = 4 << 30;

/// A quarter of the machine's memory, or of the limit of this process's control groups if that is less. The
/// system is asked once.
pub(crate) fn quarter() -> u64 {
    static QUARTER: OnceLock<u64> = OnceLock::new();
    *QUARTER.get_or_init(|| available(Path::new("/")) / 4)
}

fn available(root: &Path) -> u64 {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let installed = read("proc/meminfo").and_then(|text| total(&text));
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let limits = limit_files(&groups)
        .into_iter()
        .filter_map(|file| limit(&fs::read_to_string(root.join(file)).ok()?));
    limits.chain(installed).min().unwrap_or(UNKNOWN)
}

/// `MemTotal` of `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// The files with the limits of these groups and of those above them, for both versions of control groups.
/// A container often sees its own group as the root, whatever its name here.
fn limit_files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        let (mount, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let relative = Path::new(path.trim_start_matches('/'));
        let above = relative.ancestors();
        files.extend(above.map(|group| Path::new(mount).join(group).join(file)));
    }
    files
}

/// A limit in bytes; `max` means none.
fn limit(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is available on a system with these files.
    fn check(files: &[(&str, &str)], wanted: u64) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(available(root.path()), wanted, "{files:?}");
    }

    const EIGHT_GIB: (&str, &str) = (
        "proc/meminfo",
        "MemTotal:        8388608 kB\nMemFree:           12 kB\n",
    );

    #[test]
    fn the_smallest_limit_holds() {
        let unified = ("proc/self/cgroup", "0::/user/job\n");
        let own = ("sys/fs/cgroup/user/job/memory.max", "max\n");
        let above = ("sys/fs/cgroup/user/memory.max", "1073741824\n");
        check(&[EIGHT_GIB], 8 << 30);
        check(&[EIGHT_GIB, unified, own], 8 << 30);
        check(&[EIGHT_GIB, unified, own, above], 1 << 30);
        check(&[], UNKNOWN);
    }

    #[test]
    fn older_control_groups_limit_too() {
        let groups = ("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/docker/1\n");
        // A container sees its own group at the root.
        let own = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
        check(&[EIGHT_GIB, groups, own], 512 << 20);
        let none = (own.0, "9223372036854771712\n");
        check(&[EIGHT_GIB, groups, none], 8 << 30);
    }

    #[test]
    fn this_machine_has_some() {
        assert!(quarter() > 1 << 20);
    }
}
