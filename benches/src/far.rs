//! A web server over a directory that answers every request after 20 ms, as a bucket does, and counts
//! them. Each directory in it is a bucket for clients of S3, whoever they are, that read and write whole values. Runs in
//! the process that measures nothing. Knows no Zarr.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::Result;

const DELAY: Duration = Duration::from_millis(20);

/// A running server.
#[derive(Debug)]
pub(crate) struct Far {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    /// It ends with this.
    _runtime: Runtime,
}

impl Far {
    pub(crate) fn new(dir: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicU64::new(0));
        runtime.spawn(listen(listener, dir.into(), Arc::clone(&requests)));
        Ok(Self {
            address,
            requests,
            _runtime: runtime,
        })
    }

    /// Where the directory is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests there were since the last call.
    pub(crate) fn take_requests(&self) -> u64 {
        self.requests.swap(0, Relaxed)
    }
}

async fn listen(listener: TcpListener, dir: Arc<Path>, requests: Arc<AtomicU64>) {
    while let Ok((socket, _)) = listener.accept().await {
        let _ = socket.set_nodelay(true);
        let (dir, requests) = (Arc::clone(&dir), Arc::clone(&requests));
        let answer = move |request: Request<Incoming>| {
            requests.fetch_add(1, Relaxed);
            let path = dir.join(request.uri().path().trim_start_matches('/'));
            async move {
                tokio::time::sleep(DELAY).await;
                Ok::<_, Infallible>(match *request.method() {
                    Method::PUT => keep(request, path).await,
                    _ => answer(&request, path).await,
                })
            }
        };
        let service = hyper::service::service_fn(answer);
        let connection = hyper::server::conn::http1::Builder::new();
        // A client that goes away is no trouble.
        tokio::spawn(connection.serve_connection(TokioIo::new(socket), service));
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// Says which value this is, as far as programs that compare it with an older one need to know.
fn tagged(mut response: Response<Full<Bytes>>, len: usize) -> Response<Full<Bytes>> {
    if let Ok(tag) = format!("\"{len:x}\"").parse() {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Writes a value.
async fn keep(request: Request<Incoming>, path: PathBuf) -> Response<Full<Bytes>> {
    let Ok(body) = request.into_body().collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let bytes = body.to_bytes();
    let dir = path.parent().unwrap_or(&path);
    let written = match tokio::fs::create_dir_all(dir).await {
        Ok(()) => tokio::fs::write(&path, &bytes).await,
        Err(error) => Err(error),
    };
    match written {
        Ok(()) => tagged(status(StatusCode::OK), bytes.len()),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn answer(request: &Request<Incoming>, path: PathBuf) -> Response<Full<Bytes>> {
    let Ok(bytes) = tokio::fs::read(path).await else {
        return status(StatusCode::NOT_FOUND);
    };
    let (bytes, asked) = (Bytes::from(bytes), request.headers().get(RANGE));
    let all = bytes.len();
    let range = asked.and_then(|text| part(text.to_str().ok()?, all));
    let response = match (request.method(), range) {
        (&Method::HEAD, _) => {
            let mut response = status(StatusCode::OK);
            response.headers_mut().insert(CONTENT_LENGTH, all.into());
            response
        }
        (_, None) => Response::new(Full::new(bytes)),
        (_, Some((first, end))) => {
            let mut response = Response::new(Full::new(bytes.slice(first..end)));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let told = format!("bytes {first}-{}/{all}", end - 1);
            if let Ok(told) = told.parse() {
                response.headers_mut().insert(CONTENT_RANGE, told);
            }
            response
        }
    };
    tagged(response, all)
}

/// The first byte and the end of what a `Range` asks for, of so many bytes.
fn part(range: &str, all: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, end) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(all)),
        (Ok(first), Err(_)) => (first, all),
        (Err(_), Ok(count)) => (all.saturating_sub(count), all),
        (Err(_), Err(_)) => return None,
    };
    (first < end).then_some((first, end))
}
