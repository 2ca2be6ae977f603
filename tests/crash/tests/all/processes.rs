//! L8 to L11 and L18: processes that write at the same time lose nothing of each other's.

use zarr_crash_tests::record::Record;
use zarr_store::{BlockingStore, ByteRange, Key, LocalStore, Prefix};

use crate::support::{Running, rounds, run_all, say, tempdir, worker};

const PROCESSES: u64 = 8;

/// One worker for each process, with its number and more words.
fn each(
    command: &'static str,
    dir: &std::path::Path,
    more: &[u64],
) -> impl Iterator<Item = std::process::Command> + use<> {
    let (dir, more) = (dir.to_owned(), more.to_vec());
    (0..PROCESSES).map(move |n| {
        let mut worker = worker(command, &dir, &[&n.to_string()]);
        worker.args(more.iter().map(u64::to_string));
        worker
    })
}

fn value(store: &LocalStore, name: &str) -> Vec<u8> {
    let key = Key::new(name).unwrap();
    let found = store.get(&key, ByteRange::All, None).unwrap();
    found.unwrap().data.to_vec()
}

#[test]
fn procs_distinct_chunks() {
    let (dir, count) = (tempdir(), rounds(500, 60));
    run_all(each("distinct", dir.path(), &[count]));
    let store = LocalStore::new(dir.path());
    let mut right = 0;
    for n in 0..PROCESSES * count {
        let expected = Record {
            writer: n / count,
            sequence: n % count,
        };
        right += u64::from(Record::parse(&value(&store, &format!("c/{n}"))) == Some(expected));
    }
    let all = PROCESSES * count;
    assert_eq!(right, all);
    assert_eq!(store.list(&Prefix::root()).unwrap().len() as u64, all);
    say(format!("L8: {right} of {all} right, 0 errors"));
}

#[test]
fn procs_same_chunk_whole() {
    let dir = tempdir();
    let (writes, reads) = (rounds(1000, 60), rounds(5000, 500));
    // So that there is something to read.
    run_all([worker("overwrite", dir.path(), &["9", "1"])]);
    let readers = (0..2).map(|_| worker("read", dir.path(), &[&reads.to_string()]));
    let workers = each("overwrite", dir.path(), &[writes]).chain(readers);
    let said = run_all(workers);
    let reads: u64 = said
        .iter()
        .flatten()
        .map(|line| line.parse::<u64>().unwrap())
        .sum();
    say(format!(
        "L9: {PROCESSES} processes x {writes} writes, 0 mixes in {reads} reads"
    ));
}

#[test]
fn procs_same_chunk_partial() {
    let (dir, rounds) = (tempdir(), rounds(200, 25));
    run_all(each("patch", dir.path(), &[rounds]));
    let store = LocalStore::new(dir.path());
    let chunk = value(&store, "c");
    let lost: u64 = chunk.chunks(8).map(|own| rounds - u64::from(own[0])).sum();
    assert_eq!(chunk.len() as u64, 8 * PROCESSES);
    assert_eq!(lost, 0);
    assert!(crate::support::leavings(dir.path()).is_empty());
    say(format!(
        "L10: {lost} lost updates of {}",
        PROCESSES * rounds
    ));
}

#[test]
fn procs_same_shard_partial() {
    let (rounds, share) = (rounds(20, 1), 64);
    for how in ["tasks of one process", "processes"] {
        let dir = tempdir();
        if how == "processes" {
            run_all((0..PROCESSES).map(|n| {
                let words = [n * share, (n + 1) * share, rounds].map(|n| n.to_string());
                worker("parts", dir.path(), &words.each_ref().map(String::as_str))
            }));
        } else {
            let words = [PROCESSES.to_string(), rounds.to_string()];
            let words = words.each_ref().map(String::as_str);
            run_all([worker("parts-by-tasks", dir.path(), &words)]);
        }
        let shard = value(&LocalStore::new(dir.path()), "shard");
        let lost = shard
            .iter()
            .filter(|byte| u64::from(**byte) != rounds)
            .count();
        assert_eq!(lost, 0);
        let all = PROCESSES * share * rounds;
        assert_eq!(shard.len() as u64, PROCESSES * share * 32);
        say(format!(
            "L11: {lost} lost parts of {all} by {PROCESSES} {how}"
        ));
    }
}

#[test]
fn procs_whole_writes_survive_updates() {
    let (dir, count) = (tempdir(), rounds(100_000, 2000));
    let updater = Running::start(&mut worker("touch", dir.path(), &[]));
    let said = run_all([worker(
        "replace-and-look",
        dir.path(),
        &[&count.to_string()],
    )]);
    updater.kill();
    let lost: u64 = said[0][0].parse().unwrap();
    assert_eq!(lost, 0, "of {count}");
    say(format!(
        "L18: {lost} of {count} whole writes lost to updates of another process"
    ));
}
