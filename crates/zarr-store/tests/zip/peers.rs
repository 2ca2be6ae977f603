//! Archives of other programs (`archives/make.py` made them), and our archives in their hands.

use std::{collections::BTreeMap, path::Path, process::Command};

use zarr_store::{BlockingStore, Payload, PutMode, ZipStore};

use crate::{key, open, values, values_of_file};

fn archive(name: &str) -> BTreeMap<String, Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/zip/archives")
        .join(name);
    let bytes = std::fs::read(path).unwrap();
    values(&open(&bytes).unwrap()).unwrap()
}

/// What `make.py` puts into most archives.
fn expected() -> BTreeMap<String, Vec<u8>> {
    let lines: String = (0..1000).map(|n| format!("line {n}\n")).collect();
    let values: [(&str, Vec<u8>); 4] = [
        ("zarr.json", br#"{"zarr_format":3}"#.to_vec()),
        ("a/c/0", (0..=255).collect()),
        ("a/text", lines.into_bytes()),
        ("empty", vec![]),
    ];
    values.map(|(name, value)| (name.to_owned(), value)).into()
}

#[test]
fn reads_what_python_writes() {
    for name in [
        "stored.zip",
        "deflated.zip",
        "zip64.zip",
        "streamed.zip",
        "zstd.zip",
    ] {
        assert_eq!(archive(name), expected(), "{name}");
    }
}

#[test]
fn reads_what_info_zip_writes() {
    assert_eq!(archive("infozip.zip"), expected());
}

#[test]
fn the_last_of_two_entries_is_the_value() {
    let only = [("zarr.json".to_owned(), b"new".to_vec())];
    assert_eq!(archive("doubled.zip"), only.into());
}

#[test]
fn reads_an_archive_behind_a_program() {
    let only = [("zarr.json".to_owned(), br#"{"zarr_format":3}"#.to_vec())];
    assert_eq!(archive("after_a_program.zip"), only.into());
}

#[test]
fn reads_what_zarr_python_writes() {
    let corner = [0_u16, 1, 4, 5].map(u16::to_le_bytes).concat();
    let v2 = archive("zarr_v2.zip");
    assert_eq!(v2["temp/0.0"], corner);
    let attributes = String::from_utf8_lossy(&v2["temp/.zattrs"]);
    assert!(attributes.contains(r#""unit": "K""#), "{attributes}");
    let v3 = archive("zarr_v3.zip");
    assert_eq!(v3["temp/c/0/0"], corner);
    let document = String::from_utf8_lossy(&v3["temp/zarr.json"]);
    assert!(document.contains(r#""unit": "K""#), "{document}");
    assert_eq!((v2.len(), v3.len()), (8, 6));
}

/// Archives of ours with all that they can have: deflate, dead bytes, UTF-8 names, taken over from
/// zarr-python.
fn ours(dir: &Path) -> Vec<std::path::PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zip/archives");
    ["zarr_v2.zip", "zarr_v3.zip", "streamed.zip"]
        .map(|name| {
            let path = dir.join(name);
            std::fs::copy(python.join(name), &path).unwrap();
            let writer = ZipStore::append(&path).unwrap().deflate(9);
            for (name, value) in [("dead", "x"), ("dead", "y"), ("grün/ü", "z"), ("e", "")] {
                let value = Payload::from(value.repeat(1000));
                writer.put(&key(name), &value, PutMode::Overwrite).unwrap();
            }
            writer.delete(&key("dead"), None).unwrap();
            writer.finish().unwrap();
            assert_eq!(values_of_file(&path)["grün/ü"], b"z".repeat(1000));
            path
        })
        .into()
}

fn run(program: &str, args: &[&str]) -> Option<bool> {
    let output = match Command::new(program).args(args).output() {
        Ok(output) => output,
        Err(e) => {
            println!("skipped: {program}: {e}");
            return None;
        }
    };
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stdout));
        println!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Some(output.status.success())
}

#[test]
fn python_reads_what_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let check = "import sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == len(archive.namelist())
    assert archive.read('grün/ü') == b'z' * 1000
    assert archive.getinfo('grün/ü').compress_type == zipfile.ZIP_DEFLATED
    assert 'dead' not in archive.namelist()";
    let paths = ours(dir.path());
    let paths: Vec<_> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    if let Some(passed) = run("python3", &[&["-c", check], &paths[..]].concat()) {
        assert!(passed);
    }
}

#[test]
fn info_zip_reads_what_is_written() {
    let dir = tempfile::tempdir().unwrap();
    for path in ours(dir.path()) {
        if let Some(passed) = run("unzip", &["-tq", path.to_str().unwrap()]) {
            assert!(passed);
        }
    }
}

/// With the Python in `ZARR_TEST_PYTHON`, or `python3`, if it has zarr.
#[test]
fn zarr_python_reads_what_is_written() {
    let python = std::env::var("ZARR_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if run(&python, &["-c", "import zarr"]) != Some(true) {
        println!("skipped: no zarr in {python}; name one that has it in ZARR_TEST_PYTHON");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let check = "import sys, zarr
for path in sys.argv[1:]:
    store = zarr.storage.ZipStore(path, mode='r')
    array = zarr.open_group(store, mode='r')['temp']
    assert array[...].tolist() == [[4 * row + column for column in range(4)] for row in range(4)]
    assert array.attrs['unit'] == 'K'";
    let paths = ours(dir.path());
    let paths: Vec<_> = paths[..2]
        .iter()
        .map(|path| path.to_str().unwrap())
        .collect();
    assert_eq!(
        run(&python, &[&["-c", check], &paths[..]].concat()),
        Some(true)
    );
}
