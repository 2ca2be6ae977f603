//! The answer to a request: as it should be, and as a fault makes it.

use std::fmt::Write;

use super::{Fault, Object, Request, State, Tags};

/// An answer before it is written.
pub(super) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// An answer to `HEAD` tells a length and has no body.
    bare: bool,
}

const ERROR: &str =
    "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>later</Message></Error>";

impl Reply {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: body.into(),
            bare: false,
        }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn to(request: &Request, state: &mut State, fault: &Fault) -> Reply {
        match fault {
            Fault::Status(status, body) => {
                return Reply::new(*status, body.as_bytes()).headless(request);
            }
            Fault::RetryAfter(status, seconds) => {
                return Reply::new(*status, "wait")
                    .with("retry-after", seconds.to_string())
                    .headless(request);
            }
            Fault::Redirect(to) => {
                return Reply::new(302, "")
                    .with("location", to.as_str())
                    .headless(request);
            }
            Fault::BareRedirect => return Reply::new(301, "").headless(request),
            Fault::ErrorInside => {
                return Reply::new(200, ERROR)
                    .with("content-type", "application/xml")
                    .headless(request);
            }
            Fault::CloseBeforeHeaders | Fault::Never => return Reply::new(500, ""),
            _ => {}
        }
        match request.method.as_str() {
            "GET" if request.query.contains("list-type=2") => list(request, state),
            "GET" | "HEAD" => get(request, state, fault).headless(request),
            "PUT" => put(request, state, fault),
            "DELETE" => {
                state.objects.remove(&request.path);
                Reply::new(204, "")
            }
            "POST" if request.query.starts_with("delete") => {
                let text = String::from_utf8_lossy(&request.body).into_owned();
                let mut xml = String::from("<DeleteResult>");
                for key in text.split("<Key>").skip(1) {
                    let key = key.split('<').next().unwrap_or_default();
                    let path = format!("{}/{key}", request.path.trim_end_matches('/'));
                    state.objects.remove(&path);
                    let _infallible = write!(xml, "<Deleted><Key>{key}</Key></Deleted>");
                }
                xml.push_str("</DeleteResult>");
                Reply::new(200, xml)
            }
            _ => Reply::new(405, ""),
        }
    }

    fn headless(mut self, request: &Request) -> Reply {
        self.bare = request.method == "HEAD";
        self
    }

    /// Head and body as they are sent.
    pub(super) fn written(self, fault: &Fault) -> (String, Vec<u8>) {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            let _infallible = write!(head, "{name}: {value}\r\n");
        }
        let mut body = self.body;
        let length = match fault {
            Fault::ShortLength(n) => Some(body.len().saturating_sub(*n)),
            Fault::LongLength(n) => Some(body.len() + n),
            // The chunk that says "this was all" never comes.
            Fault::BreakAtEnd => {
                head.push_str("transfer-encoding: chunked\r\n");
                let length = body.len();
                body = [format!("{length:x}\r\n").as_bytes(), &body, b"\r\n"].concat();
                Some(length)
            }
            Fault::NoLength => None,
            Fault::ChunkedGarbage => {
                head.push_str("transfer-encoding: chunked\r\n");
                body = b"zz\r\nnonsense\r\n".to_vec();
                None
            }
            Fault::Gzip => {
                head.push_str("content-encoding: gzip\r\n");
                Some(body.len())
            }
            _ => Some(body.len()),
        };
        if let Some(length) = length {
            let _infallible = write!(head, "content-length: {length}\r\n");
        }
        head.push_str("\r\n");
        if self.bare {
            body.clear();
        }
        (head, body)
    }
}

