//! Responses that several handlers make: a text, a failure, nothing.

use bytes::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::body::{self, Body};
use crate::failure::{Exit, Failure};

/// A response of this server.
pub(super) type HttpResponse = Response<Body>;

pub(super) fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    let mut answer = with_type(text.into(), "text/plain; charset=utf-8");
    *answer.status_mut() = status;
    answer
}

/// Without a body and the headers that describe one.
pub(super) fn empty(status: StatusCode) -> HttpResponse {
    let mut answer = Response::new(body::ready(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

pub(super) fn with_type(bytes: Bytes, kind: &'static str) -> HttpResponse {
    let length = bytes.len() as u64;
    of_length(body::ready(bytes), length, kind)
}

/// The length is sent first, so that a client that gets less knows that it is not all.
pub(super) fn of_length(body: Body, length: u64, kind: &'static str) -> HttpResponse {
    let mut answer = Response::new(body);
    set(&mut answer, header::CONTENT_TYPE, kind);
    set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
    answer
}

/// A failure as JSON.
pub(super) fn failed(failure: &Failure) -> HttpResponse {
    let text = json!({"error": failure.to_string()}).to_string();
    let mut answer = with_type(text.into(), "application/json");
    *answer.status_mut() = match failure.exit() {
        Exit::NotFound => StatusCode::NOT_FOUND,
        Exit::Usage => StatusCode::BAD_REQUEST,
        Exit::Permission => StatusCode::FORBIDDEN,
        Exit::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Exit::Transport => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    answer
}

/// Sets a header, unless the value is not allowed in one.
pub(super) fn set(answer: &mut HttpResponse, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
