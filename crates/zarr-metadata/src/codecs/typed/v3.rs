//! The codecs of the v3 specification and of its registry. In format 2, those that numcodecs has too are written in
//! its words.

use serde_json::Value;

use super::macros::{plain_codecs, typed_codecs};
use super::words::{
    BloscCompressor, Edge, OutOfRange, PaddingEncoding, Rounding, Shuffle, ZfpMode,
};
use crate::codecs::Codecs;
use crate::data_type::DataType;
use crate::format::Endian;

typed_codecs! {
    /// `bitround` of the registry (format 3 only): keeps some bits of the mantissa of floats, or of integers the
    /// highest bits. zarr-python reads [`BitRound`](super::BitRound) instead.
    BitRoundV3 = "bitround", new(keepbits: i64 = "keepbits") {
        /// How many bits to keep: from 0 to 52.
        keepbits: i64 = "keepbits",
    }

    /// `blosc`: shuffles the bytes of elements, then compresses them.
    Blosc = "blosc", new() default {
        /// The compressor: by default `zstd`, in format 2 `lz4`.
        compressor: BloscCompressor = "cname",
        /// The compression level, from 0 to 9; 5 by default.
        level: i64 = "clevel",
        /// What is done before: by default bytes are shuffled; in format 3, single bytes are shuffled by bits.
        shuffle: Shuffle = "shuffle",
        /// The size of an element in bytes, at least 1: by default that of the array's elements. Format 2 does not
        /// write it.
        typesize: i64 = "typesize",
        /// The bytes that are compressed at once, from 0 on. By default 0, with which blosc chooses.
        blocksize: i64 = "blocksize",
    }

    /// `bytes`, a serializer: the elements one after the other.
    Bytes = "bytes", new() default {
        /// The byte order: by default little-endian, where elements have more than one byte.
        endian: Endian = "endian",
    }

    /// `cast_value` (format 3 only), a filter: stores numbers as another type.
    CastValue = "cast_value", new(data_type: DataType = "data_type") {
        /// The type that is stored.
        data_type: DataType = "data_type",
        /// How numbers are rounded: by default `nearest-even`.
        rounding: Rounding = "rounding",
        /// What becomes of numbers that the stored type does not have: they are an error by default.
        out_of_range: OutOfRange = "out_of_range",
        /// Values that are stored as others, and the other way round, by the words of the specification:
        /// `json!({"encode": [["NaN", 0]], "decode": [[0, "NaN"]]})`.
        scalar_map: Value = "scalar_map",
    }

    /// `conditional` (format 3 only): codecs from bytes to bytes that are applied to a chunk only where they make it
    /// smaller.
    Conditional = "conditional", new(codecs: Codecs = "codecs") {
        /// The codecs.
        codecs: Codecs = "codecs",
        /// The bits in front of a chunk, which say which codecs are applied: a multiple of 8 from 0 on; by default as
        /// many as there are codecs, rounded up.
        header_bits: i64 = "header_bits",
    }

    /// `gzip`: deflate in the wrapping of gzip.
    Gzip = "gzip", new(level: i64 = "level") default {
        /// The compression level, from 0 to 9, or -1 in format 2; by default 5, in format 2 1.
        level: i64 = "level",
    }

    /// `n5_default` (format 3 only), a serializer: a block of N5.
    N5Default = "n5_default", new(codecs: Codecs = "codecs") {
        /// The codecs of a block: [`Transpose`] with all axes in reverse, big-endian [`Bytes`], and at most one
        /// compressor.
        codecs: Codecs = "codecs",
    }

    /// `packbits` of the registry (format 3 only), a serializer: elements of few bits without gaps. The filter of
    /// numcodecs is [`PackBits`](super::PackBits).
    PackBitsV3 = "packbits", new() default {
        /// Where the number of bits that are padding is written: nowhere by default.
        padding_encoding: PaddingEncoding = "padding_encoding",
        /// The lowest bit of each element that is kept, from 0 to 127; all by default.
        first_bit: i64 = "first_bit",
        /// The highest bit of each element that is kept, from 0 to 127; all by default.
        last_bit: i64 = "last_bit",
    }

    /// `pcodec` of the registry (format 3 only), a serializer for numbers. zarr-python reads
    /// [`Pcodec`](super::Pcodec) instead.
    PcodecV3 = "pcodec", new(level: i64 = "level") default {
        /// The compression level, from 0 to 12; 8 by default.
        level: i64 = "level",
        /// How numbers are taken apart: `auto` by default.
        mode_spec: Value = "mode_spec",
        /// How differences are taken: `auto` by default.
        delta_spec: Value = "delta_spec",
        /// How pages are divided: `equal_pages_up_to` by default.
        paging_spec: Value = "paging_spec",
        /// How often differences are taken, from 0 to 7; pcodec chooses by default.
        delta_encoding_order: i64 = "delta_encoding_order",
        /// The most numbers of a page, at least 1; 262144 by default.
        equal_pages_up_to: i64 = "equal_pages_up_to",
        /// The most numbers of a page, as other writers call it, at least 1.
        max_page_n: i64 = "max_page_n",
        /// How chunks of pcodec are divided, as other writers have it.
        chunk_spec: Value = "chunk_spec",
    }

    /// `reshape` (format 3 only), a filter: stores chunks in another shape.
    Reshape = "reshape", new(shape: Value = "shape") {
        /// The shape that is stored: for each axis its length, -1 for what is left, or the axes that are joined, such
        /// as `json!([[0, 1], 8, -1])`.
        shape: Value = "shape",
    }

    /// `scale_offset` (format 3 only), a filter: stores `(element - offset) × scale`.
    ScaleOffset = "scale_offset", new() default {
        /// The number that is subtracted, as the array's type writes it; 0 by default.
        offset: Value = "offset",
        /// The number that is multiplied by, as the array's type writes it; 1 by default.
        scale: Value = "scale",
    }

    /// `sharding_indexed` (format 3 only), a serializer: a chunk of inner chunks and an index. The option `shards` of
    /// a new array makes it.
    Sharding = "sharding_indexed", new(chunk_shape: Vec<u64> = "chunk_shape") {
        /// The shape of an inner chunk.
        chunk_shape: Vec<u64> = "chunk_shape",
        /// The codecs of inner chunks: by default `bytes` alone.
        codecs: Codecs = "codecs",
        /// The codecs of the index: by default `bytes` and `crc32c`.
        index_codecs: Codecs = "index_codecs",
        /// Where the index stands: by default at the `end`.
        index_location: Edge = "index_location",
    }

    /// `transpose` (format 3 only), a filter: stores the axes in another order.
    Transpose = "transpose", new(order: Vec<u64> = "order") {
        /// The axes in the order in which they are stored: each once.
        order: Vec<u64> = "order",
    }

    /// `zfp` (format 3 only), a serializer for numbers. This library knows its settings and does not run it.
    Zfp = "zfp", new(mode: ZfpMode = "mode") {
        /// What is kept.
        mode: ZfpMode = "mode",
        /// The largest error, of a fixed accuracy.
        tolerance: f64 = "tolerance",
        /// The bits of a value, of a fixed rate.
        rate: f64 = "rate",
        /// The bits of a fixed precision, from 0 on.
        precision: i64 = "precision",
        /// The least bits of a block, from 0 on.
        minbits: i64 = "minbits",
        /// The most bits of a block, from 0 on.
        maxbits: i64 = "maxbits",
        /// The most bit planes of a block, from 0 on.
        maxprec: i64 = "maxprec",
        /// The smallest exponent of a bit plane.
        minexp: i64 = "minexp",
    }

    /// `zstd`: Zstandard.
    Zstd = "zstd", new(level: i64 = "level") default {
        /// The compression level, from -131072 to 22; by default 0, which means 3.
        level: i64 = "level",
        /// Whether a checksum of the data is added: `false` by default.
        checksum: bool = "checksum",
    }
}

