//! The codecs of numcodecs, which v2 documents name by their id and v3 documents with `numcodecs.` in front:
//! a row each, sorted by id.

use super::CodecKind::{ArrayToArray, ArrayToBytes, BytesToBytes};
use super::setting::{
    FromElements, Setting,
    SettingDefault::{Bool, Null, SameAs, Text, Texts, Whole},
    SettingType as Is,
};
use super::{AcceptedElements, KnownCodec, translate};

pub(super) const LEVEL: &str = "the compression level, a whole number";
const DTYPE: &str = "the dtype of the elements, such as \"<f4\"";
pub(super) const INT: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
pub(super) const SIZE: Is = Is::Whole(0, INT.1);
pub(super) const CNAME: Is = Is::OneOf(&["lz4", "lz4hc", "blosclz", "zstd", "snappy", "zlib"]);
/// The bounds of the library, -131072 to 22, may move with its versions.
pub(super) const ZSTD_LEVEL: Setting =
    Setting::optional("level", Is::Whole(INT.0, INT.1)).default(Whole(0));

const LOCATION: &[Setting] = &[Setting::optional("location", Is::OneOf(&["start", "end"]))];
const ELEMENTS: Setting =
    Setting::required("dtype", Is::DType, DTYPE).from_elements(FromElements::DType);
const ASTYPE: Setting = Setting::optional("astype", Is::DType).default(SameAs("dtype"));

