//! Codecs as callers give them, in the words of the format that they are written in. Whether the format has them and
//! their settings are right is for validation to say.

use serde_json::Value;

use super::translate::{ElementSizes, blosc_number, blosc_words, prefixed_in_v3, same_in_v2};
use super::{by_id, find, v3};
use crate::extension::Extension;
use crate::v2;

/// A codec as format 3 writes it, for elements of so many bytes: ids of numcodecs get their prefix or the name that v3
/// has for the same, and its words.
///
/// ```
/// use zarr_metadata::{Extension, codecs::in_v3};
///
/// let zlib = in_v3("zlib".into(), Some(4));
/// assert_eq!(zlib, Extension::new("numcodecs.zlib"));
/// ```
#[must_use]
pub fn in_v3(codec: Extension, size: Option<usize>) -> Extension {
    if !is_dictionary(&codec) && find(v3::CODECS, &codec.name).is_some() {
        return with_inner_codecs(codec, size);
    }
    let Some(known) = by_id(&codec.name) else {
        return without_id(codec);
    };
    let v2 = same_in_v2_of(&codec);
    if known.is_only_v2 {
        // The texts and bytes of objects are types of v3.
        return match find(v3::CODECS, known.name) {
            Some(own) => Extension::new(own.name),
            None => without_id(codec),
        };
    }
    let sizes = ElementSizes {
        array: size,
        stored: size,
    };
    let translated = match known.to_v3 {
        Some(_) if known.name == "blosc" => blosc_words(&v2),
        Some(to_v3) => to_v3(&v2, sizes),
        None => prefixed_in_v3(&v2, sizes),
    };
    translated.unwrap_or_else(|| without_id(codec))
}

/// A codec as format 2 writes it: under its id in numcodecs, with its settings in the words of numcodecs.
///
/// ```
/// use zarr_metadata::{codecs::in_v2, v2};
/// use zarr_metadata::codecs::typed::{Blosc, Shuffle};
///
/// let blosc = in_v2(&Blosc::lz4().level(5).shuffle(Shuffle::Bit).into());
/// assert_eq!(blosc, v2::Codec::new("blosc").with("cname", "lz4").with("clevel", 5).with("shuffle", 2));
/// ```
#[must_use]
pub fn in_v2(codec: &Extension) -> v2::Codec {
    let mut v2 = same_in_v2_of(codec);
    if is_dictionary(codec) {
        return v2;
    }
    match codec.name.as_str() {
        "blosc" => {
            if let Some(shuffle) = v2.configuration.get_mut("shuffle")
                && let Some(number) = blosc_number(shuffle)
            {
                *shuffle = number.into();
            }
            // numcodecs takes the size from the array, and other readers refuse it.
            v2.configuration.shift_remove("typesize");
        }
        // numcodecs leaves out a checksum that is off, and older versions refuse it.
        "zstd" if v2.configuration.get("checksum") == Some(&Value::Bool(false)) => {
            v2.configuration.shift_remove("checksum");
        }
        _ => {}
    }
    v2
}

/// Whether the settings are those of numcodecs: its dictionaries have their `id` among them.
fn is_dictionary(codec: &Extension) -> bool {
    let id = codec.configuration.get("id").and_then(Value::as_str);
    id == Some(codec.name.as_str())
}

fn without_id(mut codec: Extension) -> Extension {
    if is_dictionary(&codec) {
        codec.configuration.shift_remove("id");
    }
    codec
}

fn same_in_v2_of(codec: &Extension) -> v2::Codec {
    same_in_v2(codec, None).unwrap_or_else(|| v2::Codec::new(&codec.name))
}

