//! `--no-follow`: no command follows links that lead out of a store.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;

use clap::CommandFactory;

use super::{Home, files};
use crate::Cli;

/// Every command that is given an address, with one that a link leads out to: `@` stands for it. `=` before a command
/// says that the same is done without `--no-follow`.
const COMMANDS: [(&str, &[&str]); 24] = [
    ("info", &["=info @/a"]),
    ("tree", &["=tree @"]),
    ("ls", &["=ls @"]),
    ("view", &["=view @/a"]),
    ("stats", &["=stats @/a"]),
    ("chunks", &["=chunks @/a"]),
    ("bench", &["=bench @/a"]),
    ("read", &["=read @/a --format csv"]),
    (
        "write",
        &[
            "write ~/in.npy @/new",
            "write ~/in.npy @/a --overwrite",
            "write ~/in.npy @/a --selection ...",
        ],
    ),
    (
        "create",
        &[
            "create @/new --shape 4 --dtype int8",
            "create @/a --shape 4 --dtype int8 --overwrite",
        ],
    ),
    ("resize", &["resize @/a --shape 1,1"]),
    ("append", &["append ~/in.npy @/a"]),
    (
        "copy",
        &[
            "=copy --dry-run @ ~/copy.zarr",
            "copy @/a ~/copy.zarr",
            "copy ~/g.zarr/own @/new",
            "copy ~/g.zarr/own @/a --overwrite",
        ],
    ),
    (
        "attrs",
        &["=attrs get @/a", "attrs set @/a x 1", "attrs rm @/a x"],
    ),
    ("serve", &["serve @ --port 0"]),
    ("consolidate", &["consolidate @"]),
    (
        "migrate",
        &[
            "=migrate v3 --dry-run @/old",
            "migrate v3 @/old --replace",
            "migrate v3 ~/b.zarr @/new",
        ],
    ),
    (
        "remove-metadata",
        &[
            "=remove-metadata v2 --force --dry-run @/old",
            "remove-metadata v3 --force @/a",
        ],
    ),
    ("validate", &["=validate @"]),
    ("doctor", &["=doctor @", "doctor --fix --older-than 0 @"]),
    ("diff", &["=diff @/a @/a", "diff ~/g.zarr/own @/a"]),
    ("conformance", &["=conformance --array-path @/a"]),
    ("completions", &[]),
    ("man", &[]),
];

/// The same place outside, as people may name it.
const ADDRESSES: [&str; 4] = [
    "~/g.zarr/link",
    "~/g.zarr::link",
    "~/g.zarr/link::",
    "file://~/g.zarr/link",
];

impl Home {
    /// A group `g.zarr` with an array `own`, and a link in it to a group outside that has an array `a`, a group `old`
    /// of format 2, and something for `doctor --fix`.
    fn with_a_way_out() -> Self {
        let home = Self::new();
        home.print("write ~/in.npy ~/g.zarr::own --chunks 3,5");
        home.print("write ~/in.npy ~/out.zarr::a --chunks 3,5");
        home.print("attrs set ~/out.zarr::a x 1");
        home.print("write ~/in.npy ~/old.zarr::b --zarr-format 2");
        fs::rename(home.path("old.zarr"), home.path("out.zarr/old")).unwrap();
        home.print("write ~/in.npy ~/b.zarr --zarr-format 2");
        fs::write(home.path("out.zarr/.left.zarr-tmp"), "").unwrap();
        symlink("../out.zarr", home.path("g.zarr/link")).unwrap();
        home
    }

    /// Every file outside, with its bytes and when it was written.
    fn outside(&self) -> BTreeMap<PathBuf, (Vec<u8>, i64)> {
        let found = files(&self.path("out.zarr")).into_iter();
        found
            .map(|path| {
                let changed = path.metadata().unwrap().mtime_nsec();
                (path.clone(), (fs::read(path).unwrap(), changed))
            })
            .collect()
    }
}

#[test]
fn no_command_is_left_out() {
    let command = Cli::command();
    let there: BTreeSet<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let tested: BTreeSet<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(there, tested);
}

