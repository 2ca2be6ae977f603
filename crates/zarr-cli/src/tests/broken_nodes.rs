//! Nodes with broken documents, which affect no other node.

use std::fs;

use serde_json::{Value, json};

use super::{FORMATS, Home};
use crate::failure::Exit;

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
