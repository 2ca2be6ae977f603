//! The process that is killed, refused and starved: `crash-worker COMMAND DIRECTORY [ARGUMENT…]`.
//! It says on stdout what it has done, one line each, and nothing before it is done.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails shall stop"
)]

mod arrays;
mod crowd;
mod jobs;

use std::{env, io::Write, path::PathBuf};

use zarr_store::{BlockingStore, Durability, LocalStore, Symlinks};

/// One whole line in one call. A closed or failing stdout is the reader's business.
fn say(line: impl AsRef<str>) {
    let line = format!("{}\n", line.as_ref());
    let _ = std::io::stdout().write_all(line.as_bytes());
    let _ = std::io::stdout().flush();
}

/// Numbers and words behind the directory.
struct Args(Vec<String>);

impl Args {
    fn word(&self, n: usize) -> &str {
        self.0.get(n).map_or("", String::as_str)
    }

    fn number(&self, n: usize) -> u64 {
        self.word(n).parse().unwrap()
    }
}

fn main() {
    let mut words = env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let dir = PathBuf::from(words.next().unwrap_or_default());
    let args = Args(words.collect());
    let store = LocalStore::new(&dir);
    match command.as_str() {
        "script" => jobs::script(&match args.word(0) {
            "durable" => store.durability(Durability::FileAndDir),
            "inside" => store.symlinks(Symlinks::Inside),
            _ => store,
        }),
        "write" => jobs::write(&store, args.number(0), args.number(1)),
        "read" => jobs::read(&store, args.number(0)),
        "distinct" => jobs::distinct(&store, args.number(0), args.number(1)),
        "overwrite" => jobs::overwrite(&store, args.number(0), args.number(1)),
        "patch" => jobs::patch(&store, args.number(0), args.number(1)),
        "parts" => jobs::parts(&store, args.number(0)..args.number(1), args.number(2)),
        "parts-by-tasks" => jobs::parts_by_tasks(&store, args.number(0), args.number(1)),
        "touch" => jobs::touch(&store),
        "replace-and-look" => jobs::replace_and_look(&store, args.number(0)),
        "hold" => jobs::hold(&*store.into_store(), args.word(0)),
        "probe" => jobs::probe(&store, args.word(0), args.word(1)),
        "durable" => jobs::durable(&store, args.word(0)),
        "attribute" => jobs::attribute(&store, args.number(0)),
        "append" => arrays::append(&store, args.number(0), args.number(1)),
        "resize" => arrays::resize(&store, args.number(0), args.number(1)),
        "replace" => arrays::replace(&store),
        "look" => arrays::look(&store, args.number(0)),
        "crowd" => crowd::crowd(&store, args.word(0)),
        other => panic!("no such command: {other}"),
    }
}
