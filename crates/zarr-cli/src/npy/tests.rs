//! `.npy` files compared with the bytes that NumPy 2.5.5 writes, and hostile ones.

use std::io::Cursor;

use serde_json::Value;
use zarr::tools::v2::DType;
use zarr::{DynData, Values};

use super::file::{ArrayFile, Bytes, Source};
use super::*;
use crate::arguments::data_type::NUMBERS;
use crate::elements::tiles::{self, Tiles};
use crate::failure::{Exit, Failure};

/// A file as numpy writes it: what differs in its start, the text of its header, its data.
fn file(start: &[u8], header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = b"\x93NUMPY".to_vec();
    file.extend(start);
    file.extend(header.as_bytes());
    file.resize(127, b' ');
    file.push(b'\n');
    file.extend(data);
    file
}

/// Format 1.0; numpy's header for a few axes is 118 bytes long.
fn v1(header: &str, data: &[u8]) -> Vec<u8> {
    file(b"\x01\x00v\x00", header, data)
}

fn array(dtype: DataType, shape: &[u64], data: &[u8]) -> DynData {
    DynData {
        dtype,
        shape: shape.to_vec(),
        data: Values::Fixed(data.to_vec().into()),
    }
}

fn opened(bytes: Bytes) -> Result<ArrayFile, Failure> {
    let name = "a".to_owned();
    ArrayFile::new(Source { name, bytes })
}

fn stored(file: Vec<u8>) -> Result<ArrayFile, Failure> {
    opened(Bytes::Stored(
        file.len() as u64,
        Box::new(Cursor::new(file)),
    ))
}

fn received(file: Vec<u8>) -> Result<ArrayFile, Failure> {
    opened(Bytes::Coming(Box::new(Cursor::new(file))))
}

/// Reads a file of known size and one that comes through a pipe, which are the same.
fn read_all(file: &[u8]) -> Result<DynData, Failure> {
    let stored = stored(file.to_vec());
    let stored = stored.and_then(|mut file| file.all());
    let received = received(file.to_vec()).and_then(|mut file| file.all());
    match (&stored, &received) {
        (Ok(stored), Ok(received)) => assert_eq!(stored, received),
        (Err(stored), Err(received)) => assert_eq!(stored.exit(), received.exit()),
        _ => panic!("{stored:?}, but {received:?}"),
    }
    stored
}

fn write_all(array: &DynData) -> Vec<u8> {
    let mut file = header(&array.dtype, &array.shape).unwrap();
    file.extend(array.data.as_fixed().unwrap());
    file
}

fn shorts(values: &[i16]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect()
}

#[cfg(target_endian = "little")]
#[test]
fn writes_what_numpy_writes() {
    let check = |array: DynData, expected: Vec<u8>| {
        let written = write_all(&array);
        assert_eq!(written, expected);
        assert_eq!(read_all(&written).unwrap(), array);
    };
    check(
        array(DataType::Bool, &[3], &[1, 0, 1]),
        v1(
            "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }",
            &[1, 0, 1],
        ),
    );
    let bytes = [1, 0, 254, 255, 3, 0, 4, 0, 5, 0, 6, 0];
    check(
        array(DataType::Int16, &[2, 3], &bytes),
        v1(
            "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }",
            &bytes,
        ),
    );
    check(
        array(DataType::Float16, &[], &[0, 62]),
        v1(
            "{'descr': '<f2', 'fortran_order': False, 'shape': (), }",
            &[0, 62],
        ),
    );
    let bytes = [0, 0, 128, 63, 0, 0, 0, 192];
    check(
        array(DataType::Complex64, &[1], &bytes),
        v1(
            "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
            &bytes,
        ),
    );
    check(
        array(DataType::Float64, &[0, 5], &[]),
        v1(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 5), }",
            &[],
        ),
    );
    check(
        array(DataType::Raw(3), &[2], b"abcde\0"),
        v1(
            "{'descr': '|V3', 'fortran_order': False, 'shape': (2,), }",
            b"abcde\0",
        ),
    );
    check(
        array(DataType::UInt8, &[1; 10], &[0]),
        v1(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 1), }",
            &[0],
        ),
    );
}

