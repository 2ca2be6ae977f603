//! Progress on standard error: a bar on a terminal, lines elsewhere, or JSON for programs.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::output::text;

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProgressFormat {
    /// A bar on a terminal, lines elsewhere
    #[default]
    Auto,
    /// A bar that is redrawn in place
    Bar,
    /// A line every few seconds
    Lines,
    /// One JSON object per line (schema zarr.progress/1)
    Json,
}

/// How a command shows its progress.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[group(id = "telling", multiple = true)]
pub(crate) struct ProgressArgs {
    /// How to show progress on standard error
    #[arg(long, value_enum, value_name = "STYLE", default_value_t)]
    progress: ProgressFormat,

    /// Show no progress
    #[arg(long, short, conflicts_with = "progress")]
    quiet: bool,
}

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ProgressCounts {
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

/// Shows progress.
#[derive(Debug)]
pub(crate) struct Progress {
    noun: &'static str,
    style: Option<ProgressFormat>,
    begun: Instant,
    told: Mutex<Option<Instant>>,
    /// Draws nothing unless it is asked to.
    bar: ProgressBar,
}

impl ProgressArgs {
    /// `noun` is what is counted, in the plural.
    pub(crate) fn begin(self, noun: &'static str) -> Progress {
        let style = match self.progress {
            _ if self.quiet => None,
            ProgressFormat::Auto if io::stderr().is_terminal() => Some(ProgressFormat::Bar),
            ProgressFormat::Auto => Some(ProgressFormat::Lines),
            style => Some(style),
        };
        let drawn = ProgressStyle::with_template("{bar:24} {wide_msg}");
        let bar = match (style, drawn) {
            (Some(ProgressFormat::Bar), Ok(drawn)) => {
                ProgressBar::no_length().with_style(drawn.progress_chars("█░"))
            }
            _ => ProgressBar::hidden(),
        };
        Progress {
            noun,
            style,
            begun: Instant::now(),
            told: Mutex::new(None),
            bar,
        }
    }
}

impl Progress {
    /// The least time between two reports.
    fn pause(style: ProgressFormat) -> Duration {
        match style {
            ProgressFormat::Bar => Duration::from_millis(100),
            ProgressFormat::Json => Duration::from_millis(500),
            ProgressFormat::Auto | ProgressFormat::Lines => Duration::from_secs(5),
        }
    }

    /// Shows progress if it is time, or if all is done. Errors of standard error are ignored.
    pub(crate) fn report(&self, counts: ProgressCounts) {
        let Some(style) = self.style else { return };
        let Ok(mut told) = self.told.lock() else {
            return;
        };
        let since = told.unwrap_or(self.begun);
        let last = counts.done >= counts.total;
        if since.elapsed() < Self::pause(style) && !(last && style == ProgressFormat::Json) {
            return;
        }
        *told = Some(Instant::now());
        let time = self.begun.elapsed();
        let text = match style {
            ProgressFormat::Json => json(counts, self.noun, time),
            ProgressFormat::Bar => {
                self.bar.set_message(line(counts, self.noun, time));
                self.bar.set_length(counts.total);
                self.bar.set_position(counts.done);
                self.bar.tick();
                return;
            }
            ProgressFormat::Auto | ProgressFormat::Lines => {
                format!("{}\n", line(counts, self.noun, time))
            }
        };
        let mut out = io::stderr().lock();
        drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn json(counts: ProgressCounts, noun: &str, time: Duration) -> String {
    let ProgressCounts {
        done,
        total,
        bytes_in,
        bytes_out,
    } = counts;
    let object = json!({
        "schema": "zarr.progress/1",
        "schema_version": 1,
        "of": noun,
        "done": done,
        "total": total,
        "bytes_in": bytes_in,
        "bytes_out": bytes_out,
        "seconds": time.as_secs_f64(),
    });
    format!("{object}\n")
}

/// Chunks, rates, ratio, and the time that is left.
fn line(counts: ProgressCounts, noun: &str, time: Duration) -> String {
    let seconds = time.as_secs_f64().max(1e-3);
    let rate = |bytes: u64| text::bytes((bytes as f64 / seconds) as u64);
    let mut parts = vec![
        format!("{}/{} {noun}", counts.done, counts.total),
        format!("in {}/s", rate(counts.bytes_in)),
    ];
    if counts.bytes_out > 0 {
        parts.push(format!("out {}/s", rate(counts.bytes_out)));
    }
    if counts.bytes_in > 0 && counts.bytes_out > 0 {
        parts.push(format!(
            "ratio {:.2}",
            counts.bytes_in as f64 / counts.bytes_out as f64
        ));
    }
    if counts.done > 0 && counts.done < counts.total {
        let left = seconds / counts.done as f64 * (counts.total - counts.done) as f64;
        parts.push(format!("{} left", span(left)));
    }
    parts.join(", ")
}

/// `7 s`, `3 min`, `2 h 5 min`.
fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        _ if seconds < 90.0 => format!("{seconds:.0} s"),
        0..=89 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told() {
        let counts = ProgressCounts {
            done: 5,
            total: 20,
            bytes_in: 4 << 20,
            bytes_out: 1 << 20,
        };
        let text = line(counts, "chunks", Duration::from_secs(2));
        assert_eq!(
            text,
            "5/20 chunks, in 2.0 MiB/s, out 512.0 KiB/s, ratio 4.00, 6 s left"
        );
        let object: serde_json::Value =
            serde_json::from_str(&json(counts, "chunks", Duration::from_secs(2))).unwrap();
        assert_eq!(
            (&object["done"], &object["bytes_in"]),
            (&json!(5), &json!(4 << 20))
        );
        assert_eq!(
            [span(7.4), span(200.0), span(7500.0)],
            ["7 s", "3 min", "2 h 5 min"]
        );
    }
}
