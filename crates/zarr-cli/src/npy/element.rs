//! The type of the elements of a file, from NumPy's description: a type string such as `<f8`, or a list of fields.

use std::ops::Range;

use serde_json::Value;
use zarr::tools::v2::DType;
use zarr::{DataType, Endian, Field};

use super::error::Error;

/// The type of an element in a file, and in an array: in this machine's byte order, without the padding that NumPy
/// puts between the fields of aligned records.
#[derive(Debug, PartialEq)]
pub(super) struct Element {
    pub(super) data_type: DataType,
    stored: DType,
    /// The bytes of a stored element that are not padding; empty if there is no padding.
    kept: Vec<Range<usize>>,
    /// The bytes of an element that are bools.
    bools: Vec<Range<usize>>,
}

/// Begins the names that padding has until it is removed. In files, padding has empty names.
const PADDING: char = '\0';

/// NumPy's description of elements in this machine's byte order; `None` for types that NumPy lacks.
pub(super) fn descr(data_type: &DataType) -> Option<Value> {
    is_numpys(data_type).then(|| DType::new(data_type.clone(), Some(Endian::NATIVE)).to_json())
}

fn is_numpys(data_type: &DataType) -> bool {
    use DataType as T;
    match data_type {
        T::Bool | T::Int8 | T::Int16 | T::Int32 | T::Int64 => true,
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Float16 | T::Float32 | T::Float64 | T::Complex64 | T::Complex128 => true,
        T::Raw(_) | T::FixedBytes(_) | T::FixedUtf32(_) => true,
        T::DateTime64 { .. } | T::TimeDelta64 { .. } => true,
        T::Struct(fields) => fields.iter().all(|field| is_numpys(&field.data_type)),
        _ => false,
    }
}

impl Element {
    pub(super) fn of(descr: &Value) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::Unsupported(why.to_owned()));
        if contains_objects(descr) {
            return refuse("its elements are Python objects; save texts with `astype('U')`");
        }
        let mut padding = 0;
        let stored = match DType::from_json(named(descr, &mut padding)) {
            Ok(stored) if is_numpys(&stored.data_type) => stored,
            Ok(_) => {
                return refuse(&format!("its elements are of the unknown type {descr}"));
            }
            Err(error) => {
                return refuse(&format!(
                    "its elements are of the type {descr}, which no array has: {error}"
                ));
            }
        };
        let Some(data_type) = without_padding(&stored.data_type) else {
            return refuse("its elements are records without fields");
        };
        let mut kept = Vec::new();
        if padding > 0 {
            leaves(&stored.data_type, 0, &mut |_, bytes| push(&mut kept, bytes));
        }
        Ok(Self {
            bools: bools(&data_type),
            data_type,
            stored,
            kept,
        })
    }

    /// Elements of this type, in one byte order and without padding.
    pub(super) fn raw(data_type: &DataType, endian: Endian) -> Result<Self, Error> {
        if data_type.size().is_none() {
            let text =
                format!("raw elements have one length, and those of type {data_type} differ");
            return Err(Error::Unsupported(text));
        }
        Ok(Self {
            data_type: data_type.clone(),
            stored: DType::new(data_type.clone(), Some(endian)),
            kept: Vec::new(),
            bools: bools(data_type),
        })
    }

    /// Bytes of an element in the file.
    pub(super) fn stored_size(&self) -> usize {
        self.stored.data_type.size().unwrap_or(1)
    }

    /// Bytes of an element in an array.
    pub(super) fn size(&self) -> usize {
        self.data_type.size().unwrap_or(1)
    }

    /// Elements of a file as arrays have them.
    pub(super) fn read(&self, mut data: Vec<u8>) -> Vec<u8> {
        let size = self.stored_size();
        self.stored.swap_to_native().apply(size, &mut data);
        if !self.kept.is_empty() {
            let elements = data.chunks_exact(size);
            let parts = elements.flat_map(|element| {
                self.kept
                    .iter()
                    .filter_map(|kept| element.get(kept.clone()))
            });
            data = parts.collect::<Vec<_>>().concat();
        }
        // For NumPy every byte but 0 is true; arrays allow 0 and 1 only.
        if !self.bools.is_empty() {
            for element in data.chunks_exact_mut(self.size()) {
                let bools = self.bools.iter();
                for byte in bools.flat_map(Range::clone) {
                    if let Some(byte) = element.get_mut(byte) {
                        *byte = u8::from(*byte != 0);
                    }
                }
            }
        }
        data
    }
}

fn contains_objects(descr: &Value) -> bool {
    match descr {
        Value::String(text) => text.trim_start_matches(['<', '>', '|', '=']) == "O",
        Value::Array(fields) => fields
            .iter()
            .any(|field| field.get(1).is_some_and(contains_objects)),
        _ => false,
    }
}

