//! `zarr create` and `resize`: what they make, and what they refuse before they make anything.

use std::fs;

use serde_json::{Value, json};

use super::{FORMATS, Home, counting};
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
    let document = home.document("a/.zarray");
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
    let document = home.document("b/zarr.json");
    assert_eq!(document["chunk_key_encoding"]["name"], "v2");
    assert_eq!(document["codecs"].as_array().unwrap().len(), 2);
}

/// As `zarr.create_array(dtype=">i2")` of zarr-python 3.4.2 stores it in either format.
#[test]
fn a_byte_order_that_is_named_is_stored() {
    let home = Home::new();
    home.run("create ~/a --shape 4 --dtype >i2").unwrap();
    let document = home.document("a/zarr.json");
    assert_eq!(document["data_type"], "int16");
    assert_eq!(
        document["codecs"][0],
        json!({"name": "bytes", "configuration": {"endian": "big"}})
    );
    home.run("create ~/b --shape 4 --dtype >i2 --zarr-format 2")
        .unwrap();
    let document = home.document("b/.zarray");
    assert_eq!(document["dtype"], ">i2");
    let (exit, text) = home.fail("create ~/c --shape 4 --dtype >i2 --codecs [\"bytes\"]");
    assert!(exit == Exit::Usage && text.contains("byte order"), "{text}");
}

/// What readers have limits on is refused before anything is written.
#[test]
fn what_nothing_opens_again_is_not_written() {
    let home = Home::new();
    let deep = format!("{}{}", "[".repeat(63), "]".repeat(63));
    let create = format!("create ~/a --shape 1 --dtype int8 --attributes {{\"k\":{deep}}}");
    assert_eq!(home.fail(&create).0, Exit::Limit);
    assert!(!home.path("a").join("zarr.json").exists());
    home.run("create ~/a --shape 1 --dtype int8").unwrap();
    let before = fs::read(home.path("a/zarr.json")).unwrap();
    assert_eq!(home.fail(&format!("attrs set ~/a k {deep}")).0, Exit::Limit);
    assert_eq!(fs::read(home.path("a/zarr.json")).unwrap(), before);
    // Format 2 keeps attributes one level less deep.
    home.run("create ~/b --zarr-format 2 --shape 1 --dtype int8")
        .unwrap();
    home.run(&format!("attrs set ~/b k {deep}")).unwrap();
    assert_eq!(home.fail("migrate v3 ~/b").0, Exit::Limit);
    assert!(!home.path("b/zarr.json").exists());
    // A bare codec, and one that is misspelled.
    home.run("create ~/c --shape 4 --dtype int16 --compressors \"gzip\"")
        .unwrap();
    let document = home.document("c/zarr.json");
    assert_eq!(
        document["codecs"][1],
        json!({"name": "gzip", "configuration": {"level": 5}})
    );
    let codec = "{\"name\":\"gzip\",\"configuration\":{\"levle\":4}}";
    let (exit, why) = home.fail(&format!(
        "create ~/d --shape 4 --dtype int16 --compressors {codec}"
    ));
    assert_eq!(exit, Exit::Usage);
    assert!(why.contains("perhaps \"level\""), "{why}");
}

#[test]
fn chunks_that_are_left_are_refused_or_cleared() {
    for (format, document, _) in FORMATS {
        let home = Home::new();
        let layout = format!("--chunks 2,5 --compressor null --zarr-format {format}");
        for path in ["a", "g.zarr/a"] {
            home.run(&format!("write ~/in.npy ~/{path} {layout}"))
                .unwrap();
            fs::remove_file(home.path(path).join(document)).unwrap();
            let create = format!("create ~/{path} --shape 6,5 --dtype int16 {layout}");
            for line in [create.clone(), format!("write ~/in.npy ~/{path} {layout}")] {
                let (exit, text) = home.fail(&line);
                assert_eq!(exit, Exit::Conflict, "{text}");
                assert!(text.contains("--overwrite"), "{text}");
            }
            home.run(&format!("{create} --overwrite")).unwrap();
            assert_eq!(
                home.json(&format!("info --json ~/{path}"))["nchunks_initialized"],
                0
            );
        }
        // Files of somebody else stay.
        fs::remove_file(home.path("a").join(document)).unwrap();
        fs::write(home.path("a/thesis.tex"), "text").unwrap();
        let (exit, _) = home.fail(&format!(
            "create ~/a --shape 6,5 --dtype int16 {layout} --overwrite"
        ));
        assert_eq!(exit, Exit::Conflict);
        assert!(home.path("a/thesis.tex").exists());
    }
}

#[test]
fn a_name_that_no_file_can_have_is_wrong_usage() {
    let home = Home::new();
    // Too long, and with a character that Windows refuses.
    let name = "n|".repeat(150);
    let (exit, message) = home.fail(&format!("create ~/{name} --shape 1 --dtype int8"));
    assert_eq!(exit, Exit::Usage, "{message}");
    assert!(message.ends_with("; choose another path"), "{message}");
}
