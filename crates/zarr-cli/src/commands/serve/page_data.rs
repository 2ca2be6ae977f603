//! What the page requests: the tree, a node, the chunks of an array, its elements, and pictures of it. Made by the code
//! of the commands, on a thread that may block.

mod axes;
mod elements;

use std::sync::Arc;

use hyper::header::HeaderName;
use serde_json::{Value, json};
use zarr::blocking::{self, Wait};
use zarr::{Array, Indent, Location, Node, NodeMetadata, Selection};

use super::body;
use super::responses::{HttpResponse, failed, set, with_type};
use super::served_store::{REPORT, ServedStore};
use crate::address::existing;
use crate::arguments::selection;
use crate::commands::chunks;
use crate::commands::view::picture::{self, ColorScale};
use crate::commands::view::plane::Plane;
use crate::failure::{Exit, Failure};
use crate::hierarchy::node_list;
use crate::interrupt::CallGate;
use crate::output::{colors, text};

/// A request for a report, and the location it is about.
struct ReportRequest {
    location: Location,
    /// The location, to be shown.
    shown: String,
    name: String,
    query: Query,
}

/// The body and headers of an answer.
struct Report {
    text: Vec<u8>,
    kind: &'static str,
    /// A description of a picture, for a header.
    about: Option<String>,
}

/// Answers a request for a report, by its name and query.
pub(super) async fn report(served: &Arc<ServedStore>, name: &str, query: &str) -> HttpResponse {
    let Some(query) = Query::parse(query) else {
        return failed(&Failure::usage(
            "the query is not UTF-8 in percent encoding",
        ));
    };
    let mut room = served.work.take(REPORT).await;
    // If the client is gone, the work ends at its next call to the store, at the closed gate. Until then it keeps its
    // memory.
    let gate = CallGate::default();
    let _leaving = CloseOnDrop(gate.clone());
    let question = ReportRequest {
        location: gate.guard(&served.location),
        shown: served.name.clone(),
        name: name.to_owned(),
        query,
    };
    let made = tokio::task::spawn_blocking(move || {
        let report = question.answer();
        room.keep(report.as_ref().map_or(0, |report| report.text.len() as u64));
        (report, room)
    });
    match made.await {
        Ok((Ok(report), room)) => {
            let mut answer = with_type(body::hold(report.text.into(), room), report.kind);
            if let Some(about) = report.about {
                set(&mut answer, HeaderName::from_static("zarr-picture"), &about);
            }
            answer
        }
        Ok((Err(failure), _)) => failed(&failure),
        Err(_) => failed(&Failure::new(
            Exit::Transport,
            "cannot answer",
            "/",
            "the work was abandoned",
        )),
    }
}

/// Closes a gate when it is dropped.
struct CloseOnDrop(CallGate);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[derive(Debug, Default)]
struct Query {
    path: String,
    selection: String,
    format: String,
}

impl Query {
    /// `None` if a value cannot be decoded.
    fn parse(text: &str) -> Option<Self> {
        let mut query = Self::default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            let value = text::percent_decoded(&value.replace('+', " "))?;
            match name {
                "path" => query.path = value,
                "selection" => query.selection = value,
                "format" => query.format = value,
                _ => {}
            }
        }
        Some(query)
    }

    /// The part of the array that is meant, if one is.
    fn selection(&self) -> Result<Option<Selection>, Failure> {
        match self.selection.trim() {
            "" => Ok(None),
            text => {
                let parsed = selection::index(text);
                let parsed = parsed
                    .map_err(|error| Failure::usage(format!("selection {text:?}: {error}")))?;
                Ok(Some(parsed))
            }
        }
    }
}

impl ReportRequest {
    fn answer(&self) -> Result<Report, Failure> {
        let path = &self.query.path;
        let report = match self.name.as_str() {
            "tree" => self.tree()?,
            "node" => self.node()?,
            "chunks" => chunks::for_page(&self.array()?, path)?,
            "picture" => return draw(&self.array()?, &self.query),
            "elements" => {
                let selection = self.query.selection()?.unwrap_or_default();
                return elements::report(&self.array()?, path, selection, &self.query.format);
            }
            other => {
                let why = "there is no such report";
                return Err(Failure::new(Exit::NotFound, "cannot answer", other, why));
            }
        };
        Ok(Report {
            text: report.to_string().into(),
            kind: "application/json",
            about: None,
        })
    }

    fn open(&self, path: &str) -> Result<Node, Failure> {
        let open = zarr::open(self.location.clone()).path(path);
        let node = existing(open, &self.location).wait();
        node.map_err(|error| Failure::zarr("cannot open", path, &error))
    }

    fn array(&self) -> Result<Array, Failure> {
        let path = &self.query.path;
        match self.open(path)? {
            Node::Array(array) => Ok(array),
            Node::Group(_) => {
                let why = "it is a group, not an array";
                Err(Failure::new(Exit::Usage, "cannot show", path, why))
            }
        }
    }

    fn tree(&self) -> Result<Value, Failure> {
        let mut list = Vec::new();
        match self.open("")? {
            Node::Array(array) => {
                let node = Ok(NodeMetadata::Array(array.metadata().clone()));
                list.push(Value::Object(node_list::to_json("", &node, None)));
            }
            Node::Group(group) => {
                list.push(json!({"path": "/", "node_type": "group"}));
                let members = node_list::members(&group, None, &self.shown)?;
                let below = members
                    .iter()
                    .map(|(path, node)| node_list::to_json(path, node, None));
                list.extend(below.map(Value::Object));
            }
        }
        Ok(json!({"name": self.shown, "nodes": list}))
    }

    fn node(&self) -> Result<Value, Failure> {
        let path = &self.query.path;
        Ok(match self.open(path)? {
            Node::Group(group) => json!({
                "kind": "group",
                "info": group.info().to_string(),
                "attributes": group.attrs(),
            }),
            Node::Array(array) => json!({
                "kind": "array",
                "info": array.info().to_string(),
                "shape": array.shape(),
                "axes": axes::describe(&self.location, path, &array),
                "has_data": has_data(&array),
                "attributes": array.attrs(),
                "metadata": document(&array),
            }),
        })
    }
}

/// Whether a chunk is stored. Not whether this can be listed, which some web servers do not allow.
fn has_data(array: &Array) -> bool {
    blocking::iter(array.stored_chunks())
        .next()
        .is_some_and(|chunk| chunk.is_ok())
}

fn document(array: &Array) -> Option<Value> {
    let node = NodeMetadata::Array(array.metadata().clone());
    let (_, text) = node.documents(Indent::Compact).into_iter().next()?;
    serde_json::from_slice(&text).ok()
}

/// Draws a picture, with a description of its colours.
fn draw(array: &Array, query: &Query) -> Result<Report, Failure> {
    let selection = query.selection()?;
    let plane = Plane::read(array, selection.as_ref(), &query.path)?;
    let scale = ColorScale::robust(&plane);
    let image = picture::png(&plane, &scale);
    let image =
        image.map_err(|error| Failure::new(Exit::Limit, "cannot draw", &query.path, error))?;
    let about = json!({
        "selection": plane.selection,
        "rows": plane.rows,
        "columns": plane.columns,
        "origin": plane.origin,
        "axes": plane.axes.map(|axis| axis.map(|axis| json!({"axis": axis.axis, "step": axis.step}))),
        "low": scale.low,
        "high": scale.high,
        "min": scale.min,
        "max": scale.max,
        "nan": scale.nan,
        "count": scale.count,
        "ramp": colors::steps(),
    });
    Ok(Report {
        text: image,
        kind: "image/png",
        about: Some(about.to_string()),
    })
}
