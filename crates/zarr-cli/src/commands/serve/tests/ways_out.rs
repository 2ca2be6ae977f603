//! Ways out of what is served, in every spelling that some server once took for a path. The requests are made by hand,
//! since clients would tidy them.

use super::*;

/// In everything that lies outside, in names as well.
const OUTSIDE: &str = "outside";

/// What may be read as the directory above.
const DOTS: &[&[u8]] = &[
    b"..",
    b"%2e%2e",
    b"%2E.",
    b".%2e",
    b"%252e%252e",
    b"%25252e%25252e",
    b"..%00",
    b"..%20",
    b"..;",
    b"...",
    b".%00.",
    // Overlong UTF-8, which a lax decoder reads as dots; and full-width dots.
    b"%c0%ae%c0%ae",
    b"\xc0\xae\xc0\xae",
    b"%e0%80%ae%e0%80%ae",
    b"%f0%80%80%ae%f0%80%80%ae",
    b"%ef%bc%8e%ef%bc%8e",
    b"%u002e%u002e",
];

/// What may be read as a separator.
const SEPARATORS: &[&[u8]] = &[
    b"/",
    b"//",
    b"/./",
    b"%2f",
    b"%2F%2e%2F",
    b"%252f",
    b"\\",
    b"%5c",
    b"%255c",
    b"%c0%af",
    b"\xc0\xaf",
    b"%e0%80%af",
    b"%ef%bc%8f",
    b"%u2215",
];

/// Where such a way begins, with how many directories it has to leave.
const STARTS: &[(&str, usize)] = &[("/", 1), ("//", 1), ("/a%20b/", 2), ("/zarr.json/", 2)];

/// Ways by directories above, which end at a file next to the root, or at one that every Unix has.
fn by_dots() -> Vec<Vec<u8>> {
    let mut ways = Vec::new();
    for dots in DOTS {
        for separator in SEPARATORS {
            for &(start, depth) in STARTS {
                let up = [*dots, *separator].concat().repeat(depth);
                ways.push([start.as_bytes(), &up, b"outside.txt"].concat());
            }
            let up = [*dots, *separator].concat().repeat(12);
            let passwd = [b"etc".as_slice(), separator, b"passwd"].concat();
            ways.push([b"/", up.as_slice(), &passwd].concat());
        }
    }
    ways
}

/// Ways from the root of the file system, of another drive, address or share.
fn absolute(home: &str) -> Vec<Vec<u8>> {
    let file = format!("{home}/outside.txt");
    let mut ways = Vec::new();
    for file in [file.as_str(), "/etc/passwd"] {
        let encoded = file.replace('/', "%2f");
        let twice = file.replace('/', "%252f");
        for way in [
            format!("/{file}"),
            format!("//{file}"),
            format!("///{file}"),
            format!("/{encoded}"),
            format!("//{encoded}"),
            format!("/{twice}"),
            format!("/.{file}"),
            format!("/%00{file}"),
            format!("/zarr.json%00{file}"),
            format!("/~{file}"),
            format!("/~root{file}"),
            format!("/file:{file}"),
            format!("/file://{file}"),
            format!("/file:%2f%2f{encoded}"),
            format!("/C:{file}"),
            format!("/C:{encoded}"),
            format!("/C%3a{encoded}"),
            format!("/%5c%5c%3f%5cC:{encoded}"),
            format!("/%5c%5clocalhost{encoded}"),
            format!("/proc/self/root{file}"),
            format!("/?{file}"),
            format!("/#{file}"),
            format!("http://localhost/..{file}"),
            format!("http://localhost/{file}"),
            format!("http://localhost//{encoded}"),
            format!("http://localhost/%2e%2e/%2e%2e{file}"),
            format!("file://localhost{file}"),
            format!("file://{file}"),
        ] {
            ways.push(way.into_bytes());
        }
    }
    // What is no path at all is none out of here.
    for way in [
        "outside.txt",
        "../outside.txt",
        "*",
        "localhost:80",
        "\\outside.txt",
    ] {
        ways.push(way.into());
    }
    ways
}

