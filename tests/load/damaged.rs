//! H9: stores of which one byte is changed. They give an error or an array of the shape that they declare; where a
//! checksum is over a chunk, never other data.

use std::collections::BTreeMap;

use zarr::blocking::Wait;
use zarr::{Array, DataType, DynData, MemoryStore, Result, ZarrFormat, json};
use zarr_store::{BlockingStore, ByteRange, Key, Prefix, PutMode};

use crate::random::Random;
use crate::rounds;

const TYPES: &[&str] = &[
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "string",
    "datetime64[s]",
    "timedelta64[ms]",
    "r16",
];

/// The last one of each is the checksum over all, if there is one.
const COMPRESSORS: &[&str] = &[
    r#"[]"#,
    r#"["crc32c"]"#,
    r#"[{"name": "zstd", "configuration": {"level": 1, "checksum": false}}]"#,
    r#"[{"name": "zstd", "configuration": {"level": 1, "checksum": true}}, "crc32c"]"#,
    r#"[{"name": "gzip", "configuration": {"level": 1}}]"#,
    r#"[{"name": "gzip", "configuration": {"level": 1}}, "crc32c"]"#,
    r#"[{"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 2, "blocksize": 0}}]"#,
    r#"[{"name": "blosc", "configuration": {"cname": "zstd", "clevel": 1, "shuffle": "bitshuffle", "typesize": 4, "blocksize": 0}}]"#,
    r#"["numcodecs.lz4"]"#,
    r#"["numcodecs.bz2"]"#,
    r#"["numcodecs.lzma"]"#,
    r#"["numcodecs.zlib", "numcodecs.fletcher32"]"#,
];

/// Those of format 2.
const OLD: &[&str] = &[
    r#"null"#,
    r#"{"id": "zlib", "level": 1}"#,
    r#"{"id": "zstd", "level": 1}"#,
    r#"{"id": "lz4", "acceleration": 1}"#,
    r#"{"id": "bz2", "level": 1}"#,
    r#"{"id": "lzma"}"#,
    r#"{"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}"#,
];

/// A store, and what is in it.
struct Made {
    what: String,
    store: MemoryStore,
    values: BTreeMap<Key, Vec<u8>>,
    data: DynData,
    /// Whether each change of a chunk must be found.
    is_checked: bool,
}

/// The store of a number: each number has another type, codecs, format or layout than its neighbours.
fn make(number: u64, random: &mut Random) -> Made {
    let dtype = TYPES[number as usize % TYPES.len()];
    let is_old = number % 4 == 3 && dtype != "r16";
    let is_sharded = number % 4 == 1;
    let codecs = match is_old {
        true => random.one_of(OLD),
        false => random.one_of(COMPRESSORS),
    };
    let store = MemoryStore::new();
    let [rows, columns] = [1 + random.below(20), 1 + random.below(20)];
    let mut create = zarr::create_array(store.clone(), [rows, columns], dtype)
        .chunks([4, 5])
        .compressors(serde_json::from_str::<serde_json::Value>(codecs).unwrap())
        .attributes(json!({"number": number}));
    if is_old {
        create = create.zarr_format(ZarrFormat::V2);
    } else if is_sharded {
        create = create.shards([8, 10]);
    }
    let what =
        format!("store {number}: {dtype}, {codecs}, format 2: {is_old}, shards: {is_sharded}");
    let array = create
        .wait()
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    fill(&array, random);
    let all = BlockingStore::list(&store, &Prefix::root()).unwrap();
    let value = |key: Key| {
        let found = BlockingStore::get(&store, &key, ByteRange::All, None).unwrap();
        (key, found.unwrap().data.to_vec())
    };
    let values = all.into_iter().map(|entry| value(entry.key)).collect();
    let data = array.read_dyn(..).wait().unwrap();
    let is_checked = codecs.contains("crc32c") || codecs.contains("fletcher32");
    Made {
        what,
        store,
        values,
        data,
        is_checked,
    }
}

