//! Windows: a path is text, with drive letters, and with backslashes or slashes.

use std::path::Path;

pub(in crate::location::paths) fn path(bytes: &[u8]) -> Result<&Path, &'static str> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| "a path that is not Unicode; rename what it leads to")?;
    Ok(Path::new(without_slash_before_drive(text)))
}

/// A `file:` URL has its path behind a slash: `/C:/data`.
fn without_slash_before_drive(path: &str) -> &str {
    match path.as_bytes() {
        [b'/', letter, b':', rest @ ..]
            if letter.is_ascii_alphabetic() && matches!(rest, [] | [b'/' | b'\\', ..]) =>
        {
            path.get(1..).unwrap_or(path)
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_needs_no_slash_before_it() {
        let table = [
            ("/C:/data/a.zarr", "C:/data/a.zarr"),
            ("/c:", "c:"),
            ("/c:\\a", "c:\\a"),
            ("C:\\data\\a.zarr", "C:\\data\\a.zarr"),
            ("data\\a.zarr", "data\\a.zarr"),
            ("/data", "/data"),
            ("/c:a", "/c:a"),
            ("/1:/a", "/1:/a"),
            ("/", "/"),
        ];
        for (text, want) in table {
            assert_eq!(path(text.as_bytes()), Ok(Path::new(want)), "{text}");
        }
        assert!(path(b"a\xff").is_err());
    }
}
