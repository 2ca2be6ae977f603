//! Ranges, conditions and CORS: a table of requests, with the answers that RFC 9110 and the Fetch standard demand.
//!
//! nginx 1.22 answers the same, but for the rows that say so, where RFC 9110 demands or allows another answer.

use super::*;

/// The value of 24 bytes, one of no bytes, and none.
const X: &str = "/a%20b/c/0/0";
const EMPTY: &str = "/empty";
const NONE: &str = "/none";

/// Method, path, headers in which `TAG` stands for the entity tag; status and `Content-Range`.
type Case = (&'static str, &'static str, &'static str, u16, &'static str);

const RANGES: &[Case] = &[
    ("GET", X, "", 200, ""),
    ("GET", X, "Range: bytes=0-3", 206, "0-3/24"),
    ("GET", X, "Range: bytes=0-0", 206, "0-0/24"),
    ("GET", X, "Range: bytes=23-23", 206, "23-23/24"),
    ("GET", X, "Range: bytes=20-", 206, "20-23/24"),
    ("GET", X, "Range: bytes=0-", 206, "0-23/24"),
    ("GET", X, "Range: bytes=0-23", 206, "0-23/24"),
    ("GET", X, "Range: bytes=0-24", 206, "0-23/24"),
    ("GET", X, "Range: bytes=4-99", 206, "4-23/24"),
    ("GET", X, "Range: bytes=-1", 206, "23-23/24"),
    ("GET", X, "Range: bytes=-5", 206, "19-23/24"),
    ("GET", X, "Range: bytes=-24", 206, "0-23/24"),
    ("GET", X, "Range: bytes=-99", 206, "0-23/24"),
    ("GET", X, "Range: Bytes=0-3", 206, "0-3/24"),
    ("GET", X, "Range: BYTES=-1", 206, "23-23/24"),
    ("GET", X, "range:bytes=0-3", 206, "0-3/24"),
    // More digits than a number holds (14.1.2); nginx: 416.
    (
        "GET",
        X,
        "Range: bytes=4-18446744073709551615",
        206,
        "4-23/24",
    ),
    (
        "GET",
        X,
        "Range: bytes=4-99999999999999999999999",
        206,
        "4-23/24",
    ),
    (
        "GET",
        X,
        "Range: bytes=-99999999999999999999999",
        206,
        "0-23/24",
    ),
    ("GET", X, "Range: bytes=24-", 416, "*/24"),
    ("GET", X, "Range: bytes=24-24", 416, "*/24"),
    ("GET", X, "Range: bytes=99-100", 416, "*/24"),
    ("GET", X, "Range: bytes=18446744073709551615-", 416, "*/24"),
    (
        "GET",
        X,
        "Range: bytes=99999999999999999999999-",
        416,
        "*/24",
    ),
    ("GET", X, "Range: bytes=-0", 416, "*/24"),
    // Of another unit.
    ("GET", X, "Range: lines=1-2", 200, ""),
    ("GET", X, "Range: bytes 0-3", 200, ""),
    ("GET", X, "Range: bytes=", 200, ""),
    // Not valid, and may be ignored (14.2); nginx: 416.
    ("GET", X, "Range: bytes=3-1", 200, ""),
    ("GET", X, "Range: bytes=x-", 200, ""),
    ("GET", X, "Range: bytes=-", 200, ""),
    ("GET", X, "Range: bytes=+0-3", 200, ""),
    ("GET", X, "Range: bytes=0-+3", 200, ""),
    ("GET", X, "Range: bytes=-+3", 200, ""),
    ("GET", X, "Range: bytes=0--3", 200, ""),
    ("GET", X, "Range: bytes=0-3;", 200, ""),
    // Several ranges, which may be ignored; nginx: 206 with several parts.
    ("GET", X, "Range: bytes=0-1,4-5", 200, ""),
    ("HEAD", X, "", 200, ""),
    // GET alone has ranges (14.2); nginx: 206 and 416.
    ("HEAD", X, "Range: bytes=0-3", 200, ""),
    ("HEAD", X, "Range: bytes=99-", 200, ""),
    ("GET", EMPTY, "", 200, ""),
    ("GET", EMPTY, "Range: bytes=0-", 200, ""),
    ("GET", EMPTY, "Range: bytes=-5", 200, ""),
    ("GET", EMPTY, "Range: bytes=5-", 416, "*/0"),
    ("GET", NONE, "Range: bytes=0-3", 404, ""),
];

