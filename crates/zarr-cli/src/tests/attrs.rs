//! `zarr attrs`.

use std::fs;

use super::Home;

/// `json.dumps` of Python 3.13, which zarr-python 3.4.2 calls, writes and reads NaN and the infinities bare.
#[test]
fn attributes_keep_numbers_that_json_does_not_have() {
    let home = Home::new();
    let kept = |document: &str, key: &str, number: &str| {
        let text = fs::read_to_string(home.path(document)).unwrap();
        let text = text.split_whitespace().collect::<String>();
        let wanted = format!("\"{key}\":{number}");
        assert!(text.contains(&wanted), "{document}: {text}");
    };
    for format in [2, 3] {
        let create = format!("create ~/g{format}::a --zarr-format {format} --shape 1 --dtype int8");
        home.run(&format!(
            "{create} --attributes {{\"x\":NaN,\"t\":\"NaN\"}}"
        ))
        .unwrap();
        let document = match format {
            2 => "g2/a/.zattrs",
            _ => "g3/a/zarr.json",
        };
        kept(document, "x", "NaN");
        home.run(&format!("attrs set ~/g{format}/a y -Infinity"))
            .unwrap();
        home.run(&format!(
            "attrs set ~/g{format}/a z 123456789012345678901234567890"
        ))
        .unwrap();
        let all = [
            ("x", "NaN"),
            ("t", "\"NaN\""),
            ("y", "-Infinity"),
            ("z", "123456789012345678901234567890"),
        ];
        home.run(&format!("consolidate ~/g{format}")).unwrap();
        home.run(&format!("copy ~/g{format} ~/c{format} -q"))
            .unwrap();
        let copy = document.replace("g", "c");
        let consolidated = if format == 2 {
            "g2/.zmetadata"
        } else {
            "g3/zarr.json"
        };
        for (key, number) in all {
            for document in [document, &copy, consolidated] {
                kept(document, key, number);
            }
            let printed = home.print(&format!("attrs get ~/g{format}/a {key}"));
            assert_eq!(printed, format!("{number}\n"));
        }
        if format == 2 {
            home.run("migrate v3 ~/g2 --replace").unwrap();
            for (key, number) in all {
                kept("g2/a/zarr.json", key, number);
            }
        }
    }
}
