//! The files of the page, as they are requested.

/// A file of the page.
pub(super) struct PageFile {
    path: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: &[PageFile] = &[
    file_of(
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    file_of("/~/page.css", STYLE, include_str!("page/page.css")),
    file_of("/~/page.js", SCRIPT, include_str!("page/page.js")),
    file_of("/~/picture.js", SCRIPT, include_str!("page/picture.js")),
    file_of("/~/chunks.js", SCRIPT, include_str!("page/chunks.js")),
    file_of("/~/dom.js", SCRIPT, include_str!("page/dom.js")),
];

const fn file_of(path: &'static str, kind: &'static str, text: &'static str) -> PageFile {
    PageFile { path, kind, text }
}

/// The file that is requested by this path.
pub(super) fn file(path: &str) -> Option<&'static PageFile> {
    FILES.iter().find(|file| file.path == path)
}
