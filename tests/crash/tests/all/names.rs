//! L16: names that differ in case, in a directory of ext4 that ignores case.

use std::{path::Path, process::Command};

use zarr::{DataType, ErrorClass};
use zarr_store::runtime::wait;

use crate::{
    space::Mounted,
    support::{answers, is_root, say, skipped, tempdir},
};

/// A file system whose directory `folded` ignores case, or a word that the test is skipped.
fn mounted_or_skip(dir: &Path) -> Option<Mounted> {
    const WHAT: &str = "L16 names_that_differ_in_case";
    const HOW: &str =
        "run it as root with e2fsprogs, loop devices and a kernel with CONFIG_UNICODE";
    if !is_root() || !answers("mkfs.ext4", "-V") {
        skipped(WHAT, "it needs root and mkfs.ext4", HOW);
        return None;
    }
    let (image, at) = (dir.join("image"), dir.join("disk"));
    std::fs::File::create(&image)
        .unwrap()
        .set_len(16 << 20)
        .unwrap();
    std::fs::create_dir(&at).unwrap();
    let mut make = Command::new("mkfs.ext4");
    let made = make
        .args(["-q", "-F", "-O", "casefold"])
        .arg(&image)
        .output();
    let mounted = made.unwrap().status.success().then(|| {
        let mounted = Mounted::new(&at, &["-o", "loop", image.to_str().unwrap()])?;
        let folded = at.join("folded");
        std::fs::create_dir(&folded).unwrap();
        let marked = Command::new("chattr").arg("+F").arg(&folded).output();
        marked
            .is_ok_and(|marked| marked.status.success())
            .then_some(mounted)
    });
    let mounted = mounted.flatten();
    if mounted.is_none() {
        skipped(WHAT, "no directory can ignore case here", HOW);
    }
    mounted
}

#[test]
fn names_that_differ_in_case() {
    let dir = tempdir();
    let Some(_mounted) = mounted_or_skip(dir.path()) else {
        return;
    };
    let root = dir.path().join("disk/folded");
    wait(async {
        let group = zarr::create_group(&root).await.unwrap();
        let create = |name: &str| group.create_array(name, [8], DataType::Int32).chunks([4]);
        let array = create("Temp").await.unwrap();
        array.write(.., 7).await.unwrap();
        for name in ["temp", "TEMP", "teMp"] {
            let made = create(name).await.map(drop).unwrap_err();
            assert_eq!(made.class(), ErrorClass::Exists, "{name}: {made}");
            let made = group.create_group(name).await.map(drop).unwrap_err();
            assert_eq!(made.class(), ErrorClass::Exists, "{name}: {made}");
        }
        let copied = zarr::copy(&array, &group).name("temp").await.map(drop);
        assert!(copied.is_err());
        let cells = array.read::<i32>(..).await.unwrap();
        assert!(cells.iter().all(|cell| *cell == 7), "{cells}");
    });
    say("L16: a name that differs in case is refused for arrays, groups and copies, 0 overwritten");
}
