//! Tests: each row of the table says all there is to say.

use std::collections::HashSet;

use super::*;
use crate::v2;

#[test]
fn rows_are_sorted_and_no_name_stands_twice() {
    assert!(v3::CODECS.is_sorted_by_key(|codec| codec.name));
    assert!(numcodecs::CODECS.is_sorted_by_key(|codec| codec.name));
    let names = all().flat_map(|codec| {
        let prefix = if codec.is_numcodecs {
            NUMCODECS_PREFIX
        } else {
            ""
        };
        let own = format!("{prefix}{}", codec.name);
        std::iter::once(own).chain(codec.aliases.iter().map(|alias| (*alias).to_owned()))
    });
    let mut seen = HashSet::new();
    for name in names {
        assert!(seen.insert(name.clone()), "{name} stands twice");
    }
}

#[test]
fn a_codec_is_found_by_each_of_its_names() {
    for codec in all() {
        let found = |name: &str| by_name(name).map(|found| found.name);
        for alias in codec.aliases {
            assert_eq!(found(alias), Some(codec.name));
            assert!(by_own_name(alias).is_none(), "{alias}");
        }
        if codec.is_numcodecs {
            assert_eq!(by_id(codec.name).map(|found| found.name), Some(codec.name));
            let prefixed = format!("{NUMCODECS_PREFIX}{}", codec.name);
            assert_eq!(found(&prefixed).is_none(), codec.is_only_v2, "{prefixed}");
        } else {
            assert_eq!(found(codec.name), Some(codec.name));
        }
    }
    assert!(by_name("zstandard").is_none());
    assert!(by_id("zstandard").is_none());
}

/// What this table fills in is what it takes.
#[test]
fn defaults_are_values_that_their_settings_take() {
    for codec in all() {
        for setting in codec.settings.into_iter().flatten() {
            let Some(default) = setting.default else {
                continue;
            };
            let (name, key) = (codec.name, setting.key);
            let Some(value) = default.to_json() else {
                let SettingDefault::SameAs(other) = default else {
                    panic!("{name}: {key} has no value");
                };
                let mut keys = codec.settings.into_iter().flatten().map(|s| s.key);
                assert!(keys.any(|key| key == other), "{name}: {key}");
                continue;
            };
            let fits = match setting.holds {
                SettingType::Whole(min, max) => {
                    value.is_null() || value.as_i64().is_some_and(|n| (min..=max).contains(&n))
                }
                SettingType::Bool => value.is_boolean(),
                SettingType::Text => value.is_string(),
                SettingType::OneOf(texts) => {
                    value.is_null() || value.as_str().is_some_and(|text| texts.contains(&text))
                }
                SettingType::List => value.is_null() || value.is_array(),
                SettingType::DType => v2::DType::from_json(value.clone()).is_ok(),
                SettingType::Number => value.is_number(),
                SettingType::DataType | SettingType::Anything => true,
            };
            assert!(fits, "{name}: {key} is {value}");
        }
    }
}

/// Which codecs zarr-python 3.4.2 and numcodecs 0.17.1 have a class for: `zarr.codecs.__all__`, and
/// `numcodecs.registry.codec_registry` with `msgpack` and `zfpy` installed.
#[test]
fn codecs_of_python_have_their_class() {
    let classes = |is_numcodecs: bool| -> Vec<&str> {
        let rows = all().filter(|codec| codec.is_numcodecs == is_numcodecs);
        let mut classes: Vec<&str> = rows.filter_map(|codec| codec.python_class).collect();
        classes.sort_unstable();
        classes
    };
    assert_eq!(
        classes(false),
        [
            "BloscCodec",
            "BytesCodec",
            "CastValue",
            "Crc32cCodec",
            "GzipCodec",
            "ScaleOffset",
            "ShardingCodec",
            "TransposeCodec",
            "VLenBytesCodec",
            "VLenUTF8Codec",
            "ZstdCodec",
        ]
    );
    let without = numcodecs::CODECS
        .iter()
        .filter(|codec| codec.python_class.is_none());
    let without: Vec<&str> = without.map(|codec| codec.name).collect();
    assert_eq!(without, ["imagecodecs_jpeg2k"]);
    assert_eq!(classes(true).len(), numcodecs::CODECS.len() - 1);
}
