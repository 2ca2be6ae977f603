//! The codecs of numcodecs, which v2 documents name by their id and v3 documents with `numcodecs.` in front:
//! a row each, sorted by id.

use super::CodecKind::{ArrayToArray, ArrayToBytes, BytesToBytes};
use super::setting::{
    FromElements, Setting,
    SettingDefault::{Bool, Null, SameAs, Text, Texts, Whole},
    SettingType as Is, optional, required,
};
use super::{AcceptedElements, KnownCodec, translate};

pub(super) const LEVEL: &str = "the compression level, a whole number";
const DTYPE: &str = "the dtype of the elements, such as \"<f4\"";
pub(super) const INT: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
pub(super) const SIZE: Is = Is::Whole(0, INT.1);
pub(super) const CNAME: Is = Is::OneOf(&["lz4", "lz4hc", "blosclz", "zstd", "snappy", "zlib"]);
/// The bounds of the library, -131072 to 22, may move with its versions.
pub(super) const ZSTD_LEVEL: Setting = optional("level", Is::Whole(INT.0, INT.1)).default(Whole(0));

const LOCATION: &[Setting] = &[optional("location", Is::OneOf(&["start", "end"]))];
const ELEMENTS: Setting = required("dtype", Is::DType, DTYPE).filled_from(FromElements::DType);
const ASTYPE: Setting = optional("astype", Is::DType).default(SameAs("dtype"));

/// Of `pcodec`, which v3 documents name with and without the prefix.
pub(super) const PCODEC: &[Setting] = &[
    optional("level", Is::Whole(0, 12)).default(Whole(8)),
    optional("mode_spec", Is::Anything).default(Text("auto")),
    optional("delta_spec", Is::Anything).default(Text("auto")),
    optional("paging_spec", Is::Anything).default(Text("equal_pages_up_to")),
    optional("delta_encoding_order", Is::Whole(0, 7)).default(Null),
    optional("equal_pages_up_to", Is::Whole(1, INT.1)).default(Whole(262_144)),
    optional("max_page_n", Is::Whole(1, INT.1)),
    optional("chunk_spec", Is::Anything),
];

