//! An address and options become a client. It makes no request.

use std::sync::Arc;

use object_store::{
    ClientConfigKey, ObjectStore as Client,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    http::HttpBuilder,
};
use reqwest::header::HeaderValue;

use super::{
    connection::Connection,
    options::{Pairs, Settings, truth, unknown, wrong},
    scrub::scrub,
    service::Service,
    transport::{Connector, Reach},
};
use crate::{Identity, Prefix, Result, StoreErrorKind, without_secrets};

/// The limit of one request, its body included, unless told otherwise. Long, since a connection that
/// stands still is given up much earlier.
const TIMEOUT: &str = "600s";

/// The client for `scheme://rest`, with credentials from the environment where the options give none.
pub(super) fn connect(
    service: Service,
    url: &str,
    settings: Settings,
    options: Pairs,
) -> Result<Connection, StoreErrorKind> {
    let anonymous = settings.anonymous
        || settings.untrusted && !options.iter().any(|(name, _)| is_secret(name));
    let asked = &Settings {
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
        Service::S3 => s3(container, asked, options, &mut secrets),
        Service::Gcs => {
            let url = container.replacen("gcs://", "gs://", 1);
            gcs(&url, asked, options, &mut secrets)
        }
        Service::Azure => azure(container, asked, options, &mut secrets),
        Service::Http | Service::Given => http(url, asked, options),
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
    let bucket = container.split("://").last().unwrap_or(container);
    Ok(Connection {
        client,
        service,
        settings,
        identity: Identity::named(("remote", container)),
        container: Identity::named((service, &endpoint, bucket)),
        bucket: format!("{} {bucket}", endpoint.unwrap_or_default()),
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

/// A function that makes the client of a service with what the environment, the settings and the options say, and adds
/// the secrets it was given. The three builders have the same methods and no trait in common.
macro_rules! service_client {
    ($name:ident, $Builder:ident, $Key:ident, $service:literal, $variables:literal, $endpoint:expr, $secret_keys:expr) => {
        fn $name(
            url: &str,
            settings: &Settings,
            options: Pairs,
            secrets: &mut Vec<String>,
        ) -> BuildResult {
            let mut builder = settings
                .begin($Builder::new, $Builder::from_env)
                .with_url(url)
                .with_retry(settings.retry.clone())
                .with_http_connector(connector(settings, Reach::OneHost)?);
            if settings.untrusted || from_env_unset(concat!($variables, "_TIMEOUT")) {
                builder = builder.with_config($Key::Client(ClientConfigKey::Timeout), TIMEOUT);
            }
            if settings.anonymous {
                builder = builder.with_skip_signature(true);
            }
            for (name, value) in options {
                let key = name
                    .parse::<$Key>()
                    .map_err(|_| stranger(&name, $service))?;
                builder = builder.with_config(key, value);
            }
            let config = |key: $Key| builder.get_config_value(&key);
            let endpoint = $endpoint.and_then(config);
            let allowed = config($Key::Client(ClientConfigKey::AllowHttp));
            let variable = concat!($variables, "_ALLOW_HTTP");
            check_endpoint(endpoint.as_deref(), allowed, variable)?;
            secrets.extend($secret_keys.into_iter().filter_map(config));
            Ok((Arc::new(builder.build()?), endpoint))
        }
    };
}

service_client!(
    s3,
    AmazonS3Builder,
    AmazonS3ConfigKey,
    "S3",
    "AWS",
    Some(AmazonS3ConfigKey::Endpoint),
    [
        AmazonS3ConfigKey::AccessKeyId,
        AmazonS3ConfigKey::SecretAccessKey,
        AmazonS3ConfigKey::Token,
    ]
);
service_client!(
    gcs,
    GoogleCloudStorageBuilder,
    GoogleConfigKey,
    "GCS",
    "GOOGLE",
    None,
    [
        GoogleConfigKey::ServiceAccountKey,
        GoogleConfigKey::BearerToken,
    ]
);
service_client!(
    azure,
    MicrosoftAzureBuilder,
    AzureConfigKey,
    "Azure",
    "AZURE",
    Some(AzureConfigKey::Endpoint),
    [
        AzureConfigKey::AccessKey,
        AzureConfigKey::ClientSecret,
        AzureConfigKey::Token,
        AzureConfigKey::SasKey,
    ]
);

/// Refuses what the client would refuse at each request, in words that do not say how to allow it.
fn check_endpoint(
    endpoint: Option<&str>,
    allowed: Option<String>,
    variable: &str,
) -> Result<(), BuildError> {
    let is_plain = |url: &&str| url.to_ascii_lowercase().starts_with("http:");
    let is_allowed = allowed.is_some_and(|text| !matches!(truth("allow_http", &text), Ok(false)));
    match endpoint.filter(is_plain) {
        Some(endpoint) if !is_allowed => {
            let endpoint = without_secrets(endpoint);
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
    fn real_paths_are_in_one_bucket() {
        use crate::{ObjectStore, RealPath, Store};
        let at = |url: &str, endpoint: &str| -> RealPath {
            let named = (!endpoint.is_empty()).then_some(("endpoint", endpoint));
            let store = ObjectStore::open(url, named.into_iter().chain([("anonymous", "true")]));
            store.unwrap().real_path(&Prefix::root())
        };
        let part = at("s3://b/x.zarr/raw/scan", "");
        for around in ["s3://b", "s3://b/x.zarr", "s3a://b/x.zarr/raw/"] {
            assert!(at(around, "").contains(&part), "{around}");
        }
        assert!(!at("s3://b/x.zarr/ra", "").contains(&part));
        assert!(!at("s3://c/x.zarr", "").contains(&part));
        assert!(!at("gs://b/x.zarr", "").contains(&part));
        assert!(!at("s3://b/x.zarr", "https://minio.example.org").contains(&part));
    }
}
