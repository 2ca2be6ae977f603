//! The page of `zarr serve` in headless Chromium, if it is installed (`CHROMIUM` names it).
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use zarr::DataType;
use zarr::blocking::Wait;

use support::{Server, skipped};

/// A name that would do something if a page took it for more than text.
const HOSTILE: &str = "<img src=x onerror=\"document.title='hacked'\">";

fn chromium() -> Option<String> {
    let given = std::env::var("CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome", "chrome"].map(str::to_owned);
    let works = |name: &String| {
        let version = Command::new(name)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        version.is_ok_and(|status| status.success())
    };
    given.into_iter().chain(known).find(works)
}

/// The document as it stands when the page has done its work.
fn page(browser: &str, home: &Path, address: &str) -> String {
    let out = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--virtual-time-budget=15000",
            "--timeout=60000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            home.join("profile").display()
        ))
        .arg(address)
        .output()
        .unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn the_page_in_a_browser() {
    let Some(browser) = chromium() else {
        let how = "install chromium, or name one in CHROMIUM";
        skipped("the page in a browser", "no Chromium is installed", how);
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("g.zarr");
    let group = zarr::create_group(&path).wait().unwrap();
    // The page opens on an array that has data, which this one has not.
    let empty = group.create_array("empty", [2, 2], DataType::Float32);
    empty.wait().unwrap();
    let distance = group.create_array("ocean/y", [4], DataType::Int16);
    let distance = distance
        .attributes(zarr::json!({"units": "m"}))
        .wait()
        .unwrap();
    distance.write(.., [10_i16, 20, 30, 45]).wait().unwrap();
    let array = group
        .create_array("ocean/sst", [3, 4, 5], DataType::Float32)
        .chunks([1, 4, 5]);
    let array = array
        .attributes(zarr::json!({"note": HOSTILE}))
        .dimension_names(["time", "y", "x"])
        .wait()
        .unwrap();
    let numbers = zarr::ndarray::Array3::<f32>::from_shape_fn((2, 4, 5), |(i, j, k)| {
        (20 * i + 5 * j + k) as f32
    });
    array.write(0..2, numbers).wait().unwrap();
    group.create_group(HOSTILE.replace('/', "")).wait().unwrap();
    let server = Server::start(&path);

    let dom = page(&browser, home.path(), &format!("{}/", server.address));
    assert!(!dom.contains("<title>hacked"), "{dom}");
    for expected in [
        "(3, 4, 5) float32",
        "&lt;img src=x onerror",
        "src=\"blob:",
        "4 × 5, values from 0 to 19",
        "2 of 3 chunks are stored",
        "No. bytes",
        "chunk_grid",
        "<label>time<input type=\"range\" min=\"0\" max=\"2\" value=\"0\"><output>0</output></label>",
        "<span>10</span><span>y [m]</span><span>45</span>",
        "<span>0</span><span>x</span><span>4</span>",
        "</span>not stored",
        "download=\"sst.npy\" href=\"/~/elements?path=ocean%2Fsst&amp;selection=0%2C+%3A%2C+%3A&amp;format=npy\"",
    ] {
        let found = dom.contains(expected);
        assert!(found, "{expected} is missing in {dom}");
    }
    let part = page(
        &browser,
        home.path(),
        &format!("{}/#ocean/sst!1,%20:2,%20::2", server.address),
    );
    assert!(part.contains("2 × 3, values from 20 to 29"), "{part}");
    for expected in [
        "<span>10</span><span>y [m]</span><span>20</span>",
        "<span>0</span><span>x</span><span>4</span>",
    ] {
        assert!(part.contains(expected), "{expected} is missing in {part}");
    }
    let wrong = page(
        &browser,
        home.path(),
        &format!("{}/#ocean/sst!9,%20:,%20:", server.address),
    );
    assert!(wrong.contains("class=\"error\""), "{wrong}");
}
