//! How far long work is, on standard error: a bar where somebody looks, lines where they are kept, JSON for programs.
//! Knows no command.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::output::text;

/// How it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Style {
    /// A bar on a terminal, else lines
    #[default]
    Auto,
    /// A bar, drawn over and over on a terminal
    Bar,
    /// A line now and then
    Lines,
    /// A JSON object a line (schema zarr.progress/1)
    Json,
}

/// How a command tells of its progress.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[group(id = "telling", multiple = true)]
pub(crate) struct Args {
    /// How to tell of progress, on standard error
    #[arg(long, value_enum, value_name = "STYLE", default_value_t)]
    progress: Style,

    /// Do not tell of it
    #[arg(long, short, conflicts_with = "progress")]
    quiet: bool,
}

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Far {
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

/// Whoever tells of it.
#[derive(Debug)]
pub(crate) struct Progress {
    noun: &'static str,
    style: Option<Style>,
    begun: Instant,
    told: Mutex<Option<Instant>>,
    /// Draws nothing unless it is asked to.
    bar: ProgressBar,
}

impl Args {
    /// `noun` is what is counted, in the plural.
    pub(crate) fn begin(self, noun: &'static str) -> Progress {
        let style = match self.progress {
            _ if self.quiet => None,
            Style::Auto if io::stderr().is_terminal() => Some(Style::Bar),
            Style::Auto => Some(Style::Lines),
            style => Some(style),
        };
        let drawn = ProgressStyle::with_template("{bar:24} {wide_msg}");
        let bar = match (style, drawn) {
            (Some(Style::Bar), Ok(drawn)) => {
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
    /// How long it waits between two words.
    fn pause(style: Style) -> Duration {
        match style {
            Style::Bar => Duration::from_millis(100),
            Style::Json => Duration::from_millis(500),
            Style::Auto | Style::Lines => Duration::from_secs(5),
        }
    }

    /// Tells of it if it is time, or if all is done. If nobody reads it there is nobody to tell.
    pub(crate) fn tell(&self, far: Far) {
        let Some(style) = self.style else { return };
        let Ok(mut told) = self.told.lock() else {
            return;
        };
        let since = told.unwrap_or(self.begun);
        let last = far.done >= far.total;
        if since.elapsed() < Self::pause(style) && !(last && style == Style::Json) {
            return;
        }
        *told = Some(Instant::now());
        let time = self.begun.elapsed();
        let text = match style {
            Style::Json => json(far, self.noun, time),
            Style::Bar => {
                self.bar.set_message(line(far, self.noun, time));
                self.bar.set_length(far.total);
                self.bar.set_position(far.done);
                self.bar.tick();
                return;
            }
            Style::Auto | Style::Lines => format!("{}\n", line(far, self.noun, time)),
        };
        let mut out = io::stderr().lock();
        drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn json(far: Far, noun: &str, time: Duration) -> String {
    let Far {
        done,
        total,
        bytes_in,
        bytes_out,
    } = far;
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

/// Chunks, rates, ratio, and how long it will still take.
fn line(far: Far, noun: &str, time: Duration) -> String {
    let seconds = time.as_secs_f64().max(1e-3);
    let rate = |bytes: u64| text::bytes((bytes as f64 / seconds) as u64);
    let mut parts = vec![
        format!("{}/{} {noun}", far.done, far.total),
        format!("in {}/s", rate(far.bytes_in)),
    ];
    if far.bytes_out > 0 {
        parts.push(format!("out {}/s", rate(far.bytes_out)));
    }
    if far.bytes_in > 0 && far.bytes_out > 0 {
        parts.push(format!(
            "ratio {:.2}",
            far.bytes_in as f64 / far.bytes_out as f64
        ));
    }
    if far.done > 0 && far.done < far.total {
        let left = seconds / far.done as f64 * (far.total - far.done) as f64;
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
        let far = Far {
            done: 5,
            total: 20,
            bytes_in: 4 << 20,
            bytes_out: 1 << 20,
        };
        let text = line(far, "chunks", Duration::from_secs(2));
        assert_eq!(
            text,
            "5/20 chunks, in 2.0 MiB/s, out 512.0 KiB/s, ratio 4.00, 6 s left"
        );
        let object: serde_json::Value =
            serde_json::from_str(&json(far, "chunks", Duration::from_secs(2))).unwrap();
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
