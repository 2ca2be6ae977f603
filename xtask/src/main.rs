//! `cargo xtask VERB`: the tasks that contributors and CI run. This file lists the verbs; each verb has a file.
//!
//! It has no dependencies, so that a fresh clone starts within seconds. Nothing here is part of the library.

use std::process::ExitCode;

mod bench;
mod book;
mod browser;
mod ci;
mod consumers;
mod counts;
mod features;
mod fuzz;
mod interop;
mod manifest;
mod node;
mod packages;
mod pictures;
mod process;
mod python;
mod release;
mod remote;
mod report;
mod sanitize;
mod steps;
mod support;
mod targets;
mod test;
mod tidy;
mod wheel;
mod workspace;

use report::{Outcome, Result};
use workspace::Workspace;

/// One thing that `cargo xtask` can do.
struct Verb {
    name: &'static str,
    help: &'static str,
    run: fn(&Workspace, &[String]) -> Result<Outcome>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "ci",
        help: "runs every check that CI runs, with the seconds of each",
        run: |workspace, args| plain(args, workspace, ci::run),
    },
    Verb {
        name: "tidy",
        help: "checks the rules that neither the compiler nor clippy can check",
        run: |workspace, args| plain(args, workspace, tidy::run),
    },
    Verb {
        name: "test",
        help: "runs unit, integration and doc tests; [--crash] crash tests in full; [--load] load and many rounds; \
               [--models] locks in many orders of threads; [--remote] with more servers",
        run: |workspace, args| match args {
            [flag] if flag == "--remote" => remote::run(workspace),
            _ => test::run(workspace, args),
        },
    },
    Verb {
        name: "support",
        help: "prints tables of what works: data types, formats and commands, stores and functions, as a test finds it; \
               [--write] fills the tables of README.md and the book from the code",
        run: support::run,
    },
    Verb {
        name: "book",
        help: "builds the book of docs/ with mdbook, in target/book",
        run: |workspace, args| plain(args, workspace, book::run),
    },
    Verb {
        name: "pictures",
        help: "draws what the command prints in a terminal, for README.md",
        run: |workspace, args| plain(args, workspace, pictures::run),
    },
    Verb {
        name: "consumers",
        help: "builds three programs against the crates as they are packaged; [--save] keeps which crates each one needs",
        run: consumers::run,
    },
    Verb {
        name: "release",
        help: "--dry-run: does all that a release needs but publishing",
        run: release::run,
    },
    Verb {
        name: "features",
        help: "builds each library crate alone, with each set of features; `ci` with none, the default ones and all",
        run: |workspace, args| {
            plain(args, workspace, |workspace| {
                features::run(workspace, ci::has_clippy(workspace))
            })
        },
    },
    Verb {
        name: "interop",
        help: "reads and writes the same data as zarr-python, tensorstore, zarrs and zarrita.js, both ways",
        run: |workspace, args| plain(args, workspace, interop::run),
    },
    Verb {
        name: "python",
        help: "builds the wheel of zarr_rs and tests it against NumPy and zarr-python; [--quick] in the dev profile; \
               [--zarr-python] runs zarr-python's own tests over the engine",
        run: wheel::run,
    },
    Verb {
        name: "bench",
        help: "compares speed with zarrs; [--peers] with tensorstore, zarr-python; [--packages] of Python's packages; [--quick] [--full] [--json FILE]; \
               [--counts] compares instructions and system calls with those that are kept; [--curves] measures how costs grow; \
               [--save] with either keeps what was found",
        run: bench::run,
    },
    Verb {
        name: "targets",
        help: "builds for other systems and processors and runs the tests there, under Wine and QEMU; [TARGET …]",
        run: targets::run,
    },
    Verb {
        name: "browser",
        help: "builds the page of examples/browser for WebAssembly, measures it, and tests it in Chromium",
        run: |workspace, args| plain(args, workspace, browser::run),
    },
    Verb {
        name: "sanitize",
        help: "runs the tests under the address sanitizer",
        run: |workspace, args| plain(args, workspace, sanitize::run),
    },
    Verb {
        name: "fuzz",
        help: "fuzzes every reader and decoder of untrusted bytes; [--smoke] 20 s each; [TARGET …]",
        run: fuzz::run,
    },
];

/// Runs a verb that takes no arguments.
fn plain(
    args: &[String],
    workspace: &Workspace,
    run: fn(&Workspace) -> Result<Outcome>,
) -> Result<Outcome> {
    match args.first() {
        None => run(workspace),
        Some(extra) => Err(format!(
            "it takes no arguments, but got `{extra}`\n\n{}",
            help()
        )),
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, args) = match args.split_first() {
        None => ("help", &[][..]),
        Some((name, args)) => (name.as_str(), args),
    };
    if matches!(name, "help" | "--help" | "-h") {
        println!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprintln!("there is no verb `{name}`\n\n{}", help());
        return ExitCode::from(2);
    };
    match Workspace::find().and_then(|workspace| (verb.run)(&workspace, args)) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly(skipped)) => {
            println!("{}\n{} skipped", skipped.join("\n"), skipped.len());
            ExitCode::SUCCESS
        }
        Ok(Outcome::Skipped(skip)) => {
            println!("{skip}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask VERB\n");
    for Verb { name, help, .. } in VERBS {
        text.push_str(&format!("\n  {name:<11}{help}"));
    }
    text.push_str("\n  help       prints this text");
    text
}
