//! L1 and L2: whenever a writer is killed, each key has its old value or its new one.

use std::{
    os::unix::process::ExitStatusExt,
    thread,
    time::{Duration, Instant},
};

use zarr_crash_tests::{
    record::{Random, Record},
    script::{self, Model, STEPS, Said},
};
use zarr_store::{BlockingStore, ByteRange, Key, LocalStore};

use crate::support::{
    Running, first, full, leavings, rounds, run_all, say, script_with, strace_or_skip, tempdir,
    worker,
};

/// The calls by which a writer changes anything, or waits.
const CALLS: &[&str] = &[
    "openat",
    "write",
    "writev",
    "pwrite64",
    "copy_file_range",
    "sendfile",
    "close",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "fsync",
    "fdatasync",
    "mkdir",
    "mkdirat",
    "flock",
    "utimensat",
    "openat2",
];

#[test]
fn kill_at_every_syscall() {
    if !strace_or_skip("L1 kill_at_every_syscall") {
        return;
    }
    let mut points = 0;
    // A few of them, in the short form: not the same in each call.
    let stride = if full() { 1 } else { 17 };
    for mode in if full() {
        &["durable", "inside"][..]
    } else {
        &["durable"]
    } {
        for call in CALLS {
            for n in (first(call)..).step_by(stride) {
                if !killed_at(mode, call, n) {
                    break;
                }
                points += 1;
            }
        }
    }
    let least = if full() { 200 } else { 15 };
    assert!(points >= least, "only {points} points");
    say(format!("L1: {points} points, 0 torn, 0 locks left behind"));
}

/// Kills the script at the n-th of a call and looks at what is left; `false` if it came to its end.
fn killed_at(mode: &str, call: &str, n: u64) -> bool {
    let dir = tempdir();
    let store = LocalStore::new(dir.path());
    script::seed(&store);
    let script = script_with(dir.path(), mode, call, &format!("signal=KILL:when={n}"));
    let lines = script.lines;
    let at = format!("{mode}, {call} number {n}, said {:?}", lines.last());
    assert!(
        !lines.iter().any(|line| line.starts_with("err")),
        "{at}: {lines:?}"
    );

    let mut model = Model::before();
    let said = lines.iter().filter(|line| line.starts_with("ok")).count();
    for step in &STEPS[..said] {
        model.note(step, Said::Ok);
    }
    if let Some(step) = STEPS.get(said) {
        model.note(step, Said::Unknown);
    }
    assert_eq!(model.differs(&store), None, "{at}");

    let begin = Instant::now();
    script::take_all_locks(&store).unwrap();
    assert!(
        begin.elapsed() < Duration::from_millis(500),
        "{at}: a lock blocks"
    );
    store.clean_temp(Duration::ZERO).unwrap();
    assert!(leavings(dir.path()).is_empty(), "{at}");
    assert_eq!(model.differs(&store), None, "{at}, cleaned");
    let killed = script.status.signal() == Some(9);
    assert!(killed || script.status.success(), "{at}: {}", script.status);
    killed
}

const WRITERS: u64 = 4;

#[test]
fn kill_random_time() {
    let kills = rounds(1000, 30);
    let dir = tempdir();
    let store = LocalStore::new(dir.path());
    let mut random = Random::new(u64::from(std::process::id()));
    // Something to read from the beginning on.
    for n in 0..4 {
        let record = Record {
            writer: 9,
            sequence: n,
        };
        let key = Key::new(format!("shared/{n}")).unwrap();
        store
            .put(&key, &record.bytes().into(), zarr_store::PutMode::Overwrite)
            .unwrap();
    }
    let start = |writer: u64, from: u64| {
        let args = [writer.to_string(), from.to_string()];
        Running::start(&mut worker(
            "write",
            dir.path(),
            &args.each_ref().map(String::as_str),
        ))
    };
    let mut readers: Vec<_> = (0..2)
        .map(|_| Running::start(&mut worker("read", dir.path(), &[&u64::MAX.to_string()])))
        .collect();
    let mut writers: Vec<_> = (0..WRITERS).map(|writer| Some(start(writer, 1))).collect();
    let mut last = [0; WRITERS as usize];
    let mut acknowledged = 0;
    for _ in 0..kills {
        thread::sleep(Duration::from_millis(1 + random.below(50)));
        let writer = random.below(WRITERS);
        let lines = writers[writer as usize].take().unwrap().kill();
        acknowledged += lines.len();
        let said: u64 = lines
            .last()
            .map_or(last[writer as usize], |line| line.parse().unwrap());
        for sequence in said.saturating_sub(3).max(1)..=said {
            let key = Key::new(format!("own/{writer}/{}", sequence % 4)).unwrap();
            let found = store.get(&key, ByteRange::All, None).unwrap().unwrap();
            let record = Record::parse(&found.data).expect("a torn chunk");
            assert!(
                record.sequence >= sequence,
                "{record:?} was said to be {sequence}"
            );
        }
        last[writer as usize] = said;
        writers[writer as usize] = Some(start(writer, said + 1));
        for reader in &mut readers {
            assert!(!reader.has_ended(), "a reader met an error or a torn chunk");
        }
    }
    writers
        .into_iter()
        .flatten()
        .for_each(|writer| drop(writer.kill()));
    readers.into_iter().for_each(|reader| drop(reader.kill()));
    // Every value that is left is whole.
    run_all([worker("read", dir.path(), &["100"])]);
    store.clean_temp(Duration::ZERO).unwrap();
    assert!(leavings(dir.path()).is_empty());
    say(format!(
        "L2: {kills} kills, 0 torn chunks, 0 of {acknowledged} acknowledged writes lost, 0 reader \
         errors"
    ));
}
