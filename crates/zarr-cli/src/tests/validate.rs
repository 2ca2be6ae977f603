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
    let path = home.path("g/a/b/zarr.json");
    let document = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        document.replace("\"fill_value\": 0", "\"fill_value\": 70000"),
    )
    .unwrap();
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

    // What is tolerated is an error to the strict; what is no JSON is one to all.
    home.run("create ~/v2 --zarr-format 2 --shape 3 --dtype float64")
        .unwrap();
    let path = home.path("v2/.zarray");
    let document = fs::read_to_string(&path).unwrap();
    fs::write(&path, document.replace("<f8", "=f8")).unwrap();
    home.run("validate ~/v2").unwrap();
    home.found("validate --strict ~/v2");
    fs::write(&path, "{").unwrap();
    assert!(home.found("validate ~/v2").contains("not JSON at line 1"));
}
