//! The spelling of data types in v3 documents, read and written, under every name in use. Writes registered
//! names wherever there are any.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    DataType, ELEMENT_BYTES, Field, MAX_DEPTH, MAX_ELEMENT_BYTES, SmallFloat, SmallInt, TimeUnit,
    field,
};
use crate::extension::Extension;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, Problems, brief};
use crate::read::{Members, list, text};

/// The types that are a name alone, apart from the small numbers.
const NAMED: [(&str, DataType); 19] = [
    ("bool", DataType::Bool),
    ("int8", DataType::Int8),
    ("int16", DataType::Int16),
    ("int32", DataType::Int32),
    ("int64", DataType::Int64),
    ("uint8", DataType::UInt8),
    ("uint16", DataType::UInt16),
    ("uint32", DataType::UInt32),
    ("uint64", DataType::UInt64),
    ("float16", DataType::Float16),
    ("float32", DataType::Float32),
    ("float64", DataType::Float64),
    ("complex64", DataType::Complex64),
    ("complex128", DataType::Complex128),
    ("bfloat16", DataType::BFloat16),
    ("complex_float16", DataType::ComplexFloat16),
    ("complex_bfloat16", DataType::ComplexBFloat16),
    ("string", DataType::String),
    ("bytes", DataType::Bytes),
];

/// Other names of the same, read only.
const ALIASES: [(&str, DataType); 3] = [
    ("complex_float32", DataType::Complex64),
    ("complex_float64", DataType::Complex128),
    // As zarr-python writes it.
    ("variable_length_bytes", DataType::Bytes),
];

/// The names that zarr-python made up before any were registered, and the registered ones.
const OLD_NAMES: [(&str, &str); 2] = [
    ("raw_bytes", "\"r8\", \"r16\", …"),
    ("variable_length_bytes", "\"bytes\""),
];

/// The type that is nothing but this name.
pub(crate) fn named(name: &str) -> Option<DataType> {
    let known = NAMED.iter().chain(&ALIASES).find(|(n, _)| *n == name);
    let ints = || SmallInt::ALL.into_iter().find(|t| t.name() == name);
    let floats = || SmallFloat::ALL.into_iter().find(|t| t.name() == name);
    let complex = || {
        let mut all = SmallFloat::ALL.into_iter();
        all.find(|t| t.complex_name() == name)
    };
    known
        .map(|(_, known)| known.clone())
        .or_else(|| ints().map(DataType::SmallInt))
        .or_else(|| floats().map(DataType::SmallFloat))
        .or_else(|| complex().map(DataType::ComplexSmall))
}

/// The names of all types that are a name alone.
pub(super) fn known_names() -> impl Iterator<Item = &'static str> {
    let ints = SmallInt::ALL.into_iter().map(SmallInt::name);
    let floats = SmallFloat::ALL.into_iter();
    let floats = floats.flat_map(|float| [float.name(), float.complex_name()]);
    NAMED
        .iter()
        .map(|(name, _)| *name)
        .chain(ints)
        .chain(floats)
}

