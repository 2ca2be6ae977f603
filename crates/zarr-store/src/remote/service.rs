//! The services: how an address and options become a client, and what each service can do. It makes
//! no request.

use std::sync::Arc;

use object_store::{
    ClientConfigKey, ObjectStore as Client, UpdateVersion,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    http::HttpBuilder,
};
use reqwest::header::HeaderValue;

use super::{
    options::{Pairs, Settings, truth, unknown, wrong},
    scrub::scrub,
    transport::{Connector, Reach, is_weak},
};
use crate::{Conditions, Identity, Prefix, Result, StoreErrorKind, Version, without_secrets};

/// The limit of one request, its body included, unless told otherwise. Long, since a connection that
/// stands still is given up much earlier.
const TIMEOUT: &str = "600s";

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Service {
    S3,
    Gcs,
    Azure,
    Http,
    /// A client that was handed to us.
    Given,
}

/// A client with what is known about it.
pub(super) struct Connection {
    pub(super) client: Arc<dyn Client>,
    pub(super) service: Service,
    /// The address, fit to be shown.
    pub(super) name: String,
    /// Which container it is, whatever part of it the store is: for locks, which may meet too often.
    pub(super) identity: Identity,
    /// The same, and of which service.
    pub(super) world: Identity,
    /// Where in the service's container the store lies.
    pub(super) root: Prefix,
    /// Texts that must never be shown.
    pub(super) secrets: Vec<String>,
}

impl Service {
    /// The service of a URL scheme.
    pub(super) fn of(scheme: &str) -> Option<Service> {
        Some(match scheme {
            "s3" | "s3a" => Service::S3,
            "gs" | "gcs" => Service::Gcs,
            "az" | "azure" | "adl" | "abfs" | "abfss" => Service::Azure,
            "http" | "https" => Service::Http,
            _ => return None,
        })
    }

    /// Which conditional writes its clients make. None deletes on a condition.
    pub(super) fn conditions(self) -> Conditions {
        let both = matches!(self, Service::S3 | Service::Gcs | Service::Azure);
        Conditions {
            create: both,
            update: both,
            delete: false,
        }
    }

    /// Whether "the last n bytes" is a question it understands.
    pub(super) fn knows_suffixes(self) -> bool {
        self != Service::Azure
    }

    /// Whether every value has a tag; an answer without one is then no value.
    pub(super) fn tags_all(self) -> bool {
        matches!(self, Service::S3 | Service::Gcs | Service::Azure)
    }

    /// What identifies a writing: the tag, and where conditions are made on another number, that too.
    /// A weak tag identifies none.
    pub(super) fn version(self, tag: Option<&str>, number: Option<&str>) -> Option<Version> {
        let tag = tag.filter(|tag| !is_weak(tag));
        match (self, tag, number) {
            (Service::Gcs, Some(tag), Some(number)) => {
                Some(format!("{number} {tag}").as_str().into())
            }
            (Service::Gcs, ..) | (_, None, _) => None,
            (_, Some(tag), _) => Some(tag.into()),
        }
    }

    /// What identifies a writing where only its date and size do. Answers are compared by it; nobody can
    /// be asked for it.
    pub(super) fn dated_version(date: &str, size: u64) -> Version {
        format!("W/{size} {date}").as_str().into()
    }

    /// Whether a version is such a one.
    pub(super) fn is_dated(version: &Version) -> bool {
        version.tag().is_some_and(is_weak)
    }

    /// The same as the client wants it for a conditional request.
    pub(super) fn parts(self, version: &Version) -> UpdateVersion {
        let text = version.tag().unwrap_or_default();
        match (self, text.split_once(' ')) {
            _ if is_weak(text) => UpdateVersion {
                e_tag: None,
                version: None,
            },
            (Service::Gcs, Some((number, tag))) => UpdateVersion {
                e_tag: Some(tag.to_owned()),
                version: Some(number.to_owned()),
            },
            _ => UpdateVersion {
                e_tag: Some(text.to_owned()),
                version: None,
            },
        }
    }
}

