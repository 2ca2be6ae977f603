//! `zarr consolidate`, and consolidated metadata that other commands update.

use std::fs;

use super::{FORMATS, Home};

#[test]
fn commands_keep_consolidated_metadata() {
    for (format, ..) in FORMATS {
        for line in [
            "append ~/in.npy ~/g/x/a",
            "resize ~/g/x/a --shape 9,9",
            "attrs set ~/g/x/a k 1",
            "attrs set ~/g/x k 1",
            "attrs set ~/g k 1",
            "create ~/g/x/b --shape 4 --dtype int32",
            "create ~/g::x/b --shape 4 --dtype int32",
            "write ~/in.npy ~/g/y/b",
            "write ~/in.npy ~/g/x --overwrite",
            "copy ~/g/x ~/g/z",
        ] {
            let home = Home::new();
            home.run(&format!("write ~/in.npy ~/g::x/a --zarr-format {format}"))
                .unwrap();
            home.run("consolidate ~/g").unwrap();
            home.run(line).unwrap();
            assert_eq!(home.print("doctor ~/g"), "0 errors, 0 warnings\n", "{line}");
            let name = if format == "2" {
                "g/.zmetadata"
            } else {
                "g/zarr.json"
            };
            let document = fs::read_to_string(home.path(name)).unwrap();
            assert!(document.contains("\"metadata\""), "{line}");
        }
    }
}
