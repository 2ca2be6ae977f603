//! Routes requests by method and path, and sets the headers that all responses share.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::header;
use hyper::{Method, Request, StatusCode};

use super::access::HostError;
use super::body;
use super::responses::{HttpResponse, empty, plain, set, with_type};
use super::served_store::ServedStore;
use super::{page, page_data, values};
use crate::output::text;

/// What the page may use: scripts and styles of this server, requests to it, and pictures that the page makes.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Paths that begin with this are not keys: they are files of the page, and reports that it requests.
const PAGE: &str = "/~/";

/// Answers one request to the address `here`.
pub(super) async fn answer<B>(
    served: &Arc<ServedStore>,
    request: &Request<B>,
    here: IpAddr,
) -> HttpResponse {
    match served.access.check_host(request, here) {
        Ok(()) => {}
        Err(HostError::Missing) => {
            return plain(StatusCode::BAD_REQUEST, "exactly one Host is needed\n");
        }
        Err(HostError::Unknown) => {
            let why = "this server has another name; `zarr serve --allow-host NAME` allows this one, too\n";
            return plain(StatusCode::MISDIRECTED_REQUEST, why);
        }
    }
    let mut answer = match *request.method() {
        Method::GET | Method::HEAD => found(served, request).await,
        Method::OPTIONS => preflight(),
        _ => {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "this server is read-only\n");
            set(&mut answer, header::ALLOW, "GET, HEAD, OPTIONS");
            answer
        }
    };
    if !served.access.is_open() {
        set(&mut answer, header::VARY, "Origin");
    }
    if let Some(readers) = served.access.allowed_origin(request.headers()) {
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, readers);
    }
    set(
        &mut answer,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Accept-Ranges, Content-Length, Content-Range, ETag, Zarr-Picture",
    );
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    match *request.method() {
        // The headers that describe the body stay.
        Method::HEAD => answer.map(|_| body::ready(Bytes::new())),
        _ => answer,
    }
}

async fn found<B>(served: &Arc<ServedStore>, request: &Request<B>) -> HttpResponse {
    let path = request.uri().path();
    if let Some(file) = page::file(path) {
        return of_page(file);
    }
    match path.strip_prefix(PAGE) {
        Some(name) => {
            page_data::report(served, name, request.uri().query().unwrap_or_default()).await
        }
        None => match text::percent_decoded(path.trim_start_matches('/')) {
            Some(key) => values::value(served, &key, request).await,
            None => plain(StatusCode::BAD_REQUEST, "this is not a path\n"),
        },
    }
}

fn of_page(file: &page::PageFile) -> HttpResponse {
    let mut answer = with_type(file.text.into(), file.kind);
    set(&mut answer, header::CONTENT_SECURITY_POLICY, POLICY);
    set(&mut answer, header::CACHE_CONTROL, "no-cache");
    set(&mut answer, header::REFERRER_POLICY, "no-referrer");
    answer
}

/// Answers the request that browsers send before those of pages of other origins.
fn preflight() -> HttpResponse {
    let mut answer = empty(StatusCode::NO_CONTENT);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Range, If-Match, If-None-Match, If-Range, Cache-Control",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        set(&mut answer, name, value);
    }
    let network = header::HeaderName::from_static("access-control-allow-private-network");
    set(&mut answer, network, "true");
    answer
}
