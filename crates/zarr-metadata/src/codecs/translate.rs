//! Codecs in the words of the other version of the format, where more than the name differs.

use serde_json::Value;

use crate::extension::Extension;
use crate::v2::Codec;

/// A codec of v2 in v3; `None` where v3 has no words for its settings.
pub(crate) type ToV3 = fn(&Codec, ElementSizes) -> Option<Extension>;

/// A codec of v3 in v2, for elements of as many bytes as are stored.
pub(crate) type ToV2 = fn(&Extension, Option<usize>) -> Option<Codec>;

/// The bytes of elements, which some codecs go by where they are not told.
#[derive(Clone, Copy)]
pub(crate) struct ElementSizes {
    /// Of the array.
    pub(crate) array: Option<usize>,
    /// As filters have left them.
    pub(crate) stored: Option<usize>,
}

/// Under its own name.
pub(super) fn same_in_v3(codec: &Codec, _: ElementSizes) -> Option<Extension> {
    Some(codec.to_extension())
}

/// Behind `numcodecs.`.
pub(super) fn prefixed_in_v3(codec: &Codec, _: ElementSizes) -> Option<Extension> {
    Some(Extension {
        name: format!("{}{}", super::NUMCODECS_PREFIX, codec.id),
        ..codec.to_extension()
    })
}

/// Under its own name, without the prefix of numcodecs.
pub(super) fn same_in_v2(codec: &Extension, _: Option<usize>) -> Option<Codec> {
    let id = codec.name.strip_prefix(super::NUMCODECS_PREFIX);
    let mut configuration = codec.configuration.clone();
    // zarr-python put the id of a codec of numcodecs among its settings at times.
    configuration.shift_remove("id");
    Some(Codec {
        id: id.unwrap_or(&codec.name).to_owned(),
        configuration,
    })
}

/// numcodecs puts the checksum at the start unless told otherwise; v3 puts it at the end.
pub(super) fn crc32c_to_v2(_: &Extension, _: Option<usize>) -> Option<Codec> {
    Some(Codec::new("crc32c").with("location", "end"))
}

pub(super) fn zstd_to_v3(codec: &Codec, _: ElementSizes) -> Option<Extension> {
    let setting = |key: &str| codec.configuration.get(key).cloned();
    Some(
        Extension::new("zstd")
            .with("level", setting("level").unwrap_or(0.into()))
            .with("checksum", setting("checksum").unwrap_or(false.into())),
    )
}

pub(super) fn shuffle_to_v3(codec: &Codec, sizes: ElementSizes) -> Option<Extension> {
    let size = match codec.configuration.get("elementsize") {
        // The default of numcodecs, and what netCDF-C writes instead of a size.
        None | Some(Value::Null) => 4,
        Some(size) => match whole(size)? {
            0 => sizes.array.unwrap_or(1),
            size => size,
        },
    };
    Some(Extension::new("numcodecs.shuffle").with("elementsize", size))
}

pub(super) fn shuffle_to_v2(codec: &Extension, stored: Option<usize>) -> Option<Codec> {
    let size = match codec.configuration.get("elementsize") {
        None | Some(Value::Null) => stored?,
        // v2 has no setting that means the size of an element.
        Some(size) => whole(size)?.max(1),
    };
    Some(Codec::new("shuffle").with("elementsize", size))
}

/// A whole number, which netCDF-C wrote as text at times.
fn whole(value: &Value) -> Option<usize> {
    match value.as_str() {
        Some(text) => text.parse().ok(),
        None => value.as_u64()?.try_into().ok(),
    }
}

/// The shuffle of v2 is a number, and -1 leaves the choice to numcodecs; v3 needs a choice.
pub(super) fn blosc_to_v3(codec: &Codec, sizes: ElementSizes) -> Option<Extension> {
    let size = sizes.stored?;
    let shuffle = blosc_shuffle(codec)?.unwrap_or(match size {
        1 => "bitshuffle",
        _ => "shuffle",
    });
    let blosc = Extension::new("blosc").with("typesize", size);
    Some(blosc_settings(blosc, codec, Some(shuffle)))
}

/// As [`blosc_to_v3`], without what the elements decide: that is filled in later.
pub(super) fn blosc_words(codec: &Codec) -> Option<Extension> {
    let shuffle = blosc_shuffle(codec)?;
    Some(blosc_settings(Extension::new("blosc"), codec, shuffle))
}

fn blosc_settings(blosc: Extension, codec: &Codec, shuffle: Option<&str>) -> Extension {
    let setting = |key: &str, default: Value| {
        let setting = codec.configuration.get(key);
        setting.cloned().unwrap_or(default)
    };
    let mut blosc = blosc
        .with("cname", setting("cname", "lz4".into()))
        .with("clevel", setting("clevel", 5.into()));
    if let Some(shuffle) = shuffle {
        blosc = blosc.with("shuffle", shuffle);
    }
    blosc.with("blocksize", setting("blocksize", 0.into()))
}

/// The shuffle in the words of v3: `Some(None)` where v2 leaves it to numcodecs.
fn blosc_shuffle(codec: &Codec) -> Option<Option<&'static str>> {
    let shuffle = codec.configuration.get("shuffle");
    let shuffle = shuffle.cloned().unwrap_or(1.into());
    Some(match (shuffle.as_i64(), shuffle.as_str()) {
        // GDAL has words of its own.
        (Some(0), _) | (_, Some("NONE")) => Some("noshuffle"),
        (Some(1), _) | (_, Some("BYTE")) => Some("shuffle"),
        (Some(2), _) | (_, Some("BIT")) => Some("bitshuffle"),
        (Some(-1), _) => None,
        _ => return None,
    })
}

pub(super) fn blosc_to_v2(codec: &Extension, _: Option<usize>) -> Option<Codec> {
    let shuffle = blosc_number(codec.configuration.get("shuffle")?)?;
    let setting = |key: &str| codec.configuration.get(key).cloned();
    Some(
        Codec::new("blosc")
            .with("cname", setting("cname")?)
            .with("clevel", setting("clevel")?)
            .with("shuffle", shuffle)
            .with("blocksize", setting("blocksize").unwrap_or(0.into())),
    )
}

/// The number that a shuffle of v3 is in v2.
pub(super) fn blosc_number(shuffle: &Value) -> Option<i64> {
    match shuffle.as_str()? {
        "noshuffle" => Some(0),
        "shuffle" => Some(1),
        "bitshuffle" => Some(2),
        _ => None,
    }
}
