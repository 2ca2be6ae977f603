//! L12 and L13: processes that append to an array, resize it, replace and delete it, while others read.

use std::collections::BTreeMap;

use zarr::{DataType, blocking::Wait};
use zarr_store::{BlockingStore, LocalStore, Prefix};

use crate::support::{Running, rounds, run_all, say, tempdir, worker};

#[test]
fn concurrent_resize_append() {
    appends();
    resizes();
}

fn appends() {
    const WRITERS: u64 = 4;
    let (dir, rows) = (tempdir(), rounds(250, 25));
    let create = zarr::create_array(dir.path(), [0, 2], DataType::Int32);
    create.chunks([7, 2]).fill_value(-1).wait().unwrap();
    let words = rows.to_string();
    run_all((0..WRITERS).map(|n| worker("append", dir.path(), &[&n.to_string(), &words])));
    let array = zarr::open_array(dir.path()).wait().unwrap();
    assert_eq!(array.shape(), [WRITERS * rows, 2]);
    let cells = array.read::<i32>(..).wait().unwrap();
    let mut seen = BTreeMap::new();
    for row in cells.rows() {
        assert_eq!(row[0], row[1], "a torn row");
        *seen.entry(row[0]).or_insert(0) += 1;
    }
    let once = (0..(WRITERS * rows) as i32).map(|number| (number, 1));
    assert_eq!(seen, once.collect());
    say(format!(
        "L12: {WRITERS} processes x {rows} appends, each row once"
    ));
}

fn resizes() {
    let (dir, rounds) = (tempdir(), rounds(500, 25));
    let create = zarr::create_array(dir.path(), [40], DataType::Int32);
    let array = create.chunks([10]).wait().unwrap();
    array.write(.., 7).wait().unwrap();
    let words = rounds.to_string();
    run_all((0..2).map(|n| worker("resize", dir.path(), &[&n.to_string(), &words])));
    let array = zarr::open_array(dir.path()).wait().unwrap();
    let length = array.shape()[0];
    assert!([10, 20, 30, 40].contains(&length), "{length}");
    let listed = LocalStore::new(dir.path()).list(&Prefix::new("c").unwrap());
    for entry in listed.unwrap() {
        let chunk: u64 = entry.key.name().parse().unwrap();
        assert!(chunk * 10 < length, "chunk {chunk} lies outside");
    }
    say(format!(
        "L12: 2 processes x {rounds} resizes, as one asked at last"
    ));
}

#[test]
fn delete_and_overwrite_during_read() {
    let (dir, reads) = (tempdir(), rounds(10_000, 150));
    zarr::create_group(dir.path()).wait().unwrap();
    let replacing = Running::start(&mut worker("replace", dir.path(), &[]));
    let readers = (0..2).map(|_| worker("look", dir.path(), &[&reads.to_string()]));
    let mut all = [0_u64; 4];
    for said in run_all(readers) {
        for (sum, word) in all.iter_mut().zip(said[0].split(' ')) {
            *sum += word.parse::<u64>().unwrap();
        }
    }
    let mut replacing = replacing;
    assert!(!replacing.has_ended(), "what replaces has failed");
    replacing.kill();
    let [whole, partly, absent, refused] = all;
    assert!(whole > 0 && absent > 0, "{all:?}");
    say(format!(
        "L13: {whole} reads were whole, {partly} lacked chunks, {absent} found nothing, {refused} were refused, 0 mixed two arrays"
    ));
}
