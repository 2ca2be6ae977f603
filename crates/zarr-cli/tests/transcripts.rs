//! Runs the pages of the book: every command in their `console` blocks, in order and in one directory for each page, prints
//! what the page says. Of the README, which says nothing of what they print, the commands succeed.
//!
//! A line `...` stands for any lines, `[..]` for anything within one. With `UPDATE_DOCS=1` the blocks become what the
//! commands print.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::skipped;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What a command prints, on both outputs, and how it ends if not with 0.
fn run(home: &Path, command: &str) -> String {
    let search = std::env::var("PATH").unwrap_or_default();
    let out = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(home.join("work"))
        .env("PATH", format!("{}:{search}", home.join("bin").display()))
        .env("COLUMNS", "72")
        .env("NO_COLOR", "1")
        .env_remove("LINES")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let mut text = String::from_utf8(out.stdout).unwrap();
    match out.status.code() {
        Some(0) => {}
        code => text.push_str(&format!("? {}\n", code.unwrap_or(-1))),
    }
    let lines = text.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// Whether text is as a pattern has it, where `[..]` stands for anything.
fn line_fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn fits(pattern: &[&str], lines: &[&str]) -> bool {
    match (pattern.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((&"...", more)), _) => (0..=lines.len()).any(|skip| fits(more, &lines[skip..])),
        (Some((first, more)), Some((line, rest))) => line_fits(first, line) && fits(more, rest),
        _ => false,
    }
}

#[test]
fn patterns() {
    assert!(fits(&["a", "...", "b [..] d"], &["a", "x", "y", "b c d"]));
    assert!(!fits(&["a", "b"], &["a"]) && !line_fits("[..]x", "xy") && line_fits("[..]", ""));
}

/// The pages that have such blocks.
const PAGES: [&str; 5] = [
    "cli.md",
    "errors.md",
    "getting-started.md",
    "known-data.md",
    "tuning.md",
];

/// A directory with the command and the data of the examples.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for directory in ["bin", "work"] {
        fs::create_dir(home.path().join(directory)).unwrap();
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_zarr"), home.path().join("bin/zarr")).unwrap();
    for entry in fs::read_dir(project().join("examples/data")).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|end| end == "npy") {
            fs::copy(
                entry.path(),
                home.path().join("work").join(entry.file_name()),
            )
            .unwrap();
        }
    }
    home
}

#[test]
fn the_documentation_is_true() {
    let mut wrong = Vec::new();
    for page in PAGES {
        wrong.extend(play(page));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs the commands of a page, and says which of them print something else.
fn play(page: &str) -> Vec<String> {
    let home = home();
    let path = project().join("docs").join(page);
    let text = fs::read_to_string(&path).unwrap();
    let (mut new, mut wrong, mut commands) = (String::new(), Vec::new(), 0);
    let mut lines = text.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        new.push_str(line);
        new.push('\n');
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| inside) else {
            continue;
        };
        let mut command = command.to_owned();
        while command.ends_with('\\') {
            let more = lines.next().unwrap();
            new.push_str(more);
            new.push('\n');
            command.push('\n');
            command.push_str(more.trim_start_matches("> "));
        }
        let mut expected = Vec::new();
        while let Some(line) =
            lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with("```"))
        {
            expected.push(line);
        }
        // An empty line before the next command is for the eye.
        let blank = expected.last().is_some_and(|line| line.is_empty());
        if blank {
            expected.pop();
        }
        let said = run(home.path(), &command);
        let found: Vec<&str> = said.lines().collect();
        commands += 1;
        if fits(&expected, &found) {
            expected
                .iter()
                .for_each(|line| new.push_str(&format!("{line}\n")));
        } else {
            wrong.push(format!(
                "{page}:\n$ {command}\nexpected:\n{}\nfound:\n{said}",
                expected.join("\n")
            ));
            new.push_str(&said);
        }
        if blank {
            new.push('\n');
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, new).unwrap();
        return Vec::new();
    }
    assert!(commands > 0, "{page} has no commands");
    wrong
}

/// What the README's first command runs, as `cargo test` of the workspace builds it.
fn quickstart() -> Option<PathBuf> {
    let built = Path::new(env!("CARGO_BIN_EXE_zarr")).with_file_name("examples");
    Some(built.join("quickstart")).filter(|program| program.is_file())
}

/// The commands of a page's `sh` blocks, without what cargo does beside running an example, and without the server,
/// which runs until it is stopped and has tests of its own.
fn commands(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        }
        let is_wanted = line.starts_with("zarr ") && !line.starts_with("zarr serve ");
        let example = line.strip_prefix("cargo run --release -p zarr --example ");
        match (inside, is_wanted, example) {
            (true, true, _) => commands.push(line.to_owned()),
            (true, _, Some(program)) => commands.push(program.to_owned()),
            _ => {}
        }
    }
    commands
}

#[test]
fn the_readme_is_true() {
    let Some(quickstart) = quickstart() else {
        skipped(
            "the README's commands",
            "its example is not built",
            "cargo test",
        );
        return;
    };
    let home = home();
    std::os::unix::fs::symlink(quickstart, home.path().join("bin/quickstart")).unwrap();
    let commands = commands(&fs::read_to_string(project().join("README.md")).unwrap());
    let first = commands.first().map(String::as_str).unwrap_or_default();
    assert!(first.starts_with("quickstart "), "{commands:?}");
    assert!(commands.len() > 1, "{commands:?}");
    let fail = |command: &String| {
        let said = run(home.path(), command);
        let failed = said.lines().last()?.starts_with("? ");
        failed.then(|| format!("$ {command}\n{said}"))
    };
    let failed: Vec<String> = commands.iter().filter_map(fail).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
