//! Validates the settings of one codec: each by the [table](crate::codecs), and those that depend on elements
//! and axes by rules of their own.

use serde_json::{Map, Value};

use crate::codecs::{self, KnownCodec, Setting, SettingType};
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::near::{is_near, quoted};
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems, brief};
use crate::profile::Profile;
use crate::v2::{Codec, DType};

/// `bytes`: the byte order is required where it matters, except for old records that had none.
pub(super) fn bytes(
    codec: &Extension,
    data_type: Option<&DataType>,
    is_old: bool,
    at: &JsonPlace<'_>,
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
    match data_type.has_byte_order() {
        true if is_old => {
            let advice =
                "expected \"little\" or \"big\", found none, which is read as little-endian";
            problems.discourage(&at, advice);
        }
        true => {
            let expected = "\"little\" or \"big\", since an element has more than one byte";
            problems.push(&at, ProblemKind::Missing { expected });
        }
        false if endian.is_some() => {
            problems.discourage(&at, "expected no endian at all, found null; remove it");
        }
        false => {}
    }
}

/// `transpose`: the order of the axes, by which it changes the shape of a chunk.
pub(super) fn transpose(
    codec: &Extension,
    known: &KnownCodec,
    rank: Option<usize>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let at = at.key("configuration");
    let Some(value) = codec.configuration.get("order") else {
        missing(known, "order", &at, problems);
        return None;
    };
    let at = at.key("order");
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

/// Short lists are shown as they are: which axis is wrong is the point of the message.
fn shown(value: &Value) -> String {
    match value.as_array() {
        Some(items) if items.len() <= 8 && items.iter().all(Value::is_number) => value.to_string(),
        _ => brief(value),
    }
}

/// The settings of a codec of v3, each on its own.
pub(super) fn v3(codec: &Extension, at: &JsonPlace<'_>, problems: &mut Problems) {
    let at = at.key("configuration");
    let own = codecs::by_own_name(&codec.name).filter(|known| !known.is_judged_apart);
    if let Some(settings) = own.and_then(|known| known.settings) {
        judge(&codec.configuration, settings, &at, problems);
    }
    if codec.name == "blosc" {
        shuffles(codec, &at, problems);
    }
}

/// The settings of a filter or compressor of v2, each on its own.
pub(super) fn v2(codec: &Codec, at: &JsonPlace<'_>, problems: &mut Problems) {
    if let Some(settings) = codecs::by_id(&codec.id).and_then(|known| known.settings) {
        judge(&codec.configuration, settings, at, problems);
    }
}

/// Reports that a required setting is missing.
pub(super) fn missing(known: &KnownCodec, key: &str, at: &JsonPlace<'_>, problems: &mut Problems) {
    if let Some(expected) = known.setting(key).and_then(|setting| setting.required) {
        problems.push(&at.key(key), ProblemKind::Missing { expected });
    }
}

fn judge(
    configuration: &Map<String, Value>,
    settings: &[Setting],
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    for Setting {
        key,
        holds,
        required,
        ..
    } in settings
    {
        let at = at.key(key);
        match (configuration.get(*key), required) {
            (None, Some(expected)) => problems.push(&at, ProblemKind::Missing { expected }),
            (None, None) | (Some(Value::Null), None) => {}
            (Some(value), _) => setting(value, *holds, &at, problems),
        }
    }
    for (key, value) in configuration {
        // zarr-python put the id of a codec of numcodecs among its settings at times.
        if key != "id" && !settings.iter().any(|setting| setting.key == key) {
            let names: Vec<&str> = settings.iter().map(|setting| setting.key).collect();
            let expected = match names.iter().find(|name| is_near(key, name)) {
                Some(name) => format!("another setting, perhaps {name:?}"),
                None if names.is_empty() => "no settings".to_owned(),
                None => format!("no setting other than {}", quoted(&names)),
            };
            // Most readers refuse it, and those that ignore it lose its meaning.
            problems.tolerate_instead(&at.key(key), expected, brief(value));
        }
    }
}

fn setting(value: &Value, holds: SettingType, at: &JsonPlace<'_>, problems: &mut Problems) {
    let expected = match holds {
        SettingType::Whole(min, max) => match value.as_i64() {
            Some(number) if (min..=max).contains(&number) => return,
            _ => format!("a whole number from {min} to {max}"),
        },
        SettingType::Number if !value.is_number() => "a number".to_owned(),
        SettingType::Bool if !value.is_boolean() => "true or false".to_owned(),
        SettingType::Text if !value.is_string() => "a string".to_owned(),
        SettingType::List if !value.is_array() => "an array".to_owned(),
        SettingType::OneOf(names) if !value.as_str().is_some_and(|name| names.contains(&name)) => {
            format!("one of {}", names.join(", "))
        }
        SettingType::DType => {
            // numcodecs takes all of numpy's spellings, and zarr-python writes `float32`.
            let mut lenient = Problems::with(problems.limits, Profile::Lenient);
            DType::read(value.clone(), &[], at, &mut lenient);
            problems.absorb(lenient);
            return;
        }
        SettingType::DataType => {
            DataType::read(value.clone(), at, problems);
            return;
        }
        _ => return,
    };
    problems.invalid(at, expected, value);
}

fn shuffles(codec: &Extension, at: &JsonPlace<'_>, problems: &mut Problems) {
    let setting = |key: &str| {
        codec
            .configuration
            .get(key)
            .filter(|value| !value.is_null())
    };
    if setting("shuffle").is_some_and(|shuffle| shuffle != "noshuffle")
        && setting("typesize").is_none()
    {
        let expected = "the size of an element in bytes, which shuffling needs";
        problems.push(&at.key("typesize"), ProblemKind::Missing { expected });
    }
}
