//! What HTTP says of values, whoever asks: the transport of services, or a browser's `fetch`. Pure.

/// Why there is no listing of what lies below a prefix.
#[cfg(any(
    feature = "remote",
    all(feature = "fetch", target_family = "wasm", target_os = "unknown")
))]
pub(crate) const NO_LISTING: crate::StoreErrorKind = crate::StoreErrorKind::Unsupported(
    "listing a web server, since HTTP cannot list; open what you look for by its path, or consolidate the metadata",
);

/// How far into a whole value is read for a range of it, where a server knows no ranges.
pub(crate) const FURTHEST: u64 = 64 << 20;

/// No value has more bytes; larger numbers are not understood everywhere.
pub(crate) const LARGEST: u64 = i64::MAX as u64;

/// Whether an answer is a document about the value, such as an error, rather than the value.
pub(crate) fn is_page_type(content_type: &str) -> bool {
    ["text/html", "application/xml", "text/xml"]
        .iter()
        .any(|page| content_type.starts_with(page))
}

/// Whether a tag is one that proves nothing about bytes.
pub(crate) fn is_weak(tag: &str) -> bool {
    tag.starts_with("W/")
}
