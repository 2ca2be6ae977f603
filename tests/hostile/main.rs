//! Bytes nobody vouches for: every target of [`zarr_tests::targets`] over its seeds, over inputs that
//! were once found to break it, and over many mutations of both. Memory is counted: no input may make
//! a target hold more than its bound.

#![allow(clippy::expect_used, reason = "a test that fails shall stop")]

mod mutate;

use std::fs;
use std::path::Path;

use peak_alloc::PeakAlloc;
use zarr_tests::targets::{self, Target};

/// Counts what the whole process holds: the tests here run in one thread, one after another.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Inputs that broke a target once: `corpus/<target>/<any name>`.
fn found(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name);
    let Ok(files) = fs::read_dir(folder) else {
        return vec![];
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("a readable corpus"))
        .collect()
}

/// How many mutations of each target are tried: `ZARR_TEST_CASES`, or few enough for every run.
fn cases() -> u32 {
    let asked = std::env::var("ZARR_TEST_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(2000)
}

/// Runs one input and returns how many bytes were held above what was held before.
fn held(target: &Target, input: &[u8]) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    (target.run)(input);
    MEMORY.peak_usage().saturating_sub(before)
}

/// The worst that a target did: the share of its bound that an input made it hold, and the input.
#[derive(Default)]
struct Worst {
    share: f64,
    held: usize,
    input: Vec<u8>,
}

impl Worst {
    fn of(target: &Target, inputs: impl Iterator<Item = Vec<u8>>) -> Self {
        inputs.fold(Self::default(), |worst, input| {
            let held = held(target, &input);
            let share = held as f64 / target.bound.of(&input) as f64;
            if share > worst.share {
                Self { share, held, input }
            } else {
                worst
            }
        })
    }
}

fn main() {
    let cases = cases();
    let mut above = 0;
    for target in targets::all() {
        let pool = [(target.seeds)(), found(&target)].concat();
        // What is made once and kept (pools, tables) is no input's doing.
        pool.iter().for_each(|input| (target.run)(input));
        let mut random = mutate::Random::new(target.name);
        let mutants = (0..cases).map(|_| random.mutant(&pool));
        let worst = Worst::of(&target, pool.iter().cloned().chain(mutants));
        let share = worst.share * 100.0;
        println!(
            "{:<20} {cases} mutants, at most {share:.0} % of the bound held",
            target.name
        );
        if worst.share > 1.0 {
            above += 1;
            println!(
                "{} bytes held for these {}:\n{}\n",
                worst.held,
                worst.input.len(),
                worst.input.escape_ascii()
            );
        }
    }
    assert_eq!(above, 0, "targets hold more than their bound");
}
