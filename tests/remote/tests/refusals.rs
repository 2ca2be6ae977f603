//! What is said where a service refuses: the cause, and the option that helps.

use zarr_remote_tests::{
    faulty::{Fault, Faulty},
    s3::{ACCESS, SECRET, store_at},
};
use zarr_store::{ObjectStore, StoreErrorKind as Kind, StoreExt, runtime::wait};

use crate::key;

const QUICK: [(&str, &str); 2] = [("max_retries", "1"), ("init_backoff", "1ms")];

/// Codes and statuses as the S3 API reference lists them under "Error responses".
#[test]
fn refusals_name_the_option_that_helps() {
    let server = Faulty::new();
    let s3 = store_at(&server.url(), "a", &QUICK);
    let http = ObjectStore::open(&format!("{}/d", server.url()), QUICK).unwrap();
    let code = |code: &str| format!("<Error><Code>{code}</Code></Error>");
    let is_permission = |kind: &Kind| matches!(kind, Kind::Permission(_));
    let is_container = |kind: &Kind| matches!(kind, Kind::NoContainer(_));
    let is_other = |kind: &Kind| matches!(kind, Kind::Backend(_));
    type Is<'a> = &'a dyn Fn(&Kind) -> bool;
    for (store, status, words, is, helps) in [
        (
            &s3,
            403,
            "AccessDenied",
            &is_permission as Is,
            "`missing_statuses=403`",
        ),
        (&s3, 403, "AccessDenied", &is_permission, "`anonymous=true`"),
        (
            &s3,
            403,
            "InvalidAccessKeyId",
            &is_permission,
            "credentials are wrong",
        ),
        (
            &s3,
            403,
            "SignatureDoesNotMatch",
            &is_permission,
            "credentials are wrong",
        ),
        (
            &s3,
            403,
            "ExpiredToken",
            &is_permission,
            "credentials are wrong or have run out",
        ),
        (&s3, 404, "NoSuchBucket", &is_container, "no such bucket"),
        (
            &s3,
            400,
            "AuthorizationHeaderMalformed",
            &is_other,
            "`region`",
        ),
        (
            &http,
            403,
            "AccessDenied",
            &is_permission,
            "`missing_statuses=403`",
        ),
        (&http, 401, "", &is_permission, "`authorization`"),
    ] {
        server.always(Some(Fault::Status(status, code(words))));
        let error = wait(store.get_all(&key("x"))).unwrap_err();
        let text = error.to_string();
        assert!(
            is(&error.kind) && text.contains(helps),
            "{status} {words}: {error:?}"
        );
        assert!(!text.contains("who owns the store"), "{text}");
    }
}

#[test]
fn plain_http_is_refused_with_how_to_allow_it() {
    let options = [
        ("endpoint", "http://127.0.0.1:9"),
        ("access_key_id", ACCESS),
        ("secret_access_key", SECRET),
    ];
    for allowed in [None, Some(("allow_http", "false"))] {
        let error =
            ObjectStore::open("s3://bucket/a", options.into_iter().chain(allowed)).unwrap_err();
        assert!(matches!(error.kind, Kind::Option(_)), "{error:?}");
        assert!(error.to_string().contains("`allow_http=true`"), "{error}");
    }
    for allowed in ["true", "1"] {
        let options = options.into_iter().chain([("allow_http", allowed)]);
        ObjectStore::open("s3://bucket/a", options).unwrap();
    }
}

/// Of a machine that is none of the cloud, where nothing gives credentials.
#[test]
fn no_credentials_are_said_to_be_none() {
    let given = ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"];
    if given.iter().any(|name| std::env::var_os(name).is_some()) {
        println!("skipped: the environment has credentials");
        return;
    }
    let server = Faulty::new();
    let machine = Faulty::new();
    machine.always(Some(Fault::Status(404, String::new())));
    let (endpoint, machine) = (server.url(), machine.url());
    let options = [
        ("endpoint", endpoint.as_str()),
        ("metadata_endpoint", machine.as_str()),
        ("region", "us-east-1"),
        ("allow_http", "true"),
    ];
    let asked = |more: &[(&'static str, &'static str)]| {
        let options = options.into_iter().chain(QUICK).chain(more.iter().copied());
        wait(
            ObjectStore::open("s3://bucket/a", options)
                .unwrap()
                .get_all(&key("x")),
        )
    };
    let error = asked(&[]).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error.kind, Kind::Permission(_)) && !error.retry,
        "{error:?}"
    );
    assert!(
        text.contains("no credentials were found") && text.contains("`anonymous=true`"),
        "{text}"
    );
    assert!(asked(&[("anonymous", "true")]).unwrap().is_none());
}

#[test]
fn options_that_cannot_be_are_named() {
    for (url, option) in [
        ("s3://b/a", ("no_such", "s3cr3t")),
        ("s3://b/a", ("anonymous", "s3cr3t")),
        ("http://h/a", ("region", "s3cr3t")),
        ("http://h/a", ("missing_statuses", "s3cr3t")),
    ] {
        let error = ObjectStore::open(url, [option]).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error.kind, Kind::Option(_)), "{error:?}");
        assert!(
            text.contains(option.0) && !text.contains("s3cr3t"),
            "{text}"
        );
    }
    if std::env::var_os("AZURE_STORAGE_ACCOUNT_NAME").is_none() {
        let error = ObjectStore::open("az://c/a", QUICK).unwrap_err();
        assert!(matches!(error.kind, Kind::Option(_)), "{error:?}");
        assert!(error.to_string().contains("`account_name`"), "{error}");
    }
}
