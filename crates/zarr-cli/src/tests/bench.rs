//! `zarr bench`.

use std::fs;

use serde_json::json;

use super::Home;
use crate::failure::Exit;

#[test]
fn j14_each_stored_chunk_is_read_as_bytes_and_decoded() {
    let home = Home::new();
    home.run("create ~/a --shape 60,5 --dtype int16 --chunks 3,5")
        .unwrap();
    home.run("write ~/in.npy ~/a --selection :6").unwrap();
    let files = ["a/c/0/0", "a/c/1/0"].map(|name| fs::metadata(home.path(name)).unwrap().len());
    let report = home.json("bench --json ~/a --concurrency 2");
    assert_eq!(report["nchunks_stored"], json!(2));
    let stored = &report["stored"];
    assert_eq!(
        (
            &stored["nchunks"],
            &stored["nbytes"],
            &stored["concurrency"]
        ),
        (&json!(2), &json!(files.iter().sum::<u64>()), &json!(2))
    );
    // Two chunks of 3 by 5 numbers of two bytes.
    assert_eq!(report["decoded"]["nbytes"], json!(60));
    let latency = &report["decoded"]["latency_seconds"];
    assert!(latency["p50"].as_f64() <= latency["max"].as_f64());
    let text = home.print("bench ~/a");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].contains("chunks") && lines[1].starts_with("stored"),
        "{text}"
    );
    assert!(
        lines[2].starts_with("decoded") && lines[2].contains("60 B"),
        "{text}"
    );

    // A chunk that cannot be decoded is an error, as for any reader.
    fs::write(home.path("a/c/1/0"), "x").unwrap();
    assert_eq!(home.fail("bench ~/a").0, Exit::Corrupt);
    home.run("create ~/b --shape 6 --dtype int8").unwrap();
    assert_eq!(home.fail("bench ~/b").0, Exit::NotFound);
}
