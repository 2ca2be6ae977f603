//! `zarr create`, `resize`, `append`, `attrs` and `consolidate`.

use std::fs;

use serde_json::{Value, json};

use super::{Home, counting};
use crate::failure::Exit;

#[test]
fn an_array_is_created_changed_and_looked_at() {
    let home = Home::new();
    home.run("create ~/g::a --shape 2,5 --dtype int16 --chunks 2,5 --fill-value -1 --dimension-names y,x --attributes {\"a\":1}").unwrap();
    assert_eq!(
        home.print("conformance --array_path ~/g/a"),
        "-1\n".repeat(10)
    );
    home.run("append ~/in.npy ~/g/a").unwrap();
    home.run("resize ~/g/a --shape 3,4").unwrap();
    assert_eq!(
        home.print("read ~/g/a --format csv"),
        "-1,-1,-1,-1\n-1,-1,-1,-1\n0,1,2,3\n"
    );
    home.save("one.npy", &counting(&[4]));
    home.run("write ~/one.npy ~/g/a --selection 1").unwrap();
    assert_eq!(
        home.print("read ~/g/a --selection :2 --format text"),
        "-1 -1 -1 -1\n 0  1  2  3\n"
    );
    home.run("attrs set ~/g/a units \"K\"").unwrap();
    assert_eq!(home.print("attrs get ~/g/a units"), "\"K\"\n");
    home.run("attrs rm ~/g/a a").unwrap();
    assert_eq!(home.fail("attrs get ~/g/a a").0, Exit::NotFound);
    assert_eq!(home.fail("attrs rm ~/g/a a").0, Exit::NotFound);
    home.run("consolidate ~/g").unwrap();
    assert!(
        fs::read_to_string(home.path("g/zarr.json"))
            .unwrap()
            .contains("consolidated_metadata")
    );
    assert_eq!(home.fail("consolidate ~/g/a").0, Exit::Usage);
    assert_eq!(home.fail("append ~/one.npy ~/g/a").0, Exit::Usage);
    assert_eq!(home.fail("resize ~/g/a --shape 3").0, Exit::Usage);
}

#[test]
fn an_array_is_laid_out_as_asked() {
    let home = Home::new();
    home.run("create ~/a --zarr-format 2 --shape 4 --dtype float32 --filters [{\"id\":\"shuffle\",\"elementsize\":4}] --compressor {\"id\":\"zlib\",\"level\":1} --fill-value null --order F").unwrap();
    let document: Value =
        serde_json::from_slice(&fs::read(home.path("a/.zarray")).unwrap()).unwrap();
    assert_eq!(document["compressor"], json!({"id": "zlib", "level": 1}));
    assert_eq!(
        document["filters"],
        json!([{"id": "shuffle", "elementsize": 4}])
    );
    assert_eq!(
        (&document["fill_value"], &document["order"]),
        (&Value::Null, &json!("F"))
    );
    home.run("create ~/b --shape 4 --dtype uint8 --codecs [\"bytes\",\"crc32c\"] --chunk-key-encoding \"v2\"").unwrap();
    let document: Value =
        serde_json::from_slice(&fs::read(home.path("b/zarr.json")).unwrap()).unwrap();
    assert_eq!(document["chunk_key_encoding"]["name"], "v2");
    assert_eq!(document["codecs"].as_array().unwrap().len(), 2);
}

/// As `zarr.create_array(dtype=">i2")` of zarr-python 3.4.2 stores it in either format.
#[test]
fn a_byte_order_that_is_named_is_stored() {
    let home = Home::new();
    home.run("create ~/a --shape 4 --dtype >i2").unwrap();
    let document: Value =
        serde_json::from_slice(&fs::read(home.path("a/zarr.json")).unwrap()).unwrap();
    assert_eq!(document["data_type"], "int16");
    assert_eq!(
        document["codecs"][0],
        json!({"name": "bytes", "configuration": {"endian": "big"}})
    );
    home.run("create ~/b --shape 4 --dtype >i2 --zarr-format 2")
        .unwrap();
    let document: Value =
        serde_json::from_slice(&fs::read(home.path("b/.zarray")).unwrap()).unwrap();
    assert_eq!(document["dtype"], ">i2");
    let (exit, text) = home.fail("create ~/c --shape 4 --dtype >i2 --codecs [\"bytes\"]");
    assert!(exit == Exit::Usage && text.contains("byte order"), "{text}");
}
