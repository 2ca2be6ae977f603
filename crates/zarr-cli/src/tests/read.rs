//! `zarr read`: which elements are read, and in which format.

use std::fs;

use zarr::{DataType, DynData, Values};

use super::{Home, values};
use crate::failure::Exit;

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
    // What is there is added to.
    home.run("write ~/in.npy ~/a.zip::z").unwrap();
    let tree = home.print("tree ~/a.zip");
    assert!(
        tree.contains("y (6, 5) int16") && tree.contains("z (6, 5) int16"),
        "{tree}"
    );
}

#[test]
fn unknown_codecs() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr/a --chunks 4,3");
    home.replace_text("g.zarr/a/zarr.json", "\"zstd\"", "\"quantum\"");

    let (exit, text) = home.fail("read ~/g.zarr/a --output ~/no.npy");
    assert_eq!(exit, Exit::Unsupported);
    assert!(text.contains("`quantum`"), "{text}");
    assert!(!home.path("no.npy").exists());
    let info = home.print("info ~/g.zarr/a");
    assert!(info.contains("quantum(level=0, checksum=False)"), "{info}");
    assert_eq!(home.print("tree ~/g.zarr/a"), "/ (6, 5) int16\n");
}

#[test]
fn output_may_be_standard_output() {
    let home = Home::new();
    home.print("write ~/in.npy ~/a.zarr");
    let bytes = home.run("read ~/a.zarr --output -").unwrap();
    assert_eq!(bytes, fs::read(home.path("in.npy")).unwrap());
}