/// The description, with names for padding.
fn named(descr: &Value, padding: &mut usize) -> Value {
    let mut descr = descr.clone();
    for field in descr.as_array_mut().into_iter().flatten() {
        let items = field.as_array_mut().map(Vec::as_mut_slice);
        let Some([name, data_type, ..]) = items else {
            continue;
        };
        let is_void = data_type
            .as_str()
            .is_some_and(|text| text.starts_with("|V"));
        if name == "" && is_void {
            *name = format!("{PADDING}{padding}").into();
            *padding += 1;
        }
        *data_type = named(data_type, padding);
    }
    descr
}

/// `None` if nothing is left.
fn without_padding(data_type: &DataType) -> Option<DataType> {
    let DataType::Struct(fields) = data_type else {
        return Some(data_type.clone());
    };
    let kept = fields.iter().filter(|field| !is_padding(field));
    let kept = kept.map(|field| {
        let data_type = without_padding(&field.data_type)?;
        Some(Field::new(field.name.clone(), data_type).with_shape(field.shape.clone()))
    });
    let kept: Vec<Field> = kept.collect::<Option<_>>()?;
    (!kept.is_empty()).then(|| DataType::record(kept))
}

fn is_padding(field: &Field) -> bool {
    field.name.starts_with(PADDING)
}

/// Visits all fields that are not records or padding, in an element that begins at byte `start`.
fn leaves(data_type: &DataType, start: usize, visit: &mut dyn FnMut(&DataType, Range<usize>)) {
    let DataType::Struct(fields) = data_type else {
        visit(data_type, start..start + data_type.size().unwrap_or(0));
        return;
    };
    let mut start = start;
    for field in fields.iter() {
        let size = field.data_type.size().unwrap_or(0);
        for at in 0..field.count().unwrap_or(0) {
            if !is_padding(field) {
                leaves(&field.data_type, start + at * size, visit);
            }
        }
        start += field.size().unwrap_or(0);
    }
}

/// The bytes of an element that are bools.
fn bools(data_type: &DataType) -> Vec<Range<usize>> {
    let mut bools = Vec::new();
    leaves(data_type, 0, &mut |leaf, bytes| {
        if *leaf == DataType::Bool {
            push(&mut bools, bytes);
        }
    });
    bools
}

/// Adds a range, joined with the last one if they touch.
fn push(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(descr: &Value) -> Result<Element, String> {
        Element::of(descr).map_err(|error| error.to_string())
    }

    #[test]
    fn spellings() {
        let check = |text: &str, expected: Option<DataType>| {
            let read = Element::of(&text.into()).ok();
            assert_eq!(read.map(|read| read.data_type), expected, "{text}");
        };
        check("<c8", Some(DataType::Complex64));
        check("?", Some(DataType::Bool));
        check("=f8", Some(DataType::Float64));
        check("f8", Some(DataType::Float64));
        check(">i1", Some(DataType::Int8));
        check("|V5", Some(DataType::Raw(5)));
        check("<U3", Some(DataType::FixedUtf32(3)));
        check("|S3", Some(DataType::FixedBytes(3)));
        for text in [
            "",
            "<",
            "<f",
            "<f+8",
            "<f16",
            "|V0",
            "<U0",
            "<é8",
            "|V18446744073709551616",
            "<M9[s]",
            "bfloat16",
            "string",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn what_no_array_holds() {
        assert_eq!(descr(&"quaternion".parse().unwrap()), None);
        assert_eq!(descr(&DataType::String), None);
        assert_eq!(descr(&DataType::BFloat16), None);
        assert_eq!(
            descr(&DataType::record([Field::new("a", DataType::BFloat16)])),
            None
        );
        let objects = "its elements are Python objects; save texts with `astype('U')`";
        assert_eq!(of(&"|O".into()).unwrap_err(), objects);
        assert_eq!(of(&json!([["a", [["b", "|O"]]]])).unwrap_err(), objects);
        assert_eq!(
            of(&json!([["", "|V4"]])).unwrap_err(),
            "its elements are records without fields"
        );
    }

    /// numpy 2.5.5 describes `np.dtype([("f1", "?"), ("b", "<i2"), ("c", ("u1", (3,)))], align=True)` so.
    #[test]
    fn padding_is_taken_out() {
        let descr = json!([
            ["f1", "|b1"],
            ["", "|V1"],
            ["b", ">i2"],
            ["c", "|u1", [3]],
            ["", "|V1"]
        ]);
        let element = of(&descr).unwrap();
        assert_eq!(
            element.data_type.to_string(),
            "struct[f1: bool, b: int16, c: uint8[3]]"
        );
        assert_eq!((element.stored_size(), element.size()), (8, 6));
        let read = element.read(vec![7, 99, 1, 2, 3, 4, 5, 99]);
        let [a, b] = 258_i16.to_ne_bytes();
        assert_eq!(read, [1, a, b, 3, 4, 5]);
    }
}
