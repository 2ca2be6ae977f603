//! `zarr migrate`.

use std::fs;
use std::path::MAIN_SEPARATOR;

use serde_json::json;

use super::{Home, counting, files};
use crate::failure::Exit;

#[test]
fn format_3_beside_and_instead_of_format_2() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::x/a --zarr-format 2 --chunks 4,3 --order F --attributes {\"units\":\"K\"}").unwrap();
    home.run("consolidate ~/g").unwrap();
    let before = files(&home.path("g")).len();
    let dry = home.print("migrate v3 --dry-run ~/g");
    assert!(
        dry.starts_with("zarr.json: group\nx/zarr.json: group\nx/a/zarr.json: array\n"),
        "{dry}"
    );
    assert_eq!(files(&home.path("g")).len(), before);

    home.run("migrate v3 ~/g").unwrap();
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
    assert_eq!(home.fail("migrate v3 ~/g").0, Exit::Conflict);

    let report = home.json("migrate v3 --json --replace --overwrite ~/g");
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
    assert_eq!(home.fail("migrate v3 ~/g").0, Exit::NotFound);
}

#[test]
fn what_cannot_be_converted_changes_nothing() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a --zarr-format 2").unwrap();
    home.run("write ~/in.npy ~/g::b --zarr-format 2").unwrap();
    let path = home.path("g/b/.zarray");
    fs::write(&path, "{}").unwrap();
    let (exit, text) = home.fail("migrate v3 --replace ~/g");
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
    let (exit, out) = home.end("migrate v3 ~/g").unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(exit, Exit::Corrupt, "{text}");
    assert!(home.path("g/zarr.json").exists() && home.path("g/a/zarr.json").exists());
    assert!(
        !home.path("g/b/zarr.json").exists() && !home.path("g/c/zarr.json").exists(),
        "{text}"
    );
}

/// As in zarr-python 3.2's `zarr migrate v3 IN OUT --overwrite --force --remove-v2-metadata`, whose tests
/// (`tests/test_cli/test_migrate_v3.py`) say: no chunk is copied, the input stays as it is, and documents of format 3
/// at the output are only removed beside valid ones of format 2 or by force.
#[test]
fn j1_documents_are_written_to_another_store() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::x/a --zarr-format 2 --chunks 4,3")
        .unwrap();
    home.run("consolidate ~/g").unwrap();
    let before = files(&home.path("g"));
    assert!(
        home.print("migrate v3 ~/g ~/h -n")
            .contains("x/a/zarr.json: array")
    );
    assert!(!home.path("h").exists());
    let said = home.print("migrate v3 ~/g ~/h --remove-v2-metadata");
    assert!(said.ends_with("/h, without their chunks\n"), "{said}");
    assert_eq!(files(&home.path("g")), before);
    let mut new: Vec<_> = files(&home.path("h"))
        .iter()
        .map(|path| {
            path.strip_prefix(home.path("h"))
                .unwrap()
                .display()
                .to_string()
                .replace(MAIN_SEPARATOR, "/")
        })
        .collect();
    new.sort();
    assert_eq!(new, ["x/a/zarr.json", "x/zarr.json", "zarr.json"]);
    let root = home.document("h/zarr.json");
    assert_eq!(
        root["consolidated_metadata"]["metadata"]["x/a"]["shape"],
        json!([6, 5])
    );

    assert_eq!(home.fail("migrate v3 ~/g ~/h").0, Exit::Conflict);
    let (exit, text) = home.fail("migrate v3 ~/g ~/h --overwrite");
    assert!(exit == Exit::Conflict && text.contains("--force"), "{text}");
    home.run("migrate v3 ~/g ~/h --overwrite --force").unwrap();
    // With the chunks beside them, they are the array.
    fs::copy(home.path("g/x/a/0.0"), home.path("h/x/a/0.0")).unwrap();
    assert!(
        home.print("read ~/h/x/a --format csv --selection 1")
            .starts_with("5,6,7,")
    );
}

/// What `migrate v3` wrote is migrated back. Keys of format 3 have no place in format 2.
#[test]
fn j1_format_2_for_arrays_with_its_chunk_keys() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::x/a --zarr-format 2 --chunks 4,3 --order F --compressor {\"id\":\"zlib\",\"level\":1} --attributes {\"units\":\"K\"}").unwrap();
    home.run("consolidate ~/g").unwrap();
    let names = [".zgroup", ".zmetadata", "x/a/.zarray", "x/a/.zattrs"];
    let before = names.map(|name| home.document(&format!("g/{name}")));
    home.run("migrate v3 --replace ~/g").unwrap();
    let said = home.print("migrate v2 --replace ~/g");
    assert_eq!(
        said,
        ".zgroup: group\nx/.zgroup: group\nx/a/.zarray: array\n3 nodes migrated; the documents of format 3 are gone\n"
    );
    assert_eq!(
        names.map(|name| home.document(&format!("g/{name}"))),
        before
    );
    assert!(!home.path("g/x/a/zarr.json").exists());
    home.run("read ~/g/x/a --output ~/out.npy").unwrap();
    assert_eq!(home.load("out.npy"), counting(&[6, 5]));

    home.run("write ~/in.npy ~/n --zarr-format 3").unwrap();
    let (exit, text) = home.fail("migrate v2 ~/n");
    assert_eq!(exit, Exit::Unsupported);
    assert!(text.contains("zarr copy --zarr-format 2"), "{text}");
    assert!(!home.path("n/.zarray").exists());
    let (exit, text) = home.fail("migrate v2 ~/n --remove-v2-metadata");
    assert!(exit == Exit::Usage && text.contains("--replace"), "{text}");
}

/// A group becomes an array: no document of the group is left beside it.
#[test]
fn j1_overwrite_leaves_no_document_of_what_was_there() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --zarr-format 2").unwrap();
    home.run("migrate v3 --replace ~/a").unwrap();
    fs::write(home.path("a/.zgroup"), "{\"zarr_format\": 2}").unwrap();
    fs::write(home.path("a/.zattrs"), "{\"old\": true}").unwrap();
    assert_eq!(home.fail("migrate v2 ~/a").0, Exit::Conflict);
    home.run("migrate v2 --overwrite --replace ~/a").unwrap();
    assert!(home.path("a/.zarray").exists());
    assert!(!home.path("a/.zgroup").exists() && !home.path("a/.zattrs").exists());
}