impl DataType {
    /// The name in v3 documents, without its settings: `float32`, `r16`, `struct`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Raw(bytes) => return Cow::Owned(format!("r{}", bytes.saturating_mul(8))),
            Self::Unknown(extension) => &extension.name,
            Self::SmallInt(int) => int.name(),
            Self::SmallFloat(float) => float.name(),
            Self::ComplexSmall(float) => float.complex_name(),
            Self::FixedBytes(_) => "null_terminated_bytes",
            Self::FixedUtf32(_) => "fixed_length_utf32",
            Self::DateTime64 { .. } => "numpy.datetime64",
            Self::TimeDelta64 { .. } => "numpy.timedelta64",
            Self::Struct(_) => "struct",
            Self::Ragged(_) => "ragged",
            Self::Json => "json",
            known => NAMED
                .iter()
                .find(|(_, t)| t == known)
                .map_or("", |(name, _)| *name),
        })
    }

    /// Whether the type has a registered v3 name, so that other readers may know it.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        match self {
            Self::FixedBytes(_) | Self::Ragged(_) | Self::Json | Self::Unknown(_) => false,
            Self::SmallFloat(SmallFloat::Float8E4M3Fn)
            | Self::ComplexSmall(SmallFloat::Float8E4M3Fn) => false,
            Self::Struct(fields) => fields
                .iter()
                .all(|field| field.shape.is_empty() && field.data_type.is_registered()),
            _ => true,
        }
    }

    /// Reads the `data_type` of a v3 document: a name, or an object with a name and a configuration. The
    /// names that zarr-python made up before any were registered are read too.
    ///
    /// An unknown name gives [`DataType::Unknown`], and so does a record with a field of one.
    ///
    /// # Errors
    /// When it is neither, when a known type has settings it does not take, or its size is
    /// impossible.
    pub fn from_json(value: Value) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v3 documents write it: a bare name unless there is a configuration.
    ///
    /// Types without a v3 name are written too, in a spelling that every reader refuses:
    /// [`is_registered`](Self::is_registered) tells.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let configuration = match self {
            Self::Unknown(extension) if !extension.configuration.is_empty() => {
                return extension.to_json();
            }
            Self::FixedBytes(length) => json!({"length_bytes": length}),
            Self::FixedUtf32(length) => json!({"length_bytes": length.saturating_mul(4)}),
            Self::DateTime64 { unit, scale } | Self::TimeDelta64 { unit, scale } => {
                json!({"unit": unit.as_str(), "scale_factor": scale})
            }
            Self::Struct(fields) => {
                let fields: Vec<Value> = fields.iter().map(field_to_json).collect();
                json!({"fields": fields})
            }
            Self::Ragged(elements) => json!({"data_type": elements.to_json()}),
            plain => return Value::String(plain.name().into_owned()),
        };
        json!({"name": self.name(), "configuration": configuration})
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        read(value, MAX_DEPTH, at, problems)
    }
}

fn field_to_json(field: &Field) -> Value {
    let mut json = json!({"name": field.name, "data_type": field.data_type.to_json()});
    if !field.shape.is_empty()
        && let Some(members) = json.as_object_mut()
    {
        // Not in the format: better refused than read as another type.
        members.insert("shape".to_owned(), field.shape.as_slice().into());
    }
    json
}