pub(super) const CODECS: &[KnownCodec] = &[
    KnownCodec::numcodecs("adler32", BytesToBytes)
        .aliases(&["adler32"])
        .python("Adler32")
        .settings(LOCATION)
        .keeps_length(),
    KnownCodec::numcodecs("astype", ArrayToArray)
        .python("AsType")
        .settings(&[
            Setting::required("encode_dtype", Is::DType, "the dtype that is stored"),
            Setting::required("decode_dtype", Is::DType, DTYPE),
        ]),
    KnownCodec::numcodecs("base64", BytesToBytes)
        .only_v2()
        .python("Base64")
        .settings(&[]),
    KnownCodec::numcodecs("bitround", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .python("BitRound")
        .settings(&[Setting::required(
            "keepbits",
            Is::Whole(0, 52),
            "the number of mantissa bits to keep",
        )]),
    KnownCodec::numcodecs("blosc", BytesToBytes)
        .python("Blosc")
        .settings(&[
            Setting::optional("cname", CNAME).default(Text("lz4")),
            Setting::optional("clevel", Is::Whole(0, 9)).default(Whole(5)),
            Setting::optional("shuffle", Is::Whole(-1, 2)).default(Whole(1)),
            Setting::optional("blocksize", SIZE).default(Whole(0)),
            Setting::optional("typesize", Is::Whole(1, INT.1)),
        ])
        .to_v3(translate::blosc_to_v3),
    KnownCodec::numcodecs("bz2", BytesToBytes)
        .aliases(&["bz2"])
        .python("BZ2")
        .settings(&[Setting::optional("level", Is::Whole(1, 9)).default(Whole(1))]),
    KnownCodec::numcodecs("categorize", ArrayToArray)
        .only_v2()
        .object_codec()
        .python("Categorize")
        .settings(&[
            Setting::optional("dtype", Is::DType).default(Text("|O")),
            Setting::optional("astype", Is::DType).default(Text("|u1")),
            Setting::required("labels", Is::List, "an array with the text of each label"),
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
            Setting::required(
                "scale",
                Is::Number,
                "the number that each element is multiplied by",
            ),
            Setting::required(
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
        .settings(&[Setting::optional("level", Is::Whole(-1, 9)).default(Whole(1))])
        .to_v3(translate::same_in_v3),
    KnownCodec::numcodecs("imagecodecs_jpeg2k", ArrayToBytes).only_v2(),
    KnownCodec::numcodecs("jenkins_lookup3", BytesToBytes)
        .python("JenkinsLookup3")
        .settings(&[
            Setting::optional("initval", Is::Whole(0, u32::MAX as i64)).default(Whole(0)),
            Setting::optional("prefix", Is::Anything).default(Null),
        ])
        .keeps_length(),
    KnownCodec::numcodecs("json2", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("JSON")
        .settings(&[
            Setting::optional("encoding", Is::Text).default(Text("utf-8")),
            Setting::optional("skipkeys", Is::Bool).default(Bool(false)),
            Setting::optional("ensure_ascii", Is::Bool).default(Bool(true)),
            Setting::optional("check_circular", Is::Bool).default(Bool(true)),
            Setting::optional("allow_nan", Is::Bool).default(Bool(true)),
            Setting::optional("indent", Is::Anything).default(Null),
            Setting::optional("separators", Is::List).default(Texts(&[",", ":"])),
            Setting::optional("sort_keys", Is::Bool).default(Bool(true)),
            Setting::optional("strict", Is::Bool).default(Bool(true)),
        ]),
    KnownCodec::numcodecs("lz4", BytesToBytes)
        .aliases(&["lz4"])
        .python("LZ4")
        .settings(&[Setting::optional("acceleration", Is::Whole(INT.0, INT.1)).default(Whole(1))]),
    KnownCodec::numcodecs("lzma", BytesToBytes)
        .aliases(&["lzma"])
        .python("LZMA")
        .settings(&[
            Setting::optional("format", Is::Whole(1, 3)).default(Whole(1)),
            Setting::optional("check", Is::Whole(-1, 16)).default(Whole(-1)),
            Setting::optional("preset", Is::Whole(0, u32::MAX as i64)).default(Null),
            Setting::optional("filters", Is::List).default(Null),
        ]),
    KnownCodec::numcodecs("msgpack2", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("MsgPack")
        .settings(&[
            Setting::optional("use_bin_type", Is::Bool),
            Setting::optional("raw", Is::Bool),
        ]),
    KnownCodec::numcodecs("packbits", ArrayToArray)
        .python("PackBits")
        .settings(&[]),
    KnownCodec::numcodecs("pcodec", ArrayToBytes)
        .accepts(AcceptedElements::Numbers)
        .aliases(&["pcodec"])
        .python("PCodec")
        .settings(&[
            Setting::optional("level", Is::Whole(0, 12)).default(Whole(8)),
            Setting::optional("mode_spec", Is::Anything).default(Text("auto")),
            Setting::optional("delta_spec", Is::Anything).default(Text("auto")),
            Setting::optional("paging_spec", Is::Anything).default(Text("equal_pages_up_to")),
            Setting::optional("delta_encoding_order", Is::Whole(0, 7)).default(Null),
            Setting::optional("equal_pages_up_to", Is::Whole(1, INT.1)).default(Whole(262_144)),
            Setting::optional("max_page_n", Is::Whole(1, INT.1)),
            Setting::optional("chunk_spec", Is::Anything),
        ]),
    KnownCodec::numcodecs("pickle", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("Pickle")
        .settings(&[Setting::optional("protocol", Is::Whole(-1, 9))]),
    KnownCodec::numcodecs("quantize", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .python("Quantize")
        .settings(&[
            Setting::required(
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
        .settings(&[Setting::optional("elementsize", Is::Whole(1, INT.1))
            .default(Whole(4))
            .from_elements(FromElements::Size)])
        .keeps_length()
        .to_v3(translate::shuffle_to_v3)
        .to_v2(translate::shuffle_to_v2),
    KnownCodec::numcodecs("vlen-array", ArrayToBytes)
        .only_v2()
        .object_codec()
        .python("VLenArray")
        .settings(&[Setting::required("dtype", Is::DType, DTYPE)]),
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
            Setting::optional("mode", Is::Whole(0, 5)),
            Setting::optional("tolerance", Is::Number),
            Setting::optional("rate", Is::Number),
            Setting::optional("precision", Is::Whole(INT.0, INT.1)),
            Setting::optional("compression_kwargs", Is::Anything),
        ]),
    KnownCodec::numcodecs("zlib", BytesToBytes)
        .aliases(&["zlib"])
        .python("Zlib")
        .settings(&[Setting::optional("level", Is::Whole(-1, 9)).default(Whole(1))]),
    KnownCodec::numcodecs("zstd", BytesToBytes)
        .python("Zstd")
        // Older numcodecs refuse a checksum, and the class of today does not show it.
        .settings(&[ZSTD_LEVEL, Setting::optional("checksum", Is::Bool)])
        .to_v3(translate::zstd_to_v3),
];
