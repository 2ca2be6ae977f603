//! Whole commands, run without a process: each `run` gets parsed arguments and a place for its output.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::{Value, json};
use zarr::{DataType, DynData, Values};

use crate::failure::{Exit, Failure};
use crate::{
    Cli, Command, append, attrs, conformance, consolidate, create, info, npy, read, resize, tree,
    write,
};

/// A directory with a file `in.npy`: 6 by 5 numbers of 16 bits, each its own place.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.save("in.npy", &counting(&[6, 5]));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn save(&self, name: &str, array: &DynData) {
        let mut file = Vec::new();
        npy::write(array, &mut file).unwrap();
        fs::write(self.path(name), file).unwrap();
    }

    fn load(&self, name: &str) -> DynData {
        npy::read(&mut fs::File::open(self.path(name)).unwrap(), None).unwrap()
    }

    /// Runs a command line in which `~/` stands for this directory.
    fn run(&self, line: &str) -> Result<Vec<u8>, Failure> {
        let home = format!("{}/", self.0.path().display());
        let words = line.split(' ').map(|word| word.replace("~/", &home));
        let cli = Cli::try_parse_from(["zarr".to_owned()].into_iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let exit = match cli.command {
            Command::Info(args) => info::run(&args, &mut out),
            Command::Tree(args) => tree::run(&args, &mut anstream::StripStream::new(&mut out)),
            Command::Read(args) => read::run(&args, &mut out),
            Command::Write(args) => write::run(&args, &mut out),
            Command::Create(args) => create::run(&args, &mut out),
            Command::Resize(args) => resize::run(&args, &mut out),
            Command::Append(args) => append::run(&args, &mut out),
            Command::Attrs(args) => attrs::run(&args, &mut out),
            Command::Consolidate(args) => consolidate::run(&args, &mut out),
            Command::Conformance(args) => conformance::run(&args, &mut out),
        }?;
        assert_eq!(exit, Exit::Done);
        Ok(out)
    }

    #[track_caller]
    fn print(&self, line: &str) -> String {
        String::from_utf8(self.run(line).unwrap()).unwrap()
    }

    /// The exit code of a command that fails, and what it says with `~/` for this directory.
    #[track_caller]
    fn fail(&self, line: &str) -> (Exit, String) {
        let failure = self.run(line).unwrap_err();
        let home = format!("{}/", self.0.path().display());
        (failure.exit(), failure.to_string().replace(&home, "~/"))
    }
}

fn counting(shape: &[u64]) -> DynData {
    let cells = shape.iter().product::<u64>();
    let data: Vec<u8> = (0..cells).flat_map(|n| (n as i16).to_ne_bytes()).collect();
    DynData {
        dtype: DataType::Int16,
        shape: shape.to_vec(),
        data: Values::Fixed(data.into()),
    }
}

fn values(array: &DynData) -> Vec<i16> {
    array
        .data
        .as_fixed()
        .unwrap()
        .chunks(2)
        .map(|bytes| i16::from_ne_bytes([bytes[0], bytes[1]]))
        .collect()
}

/// Every file below a directory.
fn files(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let each = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(each).collect()
}

#[test]
fn what_is_written_is_read() {
    let home = Home::new();
    for (number, flags) in [
        "",
        " --chunks 4,3",
        " --chunks 2,5 --shards 4,5",
        " --zarr-format 2 --chunks 4,3",
        " --zarr-format 3 --chunks 100,100",
    ]
    .iter()
    .enumerate()
    {
        home.print(&format!("write ~/in.npy ~/{number}.zarr{flags}"));
        home.print(&format!("read ~/{number}.zarr --output ~/out.npy"));
        assert_eq!(home.load("out.npy"), counting(&[6, 5]), "{flags}");
    }
}

