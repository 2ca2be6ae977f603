//! `zarr remove-metadata`, as zarr-python has it (`tests/test_cli/test_migrate_v3.py` there).

use std::fs;
use std::path::MAIN_SEPARATOR;

use serde_json::json;

use super::{Home, counting, files};
use crate::failure::Exit;

/// A group with an array in both formats, consolidated in both.
fn in_both_formats() -> Home {
    let home = Home::new();
    let attributes = "{\"units\":\"K\"}";
    home.run(&format!(
        "write ~/in.npy ~/g::x/a --zarr-format 2 --attributes {attributes}"
    ))
    .unwrap();
    home.run("consolidate ~/g").unwrap();
    home.run("migrate v3 ~/g").unwrap();
    home
}

fn names(home: &Home) -> Vec<String> {
    let mut names: Vec<_> = files(&home.path("g"))
        .iter()
        .map(|path| {
            path.strip_prefix(home.path("g"))
                .unwrap()
                .display()
                .to_string()
                .replace(MAIN_SEPARATOR, "/")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn j2_only_documents_of_that_format_are_deleted() {
    let home = in_both_formats();
    let all = names(&home);
    let dry = home.print("remove-metadata v2 ~/g --dry-run");
    let lines = ".zmetadata\n.zgroup\nx/.zgroup\nx/a/.zattrs\nx/a/.zarray\n";
    assert_eq!(dry, format!("{lines}5 documents would be deleted\n"));
    assert_eq!(names(&home), all);
    let said = home.print("remove-metadata v2 ~/g");
    assert_eq!(said, format!("{lines}5 documents deleted\n"));
    let left = ["x/a/0.0", "x/a/zarr.json", "x/zarr.json", "zarr.json"];
    assert_eq!(names(&home), left);
    home.run("read ~/g/x/a --output ~/out.npy").unwrap();
    assert_eq!(home.load("out.npy"), counting(&[6, 5]));
    assert_eq!(home.fail("remove-metadata v2 ~/g").0, Exit::NotFound);

    let home = in_both_formats();
    let report = home.json("remove-metadata v3 ~/g --json");
    let removed = json!(["zarr.json", "x/zarr.json", "x/a/zarr.json"]);
    assert_eq!(
        (&report["removed"], &report["zarr_format"]),
        (&removed, &json!(3))
    );
    assert_eq!(home.json("info --json ~/g/x/a")["zarr_format"], 2);
}

#[test]
fn j2_nothing_is_deleted_that_no_other_document_says() {
    let home = in_both_formats();
    fs::remove_file(home.path("g/x/a/zarr.json")).unwrap();
    let all = names(&home);
    let (exit, text) = home.fail("remove-metadata v2 ~/g");
    assert_eq!(exit, Exit::Conflict);
    assert!(
        text.contains("::x/a: .zarray would be lost") && text.contains("--force"),
        "{text}"
    );
    assert_eq!(names(&home), all);
    // One that nobody can read is none.
    fs::write(home.path("g/x/a/zarr.json"), "{}").unwrap();
    let (exit, text) = home.fail("remove-metadata v2 ~/g");
    assert!(
        exit == Exit::Conflict && text.contains("is invalid"),
        "{text}"
    );
    fs::remove_file(home.path("g/x/a/zarr.json")).unwrap();
    home.run("remove-metadata v2 ~/g --force").unwrap();
    assert_eq!(names(&home), ["x/a/0.0", "x/zarr.json", "zarr.json"]);
}
