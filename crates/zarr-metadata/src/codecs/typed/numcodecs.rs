//! The codecs that only numcodecs has: format 2 names them by their id, and format 3 with `numcodecs.` in front.

use serde_json::Value;

use super::macros::{plain_codecs, typed_codecs};
use super::setting_value::DTypeText;
use super::words::Edge;

typed_codecs! {
    /// `adler32`: a checksum.
    Adler32 = "numcodecs.adler32", new() default {
        /// Where the checksum stands: by default at the start.
        location: Edge = "location",
    }

    /// `astype`, a filter: stores elements as another type, as NumPy casts them.
    AsType = "numcodecs.astype", new(
        encode_dtype: DTypeText = "encode_dtype",
        decode_dtype: DTypeText = "decode_dtype"
    ) {
        /// The dtype that is stored.
        encode_dtype: DTypeText = "encode_dtype",
        /// The dtype of the elements.
        decode_dtype: DTypeText = "decode_dtype",
    }

    /// `bitround`, a filter: keeps some bits of the mantissa of floats.
    BitRound = "numcodecs.bitround", new(keepbits: i64 = "keepbits") {
        /// How many bits to keep: from 0 to 52.
        keepbits: i64 = "keepbits",
    }

    /// `shuffle`: sorts bytes by their place in the element, so that a compressor behind it finds more.
    ByteShuffle = "numcodecs.shuffle", new(elementsize: i64 = "elementsize") default {
        /// The size of an element in bytes, at least 1; 4 by default.
        elementsize: i64 = "elementsize",
    }

    /// `bz2`: bzip2.
    Bz2 = "numcodecs.bz2", new(level: i64 = "level") default {
        /// The compression level, from 1 to 9; 1 by default.
        level: i64 = "level",
    }

    /// `categorize` (format 2 only), the object codec of texts: each is stored as the number of its label.
    Categorize = "categorize", new(labels: Value = "labels") {
        /// The labels, such as `["yes", "no"]`. Other texts become empty ones.
        labels: Value = "labels",
        /// The dtype of the elements: `|O` by default.
        dtype: DTypeText = "dtype",
        /// The dtype of the numbers: `|u1` by default.
        astype: DTypeText = "astype",
    }

    /// `crc32`: a checksum.
    Crc32 = "numcodecs.crc32", new() default {
        /// Where the checksum stands: by default at the start.
        location: Edge = "location",
    }

    /// `delta`, a filter: stores differences between neighbours.
    Delta = "numcodecs.delta", new(dtype: DTypeText = "dtype") default {
        /// The dtype of the elements: that of the array by default.
        dtype: DTypeText = "dtype",
        /// The dtype of the differences: by default that of the elements.
        astype: DTypeText = "astype",
    }

    /// `fixedscaleoffset`, a filter: stores `(element - offset) × scale`, rounded, in a smaller type.
    FixedScaleOffset = "numcodecs.fixedscaleoffset", new(offset: f64 = "offset", scale: f64 = "scale") {
        /// The number that is subtracted from each element.
        offset: f64 = "offset",
        /// The number that each is multiplied by.
        scale: f64 = "scale",
        /// The dtype of the elements: that of the array by default.
        dtype: DTypeText = "dtype",
        /// The dtype that is stored: by default that of the elements.
        astype: DTypeText = "astype",
    }

    /// `jenkins_lookup3`: a checksum.
    JenkinsLookup3 = "numcodecs.jenkins_lookup3", new() default {
        /// The initial value, from 0 on; 0 by default.
        initval: i64 = "initval",
        /// Bytes that are summed in front of the data, as a text or as an array of numbers: none by default.
        prefix: Value = "prefix",
    }

    /// `json2` (format 2 only), the object codec of JSON values: all of a chunk as one list.
    Json2 = "json2", new() default {
        /// The encoding of the text: `utf-8` by default.
        encoding: String = "encoding",
        /// Whether keys that are no texts are left out: `false` by default.
        skipkeys: bool = "skipkeys",
        /// Whether other letters than those of ASCII are escaped: `true` by default.
        ensure_ascii: bool = "ensure_ascii",
        /// Whether Python looks for cycles: `true` by default.
        check_circular: bool = "check_circular",
        /// Whether NaN and the infinities are written bare: `true` by default.
        allow_nan: bool = "allow_nan",
        /// How the text is indented: not at all by default.
        indent: Value = "indent",
        /// What stands between elements and behind keys: `,` and `:` by default.
        separators: Value = "separators",
        /// Whether keys are sorted: `true` by default.
        sort_keys: bool = "sort_keys",
        /// Whether control characters in texts are an error: `true` by default.
        strict: bool = "strict",
    }

    /// `lz4`: the length, then one block of LZ4.
    Lz4 = "numcodecs.lz4", new(acceleration: i64 = "acceleration") default {
        /// How much faster, at the cost of size; 1 by default.
        acceleration: i64 = "acceleration",
    }

    /// `lzma`: xz and its relatives.
    Lzma = "numcodecs.lzma", new() default {
        /// The format, from 1 (xz) over 2 (alone) to 3 (raw); 1 by default.
        format: i64 = "format",
        /// The checksum inside, from -1 to 16; -1 by default, which leaves it to the format.
        check: i64 = "check",
        /// The preset, from 0 to 9; 6 by default.
        preset: i64 = "preset",
        /// Filters in place of a preset, as Python's module `lzma` has them.
        filters: Value = "filters",
    }

    /// `msgpack2` (format 2 only), the object codec of JSON values: all of a chunk as one list in MessagePack.
    MsgPack = "msgpack2", new() default {
        /// Whether bytes and texts are written as different types.
        use_bin_type: bool = "use_bin_type",
        /// Whether texts are read as bytes.
        raw: bool = "raw",
    }

    /// `crc32c` of numcodecs, whose checksum can stand at either end.
    NumcodecsCrc32c = "numcodecs.crc32c", new() default {
        /// Where the checksum stands: by default at the end.
        location: Edge = "location",
    }

    /// `pcodec`, a serializer for numbers in format 3, a compressor in format 2.
    Pcodec = "numcodecs.pcodec", new(level: i64 = "level") default {
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

    /// `quantize`, a filter: keeps some decimal digits of floats.
    Quantize = "numcodecs.quantize", new(digits: i64 = "digits") {
        /// How many digits behind the point to keep.
        digits: i64 = "digits",
        /// The dtype of the elements: that of the array by default.
        dtype: DTypeText = "dtype",
        /// The dtype that is stored: by default that of the elements.
        astype: DTypeText = "astype",
    }

    /// `vlen-array` (format 2 only), the object codec of lists: each behind its length.
    VlenArray = "vlen-array", new(dtype: DTypeText = "dtype") {
        /// The dtype of the elements of lists.
        dtype: DTypeText = "dtype",
    }

    /// `zfpy`, a serializer for numbers. This library knows its settings and does not run it.
    Zfpy = "numcodecs.zfpy", new() default {
        /// The number of the mode, from 0 to 5.
        mode: i64 = "mode",
        /// The largest error, of a fixed accuracy.
        tolerance: f64 = "tolerance",
        /// The bits of a value, of a fixed rate.
        rate: f64 = "rate",
        /// The bits of a fixed precision.
        precision: i64 = "precision",
        /// What Python passes on to zfp.
        compression_kwargs: Value = "compression_kwargs",
    }

    /// `zlib`: deflate in the wrapping of zlib.
    Zlib = "numcodecs.zlib", new(level: i64 = "level") default {
        /// The compression level, from -1 to 9; 1 by default.
        level: i64 = "level",
    }
}

plain_codecs! {
    /// `base64` (format 2 only): text of Base64.
    Base64 = "base64",
    /// `fletcher32`: a checksum behind the data.
    Fletcher32 = "numcodecs.fletcher32",
    /// `packbits`, a filter: bools as bits.
    PackBits = "numcodecs.packbits",
}