#[test]
fn every_type_and_shape() {
    let home = Home::new();
    let names = [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "r24",
    ];
    for name in names {
        for shape in [vec![], vec![6], vec![2, 1, 3], vec![0, 4]] {
            let dtype: DataType = name.parse().unwrap();
            let cells = shape.iter().product::<u64>() as usize;
            let bytes = cells * dtype.size().unwrap();
            let data: Vec<u8> = match dtype {
                DataType::Bool => (0..bytes).map(|n| u8::from(n % 3 == 0)).collect(),
                _ => (0..bytes).map(|n| (n * 37 + 1) as u8).collect(),
            };
            let data = Values::Fixed(data.into());
            let array = DynData { dtype, shape, data };
            home.save("a.npy", &array);
            home.print("write ~/a.npy ~/a.zarr --overwrite");
            home.print("read ~/a.zarr --output ~/b.npy");
            assert_eq!(home.load("b.npy"), array);
        }
    }
}

#[test]
fn selections() {
    let home = Home::new();
    home.print("write ~/in.npy ~/a.zarr --chunks 4,3");
    let check = |selection: &str, shape: &[u64], expected: &[i16]| {
        home.print(&format!(
            "read ~/a.zarr --selection {selection} --output ~/out.npy"
        ));
        let read = home.load("out.npy");
        assert_eq!(
            (read.shape.as_slice(), values(&read).as_slice()),
            (shape, expected)
        );
    };
    check("0:2,4", &[2], &[4, 9]);
    check("5,::2", &[3], &[25, 27, 29]);
    check("-1", &[5], &[25, 26, 27, 28, 29]);
    check("3,3", &[], &[18]);
    check("6:", &[0, 5], &[]);

    let (exit, text) = home.fail("read ~/a.zarr --selection 6 --output ~/no.npy");
    assert_eq!(exit, Exit::Usage);
    assert!(text.starts_with("cannot read: ~/a.zarr: "), "{text}");
    assert!(
        text.contains("index 6 is out of bounds for axis 0 of length 6"),
        "{text}"
    );
    assert!(!home.path("no.npy").exists());
}

#[test]
fn output_may_be_standard_output() {
    let home = Home::new();
    home.print("write ~/in.npy ~/a.zarr");
    let bytes = home.run("read ~/a.zarr --output -").unwrap();
    assert_eq!(bytes, fs::read(home.path("in.npy")).unwrap());
}

#[test]
fn damaged_chunks() {
    let home = Home::new();
    home.print("write ~/in.npy ~/a.zarr --chunks 4,3");
    fs::OpenOptions::new()
        .write(true)
        .open(home.path("a.zarr/c/0/1"))
        .unwrap()
        .set_len(9)
        .unwrap();
    fs::write(home.path("before.npy"), "precious").unwrap();
    for output in ["new.npy", "before.npy"] {
        let (exit, text) = home.fail(&format!("read ~/a.zarr --output ~/{output}"));
        assert_eq!(exit, Exit::Corrupt);
        assert!(
            text.contains("chunk [0, 1]") && text.contains("c/0/1"),
            "{text}"
        );
    }
    let mut names: Vec<_> = fs::read_dir(home.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["a.zarr", "before.npy", "in.npy"]);
    assert_eq!(fs::read(home.path("before.npy")).unwrap(), b"precious");
    // What does not touch the chunk is still there.
    home.print("read ~/a.zarr --selection 4:,: --output ~/rest.npy");
    assert_eq!(values(&home.load("rest.npy"))[0], 20);
}

