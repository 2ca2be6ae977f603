//! Data types as users write them: as in format 3, as JSON, or as in NumPy.

use std::str::FromStr;

use serde_json::Value;
use zarr::tools::v2::DType;
use zarr::{DataType, Endian};

use crate::arguments::nearest;
use crate::npy;

/// A data type, and the byte order if one was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DataTypeArg {
    pub(crate) data_type: DataType,
    pub(crate) endian: Option<Endian>,
}

/// NumPy's and Python's names for types that have another name in format 3, as `numpy.dtype` takes them on 64-bit
/// Linux.
const NAMES: [(&str, DataType); 40] = {
    use DataType as T;
    [
        ("?", T::Bool),
        ("bool_", T::Bool),
        ("b", T::Int8),
        ("byte", T::Int8),
        ("B", T::UInt8),
        ("ubyte", T::UInt8),
        ("h", T::Int16),
        ("short", T::Int16),
        ("H", T::UInt16),
        ("ushort", T::UInt16),
        ("i", T::Int32),
        ("intc", T::Int32),
        ("I", T::UInt32),
        ("uintc", T::UInt32),
        ("int", T::Int64),
        ("int_", T::Int64),
        ("intp", T::Int64),
        ("long", T::Int64),
        ("longlong", T::Int64),
        ("l", T::Int64),
        ("q", T::Int64),
        ("uint", T::UInt64),
        ("uintp", T::UInt64),
        ("ulong", T::UInt64),
        ("ulonglong", T::UInt64),
        ("L", T::UInt64),
        ("Q", T::UInt64),
        ("e", T::Float16),
        ("half", T::Float16),
        ("f", T::Float32),
        ("single", T::Float32),
        ("d", T::Float64),
        ("float", T::Float64),
        ("double", T::Float64),
        ("F", T::Complex64),
        ("csingle", T::Complex64),
        ("D", T::Complex128),
        ("complex", T::Complex128),
        ("cdouble", T::Complex128),
        ("str", T::String),
    ]
};

/// The names of numeric types, in format 3 and in NumPy.
pub(crate) const NUMBERS: [&str; 14] = [
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
];

/// Names of other common types.
const OTHERS: [&str; 4] = ["string", "bytes", "datetime64[ns]", "timedelta64[ns]"];

impl DataTypeArg {
    /// In the default byte order.
    pub(crate) fn native(data_type: DataType) -> Self {
        Self {
            data_type,
            endian: None,
        }
    }
}

impl FromStr for DataTypeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with('[') {
            // JSON, or as NumPy prints it.
            let fields = serde_json::from_str(text).or_else(|_| npy::descr(text));
            let why = "write fields as NumPy does: \"[('a', '<i4'), ('b', 'S5')]\"";
            return numpy(fields.map_err(|_| why.to_owned())?);
        }
        let value = match text.starts_with(['{', '"']) {
            true => serde_json::from_str(text).map_err(|error| error.to_string())?,
            false => Value::from(text),
        };
        let registered = DataType::from_json(value).map_err(|error| error.to_string())?;
        if registered.layout().is_some() {
            return Ok(Self::native(registered));
        }
        let (mark, name) = match text.strip_prefix(['<', '>', '|', '=']) {
            Some(name) => (text.chars().next(), name),
            None => (None, text),
        };
        if let Some((_, known)) = NAMES.iter().find(|(other, _)| *other == name) {
            let endian = Some(Endian::Big).filter(|_| mark == Some('>') && ordered(known));
            return Ok(Self {
                data_type: known.clone(),
                endian,
            });
        }
        // NumPy writes `datetime64[ns]` where documents say `M8[ns]`.
        let short = |long: &str, code: &str| Some(format!("{code}{}", name.strip_prefix(long)?));
        let code = short("datetime64", "M8").or_else(|| short("timedelta64", "m8"));
        let mark = mark.map(String::from).unwrap_or_default();
        match numpy(format!("{mark}{}", code.as_deref().unwrap_or(name)).into())? {
            known if known.data_type.layout().is_some() => Ok(known),
            _ => Err(unknown(text, name)),
        }
    }
}

/// The data type by its spelling in documents of format 2.
fn numpy(value: Value) -> Result<DataTypeArg, String> {
    let dtype = DType::from_json(value).map_err(|error| error.to_string())?;
    if dtype.mixed_endian().is_some() {
        return Err("the fields differ in byte order; use one for all".to_owned());
    }
    let endian = dtype.endian.filter(|endian| *endian == Endian::Big);
    Ok(DataTypeArg {
        data_type: dtype.data_type,
        endian,
    })
}