/// Writes something other than the fill value, of a few kinds, so that compressors have something to do.
fn fill(array: &Array, random: &mut Random) {
    let shape: Vec<usize> = array.shape().iter().map(|&n| n as usize).collect();
    let cells: usize = shape.iter().product();
    let numbers: Vec<i8> = (0..cells).map(|_| 1 + random.below(9) as i8).collect();
    let numbers = ndarray::ArrayD::from_shape_vec(shape, numbers).unwrap();
    let written = match array.dtype() {
        DataType::Bool => array.write(.., numbers.mapv(|n| n % 2 == 1)).wait(),
        DataType::String => array
            .write(.., numbers.mapv(|n| "ż".repeat(n as usize)))
            .wait(),
        DataType::Complex64 => {
            let cells = numbers.mapv(|n| num_complex::Complex::new(f32::from(n), -1.0));
            array.write(.., cells).wait()
        }
        DataType::Complex128 => {
            let cells = numbers.mapv(|n| num_complex::Complex::new(f64::from(n), -1.0));
            array.write(.., cells).wait()
        }
        DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. } | DataType::Raw(_) => {
            let of = DynData {
                dtype: array.dtype().clone(),
                shape: array.shape().to_vec(),
                data: zarr::Values::copied(&words(array, &numbers)).unwrap(),
            };
            array.write(.., of).wait()
        }
        _ => array.write(.., numbers).cast().wait(),
    };
    written.unwrap_or_else(|error| panic!("{:?}: {error}", array.dtype()));
}

/// The bytes of elements that no Rust type stands for here.
fn words(array: &Array, numbers: &ndarray::ArrayD<i8>) -> Vec<u8> {
    let size = match array.dtype() {
        DataType::Raw(size) => *size,
        _ => 8,
    };
    let element = |n: &i8| {
        [*n as u8]
            .into_iter()
            .chain(std::iter::repeat_n(0, size - 1))
    };
    numbers.iter().flat_map(element).collect()
}

/// Opens and reads what is there: all of it, or one cell if there would be too many.
fn read(store: &MemoryStore) -> Result<DynData> {
    let array = zarr::open_array(store.clone()).mode("r").wait()?;
    let _ = array.info().to_string();
    let cells = array
        .shape()
        .iter()
        .try_fold(1_u64, |all, &n| all.checked_mul(n));
    if cells.is_some_and(|cells| cells <= 1 << 16) {
        let read = array.read_dyn(..).wait()?;
        assert_eq!(read.shape, array.shape(), "another shape than declared");
        let cells: u64 = read.shape.iter().product();
        if let (zarr::Values::Fixed(bytes), Some(size)) = (&read.data, read.dtype.size()) {
            assert_eq!(bytes.len() as u64, cells * size as u64, "another length");
        }
        return Ok(read);
    }
    let first = vec![zarr::AxisSelection::from(0); array.shape().len()];
    array.read_dyn(first).wait()
}

/// What came of the changes.
#[derive(Default)]
struct Seen {
    refused: u64,
    same: u64,
    other: u64,
}

/// Changes one byte, reads, and changes it back.
fn change(made: &Made, random: &mut Random, seen: &mut Seen) {
    let mut at = random.below(made.values.values().map(|value| value.len() as u64).sum());
    for (key, value) in &made.values {
        if at >= value.len() as u64 {
            at -= value.len() as u64;
            continue;
        }
        let mut changed = value.clone();
        changed[at as usize] ^= 1 + random.below(255) as u8;
        let put = |value: Vec<u8>| {
            BlockingStore::put(&made.store, key, &value.into(), PutMode::Overwrite).unwrap();
        };
        put(changed);
        let read = std::panic::catch_unwind(|| read(&made.store));
        let read = read.unwrap_or_else(|_| panic!("{}: byte {at} of {key}", made.what));
        let is_chunk = !key.name().starts_with(['z', '.']);
        match read {
            Err(_) => seen.refused += 1,
            Ok(data) if data == made.data => seen.same += 1,
            Ok(_) => {
                let is_missed = is_chunk && made.is_checked;
                assert!(
                    !is_missed,
                    "{}: byte {at} of {key} was missed by its checksum",
                    made.what
                );
                seen.other += 1;
            }
        }
        put(value.clone());
        return;
    }
}

pub(crate) fn run() {
    let (stores, changes) = (rounds(1000, 40), rounds(1000, 50));
    let mut seen = Seen::default();
    let mut random = Random::new(9);
    for number in 0..stores {
        let made = make(number, &mut random);
        for _ in 0..changes {
            change(&made, &mut random, &mut seen);
        }
    }
    let Seen {
        refused,
        same,
        other,
    } = seen;
    println!(
        "H9: {stores} stores x {changes} changed bytes: {refused} refused, {same} read as before, {other} other data of the \
         declared shape, 0 panics, 0 missed by a checksum"
    );
}
