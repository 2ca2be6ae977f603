//! What is known of codecs by name alone: a table. Knows no settings and no other part of a
//! document.

/// What a codec makes of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    ArrayToArray,
    ArrayToBytes,
    BytesToBytes,
}

impl Kind {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ArrayToArray => "array -> array",
            Self::ArrayToBytes => "array -> bytes",
            Self::BytesToBytes => "bytes -> bytes",
        }
    }
}

use Kind::{ArrayToArray, ArrayToBytes, BytesToBytes};

/// The codecs of the format, of its registry of extensions and of the common libraries.
const KINDS: [(&str, Kind); 53] = [
    ("adler32", BytesToBytes),
    ("bitround", ArrayToArray),
    ("blosc", BytesToBytes),
    ("bytes", ArrayToBytes),
    ("bz2", BytesToBytes),
    ("cast_value", ArrayToArray),
    ("conditional", BytesToBytes),
    ("crc32c", BytesToBytes),
    // As `bytes` was called in drafts.
    ("endian", ArrayToBytes),
    ("fletcher32", BytesToBytes),
    ("gzip", BytesToBytes),
    ("lz4", BytesToBytes),
    ("lzma", BytesToBytes),
    ("n5_default", ArrayToBytes),
    ("numcodecs.adler32", BytesToBytes),
    ("numcodecs.astype", ArrayToArray),
    ("numcodecs.bitround", ArrayToArray),
    ("numcodecs.blosc", BytesToBytes),
    ("numcodecs.bz2", BytesToBytes),
    ("numcodecs.crc32", BytesToBytes),
    ("numcodecs.crc32c", BytesToBytes),
    ("numcodecs.delta", ArrayToArray),
    ("numcodecs.fixedscaleoffset", ArrayToArray),
    ("numcodecs.fletcher32", BytesToBytes),
    ("numcodecs.gzip", BytesToBytes),
    ("numcodecs.jenkins_lookup3", BytesToBytes),
    ("numcodecs.lz4", BytesToBytes),
    ("numcodecs.lzma", BytesToBytes),
    ("numcodecs.packbits", ArrayToArray),
    ("numcodecs.pcodec", ArrayToBytes),
    ("numcodecs.quantize", ArrayToArray),
    ("numcodecs.shuffle", BytesToBytes),
    ("numcodecs.zfpy", ArrayToBytes),
    ("numcodecs.zlib", BytesToBytes),
    ("numcodecs.zstd", BytesToBytes),
    ("packbits", ArrayToBytes),
    ("pcodec", ArrayToBytes),
    ("reshape", ArrayToArray),
    ("scale_offset", ArrayToArray),
    ("sharding_indexed", ArrayToBytes),
    ("shuffle", BytesToBytes),
    ("squeeze", ArrayToArray),
    ("transpose", ArrayToArray),
    ("vlen-array", ArrayToBytes),
    ("vlen-bytes", ArrayToBytes),
    ("vlen-utf8", ArrayToBytes),
    ("zarrs.gdeflate", BytesToBytes),
    ("zarrs.squeeze", ArrayToArray),
    ("zarrs.vlen", ArrayToBytes),
    ("zarrs.vlen_v2", ArrayToBytes),
    ("zfp", ArrayToBytes),
    ("zlib", BytesToBytes),
    ("zstd", BytesToBytes),
];

/// `None` for a codec unknown here, which may be of any kind.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    let at = KINDS.binary_search_by_key(&name, |(name, _)| *name).ok()?;
    KINDS.get(at).map(|(_, kind)| *kind)
}

/// Whether a known bytes -> bytes codec gives as many bytes for every input of one length.
pub(crate) fn keeps_length(name: &str) -> bool {
    const SUMS: [&str; 6] = [
        "adler32",
        "crc32",
        "crc32c",
        "fletcher32",
        "jenkins_lookup3",
        "shuffle",
    ];
    SUMS.contains(&name.strip_prefix("numcodecs.").unwrap_or(name))
}

/// The filters and compressors of v2.
const IDS: [&str; 30] = [
    "adler32",
    "astype",
    "base64",
    "bitround",
    "blosc",
    "bz2",
    "categorize",
    "crc32",
    "crc32c",
    "delta",
    "fixedscaleoffset",
    "fletcher32",
    "gzip",
    "imagecodecs_jpeg2k",
    "jenkins_lookup3",
    "json2",
    "lz4",
    "lzma",
    "msgpack2",
    "packbits",
    "pcodec",
    "pickle",
    "quantize",
    "shuffle",
    "vlen-array",
    "vlen-bytes",
    "vlen-utf8",
    "zfpy",
    "zlib",
    "zstd",
];

/// Whether numcodecs, or a common library beside it, has a codec of this id.
pub(crate) fn id_is_known(id: &str) -> bool {
    IDS.binary_search(&id).is_ok()
}

/// The v2 filters that turn objects into bytes; an array of objects needs one, and it is the first.
pub(crate) fn serializes_objects(id: &str) -> bool {
    const OBJECT: [&str; 7] = [
        "categorize",
        "json2",
        "msgpack2",
        "pickle",
        "vlen-array",
        "vlen-bytes",
        "vlen-utf8",
    ];
    OBJECT.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(KINDS.is_sorted_by_key(|(name, _)| *name));
        assert!(IDS.is_sorted());
        assert_eq!(kind("zstd"), Some(BytesToBytes));
        assert_eq!(kind("zstandard"), None);
    }
}