const CONDITIONS: &[Case] = &[
    ("GET", X, "If-None-Match: TAG", 304, ""),
    ("GET", X, "If-None-Match: W/TAG", 304, ""),
    ("GET", X, "If-None-Match: \"other\"", 200, ""),
    ("GET", X, "If-None-Match: \"other\", TAG", 304, ""),
    // A list may be divided among lines (5.3); nginx: 400.
    (
        "GET",
        X,
        "If-None-Match: \"other\"\r\nIf-None-Match: TAG",
        304,
        "",
    ),
    ("GET", X, "If-None-Match: *", 304, ""),
    ("GET", X, "If-None-Match: TAG\r\nRange: bytes=0-3", 304, ""),
    (
        "GET",
        X,
        "If-None-Match: \"other\"\r\nRange: bytes=0-3",
        206,
        "0-3/24",
    ),
    ("HEAD", X, "If-None-Match: TAG", 304, ""),
    ("GET", NONE, "If-None-Match: *", 404, ""),
    ("GET", X, "If-Match: TAG", 200, ""),
    ("GET", X, "If-Match: *", 200, ""),
    ("GET", X, "If-Match: \"other\"", 412, ""),
    ("GET", X, "If-Match: \"other\", TAG", 200, ""),
    // A weak tag matches nothing (13.1.1).
    ("GET", X, "If-Match: W/TAG", 412, ""),
    ("GET", X, "If-Match: TAG\r\nRange: bytes=0-3", 206, "0-3/24"),
    ("GET", X, "If-Match: \"other\"\r\nRange: bytes=0-3", 412, ""),
    ("GET", X, "If-Match: \"other\"\r\nRange: bytes=99-", 412, ""),
    ("HEAD", X, "If-Match: \"other\"", 412, ""),
    ("GET", X, "If-Match: TAG\r\nIf-None-Match: TAG", 304, ""),
    (
        "GET",
        X,
        "If-Match: \"other\"\r\nIf-None-Match: TAG",
        412,
        "",
    ),
    ("GET", NONE, "If-Match: \"other\"", 404, ""),
    ("GET", X, "If-Range: TAG", 200, ""),
    ("GET", X, "If-Range: TAG\r\nRange: bytes=0-3", 206, "0-3/24"),
    ("GET", X, "If-Range: TAG\r\nRange: bytes=99-", 416, "*/24"),
    ("GET", X, "If-Range: \"other\"\r\nRange: bytes=0-3", 200, ""),
    ("GET", X, "If-Range: \"other\"\r\nRange: bytes=99-", 200, ""),
    // Nor does it here (13.1.5).
    ("GET", X, "If-Range: W/TAG\r\nRange: bytes=0-3", 200, ""),
    (
        "GET",
        X,
        "If-Range: Mon, 01 Jan 2001 00:00:00 GMT\r\nRange: bytes=0-3",
        200,
        "",
    ),
    (
        "GET",
        X,
        "If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT",
        200,
        "",
    ),
    // A value has no date, so there is nothing to compare with (13.1.4); nginx: 412.
    (
        "GET",
        X,
        "If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT",
        200,
        "",
    ),
    ("PUT", X, "Content-Length: 0", 405, ""),
    ("POST", X, "Content-Length: 0", 405, ""),
    ("DELETE", X, "", 405, ""),
];

