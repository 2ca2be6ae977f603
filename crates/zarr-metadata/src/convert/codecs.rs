//! Codecs in the words of the other version. Settings mean the same in both unless a function here
//! says otherwise.

use serde_json::Value;

use crate::extension::Extension;
use crate::v2::Codec;

/// The v2 filters that turn arrays into arrays; behind the last of them stands `bytes` in v3.
const ARRAY_FILTERS: [&str; 6] = [
    "astype",
    "bitround",
    "delta",
    "fixedscaleoffset",
    "packbits",
    "quantize",
];

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

pub(super) fn is_array_filter(codec: &Codec) -> bool {
    ARRAY_FILTERS.contains(&codec.id.as_str())
}

/// A v2 codec in v3, `None` if v3 has no name for it. `size` is that of an element in bytes.
pub(super) fn to_v3(codec: &Codec, size: Option<usize>) -> Option<Extension> {
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
        "blosc" => blosc_to_v3(codec, size?)?,
        id if ARRAY_FILTERS.contains(&id) || BYTES_CODECS.contains(&id) => {
            renamed(format!("numcodecs.{id}"))
        }
        _ => return None,
    })
}

/// The shuffle of v2 is a number, and -1 leaves the choice to numcodecs; v3 wants it made.
fn blosc_to_v3(codec: &Codec, size: usize) -> Option<Extension> {
    let setting = |key: &str, default: Value| {
        let setting = codec.configuration.get(key);
        setting.cloned().unwrap_or(default)
    };
    let shuffle = match setting("shuffle", 1.into()).as_i64()? {
        0 => "noshuffle",
        1 => "shuffle",
        2 => "bitshuffle",
        -1 if size == 1 => "bitshuffle",
        -1 => "shuffle",
        _ => return None,
    };
    let blosc = Extension::new("blosc")
        .with("typesize", size)
        .with("cname", setting("cname", "lz4".into()))
        .with("clevel", setting("clevel", 5.into()))
        .with("shuffle", shuffle);
    Some(blosc.with("blocksize", setting("blocksize", 0.into())))
}

/// A v3 codec from bytes to bytes, or one of numcodecs from array to array, in v2.
pub(super) fn to_v2(codec: &Extension) -> Option<Codec> {
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
