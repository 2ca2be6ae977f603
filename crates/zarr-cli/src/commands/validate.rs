//! `zarr validate`: checks documents against the format. Reads metadata only; `zarr doctor` checks the data, too.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::tools::{Finding, Profile, Reader, Report, Severity};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::directories::{self, Directory};
use crate::hierarchy::stale_metadata::StaleMetadata;
use crate::output::{self, text};
use zarr::tools::documents::ZMETADATA;

/// Check the metadata documents of a node and everything below it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr validate demo.zarr
  zarr validate --tolerant demo.zarr::ocean
  zarr validate --json demo.zarr | jq '.findings[].file'

What violates the format is an error, even if it can be read, and so is consolidated metadata that differs from the \
    documents. What the format allows but some readers refuse, or what is not known here, is a warning.

Exit codes: 0 all documents are valid, 1 one is not. A document that cannot be read is named, and the exit code \
    says why. `zarr doctor` checks the data, too.")]
pub(crate) struct ValidateArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Only warn of what violates the format, but can be read, and of consolidated metadata that is out of date
    #[arg(long)]
    tolerant: bool,

    /// Print a JSON object (schema zarr.validate/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ValidateArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let mut directories = args.path.directories()?;
    let reader = Reader::default().profile(match args.tolerant {
        true => Profile::Lenient,
        false => Profile::Strict,
    });
    let (mut report, mut stale) = (Report::default(), Vec::new());
    let mut documents = 0;
    for directory in &directories {
        documents += directory.documents.len() as u64;
        let checked = check_documents(&reader, directory);
        // What is invalid says nothing to compare with.
        stale.extend(
            Some(directory)
                .filter(|_| checked.is_valid())
                .and_then(StaleMetadata::find),
        );
        report.extend(checked);
    }
    let unread = directories
        .iter_mut()
        .flat_map(|directory| directory.unread.drain(..));
    let unread: Vec<UnreadDocument> = unread.collect();
    let found = Found {
        documents,
        report,
        stale,
        severity_of_stale: match args.tolerant {
            true => Severity::Warning,
            false => Severity::Error,
        },
        unread,
    };
    let text = match args.json {
        true => text::report("validate", found.to_json(args.path.as_str())),
        false => found.to_text(),
    };
    output::print(out, &text)?;
    let judged = match found.count(Severity::Error) {
        0 => Exit::Done,
        _ => Exit::Difference,
    };
    Ok(tell_unread(args.path.as_str(), &found.unread).unwrap_or(judged))
}

/// What was looked at, and what is wrong with it.
struct Found {
    documents: u64,
    report: Report,
    stale: Vec<StaleMetadata>,
    severity_of_stale: Severity,
    unread: Vec<UnreadDocument>,
}

/// The path of a document that could not be read, and why.
type UnreadDocument = (String, zarr::Error);

/// Reports the documents that could not be read, and gives the exit code for them.
fn tell_unread(place: &str, unread: &[UnreadDocument]) -> Option<Exit> {
    let mut exit = None;
    for (path, error) in unread {
        let failure = Failure::zarr("cannot read", &format!("{place}::{path}"), error);
        text::error(&failure.to_string());
        exit = exit.or(Some(failure.exit()));
    }
    exit
}

/// All findings about the documents of one directory.
pub(crate) fn check_documents(reader: &Reader, directory: &Directory) -> Report {
    let mut report = match directory.is_node() {
        true => reader.validate_node(&directory.path, &directory.of_node()),
        false => Report::default(),
    };
    if let Some(text) = directory.document(ZMETADATA) {
        report.extend(reader.validate(&directory.path_of(ZMETADATA), text));
    }
    report
}

impl Found {
    fn count(&self, severity: Severity) -> u64 {
        let findings = match severity {
            Severity::Error => self.report.errors().count(),
            Severity::Warning => self.report.warnings().count(),
        };
        let stale = match severity == self.severity_of_stale {
            true => self.stale.len(),
            false => 0,
        };
        (findings + stale) as u64
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |line: String| {
            text.push_str(&text::escaped(&line));
            text.push('\n');
        };
        let findings = self.report.findings().iter();
        findings.for_each(|finding| line(finding.to_string()));
        for stale in &self.stale {
            let (document, pointer) = (&stale.document, stale.pointer);
            let (severity, message) = (self.severity_of_stale, message(stale));
            line(format!("{severity}: {document}{pointer}: {message}"));
        }
        if self.report.omitted() > 0 {
            line(format!("and {} more", self.report.omitted()));
        }
        line(format!(
            "{}: {}, {}",
            text::count(self.documents, "document"),
            text::count(self.count(Severity::Error), "error"),
            text::count(self.count(Severity::Warning), "warning"),
        ));
        text
    }

    fn to_json(&self, path: &str) -> Value {
        let unread =
            |(file, error): &UnreadDocument| json!({"file": file, "message": error.to_string()});
        let stale = self.stale.iter().map(|stale| {
            json!({
                "severity": self.severity_of_stale.to_string(),
                "file": stale.document,
                "pointer": stale.pointer,
                "code": "stale",
                "message": message(stale),
            })
        });
        let findings = self.report.findings().iter().map(finding).chain(stale);
        json!({
            "path": path,
            "valid": self.count(Severity::Error) == 0 && self.unread.is_empty(),
            "documents": self.documents,
            "findings": findings.collect::<Vec<Value>>(),
            "unread": self.unread.iter().map(unread).collect::<Vec<_>>(),
            "omitted": self.report.omitted(),
        })
    }
}

fn message(stale: &StaleMetadata) -> String {
    format!(
        "it is out of date: {}; `zarr consolidate` updates it",
        stale.what
    )
}

/// A finding as JSON, with document and pointer apart.
pub(crate) fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.to_string(),
        "file": finding.document,
        "pointer": finding.problem.pointer.as_str(),
        "code": finding.problem.kind.code(),
        "message": finding.problem.kind.to_string(),
    })
}

impl Address {
    /// The directory of this address and all below it, readable or not. Warns if the store cannot be listed.
    pub(crate) fn directories(&self) -> Result<Vec<Directory>, Failure> {
        let location = self.location()?;
        let mut directories = directories::walk(&location).wait();
        let unread = |error| Failure::zarr("cannot read", self.as_str(), &error);
        let here = directories
            .iter_mut()
            .find(|directory| directory.path.is_empty());
        if let Some((_, error)) = here.and_then(|here| here.unread.pop()) {
            return Err(unread(error));
        }
        let is_nothing =
            |directory: &Directory| directory.documents.is_empty() && directory.unread.is_empty();
        if directories.iter().all(is_nothing) {
            // For its error: there is nothing.
            self.open()?;
        }
        if !directories::store_lists(&location) {
            let what = format!(
                "{}: this store cannot be listed: nothing below was checked",
                self.as_str()
            );
            text::warning(&text::escaped(&what));
        }
        Ok(directories)
    }
}