fn get(request: &Request, state: &State, fault: &Fault) -> Reply {
    let Some(object) = state.objects.get(&request.path) else {
        return Reply::new(404, "<Error><Code>NoSuchKey</Code></Error>");
    };
    let changed = Object {
        bytes: object.bytes.iter().map(|b| b ^ 0xff).collect(),
        tag: object.tag + 1_000_000,
        kept: Vec::new(),
    };
    let object = if *fault == Fault::Changed {
        &changed
    } else {
        object
    };
    let tag = format!("\"{}\"", object.tag);
    if let Some(wanted) = request.header("if-match")
        && (wanted != tag || state.tags != Tags::Strong)
        && *fault != Fault::NoConditions
    {
        return Reply::new(412, "");
    }
    let size = object.bytes.len();
    let reply = match request
        .header("range")
        .and_then(|range| wanted(range, size))
    {
        None => Reply::new(200, object.bytes.clone()),
        Some(_) if *fault == Fault::WholeForRange => Reply::new(200, object.bytes.clone()),
        Some(Err(())) => {
            return Reply::new(416, "").with("content-range", format!("bytes */{size}"));
        }
        Some(Ok((mut start, mut end, suffix))) => {
            if *fault == Fault::WrongRange || suffix && *fault == Fault::SuffixAsPrefix {
                (start, end) = (0, (end - start + 1).min(size));
            }
            Reply::new(206, &object.bytes[start..end])
                .with("content-range", format!("bytes {start}-{}/{size}", end - 1))
        }
    };
    let reply = object.kept.iter().fold(reply, |reply, (name, value)| {
        reply.with(name, value.as_str())
    });
    let second = object.tag % 60;
    match state.tags {
        Tags::Strong => reply
            .with("etag", tag)
            .with("last-modified", "Mon, 23 Nov 2026 00:00:00 GMT"),
        // It says that values mean the same, not that their bytes are the same.
        Tags::Weak => reply.with("etag", "W/\"same\""),
        Tags::Dated => reply
            .with(
                "last-modified",
                format!("Mon, 23 Nov 2026 00:00:{second:02} GMT"),
            )
            .with("date", "Mon, 23 Nov 2026 01:00:00 GMT"),
        Tags::None => reply,
    }
}

/// The bytes that a `Range` asks for in a value of this size, and whether they are the last ones.
fn wanted(range: &str, size: usize) -> Option<Result<(usize, usize, bool), ()>> {
    let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
    if start.is_empty() {
        let last: usize = end.parse().ok()?;
        return Some(if size == 0 {
            Err(())
        } else {
            Ok((size.saturating_sub(last), size, true))
        });
    }
    let start: usize = start.parse().ok()?;
    let end = end
        .parse::<usize>()
        .map_or(size, |end| end.saturating_add(1).min(size));
    Some(if start < size {
        Ok((start, end, false))
    } else {
        Err(())
    })
}

fn put(request: &Request, state: &mut State, fault: &Fault) -> Reply {
    let there = state.objects.get(&request.path);
    let refused = match (request.header("if-none-match"), request.header("if-match")) {
        (Some("*"), _) => there.is_some(),
        (_, Some(tag)) => there.is_none_or(|object| format!("\"{}\"", object.tag) != tag),
        _ => false,
    };
    if refused && *fault != Fault::NoConditions {
        return Reply::new(412, "<Error><Code>PreconditionFailed</Code></Error>");
    }
    state.writes += 1;
    let kept = request
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("x-amz-meta-"));
    let object = Object {
        bytes: request.body.clone(),
        tag: state.writes,
        kept: kept.cloned().collect(),
    };
    let tag = format!("\"{}\"", object.tag);
    state.objects.insert(request.path.clone(), object);
    Reply::new(200, "").with("etag", tag)
}

fn list(request: &Request, state: &State) -> Reply {
    let container = format!("{}/", request.path.trim_end_matches('/'));
    let prefix = request
        .field("prefix")
        .unwrap_or_default()
        .replace("%2F", "/");
    let below = [container.as_str(), &prefix].concat();
    let from: usize = request
        .field("continuation-token")
        .and_then(|token| token.parse().ok())
        .unwrap_or(0);
    let all: Vec<_> = state
        .objects
        .iter()
        .filter(|(path, _)| path.starts_with(&below))
        .collect();
    let mut xml = String::from("<?xml version=\"1.0\"?><ListBucketResult>");
    for (path, object) in all.iter().skip(from).take(state.page) {
        let _infallible = write!(
            xml,
            "<Contents><Key>{}</Key><LastModified>2026-11-23T00:00:00.000Z</LastModified><Size>{}</Size>\
             <ETag>\"{}\"</ETag></Contents>",
            path.strip_prefix(&container).unwrap_or(path),
            object.bytes.len(),
            object.tag
        );
    }
    let next = from + state.page;
    if next < all.len() {
        let _infallible = write!(
            xml,
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>"
        );
    }
    xml.push_str("</ListBucketResult>");
    Reply::new(200, xml).with("content-type", "application/xml")
}
