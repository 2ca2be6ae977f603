//! `zarr write`: what is read back, and what is not replaced.

use std::fs;

use zarr::{DataType, DynData, Values};

use super::{Home, counting};
use crate::arguments::data_type::NUMBERS;
use crate::failure::Exit;

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
    for name in NUMBERS.into_iter().chain(["r24"]) {
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

/// What numpy saves, of every type and in every order, goes into an array and out again.
#[test]
fn what_numpy_saves_comes_back() {
    let home = Home::new();
    for (name, file, _, saved) in crate::npy::tests::saved_by_numpy() {
        fs::write(home.path("a.npy"), file).unwrap();
        // Fields that are arrays have no words in format 3.
        let format = if name.contains("records of records") {
            2
        } else {
            3
        };
        home.print(&format!(
            "write ~/a.npy ~/a.zarr --overwrite --zarr-format {format}"
        ));
        home.print("read ~/a.zarr --output ~/b.npy");
        if cfg!(target_endian = "little") {
            assert_eq!(fs::read(home.path("b.npy")).unwrap(), saved, "{name}");
            assert_eq!(
                home.run("read ~/a.zarr --format npy").unwrap(),
                saved,
                "{name}"
            );
        }
    }
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

/// zarr-python 3.4.2 makes the groups above a new node, the root among them: so does a command that is told a store
/// by the end of its name.
#[test]
fn the_first_node_of_a_store_makes_its_root() {
    let home = Home::new();
    home.run("write ~/in.npy ~/one.zarr/a").unwrap();
    home.run("create ~/two.zarr/g/a --shape 3 --dtype int8 --zarr-format 2")
        .unwrap();
    home.run("copy ~/one.zarr/a ~/three.zarr/b").unwrap();
    assert_eq!(home.print("ls -R ~/one.zarr"), "a\n");
    assert_eq!(home.print("ls -R ~/two.zarr"), "g\ng/a\n");
    assert_eq!(home.print("ls -R ~/three.zarr"), "b\n");
    assert!(home.path("two.zarr/.zgroup").exists());
    // A store itself, or in a directory that is none, has nothing above.
    home.run("write ~/in.npy ~/plain/four.zarr").unwrap();
    assert!(
        !home.path("plain/zarr.json").exists() && home.path("plain/four.zarr/zarr.json").exists()
    );
}

/// The bytes are those of numpy's `arange(6, dtype=…).reshape(2, 3).tobytes(order)`.
#[test]
fn j11_raw_bytes() {
    let home = Home::new();
    let little: Vec<u8> = (0..6_i16).flat_map(i16::to_le_bytes).collect();
    let big: Vec<u8> = (0..6_i16).flat_map(i16::to_be_bytes).collect();
    let fortran: Vec<u8> = [0, 3, 1, 4, 2, 5_i16]
        .into_iter()
        .flat_map(i16::to_le_bytes)
        .collect();
    fs::write(home.path("little"), &little).unwrap();
    fs::write(home.path("big"), [&[9_u8; 5][..], &big].concat()).unwrap();
    fs::write(home.path("fortran"), fortran).unwrap();
    for (i, how) in [
        "little ~/a{} --dtype int16",
        "little ~/a{} --dtype <i2 --byteorder little",
        "big ~/a{} --dtype >i2 --offset 5",
        "big ~/a{} --dtype i2 --byteorder big --offset 5 --chunks 1,2",
        "fortran ~/a{} --dtype i2 --fortran-order",
    ]
    .into_iter()
    .enumerate()
    {
        let how = how.replace("{}", &i.to_string());
        home.run(&format!("write ~/{how} --shape 2,3")).unwrap();
        assert_eq!(
            home.print(&format!("read ~/a{i} --format csv")),
            "0,1,2\n3,4,5\n",
            "{how}"
        );
    }
    // What `read --format raw` makes is written back, into a part or behind the rest.
    let raw = home.run("read ~/a0 --format raw").unwrap();
    assert_eq!(raw, little);
    home.run("append ~/little ~/a0 --dtype i2 --shape 2,3")
        .unwrap();
    home.run("write ~/big ~/a0 --dtype >i2 --offset 11 --shape 1,3 --selection 1:2")
        .unwrap();
    assert_eq!(
        home.print("read ~/a0 --format csv"),
        "0,1,2\n3,4,5\n0,1,2\n3,4,5\n"
    );
}

#[test]
fn j11_raw_bytes_of_another_length_are_refused_before_anything_is_written() {
    let home = Home::new();
    fs::write(home.path("x"), [0; 12]).unwrap();
    let shape = "--dtype i2 --shape";
    for (how, words) in [
        (
            format!("{shape} 2,4"),
            "it is cut short: 12 bytes of data, --shape and --dtype announce 16",
        ),
        (
            format!("{shape} 2,3 --offset 1"),
            "it is cut short: 11 bytes of data",
        ),
        (
            format!("{shape} 6 --offset 100"),
            "it is cut short: 0 bytes of data",
        ),
        (
            format!("{shape} 5"),
            "more follows the 10 bytes of data that --shape and --dtype announce",
        ),
        (
            format!("{shape} 4294967296,4294967296"),
            "is larger than any file",
        ),
    ] {
        let (exit, text) = home.fail(&format!("write ~/x ~/a {how}"));
        assert_eq!(exit, Exit::Corrupt, "{text}");
        assert!(text.contains(words), "{text}");
        assert!(
            text.ends_with("check --dtype, --shape and --offset"),
            "{text}"
        );
        assert!(!home.path("a").exists());
    }
    let (exit, text) = home.fail("write ~/x ~/a --dtype string --shape 6");
    assert!(
        exit == Exit::Unsupported && text.contains("differ"),
        "{text}"
    );
    let (exit, _) = home.fail("write ~/x ~/a --dtype >i2 --shape 6 --byteorder little");
    assert_eq!(exit, Exit::Usage);
}