#[test]
fn links_out_of_a_store_are_refused() {
    let home = Home::with_a_way_out();
    let before = home.outside();
    for (name, lines) in COMMANDS {
        for line in lines {
            for address in ADDRESSES {
                let plain = line.trim_start_matches('=').replace('@', address);
                let plain = plain.replace("::/", "::");
                assert!(plain.starts_with(name), "{plain}");
                if line.starts_with('=') {
                    assert!(home.end(&plain).is_ok(), "{plain}");
                }
                // It stands before the command or behind it.
                for line in [
                    format!("--no-follow {plain}"),
                    format!("{plain} --no-follow"),
                ] {
                    let (_, text) = home.fail(&line);
                    assert!(text.contains("symbolic link"), "{line}: {text}");
                }
                assert!(!home.path("copy.zarr").exists(), "{line}");
                assert!(home.outside() == before, "{line} changed what is outside");
            }
        }
    }
}

#[test]
fn links_out_of_an_array_are_refused() {
    let home = Home::with_a_way_out();
    let chunk = home.path("g.zarr/own/c/0/0");
    fs::rename(&chunk, home.path("chunk")).unwrap();
    symlink(home.path("chunk"), &chunk).unwrap();
    let secret = fs::read(home.path("chunk")).unwrap();
    home.print("read ~/g.zarr/own --format csv");
    for line in [
        "read ~/g.zarr/own --format csv --no-follow",
        "stats ~/g.zarr/own --no-follow",
        "view ~/g.zarr::own --no-follow",
        "read ~/g.zarr::own --selection 0,0 --format csv --no-follow",
    ] {
        let (_, text) = home.fail(line);
        assert!(text.contains("symbolic link"), "{line}: {text}");
    }
    // A value that is a link is replaced, not what it leads to.
    home.print("write ~/in.npy ~/g.zarr/own --selection ... --no-follow");
    assert_eq!(fs::read(home.path("chunk")).unwrap(), secret);
}

#[test]
fn a_store_is_reached_over_links_and_lists_none_that_lead_out() {
    let home = Home::with_a_way_out();
    symlink(home.path("g.zarr"), home.path("way")).unwrap();
    symlink("own", home.path("g.zarr/again")).unwrap();
    let tree = home.print("tree ~/way --no-follow");
    assert!(tree.contains("own") && tree.contains("again"), "{tree}");
    assert!(!tree.contains("link"), "{tree}");
    assert!(home.print("tree ~/way").contains("link"));
    home.print("read ~/way/again --format csv --no-follow");
    home.print("copy ~/way ~/copy.zarr --no-follow");
    assert!(!home.path("copy.zarr/link").exists());
    home.print("create ~/way/new --shape 4 --dtype int8 --no-follow");
    assert!(home.path("g.zarr/new/zarr.json").exists());
}

#[test]
fn what_is_not_stored_costs_nothing_where_no_link_is_followed() {
    let home = Home::new();
    home.print("create ~/large --shape 1048576,1048576 --chunks 1024,1024 --dtype int16");
    home.print("write ~/in.npy ~/large --selection 0:6,0:5");
    // Two terabytes, of which one chunk is stored.
    let stats = home.json("stats --json ~/large --no-follow");
    assert_eq!(stats["count"], 1_u64 << 40);
    // What leads out is not listed, and is not taken for what is not stored.
    let chunk = home.path("large/c/0/0");
    fs::rename(&chunk, home.path("chunk")).unwrap();
    symlink(home.path("chunk"), &chunk).unwrap();
    let (_, text) = home.fail("stats ~/large --no-follow");
    assert!(text.contains("symbolic link"), "{text}");
}

#[test]
fn a_copy_leaves_no_chunk_behind_that_a_link_leads_out_to() {
    let home = Home::new();
    home.print("create ~/a --shape 6,5 --chunks 2,2 --dtype int16");
    home.print("write ~/in.npy ~/a --selection 0:6,0:5");
    let chunk = home.path("a/c/0/1");
    fs::rename(&chunk, home.path("chunk")).unwrap();
    symlink(home.path("chunk"), &chunk).unwrap();
    for how in ["", " --chunks 4,4", " --zarr-format 2"] {
        let (_, text) = home.fail(&format!("copy ~/a ~/b --no-follow{how}"));
        assert!(text.contains("symbolic link"), "{how}: {text}");
        assert!(!home.path("b/zarr.json").exists(), "{how}");
    }
}
