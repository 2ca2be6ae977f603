//! `ObjectStore`: S3, Google Cloud Storage, Azure and HTTP(S), through the crate `object_store`. It
//! owns what a key means there and what an answer proves; addresses are parsed in `location`.

mod background;
mod cause;
mod connect;
mod connection;
mod failure;
mod last_status;
mod list;
pub(crate) mod options;
mod probe;
mod read;
mod scrub;
mod service;
mod store;
mod transport;
mod write;

use std::{fmt, sync::Arc, time::Duration};

use self::{connect::connect, connection::Connection, options::Settings, service::Service};
use crate::{
    Conditions, Identity, Op, Prefix, Result, StoreError, StoreErrorKind, without_secrets,
};

/// A store on a service of the network: a bucket of S3 or Google Cloud Storage, a container of Azure,
/// a directory of a web server, or any client of the crate `object_store`.
///
/// ```no_run
/// use zarr_store::{Key, ObjectStore, StoreExt, runtime};
///
/// let store = ObjectStore::open("s3://bucket/data.zarr", [("region", "eu-central-1")])?;
/// let bytes = runtime::wait(store.get_all(&Key::new("zarr.json")?))?;
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
///
/// **Requests run on threads of their own**, one runtime for the process, started by the first
/// request. So this store can be waited for from anywhere: inside any runtime or without one.
///
/// **Options** are pairs of texts. Those of the service have the names that `object_store` gives them
/// (`region`, `endpoint`, `access_key_id`, `account_name`, `allow_http`, `timeout`, …), and what no
/// option says is taken from the usual environment variables (`AWS_…`, `GOOGLE_…`, `AZURE_…`), except
/// over plain HTTP. For every service:
///
/// | option | meaning | default |
/// |---|---|---|
/// | `anonymous` | ask without credentials | `false` |
/// | `untrusted` | nobody vouches for the address: see below | `false` |
/// | `authorization` | the header of that name; HTTP only | none |
/// | `max_retries`, `retry_timeout` | how often, and for how long in all, a failed request is made again | `10`, `180s` |
/// | `init_backoff`, `max_backoff`, `backoff_base` | the pause before the first retry, the longest, and how it grows | `100ms`, `15s`, `2` |
/// | `connect_timeout`, `timeout` | limits of one connection, one request | `5s`, `600s` |
/// | `read_timeout` | how long nothing (less than 1 KiB) may arrive | `30s` |
/// | `operation_timeout` | limit of one call, retries included | none |
/// | `missing_statuses` | statuses besides 404 that mean "not there", such as `403` | none |
/// | `conditional_put` | `disabled` where the service ignores conditions: see [`probe`](Self::probe) | `etag` |
/// | `put_limit` | larger values are written in parts, in bytes | 64 MiB |
///
/// **An address that others wrote** is opened with `untrusted` set to `true`. Then requests go over TLS,
/// without a proxy, to its host alone and only if that is one of the public internet: an address of this
/// machine or of a private network, the link-local ones of cloud metadata among them, is refused,
/// whatever name stands for it, and so are redirects to other hosts, plain HTTP and `allow_http`. No
/// credential is taken from the environment; only what the options give is sent, and to no other host.
///
/// **Absent** is what the service says is absent (404), and nothing else. Every answer is compared
/// with what was asked: its range, its length, its version.
///
/// **A write whose future is dropped** is given up if it was conditional; a condition keeps it from
/// landing on a newer value. Others go on to their end, and later writes of this process to that key
/// wait for them. A service may carry out a request long after its answer was given up, so a plain
/// write that timed out may still land; conditional ones do no harm then.
///
/// **A web server** is read-only, and has no listing.
#[derive(Clone)]
pub struct ObjectStore {
    connection: Arc<Connection>,
    conditions: Conditions,
}

impl ObjectStore {
    /// The store at a URL: `s3:`, `gs:`, `az:`, `abfs:`, `abfss:`, `http:` or `https:`. Makes no
    /// request.
    ///
    /// # Errors
    /// `Unsupported` for other URLs; an error that names the option if one is unknown or unreadable.
    pub fn open<K, V>(url: &str, options: impl IntoIterator<Item = (K, V)>) -> Result<Self>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let refuse = |kind| StoreError::text(Op::OpenStore, url, kind);
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        let service = Service::of(scheme).ok_or_else(|| {
            refuse(StoreErrorKind::Unsupported(
                "this kind of address; services are `s3:`, `gs:`, `az:`, `abfs:`, `http:` and `https:`",
            ))
        })?;
        let pairs = options
            .into_iter()
            .map(|(name, value)| (name.into().to_ascii_lowercase(), value.into()))
            .collect();
        let (settings, rest) = Settings::take(pairs).map_err(refuse)?;
        Ok(Self::on(
            connect(service, url, settings, rest).map_err(refuse)?,
        ))
    }

    /// The store of any client: all that lies in it. `name` is how the store prints itself.
    ///
    /// No condition is trusted, since nobody says which there are: see
    /// [`with_conditions`](Self::with_conditions) and [`probe`](Self::probe).
    pub fn from_client(client: Arc<dyn object_store::ObjectStore>, name: &str) -> Self {
        Self::on(Connection {
            client,
            service: Service::Given,
            settings: Settings::default(),
            name: without_secrets(name),
            identity: Identity::unique(),
            container: Identity::unique(),
            bucket: write::unique(),
            root: Prefix::root(),
            secrets: Vec::new(),
        })
    }

    fn on(connection: Connection) -> Self {
        let conditions = match connection.settings.conditional {
            true => connection.service.conditions(),
            false => Conditions::NONE,
        };
        ObjectStore {
            connection: Arc::new(connection),
            conditions,
        }
    }

    /// The same store, trusting these conditions. Deleting on a condition is never offered: no client
    /// asks for it.
    #[must_use]
    pub fn with_conditions(self, conditions: Conditions) -> Self {
        let conditions = Conditions {
            delete: false,
            ..conditions
        };
        ObjectStore { conditions, ..self }
    }

    /// The same store, each call of which ends within `limit`, retries included.
    #[must_use]
    pub fn with_timeout(self, limit: Duration) -> Self {
        let mut connection = Connection::clone(&self.connection);
        connection.settings.timeout = Some(limit);
        ObjectStore {
            connection: Arc::new(connection),
            ..self
        }
    }
}

impl fmt::Display for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.connection, f)
    }
}

/// By its address alone: clients print their credentials.
impl fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectStore")
            .field(&self.connection.name)
            .finish()
    }
}
