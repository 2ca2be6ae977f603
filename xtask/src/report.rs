//! `Outcome` and `Skip`: how a step ended. Nothing is printed here.

use std::fmt;

/// An error is one sentence; the tool that failed has already printed the details.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// The end of a step that did not fail.
pub(crate) enum Outcome {
    Done,
    /// Done, except for the parts that these lines name.
    Partly(Vec<String>),
    Skipped(Skip),
}

impl Outcome {
    /// Done, except for what these lines say was skipped.
    pub(crate) fn of(skipped: Vec<String>) -> Self {
        match skipped.is_empty() {
            true => Outcome::Done,
            false => Outcome::Partly(skipped),
        }
    }
}

/// A check that this machine cannot run. A missing tool is always reported and is never a failure.
pub(crate) struct Skip {
    pub(crate) what: &'static str,
    pub(crate) why: String,
    pub(crate) how: String,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "skipped: {}: {}; to run it: {}",
            self.what, self.why, self.how
        )
    }
}