/// The client for `scheme://rest`, with credentials from the environment where the options give none.
pub(super) fn connect(
    service: Service,
    url: &str,
    settings: &Settings,
    options: Pairs,
) -> Result<Connection, StoreErrorKind> {
    let anonymous = settings.anonymous
        || settings.untrusted && !options.iter().any(|(name, _)| is_secret(name));
    let settings = &Settings {
        anonymous,
        ..settings.clone()
    };
    if settings.untrusted {
        check_untrusted(url, &options)?;
    }
    let mut secrets: Vec<String> = options
        .iter()
        .filter(|(name, _)| is_secret(name))
        .map(|(_, value)| value.clone())
        .chain(settings.authorization.clone())
        .collect();
    let (container, root) = match service {
        Service::Http => (url, Prefix::root()),
        _ => split(url)?,
    };
    let made = match service {
        Service::S3 => s3(container, settings, options, &mut secrets),
        Service::Gcs => gcs(container, settings, options, &mut secrets),
        Service::Azure => azure(container, settings, options, &mut secrets),
        Service::Http | Service::Given => http(url, settings, options),
    };
    secrets.extend(url.split_once('?').map(|(_, query)| query.to_owned()));
    let secrets = with_pieces(&secrets);
    let (client, endpoint) = made.map_err(|e| match e {
        BuildError::Option(kind) => kind,
        BuildError::Client(e) => {
            let words = scrub(&e.to_string(), &secrets);
            StoreErrorKind::Option(match words.contains("Account must be specified") {
                true => format!(
                    "{words}; give the option `account_name`, or set AZURE_STORAGE_ACCOUNT_NAME"
                ),
                false => words,
            })
        }
    })?;
    Ok(Connection {
        client,
        service,
        identity: Identity::named(("remote", container)),
        world: Identity::named((service, endpoint, container.split("://").last())),
        name: without_secrets(url.trim_end_matches('/')),
        root,
        secrets,
    })
}

/// Refuses what would lead elsewhere than an untrusted address may.
fn check_untrusted(url: &str, options: &Pairs) -> Result<(), StoreErrorKind> {
    if url.starts_with("http:") {
        let why = "plain HTTP to an untrusted address; use `https:`";
        return Err(StoreErrorKind::Unsupported(why));
    }
    let with = |(name, value): &&(String, String)| {
        let name = name.trim_start_matches("aws_").trim_start_matches("azure_");
        name == "proxy_url" || name == "allow_http" && value != "false"
    };
    match options.iter().find(with) {
        Some((name, _)) => Err(wrong(
            name,
            "an address that is trusted, without `untrusted`",
        )),
        None => Ok(()),
    }
}

/// Why there is no client.
enum BuildError {
    Option(StoreErrorKind),
    Client(object_store::Error),
}

impl From<object_store::Error> for BuildError {
    fn from(e: object_store::Error) -> Self {
        BuildError::Client(e)
    }
}

/// A client, and the endpoint that it asks, where it was told one.
type BuildResult = Result<(Arc<dyn Client>, Option<String>), BuildError>;

/// `scheme://container/path` as its two halves. The path is taken as it is written, as other tools
/// take it.
fn split(url: &str) -> Result<(&str, Prefix), StoreErrorKind> {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let slash = url[authority..].find('/').map(|at| authority + at);
    let (container, path) = url.split_at(slash.unwrap_or(url.len()));
    if container.len() == authority {
        return Err(StoreErrorKind::Unsupported(
            "an address without the name of a bucket or container",
        ));
    }
    let path = path.trim_matches('/');
    let root = Prefix::new(path).map_err(|e| e.kind)?;
    Ok((container, root))
}

fn connector(settings: &Settings, reach: Reach) -> Result<Connector, BuildError> {
    let authorization = settings.authorization.as_deref().map(|text| {
        let mut value = HeaderValue::from_str(text)
            .map_err(|_| BuildError::Option(wrong("authorization", "the text of a header")))?;
        value.set_sensitive(true);
        Ok::<_, BuildError>(value)
    });
    Ok(Connector {
        reach: match settings.untrusted {
            true => Reach::Public,
            false => reach,
        },
        authorization: authorization.transpose()?,
        longest_pause: settings.retry.retry_timeout,
    })
}