#[test]
fn damaged_documents() {
    let home = Home::new();
    fs::create_dir(home.path("a.zarr")).unwrap();
    fs::write(
        home.path("a.zarr/zarr.json"),
        "{\"zarr_format\": 3, \"node_type\": \"\\u001b[2J\"}",
    )
    .unwrap();
    let (exit, text) = home.fail("info ~/a.zarr");
    assert_eq!(exit, Exit::Corrupt);
    assert!(
        text.contains("/node_type") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn unknown_codecs() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr/a --chunks 4,3");
    let path = home.path("g.zarr/a/zarr.json");
    let document = fs::read_to_string(&path).unwrap();
    assert!(document.contains("\"zstd\""));
    fs::write(&path, document.replace("\"zstd\"", "\"quantum\"")).unwrap();

    let (exit, text) = home.fail("read ~/g.zarr/a --output ~/no.npy");
    assert_eq!(exit, Exit::Unsupported);
    assert!(text.contains("`quantum`"), "{text}");
    assert!(!home.path("no.npy").exists());
    let info = home.print("info ~/g.zarr/a");
    assert!(info.contains("quantum(level=0, checksum=False)"), "{info}");
    assert_eq!(home.print("tree ~/g.zarr/a"), "/ (6, 5) int16\n");
}

#[test]
fn what_is_there_stays() {
    let home = Home::new();
    home.print("write ~/in.npy ~/a.zarr");
    home.save("other.npy", &counting(&[2]));
    for format in ["", " --zarr-format 2"] {
        let (exit, text) = home.fail(&format!("write ~/other.npy ~/a.zarr{format}"));
        assert_eq!(exit, Exit::Conflict);
        let expected = "cannot create: ~/a.zarr: an array is already there; replace it with \
                        --overwrite, or choose another path";
        assert_eq!(text, expected);
    }
    // A bad file or bad arguments are found before anything is replaced.
    fs::write(home.path("bad.npy"), b"\x93NUMPY\x01\x00v\x00{").unwrap();
    assert_eq!(
        home.fail("write ~/bad.npy ~/a.zarr --overwrite").0,
        Exit::Corrupt
    );
    assert_eq!(
        home.fail("write ~/other.npy ~/a.zarr --overwrite --chunks 1,1")
            .0,
        Exit::Usage
    );
    let shards = home.fail("write ~/other.npy ~/a.zarr --overwrite --chunks 2 --shards 3");
    assert_eq!(shards.0, Exit::Usage);
    home.print("read ~/a.zarr --output ~/out.npy");
    assert_eq!(home.load("out.npy"), counting(&[6, 5]));

    home.print("write ~/other.npy ~/a.zarr --overwrite");
    home.print("read ~/a.zarr --output ~/out.npy");
    assert_eq!(home.load("out.npy"), counting(&[2]));
}

#[test]
fn only_nodes_are_replaced() {
    let home = Home::new();
    fs::create_dir_all(home.path("letters/old")).unwrap();
    fs::write(home.path("letters/old/first"), "precious").unwrap();
    for path in ["~/letters", "~/::letters"] {
        let (exit, text) = home.fail(&format!("write ~/in.npy {path} --overwrite"));
        assert_eq!(exit, Exit::Conflict, "{text}");
    }
    assert_eq!(
        fs::read(home.path("letters/old/first")).unwrap(),
        b"precious"
    );
    fs::create_dir(home.path("empty")).unwrap();
    home.print("write ~/in.npy ~/empty --overwrite");
}

#[test]
fn nodes_that_are_not_there() {
    let home = Home::new();
    assert_eq!(
        home.fail("info ~/no.zarr"),
        (
            Exit::NotFound,
            "cannot open: ~/no.zarr: no array or group is there (looked for zarr.json, .zarray, \
             .zgroup); check the path"
                .to_owned()
        )
    );
    home.print("write ~/in.npy ~/g.zarr::a");
    let (exit, text) = home.fail("tree ~/g.zarr/b/c");
    assert_eq!(exit, Exit::NotFound);
    assert!(
        text.ends_with("; `zarr tree ~/g.zarr` lists what there is"),
        "{text}"
    );
    assert_eq!(
        home.fail("read ~/no.zarr --output ~/no.npy").0,
        Exit::NotFound
    );
    assert_eq!(home.fail("write ~/no.npy ~/no.zarr").0, Exit::NotFound);
    assert_eq!(
        home.fail("read ~/g.zarr::a --output ~/no/no.npy").0,
        Exit::NotFound
    );
    assert_eq!(home.fail("read ~/g.zarr --output ~/no.npy").0, Exit::Usage);
    assert_eq!(home.fail("info ~/g.zarr::a/../b").0, Exit::Usage);
    assert_eq!(home.fail("info ftp://host/a.zarr").0, Exit::Unsupported);
    assert!(!home.path("no.npy").exists() && !home.path("no.zarr").exists());
}

/// Below a group, that group is the store: groups in between are made, arrays are not entered.
#[test]
fn new_nodes_find_their_group() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a/b");
    home.print("write ~/in.npy ~/g.zarr/c/d");
    let expected = "\
/
├── a
│   └── b (6, 5) int16
└── c
    └── d (6, 5) int16
";
    assert_eq!(home.print("tree ~/g.zarr"), expected);
    let expected = "/\n├── a\n└── c\n";
    assert_eq!(home.print("tree ~/g.zarr --depth 1"), expected);
    assert_eq!(home.print("tree ~/g.zarr::a"), "/a\n└── b (6, 5) int16\n");

    for path in ["~/g.zarr/c/d/e", "~/g.zarr::c/d/e"] {
        let (exit, text) = home.fail(&format!("write ~/in.npy {path}"));
        assert_eq!(exit, Exit::Usage);
        assert!(
            text.contains("is an array; choose a path outside of it"),
            "{text}"
        );
    }
    let (exit, text) = home.fail("write ~/in.npy ~/g.zarr/e --zarr-format 2");
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("is of format 3, not 2"), "{text}");

    home.print("write ~/in.npy ~/g2.zarr::a --zarr-format 2");
    home.print("write ~/in.npy ~/g2.zarr/b");
    assert!(home.path("g2.zarr/b/.zarray").exists());
}

