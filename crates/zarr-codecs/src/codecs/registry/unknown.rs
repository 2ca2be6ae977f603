//! What is said of a codec that is not in this build: why, what would bring it, or which name was meant.
//! Knows names only.

use super::PREFIX;
use crate::CodecErrorKind;
use zarr_metadata::near::{is_near, quoted};

/// A C compiler alone builds no crate over zfp: `zfp-sys` runs CMake and bindgen, `zfp-sys-cc` bindgen,
/// which loads libclang.
const ZFP: &str = "no feature brings it, since crates over the C library zfp need CMake or libclang to \
                   build: register one of your own under this name over `zfp-sys-cc` or `zfp-sys`, or \
                   let Python write the array with another codec";

/// What would bring a codec that is not in this build.
const ELSEWHERE: &[(&str, &str)] = &[
    ("blosc", "the feature `blosc` brings it"),
    ("bz2", "the feature `bz2` brings it"),
    ("gzip", "the feature `gzip` brings it"),
    (
        "imagecodecs_jpeg2k",
        "register one of your own under this name",
    ),
    (
        "lz4",
        "the feature `lz4` brings it, and `lz4-rust` without C",
    ),
    ("lzma", "the feature `lzma` brings it"),
    ("msgpack2", "the feature `msgpack` brings it"),
    ("pcodec", "the feature `pcodec` brings it"),
    ("zfp", ZFP),
    ("zfpy", ZFP),
    ("zlib", "the feature `gzip` brings it"),
    ("zstd", "the feature `zstd` brings it"),
];

/// What no build will ever run.
const REFUSED: &[(&str, &str)] = &[(
    "pickle",
    "unpickling runs whatever code the data hold; let Python convert the array",
)];

/// Why there is no codec of this name, where those are `known`.
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
        (Some(same), _, _) => format!("in this format it is `{same}`"),
        (None, Some(text), _) => text.to_owned(),
        (None, None, []) => format!("known are {}", quoted(known)),
        (None, None, near) => format!("did you mean {}?", quoted(near)),
    };
    CodecErrorKind::Unknown { hint: Some(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told() {
        let known = ["bytes", "gzip", "zstd", "numcodecs.lz4", "numcodecs.zlib"].map(str::to_owned);
        let of = |name: &str| kind(name, &known).to_string();
        assert_eq!(of("GZip"), "not known here; did you mean `gzip`?");
        assert_eq!(
            of("numcodecs.zlbi"),
            "not known here; did you mean `numcodecs.zlib`?"
        );
        assert_eq!(
            of("lz4"),
            "not known here; in this format it is `numcodecs.lz4`"
        );
        assert_eq!(of("lzma"), "not known here; the feature `lzma` brings it");
        let all = "`bytes`, `gzip`, `zstd`, `numcodecs.lz4`, `numcodecs.zlib`";
        assert_eq!(of("quantum"), format!("not known here; known are {all}"));
        assert!(of(&"x".repeat(100_000)).starts_with("not known here; known are"));
    }
}
