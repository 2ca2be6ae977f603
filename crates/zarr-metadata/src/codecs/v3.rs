//! The codecs of the v3 specification, of its registry of extensions and of the common libraries: a row
//! each, sorted by name.

use super::CodecKind::{ArrayToArray, ArrayToBytes, BytesToBytes};
use super::numcodecs::{CNAME, INT, LEVEL, PCODEC, SIZE, ZSTD_LEVEL};
use super::setting::{
    FromElements,
    SettingDefault::{Bool, Null, Text, Texts, Whole},
    SettingType as Is, optional, required,
};
use super::{AcceptedElements, KnownCodec, translate};

pub(super) const CODECS: &[KnownCodec] = &[
    KnownCodec::v3("bitround", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .settings(&[required(
            "keepbits",
            Is::Whole(0, 52),
            "the number of mantissa bits to keep",
        )]),
    KnownCodec::v3("blosc", BytesToBytes)
        .python("BloscCodec")
        .settings(&[
            optional("typesize", Is::Whole(1, INT.1)).filled_from(FromElements::Size),
            optional("cname", CNAME).default(Text("zstd")),
            required("clevel", Is::Whole(0, 9), LEVEL).default(Whole(5)),
            optional(
                "shuffle",
                Is::OneOf(&["noshuffle", "shuffle", "bitshuffle"]),
            )
            .filled_from(FromElements::Shuffle),
            optional("blocksize", SIZE).default(Whole(0)),
        ])
        .in_v2(translate::blosc_to_v2),
    KnownCodec::v3("bytes", ArrayToBytes)
        // As drafts of the format call it.
        .aliases(&["endian"])
        .python("BytesCodec")
        .judged_apart()
        .settings(&[
            optional("endian", Is::OneOf(&["little", "big"])).filled_from(FromElements::ByteOrder)
        ])
        .keeps_length(),
    KnownCodec::v3("cast_value", ArrayToArray)
        .python("CastValue")
        .settings(&[
            required("data_type", Is::DataType, "the type that is stored"),
            optional(
                "rounding",
                Is::OneOf(&[
                    "nearest-even",
                    "towards-zero",
                    "towards-positive",
                    "towards-negative",
                    "nearest-away",
                ]),
            )
            .omitted_default(Text("nearest-even")),
            optional("out_of_range", Is::OneOf(&["clamp", "wrap"])).omitted_default(Null),
            optional("scalar_map", Is::Anything).omitted_default(Null),
        ]),
    KnownCodec::v3("conditional", BytesToBytes).settings(&[
        required("codecs", Is::List, "an array of codecs from bytes to bytes"),
        optional("header_bits", SIZE),
    ]),
    KnownCodec::v3("crc32c", BytesToBytes)
        .python("Crc32cCodec")
        .settings(&[])
        .keeps_length()
        .in_v2(translate::crc32c_to_v2),
    KnownCodec::v3("gzip", BytesToBytes)
        .python("GzipCodec")
        .settings(&[required("level", Is::Whole(0, 9), LEVEL).default(Whole(5))])
        .in_v2(translate::same_in_v2),
    KnownCodec::v3("n5_default", ArrayToBytes).settings(&[required(
        "codecs",
        Is::List,
        "an array of the codecs of a block",
    )]),
    KnownCodec::v3("packbits", ArrayToBytes).settings(&[
        optional(
            "padding_encoding",
            Is::OneOf(&["first_byte", "last_byte", "none"]),
        ),
        optional("first_bit", Is::Whole(0, 127)),
        optional("last_bit", Is::Whole(0, 127)),
    ]),
    KnownCodec::v3("pcodec", ArrayToBytes)
        .accepts(AcceptedElements::Numbers)
        .settings(PCODEC),
    KnownCodec::v3("reshape", ArrayToArray).settings(&[required(
        "shape",
        Is::List,
        "the shape that is stored",
    )]),
    KnownCodec::v3("scale_offset", ArrayToArray)
        .accepts(AcceptedElements::Numbers)
        .python("ScaleOffset")
        .settings(&[
            optional("offset", Is::Anything).omitted_default(Whole(0)),
            optional("scale", Is::Anything).omitted_default(Whole(1)),
        ]),
    KnownCodec::v3("sharding_indexed", ArrayToBytes)
        .accepts(AcceptedElements::Any)
        .python("ShardingCodec")
        .judged_apart()
        .settings(&[
            required("chunk_shape", Is::List, "the shape of an inner chunk"),
            required("codecs", Is::List, "an array of codecs for inner chunks")
                .default(Texts(&["bytes"])),
            required("index_codecs", Is::List, "an array of codecs for the index")
                .default(Texts(&["bytes", "crc32c"])),
            optional("index_location", Is::OneOf(&["start", "end"])).default(Text("end")),
        ]),
    KnownCodec::v3("squeeze", ArrayToArray).aliases(&["zarrs.squeeze"]),
    KnownCodec::v3("transpose", ArrayToArray)
        .python("TransposeCodec")
        .judged_apart()
        .settings(&[required("order", Is::List, "an array with each axis once")]),
    KnownCodec::v3("vlen-array", ArrayToBytes).accepts(AcceptedElements::Any),
    KnownCodec::v3("vlen-bytes", ArrayToBytes)
        .accepts(AcceptedElements::Bytes)
        .python("VLenBytesCodec")
        .settings(&[]),
    KnownCodec::v3("vlen-utf8", ArrayToBytes)
        .accepts(AcceptedElements::Strings)
        .python("VLenUTF8Codec")
        .settings(&[]),
    KnownCodec::v3("zarrs.gdeflate", BytesToBytes),
    KnownCodec::v3("zarrs.vlen", ArrayToBytes).accepts(AcceptedElements::Any),
    KnownCodec::v3("zarrs.vlen_v2", ArrayToBytes).accepts(AcceptedElements::Any),
    KnownCodec::v3("zfp", ArrayToBytes)
        .accepts(AcceptedElements::Numbers)
        .settings(&[
            required(
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
            optional("tolerance", Is::Number),
            optional("rate", Is::Number),
            optional("precision", SIZE),
            optional("minbits", SIZE),
            optional("maxbits", SIZE),
            optional("maxprec", SIZE),
            optional("minexp", Is::Whole(INT.0, INT.1)),
        ]),
    KnownCodec::v3("zstd", BytesToBytes)
        .python("ZstdCodec")
        .settings(&[
            ZSTD_LEVEL,
            optional("checksum", Is::Bool).default(Bool(false)),
        ])
        .in_v2(translate::same_in_v2),
];