/// The value of a header of an answer.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn ranges_and_conditions_are_answered_as_specified() {
    let server = Server::start();
    let root = server.home.path().join("g.zarr");
    std::fs::write(root.join("empty"), "").unwrap();
    let x = std::fs::read(root.join("a b/c/0/0")).unwrap();
    let (_, head, _) = server.get(X);
    let tag = header(&head, "etag").unwrap().to_owned();
    for case in RANGES.iter().chain(CONDITIONS) {
        let &(method, path, headers, status, range) = case;
        let mut headers = headers.replace("TAG", &tag);
        if !headers.is_empty() {
            headers += "\r\n";
        }
        let (found, head, body) = server.ask(method, path, &headers);
        assert_eq!(found, status, "{case:?}: {head}");
        let expected = Some(format!("bytes {range}")).filter(|_| !range.is_empty());
        let found = header(&head, "content-range");
        assert_eq!(found, expected.as_deref(), "{case:?}");
        let value = if path == X { x.as_slice() } else { b"" };
        let whole = match status {
            206 => {
                let (first, rest) = range.split_once('-').unwrap();
                let (last, _) = rest.split_once('/').unwrap();
                &value[first.parse().unwrap()..=last.parse().unwrap()]
            }
            200 => value,
            304 | 412 => b"",
            _ => continue,
        };
        if status < 300 {
            let length = whole.len().to_string();
            let found = header(&head, "content-length");
            assert_eq!(found, Some(length.as_str()), "{case:?}");
        }
        let sent = if method == "HEAD" { b"" } else { whole };
        assert_eq!(body, sent, "{case:?}");
        // What a cache needs comes with each answer about a value (15.4.5), but for the tag of an unmodified one.
        if path == X {
            assert_eq!(header(&head, "etag"), Some(tag.as_str()), "{case:?}");
        }
    }
}

/// A page learns of the answer itself, whatever it is: 404 means that a chunk is not stored.
#[test]
fn pages_may_read_every_answer() {
    let server = Server::start();
    let origin = "Origin: https://viewer.example\r\n";
    for (method, path, headers, status) in [
        ("GET", X, "", 200),
        ("HEAD", X, "", 200),
        ("GET", X, "Range: bytes=0-3\r\n", 206),
        ("GET", X, "If-None-Match: *\r\n", 304),
        ("GET", NONE, "", 404),
        ("HEAD", NONE, "", 404),
        ("GET", "/%00", "", 400),
        ("GET", X, "If-Match: \"other\"\r\n", 412),
        ("GET", X, "Range: bytes=99-\r\n", 416),
        ("PUT", X, "Content-Length: 0\r\n", 405),
        ("GET", "/~/node?path=none", "", 404),
    ] {
        let (found, head, _) = server.ask(method, path, &format!("{origin}{headers}"));
        assert_eq!(found, status, "{method} {path}");
        let allowed = header(&head, "access-control-allow-origin");
        assert_eq!(allowed, Some("*"), "{method} {path}: {head}");
        // Without these a page does not see which bytes it has got.
        let exposed = header(&head, "access-control-expose-headers").unwrap();
        for name in ["content-length", "content-range", "etag", "accept-ranges"] {
            assert!(exposed.contains(name), "{name}: {exposed}");
        }
    }
}

#[test]
fn what_pages_ask_first_is_allowed() {
    let server = Server::start();
    for asked in [
        "range",
        "if-match",
        "if-none-match",
        "if-range",
        "cache-control",
    ] {
        let headers = format!(
            "Origin: https://viewer.example\r\nAccess-Control-Request-Method: GET\r\n\
             Access-Control-Request-Headers: {asked}\r\nAccess-Control-Request-Private-Network: true\r\n"
        );
        let (status, head, body) = server.ask("OPTIONS", X, &headers);
        assert_eq!((status, body.len()), (204, 0), "{asked}");
        let allowed = |what: &str| header(&head, &format!("access-control-allow-{what}"));
        assert_eq!(allowed("origin"), Some("*"));
        assert_eq!(allowed("methods"), Some("get, head, options"));
        assert_eq!(allowed("private-network"), Some("true"));
        let mut names = allowed("headers").unwrap().split(", ");
        assert!(names.any(|name| name == asked), "{asked}: {head}");
        // A cookie is nothing to this server.
        assert_eq!(allowed("credentials"), None);
    }
}
