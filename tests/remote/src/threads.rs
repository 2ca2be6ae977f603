//! The runtime of one server. Dropping it ends the server and all its connections.

use std::{future::Future, net::SocketAddr};

use tokio::{net::TcpListener, runtime::Runtime};

/// A server's address and its threads.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens, on loopback.
    pub address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Serving {
    /// Runs `serve` on a listener of its own.
    ///
    /// # Panics
    /// Where loopback cannot be listened on.
    pub fn new<F>(serve: impl FnOnce(TcpListener) -> F) -> Serving
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("test-server")
            .enable_all()
            .build()
            .expect("threads for a server");
        // Waits for no future: whoever starts a server may be inside of a runtime.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("the port");
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener).expect("a socket")
        };
        runtime.spawn(serve(listener));
        Serving {
            address,
            runtime: Some(runtime),
        }
    }

    /// Its address as text, after `http://`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A test may drop it inside a runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}