/// Ways through what the page asks for, and through links in the store.
fn by_reports_and_links(home: &str) -> Vec<Vec<u8>> {
    let mut ways = Vec::new();
    for report in [
        "node",
        "chunks",
        "picture",
        "tree",
        "..",
        "../../outside.txt",
    ] {
        for node in [
            "..",
            "../outside.zarr",
            "../outside.zarr/x",
            "%2e%2e/outside.zarr/x",
            "..%2foutside.zarr%2fx",
            "..%5coutside.zarr%5cx",
            "%252e%252e/outside.zarr/x",
            "%c0%ae%c0%ae/outside.zarr/x",
            "a+b/../../outside.zarr/x",
            "/../outside.zarr/x",
            "./../outside.zarr/x",
            "%00../outside.zarr/x",
            "linked",
            "linked/x",
            "linked%2fx",
            &format!("{home}/outside.zarr/x"),
            &format!("file://{home}/outside.zarr/x"),
            "|zip:../outside.zarr/x",
            "::../outside.zarr/x",
        ] {
            ways.push(format!("/~/{report}?path={node}").into_bytes());
        }
    }
    for way in [
        "/link",
        "/linked/zarr.json",
        "/linked/x/zarr.json",
        "/linked/x/c/0",
        "/linked%2fzarr.json",
        "/linked/./zarr.json",
        "/linked/../linked/zarr.json",
        "/linked//zarr.json",
        "/linked/x/..%2fzarr.json",
        "/outside.txt",
    ] {
        ways.push(way.into());
    }
    ways
}

/// Puts something next to the root, and links to it into the root.
fn put_outside(home: &Path) {
    use zarr::blocking::Wait;
    let store = home.join("outside.zarr");
    std::fs::write(home.join("outside.txt"), OUTSIDE).unwrap();
    let group = zarr::create_group(store.as_path())
        .attributes(serde_json::json!({"where": OUTSIDE}))
        .wait()
        .unwrap();
    let x = group.create_array("x", [7777], zarr::DataType::UInt8);
    let x = x.attributes(serde_json::json!({"where": OUTSIDE}));
    let x = x.wait().unwrap();
    x.write(.., 7_u8).wait().unwrap();
    std::os::unix::fs::symlink(&store, home.join("g.zarr/linked")).unwrap();
}

#[test]
fn there_is_no_way_out() {
    let server = Server::start();
    put_outside(server.home.path());
    let home = server.home.path().to_str().unwrap();
    let ways = [by_dots(), absolute(home), by_reports_and_links(home)].concat();
    assert!(ways.len() >= 1000, "{}", ways.len());
    for way in &ways {
        let shown = way.escape_ascii();
        let (status, _, body) = server.ask_raw("GET", way, "");
        let said = String::from_utf8_lossy(&body);
        assert!(!said.contains("root:x:"), "{shown}: {said}");
        assert!(!said.contains("7777"), "{shown}: {said}");
        // Only a message may repeat what was asked for, and the page is the same for all.
        let is_refused = [400, 403, 404, 421, 501].contains(&status);
        let is_page = status == 200 && body.starts_with(b"<!doctype html>");
        let is_tree = status == 200 && shown.to_string().starts_with("/~/tree?");
        assert!(
            is_refused || is_page || is_tree,
            "{shown}: {status}, {said}"
        );
        assert!(is_refused || !said.contains(OUTSIDE), "{shown}: {said}");
        assert!(body != OUTSIDE.as_bytes(), "{shown}");
    }
    // They all lead somewhere: the files are there, and what is inside is served.
    assert_eq!(
        std::fs::read(format!("{home}/outside.txt")).unwrap(),
        OUTSIDE.as_bytes()
    );
    assert_eq!(server.get("/zarr.json").0, 200);
}
