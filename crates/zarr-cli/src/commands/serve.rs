//! `zarr serve`: serves a store over HTTP, with a page of its own. Sockets and limits are here; `router` answers
//! requests, `access` says whose.

mod access;
mod body;
mod page;
mod page_data;
mod responses;
mod router;
mod served_store;
mod values;
mod wanted;

use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_io_timeout::TimeoutWriter;

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::output::text;

use self::access::AccessPolicy;
use self::served_store::{CONNECTIONS, READS, REPORT, ServedStore, WORK};

/// Serve a store over HTTP, read-only, with a page that shows what is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr serve demo.zarr
  zarr serve demo.zarr --port 9000
  zarr serve s3://bucket/demo.zarr

The command prints an address: viewers open it as a store, a browser shows the page. Only programs on this \
    machine can connect, unless --bind says otherwise, and whoever can connect can read everything in the store. By \
    default, so can any web page that is open in a browser on this machine, since viewers are such pages; \
    --allow-origin names those that may. Requests that call the server by another name are refused; --allow-host \
    allows more names. Ctrl-C stops it.")]
pub(crate) struct ServeArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Port to listen on; 0 for any free one
    #[arg(long, short, value_name = "PORT", default_value_t = 8000)]
    port: u16,

    /// Address of this machine to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,

    #[command(flatten)]
    access: AccessPolicy,
}

/// A client that sends no request for this long is disconnected.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of the headers of a request.
const HEADERS: usize = 64 << 10;

pub(crate) fn run(args: &ServeArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.confined();
    path.open()?;
    let location = path.location()?;
    // Other people see this name, so of an address it has only what stores show.
    let name = match path.directory() {
        Some(path) => path.display().to_string(),
        None => location.to_string(),
    };
    let served = Arc::new(ServedStore::new(location, name, args.access.clone()));
    let address = SocketAddr::new(args.bind, args.port);
    let place = address.to_string();
    let fail = |error: std::io::Error| {
        let failure = Failure::io("cannot listen on", &place, &error);
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure.advice("choose another --port, or 0 for any"),
            _ => failure,
        }
    };
    // Without a limit there would be twice as many, since a thread may be started before another one is known to be
    // free.
    let threads = (READS + WORK / REPORT) as usize;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(threads)
        .enable_all()
        .build();
    let runtime = runtime.map_err(fail)?;
    let ended = runtime.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        if !address.ip().is_loopback() {
            text::warning("whoever can reach this machine can read the store");
        }
        let said = writeln!(out, "http://{address}/").and_then(|()| out.flush());
        said.map_err(|error| Failure::output(&error))?;
        text::note(&text::escaped(&served.access.in_words()));
        tokio::select! {
            () = accept(listener, served) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(Exit::Done)
    });
    // Reads that are under way are not waited for.
    runtime.shutdown_background();
    ended
}

/// A connected client.
struct Connection {
    task: AbortHandle,
    /// Shared with all work for this client, until the socket has the last byte of it.
    work: Arc<()>,
}

impl Connection {
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.work) == 1
    }
}

/// Accepts connections for ever. If there are too many, the oldest idle one is closed, so that idle clients keep
/// nobody out.
async fn accept(listener: TcpListener, served: Arc<ServedStore>) {
    let mut guests: Vec<Connection> = Vec::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // There are no free descriptors, or the client is gone already.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        guests.retain(|guest| !guest.task.is_finished());
        if guests.len() >= CONNECTIONS {
            match guests.iter().position(Connection::is_idle) {
                Some(oldest) => guests.remove(oldest).task.abort(),
                // All are busy: this client may try again.
                None => continue,
            }
        }
        let work = Arc::new(());
        let task = tokio::spawn(attend(stream, Arc::clone(&served), Arc::downgrade(&work)));
        let task = task.abort_handle();
        guests.push(Connection { task, work });
    }
}

/// Answers all requests of one client.
async fn attend(stream: TcpStream, served: Arc<ServedStore>, work: Weak<()>) {
    let Ok(here) = stream.local_addr().map(|address| address.ip()) else {
        return;
    };
    let service = service_fn(|request| {
        let (served, work) = (Arc::clone(&served), work.upgrade());
        async move {
            let answer = router::answer(&served, &request, here).await;
            Ok::<_, Infallible>(answer.map(|body| body::holding(body, work)))
        }
    });
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(served.slowness));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // A client that disconnects is not a failure.
    drop(connection.await);
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
