//! Credentials: used, renewed, and never shown or sent where they do not belong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zarr_remote_tests::{
    faulty::{Fault, Faulty},
    s3::{ACCESS, SECRET, store_at},
};
use zarr_store::{ObjectStore, Prefix, PutMode, Store, StoreExt, runtime::wait};

use crate::key;

const TOKEN: &str = "FwoGZXIvYXdzEJr-session-token";

#[test]
fn r14_secrets_in_errors() {
    let server = Faulty::new();
    let told = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>{ACCESS}</AWSAccessKeyId><StringToSign>x\n{ACCESS}</StringToSign>\
         <Token-0>{TOKEN}</Token-0>{SECRET}</Error>"
    );
    let faults = [
        Fault::Status(403, told.clone()),
        Fault::Status(400, told.clone()),
        Fault::Status(404, told.replace("SignatureDoesNotMatch", "NoSuchBucket")),
        Fault::Status(500, told.clone()),
        Fault::Status(200, told),
        Fault::CloseBeforeHeaders,
        Fault::Never,
        Fault::Redirect(format!("http://127.0.0.1:1/x?X-Amz-Signature={SECRET}")),
        Fault::Redirect(format!("/loop?X-Amz-Signature={SECRET}")),
        Fault::ChunkedGarbage,
    ];
    let quick = [
        ("max_retries", "1"),
        ("read_timeout", "200ms"),
        ("init_backoff", "1ms"),
    ];
    let more: Vec<_> = quick
        .into_iter()
        .chain([("session_token", TOKEN)])
        .collect();
    let http = format!("{}/d?sv=1&sig={SECRET}#{TOKEN}", server.url());
    let http_more = quick
        .into_iter()
        .chain([("authorization", "Bearer FwoGZXIvYXdzEJr-session-token")]);
    let azure = quick.into_iter().chain([
        ("account_name", "acc"),
        ("endpoint", ""),
        ("sas_key", "sv=1&sig=s3cr3t-of-the-test"),
        ("allow_http", "true"),
    ]);
    let endpoint = server.url();
    let azure = azure.map(|(n, v)| {
        (
            n,
            if n == "endpoint" {
                endpoint.as_str()
            } else {
                v
            },
        )
    });
    let stores = [
        store_at(&server.url(), "a", &more),
        ObjectStore::open(&http, http_more).unwrap(),
        ObjectStore::open("az://c/a", azure).unwrap(),
    ];
    let mut texts = Vec::new();
    for store in &stores {
        texts.push(format!("{store} {store:?}"));
        for fault in &faults {
            server.always(Some(fault.clone()));
            let answers = [
                wait(store.get_all(&key("x"))).map(drop),
                wait(store.head(&key("x"))).map(drop),
                wait(store.put(&key("x"), vec![1].into(), PutMode::Overwrite)).map(drop),
                wait(store.put(&key("x"), vec![1].into(), PutMode::Create)).map(drop),
                wait(store.delete(&key("x"), None)),
                wait(store.list_dir(&Prefix::root())).map(drop),
                wait(store.delete_prefix(&Prefix::root())),
            ];
            for e in answers.into_iter().filter_map(Result::err) {
                let mut text = format!("{e} {e:?}");
                let mut cause = std::error::Error::source(&e);
                while let Some(error) = cause {
                    text.push_str(&format!(" {error} {error:?}"));
                    cause = error.source();
                }
                texts.push(text);
            }
        }
    }
    for bad in [
        "s3://b/x?X-Amz-Signature=s3cr3t-of-the-test",
        "https://u:s3cr3t-of-the-test@h/x",
    ] {
        if let Err(e) =
            zarr_store::runtime::wait(zarr_store::open_store(bad, &[("no_such", SECRET)]))
        {
            texts.push(format!("{e} {e:?}"));
        }
    }
    let shown: Vec<_> = texts
        .iter()
        .filter(|text| {
            [ACCESS, SECRET, TOKEN]
                .iter()
                .any(|secret| text.contains(secret))
        })
        .collect();
    println!("R14: {} texts, {} with a secret", texts.len(), shown.len());
    assert!(texts.len() > 100 && shown.is_empty(), "{shown:#?}");
}

#[test]
fn r15_redirects_carry_no_credentials() {
    let (server, other) = (Faulty::new(), Faulty::new());
    other.set("/bucket/a/x", [1]);
    other.set("/d/x", [1]);
    let s3 = store_at(
        &server.url(),
        "a",
        &[("session_token", TOKEN), ("max_retries", "1")],
    );
    server.always(Some(Fault::Redirect(format!("{}/bucket/a/x", other.url()))));
    assert!(wait(s3.get_all(&key("x"))).is_err());
    assert_eq!(
        other.take_log().len(),
        0,
        "a signed request was sent elsewhere"
    );
    let options = [("authorization", "Bearer secret")];
    let http = ObjectStore::open(&format!("{}/d", server.url()), options).unwrap();
    server.always(Some(Fault::Redirect(format!("{}/d/x", other.url()))));
    assert!(wait(http.get_all(&key("x"))).unwrap().is_some());
    let log = other.take_log();
    assert_eq!((log.len(), log[0].header("authorization")), (1, None));
    assert!(
        server
            .take_log()
            .iter()
            .any(|r| r.header("authorization").is_some())
    );
    println!("R15: 0 credentials sent to another host");
}

