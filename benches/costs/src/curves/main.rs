//! Measures how costs grow with what is there, one curve for each thing that may be large. `cargo xtask bench --curves`
//! builds and calls it.
//!
//! ```text
//! cargo xtask bench --curves                         # some minutes
//! cargo xtask bench --curves --full                  # a decade more
//! cargo xtask bench --curves --only shard,latency
//! cargo xtask bench --curves --json points.jsonl     # a line for each point
//! cargo xtask bench --curves --save                  # draws docs/performance/*.svg
//! ```

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zarr::json;

mod chunks;
mod curve;
mod far;
mod grid;
mod large;
#[path = "../../../src/memory.rs"]
mod memory;
mod nodes;
mod picture;
mod shards;
mod threads;
mod time;

use curve::Curve;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What a group of curves is asked for by, and what measures it in an empty directory.
type Measure = (&'static str, fn(&Path, bool) -> Result<Vec<Curve>>);

const ALL: &[Measure] = &[
    ("chunks", chunks::measure),
    ("grid", grid::measure),
    ("shard", shards::measure),
    ("nodes", nodes::measure),
    ("latency", far::measure),
    ("threads", threads::measure),
    ("large", large::measure),
];

#[derive(Default)]
struct Args {
    /// Goes a decade further.
    full: bool,
    /// Only these of [`ALL`].
    only: Vec<String>,
    /// Where to write one JSON object per point.
    json: Option<PathBuf>,
    /// Where to draw each curve.
    pictures: Option<PathBuf>,
}

impl Args {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut parsed = Self::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("`{arg}` needs a value"));
            match arg.as_str() {
                "--full" => parsed.full = true,
                "--only" => parsed.only = value()?.split(',').map(str::to_owned).collect(),
                "--json" => parsed.json = Some(value()?.into()),
                "--pictures" => parsed.pictures = Some(value()?.into()),
                _ => return Err(format!("there is no `{arg}`").into()),
            }
        }
        let known = |name: &String| ALL.iter().any(|(known, _)| known == name);
        match parsed.only.iter().find(|name| !known(name)) {
            Some(name) => Err(format!("there is no curve `{name}`").into()),
            None => Ok(parsed),
        }
    }
}

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).and_then(|args| run(&args)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(faults) => {
            eprintln!("{faults} lines grow faster than they should");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// How many lines grow too fast.
fn run(args: &Args) -> Result<usize> {
    let dir = std::env::temp_dir().join(format!("zarr-curves-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let faults = measure_all(args, &dir);
    std::fs::remove_dir_all(&dir)?;
    faults
}

/// Measures a group of curves; where a line grows too fast, once more, since other load on the machine comes and goes:
/// then each point is the best of two.
fn measure_group(dir: &Path, measure: impl Fn(&Path) -> Result<Vec<Curve>>) -> Result<Vec<Curve>> {
    let measure = |turn: &str| {
        let dir = dir.join(turn);
        std::fs::create_dir_all(&dir)?;
        measure(&dir)
    };
    let mut curves = measure("first")?;
    if curves.iter().any(|curve| curve.faults().next().is_some()) {
        for (curve, again) in curves.iter_mut().zip(measure("second")?) {
            curve.improve(&again);
        }
    }
    Ok(curves)
}

/// Measures in folders of `dir`. None of them is removed meanwhile: in the half minute after many files were deleted, ext4
/// takes up to a millisecond for each new one, which the next curve would be made of.
fn measure_all(args: &Args, dir: &Path) -> Result<usize> {
    let mut json = args.json.as_ref().map(File::create).transpose()?;
    let mut faults = 0;
    for (name, measure) in ALL {
        if !args.only.is_empty() && !args.only.iter().any(|only| only == name) {
            continue;
        }
        for curve in measure_group(&dir.join(name), |dir| measure(dir, args.full))? {
            println!("{curve}");
            faults += curve.faults().count();
            if let Some(file) = &mut json {
                for (line, x, y) in curve.points() {
                    let point =
                        json!({"curve": curve.name, "line": line, "x": x, "y": y, "unit": curve.y});
                    writeln!(file, "{point}")?;
                }
            }
            if let Some(dir) = &args.pictures {
                std::fs::create_dir_all(dir)?;
                let file = dir.join(format!("{}.svg", curve.name));
                std::fs::write(file, picture::svg(&curve))?;
            }
        }
    }
    Ok(faults)
}