plain_codecs! {
    /// `crc32c`: a checksum behind the data.
    Crc32c = "crc32c",
    /// `vlen-bytes`: elements of bytes, each behind its length. A serializer in format 3, the object codec in
    /// format 2.
    VlenBytes = "vlen-bytes",
    /// `vlen-utf8`: texts, each behind its length. A serializer in format 3, the object codec in format 2.
    VlenUtf8 = "vlen-utf8",
}

macro_rules! blosc {
    ($($name:ident: $compressor:ident, $doc:literal;)+) => {
        /// By compressor.
        impl Blosc {
            $(
                #[doc = $doc]
                pub fn $name() -> Self {
                    Self::default().compressor(BloscCompressor::$compressor)
                }
            )+
        }
    };
}
blosc! {
    lz4: Lz4, "Blosc over LZ4: fast.";
    lz4hc: Lz4hc, "Blosc over LZ4 at high compression.";
    blosclz: BloscLz, "Blosc over its own compressor.";
    zstd: Zstd, "Blosc over Zstandard: small.";
    snappy: Snappy, "Blosc over Snappy, which this library reads and does not write.";
    zlib: Zlib, "Blosc over deflate.";
}

impl Bytes {
    /// The least byte of a number first.
    pub fn little() -> Self {
        Self::default().endian(Endian::Little)
    }

    /// The greatest byte of a number first. In format 2 it gives the data type its byte order.
    pub fn big() -> Self {
        Self::default().endian(Endian::Big)
    }
}
