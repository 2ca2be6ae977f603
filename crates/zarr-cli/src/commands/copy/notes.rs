//! What a copy left out or had to write differently, collected while it runs and reported at its end.

use serde_json::{Value, json};
use zarr::{CopyProgress, CopyStep};

use crate::failure::{Exit, Failure};
use crate::output::text;

/// The most lines of a kind; the rest are counted.
const MOST: usize = 20;

#[derive(Debug, Default)]
pub(super) struct CopyNotes {
    /// Paths and reasons.
    left_out: Vec<(String, Failure)>,
    reworded: Vec<(String, String)>,
}

impl CopyNotes {
    /// Collects a step if it is one of these, and says whether it was.
    pub(super) fn take(&mut self, progress: &CopyProgress<'_>) -> bool {
        match progress.step {
            CopyStep::LeftOut(error) => {
                let path = progress.path.to_owned();
                let failure = Failure::zarr("left out", &format!("/{path}"), error);
                self.left_out.push((path, failure));
            }
            CopyStep::Reworded(what) => {
                self.reworded
                    .push((progress.path.to_owned(), what.to_owned()));
            }
            _ => return false,
        }
        true
    }

    /// The exit code of the first reason.
    pub(super) fn exit(&self) -> Exit {
        let first = self.left_out.first();
        first.map_or(Exit::Done, |(_, failure)| failure.exit())
    }

    pub(super) fn report(&self) {
        for (path, what) in self.reworded.iter().take(MOST) {
            text::note(&text::escaped(&format!("/{path}: {what}")));
        }
        for (_, failure) in self.left_out.iter().take(MOST) {
            text::warning(&failure.to_string());
        }
        let rest = |all: usize, what: &str| {
            if all > MOST {
                let more = text::count((all - MOST) as u64, what);
                text::warning(&format!("and {more}; --json lists them all"));
            }
        };
        rest(self.reworded.len(), "more change");
        rest(self.left_out.len(), "more omission");
    }

    pub(super) fn left_out_json(&self) -> Vec<Value> {
        let one = |(path, failure): &(String, Failure)| json!({"path": format!("/{path}"), "why": failure.to_string()});
        self.left_out.iter().map(one).collect()
    }

    pub(super) fn reworded_json(&self) -> Vec<Value> {
        let one =
            |(path, what): &(String, String)| json!({"path": format!("/{path}"), "what": what});
        self.reworded.iter().map(one).collect()
    }
}
