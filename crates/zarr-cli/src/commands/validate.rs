//! `zarr validate`: checks documents against the format. Reads metadata only; `zarr doctor` checks the data, too.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::tools::{Finding, Profile, Reader, Report, Severity};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::directories::{self, Directory};
use crate::output::{self, text};
use zarr::tools::documents::ZMETADATA;

/// Check the metadata documents of a node and everything below it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr validate demo.zarr
  zarr validate --tolerant demo.zarr::ocean
  zarr validate --json demo.zarr | jq '.findings[].file'

What violates the format is an error, even if it can be read. What the format allows but some readers refuse, or \
    what is not known here, is a warning.

Exit codes: 0 all documents are valid, 1 one is not. A document that cannot be read is named, and the exit code \
    says why. `zarr doctor` checks the data, too.")]
pub(crate) struct ValidateArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Only warn of what violates the format, but can be read
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
    let mut report = Report::default();
    let mut documents = 0;
    for directory in &directories {
        documents += directory.documents.len() as u64;
        report.extend(check_documents(&reader, directory));
    }
    let unread = directories
        .iter_mut()
        .flat_map(|directory| directory.unread.drain(..));
    let unread: Vec<UnreadDocument> = unread.collect();
    let text = match args.json {
        true => text::report(
            "validate",
            to_json(args.path.as_str(), documents, &report, &unread),
        ),
        false => to_text(documents, &report),
    };
    output::print(out, &text)?;
    let judged = match report.is_valid() {
        true => Exit::Done,
        false => Exit::Difference,
    };
    Ok(tell_unread(args.path.as_str(), &unread).unwrap_or(judged))
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

fn to_text(documents: u64, report: &Report) -> String {
    let mut text = String::new();
    for finding in report.findings() {
        text.push_str(&text::escaped(&finding.to_string()));
        text.push('\n');
    }
    if report.omitted() > 0 {
        text.push_str(&format!("and {} more\n", report.omitted()));
    }
    let (errors, warnings) = (
        report.errors().count() as u64,
        report.warnings().count() as u64,
    );
    text.push_str(&format!(
        "{}: {}, {}\n",
        text::count(documents, "document"),
        text::count(errors, "error"),
        text::count(warnings, "warning"),
    ));
    text
}

fn to_json(path: &str, documents: u64, report: &Report, unread: &[UnreadDocument]) -> Value {
    let message =
        |(file, error): &UnreadDocument| json!({"file": file, "message": error.to_string()});
    let findings: Vec<Value> = report.findings().iter().map(finding).collect();
    json!({
        "path": path,
        "valid": report.is_valid() && unread.is_empty(),
        "documents": documents,
        "findings": findings,
        "unread": unread.iter().map(message).collect::<Vec<_>>(),
        "omitted": report.omitted(),
    })
}

/// A finding as JSON, with document and pointer apart.
pub(crate) fn finding(finding: &Finding) -> Value {
    json!({
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
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