#[test]
fn every_type_survives() {
    for name in NUMBERS {
        let dtype: DataType = name.parse().unwrap();
        let data: Vec<u8> = match dtype {
            DataType::Bool => vec![1, 0, 0, 1, 1, 0],
            _ => (0..6 * dtype.size().unwrap())
                .map(|n| (n * 37) as u8)
                .collect(),
        };
        for shape in [vec![6], vec![2, 3], vec![1, 6, 1]] {
            let array = array(dtype.clone(), &shape, &data);
            assert_eq!(read_all(&write_all(&array)).unwrap(), array);
        }
    }
}

#[test]
fn reads_what_numpy_writes() {
    let check = |file: Vec<u8>, expected: DynData| assert_eq!(read_all(&file).unwrap(), expected);
    let header = "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }";
    check(
        v1(header, &[0, 1, 0, 2, 0, 3, 255, 254]),
        array(DataType::Int16, &[2, 2], &shorts(&[1, 2, 3, -2])),
    );
    let header = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }";
    check(
        v1(header, &[1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0]),
        array(DataType::Int16, &[2, 3], &shorts(&[1, 2, 3, 4, 5, 6])),
    );
    let header = "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }";
    let bytes = [
        63, 128, 0, 0, 64, 128, 0, 0, 64, 0, 0, 0, 64, 160, 0, 0, 64, 64, 0, 0, 64, 192, 0, 0,
    ];
    let floats: Vec<u8> = [1_f32, 2.0, 3.0, 4.0, 5.0, 6.0]
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect();
    check(
        v1(header, &bytes),
        array(DataType::Float32, &[2, 3], &floats),
    );

    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    let expected = array(DataType::UInt8, &[2], &[7, 8]);
    check(
        file(b"\x02\x00t\x00\x00\x00", header, &[7, 8]),
        expected.clone(),
    );
    check(file(b"\x03\x00t\x00\x00\x00", header, &[7, 8]), expected);

    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }";
    check(
        v1(header, &[0, 2, 255]),
        array(DataType::Bool, &[3], &[0, 1, 1]),
    );
}

#[test]
fn hostile_files() {
    let check = |file: &[u8], expected: &str| {
        let text = read_all(file).unwrap_err().to_string();
        assert!(
            text.starts_with(&format!("cannot read: a: {expected}")),
            "{text}"
        );
    };
    let no_npy = "it is not an .npy file: it does not begin like one";
    check(b"", no_npy);
    check(b"\x93NUMPY", no_npy);
    check(b"PK\x03\x04 an .npz file", no_npy);
    check(
        b"\x93NUMPY\x04\x00",
        "version 4.0 of the .npy format is not supported; 1, 2 and 3 are",
    );
    check(b"\x93NUMPY\x01\x00v", "it ends within its header");
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr'",
        "it ends within its header",
    );
    check(
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
        "its header of 4294967295 bytes is longer than the limit of 1048576",
    );

    let header =
        |shape: &str| format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}}}");
    let claim = |shape: &str, data: &[u8]| v1(&header(shape), data);
    check(
        &claim("(1152921504606846976,)", &[0; 8]),
        "it is cut short: 8 bytes of data, its header announces 9223372036854775808",
    );
    check(
        &claim("(4294967296, 4294967296, 4294967296)", &[]),
        "its shape [4294967296, 4294967296, 4294967296] is larger than any file",
    );
    check(
        &claim("(2,)", &[0; 15]),
        "it is cut short: 15 bytes of data, its header announces 16",
    );
    check(
        &claim("(2,)", &[0; 17]),
        "more follows the 16 bytes of data that its header announces",
    );
    // Nothing in it, however long its other axes are.
    let empty = read_all(&claim(
        "(18446744073709551615, 0, 18446744073709551615)",
        &[],
    ))
    .unwrap();
    assert_eq!(
        (empty.shape.len(), empty.data.as_fixed().unwrap().len()),
        (3, 0)
    );

    let objects = v1(
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        &[0; 4],
    );
    assert_eq!(read_all(&objects).unwrap_err().exit(), Exit::Unsupported);
}

