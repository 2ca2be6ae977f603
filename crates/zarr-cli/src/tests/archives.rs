//! Zip archives, created and changed by every command that writes.

use std::fs;

use zarr::blocking::Wait;

use super::{Home, counting};
use crate::failure::Exit;

#[test]
fn every_command_changes_one_that_is_there() {
    let home = Home::new();
    for name in ["z.zip", "z.ozx"] {
        let z = format!("~/{name}");
        for line in [
            format!("write ~/in.npy {z}::a --chunks 4,3"),
            format!("write ~/in.npy {z}::b/c"),
            format!("create {z}::d --shape 2,3 --dtype int16"),
            format!("append ~/in.npy {z}::a"),
            format!("resize {z}::d --shape 5,3"),
            format!("attrs set {z}::a units \"K\""),
            format!("copy {z}::a {z}::copy --quiet"),
            format!("write ~/in.npy {z}::b/c --selection ..."),
            format!("consolidate {z}"),
        ] {
            let before = fs::read(home.path(name)).unwrap_or_default();
            home.run(&line).unwrap();
            let after = fs::read(home.path(name)).unwrap();
            assert_ne!(
                before, after,
                "{line}: it is in its place when the command is done"
            );
        }
        home.print(&format!("read {z}::b/c --output ~/out.npy"));
        assert_eq!(home.load("out.npy"), counting(&[6, 5]));
        assert_eq!(
            home.json(&format!("info {z}::a --json"))["shape"],
            serde_json::json!([12, 5])
        );
        assert_eq!(
            home.json(&format!("info {z}::d --json"))["shape"],
            serde_json::json!([5, 3])
        );
        assert_eq!(home.print(&format!("attrs get {z}::copy units")), "\"K\"\n");
        home.print(&format!("validate {z}"));
    }
}

#[test]
fn one_stays_as_it_was_where_a_command_fails() {
    let home = Home::new();
    home.run("write ~/in.npy ~/z.zip::a").unwrap();
    home.run("write ~/in.npy ~/from::a").unwrap();
    home.run("write ~/in.npy ~/from::b --chunks 2,2").unwrap();
    fs::write(home.path("from/b/c/1/1"), "damaged").unwrap();
    let before = fs::read(home.path("z.zip")).unwrap();
    // What is read and copied before the damaged chunk is found is not in it either.
    let failed = home.fail("copy ~/from/b ~/z.zip::x --chunks 3,3 --quiet");
    assert_eq!(failed.0, Exit::Corrupt);
    assert_eq!(
        home.fail("create ~/z.zip::a --shape 1 --dtype int8").0,
        Exit::Conflict
    );
    assert_eq!(home.fail("attrs rm ~/z.zip::a none").0, Exit::NotFound);
    assert_eq!(fs::read(home.path("z.zip")).unwrap(), before);
    // Nor does looking for what is not there make anything.
    assert_eq!(home.fail("info ~/none.zip").0, Exit::NotFound);
    assert!(!home.path("none.zip").exists());
}

#[test]
fn migrating_one_is_one_change() {
    let home = Home::new();
    home.run("write ~/in.npy ~/z.zip::a --zarr-format 2")
        .unwrap();
    home.run("migrate v3 ~/z.zip --replace").unwrap();
    assert_eq!(
        home.json("info ~/z.zip::a --json")["zarr_format"],
        serde_json::json!(3)
    );
}

/// People pack a directory with its name: the one folder in an archive is the store, for every command.
#[test]
fn an_outer_folder_is_the_root() {
    let home = Home::new();
    home.run("write ~/in.npy ~/from::a").unwrap();
    let folder = format!("{}|zip:foo.zarr", home.path("x.zip").display());
    let from = zarr::open_group(home.path("from")).wait().unwrap();
    zarr::copy_all(&from, folder).wait().unwrap();
    assert_eq!(home.print("ls ~/x.zip"), "a\n");
    assert_eq!(home.print("ls ~/x.zip::foo.zarr"), "a\n");
    home.run("info ~/x.zip::a").unwrap();
    home.run("write ~/in.npy ~/x.zip::b").unwrap();
    assert_eq!(home.print("ls ~/x.zip"), "a\nb\n");
    assert_eq!(home.print("ls ~/x.zip::foo.zarr"), "a\nb\n");
    assert_eq!(home.print("diff ~/x.zip::a ~/x.zip::b"), "");
    assert_eq!(home.print("doctor ~/x.zip"), "0 errors, 0 warnings\n");
    assert_eq!(home.fail("copy ~/from/a ~/x.zip --quiet").0, Exit::Conflict);
    home.run("copy ~/x.zip ~/out --quiet").unwrap();
    assert_eq!(home.print("ls ~/out"), "a\nb\n");
}
