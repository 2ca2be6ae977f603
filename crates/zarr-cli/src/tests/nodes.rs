//! Nodes as they are found: broken ones among others, directories without documents, what is left of old ones,
//! and consolidated metadata above them.

use std::fs;

use serde_json::{Value, json};

use super::Home;
use crate::failure::Exit;

const FORMATS: [(&str, &str, &str); 2] =
    [("2", ".zarray", ".zgroup"), ("3", "zarr.json", "zarr.json")];

#[test]
fn a_broken_node_costs_itself_and_no_other() {
    for (format, array, _) in FORMATS {
        let home = Home::new();
        for path in ["a", "b", "z/c"] {
            home.run(&format!(
                "write ~/in.npy ~/g::{path} --zarr-format {format}"
            ))
            .unwrap();
        }
        fs::write(home.path("g/b").join(array), "{\"zarr").unwrap();
        let shown = |line: &str| {
            let (exit, out) = home.end(line).unwrap();
            assert_eq!(exit, Exit::Corrupt, "{line}");
            String::from_utf8(out).unwrap()
        };
        let tree = shown("tree ~/g");
        let expected =
            "/\n├── a (6, 5) int16\n├── b (cannot be read)\n└── z\n    └── c (6, 5) int16\n";
        assert_eq!(tree, expected);
        assert_eq!(shown("ls ~/g"), "a\nb\nz\n");
        assert_eq!(shown("ls -R ~/g"), "a\nb\nz\nz/c\n");
        assert!(shown("ls -l ~/g").contains("broken"));
        assert!(shown("tree --sizes ~/g").contains("z"));
        let report = home.json("tree --json ~/g");
        assert_eq!(report["nodes"][2]["path"], "/b");
        assert_eq!(report["nodes"][2]["node_type"], Value::Null);
        let error = report["nodes"][2]["error"].as_str().unwrap();
        assert!(error.contains(&format!("`b/{array}`")), "{error}");
        // What can be read is counted.
        let info = home.json("info --json ~/g");
        assert_eq!((&info["narrays"], &info["ngroups"]), (&json!(2), &json!(1)));
        let found = home.found("doctor ~/g");
        assert!(found.contains(&format!("D01: b/{array}")), "{found}");
    }
}

/// Also what format 3 cannot say: `json2` has no name there.
#[test]
fn a_node_that_cannot_be_migrated_stays_and_the_others_are_migrated() {
    let home = Home::new();
    for path in ["a", "b", "c"] {
        home.run(&format!("write ~/in.npy ~/g::{path} --zarr-format 2"))
            .unwrap();
    }
    let zarray = home.path("g/c/.zarray");
    let text = fs::read_to_string(&zarray).unwrap();
    let text = text.replace("\"<i2\"", "\"|O\"");
    fs::write(
        &zarray,
        text.replace("\"filters\": null", "\"filters\": [{\"id\": \"json2\"}]"),
    )
    .unwrap();
    fs::write(home.path("g/b/.zarray"), "{").unwrap();
    let (exit, out) = home.end("migrate ~/g").unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(exit, Exit::Corrupt, "{text}");
    assert!(home.path("g/zarr.json").exists() && home.path("g/a/zarr.json").exists());
    assert!(
        !home.path("g/b/zarr.json").exists() && !home.path("g/c/zarr.json").exists(),
        "{text}"
    );
}

#[test]
fn the_document_that_is_broken_is_named() {
    for bad in [
        &b"{\"note\": \"cut"[..],
        b"",
        b"{\"n\": \"caf\xe9\"}",
        b"[1]",
    ] {
        let home = Home::new();
        home.run("write ~/in.npy ~/g::a --zarr-format 2").unwrap();
        fs::write(home.path("g/a/.zattrs"), bad).unwrap();
        for line in [
            "info ~/g/a",
            "read ~/g/a --format raw",
            "attrs get ~/g/a",
            "resize ~/g/a --shape 1,1",
        ] {
            let (exit, text) = home.fail(line);
            assert_eq!(exit, Exit::Corrupt, "{text}");
            assert!(text.contains(".zattrs`"), "{line}: {text}");
        }
        fs::write(home.path("g/.zattrs"), bad).unwrap();
        for line in ["info ~/g", "tree ~/g", "attrs set ~/g k 1"] {
            let (_, text) = home.fail(line);
            assert!(text.contains("`.zattrs`"), "{line}: {text}");
        }
    }
}

