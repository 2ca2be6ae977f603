//! What a validator found: problems with their severity and the document they are in.

use std::fmt;

use crate::problem::{Problem, ProblemKind, Problems, Severity};

/// Everything that [`validate`](crate::validate) found in one or several documents, or that a
/// [`Reader`](crate::Reader) noted while it read them.
///
/// Displayed as one line per finding, and as nothing when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
    omitted: usize,
}

/// One problem, how bad it is and which document it is in.
///
/// Displayed as a line: severity, document, place, and what was expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The name the document was given, such as `a/zarr.json`.
    pub document: String,
    /// What is wrong, and where in the document.
    pub problem: Problem,
}

impl Report {
    /// All findings, in the order in which they were made.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The errors: where the documents break the format.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// The warnings: what is allowed, but not understood by all readers or not advised.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    /// Whether there are no errors; there may be warnings.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Whether there are no findings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many findings there were beyond the limit on problems, which are not kept.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Adds the findings of another report.
    pub fn extend(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.omitted = self.omitted.saturating_add(other.omitted);
    }

    /// Adds what a reader noted in a document.
    pub(crate) fn warn(&mut self, document: &str, warnings: Vec<Problem>) {
        let warnings = warnings.into_iter().map(|problem| Finding {
            severity: Severity::Warning,
            document: document.to_owned(),
            problem,
        });
        self.findings.extend(warnings);
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(move |finding| finding.severity == severity)
    }

    /// An unknown name is not a fault of the document, so it is a warning.
    pub(crate) fn of_document(document: &str, problems: Problems) -> Self {
        let (found, omitted) = problems.into_parts();
        let findings = found.into_iter().map(|(severity, problem)| Finding {
            severity: match problem.kind {
                ProblemKind::Unsupported { .. } => Severity::Warning,
                _ => severity,
            },
            document: document.to_owned(),
            problem,
        });
        Self {
            findings: findings.collect(),
            omitted,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { pointer, kind } = &self.problem;
        write!(f, "{}: {}{pointer}: {kind}", self.severity, self.document)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, finding) in self.findings.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        if self.omitted > 0 {
            write!(f, "\nand {} more", self.omitted)?;
        }
        Ok(())
    }
}
