//! numpy's type strings, `<f8`, and the element types they stand for. Knows no headers.

use zarr::{DataType, Endian};

use super::Error;

/// What an element of a file is.
#[derive(Debug, PartialEq)]
pub(super) struct Element {
    pub(super) data_type: DataType,
    /// Bytes of the numbers it consists of: half the element, of a complex one.
    pub(super) number: usize,
    /// Whether its numbers are in the other byte order than this machine's.
    pub(super) swapped: bool,
}

/// Kind, size in bytes, and the type.
const TYPES: [(char, usize, DataType); 14] = [
    ('b', 1, DataType::Bool),
    ('i', 1, DataType::Int8),
    ('i', 2, DataType::Int16),
    ('i', 4, DataType::Int32),
    ('i', 8, DataType::Int64),
    ('u', 1, DataType::UInt8),
    ('u', 2, DataType::UInt16),
    ('u', 4, DataType::UInt32),
    ('u', 8, DataType::UInt64),
    ('f', 2, DataType::Float16),
    ('f', 4, DataType::Float32),
    ('f', 8, DataType::Float64),
    ('c', 8, DataType::Complex64),
    ('c', 16, DataType::Complex128),
];

/// The type string of elements in this machine's byte order.
pub(super) fn descr(data_type: &DataType) -> Option<String> {
    if let DataType::Raw(size) = data_type {
        return Some(format!("|V{size}"));
    }
    let (kind, size, _) = TYPES.iter().find(|(.., known)| known == data_type)?;
    let mark = match (size, Endian::NATIVE) {
        (1, _) => '|',
        (_, Endian::Little) => '<',
        (_, Endian::Big) => '>',
    };
    Some(format!("{mark}{kind}{size}"))
}

pub(super) fn parse(descr: &str) -> Result<Element, Error> {
    let unsupported = || {
        let text = format!(
            "its elements are of numpy's type {descr:?}; numbers, booleans and plain bytes can be written"
        );
        Error::Unsupported(text)
    };
    // Without a mark, or with `=`, it is the byte order of whoever wrote the file: taken as ours.
    let (endian, rest) = match descr.split_at_checked(1) {
        Some(("<", rest)) => (Endian::Little, rest),
        Some((">", rest)) => (Endian::Big, rest),
        Some(("|" | "=", rest)) => (Endian::NATIVE, rest),
        _ => (Endian::NATIVE, descr),
    };
    let (kind, size) = match rest {
        "?" => ('b', 1),
        rest => {
            let mut chars = rest.chars();
            let kind = chars.next().ok_or_else(unsupported)?;
            // Not the `+8` that parsing a number allows.
            let digits =
                Some(chars.as_str()).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            (
                kind,
                digits
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(unsupported)?,
            )
        }
    };
    if kind == 'V' && size > 0 {
        return Ok(Element {
            data_type: DataType::Raw(size),
            number: 1,
            swapped: false,
        });
    }
    let known = TYPES.iter().find(|(k, s, _)| (*k, *s) == (kind, size));
    let (kind, size, data_type) = known.ok_or_else(unsupported)?;
    let number = if *kind == 'c' { size / 2 } else { *size };
    let swapped = number > 1 && endian != Endian::NATIVE;
    Ok(Element {
        data_type: data_type.clone(),
        number,
        swapped,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back() {
        for data_type in TYPES.into_iter().map(|(.., t)| t).chain([DataType::Raw(5)]) {
            let read = parse(&descr(&data_type).unwrap()).unwrap();
            assert_eq!((read.data_type, read.swapped), (data_type, false));
        }
        assert_eq!(descr(&"quaternion".parse().unwrap()), None);
    }

    #[test]
    fn spellings() {
        let check = |text: &str, expected: Option<(DataType, usize)>| {
            let read = parse(text).ok().map(|read| (read.data_type, read.number));
            assert_eq!(read, expected, "{text}");
        };
        check("<c8", Some((DataType::Complex64, 4)));
        check("?", Some((DataType::Bool, 1)));
        check("=f8", Some((DataType::Float64, 8)));
        check("f8", Some((DataType::Float64, 8)));
        check(">i1", Some((DataType::Int8, 1)));
        check("|V5", Some((DataType::Raw(5), 1)));
        for text in [
            "",
            "<",
            "<f",
            "<f+8",
            "<f16",
            "<U3",
            "|S3",
            "|O",
            "<M8[s]",
            "|V0",
            "<é8",
            "|V18446744073709551616",
        ] {
            check(text, None);
        }
        assert!(parse(">u2").unwrap().swapped != parse("<u2").unwrap().swapped);
        assert!(!parse(">u1").unwrap().swapped);
    }
}
