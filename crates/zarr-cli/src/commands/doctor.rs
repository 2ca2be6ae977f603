//! `zarr doctor`: finds what is wrong with a hierarchy and its data, and repairs what can be repaired. `rules`
//! lists what can be wrong; the other files find it.

mod chunk_data;
mod chunk_keys;
mod finding;
mod fix;
mod hierarchy;
mod leftovers;
mod rules;

use std::io::Write;

use serde_json::{Value, json};
use zarr::tools::{Reader, Severity};

use crate::address::Address;
use crate::commands::validate;
use crate::failure::{Exit, Failure};
use crate::hierarchy::invalid_names;
use crate::output::progress::ProgressArgs;
use crate::output::{self, text};

use self::finding::Finding;

/// Check metadata and data of a node and everything below it, and repair what can be repaired.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr doctor demo.zarr
  zarr doctor --fix demo.zarr
  zarr doctor --json demo.zarr | jq '.findings[].rule'

Every stored chunk is decoded, a few at a time. Each finding names its rule; `zarr doctor --rules` explains all \
    rules and what --fix does.

Exit codes: 0 no error remains, 1 one does. Warnings are not errors.")]
pub(crate) struct DoctorArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    #[arg(required_unless_present = "rules")]
    pub(crate) path: Option<Address>,

    /// Repair what can be repaired without losing anything that can be read now
    #[arg(long)]
    fix: bool,

    /// Check names and documents only, and no chunks
    #[arg(long)]
    no_data: bool,

    /// Leave alone temporary files and locks younger than this, which a writer may still use
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    older_than: u64,

    #[command(flatten)]
    progress: ProgressArgs,

    /// List all rules
    #[arg(long)]
    rules: bool,

    /// Print a JSON object (schema zarr.doctor/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &DoctorArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let (text, exit) = match &args.path {
        Some(path) if !args.rules => examine(args, path)?,
        _ => (rules::list(), Exit::Done),
    };
    output::print(out, &text)?;
    Ok(exit)
}

fn examine(args: &DoctorArgs, path: &Address) -> Result<(String, Exit), Failure> {
    let location = path.location()?;
    let mut found = find(args, path)?;
    if args.fix {
        fix::all(&location, path, &mut found)?;
    }
    let wrong = found
        .iter()
        .any(|finding| !finding.fixed && finding.rule.severity == Severity::Error);
    let text = match args.json {
        true => text::report("doctor", to_json(path, &found)),
        false => to_text(args, &found),
    };
    Ok((text, if wrong { Exit::Difference } else { Exit::Done }))
}

fn find(args: &DoctorArgs, path: &Address) -> Result<Vec<Finding>, Failure> {
    let directories = path.directories()?;
    let mut found = Vec::new();
    for directory in &directories {
        found.extend(
            directory
                .unread
                .iter()
                .map(|(path, error)| Finding::unread(path, error)),
        );
        let report = validate::check_documents(&Reader::default(), directory);
        found.extend(report.errors().map(|finding| {
            let what = format!("{}: {}", finding.problem.pointer, finding.problem.kind);
            Finding::new(
                &rules::INVALID,
                finding.document.clone(),
                what.trim_start_matches(": "),
            )
        }));
    }
    hierarchy::find(&directories, &mut found);
    for directory in directories.iter().filter(|directory| directory.is_array()) {
        let progress = (!args.no_data).then_some(args.progress);
        chunk_data::find(directory, progress, &mut found);
    }
    let unnamed = invalid_names::below(&path.location()?).into_iter();
    found.extend(unnamed.map(|name| Finding::new(&rules::NO_KEY, name, invalid_names::WHY)));
    if let Some(directory) = path.directory().filter(|path| path.is_dir()) {
        leftovers::find(directory, args.older_than, &mut found);
    }
    found.sort_by(|a, b| (&a.place, a.rule.number).cmp(&(&b.place, b.rule.number)));
    Ok(found)
}

fn to_text(args: &DoctorArgs, found: &[Finding]) -> String {
    let mut text = String::new();
    for finding in found {
        let Finding {
            rule,
            place,
            message,
            ..
        } = finding;
        let word = if finding.fixed { "fixed" } else { rule.word() };
        let line = format!("{word} {}: {place}: {message}", rule.id());
        text.push_str(&text::escaped(&line));
        text.push('\n');
    }
    let left = || found.iter().filter(|finding| !finding.fixed);
    let count = |severity| {
        left()
            .filter(|finding| finding.rule.severity == severity)
            .count() as u64
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let fixable = left().filter(|finding| finding.fix.is_some()).count();
    text.push_str(&format!(
        "{}, {}",
        text::count(errors, "error"),
        text::count(warnings, "warning"),
    ));
    match (fixable, args.fix) {
        (1.., false) => text.push_str(&format!("; --fix repairs {fixable} of them\n")),
        _ => text.push('\n'),
    }
    text
}

fn to_json(path: &Address, found: &[Finding]) -> Value {
    let findings: Vec<Value> = found
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.id(),
                "name": finding.rule.name,
                "severity": finding.rule.word(),
                "place": finding.place,
                "message": finding.message,
                "fixable": finding.fix.is_some(),
                "fixed": finding.fixed,
            })
        })
        .collect();
    json!({"path": path.as_str(), "findings": findings})
}