pub(super) const CODECS: &[KnownCodec] = &[
    KnownCodec::numcodecs("adler32", BytesToBytes)
        .aliases(&["adler32"])
        .python("Adler32")
        .settings(LOCATION)
        .keeps_length(),
    KnownCodec::numcodecs("astype", ArrayToArray)
        .python("AsType")
        .settings(&[
            required("encode_dtype", Is::DType, "the dtype that is stored"),
            required("decode_dtype", Is::DType, DTYPE),
        ]),
    KnownCodec::numcodecs("base64", BytesToBytes)
        .only_v2()
        .python("Base64")
        .settings(&[]),
    KnownCodec::numcodecs("bitround", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .python("BitRound")
        .settings(&[required(
            "keepbits",
            Is::Whole(0, 52),
            "the number of mantissa bits to keep",
        )]),
    KnownCodec::numcodecs("blosc", BytesToBytes)
        .python("Blosc")
        .settings(&[
            optional("cname", CNAME).default(Text("lz4")),
            optional("clevel", Is::Whole(0, 9)).default(Whole(5)),
            optional("shuffle", Is::Whole(-1, 2)).default(Whole(1)),
            optional("blocksize", SIZE).default(Whole(0)),
            optional("typesize", Is::Whole(1, INT.1)),
        ])
        .in_v3(translate::blosc_to_v3),
    KnownCodec::numcodecs("bz2", BytesToBytes)
        .aliases(&["bz2"])
        .python("BZ2")
        .settings(&[optional("level", Is::Whole(1, 9)).default(Whole(1))]),
    KnownCodec::numcodecs("categorize", ArrayToArray)
        .only_v2()
        .object_codec()
        .python("Categorize")
        .settings(&[
            optional("dtype", Is::DType).default(Text("|O")),
            optional("astype", Is::DType).default(Text("|u1")),
            required("labels", Is::List, "an array with the text of each label"),
        ]),
    KnownCodec::numcodecs("crc32", BytesToBytes)
        .python("CRC32")
        .settings(LOCATION)
        .keeps_length(),
    KnownCodec::numcodecs("crc32c", BytesToBytes)
        .python("CRC32C")
        .settings(LOCATION)
        .keeps_length(),
    KnownCodec::numcodecs("delta", ArrayToArray)
        .python("Delta")
        .settings(&[ELEMENTS, ASTYPE]),
    KnownCodec::numcodecs("fixedscaleoffset", ArrayToArray)
        .python("FixedScaleOffset")
        .settings(&[
            required(
                "scale",
                Is::Number,
                "the number that each element is multiplied by",
            ),
            required(
                "offset",
                Is::Number,
                "the number that is subtracted from each element",
            ),
            ELEMENTS,
            ASTYPE,
        ]),
    KnownCodec::numcodecs("fletcher32", BytesToBytes)
        .aliases(&["fletcher32"])
        .python("Fletcher32")
        .settings(&[])
        .keeps_length(),
    KnownCodec::numcodecs("gzip", BytesToBytes)
        .python("GZip")
        .settings(&[optional("level", Is::Whole(-1, 9)).default(Whole(1))])
        .in_v3(translate::same_in_v3),
    KnownCodec::numcodecs("imagecodecs_jpeg2k", ArrayToBytes).only_v2(),
    KnownCodec::numcodecs("jenkins_lookup3", BytesToBytes)
        .python("JenkinsLookup3")
        .settings(&[
            optional("initval", Is::Whole(0, u32::MAX as i64)).default(Whole(0)),
            optional("prefix", Is::Anything).default(Null),
        ])
        .keeps_length(),
    KnownCodec::numcodecs("json2", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("JSON")
        .settings(&[
            optional("encoding", Is::Text).default(Text("utf-8")),
            optional("skipkeys", Is::Bool).default(Bool(false)),
            optional("ensure_ascii", Is::Bool).default(Bool(true)),
            optional("check_circular", Is::Bool).default(Bool(true)),
            optional("allow_nan", Is::Bool).default(Bool(true)),
            optional("indent", Is::Anything).default(Null),
            optional("separators", Is::List).default(Texts(&[",", ":"])),
            optional("sort_keys", Is::Bool).default(Bool(true)),
            optional("strict", Is::Bool).default(Bool(true)),
        ]),
    KnownCodec::numcodecs("lz4", BytesToBytes)
        .aliases(&["lz4"])
        .python("LZ4")
        .settings(&[optional("acceleration", Is::Whole(INT.0, INT.1)).default(Whole(1))]),
    KnownCodec::numcodecs("lzma", BytesToBytes)
        .aliases(&["lzma"])
        .python("LZMA")
        .settings(&[
            optional("format", Is::Whole(1, 3)).default(Whole(1)),
            optional("check", Is::Whole(-1, 16)).default(Whole(-1)),
            optional("preset", Is::Whole(0, u32::MAX as i64)).default(Null),
            optional("filters", Is::List).default(Null),
        ]),
    KnownCodec::numcodecs("msgpack2", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("MsgPack")
        .settings(&[
            optional("use_bin_type", Is::Bool),
            optional("raw", Is::Bool),
        ]),
    KnownCodec::numcodecs("packbits", ArrayToArray)
        .python("PackBits")
        .settings(&[]),
    KnownCodec::numcodecs("pcodec", ArrayToBytes)
        .accepts(AcceptedElements::Numbers)
        .python("PCodec")
        .settings(PCODEC),
    KnownCodec::numcodecs("pickle", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("Pickle")
        .settings(&[optional("protocol", Is::Whole(-1, 9))]),
    KnownCodec::numcodecs("quantize", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .python("Quantize")
        .settings(&[
            required(
                "digits",
                Is::Whole(INT.0, INT.1),
                "the number of decimal digits to keep",
            ),
            ELEMENTS,
            ASTYPE,
        ]),
    KnownCodec::numcodecs("shuffle", BytesToBytes)
        .aliases(&["shuffle"])
        .python("Shuffle")
        .settings(&[optional("elementsize", Is::Whole(1, INT.1))
            .default(Whole(4))
            .filled_from(FromElements::Size)])
        .keeps_length()
        .in_v3(translate::shuffle_to_v3)
        .in_v2(translate::shuffle_to_v2),
    KnownCodec::numcodecs("vlen-array", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("VLenArray")
        .settings(&[required("dtype", Is::DType, DTYPE)]),
    KnownCodec::numcodecs("vlen-bytes", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("VLenBytes")
        .settings(&[]),
    KnownCodec::numcodecs("vlen-utf8", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("VLenUTF8")
        .settings(&[]),
    KnownCodec::numcodecs("zfpy", ArrayToBytes)
        .accepts(AcceptedElements::Numbers)
        .python("ZFPY")
        .settings(&[
            optional("mode", Is::Whole(0, 5)),
            optional("tolerance", Is::Number),
            optional("rate", Is::Number),
            optional("precision", Is::Whole(INT.0, INT.1)),
            optional("compression_kwargs", Is::Anything),
        ]),
    KnownCodec::numcodecs("zlib", BytesToBytes)
        .aliases(&["zlib"])
        .python("Zlib")
        .settings(&[optional("level", Is::Whole(-1, 9)).default(Whole(1))]),
    KnownCodec::numcodecs("zstd", BytesToBytes)
        .python("Zstd")
        // Older numcodecs refuse a checksum, and the class of today does not show it.
        .settings(&[ZSTD_LEVEL, optional("checksum", Is::Bool)])
        .in_v3(translate::zstd_to_v3),
];
