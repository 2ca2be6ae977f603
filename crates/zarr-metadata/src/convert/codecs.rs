//! Codecs in the words of the other version. Settings mean the same in both unless a function here
//! says otherwise.

use serde_json::Value;

use super::filters::ARRAY_FILTERS;
use crate::extension::Extension;
use crate::v2::Codec;

/// The v2 codecs from bytes to bytes that v3 has under a name of numcodecs.
const BYTES_CODECS: [&str; 10] = [
    "adler32",
    "bz2",
    "crc32",
    "crc32c",
    "fletcher32",
    "jenkins_lookup3",
    "lz4",
    "lzma",
    "shuffle",
    "zlib",
];

/// The bytes of elements, which some codecs go by where they are not told.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// Of the array.
    pub(super) array: Option<usize>,
    /// As filters have left them.
    pub(super) stored: Option<usize>,
}

/// A v2 codec in v3, `None` if v3 has no name for it.
pub(super) fn to_v3(codec: &Codec, sizes: Sizes) -> Option<Extension> {
    let setting = |key: &str| codec.configuration.get(key);
    let renamed = |name: String| Extension {
        name,
        ..codec.to_extension()
    };
    Some(match codec.id.as_str() {
        "gzip" => renamed("gzip".to_owned()),
        "zstd" => {
            let level = setting("level").cloned().unwrap_or(0.into());
            let checksum = setting("checksum").cloned().unwrap_or(false.into());
            Extension::new("zstd")
                .with("level", level)
                .with("checksum", checksum)
        }
        "blosc" => blosc_to_v3(codec, sizes.stored?)?,
        "shuffle" => {
            let size = match setting("elementsize") {
                // What numcodecs takes where it is not told, and what netCDF-C writes instead of a size.
                None | Some(Value::Null) => 4,
                Some(size) => match whole(size)? {
                    0 => sizes.array.unwrap_or(1),
                    size => size,
                },
            };
            Extension::new("numcodecs.shuffle").with("elementsize", size)
        }
        id if ARRAY_FILTERS.contains(&id) || BYTES_CODECS.contains(&id) => {
            renamed(format!("numcodecs.{id}"))
        }
        _ => return None,
    })
}

/// A whole number, which netCDF-C wrote as text at times.
fn whole(value: &Value) -> Option<usize> {
    match value.as_str() {
        Some(text) => text.parse().ok(),
        None => value.as_u64()?.try_into().ok(),
    }
}

/// The shuffle of v2 is a number, and -1 leaves the choice to numcodecs; v3 wants it made.
fn blosc_to_v3(codec: &Codec, size: usize) -> Option<Extension> {
    let setting = |key: &str, default: Value| {
        let setting = codec.configuration.get(key);
        setting.cloned().unwrap_or(default)
    };
    let shuffle = setting("shuffle", 1.into());
    let shuffle = match (shuffle.as_i64(), shuffle.as_str()) {
        // GDAL has words of its own.
        (Some(0), _) | (_, Some("NONE")) => "noshuffle",
        (Some(1), _) | (_, Some("BYTE")) => "shuffle",
        (Some(2), _) | (_, Some("BIT")) => "bitshuffle",
        (Some(-1), _) if size == 1 => "bitshuffle",
        (Some(-1), _) => "shuffle",
        _ => return None,
    };
    let blosc = Extension::new("blosc")
        .with("typesize", size)
        .with("cname", setting("cname", "lz4".into()))
        .with("clevel", setting("clevel", 5.into()))
        .with("shuffle", shuffle);
    Some(blosc.with("blocksize", setting("blocksize", 0.into())))
}

/// A v3 codec from bytes to bytes, or one of numcodecs from array to array, in v2. `stored` is the size of an
/// element in bytes, as filters have left it.
pub(super) fn to_v2(codec: &Extension, stored: Option<usize>) -> Option<Codec> {
    let renamed = |id: &str| {
        let mut configuration = codec.configuration.clone();
        // zarr-python put the id of a codec of numcodecs among its settings at times.
        configuration.shift_remove("id");
        Codec {
            id: id.to_owned(),
            configuration,
        }
    };
    Some(match codec.name.as_str() {
        "gzip" => renamed("gzip"),
        "zstd" => renamed("zstd"),
        // numcodecs puts the sum in front unless told; v3 puts it behind.
        "crc32c" => Codec::new("crc32c").with("location", "end"),
        "blosc" => blosc_to_v2(codec)?,
        "numcodecs.shuffle" => {
            let size = match codec.configuration.get("elementsize") {
                None | Some(Value::Null) => stored?,
                // In v2 nothing would mean the size of an element.
                Some(size) => whole(size)?.max(1),
            };
            Codec::new("shuffle").with("elementsize", size)
        }
        name => match name.strip_prefix("numcodecs.") {
            Some(id) if ARRAY_FILTERS.contains(&id) || BYTES_CODECS.contains(&id) => renamed(id),
            Some(id @ ("gzip" | "zstd" | "blosc")) => renamed(id),
            _ => return None,
        },
    })
}

fn blosc_to_v2(codec: &Extension) -> Option<Codec> {
    let shuffle = match codec.configuration.get("shuffle")?.as_str()? {
        "noshuffle" => 0,
        "shuffle" => 1,
        "bitshuffle" => 2,
        _ => return None,
    };
    let setting = |key: &str| codec.configuration.get(key).cloned();
    Some(
        Codec::new("blosc")
            .with("cname", setting("cname")?)
            .with("clevel", setting("clevel")?)
            .with("shuffle", shuffle)
            .with("blocksize", setting("blocksize").unwrap_or(0.into())),
    )
}
