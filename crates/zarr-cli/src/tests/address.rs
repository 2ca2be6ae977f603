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