#[test]
fn info_as_json() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a --chunks 2,5 --shards 4,5");
    let json = |line: &str| serde_json::from_str::<Value>(&home.print(line)).unwrap();
    let mut array = json("info --json ~/g.zarr::a");
    let document = fs::read(home.path("g.zarr/a/zarr.json")).unwrap();
    assert_eq!(
        array["metadata"],
        serde_json::from_slice::<Value>(&document).unwrap()
    );
    let stored: u64 = files(&home.path("g.zarr/a"))
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert_eq!(array["nbytes_stored"], stored);
    let path = format!("{}::a", home.path("g.zarr").display());
    let members = array.as_object_mut().unwrap();
    members.retain(|key, _| !["metadata", "nbytes_stored"].contains(&key.as_str()));
    let expected = json!({
        "schema": "zarr.info/1", "path": path, "node_type": "array", "zarr_format": 3,
        "shape": [6, 5], "chunks": [2, 5], "shards": [4, 5], "data_type": "int16",
        "nbytes": 60, "nchunks": 3, "nchunks_initialized": 3, "attributes": {},
    });
    assert_eq!(array, expected);

    let mut group = json("info --json ~/g.zarr");
    let document = fs::read(home.path("g.zarr/zarr.json")).unwrap();
    assert_eq!(
        group["metadata"],
        serde_json::from_slice::<Value>(&document).unwrap()
    );
    group.as_object_mut().unwrap().shift_remove("metadata");
    let expected = json!({
        "schema": "zarr.info/1", "path": home.path("g.zarr"), "node_type": "group",
        "zarr_format": 3, "nmembers": 1, "narrays": 1, "ngroups": 0, "attributes": {},
    });
    assert_eq!(group, expected);
}

