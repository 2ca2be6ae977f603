//! What the page asks for: the tree, a node, the chunks of an array and pictures of it. Each is made by what the
//! commands of these names are made by, on a thread that may wait.

use std::sync::Arc;

use hyper::header::HeaderName;
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, Node, NodeMetadata, Selection};

use super::Served;
use super::answer::{Answer, decoded, failed, set, with_type};
use crate::failure::{Exit, Failure};
use crate::view::field::Field;
use crate::view::picture::{self, Stretch};
use crate::{chunks, nodes};

/// The report of a name, as a query asks for it.
pub(super) async fn report(served: &Arc<Served>, name: &str, query: &str) -> Answer {
    let query = Query::parse(query);
    let (served, name) = (Arc::clone(served), name.to_owned());
    let made = tokio::task::spawn_blocking(move || make(&served, &name, &query)).await;
    match made {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => failed(&failure),
        Err(_) => failed(&Failure::new(
            Exit::Transport,
            "cannot answer",
            "/",
            "the work was given up",
        )),
    }
}

#[derive(Debug, Default)]
struct Query {
    path: String,
    selection: String,
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            let value = decoded(&value.replace('+', " ")).unwrap_or_default();
            match name {
                "path" => query.path = value,
                "selection" => query.selection = value,
                _ => {}
            }
        }
        query
    }
}

fn make(served: &Served, name: &str, query: &Query) -> Result<Answer, Failure> {
    let report = match name {
        "tree" => tree(served)?,
        "node" => node(served, &query.path)?,
        "chunks" => chunks::for_page(&array(served, &query.path)?, &query.path)?,
        "picture" => return draw(&array(served, &query.path)?, query),
        other => {
            let why = "there is no such report";
            return Err(Failure::new(Exit::NotFound, "cannot answer", other, why));
        }
    };
    Ok(with_type(report.to_string().into(), "application/json"))
}

fn open(served: &Served, path: &str) -> Result<Node, Failure> {
    let node = zarr::open(served.location.clone()).path(path).wait();
    node.map_err(|error| Failure::zarr("cannot open", path, &error))
}

fn array(served: &Served, path: &str) -> Result<Array, Failure> {
    match open(served, path)? {
        Node::Array(array) => Ok(array),
        Node::Group(_) => {
            let why = "it is a group, not an array";
            Err(Failure::new(Exit::Usage, "cannot show", path, why))
        }
    }
}

fn tree(served: &Served) -> Result<Value, Failure> {
    let root = open(served, "")?;
    let mut list = Vec::new();
    match root {
        Node::Array(array) => {
            let node = NodeMetadata::Array(array.metadata().clone());
            list.push(Value::Object(nodes::to_json("", &node, None)));
        }
        Node::Group(group) => {
            list.push(json!({"path": "/", "node_type": "group"}));
            let members = nodes::members(&group, None, &served.name)?;
            let below = members
                .iter()
                .map(|(path, node)| nodes::to_json(path.as_str(), node, None));
            list.extend(below.map(Value::Object));
        }
    }
    Ok(json!({"name": served.name, "nodes": list}))
}

fn node(served: &Served, path: &str) -> Result<Value, Failure> {
    Ok(match open(served, path)? {
        Node::Group(group) => json!({
            "kind": "group",
            "info": group.info().to_string(),
            "attributes": group.attrs(),
        }),
        Node::Array(array) => json!({
            "kind": "array",
            "info": array.info().to_string(),
            "shape": array.shape(),
            "dimension_names": array.dimension_names(),
            "attributes": array.attrs(),
            "metadata": document(&array),
        }),
    })
}

fn document(array: &Array) -> Option<Value> {
    let node = NodeMetadata::Array(array.metadata().clone());
    let (_, text) = node.documents().into_iter().next()?;
    serde_json::from_slice(&text).ok()
}

/// A picture, and in a header what its colours mean.
fn draw(array: &Array, query: &Query) -> Result<Answer, Failure> {
    let selection: Option<Selection> = match query.selection.trim() {
        "" => None,
        text => {
            let parsed = text.parse();
            Some(parsed.map_err(|error| Failure::usage(format!("selection {text:?}: {error}")))?)
        }
    };
    let field = Field::read(array, selection.as_ref(), &query.path)?;
    let stretch = Stretch::robust(&field);
    let image = picture::png(&field, &stretch);
    let image =
        image.map_err(|error| Failure::new(Exit::Limit, "cannot draw", &query.path, error))?;
    let mut answer = with_type(image.into(), "image/png");
    let about = json!({
        "selection": field.selection,
        "rows": field.rows,
        "columns": field.columns,
        "low": stretch.low,
        "high": stretch.high,
        "min": stretch.min,
        "max": stretch.max,
        "nan": stretch.nan,
        "count": stretch.count,
        "ramp": (0..=16).map(|i| crate::colors::ramp(f64::from(i) / 16.0)).collect::<Vec<_>>(),
    });
    set(
        &mut answer,
        HeaderName::from_static("zarr-picture"),
        &about.to_string(),
    );
    Ok(answer)
}
