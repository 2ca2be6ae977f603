//! Where nodes are looked for, and what is suggested where there is none.

use std::fs;

use super::Home;
use crate::failure::Exit;

/// What is advised where no node is at a path.
#[track_caller]
fn check_advice(home: &Home, path: &str, advice: &str) {
    let (exit, text) = home.fail(&format!("info {path}"));
    assert_eq!(exit, Exit::NotFound, "{text}");
    assert!(text.ends_with(advice), "{text}");
}

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

#[test]
fn a_path_that_goes_on_too_far_is_answered_with_the_node() {
    let home = Home::new();
    home.print("write ~/in.npy ~/x.zarr::a --chunks 6,5");
    home.print("write ~/in.npy ~/y.zarr --chunks 6,5 --zarr-format 2 --attributes {\"a\":1}");
    for (path, node) in [
        ("~/x.zarr/zarr.json", "~/x.zarr?"),
        ("~/x.zarr/a/zarr.json", "~/x.zarr/a?"),
        ("~/x.zarr::a/zarr.json", "~/x.zarr::a?"),
        ("~/y.zarr/.zarray", "~/y.zarr?"),
        ("~/y.zarr/.zattrs", "~/y.zarr?"),
        ("~/x.zarr/a/c", "~/x.zarr/a?"),
        ("~/x.zarr/a/c/0/0", "~/x.zarr/a?"),
        ("~/x.zarr/a/b", "~/x.zarr/a?"),
        ("~/y.zarr/0.0", "~/y.zarr?"),
    ] {
        check_advice(&home, path, &format!("did you mean {node}"));
    }
    for path in [
        "~/x.zarr//a/",
        "~/x.zarr/./a",
        "~/x.zarr::/a/",
        "~/x.zarr/::a",
    ] {
        home.print(&format!("info {path}"));
    }
}

#[test]
fn a_name_that_is_nearly_there_is_suggested() {
    let home = Home::new();
    home.print("write ~/in.npy ~/x.zarr::a");
    fs::create_dir(home.path("empty")).unwrap();
    for (path, advice) in [
        ("~/X.zarr", "did you mean ~/x.zarr?"),
        ("~/x.zar", "did you mean ~/x.zarr?"),
        ("~/x.zarr'", "did you mean ~/x.zarr?"),
        ("~/X.zarr/a", "did you mean ~/x.zarr?"),
        ("~/x.zarr/A", "did you mean ~/x.zarr/a?"),
        (
            "~/.",
            "holds \"x.zarr\": name one of these, or see `zarr tree ~/.`",
        ),
        ("~/empty", "the directory is empty"),
        ("~/*.zarr", "and if a name matches"),
        ("~user/x.zarr", "write $HOME"),
        ("~/elsewhere", "check the path"),
    ] {
        check_advice(&home, path, advice);
    }
}

#[test]
fn what_is_no_zarr_is_named() {
    let home = Home::new();
    // An archive of one empty file: its entry, the directory, and the end of that.
    let local = [b"PK\x03\x04".as_slice(), &[0; 22], &[5, 0, 0, 0], b"a.npy"].concat();
    let entry = [b"PK\x01\x02".as_slice(), &[0; 24], &[5], &[0; 17], b"a.npy"].concat();
    let end = [
        b"PK\x05\x06".as_slice(),
        &[0; 4],
        &[1, 0, 1, 0, 51, 0, 0, 0, 35],
        &[0; 5],
    ]
    .concat();
    let npz = [local, entry, end].concat();
    fs::write(home.path("x.h5"), b"\x89HDF\r\n\x1a\n\0\0").unwrap();
    fs::write(home.path("x.npz"), npz).unwrap();
    fs::write(home.path("refs.json"), r#"{"version": 1, "refs": {}}"#).unwrap();
    for name in ["v.n5/attributes.json", "ice/refs/main", "ice/snapshots/X"] {
        let path = home.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "{}").unwrap();
    }
    for (path, words) in [
        ("~/x.h5", "an HDF5 file"),
        ("~/x.h5/group/dataset", "an HDF5 file"),
        ("~/x.npz", "a NumPy .npz file"),
        ("~/in.npy", "`zarr write ~/in.npy new.zarr`"),
        ("~/refs.json", "kerchunk"),
        ("~/v.n5", "N5"),
        ("~/ice", "Icechunk"),
    ] {
        let (exit, text) = home.fail(&format!("tree {path}"));
        assert!(exit == Exit::NotFound && text.contains(words), "{text}");
    }
    for (line, words) in [
        ("write ~/x.h5 ~/n.zarr", "an HDF5 file"),
        ("write ~/x.npz ~/n.zarr", "a NumPy .npz file"),
        ("write ~/refs.json ~/n.zarr", "kerchunk"),
    ] {
        let (exit, text) = home.fail(line);
        assert!(exit == Exit::Unsupported && text.contains(words), "{text}");
    }
    let (exit, text) = home.fail("create ~/x.h5 --shape 2 --dtype int8");
    assert!(exit == Exit::Conflict && text.contains("a file"), "{text}");
}

