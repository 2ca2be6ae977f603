//! `zarr diff`.

use serde_json::json;

use super::{Home, counting};
use crate::failure::Exit;

#[test]
fn nothing_differs() {
    let home = Home::new();
    for name in ["a", "b"] {
        home.run(&format!("write ~/in.npy ~/{name}::x/y --chunks 4,3"))
            .unwrap();
    }
    assert_eq!(home.print("diff ~/a ~/b"), "");
    assert_eq!(home.print("diff ~/a::x/y ~/b/x/y"), "");
    let report = home.json("diff --json ~/a ~/b");
    assert_eq!(
        (&report["equal"], &report["differences"]),
        (&json!(true), &json!([]))
    );
}

#[test]
fn everything_differs() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a::x --chunks 4,3").unwrap();
    home.run("write ~/in.npy ~/b::x --chunks 2,3").unwrap();
    home.run("create ~/a::only --shape 1 --dtype int8").unwrap();
    home.save("one.npy", &counting(&[2]));
    home.run("write ~/one.npy ~/b::x --selection 5,1:3")
        .unwrap();
    home.run("attrs set ~/b/x units \"K\"").unwrap();
    let expected = "\
/only: only in ~/a
/x: /chunk_grid/configuration/chunk_shape: [4,3] and [2,3]
/x: /attributes/units: nothing and \"K\"
/x: 2 of 30 elements differ (6.7 %), the first at (5, 1): 26 and 0; by 26 at most
";
    assert_eq!(home.found("diff ~/a ~/b"), expected);
    let found = home.found("diff --content ~/a ~/b");
    assert!(
        !found.contains("chunk_grid") && found.contains("units"),
        "{found}"
    );
    let report = home.json("diff --json ~/a/x ~/b/x");
    let values = &report["differences"][2];
    assert_eq!(values["kind"], "values");
    assert_eq!(values["first"], json!({"index": [5, 1], "a": 26, "b": 0}));
    assert_eq!(
        (&values["count"], &values["max_abs_difference"]),
        (&json!(2), &json!(26.0))
    );
    assert!(
        home.found("diff ~/a ~/b::x")
            .contains("one is an array, the other a group")
    );
    assert_eq!(home.fail("diff ~/a ~/none").0, Exit::NotFound);
}

#[test]
fn near_numbers_and_no_numbers() {
    let home = Home::new();
    home.run("create ~/a --shape 3 --dtype float32 --fill-value \"NaN\"")
        .unwrap();
    home.run("create ~/b --shape 3 --dtype float32 --fill-value \"0x7fc00001\"")
        .unwrap();
    assert_eq!(
        home.found("diff ~/a ~/b"),
        "/: /fill_value: \"NaN\" and \"0x7fc00001\"\n"
    );
    home.run("create ~/c --shape 3 --dtype float64 --fill-value 1")
        .unwrap();
    home.run("create ~/d --shape 3 --dtype float64 --fill-value 1.001")
        .unwrap();
    assert_eq!(home.found("diff --rtol 0.01 ~/c ~/d").lines().count(), 1);
    assert_eq!(home.found("diff --atol 0.0001 ~/c ~/d").lines().count(), 2);
}

/// What a copy may lose without a difference in what arrays say and hold: spellings, members that nobody
/// knows, numbers that no other JSON has, consolidated metadata, files of other programs.
#[test]
fn what_is_written_differs() {
    let home = Home::new();
    let document =
        r#"{"zarr_format":3,"node_type":"group","attributes":{"n":NaN,"i":123456789012345678901}}"#;
    let changes = [
        ("NaN", r#""NaN""#, "/: /attributes/n: NaN and \"NaN\"\n"),
        (
            "678901}",
            "678902}",
            "/: /attributes/i: 123456789012345678901 and 123456789012345678902\n",
        ),
        (
            r#","attributes""#,
            r#","x":{"must_understand":false},"attributes""#,
            "/: /x: nothing and {\"must_understand\":false}\n",
        ),
    ];
    for name in ["a", "b"] {
        std::fs::create_dir(home.path(name)).unwrap();
        std::fs::write(home.path(name).join("zarr.json"), document).unwrap();
    }
    assert_eq!(home.print("diff ~/a ~/b"), "");
    for (old, new, expected) in changes {
        std::fs::write(home.path("b/zarr.json"), document.replace(old, new)).unwrap();
        assert_eq!(home.found("diff ~/a ~/b"), expected);
    }
    std::fs::write(home.path("b/zarr.json"), document.replace(",", ", ")).unwrap();
    assert_eq!(home.print("diff ~/a ~/b"), "", "blanks say nothing");

    std::fs::write(home.path("a/readme"), "one").unwrap();
    assert_eq!(home.found("diff ~/a ~/b"), "/readme: only in ~/a\n");
    std::fs::write(home.path("b/readme"), "two").unwrap();
    assert_eq!(home.found("diff ~/a ~/b"), "/readme: the bytes differ\n");
    std::fs::write(home.path("b/readme"), "one").unwrap();
    home.run("consolidate ~/a").unwrap();
    assert!(
        home.found("diff ~/a ~/b")
            .contains("/consolidated_metadata")
    );
}

/// What cannot be read, a document or a chunk, costs its own node: the others are compared, it is named, and the
/// exit code is its own.
#[test]
fn what_cannot_be_read_costs_its_own_node() {
    let home = Home::new();
    for name in ["a", "b/x", "c", "d"] {
        home.run(&format!("write ~/in.npy ~/one::{name} --chunks 6,5"))
            .unwrap();
    }
    home.run("copy ~/one ~/two --quiet").unwrap();
    home.save("other.npy", &counting(&[1]));
    home.run("write ~/other.npy ~/two/d --selection 5,4:5")
        .unwrap();
    std::fs::write(home.path("one/b/zarr.json"), "{").unwrap();
    std::fs::write(home.path("two/c/c/0/0"), "torn").unwrap();

    let report = home.json("diff ~/one ~/two --json");
    let differs = report["differences"].as_array().unwrap();
    let paths: Vec<&serde_json::Value> = differs.iter().map(|one| &one["path"]).collect();
    assert!(paths.contains(&&json!("/d")), "{report}");
    assert!(!paths.contains(&&json!("/c")), "{report}");
    let failed = report["failed"].to_string();
    assert_eq!(report["failed"].as_array().unwrap().len(), 2);
    assert!(
        failed.contains("c/c/0/0") && failed.contains("b/zarr.json"),
        "{failed}"
    );
    assert_eq!(report["equal"], json!(false));
    assert_eq!(home.end("diff ~/one ~/two").unwrap().0, Exit::Corrupt);

    // Chunks that move as they are may be damaged: who verifies is told.
    std::fs::write(home.path("one/c/c/0/0"), "torn").unwrap();
    let report = home.json("copy ~/one ~/three --verify --json --quiet");
    assert_eq!(report["verified"], json!(false));
    assert!(report["failed"][0].as_str().unwrap().contains("c/c/0/0"));
}
