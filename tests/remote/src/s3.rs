//! An S3 server in this process: `s3s-fs` over a temporary directory, with signatures checked.

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use zarr_store::ObjectStore;

use crate::threads::Serving;

/// The only bucket.
pub const BUCKET: &str = "bucket";
/// Who may ask.
pub const ACCESS: &str = "AKIATESTACCESS";
/// And what they must know.
pub const SECRET: &str = "s3cr3t-of-the-test";

/// A running server with one empty bucket.
#[derive(Debug)]
pub struct S3 {
    serving: Serving,
    directory: TempDir,
}

impl Default for S3 {
    fn default() -> Self {
        S3::new()
    }
}

impl S3 {
    /// Starts one.
    ///
    /// # Panics
    /// Where there is no temporary directory or no port.
    #[must_use]
    pub fn new() -> S3 {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(directory.path().join(BUCKET)).expect("a bucket");
        let files = FileSystem::new(directory.path()).expect("a file system of S3");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS, SECRET));
        let service = builder.build();
        let serving = Serving::new(move |listener: TcpListener| async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connection = Builder::new(TokioExecutor::new());
                    // A client that goes away is no trouble.
                    let _ended = connection
                        .serve_connection(TokioIo::new(socket), service)
                        .await;
                });
            }
        });
        S3 { serving, directory }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    /// The files under it.
    #[must_use]
    pub fn files(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// The address to connect to.
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.serving.address
    }

    /// A store on the bucket, or on a directory in it.
    ///
    /// # Panics
    /// If the store cannot be made of these options.
    #[must_use]
    pub fn store(&self, path: &str) -> ObjectStore {
        store_at(&self.url(), path, &[])
    }
}

/// A store that asks the server at `endpoint` as this one's only user; `more` options come last.
///
/// # Panics
/// If the store cannot be made of these options.
#[must_use]
pub fn store_at(endpoint: &str, path: &str, more: &[(&str, &str)]) -> ObjectStore {
    let options = [
        ("endpoint", endpoint),
        ("region", "us-east-1"),
        ("access_key_id", ACCESS),
        ("secret_access_key", SECRET),
        ("allow_http", "true"),
        ("max_retries", "3"),
        ("init_backoff", "10ms"),
        ("max_backoff", "50ms"),
    ];
    let options = options.into_iter().chain(more.iter().copied());
    ObjectStore::open(&format!("s3://{BUCKET}/{path}"), options).expect("a store")
}
