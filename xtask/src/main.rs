//! `cargo xtask VERB`: what contributors and CI run. Owns the list of verbs; each verb has a file.
//!
//! No dependencies, so that a fresh clone starts within seconds. Nothing here is part of the library.

use std::process::ExitCode;

mod bench;
mod ci;
mod features;
mod fuzz;
mod interop;
mod manifest;
mod process;
mod python;
mod remote;
mod report;
mod sanitize;
mod support;
mod test;
mod tidy;
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
        help: "everything CI checks, with seconds per step",
        run: |workspace, args| plain(args, workspace, ci::run),
    },
    Verb {
        name: "tidy",
        help: "the rules of the house no compiler knows",
        run: |workspace, args| plain(args, workspace, tidy::run),
    },
    Verb {
        name: "test",
        help: "unit, integration and doc tests; [--crash] kills and starves for minutes; [--remote] starts servers",
        run: |workspace, args| match args {
            [flag] if flag == "--remote" => remote::run(workspace),
            _ => test::run(workspace, args),
        },
    },
    Verb {
        name: "support",
        help: "what works: each data type, format and verb, each kind of store and function, as the tests find it",
        run: |workspace, args| plain(args, workspace, support::run),
    },
    Verb {
        name: "features",
        help: "each library crate alone, per feature set",
        run: |workspace, args| plain(args, workspace, features::run),
    },
    Verb {
        name: "interop",
        help: "both ways against zarr-python and tensorstore",
        run: |workspace, args| plain(args, workspace, interop::run),
    },
    Verb {
        name: "bench",
        help: "speed beside the zarrs crate: [--peers] also tensorstore and zarr-python, [--quick], [--full], [--json FILE]",
        run: bench::run,
    },
    Verb {
        name: "sanitize",
        help: "the tests under the address sanitizer",
        run: |workspace, args| plain(args, workspace, sanitize::run),
    },
    Verb {
        name: "fuzz",
        help: "hostile bytes for every reader and decoder: [--smoke] [TARGET …]",
        run: fuzz::run,
    },
];

/// A verb that takes nothing.
fn plain(
    args: &[String],
    workspace: &Workspace,
    run: fn(&Workspace) -> Result<Outcome>,
) -> Result<Outcome> {
    match args.first() {
        None => run(workspace),
        Some(extra) => Err(format!("it does not take `{extra}`\n\n{}", help())),
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
        eprintln!("no such verb: `{name}`\n\n{}", help());
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
        text.push_str(&format!("\n  {name:<10}{help}"));
    }
    text.push_str("\n  help      this text");
    text
}
