//! `zarr serve`: a store over HTTP, for viewers and for a page of its own. Here are sockets and limits; what is
//! answered is in `answer`, `values` and `reports`.

mod answer;
mod reports;
mod values;

use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use zarr::Location;

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::text;

/// Serve a store over HTTP, to read only, with a page that shows what is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr serve demo.zarr
  zarr serve demo.zarr --port 9000
  zarr serve s3://bucket/demo.zarr

Viewers find the store at the address that is printed, a browser the page. Only programs on this machine can
connect, unless --bind says otherwise; whoever can connect can read everything in the store, any web page that
is open in a browser here among them. Ctrl-C ends it.")]
pub(crate) struct Args {
    /// Directory of the node, or STORE::PATH of a node in a store
    path: Address,

    /// Where to listen; 0 is any port that is free
    #[arg(long, short, value_name = "PORT", default_value_t = 8000)]
    port: u16,

    /// On which address of this machine
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
}

/// No more connections than this are kept.
const CONNECTIONS: usize = 256;

/// A client that has not said what it wants by then is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// No request needs more room.
const HEADERS: usize = 64 << 10;

/// What is served.
#[derive(Debug)]
struct Served {
    location: Location,
    /// As the user names it.
    name: String,
    /// What takes memory: values on their way, and reports.
    work: Semaphore,
}

impl Served {
    fn new(location: Location, name: String) -> Self {
        let work = Semaphore::new(64);
        Self {
            location,
            name,
            work,
        }
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    args.path.open()?;
    let served = Arc::new(Served::new(
        args.path.confined()?,
        args.path.as_str().to_owned(),
    ));
    let address = SocketAddr::new(args.bind, args.port);
    let place = address.to_string();
    let fail = |error: std::io::Error| {
        let failure = Failure::io("cannot listen on", &place, &error);
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure.advice("choose another --port, or 0 for any"),
            _ => failure,
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(fail)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        if !address.ip().is_loopback() {
            text::warning("whoever reaches this machine can read the store");
        }
        let said = writeln!(out, "http://{address}/").and_then(|()| out.flush());
        said.map_err(|error| Failure::output(&error))?;
        tokio::select! {
            () = accept(listener, served) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(Exit::Done)
    })
}

/// Somebody who is connected.
struct Guest {
    task: AbortHandle,
    /// Whether an answer is being made.
    busy: Arc<AtomicBool>,
}

/// Takes connections for ever. Where there are too many, the oldest that asks for nothing has to go: whoever only
/// keeps connections open keeps nobody out.
async fn accept(listener: TcpListener, served: Arc<Served>) {
    let mut guests: Vec<Guest> = Vec::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptors, or the client is gone already.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        guests.retain(|guest| !guest.task.is_finished());
        if guests.len() >= CONNECTIONS {
            let idle = |guest: &Guest| !guest.busy.load(Ordering::Relaxed);
            match guests.iter().position(idle) {
                Some(oldest) => guests.remove(oldest).task.abort(),
                // All are at work: this one may try again.
                None => continue,
            }
        }
        let busy = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(attend(stream, Arc::clone(&served), Arc::clone(&busy)));
        let task = task.abort_handle();
        guests.push(Guest { task, busy });
    }
}

/// Answers all that one client asks.
async fn attend(stream: TcpStream, served: Arc<Served>, busy: Arc<AtomicBool>) {
    let service = service_fn(|request| {
        let (served, busy) = (Arc::clone(&served), Arc::clone(&busy));
        async move {
            busy.store(true, Ordering::Relaxed);
            let answer = answer::answer(&served, &request).await;
            busy.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off is no failure of ours.
    drop(connection.await);
}

#[cfg(test)]
mod tests;
