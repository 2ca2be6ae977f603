//! `zarr diff`: compares two nodes and everything below them: documents in `metadata`, elements in `values`, other
//! files in `other_files`.

mod difference;
mod metadata;
mod other_files;
mod raw_documents;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, Node};

use self::difference::Difference;
use crate::address::Address;
use crate::elements::tiles::StoredTiles;
use crate::failure::{Exit, Failure};
use crate::output::progress::ProgressArgs;
use crate::output::{self, text};

/// Compare two arrays, or two groups with everything below them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr diff before.zarr after.zarr
  zarr diff --content demo.zarr/sst rechunked.zarr/sst
  zarr diff --rtol 1e-6 demo.zarr/sst lossy.zarr/sst

Documents are compared as they are written, including members that are not known here, and files of other \
    programs among the nodes by their bytes. If nothing differs, nothing is printed. NaN equals NaN, and -0.0 equals \
    0.0. Of arrays that differ in shape or data type, the elements are not compared.

Exit codes: 0 no difference, 1 a difference.")]
pub(crate) struct DiffArgs {
    /// The first node
    pub(crate) a: Address,

    /// The second node
    pub(crate) b: Address,

    /// Ignore how arrays are stored: format, chunks, codecs
    #[arg(long)]
    content: bool,

    /// Tolerated difference of numbers, relative to the second
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    rtol: f64,

    /// Tolerated difference of numbers
    #[arg(long, value_name = "DISTANCE", default_value_t = 0.0)]
    atol: f64,

    #[command(flatten)]
    progress: ProgressArgs,

    /// Print a JSON object (schema zarr.diff/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &DiffArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let (a, b) = (Hierarchy::of(&args.a)?, Hierarchy::of(&args.b)?);
    let mut found = Vec::new();
    let mut failed = Vec::new();
    let paths: BTreeSet<&String> = a.nodes.keys().chain(b.nodes.keys()).collect();
    for path in paths {
        // Nothing is known of what lies below a node that cannot be read.
        if a.hides(path) || b.hides(path) {
            continue;
        }
        match (a.nodes.get(path), b.nodes.get(path)) {
            (Some(a), Some(b)) => {
                let compared = compare(args, path, a, b, &mut found);
                failed.extend(compared.err());
            }
            (a, _) => {
                let in_first = a.is_some();
                found.push((path.clone(), Difference::Only { in_first }));
            }
        }
    }
    found.extend(others(args, &a.nodes, &b.nodes)?);
    failed.extend(a.broken.into_values().chain(b.broken.into_values()));
    let text = match args.json {
        true => text::report("diff", to_json(args, &found, &failed)),
        false => to_text(args, &found),
    };
    output::print(out, &text)?;
    for failure in &failed {
        text::error(&failure.to_string());
    }
    Ok(match failed.first() {
        Some(failure) => failure.exit(),
        None if found.is_empty() => Exit::Done,
        None => Exit::Difference,
    })
}

/// What comparing elements found.
#[derive(Debug, Default)]
pub(crate) struct ComparedElements {
    /// The differences, one line per array.
    pub(crate) differs: Vec<String>,
    /// Why arrays could not be compared.
    pub(crate) failed: Vec<Failure>,
}

/// Compares the elements of the arrays below two nodes.
pub(crate) fn elements_of(
    a: &Address,
    b: &Address,
    progress: ProgressArgs,
) -> Result<ComparedElements, Failure> {
    let exact = values::Tolerance {
        relative: 0.0,
        absolute: 0.0,
    };
    let mut compared = ComparedElements::default();
    let (firsts, seconds) = (Hierarchy::of(a)?.nodes, Hierarchy::of(b)?);
    for (path, second) in seconds.nodes {
        let (Node::Array(second), Some(Node::Array(first))) = (second, firsts.get(&path)) else {
            continue;
        };
        match values([a, b], &path, [first, &second], exact, progress) {
            Ok(apart) => {
                let lines = apart.map(|apart| format!("/{path}: {apart}"));
                compared.differs.extend(lines);
            }
            Err(failure) => compared.failed.push(failure),
        }
    }
    compared.failed.extend(seconds.broken.into_values());
    Ok(compared)
}

/// A node and all nodes below it, by path; its own is empty.
struct Hierarchy {
    nodes: BTreeMap<String, Node>,
    /// Why nodes cannot be read.
    broken: BTreeMap<String, Failure>,
}

impl Hierarchy {
    fn of(address: &Address) -> Result<Self, Failure> {
        let node = address.open()?;
        let members = match &node {
            Node::Array(_) => vec![],
            Node::Group(group) => group.members().all().each().wait(),
        };
        let mut hierarchy = Self {
            nodes: BTreeMap::from([(String::new(), node)]),
            broken: BTreeMap::new(),
        };
        for (path, node) in members {
            match node {
                Ok(node) => {
                    hierarchy.nodes.insert(path, node);
                }
                Err(error) if path.is_empty() => {
                    return Err(Failure::zarr("cannot list", address.as_str(), &error));
                }
                Err(error) => {
                    let place = format!("{}::{path}", address.as_str());
                    let failure = Failure::zarr("cannot read", &place, &error);
                    hierarchy.broken.insert(path, failure);
                }
            }
        }
        Ok(hierarchy)
    }

