//! Every data type x format x verb of the command: each cell of this table is right, or refused for the reason that
//! `refused.rs` gives. `cargo xtask support` prints the table.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::clone_on_ref_ptr,
    reason = "a test that panics says what is wrong, and where; the table is for whoever asks"
)]

#[path = "../support/mod.rs"]
mod support;

mod functions;
mod refused;
mod stores;

mod types;
mod verbs;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use zarr::blocking::Wait;

use refused::{REFUSED, Refused};
use types::{Row, rows};
use verbs::{VERBS, Walk};

/// How a cell ended.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Right,
    /// It was refused: the exit code, and the words.
    No(i32, String),
    /// It was done, and what came out is not what is right.
    Wrong(String),
}

/// What is wrong with a cell, if anything is.
fn judge(cell: &Cell, refused: Option<&Refused>) -> Option<String> {
    match (cell, refused) {
        (Cell::Right, None) => None,
        (Cell::No(exit, text), Some(refused)) => {
            let as_said = *exit == refused.exit && text.contains(refused.words);
            (!as_said).then(|| format!("refused otherwise than `refused.rs` says: {exit}: {text}"))
        }
        (Cell::Right, Some(refused)) => Some(format!(
            "right by now: take it out of the line {:?} of `refused.rs`",
            refused.words
        )),
        (Cell::No(exit, text), None) => Some(format!("refused: {exit}: {text}")),
        (Cell::Wrong(text), _) => Some(format!("wrong: {text}")),
    }
}

#[test]
fn every_type_in_every_format_by_every_verb() {
    let home = tempfile::tempdir().unwrap();
    // A group is of one format: copies of all that is looked at lie there.
    let served = home.path().join("served");
    zarr::create_group(&served).wait().unwrap();
    let server = support::Server::start(&served);
    let places: Vec<(Row, u8)> = rows()
        .into_iter()
        .flat_map(|row| row.formats.iter().map(move |&format| (row.clone(), format)))
        .collect();
    let (next, cells) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((row, format)) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let walk = Walk::new(home.path(), &server.address, row, *format);
                    for (number, verb) in VERBS.iter().enumerate() {
                        let cell = (verb.run)(&walk);
                        let at = (row.name.clone(), *format, number);
                        cells.lock().unwrap().insert(at, cell);
                    }
                }
            });
        }
    });
    let cells = cells.into_inner().unwrap();
    assert_eq!(
        cells.len(),
        places.len() * VERBS.len(),
        "no cell is unvisited"
    );
    let mut wrong = Vec::new();
    let mut used = vec![false; REFUSED.len()];
    for ((name, format, number), cell) in &cells {
        let verb = VERBS[*number].name;
        let refused = REFUSED
            .iter()
            .position(|refused| refused.is_of(name, *format, verb));
        if let Some(line) = refused {
            used[line] = true;
        }
        let refused = refused.map(|line| &REFUSED[line]);
        if let Some(text) = judge(cell, refused) {
            wrong.push(format!("{name}, format {format}, {verb}: {text}"));
        }
    }
    println!("{}", table(&cells));
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        used.iter().all(|used| *used),
        "a line of `refused.rs` is of no cell: {used:?}"
    );
}

fn table(cells: &BTreeMap<(String, u8, usize), Cell>) -> String {
    let mut text = String::from("\n+ right, - refused for a reason that is named\n\n");
    for (number, verb) in VERBS.iter().enumerate() {
        writeln!(text, "{:>2} {}", number + 1, verb.name).unwrap();
    }
    let numbers: String = (1..=VERBS.len())
        .map(|number| format!("{number:>3}"))
        .collect();
    writeln!(text, "\n{:<28}{numbers}", "").unwrap();
    let mut lines: BTreeMap<(&str, u8), String> = BTreeMap::new();
    for ((name, format, _), cell) in cells {
        let mark = match cell {
            Cell::Right => "+",
            Cell::No(..) => "-",
            Cell::Wrong(_) => "!",
        };
        let line = lines.entry((name, *format)).or_default();
        write!(line, "{mark:>3}").unwrap();
    }
    for ((name, format), line) in &lines {
        writeln!(text, "{name:<26}{format} {line}").unwrap();
    }
    let right = cells
        .values()
        .filter(|cell| matches!(cell, Cell::Right))
        .count();
    let all = cells.len();
    writeln!(
        text,
        "\n{all} cells: {right} right, {} refused",
        all - right
    )
    .unwrap();
    text
}
