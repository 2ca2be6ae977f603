//! `zarr ls`.

use serde_json::json;

use super::Home;

#[test]
fn names_and_what_they_are() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g.zarr::a/b --chunks 4,3")
        .unwrap();
    home.run("create ~/g.zarr::c --shape 3 --dtype uint8")
        .unwrap();
    assert_eq!(home.print("ls ~/g.zarr"), "a\nc\n");
    assert_eq!(home.print("ls -R ~/g.zarr"), "a\na/b\nc\n");
    assert_eq!(home.print("ls ~/g.zarr::a"), "b\n");
    let long = home.print("ls -l ~/g.zarr");
    let rows: Vec<Vec<&str>> = long
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0][..2], ["group", "v3"]);
    assert_eq!(rows[1][..4], ["array", "v3", "uint8", "(3,)"]);
    let list = home.json("ls -lR --json ~/g.zarr");
    assert_eq!(
        (&list["schema"], &list["schema_version"]),
        (&json!("zarr.ls/1"), &json!(1))
    );
    let stored = home.stored_bytes("g.zarr/a");
    assert_eq!(
        list["nodes"][0],
        json!({"path": "/a", "node_type": "group", "nbytes_stored": stored})
    );
    assert_eq!(list["nodes"][1]["path"], "/a/b");
    // A file is shown by its name, so is an array.
    assert_eq!(
        home.print("ls ~/g.zarr::c"),
        format!("{}::c\n", home.path("g.zarr").display())
    );
}