    /// Whether a path is that of a node that cannot be read, or lies below one.
    fn hides(&self, path: &str) -> bool {
        let above = path.match_indices('/').map(|(end, _)| &path[..end]);
        let mut places = [path].into_iter().chain(above);
        places.any(|path| self.broken.contains_key(path))
    }
}

fn compare(
    args: &DiffArgs,
    path: &str,
    a: &Node,
    b: &Node,
    found: &mut Vec<(String, Difference)>,
) -> Result<(), Failure> {
    let add = |difference| (path.to_owned(), difference);
    if a.kind() != b.kind() {
        found.push(add(Difference::Kind));
        return Ok(());
    }
    // As they are written, if both can be read that way and `--content` is not given.
    let written = [a, b].map(|node| match args.content {
        true => None,
        false => raw_documents::read_node(node),
    });
    let pair = match written {
        [Some(a), Some(b)] if a.get("zarr_format") == b.get("zarr_format") => [a, b],
        _ => [a, b].map(|node| metadata::of_node(node, args.content)),
    };
    found.extend(metadata::differences(&pair).into_iter().map(add));
    if let (Node::Array(a), Node::Array(b)) = (a, b)
        && a.shape() == b.shape()
        && a.dtype() == b.dtype()
    {
        let tolerance = values::Tolerance {
            relative: args.rtol,
            absolute: args.atol,
        };
        let apart = values([&args.a, &args.b], path, [a, b], tolerance, args.progress)?;
        found.extend(apart.map(Difference::Values).map(add));
    }
    Ok(())
}

/// The differences between files that lie among the nodes.
fn others(
    args: &DiffArgs,
    a: &BTreeMap<String, Node>,
    b: &BTreeMap<String, Node>,
) -> Result<Vec<(String, Difference)>, Failure> {
    let locations = (args.a.location()?, args.b.location()?);
    let side = |place, nodes| other_files::ComparedHierarchy { place, nodes };
    let found = other_files::compare(&side(&locations.0, a), &side(&locations.1, b));
    found.map_err(|error| Failure::zarr("cannot compare", args.a.as_str(), &error))
}

fn values(
    addresses: [&Address; 2],
    path: &str,
    [a, b]: [&Array; 2],
    tolerance: values::Tolerance,
    progress: ProgressArgs,
) -> Result<Option<values::ValueDifferences>, Failure> {
    let places = addresses.map(|address| match path {
        "" => address.as_str().to_owned(),
        path => format!("{}::{path}", address.as_str()),
    });
    let stored = StoredTiles::of(&[a, b], &places[0])?;
    let compared = values::compare(a, b, &stored, tolerance, progress);
    compared.map_err(|(is_first, error)| {
        let place = if is_first { &places[0] } else { &places[1] };
        Failure::zarr("cannot read", place, &error)
    })
}

fn to_text(args: &DiffArgs, found: &[(String, Difference)]) -> String {
    let shown = |value: &Option<Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => brief(&raw_documents::shown(value)),
    };
    let mut text = String::new();
    for (path, difference) in found {
        let line = match difference {
            Difference::Only { in_first } => {
                let address = if *in_first { &args.a } else { &args.b };
                format!("only in {}", address.as_str())
            }
            Difference::Kind => "one is an array, the other a group".to_owned(),
            Difference::Metadata { pointer, a, b } => {
                format!("{pointer}: {} and {}", shown(a), shown(b))
            }
            Difference::Values(apart) => apart.to_string(),
            Difference::Bytes => "the bytes differ".to_owned(),
        };
        text.push_str(&text::escaped(&format!("/{path}: {line}")));
        text.push('\n');
    }
    text
}

/// Shortens a value, so that a line stays readable.
fn brief(text: &str) -> String {
    const MOST: usize = 60;
    match text.chars().count() {
        0..=MOST => text.to_owned(),
        _ => format!("{}…", text.chars().take(MOST).collect::<String>()),
    }
}

fn to_json(args: &DiffArgs, found: &[(String, Difference)], failed: &[Failure]) -> Value {
    let differences: Vec<Value> = found
        .iter()
        .map(|(path, difference)| {
            let path = format!("/{path}");
            match difference {
                Difference::Only { in_first } => {
                    json!({"path": path, "kind": "only", "in": if *in_first { "a" } else { "b" }})
                }
                Difference::Kind => json!({"path": path, "kind": "node_type"}),
                Difference::Metadata { pointer, a, b } => {
                    json!({"path": path, "kind": "metadata", "pointer": pointer, "a": a, "b": b})
                }
                Difference::Bytes => json!({"path": path, "kind": "bytes"}),
                Difference::Values(apart) => {
                    let mut object = apart.to_json();
                    object["path"] = path.into();
                    object["kind"] = "values".into();
                    object
                }
            }
        })
        .collect();
    json!({
        "a": args.a.as_str(),
        "b": args.b.as_str(),
        "equal": found.is_empty() && failed.is_empty(),
        "differences": differences,
        "failed": failed.iter().map(Failure::to_string).collect::<Vec<_>>(),
    })
}