#[test]
fn tree_as_json() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a/b");
    let json = |line: &str| serde_json::from_str::<Value>(&home.print(line)).unwrap();
    let array = |path: &str| json!({"path": path, "node_type": "array", "shape": [6, 5], "data_type": "int16"});
    let group = |path: &str| json!({"path": path, "node_type": "group"});
    let expected = json!({
        "schema": "zarr.tree/1", "path": home.path("g.zarr"),
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

#[test]
fn info_as_text() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a --chunks 4,3");
    let info = home.print("info ~/g.zarr/a");
    let (head, tail) = info.split_once("No. bytes stored").unwrap();
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Int16(endianness='little')
Fill value         : 0
Shape              : (6, 5)
Chunk shape        : (4, 3)
Order              : C
Read-only          : False
Store type         : LocalStore
Filters            : ()
Serializer         : BytesCodec(endian='little')
Compressors        : (ZstdCodec(level=0, checksum=False),)
No. bytes          : 60
";
    assert_eq!(head, expected);
    assert!(tail.ends_with("\nChunks Initialized : 4\n"), "{tail}");
    let expected = "\
Name        : 
Type        : Group
Zarr format : 3
Read-only   : False
Store type  : LocalStore
No. members : 1
No. arrays  : 1
No. groups  : 0
";
    assert_eq!(home.print("info ~/g.zarr"), expected);
}

#[test]
fn elements_are_chosen_in_five_ways_and_printed_in_four() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --chunks 4,3").unwrap();
    assert_eq!(
        home.print("read ~/a --oindex [[5,0],\"1:3\"] --format csv"),
        "26,27\n1,2\n"
    );
    assert_eq!(
        home.print("read ~/a --vindex [[5,0],[-1,1]] --format jsonl"),
        "29\n1\n"
    );
    assert_eq!(
        home.print("read ~/a --blocks 1,1 --format text"),
        "23 24\n28 29\n"
    );
    assert_eq!(
        home.run("read ~/a --selection 0,1 --format raw").unwrap(),
        1_i16.to_ne_bytes()
    );
    let mut mask = vec![0; 30];
    mask[7] = 1;
    mask[29] = 1;
    let (dtype, data) = (DataType::Bool, Values::Fixed(mask.into()));
    home.save(
        "mask.npy",
        &DynData {
            dtype,
            shape: vec![6, 5],
            data,
        },
    );
    home.run("read ~/a --mask ~/mask.npy --output ~/out.npy")
        .unwrap();
    assert_eq!(values(&home.load("out.npy")), [7, 29]);
}

#[test]
fn a_selection_that_is_none_leaves_no_file() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a").unwrap();
    for (options, exit) in [
        ("--oindex [[6],0]", Exit::Usage),
        ("--oindex [[1.5],0]", Exit::Usage),
        ("--vindex [[1],[1],[1]]", Exit::Usage),
        ("--vindex [[1,2],\"0:2\"", Exit::Usage),
        ("--blocks 0:4:2", Exit::Usage),
        ("--mask ~/in.npy", Exit::Usage),
        ("--mask ~/none.npy", Exit::NotFound),
    ] {
        let (found, text) = home.fail(&format!("read ~/a {options} --output ~/out.npy"));
        assert_eq!(found, exit, "{options}: {text}");
        assert!(!home.path("out.npy").exists(), "{options}");
    }
}

#[test]
fn an_archive_is_written_whole_and_read_in_all_its_spellings() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a.zip::x/y --chunks 4,3")
        .unwrap();
    assert!(fs::read(home.path("a.zip")).unwrap().starts_with(b"PK"));
    for path in ["~/a.zip::x/y", "~/a.zip|zip:x/y"] {
        let read = home.print(&format!("read {path} --selection 5 --format csv"));
        assert_eq!(read, "25,26,27,28,29\n", "{path}");
    }
    assert!(home.print("tree ~/a.zip").contains("y (6, 5) int16"));
    // What is there is read-only.
    let (exit, text) = home.fail("write ~/in.npy ~/a.zip::z");
    assert_eq!(exit, Exit::Permission, "{text}");
}

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
