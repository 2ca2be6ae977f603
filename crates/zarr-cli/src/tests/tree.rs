//! `zarr tree`.

use serde_json::json;

use super::Home;

#[test]
fn tree_as_json() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a/b");
    let json = |line: &str| home.json(line);
    let array = |path: &str| json!({"path": path, "node_type": "array", "shape": [6, 5], "data_type": "int16"});
    let group = |path: &str| json!({"path": path, "node_type": "group"});
    let expected = json!({
        "schema": "zarr.tree/1", "schema_version": 1, "path": home.path("g.zarr"),
        "nodes": [group("/"), group("/a"), array("/a/b")],
    });
    assert_eq!(json("tree --json ~/g.zarr"), expected);
    assert_eq!(
        json("tree --json ~/g.zarr::a")["nodes"],
        json!([group("/"), array("/b")])
    );
    assert_eq!(
        json("tree --json ~/g.zarr/a/b")["nodes"],
        json!([array("/")])
    );
}