/// The codecs inside of a codec, too. What is no chain is left for validation.
fn with_inner_codecs(mut codec: Extension, size: Option<usize>) -> Extension {
    if !matches!(codec.name.as_str(), "sharding_indexed" | "conditional") {
        return codec;
    }
    for (key, size) in [("codecs", size), ("index_codecs", Some(8))] {
        let Some(Value::Array(list)) = codec.configuration.get_mut(key) else {
            continue;
        };
        let read = list.iter().cloned().map(Extension::from_json);
        if let Ok(codecs) = read.collect::<Result<Vec<_>, _>>() {
            let codecs = codecs.into_iter().map(|codec| in_v3(codec, size));
            *list = codecs.map(|codec| codec.to_json()).collect();
        }
    }
    codec
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codecs::Codecs;

    fn given(json: Value) -> Extension {
        Codecs::from(json).into_one().unwrap()
    }

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn v3_is(json: Value, expected: Value) {
        assert_eq!(in_v3(given(json), Some(4)).to_json(), expected);
    }

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn v2_is(json: Value, expected: Value) {
        assert_eq!(in_v2(&given(json)).to_json(), expected);
    }

    /// A5.14: names of `zarr.codecs` and `zarr.codecs.numcodecs` of zarr-python 3.4.2.
    #[test]
    fn dictionaries_of_numcodecs_become_codecs_of_v3() {
        v3_is(
            json!({"id": "zlib", "level": 3}),
            json!({"name": "numcodecs.zlib", "configuration": {"level": 3}}),
        );
        v3_is(
            json!("zlib"),
            json!({"name": "numcodecs.zlib", "configuration": {}}),
        );
        v3_is(
            json!({"id": "gzip", "level": 3}),
            json!({"name": "gzip", "configuration": {"level": 3}}),
        );
        v3_is(
            json!({"id": "zstd", "level": 3}),
            json!({"name": "zstd", "configuration": {"level": 3, "checksum": false}}),
        );
        v3_is(
            json!({"id": "blosc", "cname": "zstd", "shuffle": 2}),
            json!({"name": "blosc", "configuration":
                {"cname": "zstd", "clevel": 5, "shuffle": "bitshuffle", "blocksize": 0}}),
        );
        // Left to numcodecs there, to the elements here.
        v3_is(
            json!({"id": "blosc", "shuffle": -1}),
            json!({"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "blocksize": 0}}),
        );
        v3_is(
            json!({"id": "packbits"}),
            json!({"name": "numcodecs.packbits", "configuration": {}}),
        );
        v3_is(
            json!({"id": "pcodec", "level": 8}),
            json!({"name": "numcodecs.pcodec", "configuration": {"level": 8}}),
        );
        v3_is(json!({"id": "vlen-utf8"}), json!({"name": "vlen-utf8"}));
        // No codec of v3 does this, which the registry says.
        v3_is(json!({"id": "json2"}), json!({"name": "json2"}));
        v3_is(
            json!({"id": "mystery", "a": 1}),
            json!({"name": "mystery", "configuration": {"a": 1}}),
        );
    }

    #[test]
    fn codecs_of_v3_stay_as_they_are_in_v3() {
        for json in [
            json!({"name": "numcodecs.gzip", "configuration": {"level": 1}}),
            json!({"name": "bitround", "configuration": {"keepbits": 3}}),
            json!({"name": "blosc", "configuration": {"shuffle": "shuffle"}}),
            json!({"name": "mystery"}),
        ] {
            v3_is(json.clone(), json);
        }
        v3_is(
            json!({"name": "sharding_indexed", "configuration": {"codecs": ["bytes", "zlib"]}}),
            json!({"name": "sharding_indexed", "configuration": {"codecs": [
                {"name": "bytes"}, {"name": "numcodecs.zlib", "configuration": {}}]}}),
        );
    }

    /// A5.14: `get_config()` of numcodecs 0.17.1.
    #[test]
    fn codecs_of_v3_become_those_of_numcodecs() {
        v2_is(
            json!({"name": "blosc", "configuration": {"typesize": 4, "cname": "zstd", "clevel": 5,
                "shuffle": "bitshuffle", "blocksize": 0}}),
            json!({"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 2, "blocksize": 0}),
        );
        v2_is(
            json!({"name": "zstd", "configuration": {"level": 1, "checksum": false}}),
            json!({"id": "zstd", "level": 1}),
        );
        v2_is(
            json!({"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}),
            json!({"id": "delta", "dtype": "<i4"}),
        );
        let own = json!({"id": "blosc", "shuffle": -1, "typesize": 2});
        v2_is(own.clone(), own);
    }
}
