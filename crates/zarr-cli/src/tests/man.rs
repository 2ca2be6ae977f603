//! `zarr man`.

use std::collections::BTreeSet;
use std::fs;

use clap::CommandFactory;

use super::{Home, files};
use crate::Cli;
use crate::failure::Exit;

#[test]
fn j17_every_command_has_a_man_page() {
    let home = Home::new();
    home.run("man ~/man/man1").unwrap();
    let pages: BTreeSet<String> = files(&home.path("man/man1"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let command = Cli::command();
    for command in command.get_subcommands() {
        let name = format!("zarr-{}.1", command.get_name());
        assert!(pages.contains(&name), "{name} is not in {pages:?}");
    }
    let page = fs::read_to_string(home.path("man/man1/zarr-copy.1")).unwrap();
    assert!(
        page.contains(".TH zarr-copy 1") || page.contains(".TH copy 1"),
        "{page}"
    );
    assert!(
        page.contains("dry\\-run") && page.contains("Ctrl\\-C"),
        "{page}"
    );
    assert!(
        pages.contains("zarr.1") && pages.contains("zarr-attrs-set.1"),
        "{pages:?}"
    );
    assert_eq!(home.fail("man ~/in.npy/x").0, Exit::Usage);
}
