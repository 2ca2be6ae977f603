//! The error for a codec that this build does not have: why, which feature adds it, or which name was meant.
//! It works on names only.

use crate::CodecErrorKind;
use zarr_metadata::codecs::NUMCODECS_PREFIX as PREFIX;
use zarr_metadata::near::{is_near, quoted};

/// A C compiler alone builds no crate over zfp: `zfp-sys` runs CMake and bindgen, `zfp-sys-cc` bindgen,
/// which loads libclang.
const ZFP: &str = "no feature adds it, since crates over the C library zfp need CMake or libclang to \
                   build; register a codec under this name over `zfp-sys-cc` or `zfp-sys`, or \
                   rewrite the array in Python with another codec";

/// How to get a codec that this build does not have.
const ELSEWHERE: &[(&str, &str)] = &[
    ("blosc", "enable the feature `blosc`"),
    ("bz2", "enable the feature `bz2`"),
    ("gzip", "enable the feature `gzip`"),
    (
        "imagecodecs_jpeg2k",
        "register a codec of your own under this name",
    ),
    (
        "lz4",
        "enable the feature `lz4`, or `lz4-rust`, which needs no C compiler",
    ),
    ("lzma", "enable the feature `lzma`"),
    ("msgpack2", "enable the feature `msgpack`"),
    ("pcodec", "enable the feature `pcodec`"),
    ("zfp", ZFP),
    ("zfpy", ZFP),
    ("zlib", "enable the feature `gzip`"),
    ("zstd", "enable the feature `zstd`"),
];

/// Codecs that no build will ever have.
const REFUSED: &[(&str, &str)] = &[(
    "pickle",
    "unpickling runs any code that the data contain; convert the array in Python",
)];

/// Why no codec has this name, if `known` are all names.
pub(super) fn kind(name: &str, known: &[String]) -> CodecErrorKind {
    let short = name.strip_prefix(PREFIX).unwrap_or(name);
    let find = |table: &[(&str, &'static str)]| {
        let entry = table.iter().find(|(listed, _)| *listed == short);
        entry.map(|(_, text)| *text)
    };
    if let Some(why) = find(REFUSED) {
        return CodecErrorKind::Refused(why.into());
    }
    let near: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|of| is_near(short, of.strip_prefix(PREFIX).unwrap_or(of)))
        .collect();
    let same = known
        .iter()
        .find(|known| known.strip_prefix(PREFIX) == Some(name));
    let hint = match (same, find(ELSEWHERE), &near[..]) {
        (Some(same), _, _) => format!("in this format its name is `{same}`"),
        (None, Some(text), _) => text.to_owned(),
        (None, None, []) => format!("its codecs are {}", quoted(known)),
        (None, None, near) => format!("did you mean {}?", quoted(near)),
    };
    CodecErrorKind::Unknown { hint: Some(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_suggests_what_was_meant() {
        let known = ["bytes", "gzip", "zstd", "numcodecs.lz4", "numcodecs.zlib"].map(str::to_owned);
        let of = |name: &str| kind(name, &known).to_string();
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
            "this build does not have it; in this format its name is `numcodecs.lz4`"
        );
        assert_eq!(
            of("lzma"),
            "this build does not have it; enable the feature `lzma`"
        );
        let all = "`bytes`, `gzip`, `zstd`, `numcodecs.lz4`, `numcodecs.zlib`";
        assert_eq!(
            of("quantum"),
            format!("this build does not have it; its codecs are {all}")
        );
        assert!(
            of(&"x".repeat(100_000)).starts_with("this build does not have it; its codecs are")
        );
    }
}