#[test]
fn r15_untrusted_addresses_stay_outside() {
    let server = Faulty::new();
    let port = server.url().rsplit_once(':').unwrap().1.to_owned();
    let untrusted = [("untrusted", "true"), ("authorization", "Bearer secret")];
    for (address, more) in [
        (server.url(), ("max_retries", "1")),
        ("s3://bucket/a".to_owned(), ("allow_http", "true")),
        (
            "https://example.org/a".to_owned(),
            ("proxy_url", "http://127.0.0.1:1"),
        ),
        ("data/a.zarr".to_owned(), ("max_retries", "1")),
        ("memory:".to_owned(), ("max_retries", "1")),
    ] {
        let options = [untrusted[0], more];
        let opened = wait(zarr_store::open_store(&address, &options));
        assert!(opened.is_err(), "{address}");
    }
    let begin = std::time::Instant::now();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
    ] {
        let store = ObjectStore::open(&format!("https://{host}:{port}/d"), untrusted).unwrap();
        for e in [
            wait(store.get_all(&key("x"))).map(drop).unwrap_err(),
            wait(store.head(&key("x"))).map(drop).unwrap_err(),
        ] {
            assert!(e.to_string().contains("untrusted"), "{host}: {e}");
        }
    }
    let opened = zarr::open(format!("https://localhost:{port}/d")).storage_options(untrusted);
    let e = zarr::blocking::Wait::wait(opened).unwrap_err().to_string();
    assert!(e.contains("untrusted"), "{e}");
    let endpoint = [
        untrusted[0],
        ("endpoint", "https://169.254.169.254"),
        ("region", "x"),
    ];
    let store = ObjectStore::open("s3://bucket/a", endpoint).unwrap();
    assert!(wait(store.get_all(&key("x"))).is_err());
    // Tried again, each would take seconds.
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(server.connections(), 0);
    assert!(server.take_log().is_empty());
}

#[test]
fn r10_expired_token() {
    let (server, metadata) = (Faulty::new(), Faulty::new());
    server.set("/bucket/a/x", [1]);
    let give = |name: &str| {
        let soon = SystemTime::now() + Duration::from_secs(1);
        let seconds = soon.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let at = clock(seconds);
        let json = format!(
            "{{\"AccessKeyId\":\"{name}\",\"SecretAccessKey\":\"s\",\"Token\":\"t-{name}\",\"Code\":\"Success\",\"Expiration\":\"{at}\"}}"
        );
        metadata.set(
            "/latest/meta-data/iam/security-credentials/",
            b"role".to_vec(),
        );
        metadata.set(
            "/latest/meta-data/iam/security-credentials/role",
            json.into_bytes(),
        );
    };
    let (endpoint, metadata_url) = (server.url(), metadata.url());
    let options = [
        ("endpoint", endpoint.as_str()),
        ("region", "us-east-1"),
        ("allow_http", "true"),
        ("metadata_endpoint", metadata_url.as_str()),
        ("max_retries", "2"),
    ];
    let store = ObjectStore::open("s3://bucket/a", options).unwrap();
    for i in 0..20 {
        if i % 5 == 0 {
            give(&format!("AKIA{}", i / 5));
            // While a token still holds, the client asks for the next ten times a second at most.
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(wait(store.get_all(&key("x"))).unwrap().is_some());
    }
    let used: std::collections::BTreeSet<String> = server
        .take_log()
        .iter()
        .filter_map(|r| {
            Some(
                r.header("authorization")?
                    .split("Credential=")
                    .nth(1)?
                    .split('/')
                    .next()?
                    .to_owned(),
            )
        })
        .collect();
    println!("R10: 20 of 20 reads, by {} credentials in turn", used.len());
    assert!(used.len() >= 4, "{used:?}");
}

/// Seconds since 1970 as RFC 3339 says them.
fn clock(seconds: u64) -> String {
    let (days, rest) = ((seconds / 86400) as i64, seconds % 86400);
    // The days of a civil date, counted in eras of 400 years from March on.
    let z = days + 719_468;
    let (era, day) = (z / 146_097, z % 146_097);
    let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let (month, day) = (
        if march < 10 { march + 3 } else { march - 9 },
        of_year - (153 * march + 2) / 5 + 1,
    );
    let year = year + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}
