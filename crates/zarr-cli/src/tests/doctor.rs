//! `zarr doctor`: each rule finds what it is for, and none finds anything in a good store.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};

use super::{Home, files};

/// A hierarchy with a plain array `g/a` and a compressed one `g/b`.
fn good() -> Home {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a --chunks 2,5 --compressor null")
        .unwrap();
    home.run("write ~/in.npy ~/g::b --chunks 2,5 --compressors [{\"name\":\"zstd\",\"configuration\":{\"level\":3,\"checksum\":false}},\"crc32c\"]")
        .unwrap();
    home
}

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a table reads better without borrows"
)]
fn check(home: &Home, line: &str, expected: Value) {
    let report = home.json(&format!("doctor --json {line}"));
    let found: Vec<Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| json!([finding["rule"], finding["place"], finding["fixed"]]))
        .collect();
    assert_eq!(Value::Array(found), expected, "{report:#}");
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = fs::read(path).unwrap();
    file.extend_from_slice(bytes);
    fs::write(path, file).unwrap();
}

#[test]
fn a_good_store_is_good() {
    let home = good();
    home.run("consolidate ~/g").unwrap();
    assert_eq!(home.print("doctor ~/g"), "0 errors, 0 warnings\n");
    home.run("write ~/in.npy ~/v2::a/b --zarr-format 2 --chunks 4,3")
        .unwrap();
    home.run("consolidate ~/v2").unwrap();
    home.run("write ~/in.npy ~/s --chunks 2,5 --shards 4,5")
        .unwrap();
    home.run("write ~/in.npy ~/z.zip::a").unwrap();
    for path in ["v2", "s", "z.zip", "g/a"] {
        check(&home, &format!("~/{path}"), json!([]));
    }
    assert!(home.print("doctor --rules").contains("D13 "));
}

#[test]
fn d01_invalid_metadata() {
    let home = good();
    fs::write(
        home.path("g/a/zarr.json"),
        "{\"zarr_format\": 3, \"node_type\": \"array\"",
    )
    .unwrap();
    check(&home, "~/g", json!([["D01", "a/zarr.json", false]]));
    home.found("doctor ~/g");
}

#[test]
fn d02_two_formats() {
    let home = good();
    fs::write(home.path("g/.zgroup"), "{\"zarr_format\": 2}").unwrap();
    check(&home, "~/g", json!([["D02", "/", false]]));
}

#[test]
fn d03_implicit_groups() {
    let home = good();
    fs::create_dir_all(home.path("g/x/y")).unwrap();
    fs::rename(home.path("g/a"), home.path("g/x/y/a")).unwrap();
    check(
        &home,
        "~/g",
        json!([["D03", "x", false], ["D03", "x/y", false]]),
    );
    check(
        &home,
        "~/g --fix",
        json!([["D03", "x", true], ["D03", "x/y", true]]),
    );
    check(&home, "~/g", json!([]));
    assert_eq!(home.print("ls -R ~/g"), "b\nx\nx/y\nx/y/a\n");
}

#[test]
fn d04_stale_consolidated_metadata() {
    for format in ["2", "3"] {
        let home = Home::new();
        home.run(&format!("write ~/in.npy ~/g::a --zarr-format {format}"))
            .unwrap();
        home.run("consolidate ~/g").unwrap();
        check(&home, "~/g", json!([]));
        home.run("attrs set ~/g/a units \"K\" --leave-consolidated")
            .unwrap();
        home.run("write ~/in.npy ~/g/b --leave-consolidated")
            .unwrap();
        check(&home, "~/g", json!([["D04", "/", false]]));
        check(&home, "~/g --fix", json!([["D04", "/", true]]));
        check(&home, "~/g", json!([]));
    }
}

