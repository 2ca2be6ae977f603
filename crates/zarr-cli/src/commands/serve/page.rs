//! The files of the page, as they are requested.

/// A file of the page.
pub(super) struct PageFile {
    path: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: &[PageFile] = &[
    PageFile {
        path: "/",
        kind: "text/html; charset=utf-8",
        text: include_str!("page/index.html"),
    },
    PageFile {
        path: "/~/page.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("page/page.css"),
    },
    PageFile {
        path: "/~/page.js",
        kind: SCRIPT,
        text: include_str!("page/page.js"),
    },
    PageFile {
        path: "/~/picture.js",
        kind: SCRIPT,
        text: include_str!("page/picture.js"),
    },
    PageFile {
        path: "/~/chunks.js",
        kind: SCRIPT,
        text: include_str!("page/chunks.js"),
    },
    PageFile {
        path: "/~/dom.js",
        kind: SCRIPT,
        text: include_str!("page/dom.js"),
    },
];

/// The file that is requested by this path.
pub(super) fn file(path: &str) -> Option<&'static PageFile> {
    FILES.iter().find(|file| file.path == path)
}
