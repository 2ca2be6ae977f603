//! The settings of the few codecs that are judged. Knows one codec at a time, never a chain.

use serde_json::Value;

use crate::data_type::DataType;
use crate::extension::Extension;
use crate::layout::{Layout, Swap};
use crate::pointer::At;
use crate::problem::{ProblemKind, Problems};

/// `bytes`: the byte order is there when it matters.
pub(super) fn bytes(
    codec: &Extension,
    data_type: Option<&DataType>,
    at: &At<'_>,
    problems: &mut Problems,
) {
    let at = at.key("configuration");
    for (key, value) in &codec.configuration {
        let at = at.key(key);
        if key != "endian" {
            problems.push(&at, ProblemKind::UnknownKey);
        } else if !matches!(value.as_str(), Some("little" | "big")) && !value.is_null() {
            problems.invalid(&at, "\"little\" or \"big\"", value);
        }
    }
    let endian = codec.configuration.get("endian");
    let Some(data_type) = data_type.filter(|_| endian.is_none_or(Value::is_null)) else {
        return;
    };
    let at = at.key("endian");
    match data_type.layout() {
        Some(Layout::Fixed { swap, .. }) if swap != Swap::None => {
            let expected = "\"little\" or \"big\", since an element has more than one byte";
            problems.push(&at, ProblemKind::Missing { expected });
        }
        _ if endian.is_some() => {
            problems.discourage(&at, "expected no endian at all, found null; remove it");
        }
        _ => {}
    }
}

/// `transpose`: the order of the axes, which is also how it changes a chunk.
pub(super) fn transpose(
    codec: &Extension,
    rank: Option<usize>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let at = at.key("configuration");
    let at = at.key("order");
    let Some(value) = codec.configuration.get("order") else {
        let expected = "an array with each axis once";
        problems.push(&at, ProblemKind::Missing { expected });
        return None;
    };
    if let Some(letter @ ("C" | "F")) = value.as_str() {
        let advice =
            format!("expected an array with each axis once, found the old form {letter:?}");
        problems.discourage(&at, advice);
        let axes = 0..rank?;
        return Some(match letter {
            "C" => axes.collect(),
            _ => axes.rev().collect(),
        });
    }
    let axes = value.as_array().and_then(|axes| {
        let axes = axes.iter().map(Value::as_u64);
        axes.map(|axis| usize::try_from(axis?).ok())
            .collect::<Option<Vec<usize>>>()
    });
    let mut sorted = axes.clone().unwrap_or_default();
    sorted.sort_unstable();
    let each_once = sorted.iter().copied().eq(0..sorted.len());
    if axes.is_none() || !each_once || rank.is_some_and(|rank| rank != sorted.len()) {
        let expected = match rank {
            Some(rank) => format!("an array with each of {rank} axes once"),
            None => "an array with each axis once".to_owned(),
        };
        let found = shown(value);
        problems.push(&at, ProblemKind::Invalid { expected, found });
        return None;
    }
    axes
}

/// Short lists are told as they are: which axis is wrong is the point of the message.
fn shown(value: &Value) -> String {
    match value.as_array() {
        Some(items) if items.len() <= 8 && items.iter().all(Value::is_number) => value.to_string(),
        _ => crate::problem::brief(value),
    }
}

/// The levels of common compressors.
pub(super) fn compressor(codec: &Extension, at: &At<'_>, problems: &mut Problems) {
    let at = at.key("configuration");
    let mut whole = |key: &'static str, min: i64, max: i64, needed: bool| {
        let at = at.key(key);
        match codec.configuration.get(key) {
            Some(level) if level.as_i64().is_some_and(|l| (min..=max).contains(&l)) => {}
            Some(other) => {
                problems.invalid(&at, format!("a whole number from {min} to {max}"), other);
            }
            None if needed => {
                let expected = "the level of compression, a whole number";
                problems.push(&at, ProblemKind::Missing { expected });
            }
            None => {}
        }
    };
    match codec.name.as_str() {
        "gzip" => whole("level", 0, 9, true),
        // Its own bounds, -131072 to 22, may move with its versions.
        "zstd" => whole("level", i64::from(i32::MIN), i64::from(i32::MAX), false),
        "blosc" => {
            whole("clevel", 0, 9, true);
            blosc(codec, &at, problems);
        }
        _ => {}
    }
}

fn blosc(codec: &Extension, at: &At<'_>, problems: &mut Problems) {
    const SHUFFLES: [&str; 3] = ["noshuffle", "shuffle", "bitshuffle"];
    const NAMES: [&str; 6] = ["lz4", "lz4hc", "blosclz", "zstd", "snappy", "zlib"];
    let mut one_of = |key: &str, names: &[&str]| {
        let Some(value) = codec.configuration.get(key) else {
            return;
        };
        if !value.as_str().is_some_and(|name| names.contains(&name)) {
            let expected = format!("one of {}", names.join(", "));
            problems.invalid(&at.key(key), expected, value);
        }
    };
    one_of("cname", &NAMES);
    one_of("shuffle", &SHUFFLES);
    let shuffles = codec.configuration.get("shuffle");
    if shuffles.is_some_and(|shuffle| shuffle != "noshuffle")
        && codec
            .configuration
            .get("typesize")
            .is_none_or(Value::is_null)
    {
        let expected = "the bytes of an element, which shuffling needs";
        problems.push(&at.key("typesize"), ProblemKind::Missing { expected });
    }
}
