//! The settings of codecs, as tables: of those that v3 and its registry define, and of numcodecs,
//! which v2 documents name bare and v3 documents with `numcodecs.` in front. Knows no rule that is
//! about more than one setting.

/// What a setting holds.
#[derive(Clone, Copy)]
pub(super) enum Is {
    /// A whole number from the first to the second.
    Whole(i64, i64),
    Number,
    Bool,
    Text,
    OneOf(&'static [&'static str]),
    List,
    /// A numpy type string, or a list of fields.
    DType,
    /// A data type of v3.
    DataType,
    /// Judged elsewhere, or not at all.
    Anything,
}

pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) is: Is,
    /// What is missing where it is; `None` where it may be. Then `null` says no more than nothing.
    pub(super) needed: Option<&'static str>,
}

const fn may(key: &'static str, is: Is) -> Setting {
    Setting {
        key,
        is,
        needed: None,
    }
}

const fn must(key: &'static str, is: Is, what: &'static str) -> Setting {
    Setting {
        key,
        is,
        needed: Some(what),
    }
}

const LEVEL: &str = "the level of compression, a whole number";
const DTYPE: &str = "the dtype of the elements, such as \"<f4\"";
const INT: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
const SIZE: Is = Is::Whole(0, INT.1);

const LOCATION: [Setting; 1] = [may("location", Is::OneOf(&["start", "end"]))];
const CNAME: Is = Is::OneOf(&["lz4", "lz4hc", "blosclz", "zstd", "snappy", "zlib"]);
const ZSTD: [Setting; 2] = [
    // Its own bounds, -131072 to 22, may move with its versions.
    may("level", Is::Whole(INT.0, INT.1)),
    may("checksum", Is::Bool),
];
const PCODEC: [Setting; 8] = [
    may("level", Is::Whole(0, 12)),
    may("mode_spec", Is::Anything),
    may("delta_spec", Is::Anything),
    may("paging_spec", Is::Anything),
    may("delta_encoding_order", Is::Whole(0, 7)),
    may("equal_pages_up_to", Is::Whole(1, INT.1)),
    may("max_page_n", Is::Whole(1, INT.1)),
    may("chunk_spec", Is::Anything),
];

type Row = (&'static str, &'static [Setting]);

/// Of v3 and its registry.
const REGISTERED: [Row; 13] = [
    (
        "bitround",
        &[must(
            "keepbits",
            Is::Whole(0, 52),
            "how many bits of the mantissa are kept",
        )],
    ),
    (
        "blosc",
        &[
            may("cname", CNAME),
            must("clevel", Is::Whole(0, 9), LEVEL),
            may(
                "shuffle",
                Is::OneOf(&["noshuffle", "shuffle", "bitshuffle"]),
            ),
            may("typesize", Is::Whole(1, INT.1)),
            may("blocksize", SIZE),
        ],
    ),
    (
        "cast_value",
        &[
            must("data_type", Is::DataType, "the type that is stored"),
            may(
                "rounding",
                Is::OneOf(&[
                    "nearest-even",
                    "towards-zero",
                    "towards-positive",
                    "towards-negative",
                    "nearest-away",
                ]),
            ),
            may("out_of_range", Is::OneOf(&["clamp", "wrap"])),
            may("scalar_map", Is::Anything),
        ],
    ),
    ("crc32c", &[]),
    ("gzip", &[must("level", Is::Whole(0, 9), LEVEL)]),
    (
        "packbits",
        &[
            may(
                "padding_encoding",
                Is::OneOf(&["first_byte", "last_byte", "none"]),
            ),
            may("first_bit", Is::Whole(0, 127)),
            may("last_bit", Is::Whole(0, 127)),
        ],
    ),
    ("pcodec", &PCODEC),
    (
        "reshape",
        &[must("shape", Is::List, "the shape that is stored")],
    ),
    (
        "scale_offset",
        &[may("offset", Is::Anything), may("scale", Is::Anything)],
    ),
    ("vlen-bytes", &[]),
    ("vlen-utf8", &[]),
    (
        "zfp",
        &[
            must(
                "mode",
                Is::OneOf(&[
                    "reversible",
                    "expert",
                    "fixed_accuracy",
                    "fixed_rate",
                    "fixed_precision",
                ]),
                "a mode, such as \"reversible\"",
            ),
            may("tolerance", Is::Number),
            may("rate", Is::Number),
            may("precision", SIZE),
            may("minbits", SIZE),
            may("maxbits", SIZE),
            may("maxprec", SIZE),
            may("minexp", Is::Whole(INT.0, INT.1)),
        ],
    ),
    ("zstd", &ZSTD),
];

