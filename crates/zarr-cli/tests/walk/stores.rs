//! Every kind of store x function of the library that takes one. (S3 is in the tests of services, since its server is.)

use std::path::Path;
use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{LocalStore, Location, MemoryStore, Store};

use crate::functions::{Function, MAKERS, USERS, fill};
use crate::support::Server;

/// A store of some kind, and what must live as long as it.
type Made = (Arc<dyn Store>, Option<Server>);

/// A store in a directory, as this kind has it.
type Make = fn(&Path, bool) -> Made;

/// With what others look at in it, if it is to be filled.
const KINDS: [(&str, Make); 4] = [
    ("memory", |_, filled| {
        made(store(MemoryStore::new()), filled)
    }),
    ("directory", |path, filled| {
        made(store(LocalStore::new(path)), filled)
    }),
    ("zip", |path, filled| {
        std::fs::create_dir_all(path).unwrap();
        let address = path.join("a.zip").to_string_lossy().into_owned();
        let open = || {
            Location::open(&address, &[])
                .wait()
                .unwrap()
                .store()
                .clone()
        };
        let (new, _) = made(open(), filled);
        if !filled {
            return (new, None);
        }
        // What is there is read as anybody else would.
        drop(new);
        (open(), None)
    }),
    ("web server", |path, filled| {
        // A place with nothing, below a group: what is served is a node.
        let (root, below) = match filled {
            true => (made(store(LocalStore::new(path)), true).0, ""),
            false => (
                zarr::group(path.to_owned()).wait().unwrap().store().clone(),
                "/new",
            ),
        };
        drop(root);
        let server = Server::start(path);
        let address = format!("{}{below}", server.address);
        let store = Location::open(&address, &[])
            .wait()
            .unwrap()
            .store()
            .clone();
        (store, Some(server))
    }),
];

fn store(of: impl Into<zarr::Target>) -> Arc<dyn Store> {
    match of.into() {
        zarr::Target::At(location) => location.store().clone(),
        other => panic!("{other:?} is no store"),
    }
}

fn made(store: Arc<dyn Store>, filled: bool) -> Made {
    if filled {
        fill(&store);
    }
    (store, None)
}

/// What is refused: the kind of store, the functions, and the words. A line for each reason.
const REFUSED: &[(&str, &[&str], &str)] = &[
    (
        "web server",
        &[
            "create_group",
            "group",
            "create_array",
            "create",
            "array",
            "save",
            "save_array",
            "save_group",
            "create_hierarchy",
            "empty",
            "zeros",
            "ones",
            "full",
            "empty_like",
            "full_like",
            "from_array, to",
            "open_like",
            "copy, to",
            "copy_all, to",
            "copy_store, to",
            "erase",
        ],
        "the store is read-only",
    ),
    (
        "web server",
        &["write", "resize", "append"],
        "needs conditional writes",
    ),
    (
        "web server",
        // By its consolidated metadata, a group's members need no listing.
        &[
            "nchunks_initialized",
            "copy_store, from",
            "consolidate_metadata",
        ],
        "listing a web server",
    ),
];

#[test]
fn every_function_by_every_kind_of_store() {
    let home = tempfile::tempdir().unwrap();
    let (mut wrong, mut lines) = (Vec::new(), Vec::new());
    let (mut right, mut all) = (0, 0);
    for (kind, make) in KINDS {
        let mut line = format!("{kind:<12}");
        for (number, function) in MAKERS.iter().chain(&USERS).enumerate() {
            let Function { name, filled, run } = function;
            let path = home
                .path()
                .join(format!("{}-{number}", kind.replace(' ', "-")));
            let (store, _server) = make(&path, *filled);
            let refused = REFUSED
                .iter()
                .find(|(of, names, _)| *of == kind && names.contains(name));
            let words = refused.map(|(.., words)| *words);
            let found = run(&store);
            all += 1;
            right += usize::from(matches!(found, Ok(true)));
            line.push_str(if matches!(found, Ok(true)) {
                " +"
            } else {
                " -"
            });
            match (found, words) {
                (Ok(true), None) => {}
                (Err(error), Some(words)) if error.to_string().contains(words) => {}
                (Ok(true), Some(words)) => {
                    wrong.push(format!("{kind}, {name}: right by now, not {words:?}"));
                }
                (Ok(false), _) => wrong.push(format!("{kind}, {name}: wrong")),
                (Err(error), _) => wrong.push(format!("{kind}, {name}: refused: {error}")),
            }
        }
        lines.push(line);
    }
    let names: Vec<&str> = MAKERS
        .iter()
        .chain(&USERS)
        .map(|function| function.name)
        .collect();
    println!(
        "\n{}\n\n{}\n\n{all} cells: {right} right, {} refused",
        names.join("; "),
        lines.join("\n"),
        all - right
    );
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
