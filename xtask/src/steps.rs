//! Runs steps one after the other, with a table of seconds and results at the end.
//!
//! A failed step does not stop the run, so that one run shows everything that is wrong.

use std::time::Instant;

use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// A name for the table, and what is done.
pub(crate) type Step = (&'static str, fn(&Workspace) -> Result<Outcome>);

pub(crate) fn run(title: &str, workspace: &Workspace, steps: &[Step]) -> Result<Outcome> {
    let begin = Instant::now();
    let mut table = String::new();
    let (mut ok, mut failed, mut skipped) = (0, 0, 0_usize);
    for (name, step) in steps {
        println!("\n== {name}");
        let start = Instant::now();
        let (end, note) = match step(workspace) {
            Ok(Outcome::Done) => {
                ok += 1;
                ("ok", String::new())
            }
            Ok(Outcome::Partly(parts)) => {
                ok += 1;
                skipped += parts.len();
                println!("{}", parts.join("\n"));
                ("ok", format!("{} tests skipped", parts.len()))
            }
            Ok(Outcome::Skipped(skip)) => {
                skipped += 1;
                println!("{skip}");
                ("skipped", skip.why)
            }
            Err(problem) => {
                failed += 1;
                eprintln!("{name}: {problem}");
                ("failed", problem)
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        println!("== {name}: {end} in {seconds:.1} s");
        let note = note.lines().next().unwrap_or_default();
        table.push_str(format!("{name:<10}{seconds:>8.1} s  {end:<8} {note}").trim_end());
        table.push('\n');
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "\n{table}\n{title}: {ok} steps ok, {failed} failed, {skipped} skipped, in {seconds:.1} s"
    );
    if failed == 0 {
        Ok(Outcome::Done)
    } else {
        Err(format!("{failed} steps failed"))
    }
}
