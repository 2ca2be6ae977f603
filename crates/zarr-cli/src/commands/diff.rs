//! `zarr diff`: compares two nodes and everything below them: documents in `metadata`, elements in `values`, other
//! files in `other_files`.

mod metadata;
mod other_files;
mod raw_documents;
mod values;

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, Node};

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

/// A difference between two nodes.
#[derive(Debug)]
enum Difference {
    /// Only one of them is there.
    Only { in_first: bool },
    /// One is an array, the other a group.
    Kind,
    /// A value in their documents; `None` where there is none.
    Metadata {
        pointer: String,
        a: Option<Value>,
        b: Option<Value>,
    },
    /// Their elements.
    Values(values::ValueDifferences),
    /// The bytes of a file of another program.
    Bytes,
}

pub(crate) fn run(args: &DiffArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let mut found = Vec::new();
    let tops = (args.a.open()?, args.b.open()?);
    compare(args, "", &tops.0, &tops.1, &mut found)?;
    let mut rest = (below(&args.a)?, below(&args.b)?);
    let others = others(args, (&tops.0, &rest.0), (&tops.1, &rest.1))?;
    let paths: Vec<String> = rest.0.keys().chain(rest.1.keys()).cloned().collect();
    let paths: std::collections::BTreeSet<String> = paths.into_iter().collect();
    for path in paths {
        match (rest.0.remove(&path), rest.1.remove(&path)) {
            (Some(a), Some(b)) => compare(args, &path, &a, &b, &mut found)?,
            (a, _) => found.push((
                path,
                Difference::Only {
                    in_first: a.is_some(),
                },
            )),
        }
    }
    found.extend(others);
    let text = match args.json {
        true => text::report("diff", to_json(args, &found)),
        false => to_text(args, &found),
    };
    output::print(out, &text)?;
    Ok(if found.is_empty() {
        Exit::Done
    } else {
        Exit::Difference
    })
}

/// The differences between the elements of the arrays below two nodes, one line per array.
pub(crate) fn elements_of(
    a: &Address,
    b: &Address,
    progress: ProgressArgs,
) -> Result<Vec<String>, Failure> {
    let exact = values::Tolerance {
        relative: 0.0,
        absolute: 0.0,
    };
    let mut lines = Vec::new();
    let mut firsts = below(a)?;
    firsts.insert(String::new(), a.open()?);
    let mut seconds = below(b)?;
    seconds.insert(String::new(), b.open()?);
    for (path, second) in seconds {
        let (Node::Array(second), Some(Node::Array(first))) = (second, firsts.get(&path)) else {
            continue;
        };
        let stored = StoredTiles::of(&[first, &second], a.as_str())?;
        let apart = values::compare(first, &second, &stored, exact, progress).map_err(
            |(is_first, error)| {
                let address = if is_first { a } else { b };
                Failure::zarr("cannot read", address.as_str(), &error)
            },
        )?;
        lines.extend(apart.map(|apart| format!("/{path}: {apart}")));
    }
    Ok(lines)
}

/// All nodes below a node, by path.
fn below(address: &Address) -> Result<BTreeMap<String, Node>, Failure> {
    let Node::Group(group) = address.open()? else {
        return Ok(BTreeMap::new());
    };
    let members = group.members().all().wait();
    let members =
        members.map_err(|error| Failure::zarr("cannot list", address.as_str(), &error))?;
    Ok(members
        .into_iter()
        .map(|(path, node)| (path.as_str().to_owned(), node))
        .collect())
}

fn compare(
    args: &DiffArgs,
    path: &str,
    a: &Node,
    b: &Node,
    found: &mut Vec<(String, Difference)>,
) -> Result<(), Failure> {
    let add = |difference| (path.to_owned(), difference);
    match (a, b) {
        (Node::Array(_), Node::Group(_)) | (Node::Group(_), Node::Array(_)) => {
            found.push(add(Difference::Kind));
            return Ok(());
        }
        _ => {}
    }
    // As they are written, if both can be read that way and `--content` is not given.
    let written = [a, b].map(|node| match args.content {
        true => None,
        false => raw_documents::of(node),
    });
    let pair = match written {
        [Some(a), Some(b)] if a.get("zarr_format") == b.get("zarr_format") => [a, b],
        _ => [a, b].map(|node| metadata::of(node, args.content)),
    };
    found.extend(metadata::differences(&pair).into_iter().map(add));
    if let (Node::Array(a), Node::Array(b)) = (a, b)
        && a.shape() == b.shape()
        && a.dtype() == b.dtype()
        && let Some(apart) = values(args, path, a, b)?
    {
        found.push(add(Difference::Values(apart)));
    }
    Ok(())
}

/// The differences between files that lie among the nodes.
fn others(
    args: &DiffArgs,
    (a, below_a): (&Node, &BTreeMap<String, Node>),
    (b, below_b): (&Node, &BTreeMap<String, Node>),
) -> Result<Vec<(String, Difference)>, Failure> {
    let all = |top: &Node, below: &BTreeMap<String, Node>| {
        let mut nodes = below.clone();
        nodes.insert(String::new(), top.clone());
        nodes
    };
    let places = (args.a.location()?, args.b.location()?);
    let nodes = (all(a, below_a), all(b, below_b));
    let side = |place, nodes| other_files::ComparedHierarchy { place, nodes };
    let found = other_files::compare(&side(&places.0, &nodes.0), &side(&places.1, &nodes.1));
    found.map_err(|error| Failure::zarr("cannot compare", args.a.as_str(), &error))
}

fn values(
    args: &DiffArgs,
    path: &str,
    a: &Array,
    b: &Array,
) -> Result<Option<values::ValueDifferences>, Failure> {
    let place = |address: &Address| match path {
        "" => address.as_str().to_owned(),
        path => format!("{}::{path}", address.as_str()),
    };
    let stored = StoredTiles::of(&[a, b], &place(&args.a))?;
    let tolerance = values::Tolerance {
        relative: args.rtol,
        absolute: args.atol,
    };
    values::compare(a, b, &stored, tolerance, args.progress).map_err(|(first, error)| {
        let address = if first { &args.a } else { &args.b };
        Failure::zarr("cannot read", &place(address), &error)
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

fn to_json(args: &DiffArgs, found: &[(String, Difference)]) -> Value {
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
        "equal": found.is_empty(),
        "differences": differences,
    })
}