#[test]
fn what_a_file_cannot_hold() {
    let error = header(&"quaternion".parse().unwrap(), &[1]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an .npy file cannot hold elements of type quaternion"
    );
}

/// Arrays of every type as numpy saves them, in every order: `tests/fixtures/make_npy.py` makes them.
pub(crate) fn saved_by_numpy() -> Vec<(String, Vec<u8>, DynData, Vec<u8>)> {
    let entries: Vec<Value> =
        serde_json::from_str(include_str!("../../tests/fixtures/npy.json")).unwrap();
    let bytes = |entry: &Value, key: &str| -> Vec<u8> {
        let hex = entry[key].as_str().unwrap().as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
        hex.chunks(2).map(byte).collect()
    };
    let read = |entry: Value| {
        let dtype = DType::from_json(entry["type"].clone()).unwrap();
        let shape: Vec<u64> = serde_json::from_value(entry["shape"].clone()).unwrap();
        let cells: u64 = shape.iter().product();
        let (file, saved) = (bytes(&entry, "file"), bytes(&entry, "saved"));
        let size = dtype.data_type.size().unwrap();
        let mut data = saved[saved.len() - cells as usize * size..].to_vec();
        dtype.swap_to_native().apply(size, &mut data);
        let array = array(dtype.data_type, &shape, &data);
        (
            entry["name"].as_str().unwrap().to_owned(),
            file,
            array,
            saved,
        )
    };
    entries.into_iter().map(read).collect()
}

#[test]
fn what_numpy_saves_is_read_and_saved_again() {
    for (name, file, array, saved) in saved_by_numpy() {
        assert_eq!(read_all(&file).unwrap(), array, "{name}");
        if cfg!(target_endian = "little") {
            assert_eq!(write_all(&array), saved, "{name}");
        }
    }
}

#[test]
fn boxes_are_read_as_all_is() {
    for (name, file, array, _) in saved_by_numpy() {
        let mut file = stored(file).unwrap();
        let size = array.dtype.size().unwrap();
        let mut data = vec![0; array.data.as_fixed().unwrap().len()];
        // Boxes of one element.
        let ones = vec![1; array.shape.len()];
        for cells in Tiles::of_cells(&array.shape, &ones, 0) {
            let element = file.read(&cells).unwrap();
            let place = tiles::runs(&array.shape, &cells).next().unwrap().start as usize;
            data[place * size..][..size].copy_from_slice(element.data.as_fixed().unwrap());
        }
        assert_eq!(Some(data.as_slice()), array.data.as_fixed(), "{name}");
    }
}

/// Headers that are damaged are read or refused, and take no memory for what is not there.
#[test]
fn damaged_headers_never_panic() {
    let mut seed = 16_u64;
    let mut random = move |below: usize| {
        // Knuth's constants for MMIX.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let pieces: [&[u8]; 10] = [
        b"[",
        b"(",
        b"'",
        b"\\x",
        b"18446744073709551615",
        b"0",
        b",",
        b"|V4",
        b"M8[0s]",
        b"\xff",
    ];
    for (name, file, ..) in saved_by_numpy() {
        for _ in 0..40 {
            let mut damaged = file.clone();
            let header = damaged.len().min(128);
            for _ in 0..=random(3) {
                let (at, piece) = (random(header), pieces[random(pieces.len())]);
                let end = (at + piece.len() * random(2)).min(damaged.len());
                damaged.splice(at..end, piece.iter().copied());
            }
            if let Ok(array) = read_all(&damaged) {
                assert!(
                    array.data.as_fixed().unwrap().len() <= damaged.len(),
                    "{name}"
                );
            }
        }
    }
}
