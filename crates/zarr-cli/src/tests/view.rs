//! `zarr view`.

use std::fs;

use super::Home;
use crate::failure::Exit;

#[test]
fn pictures() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --chunks 4,3").unwrap();
    let picture = home.print("view ~/a");
    assert!(picture.contains("/a[:, :]  (6, 5) int16\n"), "{picture}");
    assert!(picture.contains("all from 0 to 29"), "{picture}");
    // The first rows are the least, the last the most.
    let lines: Vec<&str> = picture.lines().collect();
    assert_eq!(lines[1].trim(), "", "{picture}");
    assert_eq!(lines[36], "█".repeat(60), "{picture}");

    home.run("view ~/a --selection 0 --output ~/row.png")
        .unwrap();
    assert!(
        fs::read(home.path("row.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    home.run("create ~/cube --shape 2,3,4 --dtype int16")
        .unwrap();
    assert!(
        home.print("view ~/cube")
            .contains("/cube[0, :, :]  (3, 4) int16\n")
    );
    let (exit, text) = home.fail("view ~/cube --selection :");
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("choose one plane: 0, :, :"), "{text}");
    home.run("create ~/s --shape 4 --dtype string").unwrap();
    assert_eq!(home.fail("view ~/s").0, Exit::Unsupported);
    assert_eq!(home.fail("view ~/a --output ~/no/x.png").0, Exit::NotFound);
}