#[test]
fn directories_without_documents_show_what_is_in_them() {
    for (format, _, group) in FORMATS {
        let home = Home::new();
        for path in ["p/B/1/s", "p/C/1/s"] {
            home.run(&format!("write ~/in.npy ~/{path} --zarr-format {format}"))
                .unwrap();
        }
        home.run(&format!("write ~/in.npy ~/q::B/1/s --zarr-format {format}"))
            .unwrap();
        fs::remove_file(home.path("q/B").join(group)).unwrap();
        // A row of a plate without a document.
        assert_eq!(home.print("ls ~/q"), "B\n");
        assert_eq!(home.print("ls -R ~/q"), "B\nB/1\nB/1/s\n");
        assert!(home.print("tree ~/q").contains("s (6, 5) int16"));
        assert!(home.found_or_done("doctor ~/q").contains("D03: B"));
        // A store whose root has none.
        fs::remove_file(home.path("q").join(group)).unwrap();
        home.run(&format!("write ~/in.npy ~/q::B --zarr-format {format}"))
            .unwrap();
        fs::remove_file(home.path("q").join(group)).unwrap();
        assert_eq!(home.print("ls ~/q"), "B\n");
        assert!(home.print("tree ~/q").contains("B (6, 5) int16"));
        let (exit, text) = home.fail("info ~/q");
        assert_eq!(exit, Exit::NotFound);
        assert!(text.contains("in it are \"B\""), "{text}");
        // Nothing is nothing.
        fs::create_dir(home.path("empty")).unwrap();
        assert_eq!(home.fail("tree ~/empty").0, Exit::NotFound);
    }
}

/// zarr-python 3.4.2 makes the groups above a new node, the root among them: so does a command that is told a store
/// by the end of its name.
#[test]
fn the_first_node_of_a_store_makes_its_root() {
    let home = Home::new();
    home.run("write ~/in.npy ~/one.zarr/a").unwrap();
    home.run("create ~/two.zarr/g/a --shape 3 --dtype int8 --zarr-format 2")
        .unwrap();
    home.run("copy ~/one.zarr/a ~/three.zarr/b").unwrap();
    assert_eq!(home.print("ls -R ~/one.zarr"), "a\n");
    assert_eq!(home.print("ls -R ~/two.zarr"), "g\ng/a\n");
    assert_eq!(home.print("ls -R ~/three.zarr"), "b\n");
    assert!(home.path("two.zarr/.zgroup").exists());
    // A store itself, or in a directory that is none, has nothing above.
    home.run("write ~/in.npy ~/plain/four.zarr").unwrap();
    assert!(
        !home.path("plain/zarr.json").exists() && home.path("plain/four.zarr/zarr.json").exists()
    );
}

#[test]
fn chunks_that_are_left_are_refused_or_cleared() {
    for (format, document, _) in FORMATS {
        let home = Home::new();
        let layout = format!("--chunks 2,5 --compressor null --zarr-format {format}");
        for path in ["a", "g.zarr/a"] {
            home.run(&format!("write ~/in.npy ~/{path} {layout}"))
                .unwrap();
            fs::remove_file(home.path(path).join(document)).unwrap();
            let create = format!("create ~/{path} --shape 6,5 --dtype int16 {layout}");
            for line in [create.clone(), format!("write ~/in.npy ~/{path} {layout}")] {
                let (exit, text) = home.fail(&line);
                assert_eq!(exit, Exit::Conflict, "{text}");
                assert!(text.contains("--overwrite"), "{text}");
            }
            home.run(&format!("{create} --overwrite")).unwrap();
            assert_eq!(
                home.json(&format!("info --json ~/{path}"))["nchunks_initialized"],
                0
            );
        }
        // Files of somebody else stay.
        fs::remove_file(home.path("a").join(document)).unwrap();
        fs::write(home.path("a/thesis.tex"), "text").unwrap();
        let (exit, _) = home.fail(&format!(
            "create ~/a --shape 6,5 --dtype int16 {layout} --overwrite"
        ));
        assert_eq!(exit, Exit::Conflict);
        assert!(home.path("a/thesis.tex").exists());
    }
}

#[test]
fn commands_keep_consolidated_metadata() {
    for (format, ..) in FORMATS {
        for line in [
            "append ~/in.npy ~/g/x/a",
            "resize ~/g/x/a --shape 9,9",
            "attrs set ~/g/x/a k 1",
            "attrs set ~/g/x k 1",
            "attrs set ~/g k 1",
            "create ~/g/x/b --shape 4 --dtype int32",
            "create ~/g::x/b --shape 4 --dtype int32",
            "write ~/in.npy ~/g/y/b",
            "write ~/in.npy ~/g/x --overwrite",
            "copy ~/g/x ~/g/z",
        ] {
            let home = Home::new();
            home.run(&format!("write ~/in.npy ~/g::x/a --zarr-format {format}"))
                .unwrap();
            home.run("consolidate ~/g").unwrap();
            home.run(line).unwrap();
            assert_eq!(home.print("doctor ~/g"), "0 errors, 0 warnings\n", "{line}");
            let name = if format == "2" {
                "g/.zmetadata"
            } else {
                "g/zarr.json"
            };
            let document = fs::read_to_string(home.path(name)).unwrap();
            assert!(document.contains("\"metadata\""), "{line}");
        }
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
