//! Directories that contain nodes but have no document of their own.

use std::fs;

use super::{FORMATS, Home};
use crate::failure::Exit;

#[test]
fn directories_without_documents_show_what_is_in_them() {
    for (format, _, group) in FORMATS {
        let home = Home::new();
        for path in ["p/B/1/s", "p/C/1/s"] {
            home.run(&format!("write ~/in.npy ~/{path} --zarr-format {format}"))
                .unwrap();
        }
        home.run(&format!("write ~/in.npy ~/q::B/1/s --zarr-format {format}"))
            .unwrap();
        fs::remove_file(home.path("q/B").join(group)).unwrap();
        // A row of a plate without a document.
        assert_eq!(home.print("ls ~/q"), "B\n");
        assert_eq!(home.print("ls -R ~/q"), "B\nB/1\nB/1/s\n");
        assert!(home.print("tree ~/q").contains("s (6, 5) int16"));
        assert!(home.found_or_done("doctor ~/q").contains("D03: B"));
        // A store whose root has none.
        fs::remove_file(home.path("q").join(group)).unwrap();
        home.run(&format!("write ~/in.npy ~/q::B --zarr-format {format}"))
            .unwrap();
        fs::remove_file(home.path("q").join(group)).unwrap();
        assert_eq!(home.print("ls ~/q"), "B\n");
        assert!(home.print("tree ~/q").contains("B (6, 5) int16"));
        let (exit, text) = home.fail("info ~/q");
        assert_eq!(exit, Exit::NotFound);
        assert!(text.contains("holds \"B\""), "{text}");
        // Nothing is nothing.
        fs::create_dir(home.path("empty")).unwrap();
        assert_eq!(home.fail("tree ~/empty").0, Exit::NotFound);
    }
}
