//! L3: whatever the system refuses, the error says so, the old value stays, and the process goes on.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use zarr_crash_tests::script::{self, Model, STEPS, Said};
use zarr_store::LocalStore;

use crate::support::{first, full, leavings, say, script_with, strace_or_skip, tempdir};

/// The calls that a store makes and the system may refuse.
const CALLS: &[&str] = &[
    "openat",
    "write",
    "writev",
    "pwrite64",
    "pread64",
    "close",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "unlink",
    "unlinkat",
    "fsync",
    "fdatasync",
    "mkdir",
    "mkdirat",
    "flock",
    "fstat",
    "newfstatat",
    "statx",
    "getdents64",
    "utimensat",
    "openat2",
];

/// Names for strace, and numbers for the error's text.
const ERRORS: &[(&str, u32)] = &[
    ("EIO", 5),
    ("ENOSPC", 28),
    ("EDQUOT", 122),
    ("EMFILE", 24),
    ("EACCES", 13),
    ("EROFS", 30),
    ("EINTR", 4),
    ("ENOMEM", 12),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    FromThenOn,
}

/// One way in which the system refuses.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    mode: &'static str,
    call: &'static str,
    error: (&'static str, u32),
    times: Times,
}

#[test]
fn err_at_every_syscall() {
    if !strace_or_skip("L3 err_at_every_syscall") {
        return;
    }
    // A few points of some errors for each call, in the short form.
    let mut refusals = refusals();
    if !full() {
        refusals = refusals.into_iter().step_by(23).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut points, mut errors) = (0, 0);
        while let Some(refusal) = refusals.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (more, told) = refused_everywhere(*refusal);
            points += more;
            errors += told;
        }
        (points, errors)
    };
    let (points, errors) = thread::scope(|scope| {
        let other = scope.spawn(work);
        let (points, errors) = work();
        let (more, told) = other.join().unwrap();
        (points + more, errors + told)
    });
    let least = if full() { 1000 } else { 15 };
    assert!(points >= least, "only {points} points");
    say(format!(
        "L3: {points} points, {errors} errors told, 0 values lost or torn, 0 retries failed"
    ));
}

/// Lets each call of a kind fail in its turn; how many there were, and the errors told.
fn refused_everywhere(refusal: Refusal) -> (usize, usize) {
    let (mut points, mut errors) = (0, 0);
    for n in (first(refusal.call)..).step_by(if full() { 1 } else { 13 }) {
        match refused_at(refusal, n) {
            Refused::Never => break,
            Refused::BeforeStart => {}
            Refused::Then(told) => {
                points += 1;
                errors += told;
            }
        }
    }
    (points, errors)
}

fn refusals() -> Vec<Refusal> {
    let mut all = Vec::new();
    for mode in ["follow", "durable"] {
        for call in CALLS.iter().copied() {
            for error in ERRORS.iter().copied() {
                for times in [Times::Once, Times::FromThenOn] {
                    // No system says for ever that a signal came: who retries would never end.
                    if error.0 != "EINTR" || times == Times::Once {
                        all.push(Refusal {
                            mode,
                            call,
                            error,
                            times,
                        });
                    }
                }
            }
        }
    }
    all
}

enum Refused {
    /// The script makes fewer calls.
    Never,
    /// The process did not come to the script.
    BeforeStart,
    /// And so many errors were told.
    Then(usize),
}

/// Lets the n-th call fail.
fn refused_at(refusal: Refusal, n: u64) -> Refused {
    let Refusal {
        mode,
        call,
        error: (name, number),
        times,
    } = refusal;
    let dir = tempdir();
    let store = LocalStore::new(dir.path());
    script::seed(&store);
    let more = if times == Times::Once { "" } else { "+" };
    let script = script_with(
        dir.path(),
        mode,
        call,
        &format!("error={name}:when={n}{more}"),
    );
    if !script.injected {
        assert!(script.status.success(), "{:?}", script.lines);
        return Refused::Never;
    }
    if script.lines.is_empty() {
        return Refused::BeforeStart;
    }
    let at = format!("{refusal:?}, number {n}: {:?}", script.lines);
    assert!(script.status.success(), "{at}");

    let mut model = Model::before();
    let mut attempts = vec![Vec::new(); STEPS.len()];
    for line in script.lines.iter().filter(|line| *line != "start") {
        let mut words = line.splitn(3, ' ');
        let (what, step) = (words.next().unwrap(), words.next().unwrap());
        let step: usize = step.parse().unwrap();
        let said = match (what, mode) {
            ("ok", _) => Said::Ok,
            (_, "durable") => Said::Unknown,
            _ => Said::Refused,
        };
        if said != Said::Ok {
            let text = words.next().unwrap();
            assert!(text.contains(STEPS[step].name()), "which key? {at}");
            assert!(
                text.contains(&format!("(os error {number})")),
                "which error? {at}"
            );
            assert_ne!(name, "EINTR", "told, not retried: {at}");
        }
        model.note(&STEPS[step], said);
        attempts[step].push(said);
    }
    for said in &attempts {
        assert!(!said.is_empty(), "it stopped: {at}");
        let recovered = said.last() == Some(&Said::Ok);
        assert!(
            recovered || times == Times::FromThenOn,
            "the retry failed: {at}"
        );
    }
    assert_eq!(model.differs(&store), None, "{at}");
    // Those calls are how a file of the store's own is removed, or recognised, or how it is known
    // that nobody else holds it.
    if !["unlink", "unlinkat", "fstat", "newfstatat", "flock"].contains(&call) {
        assert!(leavings(dir.path()).is_empty(), "{at}");
    }
    let temporary = leavings(dir.path());
    let temporary = temporary
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "zarr-tmp"));
    assert!(temporary.count() == 0 || call.starts_with("unlink"), "{at}");
    script::take_all_locks(&store).unwrap();
    store.clean_temp(Duration::ZERO).unwrap();
    assert!(leavings(dir.path()).is_empty(), "{at}");
    let told = attempts.iter().flatten().filter(|said| **said != Said::Ok);
    Refused::Then(told.count())
}

#[test]
fn file_system_without_locks() {
    if !strace_or_skip("a file system without locks") {
        return;
    }
    for error in ["ENOLCK", "EOPNOTSUPP"] {
        let dir = tempdir();
        let store = LocalStore::new(dir.path());
        script::seed(&store);
        let script = script_with(
            dir.path(),
            "follow",
            "flock",
            &format!("error={error}:when=1+"),
        );
        assert!(script.status.success() && script.injected);
        let told: Vec<_> = script
            .lines
            .iter()
            .filter(|line| line.starts_with("err"))
            .collect();
        assert_eq!(told.len(), 12, "{told:?}");
        assert!(
            told.iter()
                .all(|line| line.contains("LocalStore::locking(Locking::None)"))
        );
        assert!(leavings(dir.path()).is_empty());
        let made_for_a_lock = dir.path().join("b/c");
        assert!(!made_for_a_lock.exists());
    }
}