/// Python writes NaN bare, and reads a text of these letters as a text; of whole numbers it forgets no digit.
#[test]
fn d04_numbers_that_json_does_not_have() {
    let big = "123456789012345678901234567890";
    for (format, document) in [("2", ".zmetadata"), ("3", "zarr.json")] {
        for (said, other) in [("NaN", "\"NaN\""), (big, "1.2345678901234568e29")] {
            let home = Home::new();
            home.run(&format!("write ~/in.npy ~/g::a --zarr-format {format}"))
                .unwrap();
            home.run(&format!("attrs set ~/g/a missing {said}"))
                .unwrap();
            home.run("consolidate ~/g").unwrap();
            check(&home, "~/g", json!([]));
            let path = home.path("g").join(document);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace(said, other)).unwrap();
            check(&home, "~/g", json!([["D04", "/", false]]));
        }
    }
}

#[test]
fn d05_unknown_codecs() {
    let home = good();
    home.replace_text("g/b/zarr.json", "\"zstd\"", "\"quantum\"");
    check(&home, "~/g", json!([["D05", "b", false]]));
}

#[test]
fn d06_torn_chunks() {
    let home = good();
    append(&home.path("g/a/c/0/0"), b"x");
    let half = fs::read(home.path("g/a/c/1/0")).unwrap();
    fs::write(home.path("g/a/c/1/0"), &half[..half.len() / 2]).unwrap();
    check(
        &home,
        "~/g",
        json!([["D06", "a/c/0/0", false], ["D06", "a/c/1/0", false]]),
    );
    let text = home.found("doctor ~/g");
    assert!(
        text.contains("error D06: a/c/0/0: 21 bytes instead of 20\n"),
        "{text}"
    );
    // Nothing is lost by mending.
    home.found("doctor --fix ~/g");
    assert_eq!(
        fs::read(home.path("g/a/c/1/0")).unwrap().len(),
        half.len() / 2
    );
    assert_eq!(home.print("doctor --no-data ~/g"), "0 errors, 0 warnings\n");
}

#[test]
fn d07_checksums() {
    let home = good();
    let mut chunk = fs::read(home.path("g/b/c/2/0")).unwrap();
    chunk[5] ^= 1;
    fs::write(home.path("g/b/c/2/0"), chunk).unwrap();
    check(&home, "~/g", json!([["D07", "b/c/2/0", false]]));
}

#[test]
fn d08_chunks_outside_of_the_grid() {
    let home = good();
    for (array, key) in [("a", "c/3/0"), ("b", "c/0/7")] {
        let path = home.path("g").join(array).join(key);
        fs::copy(home.path("g").join(array).join("c/0/0"), path)
            .or_else(|_| {
                fs::create_dir_all(home.path("g").join(array).join("c/3")).unwrap();
                fs::copy(
                    home.path("g").join(array).join("c/0/0"),
                    home.path("g").join(array).join(key),
                )
            })
            .unwrap();
    }
    check(
        &home,
        "~/g",
        json!([["D08", "a/c/3/0", false], ["D08", "b/c/0/7", false]]),
    );
    check(
        &home,
        "~/g --fix",
        json!([["D08", "a/c/3/0", true], ["D08", "b/c/0/7", true]]),
    );
    check(&home, "~/g", json!([]));
}