fn ordered(data_type: &DataType) -> bool {
    data_type.size().is_some_and(|bytes| bytes > 1)
}

fn unknown(text: &str, name: &str) -> String {
    let advice = match name {
        "O" | "object" => "for objects, use `string` or `bytes`".to_owned(),
        "U" | "str_" | "S" | "bytes_" | "a" => {
            "give the length, as in U10 or S10, or use `string` or `bytes`".to_owned()
        }
        "V" | "void" => "give the number of bytes, as in V10".to_owned(),
        "g" | "G" | "longdouble" | "clongdouble" | "float96" | "float128" | "f16" | "c32" => {
            "Zarr has no floats of more than 64 bits; use float64 or complex128".to_owned()
        }
        _ => match nearest::nearest(name, NUMBERS.into_iter().chain(OTHERS)) {
            Some(near) => format!("did you mean {near}?"),
            None => "write it as format 3 or NumPy names it, as in float32, <f4 or datetime64[ns]"
                .to_owned(),
        },
    };
    format!("{text:?} is not a known data type; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, big: bool) {
        let read: DataTypeArg = text.parse().unwrap();
        let endian = big.then_some(Endian::Big);
        assert_eq!(
            (read.data_type.to_string().as_str(), read.endian),
            (expected, endian),
            "{text}"
        );
    }

    /// What `numpy.dtype(text)` is in NumPy 2.5, by the name that zarr-python 3.4.2 gives it in format 3.
    #[test]
    fn numpys_names_mean_what_they_mean_there() {
        for (text, expected) in [
            ("f4", "float32"),
            ("<f4", "float32"),
            ("=f8", "float64"),
            ("f", "float32"),
            ("float", "float64"),
            ("half", "float16"),
            ("i8", "int64"),
            ("int", "int64"),
            ("i", "int32"),
            ("uint", "uint64"),
            ("u1", "uint8"),
            ("|u1", "uint8"),
            ("B", "uint8"),
            (">i1", "int8"),
            ("b1", "bool"),
            ("?", "bool"),
            ("c8", "complex64"),
            ("complex", "complex128"),
            ("str", "string"),
            ("U10", "fixed_length_utf32[10]"),
            ("<U10", "fixed_length_utf32[10]"),
            ("S5", "null_terminated_bytes[5]"),
            ("|S5", "null_terminated_bytes[5]"),
            ("V3", "r24"),
            ("datetime64[ns]", "numpy.datetime64[ns]"),
            ("<M8[s]", "numpy.datetime64[s]"),
            ("M8[25us]", "numpy.datetime64[25us]"),
            ("datetime64", "numpy.datetime64[generic]"),
            ("timedelta64[D]", "numpy.timedelta64[D]"),
            ("m8[h]", "numpy.timedelta64[h]"),
            (" float32 ", "float32"),
            ("r16", "r16"),
            (
                r#"{"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}}"#,
                "numpy.datetime64[s]",
            ),
            (
                r#"[["a", "<i4"], ["b", "|u1"]]"#,
                "struct[a: int32, b: uint8]",
            ),
            ("[('a', '<i4'), ('b', '|u1')]", "struct[a: int32, b: uint8]"),
        ] {
            check(text, expected, false);
        }
        for (text, expected) in [
            (">i2", "int16"),
            (">f", "float32"),
            (">U3", "fixed_length_utf32[3]"),
            (">M8[D]", "numpy.datetime64[D]"),
            (
                r#"[["a", ">i4"], ["b", "|u1"]]"#,
                "struct[a: int32, b: uint8]",
            ),
        ] {
            check(text, expected, true);
        }
    }

    #[test]
    fn what_is_no_type_is_answered_with_one() {
        for (text, advice) in [
            ("Int32", "did you mean int32?"),
            ("float 32", "did you mean float32?"),
            ("datetime[ns]", "did you mean datetime64[ns]?"),
            ("object", "`string`"),
            ("O", "`string`"),
            ("U", "U10"),
            ("float128", "float64"),
            ("quaternion", "float32, <f4"),
            ("M8[fortnight]", "datetime64[ns]"),
            ("U0", "characters"),
            (r#"[["a", ">i4"], ["b", "<i4"]]"#, "byte order"),
            ("[('a', '<i4'", "write fields as NumPy does"),
        ] {
            let error = text.parse::<DataTypeArg>().unwrap_err();
            assert!(error.contains(advice), "{text}: {error}");
        }
    }
}
