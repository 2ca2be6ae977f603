//! The error for a codec that this build does not have: why, which feature adds it, or which name was meant.
//! It works on names only.

use super::Names;
use crate::CodecErrorKind;
use zarr_metadata::codecs::{self, NUMCODECS_PREFIX as PREFIX};
use zarr_metadata::near::{is_near, nearest_first, quoted};

/// A C compiler alone builds no crate over zfp: `zfp-sys` runs CMake and bindgen, `zfp-sys-cc` bindgen,
/// which loads libclang.
const ZFP: &str = "no feature brings it, since crates over the C library zfp need CMake or libclang to \
                   build: register one of your own under this name over `zfp-sys-cc` or `zfp-sys`, or \
                   let Python write the array with another codec";

const GZIP: &str = "enable the feature `gzip`, or `gzip-rust`, which needs no C compiler";

/// What would bring a codec that is not in this build.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "blosc",
        "enable the feature `blosc`, or `blosc-rust`, which needs no C compiler",
    ),
    ("bz2", "enable the feature `bz2`"),
    ("gzip", GZIP),
    (
        "imagecodecs_jpeg2k",
        "register one of your own under this name",
    ),
    (
        "lz4",
        "enable the feature `lz4`, or `lz4-rust`, which needs no C compiler",
    ),
    (
        "lzma",
        "enable the feature `lzma`, or `lzma-rust`, which needs no C compiler",
    ),
    ("msgpack2", "enable the feature `msgpack`"),
    ("pcodec", "enable the feature `pcodec`"),
    ("zfp", ZFP),
    ("zfpy", ZFP),
    ("zlib", GZIP),
    (
        "zstd",
        "enable the feature `zstd`, or `zstd-rust`, which needs no C compiler",
    ),
];

/// What no build will ever run.
const REFUSED: &[(&str, &str)] = &[(
    "pickle",
    "unpickling runs whatever code the data hold; let Python convert the array",
)];

/// Why there is no codec of this name, where those are `known`.
pub(super) fn kind(name: &str, names: Names, known: &[String]) -> CodecErrorKind {
    let short = name.strip_prefix(PREFIX).unwrap_or(name);
    let find = |table: &[(&str, &'static str)]| {
        let entry = table.iter().find(|(listed, _)| *listed == short);
        entry.map(|(_, text)| *text)
    };
    if let Some(why) = find(REFUSED) {
        return CodecErrorKind::Refused(why.into());
    }
    let same = known
        .iter()
        .find(|known| known.strip_prefix(PREFIX) == Some(name));
    let hint = if let Some(same) = same {
        format!("in this format it is `{same}`")
    } else if let Some(text) = find(ELSEWHERE) {
        text.to_owned()
    } else if names == Names::V3 && codecs::by_id(short).is_some_and(|row| row.is_only_v2) {
        "only format 2 has it".to_owned()
    } else if names == Names::V2 && codecs::by_name(name).is_some() {
        "only format 3 has it".to_owned()
    } else {
        meant(short, known)
    };
    CodecErrorKind::Unknown { hint: Some(hint) }
}

/// The names that may be meant by `short`, or all that there are: one a line, the nearest first.
fn meant(short: &str, known: &[String]) -> String {
    let plain = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let near = known.iter().filter(|name| is_near(short, &plain(name)));
    let near: Vec<&String> = near.collect();
    if !near.is_empty() {
        return format!("did you mean {}?", quoted(&near));
    }
    let known = nearest_first(short, known, |name| plain(name));
    let lines = known.iter().map(|name| format!("\n  `{name}`"));
    format!(
        "its codecs are, nearest first:{}",
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told() {
        let known = ["bytes", "gzip", "zstd", "numcodecs.lz4", "numcodecs.zlib"].map(str::to_owned);
        let of = |name: &str| kind(name, Names::V3, &known).to_string();
        assert_eq!(
            of("GZip"),
            "this build does not have it; did you mean `gzip`?"
        );
        assert_eq!(
            of("numcodecs.zlbi"),
            "this build does not have it; did you mean `numcodecs.zlib`?"
        );
        assert_eq!(
            of("lz4"),
            "this build does not have it; in this format it is `numcodecs.lz4`"
        );
        assert_eq!(
            of("lzma"),
            "this build does not have it; enable the feature `lzma`, or `lzma-rust`, which needs no C compiler"
        );
        assert_eq!(
            of("zmq"),
            "this build does not have it; its codecs are, nearest first:\n  `gzip`\n  `zstd`\n  \
             `numcodecs.zlib`\n  `bytes`\n  `numcodecs.lz4`"
        );
        assert!(
            of(&"x".repeat(100_000)).starts_with("this build does not have it; its codecs are")
        );
        assert_eq!(
            of("json2"),
            "this build does not have it; only format 2 has it"
        );
        assert_eq!(
            kind("cast_value", Names::V2, &known).to_string(),
            "this build does not have it; only format 3 has it"
        );
    }
}
