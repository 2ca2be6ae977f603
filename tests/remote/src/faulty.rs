//! A web server that misbehaves as told: objects by path, a script of faults, and a log of what was
//! asked. It speaks enough of HTTP and of S3 for a client to be fooled, on raw TCP.

mod reply;
mod request;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub use self::request::Request;
use self::{reply::Reply, request::read};
use crate::threads::Serving;

/// What goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: this request is answered well.
    None,
    /// This status, with this text.
    Status(u16, String),
    /// This status, and the wish to be asked again after so many seconds.
    RetryAfter(u16, u64),
    /// The answer comes this much later.
    Delay(Duration),
    /// The connection is closed before a word is said.
    CloseBeforeHeaders,
    /// And after so many bytes of the body.
    CloseAfter(usize),
    /// All bytes come, and then the connection is reset instead of going on.
    BreakAtEnd,
    /// The request is carried out, and its answer lost.
    LoseReply,
    /// The length that is told is less than the body by so many bytes.
    ShortLength(usize),
    /// And more.
    LongLength(usize),
    /// No length is told.
    NoLength,
    /// A range is answered by all of the value.
    WholeForRange,
    /// The range that is told is another than the one asked for, and its bytes, too.
    WrongRange,
    /// The last bytes are asked for, and the first are sent (as s3rver does).
    SuffixAsPrefix,
    /// The value has changed: other bytes, another tag.
    Changed,
    /// Conditions are ignored.
    NoConditions,
    /// Go elsewhere.
    Redirect(String),
    /// Go away, nobody knows where.
    BareRedirect,
    /// All is well, and the body is an error of S3.
    ErrorInside,
    /// The body says it is chunked, and is not.
    ChunkedGarbage,
    /// One byte in this time.
    Trickle(Duration),
    /// Compressed, though nobody asked.
    Gzip,
    /// The answer comes twice.
    Twice,
    /// No answer, ever.
    Never,
}

/// What a server tells of which writing of a value an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tags {
    /// A strong ETag.
    #[default]
    Strong,
    /// A weak one, as of a server that compresses, which never matches in `If-Match`.
    Weak,
    /// The second of the last change.
    Dated,
    /// Nothing.
    None,
}

/// A value with its tag and what was stored beside it.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Counted up with each write.
    pub tag: u64,
    /// Headers that came with it, such as `x-amz-meta-…`.
    pub kept: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    script: VecDeque<Fault>,
    always: Option<Fault>,
    tags: Tags,
    log: Vec<Request>,
    writes: u64,
    open: usize,
    page: usize,
}

/// A running server. Paths begin with `/`.
#[derive(Debug)]
pub struct Faulty {
    serving: Serving,
    state: Shared,
}

#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<State>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Faulty {
    fn default() -> Self {
        Faulty::new()
    }
}

impl Faulty {
    /// A server with no objects and no faults.
    #[must_use]
    pub fn new() -> Faulty {
        let state = Shared::default();
        state.lock().page = 1000;
        let shared = state.clone();
        let serving = Serving::new(move |listener: TcpListener| async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    state.lock().open += 1;
                    let _ended = talk(socket, &state).await;
                    state.lock().open -= 1;
                });
            }
        });
        Faulty { serving, state }
    }

    /// Its address, after `http://`.
    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    /// Puts a value at a path.
    pub fn set(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let mut state = self.state.lock();
        state.writes += 1;
        let object = Object {
            bytes: bytes.into(),
            tag: state.writes,
            kept: Vec::new(),
        };
        state.objects.insert(path.to_owned(), object);
    }

    /// The value at a path.
    #[must_use]
    pub fn object(&self, path: &str) -> Option<Object> {
        self.state.lock().objects.get(path).cloned()
    }

    /// What goes wrong with the next requests, one each.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().script.extend(faults);
    }

    /// What goes wrong with each request that the script leaves alone.
    pub fn always(&self, fault: Option<Fault>) {
        let mut state = self.state.lock();
        state.script.clear();
        state.always = fault;
    }

    /// What is told of which writing an answer is.
    pub fn tags(&self, tags: Tags) {
        self.state.lock().tags = tags;
    }

    /// How many entries a page of a listing has.
    pub fn page(&self, entries: usize) {
        self.state.lock().page = entries;
    }

    /// What was asked since the last call.
    #[must_use]
    pub fn take_log(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().log)
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.lock().open
    }
}

async fn talk(socket: TcpStream, state: &Shared) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    while let Some(request) = read(&mut socket).await? {
        let (fault, reply) = {
            let mut state = state.lock();
            state.log.push(request.clone());
            let fault = state.script.pop_front();
            let fault = fault
                .or_else(|| state.always.clone())
                .unwrap_or(Fault::None);
            let reply = Reply::to(&request, &mut state, &fault);
            (fault, reply)
        };
        let stays = send(socket.get_mut(), reply, &fault).await?;
        if !stays {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the connection goes on.
async fn send(socket: &mut TcpStream, reply: Reply, fault: &Fault) -> std::io::Result<bool> {
    let (head, body) = reply.written(fault);
    match fault {
        Fault::CloseBeforeHeaders | Fault::LoseReply => Ok(false),
        Fault::Never => {
            // Until the client goes away.
            let mut waste = [0; 64];
            while tokio::io::AsyncReadExt::read(socket, &mut waste).await? > 0 {}
            Ok(false)
        }
        Fault::CloseAfter(n) => {
            socket.write_all(head.as_bytes()).await?;
            socket.write_all(&body[..body.len().min(*n)]).await?;
            Ok(false)
        }
        Fault::Trickle(pause) => {
            socket.write_all(head.as_bytes()).await?;
            for byte in body {
                socket.write_all(&[byte]).await?;
                tokio::time::sleep(*pause).await;
            }
            Ok(true)
        }
        _ => {
            if let Fault::Delay(pause) = fault {
                tokio::time::sleep(*pause).await;
            }
            let once = [head.as_bytes(), &body].concat();
            let times = if *fault == Fault::Twice { 2 } else { 1 };
            // In one go, so that both are there when the client looks.
            socket.write_all(&once.repeat(times)).await?;
            socket.flush().await?;
            let ends = matches!(
                fault,
                Fault::LongLength(_) | Fault::NoLength | Fault::BreakAtEnd | Fault::ChunkedGarbage
            );
            Ok(!ends)
        }
    }
}
