//! One request by the browser's `fetch`, in a window or a worker.
//!
//! What JavaScript promises stays on its thread, but the futures of a store may move. So the request runs as a task of the
//! browser, and its answer comes through a channel. Nobody waiting for it any more ends the request.

use std::{ops::ControlFlow, pin::pin};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCache, RequestInit, Response};

use super::answer::{AnswerHead, FetchError};
use crate::location::redact::in_each_url;

/// What is asked of a server.
pub(super) struct FetchRequest {
    pub(super) method: &'static str,
    pub(super) url: String,
    /// The value of the header `Range`.
    pub(super) range: Option<String>,
}

/// Makes a request. `most` says by the answer's head how many bytes of its body are wanted, if any; of a longer one come a
/// few more, so that whoever takes them sees that it was longer.
pub(super) async fn answer<M>(
    request: FetchRequest,
    most: M,
) -> Result<(AnswerHead, Vec<u8>), FetchError>
where
    M: FnOnce(&AnswerHead) -> Result<Option<u64>, FetchError> + Send + 'static,
{
    let (mut send, take) = oneshot::channel();
    spawn_local(async move {
        let asked = pin!(ask(request, most));
        let answer = match select(asked, send.cancellation()).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => return,
        };
        // Whoever asked may be gone just now.
        drop(send.send(answer));
    });
    let ended = |_| FetchError::broken("the browser ended the request".to_owned());
    take.await.map_err(ended)?
}

/// Ends a request that is not at its end when this goes.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn ask<M>(request: FetchRequest, most: M) -> Result<(AnswerHead, Vec<u8>), FetchError>
where
    M: FnOnce(&AnswerHead) -> Result<Option<u64>, FetchError>,
{
    let abort = AbortOnDrop(AbortController::new().map_err(failed)?);
    let response = send(&request, &abort).await.map_err(|error| {
        let why = words(&error);
        FetchError::broken(format!(
            "no answer that this page may read ({why}); the server may be out of reach, or not allow pages of this origin \
             (CORS)"
        ))
    })?;
    let head = head(&response).map_err(failed)?;
    let most = most(&head)?;
    let body = match most {
        None => Vec::new(),
        Some(most) => body(&response, most).await?,
    };
    Ok((head, body))
}

async fn send(request: &FetchRequest, abort: &AbortOnDrop) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_signal(Some(&abort.0.signal()));
    // What the browser keeps, it asks about before it answers with it: a value may have been replaced.
    init.set_cache(RequestCache::NoCache);
    if let Some(range) = &request.range {
        let headers = web_sys::Headers::new()?;
        headers.set("Range", range)?;
        init.set_headers(&headers);
    }
    let global = js_sys::global();
    let fetch: Function = Reflect::get(&global, &"fetch".into())?.dyn_into()?;
    let promise = fetch.call2(&global, &request.url.as_str().into(), &init)?;
    JsFuture::from(js_sys::Promise::resolve(&promise))
        .await?
        .dyn_into()
}

fn head(response: &Response) -> Result<AnswerHead, JsValue> {
    let headers = response.headers();
    let text = |name: &str| headers.get(name);
    Ok(AnswerHead {
        status: response.status(),
        length: text("Content-Length")?.and_then(|length| length.parse().ok()),
        range: text("Content-Range")?,
        tag: text("ETag")?,
        kind: text("Content-Type")?,
        coding: text("Content-Encoding")?,
    })
}

/// The bytes of a body, as they come, until there are more than `most`.
async fn body(response: &Response, most: u64) -> Result<Vec<u8>, FetchError> {
    let mut data = Vec::new();
    let Some(stream) = response.body() else {
        return Ok(data);
    };
    let reader = ReadableStreamDefaultReader::new(&stream).map_err(failed)?;
    while let ControlFlow::Continue(piece) = next(&reader).await.map_err(failed)? {
        let (start, more) = (data.len(), piece.length() as usize);
        data.try_reserve(more)
            .map_err(|_| FetchError::unfit("no memory for all of it; ask for a part"))?;
        data.resize(start + more, 0);
        piece.copy_to(data.get_mut(start..).unwrap_or_default());
        if data.len() as u64 > most {
            break;
        }
    }
    Ok(data)
}

async fn next(
    reader: &ReadableStreamDefaultReader,
) -> Result<ControlFlow<(), Uint8Array>, JsValue> {
    let item = JsFuture::from(reader.read()).await?;
    if Reflect::get(&item, &"done".into())?.is_truthy() {
        return Ok(ControlFlow::Break(()));
    }
    let piece = Reflect::get(&item, &"value".into())?;
    Ok(ControlFlow::Continue(piece.dyn_into()?))
}

/// An answer that did not come to its end.
fn failed(error: JsValue) -> FetchError {
    FetchError::broken(format!("the answer broke off: {}", words(&error)))
}

/// What the browser says, without the queries of addresses in it.
fn words(error: &JsValue) -> String {
    let text = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => "no reason is given".to_owned(),
    };
    in_each_url(&text, |c| c.is_whitespace() || "\"'`<>()".contains(c))
}
