//! `zarr chunks`.

use std::fs;

use serde_json::{Value, json};
use zarr::DataType;
use zarr::blocking::Wait;

use super::Home;

#[test]
fn a_map_of_the_chunks() {
    let home = Home::new();
    home.run("create ~/a --shape 6,5 --dtype int16 --chunks 2,2")
        .unwrap();
    home.save("one.npy", &super::counting(&[2, 5]));
    home.run("write ~/one.npy ~/a --selection 2:4").unwrap();
    let map = home.print("chunks ~/a");
    let expected = "grid    (3, 3) chunks of (2, 2)\nstored  3 of 9 (33.3 %)\n";
    assert!(map.starts_with(expected), "{map}");
    let lines: Vec<&str> = map.lines().map(str::trim).collect();
    assert!(
        lines.contains(&"···")
            && lines
                .iter()
                .any(|line| line.chars().count() == 3 && !line.contains('·')),
        "{map}"
    );

    let report = home.json("chunks --json ~/a");
    assert_eq!(report["grid_shape"], json!([3, 3]));
    assert_eq!(
        (&report["nchunks"], &report["nchunks_stored"]),
        (&json!(9), &json!(3))
    );
    let bytes = fs::metadata(home.path("a/c/1/0")).unwrap().len();
    assert_eq!(
        report["chunks"][0],
        json!({"index": [1, 0], "key": "c/1/0", "nbytes": bytes})
    );

    home.run("create ~/empty --shape 0,5 --dtype int16")
        .unwrap();
    assert!(home.print("chunks ~/empty").contains("stored  0 of 0"));
    home.run("create ~/long --shape 1000000 --dtype int8 --chunks 1")
        .unwrap();
    assert!(home.print("chunks ~/long").contains("one sign stands for"));
    home.run("create ~/vast --shape 1000000000,1000000000 --dtype int8 --chunks 1,1")
        .unwrap();
    assert!(
        home.print("chunks ~/vast")
            .contains("stored  0 of 1000000000000000000")
    );
}

/// A shape is told only where all chunks have it.
#[test]
fn chunks_of_a_rectilinear_grid() {
    let home = Home::new();
    let create = |name: &str| zarr::create_array(home.path(name), [60], DataType::Int16);
    let plain = create("plain").chunks([vec![10, 20, 30]]);
    plain.wait().unwrap();
    let sharded = create("sharded").chunks([10]).shards([vec![20, 40]]);
    sharded.wait().unwrap();
    let text = home.print("chunks ~/plain");
    assert!(text.contains("(3,) chunks of <variable>"), "{text}");
    let text = home.print("chunks ~/sharded");
    let expected = "(2,) shards of <variable>, each of (10,) chunks";
    assert!(text.contains(expected), "{text}");
    let [plain, sharded] = ["plain", "sharded"].map(|name| {
        let report = home.json(&format!("chunks --json ~/{name}"));
        ["chunk_shape", "inner_chunk_shape", "chunks_are"].map(|name| report[name].clone())
    });
    assert_eq!(plain, [Value::Null, Value::Null, json!("chunk")]);
    assert_eq!(sharded, [Value::Null, json!([10]), json!("shard")]);
    let info = home.json("info --json ~/sharded");
    assert_eq!(
        (&info["chunks"], &info["shards"]),
        (&json!([10]), &Value::Null)
    );
}