/// Reads a type in which records may be `depth` deep.
fn read(
    value: Value,
    depth: usize,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<DataType> {
    let short = value.is_string();
    let extension = Extension::read_mandatory(value, at, problems)?;
    let at_name = if short { *at } else { at.key("name") };
    if let Some((_, now)) = OLD_NAMES.iter().find(|(old, _)| *old == extension.name) {
        let found = format!("{:?}", extension.name);
        problems.tolerate_instead(&at_name, *now, found);
    }
    if extension.name == "structured" {
        let advice = "expected \"struct\", found its old name \"structured\", which is to be read and \
                      no longer written";
        problems.discourage(&at_name, advice);
    }
    let plain = match named(&extension.name) {
        Some(known) => Some(known),
        None => match raw_bits(&extension.name) {
            Some(bits) => Some(DataType::Raw(raw_size(
                bits,
                &extension.name,
                at,
                problems,
            )?)),
            None => None,
        },
    };
    let Some(plain) = plain else {
        return configured(extension, depth, at, problems);
    };
    if !extension.configuration.is_empty() {
        let expected = format!("no settings, {plain} has none");
        let found = Value::Object(extension.configuration);
        problems.invalid(&at.key("configuration"), expected, &found);
        return None;
    }
    Some(plain)
}

/// The types with settings, and those that are unknown.
fn configured(
    extension: Extension,
    depth: usize,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<DataType> {
    let at = &at.key("configuration");
    let settings = |extension: Extension| Members::new(extension.configuration, *at);
    match extension.name.as_str() {
        "fixed_length_utf32" => {
            let bytes = length(settings(extension), 4, problems)?;
            Some(DataType::FixedUtf32(bytes / 4))
        }
        "null_terminated_bytes" => {
            length(settings(extension), 1, problems).map(DataType::FixedBytes)
        }
        "raw_bytes" => length(settings(extension), 1, problems).map(DataType::Raw),
        "numpy.datetime64" => {
            let (unit, scale) = time(settings(extension), problems)?;
            Some(DataType::DateTime64 { unit, scale })
        }
        "numpy.timedelta64" => {
            let (unit, scale) = time(settings(extension), problems)?;
            Some(DataType::TimeDelta64 { unit, scale })
        }
        name @ ("struct" | "structured") => {
            // The registry keeps the second for old arrays, with fields as lists.
            let is_old = name == "structured";
            let whole = extension.clone();
            match record(settings(extension), depth, is_old, problems)? {
                Some(known) => Some(known),
                None => Some(DataType::Unknown(whole)),
            }
        }
        _ => Some(DataType::Unknown(extension)),
    }
}

fn no_more(settings: Members<'_>, problems: &mut Problems) -> Option<()> {
    let at = settings.at;
    let mut good = Some(());
    for (key, value) in &settings.rest() {
        problems.invalid(&at.key(key), "no such setting", value);
        good = None;
    }
    good
}

/// The `length_bytes` of an element, a multiple of `unit`.
fn length(mut settings: Members<'_>, unit: usize, problems: &mut Problems) -> Option<usize> {
    let key = "length_bytes";
    let length = settings.require(key, "the size of an element in bytes", problems);
    let length = length.and_then(|value| {
        let length = value.as_u64().and_then(|n| usize::try_from(n).ok());
        let found = length.filter(|n| n % unit == 0).unwrap_or_default();
        if !problems.within(
            &settings.at.key(key),
            ELEMENT_BYTES,
            found,
            MAX_ELEMENT_BYTES,
        ) {
            return None;
        }
        let length = length.filter(|n| (1..=MAX_ELEMENT_BYTES).contains(n) && n % unit == 0);
        if length.is_none() {
            let expected = match unit {
                1 => format!("a number of bytes from 1 to {MAX_ELEMENT_BYTES}"),
                _ => format!("a multiple of {unit} bytes from {unit} to {MAX_ELEMENT_BYTES}"),
            };
            problems.invalid(&settings.at.key(key), expected, &value);
        }
        length
    });
    no_more(settings, problems).and(length)
}

fn time(mut settings: Members<'_>, problems: &mut Problems) -> Option<(TimeUnit, u32)> {
    let at = settings.at;
    let unit = settings.require("unit", "the unit, such as \"ns\"", problems);
    let unit = unit.and_then(|value| {
        let unit = value.as_str().and_then(TimeUnit::parse);
        let at = at.key("unit");
        match unit {
            Some(unit) if value != unit.as_str() => {
                problems.tolerate_instead(&at, format!("{:?}", unit.as_str()), brief(&value));
            }
            Some(_) => {}
            None => {
                let expected = "one of the units Y M W D h m s ms us ns ps fs as generic";
                problems.invalid(&at, expected, &value);
            }
        }
        unit
    });
    let scale = settings.require(
        "scale_factor",
        "how many units one step has, such as 1",
        problems,
    );
    let scale = scale.and_then(|value| {
        let number = value.as_u64().and_then(self::scale);
        if number.is_none() {
            let expected = "a whole number from 1 to 2147483647";
            problems.invalid(&at.key("scale_factor"), expected, &value);
        }
        number
    });
    no_more(settings, problems)?;
    Some((unit?, scale?))
}

/// The scale of a time type, which numpy keeps as a signed number of 4 bytes.
pub(crate) fn scale(number: u64) -> Option<u32> {
    let number = u32::try_from(number).ok()?;
    (1..1 << 31).contains(&number).then_some(number)
}

/// The record, or nothing when one of its fields is of an unknown type.
fn record(
    mut settings: Members<'_>,
    depth: usize,
    is_old: bool,
    problems: &mut Problems,
) -> Option<Option<DataType>> {
    let value = settings.require("fields", "an array of fields", problems);
    let at = settings.at;
    no_more(settings, problems)?;
    let at = at.key("fields");
    let Some(depth) = depth.checked_sub(1) else {
        too_deep(&at, problems);
        return None;
    };
    let fields = list(
        value?,
        "an array of fields",
        &at,
        problems,
        |value, at, problems| {
            if !is_old && value.is_array() {
                let expected = "an object with a name and a data_type";
                problems.tolerate_instead(at, expected, "a list");
            }
            read_field(value, depth, at, problems)
        },
    )?;
    finish_record(fields, &at, problems)
}

pub(crate) fn too_deep(at: &JsonPlace<'_>, problems: &mut Problems) {
    problems.within(at, "depth of records", MAX_DEPTH + 1, MAX_DEPTH);
}

/// Checks what concerns a record as a whole; nothing when one of its fields is of an unknown type.
pub(crate) fn finish_record(
    fields: Vec<Field>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Option<DataType>> {
    if fields.is_empty() {
        problems.invalid(at, "at least one field", &Value::Array(Vec::new()));
        return None;
    }
    field::check_names(&fields, at, problems)?;
    if fields
        .iter()
        .any(|field| matches!(field.data_type, DataType::Unknown(_)))
    {
        return Some(None);
    }
    let size = field::size(&fields).unwrap_or(usize::MAX);
    if !problems.within(at, ELEMENT_BYTES, size, MAX_ELEMENT_BYTES) {
        return None;
    }
    Some(Some(DataType::record(fields)))
}

/// A field: an object, or in the legacy form a list.
fn read_field(
    value: Value,
    depth: usize,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Field> {
    let (name, data_type, name_at, type_at) = match value {
        Value::Array(mut items) if items.len() == 2 => {
            let data_type = items.pop()?;
            (items.pop(), Some(data_type), at.index(0), at.index(1))
        }
        Value::Object(map) => {
            let mut members = Members::new(map, *at);
            let name = members.require("name", "the name of the field", problems);
            let data_type = members.require("data_type", "the type of the field", problems);
            no_more(members, problems)?;
            (name, data_type, at.key("name"), at.key("data_type"))
        }
        other => {
            problems.invalid(at, "an object with a name and a data_type", &other);
            return None;
        }
    };
    let expected = "a name that is not empty";
    let name = name.and_then(|name| text(name, expected, &name_at, problems));
    let name = name.and_then(|name| {
        if name.is_empty() {
            problems.invalid(&name_at, expected, &Value::from(""));
            return None;
        }
        Some(name)
    });
    let data_type = data_type.and_then(|value| {
        let data_type = read(value, depth, &type_at, problems)?;
        if data_type.is_variable() {
            let found = Value::from(data_type.name());
            problems.invalid(&type_at, "a type of fixed size", &found);
            return None;
        }
        Some(data_type)
    });
    Some(Field::new(name?, data_type?))
}

/// The digits of a name like `r16`.
fn raw_bits(name: &str) -> Option<&str> {
    let digits = name.strip_prefix('r')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

fn raw_size(bits: &str, name: &str, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<usize> {
    let size = bits
        .parse::<usize>()
        .ok()
        .filter(|bits| *bits > 0 && bits % 8 == 0)
        .map(|bits| bits / 8);
    if size.is_none() {
        let limit = MAX_ELEMENT_BYTES * 8;
        problems.invalid(
            at,
            format!("r and a multiple of 8 bits from 8 to {limit}"),
            &Value::from(name),
        );
    }
    size.filter(|bytes| problems.within(at, ELEMENT_BYTES, *bytes, MAX_ELEMENT_BYTES))
}