/// Of numcodecs, under their ids.
const NUMCODECS: [Row; 29] = [
    ("adler32", &LOCATION),
    (
        "astype",
        &[
            must("encode_dtype", Is::DType, "the dtype that is stored"),
            must("decode_dtype", Is::DType, DTYPE),
        ],
    ),
    ("base64", &[]),
    (
        "bitround",
        &[must(
            "keepbits",
            Is::Whole(0, 52),
            "how many bits of the mantissa are kept",
        )],
    ),
    (
        "blosc",
        &[
            may("cname", CNAME),
            may("clevel", Is::Whole(0, 9)),
            may("shuffle", Is::Whole(-1, 2)),
            may("blocksize", SIZE),
            may("typesize", Is::Whole(1, INT.1)),
        ],
    ),
    ("bz2", &[may("level", Is::Whole(1, 9))]),
    (
        "categorize",
        &[
            must("labels", Is::List, "an array with the text of each label"),
            may("dtype", Is::DType),
            may("astype", Is::DType),
        ],
    ),
    ("crc32", &LOCATION),
    ("crc32c", &LOCATION),
    (
        "delta",
        &[must("dtype", Is::DType, DTYPE), may("astype", Is::DType)],
    ),
    (
        "fixedscaleoffset",
        &[
            must(
                "offset",
                Is::Number,
                "the number that is taken from each element",
            ),
            must(
                "scale",
                Is::Number,
                "the number that each element is multiplied with",
            ),
            must("dtype", Is::DType, DTYPE),
            may("astype", Is::DType),
        ],
    ),
    ("fletcher32", &[]),
    ("gzip", &[may("level", Is::Whole(-1, 9))]),
    (
        "jenkins_lookup3",
        &[
            may("initval", Is::Whole(0, u32::MAX as i64)),
            may("prefix", Is::Anything),
        ],
    ),
    (
        "json2",
        &[
            may("encoding", Is::Text),
            may("strict", Is::Bool),
            may("skipkeys", Is::Bool),
            may("ensure_ascii", Is::Bool),
            may("check_circular", Is::Bool),
            may("allow_nan", Is::Bool),
            may("sort_keys", Is::Bool),
            may("indent", Is::Anything),
            may("separators", Is::List),
        ],
    ),
    ("lz4", &[may("acceleration", Is::Whole(INT.0, INT.1))]),
    (
        "lzma",
        &[
            may("format", Is::Whole(1, 3)),
            may("check", Is::Whole(-1, 16)),
            may("preset", Is::Whole(0, u32::MAX as i64)),
            may("filters", Is::List),
        ],
    ),
    (
        "msgpack2",
        &[may("use_bin_type", Is::Bool), may("raw", Is::Bool)],
    ),
    ("packbits", &[]),
    ("pcodec", &PCODEC),
    ("pickle", &[may("protocol", Is::Whole(-1, 9))]),
    (
        "quantize",
        &[
            must(
                "digits",
                Is::Whole(INT.0, INT.1),
                "how many decimal digits are kept",
            ),
            must("dtype", Is::DType, DTYPE),
            may("astype", Is::DType),
        ],
    ),
    ("shuffle", &[may("elementsize", Is::Whole(1, INT.1))]),
    ("vlen-array", &[must("dtype", Is::DType, DTYPE)]),
    ("vlen-bytes", &[]),
    ("vlen-utf8", &[]),
    (
        "zfpy",
        &[
            may("mode", Is::Whole(0, 5)),
            may("tolerance", Is::Number),
            may("rate", Is::Number),
            may("precision", Is::Whole(INT.0, INT.1)),
            may("compression_kwargs", Is::Anything),
        ],
    ),
    ("zlib", &[may("level", Is::Whole(-1, 9))]),
    ("zstd", &ZSTD),
];

/// The settings of a codec of v3, `None` for one that is in no table.
pub(super) fn v3(name: &str) -> Option<&'static [Setting]> {
    match name.strip_prefix("numcodecs.") {
        Some(id) => v2(id),
        None => find(&REGISTERED, name),
    }
}

/// The settings of a filter or compressor of v2.
pub(super) fn v2(id: &str) -> Option<&'static [Setting]> {
    find(&NUMCODECS, id)
}

fn find(rows: &'static [Row], name: &str) -> Option<&'static [Setting]> {
    let row = rows.binary_search_by_key(&name, |(name, _)| *name).ok()?;
    rows.get(row).map(|(_, settings)| *settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(REGISTERED.is_sorted_by_key(|(name, _)| *name));
        assert!(NUMCODECS.is_sorted_by_key(|(name, _)| *name));
    }
}
