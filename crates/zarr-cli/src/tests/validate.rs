//! `zarr validate`.

use std::fs;

use serde_json::json;

use super::Home;
use crate::failure::Exit;

#[test]
fn valid_documents() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a/b").unwrap();
    assert_eq!(
        home.print("validate ~/g"),
        "3 documents: 0 errors, 0 warnings\n"
    );
    let report = home.json("validate --json ~/g");
    assert_eq!(
        (&report["valid"], &report["documents"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(home.fail("validate ~/none").0, Exit::NotFound);
}

#[test]
fn invalid_documents() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g::a/b").unwrap();
    home.replace_text(
        "g/a/b/zarr.json",
        "\"fill_value\": 0",
        "\"fill_value\": 70000",
    );
    let text = home.found("validate ~/g");
    assert!(
        text.starts_with("error: a/b/zarr.json/fill_value: "),
        "{text}"
    );
    assert!(
        text.ends_with("3 documents: 1 error, 0 warnings\n"),
        "{text}"
    );
    let report = home.json("validate --json ~/g");
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["file"], &finding["pointer"]),
        (&json!("a/b/zarr.json"), &json!("/fill_value"))
    );
    assert_eq!(
        (&finding["severity"], &finding["code"]),
        (&json!("error"), &json!("invalid"))
    );

    // What is tolerated is an error all the same, unless asked otherwise; what is no JSON is one to all.
    home.run("create ~/v2 --zarr-format 2 --shape 3 --dtype float64")
        .unwrap();
    home.replace_text("v2/.zarray", "<f8", "=f8");
    home.run("validate --tolerant ~/v2").unwrap();
    home.found("validate ~/v2");
    fs::write(home.path("v2/.zarray"), "{").unwrap();
    assert!(home.found("validate ~/v2").contains("not JSON at line 1"));
}

/// The specification of format 3 (3.1): `codecs` is one of the members that must be there, a name of an
/// extension is of the letters a-z, digits, `-`, `_` and `.`, and a node's is none of `.` and `..`.
#[test]
fn what_breaks_the_format_is_an_error_and_what_is_unknown_a_warning() {
    let home = Home::new();
    home.run("create ~/a --shape 3 --dtype uint8 --compressors null")
        .unwrap();
    let path = home.path("a/zarr.json");
    let document: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let judge = |change: &dyn Fn(&mut serde_json::Value), errors: usize, warnings: usize| {
        let mut document = document.clone();
        change(&mut document);
        fs::write(&path, document.to_string()).unwrap();
        let run = if errors > 0 {
            home.found("validate ~/a")
        } else {
            home.print("validate ~/a")
        };
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let end = format!(
            "{}, {}\n",
            count(errors, "error"),
            count(warnings, "warning")
        );
        assert!(run.ends_with(&end), "{run}");
    };
    judge(&|_| {}, 0, 0);
    judge(
        &|document| {
            document.as_object_mut().unwrap().shift_remove("codecs");
        },
        1,
        0,
    );
    judge(
        &|document| document["codecs"] = json!([{"name": "bytes"}, {"name": "../../etc/passwd"}]),
        1,
        1,
    );
    judge(
        &|document| document["codecs"] = json!([{"name": "bytes"}, {"name": "\0"}]),
        1,
        1,
    );
    judge(
        &|document| document["codecs"] = json!([{"name": "bytes"}, {"name": "mystery"}]),
        0,
        1,
    );
    judge(
        &|document| document["attributes"] = json!({"a": "\0"}),
        0,
        0,
    );
    judge(
        &|document| {
            document["codecs"] = json!([{"name": "bytes"},
            {"name": "gzip", "configuration": {"level": 1, "levle": 1}}]);
        },
        1,
        0,
    );
    // Names of nodes, in copies of their documents.
    for (name, errors) in [("a", 0), ("../../etc/passwd", 1), ("a\0b", 1), ("a//b", 1)] {
        let copy = json!({"zarr_format": 3, "node_type": "group"});
        // What is consolidated is there.
        match errors {
            0 => {
                fs::create_dir(home.path("a/a")).unwrap();
                fs::write(home.path("a/a/zarr.json"), copy.to_string()).unwrap();
            }
            _ => drop(fs::remove_dir_all(home.path("a/a"))),
        }
        let copies = json!({"kind": "inline", "must_understand": false, "metadata": {name: copy}});
        let group =
            json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata": copies});
        fs::write(&path, group.to_string()).unwrap();
        let report = match errors {
            0 => home.print("validate ~/a"),
            _ => home.found("validate ~/a"),
        };
        assert!(report.contains(&format!(" {errors} error")), "{report}");
    }
}

/// What zarr-python 3 does not notice: a node is deleted, added or changed by a program that leaves consolidated
/// metadata as it is.
#[test]
fn a2_9_consolidated_metadata_that_is_out_of_date() {
    for format in ["2", "3"] {
        let home = Home::new();
        for name in ["a", "b"] {
            home.run(&format!(
                "write ~/in.npy ~/g::{name} --zarr-format {format}"
            ))
            .unwrap();
        }
        home.run("consolidate ~/g").unwrap();
        home.run("validate ~/g").unwrap();
        let place = match format {
            "2" => ".zmetadata",
            _ => "zarr.json/consolidated_metadata",
        };

        home.run("attrs set ~/g/b x 1 --leave-consolidated")
            .unwrap();
        let text = home.found("validate ~/g");
        let line = format!(
            "error: {place}: it is out of date: the document of `b` has changed; `zarr consolidate` updates it\n"
        );
        assert!(text.starts_with(&line), "{text}");
        assert!(text.ends_with(": 1 error, 0 warnings\n"), "{text}");
        let tolerant = home.print("validate ~/g --tolerant");
        assert!(tolerant.contains("0 errors, 1 warning"), "{tolerant}");
        let report = home.json("validate ~/g --json");
        assert_eq!(
            (&report["valid"], &report["findings"][0]["code"]),
            (&json!(false), &json!("stale"))
        );

        fs::remove_dir_all(home.path("g/a")).unwrap();
        let text = home.found("validate ~/g");
        assert!(text.contains("`a` is no longer there"), "{text}");
        home.run("consolidate ~/g").unwrap();
        home.run("validate ~/g").unwrap();
    }
}