fn s3(
    container: &str,
    settings: &Settings,
    options: Pairs,
    secrets: &mut Vec<String>,
) -> BuildResult {
    use AmazonS3ConfigKey as Key;
    let mut builder = settings
        .begin(AmazonS3Builder::new, AmazonS3Builder::from_env)
        .with_url(container)
        .with_retry(settings.retry.clone())
        .with_http_connector(connector(settings, Reach::OneHost)?);
    if settings.untrusted || from_env_unset("AWS_TIMEOUT") {
        builder = builder.with_config(Key::Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    if settings.anonymous {
        builder = builder.with_skip_signature(true);
    }
    for (name, value) in options {
        let key = name.parse::<Key>().map_err(|_| stranger(&name, "S3"))?;
        builder = builder.with_config(key, value);
    }
    let config = |key: Key| builder.get_config_value(&key);
    let allowed = config(Key::Client(ClientConfigKey::AllowHttp));
    check_endpoint(config(Key::Endpoint), allowed, "AWS_ALLOW_HTTP")?;
    let hidden = [Key::AccessKeyId, Key::SecretAccessKey, Key::Token];
    secrets.extend(
        hidden
            .iter()
            .filter_map(|key| builder.get_config_value(key)),
    );
    let endpoint = builder.get_config_value(&Key::Endpoint);
    Ok((Arc::new(builder.build()?), endpoint))
}

fn gcs(
    container: &str,
    settings: &Settings,
    options: Pairs,
    secrets: &mut Vec<String>,
) -> BuildResult {
    use GoogleConfigKey as Key;
    let url = container.replacen("gcs://", "gs://", 1);
    let mut builder = settings
        .begin(
            GoogleCloudStorageBuilder::new,
            GoogleCloudStorageBuilder::from_env,
        )
        .with_url(url)
        .with_retry(settings.retry.clone())
        .with_http_connector(connector(settings, Reach::OneHost)?);
    if settings.untrusted || from_env_unset("GOOGLE_TIMEOUT") {
        builder = builder.with_config(Key::Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    if settings.anonymous {
        builder = builder.with_skip_signature(true);
    }
    for (name, value) in options {
        let key = name.parse::<Key>().map_err(|_| stranger(&name, "GCS"))?;
        builder = builder.with_config(key, value);
    }
    let hidden = [Key::ServiceAccountKey, Key::BearerToken];
    secrets.extend(
        hidden
            .iter()
            .filter_map(|key| builder.get_config_value(key)),
    );
    Ok((Arc::new(builder.build()?), None))
}

fn azure(
    container: &str,
    settings: &Settings,
    options: Pairs,
    secrets: &mut Vec<String>,
) -> BuildResult {
    use AzureConfigKey as Key;
    let mut builder = settings
        .begin(MicrosoftAzureBuilder::new, MicrosoftAzureBuilder::from_env)
        .with_url(container)
        .with_retry(settings.retry.clone())
        .with_http_connector(connector(settings, Reach::OneHost)?);
    if settings.untrusted || from_env_unset("AZURE_TIMEOUT") {
        builder = builder.with_config(Key::Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    if settings.anonymous {
        builder = builder.with_skip_signature(true);
    }
    for (name, value) in options {
        let key = name.parse::<Key>().map_err(|_| stranger(&name, "Azure"))?;
        builder = builder.with_config(key, value);
    }
    let config = |key: Key| builder.get_config_value(&key);
    let allowed = config(Key::Client(ClientConfigKey::AllowHttp));
    check_endpoint(config(Key::Endpoint), allowed, "AZURE_ALLOW_HTTP")?;
    let hidden = [Key::AccessKey, Key::ClientSecret, Key::Token, Key::SasKey];
    secrets.extend(
        hidden
            .iter()
            .filter_map(|key| builder.get_config_value(key)),
    );
    let endpoint = builder.get_config_value(&Key::Endpoint);
    Ok((Arc::new(builder.build()?), endpoint))
}

/// Refuses what the client would refuse at each request, in words that do not say how to allow it.
fn check_endpoint(
    endpoint: Option<String>,
    allowed: Option<String>,
    variable: &str,
) -> Result<(), BuildError> {
    let is_plain = |url: &String| url.to_ascii_lowercase().starts_with("http:");
    let is_allowed = allowed.is_some_and(|text| !matches!(truth("allow_http", &text), Ok(false)));
    match endpoint.filter(is_plain) {
        Some(endpoint) if !is_allowed => {
            let endpoint = without_secrets(&endpoint);
            Err(BuildError::Option(StoreErrorKind::Option(format!(
                "the endpoint {endpoint} is plain HTTP, where all can read along; if that is meant, give the option \
                 `allow_http=true`, or set {variable}=true"
            ))))
        }
        _ => Ok(()),
    }
}

fn http(url: &str, settings: &Settings, options: Pairs) -> BuildResult {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (base, query) = url.split_at(end);
    if let Some((_, rest)) = base.split_once("://")
        && rest
            .split('/')
            .next()
            .is_some_and(|host| host.contains('@'))
    {
        return Err(BuildError::Option(StoreErrorKind::Unsupported(
            "a name and password in an address; give them by the option `authorization`, as in `Basic …`",
        )));
    }
    let mut builder = HttpBuilder::new()
        // A slash at its end would be one too many before a key.
        .with_url([base.trim_end_matches('/'), query].concat())
        .with_retry(settings.retry.clone())
        .with_http_connector(connector(settings, Reach::Anywhere)?)
        .with_config(ClientConfigKey::Timeout, TIMEOUT)
        .with_config(
            ClientConfigKey::AllowHttp,
            url.starts_with("http:").to_string(),
        );
    for (name, value) in options {
        let key = name
            .parse::<ClientConfigKey>()
            .map_err(|_| stranger(&name, "HTTP"))?;
        builder = builder.with_config(key, value);
    }
    Ok((Arc::new(builder.build()?), None))
}

fn stranger(name: &str, service: &str) -> BuildError {
    BuildError::Option(unknown(name, service))
}

/// Secrets with what they are made of: fields of a signed query, the word behind `Bearer`. Short texts
/// are no secrets, and hiding them would garble all others.
fn with_pieces(secrets: &[String]) -> Vec<String> {
    let pieces = secrets
        .iter()
        .flat_map(|secret| secret.split(['&', '=', '?', '#', ' ']))
        .filter(|piece| piece.len() >= 8);
    let whole = secrets.iter().filter(|secret| secret.len() >= 4);
    whole
        .map(String::as_str)
        .chain(pieces)
        .map(str::to_owned)
        .collect()
}

/// Whether the environment leaves an option to us.
fn from_env_unset(name: &str) -> bool {
    std::env::var_os(name).is_none()
}

/// Whether an option of this name is likely to hold a secret.
fn is_secret(name: &str) -> bool {
    ["key", "secret", "token", "password", "sas", "authorization"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        let table = [
            ("s3://b", Some(("s3://b", ""))),
            ("s3://b/", Some(("s3://b", ""))),
            ("gs://b/x/y.zarr/", Some(("gs://b", "x/y.zarr/"))),
            (
                "abfs://c@a.dfs.core.windows.net/x",
                Some(("abfs://c@a.dfs.core.windows.net", "x/")),
            ),
            ("s3:///x", None),
            ("s3://b/../c", None),
            ("s3://b/a//c", None),
        ];
        for (url, want) in table {
            let got = split(url).ok();
            let got = got.as_ref().map(|(c, root)| (*c, root.as_str()));
            assert_eq!(got, want, "{url}");
        }
    }

    /// A part of a bucket and the bucket around it are one place, by whichever endpoint was named first;
    /// the same name at another service is not.
    #[test]
    fn sites_are_in_one_bucket() {
        use crate::{ObjectStore, RealPath, Store};
        let site = |url: &str, endpoint: &str| -> RealPath {
            let named = (!endpoint.is_empty()).then_some(("endpoint", endpoint));
            let store = ObjectStore::open(url, named.into_iter().chain([("anonymous", "true")]));
            store.unwrap().real_path(&Prefix::root())
        };
        let part = site("s3://b/x.zarr/raw/scan", "");
        for around in ["s3://b", "s3://b/x.zarr", "s3a://b/x.zarr/raw/"] {
            assert!(site(around, "").contains(&part), "{around}");
        }
        assert!(!site("s3://b/x.zarr/ra", "").contains(&part));
        assert!(!site("s3://c/x.zarr", "").contains(&part));
        assert!(!site("gs://b/x.zarr", "").contains(&part));
        assert!(!site("s3://b/x.zarr", "https://minio.example.org").contains(&part));
    }

    #[test]
    fn versions_hold_what_conditions_need() {
        let version = Service::Gcs.version(Some("\"e\""), Some("17")).unwrap();
        let parts = Service::Gcs.parts(&version);
        assert_eq!(
            (parts.e_tag.as_deref(), parts.version.as_deref()),
            (Some("\"e\""), Some("17"))
        );
        let version = Service::S3.version(Some("\"a b\""), None).unwrap();
        assert_eq!(
            Service::S3.parts(&version).e_tag.as_deref(),
            Some("\"a b\"")
        );
        assert!(Service::Http.version(None, None).is_none());
        assert!(Service::Http.version(Some("W/\"e\""), None).is_none());
        let dated = Service::dated_version("Mon, 23 Nov 2026 00:00:00 GMT", 9);
        assert!(Service::is_dated(&dated));
        assert_eq!(Service::Http.parts(&dated).e_tag, None);
    }
}
