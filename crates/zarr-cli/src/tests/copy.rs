//! `zarr copy`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

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
    assert!(text.ends_with("all elements are equal\n"), "{text}");
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

/// All files below a directory, by name.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut rest) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(directory) = rest.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => rest.push(path),
                false => {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                    found.insert(name.to_owned(), fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

fn put(root: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Records as zarr-python 3.1 names them, numbers that no other JSON has, blanks, members in an order of
/// their own, and consolidated metadata. That of the group is what zarr-python makes of it.
const V3_RECORDS: &str = r#"{"zarr_format":3, "node_type":"array","shape":[2],
  "data_type":{"name":"structured","configuration":{"fields":[["name",{"name":"fixed_length_utf32","configuration":{"length_bytes":16}}],["score","float32"]]}},
  "chunk_grid":{"name":"regular","configuration":{"chunk_shape":[2]}}, "chunk_key_encoding":{"name":"default"},
  "fill_value":"AAAAAAAAAAAAAAAAAAAAAAAAAAA=","codecs":[{"name":"bytes"}],
  "attributes":{"n":NaN,"i":123456789012345678901234567890},"x_lab":{"must_understand":false,"k":1.50}}"#;

fn v3_store(root: &Path) {
    let group = format!(
        r#"{{"attributes": {{}}, "zarr_format":3,"node_type":"group","consolidated_metadata":{{"kind":"inline","must_understand":false,"metadata":{{"r":{V3_RECORDS}}}}}}}"#
    );
    put(
        root,
        &[
            ("zarr.json", group.as_bytes()),
            ("r/zarr.json", V3_RECORDS.as_bytes()),
            ("r/c/0", &[7; 40]),
            ("r/notes.txt", b"by hand"),
            ("OME/METADATA.ome.xml", b"<OME/>"),
            ("points/p/part.0.parquet", b"PAR1"),
        ],
    );
}

/// A store of format 2 as netCDF-C and numcodecs write it, with codecs that are not known here.
fn v2_store(root: &Path) {
    let array = |dtype: &str, rest: &str| {
        format!(
            r#"{{"zarr_format":2,"shape":[4],"chunks":[4],"dtype":"{dtype}","order":"C","fill_value":null,{rest}}}"#
        )
    };
    let text = array(
        ">S1",
        r#""dimension_separator":".","compressor":null,"filters":null"#,
    );
    let jpeg = array(
        "|u1",
        r#""compressor":{"id":"imagecodecs_jpegxl"},"filters":null"#,
    );
    let objects = array("|O", r#""compressor":null,"filters":[{"id":"msgpack2"}]"#);
    let all = format!(
        r#"{{"metadata":{{".zgroup":{{"zarr_format":2}},"t/.zarray":{text}}},"zarr_consolidated_format":1}}"#
    );
    put(
        root,
        &[
            (".zgroup", b"{\"zarr_format\":2}"),
            (".zattrs", b"{\"a\": Infinity}"),
            (".zmetadata", all.as_bytes()),
            (".nczgroup", b"{\"dims\": {}}"),
            ("t/.zarray", text.as_bytes()),
            ("t/.nczarray", b"{}"),
            ("t/0", b"abcd"),
            ("jpeg/.zarray", jpeg.as_bytes()),
            ("jpeg/0", b"\xff\x0a12"),
            ("objects/.zarray", objects.as_bytes()),
            ("objects/0", b"\x93\xa1a\xa2|O\x91\x01"),
        ],
    );
}

/// Nothing is asked to change, so nothing changes: what is there is there again byte for byte, in a directory
/// and in an archive, in one go and after an interrupt.
#[test]
fn a_copy_is_the_same_bytes() {
    let home = Home::new();
    v3_store(&home.path("v3"));
    v2_store(&home.path("v2"));
    for name in ["v3", "v2"] {
        let source = contents(&home.path(name));
        home.run(&format!("copy ~/{name} ~/{name}.copy --quiet"))
            .unwrap();
        assert_eq!(contents(&home.path(&format!("{name}.copy"))), source);
        // What an interrupt left out comes with --resume.
        let gone = [
            "OME/METADATA.ome.xml",
            ".nczgroup",
            ".zmetadata",
            "r/c/0",
            "t/0",
        ];
        for gone in gone {
            let _absent_in_one = fs::remove_file(home.path(&format!("{name}.copy/{gone}")));
        }
        home.run(&format!("copy ~/{name} ~/{name}.copy --resume --quiet"))
            .unwrap();
        assert_eq!(contents(&home.path(&format!("{name}.copy"))), source);
        home.run(&format!("copy ~/{name} ~/{name}.zip --quiet"))
            .unwrap();
        home.run(&format!("copy ~/{name}.zip ~/{name}.back --quiet"))
            .unwrap();
        assert_eq!(contents(&home.path(&format!("{name}.back"))), source);
    }
    let report = home.json("copy ~/v3 ~/again --json --quiet");
    assert_eq!(
        (&report["copied"], &report["others"], &report["left_out"]),
        (&json!(2), &json!(3), &json!([]))
    );
    // A part of it, and consolidated metadata that is true of the part.
    home.run("copy ~/v2 ~/part --exclude jpeg --quiet").unwrap();
    assert!(home.path("part/t/.nczarray").exists() && !home.path("part/jpeg").exists());
    let all = fs::read_to_string(home.path("part/.zmetadata")).unwrap();
    assert!(all.contains("t/.zarray") && !all.contains("jpeg"), "{all}");
}

/// What is asked for changes, and nothing else in the document.
#[test]
fn a_copy_changes_what_is_asked_for() {
    let home = Home::new();
    let document = r#"{"zarr_format":3,"node_type":"array","shape":[4], "data_type":"int8",
"chunk_grid":{"name":"regular","configuration":{"chunk_shape":[4]}},"chunk_key_encoding":{"name":"default"},
"fill_value":0,"codecs":["bytes"],"attributes":{"i":123456789012345678901234567890},"x_lab":{"must_understand":false,"k":1.50}}"#;
    put(
        &home.path("a"),
        &[("zarr.json", document.as_bytes()), ("c/0", &[1, 2, 3, 4])],
    );
    home.run("copy ~/a ~/b --chunks 2 --verify --quiet")
        .unwrap();
    let text = fs::read_to_string(home.path("b/zarr.json")).unwrap();
    for kept in [
        r#""i":123456789012345678901234567890"#,
        r#"{"must_understand":false,"k":1.50}"#,
        r#"["bytes"]"#,
        r#"{"name":"default"}"#,
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert_eq!(home.json("info --json ~/b")["chunks"], json!([2]));
}

/// A whole chain takes the place of all that was there: no shard stays.
#[test]
fn a_whole_chain_takes_nothing_of_old_shards() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --chunks 2,2 --shards 4,4")
        .unwrap();
    let codecs = r#"[{"name":"bytes","configuration":{"endian":"little"}},"crc32c"]"#;
    home.run(&format!("copy ~/a ~/b --codecs {codecs} --verify --quiet"))
        .unwrap();
    let document = home.document("b/zarr.json");
    let names: Vec<&Value> = document["codecs"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2, "{document}");
    assert_eq!(names[0]["name"], "bytes");
    assert_eq!(
        document["chunk_grid"]["configuration"]["chunk_shape"],
        json!([2, 2])
    );
    // But those that are asked for.
    home.run(&format!(
        "copy ~/a ~/c --codecs {codecs} --shards 4,4 --verify --quiet"
    ))
    .unwrap();
    assert_eq!(home.json("info --json ~/c")["shards"], json!([4, 4]));
}

/// What stands in the way of one node costs that node, is named, and the command says so by its code.
#[test]
fn one_node_is_left_out() {
    let home = Home::new();
    v2_store(&home.path("v2"));
    put(
        &home.path("v2"),
        &[("broken/.zarray", b"{\"zarr_"), ("broken/0", b"1")],
    );
    let report = home.json("copy ~/v2 ~/a --json --quiet");
    assert_eq!(report["left_out"][0]["path"], "/broken");
    assert_eq!(home.end("copy ~/v2 ~/b --quiet").unwrap().0, Exit::Corrupt);
    for kept in ["t/0", "jpeg/0", "objects/.zarray", ".nczgroup"] {
        assert_eq!(
            fs::read(home.path("b").join(kept)).unwrap(),
            fs::read(home.path("v2").join(kept)).unwrap()
        );
    }
    assert!(!home.path("b/broken").exists());
    // Not asked for, it stands in nobody's way.
    home.run("copy ~/v2 ~/c --exclude broken --quiet").unwrap();

    // Format 3 has no word for either: <https://github.com/zarr-developers/zarr-extensions> names no such codec.
    fs::remove_dir_all(home.path("v2/broken")).unwrap();
    let json2 = r#"{"zarr_format":2,"shape":[1],"chunks":[1],"dtype":"|O","order":"C","fill_value":0,"compressor":null,"filters":[{"id":"json2"}]}"#;
    put(
        &home.path("v2"),
        &[
            ("specs/.zarray", json2.as_bytes()),
            ("specs/0", b"[1,\"|O\",[1]]"),
        ],
    );
    let (exit, _) = home.end("copy ~/v2 ~/v3 --zarr-format 3 --quiet").unwrap();
    assert_eq!(exit, Exit::Unsupported);
    assert_eq!(fs::read(home.path("v3/t/c/0")).unwrap(), b"abcd");
    let report = home.json("copy ~/v2 ~/v3.json --zarr-format 3 --json --quiet");
    let why: Vec<String> = report["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["why"].to_string())
        .collect();
    assert!(why.iter().any(|why| why.contains("json2")), "{why:?}");
    assert!(!why.iter().any(|why| why.contains("restore")), "{why:?}");
}

/// The specification allows a colon in the name of a node; what can have no key is named.
#[cfg(unix)]
#[test]
fn names_of_all_kinds() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    for name in ["q:value", "x:0", "n"] {
        home.run(&format!("write ~/in.npy ~/a::{name} --chunks 4,3"))
            .unwrap();
    }
    home.run("copy ~/a ~/b --quiet").unwrap();
    assert_eq!(contents(&home.path("b")), contents(&home.path("a")));
    assert_eq!(home.print("ls ~/b"), "n\nq:value\nx:0\n");

    for name in [&b"back\\slash"[..], b"latin\xe9"] {
        let odd = home.path("a").join(std::ffi::OsStr::from_bytes(name));
        put(
            &odd,
            &[("zarr.json", &fs::read(home.path("a/n/zarr.json")).unwrap())],
        );
    }
    let (exit, _) = home.end("copy ~/a ~/c --quiet").unwrap();
    assert_eq!(exit, Exit::Unsupported);
    assert_eq!(contents(&home.path("c")), contents(&home.path("b")));
    let report = home.json("copy ~/a ~/d --json --quiet");
    let names: Vec<&Value> = report["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["path"])
        .collect();
    assert_eq!(names, ["/back\\slash", "/latin\u{fffd}"]);
}

/// A file that stands where a chunk would be is somebody's: it is overwritten when that is asked for.
#[test]
fn a_file_in_place_of_a_chunk_stays() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a::x --chunks 6,5").unwrap();
    put(&home.path("b"), &[("x/c/0/0", b"mine")]);
    assert_eq!(home.fail("copy ~/a ~/b --quiet").0, Exit::Conflict);
    assert_eq!(contents(&home.path("b")).len(), 1);
    assert_eq!(home.fail("copy ~/a/x ~/b/x --quiet").0, Exit::Conflict);
    home.run("copy ~/a ~/b --overwrite --verify --quiet")
        .unwrap();
    // And so is a file among the nodes.
    put(&home.path("a"), &[("readme", b"new")]);
    put(&home.path("c"), &[("readme", b"mine")]);
    assert_eq!(home.fail("copy ~/a ~/c --quiet").0, Exit::Conflict);
    assert_eq!(fs::read(home.path("c/readme")).unwrap(), b"mine");
}

/// A chunk that cannot be decoded costs its array and no other. Nothing of that array stays, so that nobody takes
/// it for all of it; also not in what the groups above say.
#[test]
fn one_broken_chunk_costs_its_own_array() {
    let home = Home::new();
    for name in ["a", "g/b", "g/c"] {
        home.run(&format!(
            "write ~/in.npy ~/s::{name} --chunks 2,3 --compressors \"gzip\""
        ))
        .unwrap();
    }
    put(&home.path("s/g/b"), &[("notes.txt", b"beside")]);
    home.run("consolidate ~/s").unwrap();
    let chunk = home.path("s/g/b/c/1/1");
    let whole = fs::read(&chunk).unwrap();
    fs::write(&chunk, &whole[..whole.len() / 2]).unwrap();

    let report = home.json("copy ~/s ~/d --chunks 3,5 --json --quiet");
    assert_eq!(report["copied"], 4);
    let left_out = report["left_out"].as_array().unwrap();
    assert_eq!(left_out.len(), 1);
    assert_eq!(left_out[0]["path"], "/g/b");
    let why = left_out[0]["why"].as_str().unwrap();
    assert!(why.contains("g/b/c/1/1") && why.contains("[1, 1]"), "{why}");
    assert!(!home.path("d/g/b").exists());
    assert_eq!(home.print("ls -R ~/d"), "a\ng\ng/c\n");
    let said = fs::read_to_string(home.path("d/zarr.json")).unwrap();
    assert!(
        said.contains("\"g/c\"") && !said.contains("\"g/b\""),
        "{said}"
    );
    for name in ["a", "g/c"] {
        assert_eq!(
            home.print(&format!("diff --content ~/s/{name} ~/d/{name}")),
            ""
        );
    }
    assert_eq!(
        home.end("copy ~/s ~/e --chunks 3,5 --quiet").unwrap().0,
        Exit::Corrupt
    );
    // One array alone is the whole copy.
    assert_eq!(
        home.fail("copy ~/s/g/b ~/f --chunks 3,5 --quiet").0,
        Exit::Corrupt
    );
    assert!(!home.path("f/zarr.json").exists());

    fs::write(&chunk, &whole).unwrap();
    home.run("copy ~/s ~/d --chunks 3,5 --resume --verify --quiet")
        .unwrap();
    assert_eq!(fs::read(home.path("d/g/b/notes.txt")).unwrap(), b"beside");
}

/// What has no key is named wherever it lies: among chunks in one directory, and in directories of chunks.
#[cfg(unix)]
#[test]
fn what_has_no_key_among_chunks_is_named() {
    use std::os::unix::ffi::OsStrExt;
    for (separator, chunk, inner) in [(".", "1.0", ""), ("/", "1/0", "1")] {
        let home = Home::new();
        let document = format!(
            r#"{{"zarr_format":2,"shape":[2,2],"chunks":[1,2],"dtype":"|u1","order":"C","fill_value":0,
            "compressor":null,"filters":null,"dimension_separator":"{separator}"}}"#
        );
        put(
            &home.path("a"),
            &[
                (".zgroup", br#"{"zarr_format":2}"#),
                ("x/.zarray", document.as_bytes()),
                (&format!("x/{chunk}"), b"ab"),
            ],
        );
        let mut expected = Vec::new();
        for place in ["", inner] {
            for name in [&b"back\\slash"[..], b"latin\xe9"] {
                let odd = std::ffi::OsStr::from_bytes(name);
                let directory = home.path("a/x").join(place);
                fs::write(directory.join(odd), b"1").unwrap();
                let shown = Path::new("/x").join(place).join(odd);
                expected.push(shown.to_string_lossy().into_owned());
            }
        }
        expected.sort();
        expected.dedup();
        assert_eq!(expected.len(), 2 + 2 * usize::from(!inner.is_empty()));
        let report = home.json("copy ~/a ~/b --json --quiet");
        let left_out = report["left_out"].as_array().unwrap();
        let paths: Vec<&str> = left_out
            .iter()
            .filter_map(|one| one["path"].as_str())
            .collect();
        assert_eq!(paths, expected);
        assert_eq!(
            home.end("copy ~/a ~/c --quiet").unwrap().0,
            Exit::Unsupported
        );
        let report = home.json("doctor ~/a --json");
        let findings = report["findings"].as_array().unwrap();
        let named = findings.iter().filter(|one| one["rule"] == "D15").count();
        assert_eq!(named, expected.len(), "{report}");
    }
}

/// Chunks that lie outside of an array's shape, as tensorstore leaves them where an array is made shorter, are
/// copied where nothing is asked to change, and else said to stay behind. What lies among chunks is copied.
#[test]
fn chunks_outside_are_kept_or_named() {
    for (format, chunk, stray) in [("2", "9.0", "notes.txt"), ("3", "c/9/0", "c/1/notes.txt")] {
        let home = Home::new();
        home.run(&format!(
            "write ~/in.npy ~/a::x --chunks 2,5 --zarr-format {format}"
        ))
        .unwrap();
        put(
            &home.path("a/x"),
            &[(chunk, b"outside"), (stray, b"beside")],
        );
        let report = home.json("copy ~/a ~/b --json --quiet");
        assert_eq!(
            (&report["others"], &report["reworded"]),
            (&json!(2), &json!([]))
        );
        assert_eq!(contents(&home.path("b")), contents(&home.path("a")));

        let report = home.json("copy ~/a ~/c --chunks 3,5 --json --quiet");
        assert_eq!(report["left_out"], json!([]));
        assert_eq!(report["reworded"][0]["path"], "/x");
        let what = report["reworded"][0]["what"].as_str().unwrap();
        assert!(what.contains(&format!("`x/{chunk}`")), "{what}");
        assert!(!home.path("c/x").join(chunk).exists());
        assert_eq!(fs::read(home.path("c/x").join(stray)).unwrap(), b"beside");
    }
}

/// What `zarrs_reencode` of zarrs_tools does by `--fill-value`, `--dimension-names` and `--attributes-append`; elements
/// that were never written keep their value, which is that of the old fill value.
#[test]
fn j4_what_an_array_means_is_changed_on_the_way() {
    let home = Home::new();
    home.run("create ~/a --shape 6,5 --dtype int16 --chunks 3,5 --fill-value 7 --attributes {\"units\":\"K\"}")
        .unwrap();
    home.save("row.npy", &counting(&[3, 5]));
    home.run("write ~/row.npy ~/a --selection :3").unwrap();
    home.run("copy ~/a ~/b -q --fill-value -1 --dimension-names y,x --attribute n=1 --attribute units=\"m\" --memory-limit 1MB --verify")
        .unwrap();
    let info = home.json("info --json ~/b");
    assert_eq!(info["attributes"], json!({"units": "m", "n": 1}));
    assert_eq!(info["metadata"]["fill_value"], json!(-1));
    assert_eq!(info["metadata"]["dimension_names"], json!(["y", "x"]));
    assert_eq!(
        home.print("read ~/b --format csv --selection 5"),
        "7,7,7,7,7\n"
    );

    home.run("copy ~/a ~/c -q --attributes {\"only\":[]}")
        .unwrap();
    assert_eq!(
        home.json("info --json ~/c")["attributes"],
        json!({"only": []})
    );
    let (exit, text) = home.fail("copy ~/a ~/d -q --dimension-names x");
    assert!(
        exit == Exit::Usage && text.contains("1 name for 2 axes"),
        "{text}"
    );
    let (exit, text) = home.fail("copy ~/a ~/d -q --attributes [1]");
    assert!(
        exit == Exit::Usage && text.contains("a JSON object"),
        "{text}"
    );
    assert!(!home.path("d").exists());
}

/// The attributes are those of the group that is copied; names of axes go to arrays with as many.
#[test]
fn j4_attributes_of_a_group_that_is_copied() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a").unwrap();
    home.run("create ~/g::b --shape 3 --dtype int8").unwrap();
    for (format, names) in [("2", ""), ("3", " --dimension-names y,x")] {
        home.run(&format!(
            "copy ~/g ~/h{format} -q --attribute source=\"g\" --zarr-format {format}{names}"
        ))
        .unwrap();
        let info = |path: &str| home.json(&format!("info --json ~/h{format}{path}"));
        assert_eq!(info("")["attributes"], json!({"source": "g"}));
        assert_eq!(info("/b")["attributes"], json!({}));
    }
    let a = home.document("h3/a/zarr.json");
    assert_eq!(a["dimension_names"], json!(["y", "x"]));
    assert_eq!(home.document("h3/b/zarr.json").get("dimension_names"), None);
}
