//! What was found, for people and for machines. Measures nothing.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

use crate::measure::{Case, Sample};
use crate::program::Name;

/// One line: what one program needed for one case.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    program: &'static str,
    workload: &'static str,
    dataset: &'static str,
    best_s: f64,
    median_s: f64,
    /// Of the elements that were read or written.
    bytes: u64,
    peak_rss_mb: f64,
    /// To stores that answer over a network, each time.
    requests: Option<u64>,
    checksum: String,
    #[serde(skip)]
    correct: bool,
}

impl Row {
    /// All samples of one program, made one.
    pub(crate) fn new(program: Name, case: &Case, samples: &[Sample]) -> Self {
        let mut seconds: Vec<f64> = samples.iter().flat_map(|s| s.seconds.clone()).collect();
        seconds.sort_by(f64::total_cmp);
        let wants = case.workload.wants(&case.dataset);
        Self {
            program: program.text(),
            workload: case.workload.text(),
            dataset: case.dataset.name,
            best_s: seconds.first().copied().unwrap_or(f64::NAN),
            median_s: seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN),
            bytes: wants
                .iter()
                .map(|want| (want.cells() * case.dataset.element.size()) as u64)
                .sum(),
            peak_rss_mb: samples.iter().map(|s| s.peak_rss_mb).fold(0.0, f64::max),
            requests: samples.first().and_then(|sample| sample.requests),
            checksum: format!("{:016x}", samples.first().map_or(0, |s| s.checksum)),
            correct: samples.iter().all(|s| s.checksum == s.expected),
        }
    }

    /// The faster one first.
    pub(crate) fn by_time(&self, other: &Self) -> Ordering {
        self.best_s.total_cmp(&other.best_s)
    }

    /// How many times the other's time it takes.
    pub(crate) fn times(&self, other: &Self) -> f64 {
        self.best_s / other.best_s
    }

    pub(crate) fn milliseconds(&self) -> String {
        match self.best_s * 1000.0 {
            few if few < 10.0 => format!("{few:.1}"),
            many => format!("{many:.0}"),
        }
    }

    pub(crate) fn program(&self) -> &str {
        self.program
    }

    pub(crate) fn peak_mib(&self) -> f64 {
        self.peak_rss_mb
    }

    /// The first two columns of tables.
    pub(crate) fn case(&self) -> String {
        format!("{} | {}", self.workload, self.dataset)
    }

    /// Whether it read what is there, and wrote what it was given.
    pub(crate) fn is_correct(&self) -> bool {
        self.correct
    }
}

/// The head of the table, which is Markdown and lines up in a terminal too.
pub(crate) const HEAD: &str = "\
| workload        | dataset      | program     |   best s | median s |   GB/s | peak MiB | of peer | of limit |
|:----------------|:-------------|:------------|---------:|---------:|-------:|---------:|--------:|---------:|";

/// A row beside the fastest of the peers, and beside what the machine needs: 1 is as fast as those,
/// below 1 is faster.
pub(crate) struct Beside<'r> {
    pub(crate) row: &'r Row,
    pub(crate) peer: Option<&'r Row>,
    pub(crate) limit: Option<&'r Row>,
}

impl fmt::Display for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row;
        let speed = row.bytes as f64 / row.best_s / 1e9;
        let ratio = |other: Option<&Row>| {
            other.map_or(String::new(), |other| format!("{:.2}", row.times(other)))
        };
        write!(
            f,
            "| {:<15} | {:<12} | {:<11} | {:>8.4} | {:>8.4} | {speed:>6.3} | {:>8.0} | {:>7} | {:>8} |",
            row.workload,
            row.dataset,
            row.program,
            row.best_s,
            row.median_s,
            row.peak_rss_mb,
            ratio(self.peer),
            ratio(self.limit),
        )?;
        if let Some(requests) = row.requests {
            write!(f, " {requests} requests")?;
        }
        if !row.correct {
            write!(f, " WRONG DATA")?;
        }
        Ok(())
    }
}
