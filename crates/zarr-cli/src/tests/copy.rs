//! `zarr copy`.

use std::fs;

use serde_json::json;

use super::{Home, counting, files};
use crate::failure::Exit;

#[test]
fn as_it_is_and_otherwise() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a::x/y --chunks 4,3 --attributes {\"units\":\"K\"}")
        .unwrap();
    let text = home.print("copy ~/a ~/b --quiet");
    assert_eq!(text, "3 nodes copied: 4 chunks stored, 60 B of elements\n");
    assert_eq!(home.print("diff ~/a ~/b"), "");
    assert_eq!(home.fail("copy ~/a ~/b").0, Exit::Conflict);

    let report = home.json("copy ~/a/x/y ~/c --chunks 2,5 --shards 4,5 --verify --json --quiet");
    assert_eq!(
        (&report["copied"], &report["verified"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(home.json("info --json ~/c")["shards"], json!([4, 5]));
    assert_eq!(home.print("diff --content ~/a/x/y ~/c"), "");

    let codecs = r#"[{"name":"bytes","configuration":{"endian":"little"}},"crc32c"]"#;
    home.run(&format!(
        "copy ~/a/x/y ~/d --codecs {codecs} --verify --quiet"
    ))
    .unwrap();
    let document = home.json("info --json ~/d");
    assert_eq!(document["metadata"]["codecs"][1]["name"], "crc32c");

    let text = home.print("copy ~/a ~/v2 --zarr-format 2 --verify --quiet");
    assert!(text.ends_with("every element is the same\n"), "{text}");
    assert!(home.path("v2/x/y/.zarray").exists());
    // Into a group that is there, of which the format is taken.
    home.run("copy ~/a/x ~/v2::z --quiet").unwrap();
    assert!(home.path("v2/z/y/.zarray").exists());
    home.run("copy ~/a ~/a.zip --quiet").unwrap();
    assert_eq!(home.print("diff ~/a ~/a.zip"), "");
}

#[test]
fn what_is_missing_is_copied() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a::x --chunks 4,3").unwrap();
    home.run("copy ~/a ~/b --quiet").unwrap();
    fs::remove_file(home.path("b/x/c/0/0")).unwrap();
    let report = home.json("copy ~/a ~/b --resume --verify --json --quiet");
    assert_eq!(
        (&report["nchunks_stored"], &report["verified"]),
        (&json!(1), &json!(true))
    );
    home.save("one.npy", &counting(&[1]));
    home.run("write ~/one.npy ~/b/x --selection 5,4:5").unwrap();
    home.run("copy ~/a ~/b --overwrite --quiet").unwrap();
    assert_eq!(home.print("diff ~/a ~/b"), "");
}

#[test]
fn only_what_is_asked_for() {
    let home = Home::new();
    for path in ["a/x", "a/y", "b/x", "c"] {
        home.run(&format!("write ~/in.npy ~/g::{path}")).unwrap();
    }
    let dry = home.print("copy --dry-run ~/g ~/no --exclude b/**");
    assert!(dry.contains("copy /a/x (6, 5) int16\n"), "{dry}");
    assert!(!home.path("no").exists());
    home.run("copy ~/g ~/h --include a/* --quiet").unwrap();
    assert_eq!(home.print("ls -R ~/h"), "a\na/x\na/y\n");
    home.run("copy ~/g ~/i --exclude **/x --quiet").unwrap();
    assert_eq!(home.print("ls -R ~/i"), "a\na/y\nb\nc\n");
    let all = files(&home.path("i"));
    assert!(
        all.iter()
            .all(|path| path.extension().is_none_or(|end| end != "zarr-tmp"))
    );
}