/// Exit codes are for what a script does next: only what is damaged is to be restored.
#[test]
fn only_what_is_broken_is_called_so() {
    let home = Home::new();
    home.print("create ~/a --shape 4 --dtype int32");
    let path = home.path("a/zarr.json");
    let good = fs::read_to_string(&path).unwrap();
    let deep = format!(
        "\"attributes\": {{\"a\": {}{}}}",
        "[".repeat(99),
        "]".repeat(99)
    );
    let with = |old: &str, new: &str| {
        let changed = good.replace(old, new);
        assert_ne!(changed, good, "{old}");
        changed
    };
    let compact = |key: &str, value: &str| {
        let mut document: serde_json::Value = serde_json::from_str(&good).unwrap();
        document[key] = serde_json::from_str(value).unwrap();
        document.to_string()
    };
    for (document, exit, words) in [
        (
            compact("zarr_format", "4"),
            Exit::Unsupported,
            "another tool",
        ),
        (
            compact("zarr_format", "\"3\""),
            Exit::Corrupt,
            "`zarr validate`",
        ),
        (
            compact("new_thing", "{\"name\": \"x\"}"),
            Exit::Unsupported,
            "another tool",
        ),
        (
            compact("storage_transformers", "[{\"name\": \"x\"}]"),
            Exit::Unsupported,
            "another tool",
        ),
        (
            compact("chunk_key_encoding", "{\"name\": \"x\"}"),
            Exit::Unsupported,
            "another tool",
        ),
        (
            compact(
                "data_type",
                "{\"name\": \"null_terminated_bytes\", \"configuration\": {\"length_bytes\": 2097152}}",
            ),
            Exit::Limit,
            "the limit",
        ),
        (
            compact("data_type", "\"r16777216\""),
            Exit::Limit,
            "the limit",
        ),
        (with("\"attributes\": {}", &deep), Exit::Limit, "the limit"),
        (compact("shape", "[-1]"), Exit::Corrupt, "`zarr validate`"),
        (
            compact("shape", "[-1]").replace("\"zarr_format\":3", "\"zarr_format\":4"),
            Exit::Unsupported,
            "another tool",
        ),
        (
            good[..good.len() / 2].to_owned(),
            Exit::Corrupt,
            "restore it from a copy",
        ),
        (String::new(), Exit::Corrupt, "it is empty"),
        (
            "<!doctype html>".to_owned(),
            Exit::Corrupt,
            "check the address",
        ),
    ] {
        fs::write(&path, &document).unwrap();
        let (found, text) = home.fail("info ~/a");
        assert!(
            found == exit && text.contains(words),
            "{document}: {found:?} {text}"
        );
        assert_eq!(
            text.contains("restore"),
            words.contains("restore") || document.len() < 20,
            "{text}"
        );
    }
    fs::write(&path, compact("data_type", "\"quaternion\"")).unwrap();
    let (exit, text) = home.fail("read ~/a --format csv");
    let words = "the data type quaternion is not known here";
    assert!(exit == Exit::Unsupported && text.contains(words), "{text}");
}

#[test]
fn options_that_cannot_be_are_usage() {
    let home = Home::new();
    for line in [
        "info s3://b/x --option no_such=1",
        "info s3://b/x --option anonymous=perhaps",
        "info ~/x --option region=eu",
        "info memory: --option region=eu",
        "info s3://b/x --option endpoint=http://h --option region=eu",
        "copy ~/x ~/y --option region=eu",
        "info ~/x --to-option region=eu",
        "doctor --rules --option region=eu",
    ] {
        let (exit, text) = home.fail(line);
        assert!(
            exit == Exit::Usage && text.contains("option"),
            "{line}: {exit:?} {text}"
        );
    }
}