#[test]
fn d09_leftovers() {
    let home = good();
    let names = [
        ".0.12-3-4.zarr-tmp",
        ".0.zarr-lock",
        "0.0123456789abcdef0123456789abcdef.partial",
        "0.__lock",
    ];
    for name in names {
        fs::write(home.path("g/a/c/0").join(name), "half").unwrap();
    }
    let report = home.json("doctor --json --older-than 0 ~/g");
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        4,
        "{report:#}"
    );
    assert!(
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["rule"] == "D09")
    );
    // Those of our own kind may belong to somebody who is at work.
    assert_eq!(
        home.json("doctor --json ~/g")["findings"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    home.run("doctor --fix --older-than 0 ~/g").unwrap();
    let left: Vec<_> = fs::read_dir(home.path("g/a/c/0"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["0"]);
}

#[test]
fn d10_strangers() {
    let home = good();
    fs::write(home.path("g/README"), "").unwrap();
    fs::write(home.path("g/a/c/zero"), "").unwrap();
    check(
        &home,
        "~/g",
        json!([["D10", "README", false], ["D10", "a/c/zero", false]]),
    );
    home.run("doctor ~/g").unwrap();
}

#[test]
fn d11_names_that_differ_in_case() {
    let home = good();
    home.run("create ~/g::A --shape 1 --dtype int8").unwrap();
    check(&home, "~/g", json!([["D11", "a", false]]));
}

#[test]
fn every_broken_inner_chunk_of_a_shard_is_told() {
    let home = Home::new();
    home.run("write ~/in.npy ~/s --chunks 2,5 --shards 6,5 --compressors [\"crc32c\"]")
        .unwrap();
    let path = home.path("s/c/0/0");
    let mut shard = fs::read(&path).unwrap();
    // Three inner chunks of 20 bytes with 4 of checksum, and the index.
    assert_eq!(shard.len(), 3 * 24 + 3 * 16 + 4);
    shard[3] ^= 1;
    shard[2 * 24 + 3] ^= 1;
    fs::write(&path, &shard).unwrap();
    check(
        &home,
        "~/s",
        json!([["D07", "c/0/0", false], ["D07", "c/0/0", false]]),
    );
    // An index that is broken is told once.
    *shard.last_mut().unwrap() ^= 1;
    fs::write(&path, &shard).unwrap();
    check(&home, "~/s", json!([["D07", "c/0/0", false]]));
}

#[cfg(unix)]
#[test]
fn d13_links_that_lead_around() {
    let home = good();
    symlink(".", home.path("g/here")).unwrap();
    symlink("../..", home.path("g/a/up")).unwrap();
    // By two links, neither of which leads up.
    fs::create_dir_all(home.path("g/x")).unwrap();
    fs::create_dir_all(home.path("g/y")).unwrap();
    symlink("../y", home.path("g/x/y")).unwrap();
    symlink("../x", home.path("g/y/x")).unwrap();
    let shown = |name: &str| home.path(name).display().to_string();
    check(
        &home,
        "~/g",
        json!([
            ["D13", shown("g/a/up"), false],
            ["D13", shown("g/here"), false]
        ]),
    );
    assert_eq!(home.print("ls -R ~/g"), "a\nb\n");
    assert!(home.print("tree ~/g").contains("b"));
    home.run("copy ~/g ~/copy").unwrap();
    assert_eq!(home.print("ls -R ~/copy"), "a\nb\n");
    home.run("create ~/g --shape 1 --dtype int8 --overwrite")
        .unwrap();
    assert_eq!(
        files(&home.path("g")).len(),
        1,
        "all links went, and nothing else"
    );
}

#[test]
fn empty_directories_cost_no_more_than_their_number() {
    let home = Home::new();
    for i in 0..3000 {
        fs::create_dir_all(home.path(&format!("g/{i}"))).unwrap();
    }
    home.run("write ~/in.npy ~/g::7/a").unwrap();
    fs::remove_file(home.path("g/7/zarr.json")).unwrap();
    check(&home, "~/g", json!([["D03", "7", false]]));
}

/// Names that can have no key: nothing lists them, so that they are named.
#[cfg(unix)]
#[test]
fn d15_names_without_a_key() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    home.run("write ~/in.npy ~/a::x --chunks 4,3").unwrap();
    for name in [&b"back\\slash"[..], b"latin\xe9"] {
        std::fs::create_dir(home.path("a").join(std::ffi::OsStr::from_bytes(name))).unwrap();
    }
    let text = home.print("doctor ~/a");
    assert!(text.starts_with("warning D15: back\\slash: "), "{text}");
    assert!(text.contains("warning D15: latin\u{fffd}: "), "{text}");
}

/// As ngff-zarr#60 and zarr-python#1533 met them: `.` in the document and `/` in the keys, or the other way.
#[test]
fn d14_chunks_under_other_keys() {
    for (format, here, there) in [
        (
            "2",
            "{\"name\":\"v2\",\"configuration\":{\"separator\":\".\"}}",
            "/",
        ),
        (
            "2",
            "{\"name\":\"v2\",\"configuration\":{\"separator\":\"/\"}}",
            ".",
        ),
        (
            "3",
            "{\"name\":\"default\",\"configuration\":{\"separator\":\".\"}}",
            "/",
        ),
        ("3", "\"default\"", "."),
        ("3", "\"v2\"", "/"),
    ] {
        let home = Home::new();
        for (name, shape) in [("a", ""), ("b", &format!(" --chunk-key-encoding {here}"))] {
            let other = match there {
                "/" => "{\"name\":\"v2\",\"configuration\":{\"separator\":\"/\"}}",
                _ => "{\"name\":\"v2\",\"configuration\":{\"separator\":\".\"}}",
            };
            let encoding = match name {
                "a" => format!(" --chunk-key-encoding {other}"),
                _ => shape.to_owned(),
            };
            home.run(&format!(
                "write ~/in.npy ~/{name} --zarr-format {format} --chunks 3,5{encoding}"
            ))
            .unwrap();
        }
        // The chunks of one, the document of the other.
        let document = if format == "2" {
            ".zarray"
        } else {
            "zarr.json"
        };
        fs::copy(home.path("b").join(document), home.path("a").join(document)).unwrap();
        let first = format!("0{there}0");
        check(&home, "~/a", json!([["D14", first, false]]));
        let text = home.found("doctor ~/a");
        assert!(text.contains("2 chunks are named as for"), "{text}");
        let word = if format == "2" {
            "dimension_separator"
        } else {
            "chunk_key_encoding"
        };
        assert!(text.contains(word) && text.contains(there), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_all_else_is_looked_at() {
    let home = good();
    let huge = home.path("g/huge/zarr.json");
    fs::create_dir_all(huge.parent().unwrap()).unwrap();
    fs::File::create(huge).unwrap().set_len(1 << 40).unwrap();
    append(&home.path("g/a/c/0/0"), b"x");
    check(
        &home,
        "~/g",
        json!([["D06", "a/c/0/0", false], ["D01", "huge/zarr.json", false]]),
    );
}

/// The specification of `sharding_indexed` allows bytes between the inner chunks. Here those of a writer that appends
/// changed inner chunks: the old bytes stay in front, and the index has the offsets of the new ones.
#[test]
fn j9_d16_shards_are_stored_without_unused_bytes() {
    let home = Home::new();
    let codecs = r#"[{"name":"sharding_indexed","configuration":{"chunk_shape":[3,5],"codecs":["bytes"],"index_codecs":["bytes"]}}]"#;
    home.run(&format!(
        "write ~/in.npy ~/a --chunks 6,5 --codecs {codecs}"
    ))
    .unwrap();
    let path = home.path("a/c/0/0");
    let good = fs::read(&path).unwrap();
    // Two inner chunks of 30 bytes, then offsets and lengths of 8 bytes each.
    assert_eq!(good.len(), 2 * 30 + 2 * 16);
    let (data, index) = good.split_at(60);
    let mut moved: Vec<u64> = index
        .chunks(8)
        .map(|number| u64::from_le_bytes(number.try_into().unwrap()))
        .collect();
    moved[0] += 30;
    moved[2] += 30;
    let index: Vec<u8> = moved.into_iter().flat_map(u64::to_le_bytes).collect();
    fs::write(&path, [&[9; 30], data, &index[..]].concat()).unwrap();
    let before = home.run("read ~/a --format csv").unwrap();
    let found = home.print("doctor ~/a");
    assert_eq!(
        found,
        "warning D16: c/0/0: 30 B of 122 B belong to no inner chunk\n0 errors, 1 warning; --fix repairs 1 of them\n"
    );
    assert!(
        home.print("doctor --fix ~/a")
            .starts_with("fixed D16: c/0/0")
    );
    assert_eq!(fs::read(&path).unwrap(), good);
    assert_eq!(home.run("read ~/a --format csv").unwrap(), before);
    assert_eq!(home.print("doctor ~/a"), "0 errors, 0 warnings\n");
}
