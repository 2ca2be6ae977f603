//! Makes the HTTP client of a store from its options. It knows `reqwest`; nothing else does.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use object_store::{
    ClientConfigKey as Key, ClientOptions, Error, Result,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    },
};
use reqwest::{
    ClientBuilder, NoProxy, Proxy, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
    redirect::{Attempt, Policy},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;

use super::{
    http::Transport,
    reach::{PublicOnly, Reach},
};
use crate::{remote::options::duration, runtime::PerProcess};

/// How long to wait for an answer to begin or go on, unless told otherwise.
const IDLE: Duration = Duration::from_secs(30);
/// More redirects than this lead nowhere.
const REDIRECTS: usize = 10;

/// Makes clients, as the service's own builder asks for them.
#[derive(Debug, Clone)]
pub(in crate::remote) struct Connector {
    pub(in crate::remote) reach: Reach,
    /// Sent with every request to the store's own host.
    pub(in crate::remote) authorization: Option<HeaderValue>,
    /// The longest pause that a service may ask for.
    pub(in crate::remote) longest_pause: Duration,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        refuse_what_is_not_done(options)?;
        let idle = time(options, Key::ReadTimeout)?.unwrap_or(IDLE);
        let client = Pool {
            connector: self.clone(),
            options: options.clone(),
            client: PerProcess::new(),
        };
        client.client()?;
        Ok(HttpClient::new(Transport::new(
            client,
            self.reach,
            idle,
            self.longest_pause,
        )))
    }
}

/// The connections of this process. Those of a parent end in threads that a forked process does not have, and what both
/// sent through one would be garbled.
struct Pool {
    connector: Connector,
    options: ClientOptions,
    client: PerProcess<Result<reqwest::Client, String>>,
}

impl Pool {
    fn client(&self) -> Result<&reqwest::Client> {
        let make = || {
            let client = self.connector.client(&self.options);
            client.map_err(|e| e.to_string())
        };
        let client = self.client.get_or_init(make).as_ref();
        client.map_err(|why| failed(why.clone()))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpService for Pool {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let client = self.client();
        let client = client.map_err(|e| HttpError::new(HttpErrorKind::Unknown, e))?;
        client.call(request).await
    }
}

impl Connector {
    fn client(&self, options: &ClientOptions) -> Result<reqwest::Client> {
        let mut builder = ClientBuilder::new()
            .tls_backend_preconfigured(tls()?)
            .redirect(self.redirects())
            .https_only(!is_set(options, Key::AllowHttp))
            .user_agent(
                options
                    .get_config_value(&Key::UserAgent)
                    .unwrap_or_else(|| {
                        concat!("zarr-store/", env!("CARGO_PKG_VERSION")).to_owned()
                    }),
            );
        if let Some(time) = time(options, Key::Timeout)? {
            builder = builder.timeout(time);
        }
        if let Some(time) = time(options, Key::ConnectTimeout)? {
            builder = builder.connect_timeout(time);
        }
        if let Some(time) = time(options, Key::PoolIdleTimeout)? {
            builder = builder.pool_idle_timeout(time);
        }
        if let Some(most) = value(options, Key::PoolMaxIdlePerHost)? {
            builder = builder.pool_max_idle_per_host(most);
        }
        if is_set(options, Key::Http1Only) {
            builder = builder.http1_only();
        }
        if is_set(options, Key::Http2Only) {
            builder = builder.http2_prior_knowledge();
        }
        if self.reach == Reach::Public {
            // A proxy would look up names where we cannot see what they mean.
            builder = builder.no_proxy().dns_resolver(PublicOnly);
        } else if let Some(url) = options.get_config_value(&Key::ProxyUrl) {
            let excludes = options.get_config_value(&Key::ProxyExcludes);
            let proxy = Proxy::all(url).map_err(|_| bad(Key::ProxyUrl))?;
            builder =
                builder.proxy(proxy.no_proxy(excludes.and_then(|e| NoProxy::from_string(&e))));
        }
        if let Some(authorization) = &self.authorization {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, authorization.clone());
            builder = builder.default_headers(headers);
        }
        builder.build().map_err(|e| failed(e.to_string()))
    }

    /// Within one host always. To another one only where nothing is signed: a session token must
    /// not follow (the client itself takes `Authorization` and cookies off).
    fn redirects(&self) -> Policy {
        let reach = self.reach;
        Policy::custom(move |attempt: Attempt| {
            let stays = attempt.previous().first();
            let stays = stays.is_some_and(|first| one_host(first, attempt.url()));
            if attempt.previous().len() > REDIRECTS {
                attempt.error("too many redirects")
            } else if stays || reach == Reach::Anywhere {
                attempt.follow()
            } else {
                attempt.stop()
            }
        })
    }
}

fn one_host(a: &Url, b: &Url) -> bool {
    a.host_str() == b.host_str() && a.port() == b.port()
}

/// TLS as the system trusts it. Where the system trusts nobody, as in a bare container, plain HTTP
/// still works, and every handshake fails with its reason.
///
/// To read the system's certificates takes ten milliseconds, so that is done once in a process.
fn tls() -> Result<ClientConfig> {
    static TRUSTED: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = TRUSTED.get() {
        return Ok(config.clone());
    }
    let versions = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| failed(e.to_string()))
    };
    match versions()?.with_platform_verifier() {
        Ok(config) => Ok(TRUSTED.get_or_init(|| config.with_no_client_auth()).clone()),
        Err(_) => Ok(versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()),
    }
}

fn refuse_what_is_not_done(options: &ClientOptions) -> Result<()> {
    let never = [
        Key::AllowInvalidCertificates,
        Key::NoSystemCertificates,
        Key::ProxyCaCertificate,
    ];
    for key in never {
        if options
            .get_config_value(&key)
            .is_some_and(|value| value != "false")
        {
            return Err(failed(format!(
                "the option `{}` is not supported; give the certificates to trust by the environment variable \
                 SSL_CERT_FILE",
                key.as_ref()
            )));
        }
    }
    Ok(())
}

fn is_set(options: &ClientOptions, key: Key) -> bool {
    options
        .get_config_value(&key)
        .is_some_and(|value| value == "true")
}

fn time(options: &ClientOptions, key: Key) -> Result<Option<Duration>> {
    let Some(text) = options.get_config_value(&key) else {
        return Ok(None);
    };
    duration(&text).map(Some).ok_or_else(|| bad(key))
}

fn value<T: FromStr>(options: &ClientOptions, key: Key) -> Result<Option<T>> {
    let Some(text) = options.get_config_value(&key) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| bad(key))
}

fn bad(key: Key) -> Error {
    failed(format!("the option `{}` cannot be read", key.as_ref()))
}

fn failed(why: String) -> Error {
    Error::Generic {
        store: "client",
        source: why.into(),
    }
}
