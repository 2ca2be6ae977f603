//! Sparse files of a terabyte: each command names the file that is too large, and ends.

use std::fs::{self, File};

use serde_json::{Value, json};

use super::Home;
use crate::failure::Exit;

#[test]
fn documents_and_chunks_that_no_machine_holds() {
    let home = Home::new();
    home.run("write ~/in.npy ~/good --chunks 6,5 --compressor null")
        .unwrap();
    for name in ["huge/zarr.json", "good/c/0/0"] {
        let path = home.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().set_len(1 << 40).unwrap();
    }
    for line in [
        "info ~/huge",
        "tree ~/huge",
        "ls ~/huge",
        "read ~/huge --output ~/no.npy",
        "write ~/in.npy ~/huge --selection 0:1",
        "stats ~/huge",
        "chunks ~/huge",
        "validate ~/huge",
        "doctor ~/huge",
        "diff ~/huge ~/good",
        "migrate v3 ~/huge",
        "copy ~/huge ~/new",
        "consolidate ~/huge",
        "resize ~/huge --shape 1",
        "append ~/in.npy ~/huge",
        "attrs get ~/huge",
        "attrs set ~/huge a 1",
        "copy ~/good ~/other",
    ] {
        let (exit, text) = home.fail(line);
        assert_eq!(exit, Exit::Limit, "{line}: {text}");
        let name = if line.contains("other") {
            "`c/0/0`"
        } else {
            "`zarr.json`"
        };
        assert!(text.contains(name), "{line}: {text}");
        assert!(text.contains("1099511627776 bytes"), "{line}: {text}");
        assert!(!text.contains("at a time"), "{line}: {text}");
    }
}

/// A document that is too large to be read, of which the store and not the document says what is wrong.
#[test]
fn a_document_too_large_to_read_costs_its_own_node_and_no_other() {
    let home = Home::new();
    for node in ["a", "b"] {
        home.run(&format!("create ~/s::{node} --shape 4 --dtype int8"))
            .unwrap();
    }
    let huge = home.path("s/b/zarr.json");
    fs::File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(home.end("validate ~/s").unwrap().0, Exit::Limit);
    let (exit, text) = home.end("validate ~/s --json").unwrap();
    let report: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((exit, &report["valid"]), (Exit::Limit, &json!(false)));
    assert_eq!(report["unread"][0]["file"], "b/zarr.json");
    assert_eq!(report["documents"], 2, "the group and the other array");
    assert_eq!(home.end("copy ~/s ~/d --quiet").unwrap().0, Exit::Limit);
    assert!(home.path("d/a/zarr.json").exists() && !home.path("d/b").exists());
}
