//! Where nodes are looked for, and what is said where there is none.

use std::fs;

use super::Home;
use crate::failure::Exit;

#[test]
fn nodes_that_are_not_there() {
    let home = Home::new();
    assert_eq!(
        home.fail("info ~/no.zarr"),
        (
            Exit::NotFound,
            "cannot open: ~/no.zarr: no array or group is there (looked for zarr.json, .zarray, \
             .zgroup); check the path"
                .to_owned()
        )
    );
    home.print("write ~/in.npy ~/g.zarr::a");
    let (exit, text) = home.fail("tree ~/g.zarr/b/c");
    assert_eq!(exit, Exit::NotFound);
    assert!(
        text.ends_with("; `zarr tree ~/g.zarr` lists what there is"),
        "{text}"
    );
    assert_eq!(
        home.fail("read ~/no.zarr --output ~/no.npy").0,
        Exit::NotFound
    );
    assert_eq!(home.fail("write ~/no.npy ~/no.zarr").0, Exit::NotFound);
    assert_eq!(
        home.fail("read ~/g.zarr::a --output ~/no/no.npy").0,
        Exit::NotFound
    );
    assert_eq!(home.fail("read ~/g.zarr --output ~/no.npy").0, Exit::Usage);
    assert_eq!(home.fail("info ~/g.zarr::a/../b").0, Exit::Usage);
    assert_eq!(home.fail("info ftp://host/a.zarr").0, Exit::Unsupported);
    assert!(!home.path("no.npy").exists() && !home.path("no.zarr").exists());
}

#[test]
fn damaged_documents() {
    let home = Home::new();
    fs::create_dir(home.path("a.zarr")).unwrap();
    fs::write(
        home.path("a.zarr/zarr.json"),
        "{\"zarr_format\": 3, \"node_type\": \"\\u001b[2J\"}",
    )
    .unwrap();
    let (exit, text) = home.fail("info ~/a.zarr");
    assert_eq!(exit, Exit::Corrupt);
    assert!(
        text.contains("/node_type") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn no_secret_of_an_address_is_shown() {
    let home = Home::new();
    for address in [
        "https://me:s3cr3t@127.0.0.1:1/a.zarr?sig=s3cr3t",
        "https://127.0.0.1:1/a.tar?sig=s3cr3t|tar:a",
        "zip::https://me:s3cr3t@127.0.0.1:1/a.zip?sig=s3cr3t",
        "gopher://me:s3cr3t@host/a.zarr?sig=s3cr3t",
        "memory://me:s3cr3t@host?sig=s3cr3t",
    ] {
        for line in [
            format!("info {address}"),
            format!("copy ~/no {address}"),
            format!("copy {address} ~/no"),
            format!("validate {address}"),
            format!("diff {address} {address}"),
            format!("write ~/in.npy {address}"),
        ] {
            let text = match home.end(&line) {
                Ok((_, out)) => String::from_utf8(out).unwrap(),
                Err(failure) => format!("{failure} {failure:?}"),
            };
            assert!(!text.contains("s3cr3t"), "{line}: {text}");
        }
    }
}
