//! `zarr migrate`.

use std::fs;

use serde_json::json;

use super::{Home, counting, files};
use crate::failure::Exit;

#[test]
fn format_3_beside_and_instead_of_format_2() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::x/a --zarr-format 2 --chunks 4,3 --order F --attributes {\"units\":\"K\"}").unwrap();
    home.run("consolidate ~/g").unwrap();
    let before = files(&home.path("g")).len();
    let dry = home.print("migrate --dry-run ~/g");
    assert!(
        dry.starts_with("zarr.json: group\nx/zarr.json: group\nx/a/zarr.json: array\n"),
        "{dry}"
    );
    assert_eq!(files(&home.path("g")).len(), before);

    home.run("migrate ~/g").unwrap();
    assert_eq!(files(&home.path("g")).len(), before + 3);
    let info = home.json("info --json ~/g/x/a");
    assert_eq!(
        (&info["zarr_format"], &info["attributes"]),
        (&json!(3), &json!({"units": "K"}))
    );
    assert_eq!(info["metadata"]["chunk_key_encoding"]["name"], "v2");
    home.run("read ~/g/x/a --output ~/out.npy").unwrap();
    assert_eq!(home.load("out.npy"), counting(&[6, 5]));
    assert!(
        fs::read_to_string(home.path("g/zarr.json"))
            .unwrap()
            .contains("consolidated_metadata")
    );
    assert_eq!(home.fail("migrate ~/g").0, Exit::Conflict);

    let report = home.json("migrate --json --replace --overwrite ~/g");
    assert_eq!(
        (&report["replaced"], &report["nodes"][2]["path"]),
        (&json!(true), &json!("/x/a"))
    );
    let old = |name: &std::path::PathBuf| {
        name.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(".z")
    };
    assert!(!files(&home.path("g")).iter().any(old));
    home.run("read ~/g/x/a --output ~/out.npy").unwrap();
    assert_eq!(home.load("out.npy"), counting(&[6, 5]));
    assert_eq!(home.print("doctor ~/g"), "0 errors, 0 warnings\n");
    assert_eq!(home.fail("migrate ~/g").0, Exit::NotFound);
}

#[test]
fn what_cannot_be_converted_changes_nothing() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a --zarr-format 2").unwrap();
    home.run("write ~/in.npy ~/g::b --zarr-format 2").unwrap();
    let path = home.path("g/b/.zarray");
    fs::write(&path, "{}").unwrap();
    let (exit, text) = home.fail("migrate --replace ~/g");
    assert_eq!(exit, Exit::Corrupt);
    assert!(text.contains("::b"), "{text}");
    assert!(!home.path("g/zarr.json").exists() && home.path("g/a/.zarray").exists());
}

/// Also what format 3 cannot say: `json2` has no name there.
#[test]
fn a_node_that_cannot_be_migrated_stays_and_the_others_are_migrated() {
    let home = Home::new();
    for path in ["a", "b", "c"] {
        home.run(&format!("write ~/in.npy ~/g::{path} --zarr-format 2"))
            .unwrap();
    }
    home.replace_text("g/c/.zarray", "\"<i2\"", "\"|O\"");
    let filters = "\"filters\": [{\"id\": \"json2\"}]";
    home.replace_text("g/c/.zarray", "\"filters\": null", filters);
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
