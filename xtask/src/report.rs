//! How a step ended. Owns `Outcome` and `Skip`; prints nothing by itself.

use std::fmt;

/// A failure is told in one sentence; the tool that failed has already printed the details.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// The end of a step that did not fail.
pub(crate) enum Outcome {
    Done,
    /// Done, but for the parts that these lines name.
    Partly(Vec<String>),
    Skipped(Skip),
}

impl Outcome {
    /// Done, but for what these lines say was skipped.
    pub(crate) fn of(skipped: Vec<String>) -> Self {
        match skipped.is_empty() {
            true => Outcome::Done,
            false => Outcome::Partly(skipped),
        }
    }
}

/// What could not be checked on this machine. A missing tool is never hidden and never a failure.
pub(crate) struct Skip {
    pub(crate) what: &'static str,
    pub(crate) why: String,
    pub(crate) how: String,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "skipped: {}: {}; get it by: {}",
            self.what, self.why, self.how
        )
    }
}
