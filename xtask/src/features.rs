//! `cargo xtask features`: builds each library crate alone, with no features, the default ones, those without C, each
//! one, and all.
//!
//! A feature that no code of the crate names only turns on features of crates below, which are themselves built alone.
//! So it is built only with all others. Also checks that a crate does not pull in what the table below forbids. Which
//! crate may use which sibling is checked by `tidy`.

use crate::process::{capture, cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::{Member, Workspace};

/// Crates that a build of `package` with `args` must not contain.
struct Without {
    package: &'static str,
    args: &'static [&'static str],
    crates: &'static [&'static str],
}

const CODECS: &[&str] = &[
    "zstd",
    "zstd-sys",
    "libdeflater",
    "libdeflate-sys",
    "bzip2",
    "liblzma-sys",
    "lz4-sys",
    "lz4_flex",
    "flate2",
    "ruzstd",
    "lzma-rust2",
    "pco",
    "crc32c",
];
/// What compiles C, and what is C.
const C: &[&str] = &[
    "cc",
    "cmake",
    "libdeflate-sys",
    "liblzma-sys",
    "libz-sys",
    "lz4-sys",
    "ring",
    "zstd-sys",
];
const RUNTIMES: &[&str] = &["tokio", "rayon", "futures-util"];

const WITHOUT: &[Without] = &[
    Without {
        package: "zarr-metadata",
        args: &[],
        crates: CODECS,
    },
    Without {
        package: "zarr-metadata",
        args: &[],
        crates: RUNTIMES,
    },
    Without {
        package: "zarr-codecs",
        args: &["--all-features"],
        crates: RUNTIMES,
    },
    // What is said to need no C compiler.
    Without {
        package: "zarr-codecs",
        args: &["--no-default-features", "--features", "pure-rust"],
        crates: C,
    },
    Without {
        package: "zarr-store",
        args: &["--no-default-features", "--features", "local,zip-rust"],
        crates: C,
    },
    Without {
        package: "zarr",
        args: &[
            "--no-default-features",
            "--features",
            "local,tokio,pure-rust",
        ],
        crates: C,
    },
    Without {
        package: "zarr-cli",
        args: &["--no-default-features", "--features", "pure-rust"],
        crates: C,
    },
    // With `zip` it needs two of them: entries of archives are compressed with these.
    Without {
        package: "zarr-store",
        args: &[],
        crates: CODECS,
    },
    Without {
        package: "zarr",
        args: &["--no-default-features"],
        crates: &["tokio", "zstd-sys", "libdeflate-sys", "lz4-sys"],
    },
];

/// Every library in Rust and none in C: code may depend on one that is in C without saying so.
const PURE_RUST: &str = "--no-default-features --features pure-rust";

/// How a set of features is built, with its arguments behind those of the set.
type Build<'a> = (&'static str, &'a [&'a str]);

const CHECK: Build<'_> = ("check", &[]);
/// Warnings are errors: code may be unused when only one feature is on.
const LINT: Build<'_> = ("clippy", &["--", "-D", "warnings"]);

/// Lints every set. Without clippy, the sets are only built.
pub(crate) fn run(workspace: &Workspace, has_clippy: bool) -> Result<Outcome> {
    build(workspace, how(has_clippy), |_| true)
}

/// The same for no features, the default ones and those that need no C, which find most of what breaks in a fraction of
/// the time. Nearly all features are on where the whole workspace is linted.
pub(crate) fn short(workspace: &Workspace, has_clippy: bool) -> Result<Outcome> {
    build(workspace, how(has_clippy), |set| {
        matches!(set, "" | "--no-default-features" | PURE_RUST)
    })
}

fn how(has_clippy: bool) -> Build<'static> {
    match has_clippy {
        true => LINT,
        false => CHECK,
    }
}

fn build(
    workspace: &Workspace,
    (subcommand, tail): Build<'_>,
    is_wanted: fn(&str) -> bool,
) -> Result<Outcome> {
    let files = workspace.rust_files()?;
    for member in workspace.libraries()? {
        let sets = sets(&member, &files);
        for set in sets.iter().filter(|set| is_wanted(set)) {
            let mut args = vec![subcommand, "--quiet", "--package", member.name()];
            args.extend(set.split_whitespace());
            args.extend(tail);
            run_command(&mut cargo(workspace, &args))?;
        }
    }
    WITHOUT.iter().try_for_each(|rule| check(workspace, rule))?;
    Ok(Outcome::Done)
}

/// The arguments for each set of features.
fn sets(member: &Member, files: &[(String, String)]) -> Vec<String> {
    let features = member.manifest.features();
    if features.is_empty() {
        return vec![String::new()];
    }
    let below = format!("crates/{}/", member.name());
    let is_named = |feature: &&str| {
        let asked = format!("feature = \"{feature}\"");
        let mut own = files.iter().filter(|(path, _)| path.starts_with(&below));
        own.any(|(_, text)| text.contains(&asked))
    };
    let mut sets = vec!["--no-default-features".to_owned(), String::new()];
    if features.contains(&"pure-rust") {
        sets.push(PURE_RUST.to_owned());
    }
    let named = features.into_iter().filter(is_named);
    sets.extend(named.map(|name| format!("--no-default-features --features {name}")));
    sets.push("--all-features".to_owned());
    sets
}

fn check(workspace: &Workspace, rule: &Without) -> Result<()> {
    let Without {
        package,
        args,
        crates,
    } = rule;
    let mut words = vec![
        "tree",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ];
    words.extend(*args);
    let tree = capture(&mut cargo(workspace, &words))?;
    let found = pulled_in(&tree, crates);
    if found.is_empty() {
        println!(
            "{package} {}: without {}",
            args.join(" "),
            crates.join(", ")
        );
        Ok(())
    } else {
        Err(format!(
            "{package} {} pulls in {}",
            args.join(" "),
            found.join(", ")
        ))
    }
}

fn pulled_in<'a>(tree: &str, crates: &[&'a str]) -> Vec<&'a str> {
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    crates
        .iter()
        .copied()
        .filter(|name| names.contains(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn a_feature_that_no_code_names_is_built_with_all_others() {
        let manifest =
            "[package]\nname = \"x\"\n[features]\ndefault = [\"a\"]\na = []\nb = [\"y/b\"]\n";
        let member = Member {
            dir: "crates/x".into(),
            manifest: Manifest::parse(manifest).unwrap(),
        };
        let file = |path: &str| {
            (
                path.to_owned(),
                "#[cfg(feature = \"a\")]\nmod a;".to_owned(),
            )
        };
        let alone = "--no-default-features --features a";
        let with_a = ["--no-default-features", "", alone, "--all-features"];
        assert_eq!(sets(&member, &[file("crates/x/src/lib.rs")]), with_a);
        assert!(!sets(&member, &[file("crates/xy/src/lib.rs")]).contains(&alone.to_owned()));
    }

    #[test]
    fn a_crate_is_found_by_its_whole_name() {
        let tree = "zarr-metadata v0.1.0 (/x)\nserde v1.0.0\ntokio-util v1.0.0\nzstd v0.14.4 (*)\n";
        assert_eq!(pulled_in(tree, &["tokio", "zstd", "flate2"]), ["zstd"]);
    }
}
