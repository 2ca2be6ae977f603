//! Reads and writes arrays side by side with the peers: the same documents, values and parts, each
//! program in a process of its own, taking turns. `cargo xtask bench` builds and calls it.
//!
//! ```text
//! cargo xtask bench                                   # beside the zarrs crate, a few minutes
//! cargo xtask bench --peers                           # and beside tensorstore and zarr-python
//! cargo xtask bench --peers --full --json out.jsonl   # 512 MiB, as the peers were measured
//! cargo xtask bench --packages                        # the packages for Python beside each other
//! cargo xtask bench --only shard,read_all/raw
//! ```

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

mod cold;
mod dataset;
mod document;
mod element;
mod far;
mod files;
mod limit;
mod measure;
mod memory;
mod mount;
mod nodes;
mod ours;
mod program;
mod script;
mod source;
mod summary;
mod table;
mod want;
mod workload;
mod writes;
mod zarrs;

use dataset::{Dataset, Size};
use measure::{Bench, Case, Sample, Server};
use program::Name;
use summary::{BEHIND, Compared, Summary, best};
use table::{Beside, HEAD, Row};
use workload::Workload;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Reads and writes arrays side by side with the peers.
#[derive(Debug, Parser)]
struct Args {
    /// The size that PEERS.md was measured at: needs 3 GB of disk and some minutes.
    #[arg(long)]
    full: bool,
    /// Only what has this in `workload/dataset`; several, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these programs.
    #[arg(long, value_delimiter = ',')]
    programs: Vec<String>,
    /// Not these.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// The interpreter that has tensorstore and zarr-python; without it they are left out.
    #[arg(long)]
    python: Option<PathBuf>,
    /// How often each program has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How often it does the workload in one turn.
    #[arg(long, default_value_t = 3)]
    repeats: usize,
    /// Where arrays are kept between runs.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Also writes one JSON object per line to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Measures `program/workload/dataset` in this process and prints what it found.
    #[arg(long, hide = true)]
    measure: Option<String>,
    /// Where the directory is served already.
    #[arg(long, hide = true)]
    server: Option<String>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all data were right.
fn run(args: &Args) -> Result<bool> {
    let size = if args.full { Size::Full } else { Size::Reduced };
    let temporary = || std::env::temp_dir().join("zarr-benches");
    let dir = args.dir.clone().unwrap_or_else(temporary);
    let server = args.server.clone().map_or(Server::Start, Server::At);
    let bench = Bench::new(&dir, size, args.repeats, args.python.clone(), server)?;
    let cases = cases(size);
    if let Some(wanted) = &args.measure {
        for case in &cases {
            for program in Name::ALL {
                if *wanted == format!("{}/{}", program.text(), title(case)) {
                    let sample = bench.measure(program, case)?;
                    println!("{}", serde_json::to_string(&sample)?);
                    return Ok(true);
                }
            }
        }
        return Err(format!("there is no {wanted}").into());
    }

    let is_wanted = |case: &Case| {
        args.only.is_empty() || args.only.iter().any(|only| title(case).contains(only))
    };
    let programs: Vec<Name> = Name::ALL
        .into_iter()
        .filter(|name| {
            let is_named = |list: &[String]| list.iter().any(|named| named == name.text());
            let is_asked_for = match args.programs.is_empty() {
                true => !name.is_package(),
                false => is_named(&args.programs),
            };
            is_asked_for && !is_named(&args.without)
        })
        .collect();
    let mut json = args.json.as_ref().map(std::fs::File::create).transpose()?;
    let mut correct = true;
    let mut compared = vec![];
    println!("{HEAD}");
    for case in cases.iter().filter(|case| is_wanted(case)) {
        let rows = compare(&bench, &programs, args.rounds, case)?;
        if rows.is_empty() {
            eprintln!("{}: skipped, since no program can do it here", title(case));
        }
        let peer = best(&rows, Name::is_peer);
        let limit = best(&rows, |name| name == Name::Limit);
        for (name, row) in &rows {
            let ours = |other: Option<_>| other.filter(|_| name.is_ours());
            let beside = Beside {
                row,
                peer: ours(peer),
                limit: ours(limit),
            };
            println!("{beside}");
            correct &= row.is_correct();
            if let Some(json) = &mut json {
                writeln!(json, "{}", serde_json::to_string(row)?)?;
            }
        }
        compared.extend(Compared::new(&rows));
    }
    println!("\n{}", Summary(&compared));
    Ok(correct)
}

fn cases(size: Size) -> Vec<Case> {
    let datasets = Dataset::all(size);
    let of = |workload: Workload| {
        let suits = datasets
            .iter()
            .filter(move |dataset| workload.suits(dataset));
        suits.map(move |&dataset| Case { workload, dataset })
    };
    Workload::ALL.into_iter().flat_map(of).collect()
}

fn title(case: &Case) -> String {
    format!("{}/{}", case.workload.text(), case.dataset.name)
}

/// How many times as many rounds a case gets in which we are behind: it may be noise.
const BEHIND_ROUNDS: usize = 4;
/// How many times slower than the fastest a program is that gets no second turn. Noise is a third.
const FAR_BEHIND: f64 = 3.0;

/// Lets the programs take turns, so that what else the machine does hits all of them.
fn compare(
    bench: &Bench,
    programs: &[Name],
    rounds: usize,
    case: &Case,
) -> Result<Vec<(Name, Row)>> {
    bench.prepare(&case.dataset)?;
    let able = programs.iter().filter(|&&name| bench.can(name, case));
    let mut samples: Vec<_> = able.map(|&name| (name, Vec::new())).collect();
    let rows = |samples: &[(Name, Vec<Sample>)]| -> Vec<(Name, Row)> {
        let rows = samples.iter();
        rows.map(|(name, samples)| (*name, Row::new(*name, case, samples)))
            .collect()
    };
    let is_behind = |samples: &[(Name, Vec<Sample>)]| {
        Compared::new(&rows(samples)).is_some_and(|compared| compared.ratio() > BEHIND)
    };
    for round in 0..rounds * BEHIND_ROUNDS {
        if round >= rounds && !is_behind(&samples) {
            break;
        }
        let best = |samples: &[Sample]| {
            let seconds = samples.iter().flat_map(|sample| &sample.seconds);
            seconds.copied().fold(f64::INFINITY, f64::min)
        };
        let fastest = samples.iter().map(|(_, samples)| best(samples));
        let fastest = fastest.fold(f64::INFINITY, f64::min);
        for (name, samples) in &mut samples {
            // Another turn would not bring who is so far behind any nearer.
            if round == 0 || best(samples) <= fastest * FAR_BEHIND {
                samples.push(bench.spawn(*name, case)?);
            }
        }
    }
    Ok(rows(&samples))
}
