//! Calls that are made again: a virus scanner, a search index or a reader has the file open and will close it. A file that
//! was deleted while somebody had it open keeps its name until then, and whoever asks for it is denied access.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use super::code;

/// For what changes names.
const LONG: Duration = Duration::from_secs(5);
/// For what opens a file: it is denied for other reasons as a rule.
const SHORT: Duration = Duration::from_millis(50);
/// Short, so that whoever reads again and again cannot keep a writer out.
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

/// Renames, removes or makes something that nobody may have open.
pub(super) fn patiently<T>(call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    within(LONG, call)
}

/// Opens something that nobody may be removing.
pub(super) fn shortly<T>(call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    within(SHORT, call)
}

fn within<T>(limit: Duration, mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let begin = Instant::now();
    let mut pause = Duration::from_micros(100);
    loop {
        match call() {
            Err(e) if is_in_the_way(&e) && begin.elapsed() < limit => {}
            done => return done,
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether somebody has it open who may close it soon.
fn is_in_the_way(e: &io::Error) -> bool {
    let soon = [
        code::ACCESS_DENIED,
        code::SHARING_VIOLATION,
        code::LOCK_VIOLATION,
        code::MAPPED,
    ];
    e.raw_os_error().is_some_and(|code| soon.contains(&code))
}
