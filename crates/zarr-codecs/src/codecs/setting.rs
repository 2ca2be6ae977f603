//! Reads the settings of codecs, with one wording for what is wrong.

use std::ops::RangeInclusive;

use serde_json::Value;
use zarr_metadata::Extension;

use crate::array::stored_number::StoredNumber;
use crate::{CodecError, CodecErrorKind};

/// The error of a codec about one of its settings.
pub(crate) fn error(codec: &str, key: &str, problem: impl Into<String>) -> CodecError {
    let (key, problem) = (key.to_owned(), problem.into());
    CodecErrorKind::Setting { key, problem }.of(codec)
}

/// The error about a setting that must be something else.
pub(crate) fn bad(extension: &Extension, key: &str, expected: &str) -> CodecError {
    let found = extension.configuration.get(key);
    let found = found.map_or("nothing".to_owned(), ToString::to_string);
    let problem = format!("must be {expected}, found {found}");
    error(&extension.name, key, problem)
}

/// The value of a setting, if it is there and not null.
pub(crate) fn given<'a>(extension: &'a Extension, key: &str) -> Option<&'a Value> {
    extension.configuration.get(key).filter(|v| !v.is_null())
}

/// A whole number in a range; `default` where it is left out.
pub(crate) fn integer(
    extension: &Extension,
    key: &str,
    range: RangeInclusive<i64>,
    default: Option<i64>,
) -> Result<i64, CodecError> {
    let number = match given(extension, key) {
        None => default,
        Some(value) => whole(value),
    };
    number.filter(|n| range.contains(n)).ok_or_else(|| {
        let expected = format!("an integer of {} to {}", range.start(), range.end());
        bad(extension, key, &expected)
    })
}

/// A whole number, or the digits of one: netCDF-C wrote settings as text.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value.as_str() {
        Some(digits) => digits.parse().ok(),
        None => value.as_i64(),
    }
}

/// One of some words; the first where it is left out.
pub(crate) fn word<T: Copy>(
    extension: &Extension,
    key: &str,
    words: &[(&str, T)],
) -> Result<T, CodecError> {
    let found = match given(extension, key) {
        None => words.first(),
        Some(value) => words.iter().find(|(word, _)| value.as_str() == Some(word)),
    };
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        bad(extension, key, &words.join(" or "))
    })
}

/// A dtype string that names numbers; `default` where it is left out.
pub(crate) fn dtype(
    extension: &Extension,
    key: &str,
    default: Option<StoredNumber>,
) -> Result<StoredNumber, CodecError> {
    let found = match given(extension, key) {
        None => default,
        Some(value) => StoredNumber::parse(value),
    };
    let expected = "the dtype of bools, integers or floats, such as \"<f4\"";
    found.ok_or_else(|| bad(extension, key, expected))
}
