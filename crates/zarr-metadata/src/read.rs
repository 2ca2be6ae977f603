//! The few steps every document reader takes: text to object, object to members, a member to its type. Each
//! step reports what it refuses and lets the reader go on.

use serde_json::{Map, Value};

use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};

/// Why a text is not JSON, as a problem. What it is instead says more than where its first wrong character
/// is.
pub(crate) fn syntax(text: &[u8], error: &serde_json::Error) -> ProblemKind {
    let begins = |with: &[u8]| text.trim_ascii_start().starts_with(with);
    let instead = match () {
        () if text.trim_ascii().is_empty() => Some("it is empty"),
        () if begins(b"\xef\xbb\xbf") => {
            Some("it begins with a byte order mark; save it as UTF-8 without one")
        }
        () if begins(b"\xff\xfe") || begins(b"\xfe\xff") => Some("it is UTF-16; save it as UTF-8"),
        () if begins(b"\x1f\x8b") => Some("it is compressed with gzip; decompress it"),
        () if begins(b"<") => Some("it is an HTML or XML page; check the address"),
        () => None,
    };
    ProblemKind::Syntax {
        line: error.line(),
        column: error.column(),
        reason: instead.map_or_else(|| error.to_string(), str::to_owned),
    }
}

/// Why a value cannot be written as JSON, as an error.
pub(crate) fn refused(error: &serde_json::Error) -> MetadataError {
    MetadataError::new(&JsonPlace::ROOT, syntax(b"{}", error))
}

/// The members of an object, taken out one by one; what is left is the rest.
pub(crate) struct Members<'a> {
    pub(crate) at: JsonPlace<'a>,
    map: Map<String, Value>,
}

impl<'a> Members<'a> {
    pub(crate) fn of(value: Value, at: JsonPlace<'a>, problems: &mut Problems) -> Option<Self> {
        object(value, &at, problems).map(|map| Self::new(map, at))
    }

    pub(crate) fn new(map: Map<String, Value>, at: JsonPlace<'a>) -> Self {
        Self { at, map }
    }

    /// The member `key`, if it was not taken yet.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// The member `key`, if it is there.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        // Not `remove`: that would move the last member here, and the order of the rest is kept.
        self.map.shift_remove(key)
    }

    /// The member `key`, which has to be there.
    pub(crate) fn require(
        &mut self,
        key: &str,
        expected: &'static str,
        problems: &mut Problems,
    ) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            problems.push(&self.at.key(key), ProblemKind::Missing { expected });
        }
        value
    }

    /// What is left, unchecked: v2 readers ignore keys they do not know.
    pub(crate) fn rest(self) -> Map<String, Value> {
        // Kept as long as the document is, mostly with nothing left: anew, without the room for what was taken.
        self.map.into_iter().collect()
    }

    /// What is left, each member allowed only if it says that it may be ignored: the rule of v3.
    pub(crate) fn ignorable_rest(self, problems: &mut Problems) -> Map<String, Value> {
        for (key, value) in &self.map {
            if value.get("must_understand") != Some(&Value::Bool(false)) {
                problems.push(&self.at.key(key), ProblemKind::UnknownKey);
            }
        }
        self.rest()
    }
}

pub(crate) fn object(
    value: Value,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        other => {
            problems.invalid(at, "an object", &other);
            None
        }
    }
}

pub(crate) fn text(
    value: Value,
    expected: &str,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        other => {
            problems.invalid(at, expected, &other);
            None
        }
    }
}

/// An array, each element read by `item`; every bad element is reported.
pub(crate) fn list<T>(
    value: Value,
    expected: &str,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
    mut item: impl FnMut(Value, &JsonPlace<'_>, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::Array(values) = value else {
        problems.invalid(at, expected, &value);
        return None;
    };
    let mut items = Some(Vec::with_capacity(values.len()));
    for (i, value) in values.into_iter().enumerate() {
        match item(value, &at.index(i), problems) {
            Some(read) => {
                if let Some(items) = &mut items {
                    items.push(read);
                }
            }
            None => items = None,
        }
    }
    items
}

/// As [`list`], of at most as many elements as the limits allow in a chain.
pub(crate) fn limited_list<T>(
    value: Value,
    expected: &str,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
    item: impl FnMut(Value, &JsonPlace<'_>, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    let (found, limit) = (value.as_array().map_or(0, Vec::len), problems.limits.codecs);
    if !problems.within(at, "chain length", found, limit) {
        return None;
    }
    list(value, expected, at, problems, item)
}

/// The lengths of some axes.
pub(crate) fn lengths(
    value: Value,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<u64>> {
    let expected = "an array of lengths, one per axis";
    let (found, limit) = (value.as_array().map_or(0, Vec::len), problems.limits.rank);
    if !problems.within(at, "rank", found, limit) {
        return None;
    }
    list(value, expected, at, problems, |value, at, problems| {
        let length = value.as_u64();
        if length.is_none() {
            problems.invalid(at, "a whole number from 0 to 2^64-1", &value);
        }
        length
    })
}

/// The lengths of a chunk: one per axis of `shape`, none of them zero.
pub(crate) fn chunk_lengths(
    value: Value,
    rank: Option<usize>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<u64>> {
    let lengths = lengths(value, at, problems)?;
    let mut good = true;
    for (i, _) in lengths
        .iter()
        .enumerate()
        .filter(|(_, length)| **length == 0)
    {
        problems.invalid(&at.index(i), LENGTH, &Value::from(0));
        good = false;
    }
    good &= one_per_axis(lengths.len(), rank, at, problems);
    good.then_some(lengths)
}

/// As [`chunk_lengths`], but lenient as zarr-python is: `0`, `true` and `false` are 1.
pub(crate) fn mended_chunk_lengths(
    mut value: Value,
    rank: Option<usize>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<u64>> {
    for (i, length) in value.as_array_mut().into_iter().flatten().enumerate() {
        mend_length(length, &at.index(i), problems);
    }
    chunk_lengths(value, rank, at, problems)
}

/// Replaces what zarr-python reads as 1.
pub(crate) fn mend_length(length: &mut Value, at: &JsonPlace<'_>, problems: &mut Problems) {
    if length.is_boolean() || length.as_u64() == Some(0) {
        problems.tolerate_instead(at, LENGTH, length.to_string());
        *length = 1.into();
    }
}

const LENGTH: &str = "a chunk length of at least 1";

fn one_per_axis(
    found: usize,
    rank: Option<usize>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> bool {
    let Some(rank) = rank.filter(|rank| *rank != found) else {
        return true;
    };
    let expected = format!("one length per axis of shape, {rank} in all");
    problems.disagrees(at, expected, found.to_string());
    false
}

/// Checks that `zarr_format` is what the document's name calls for.
pub(crate) fn format(value: &Value, expected: u64, at: &JsonPlace<'_>, problems: &mut Problems) {
    if value.as_u64() != Some(expected) {
        problems.invalid(at, expected.to_string(), value);
    }
}
