//! `zarr chunks`.

use std::fs;

use serde_json::json;

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
