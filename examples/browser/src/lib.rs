//! What the page `index.html` calls: a hierarchy of a web server, its tree, and planes of its arrays as pictures.
//!
//! It is the library as it is, with names that JavaScript can call. Everything that reads is a promise there.

mod colors;
mod plane;

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use zarr::{Array, Node};

pub use plane::{Plane, legend};

/// A group or an array that was opened by its address.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Hierarchy(Node);

/// Opens the node at an address, `https://host/demo.zarr`, to read from.
///
/// # Errors
/// If nothing is there, or it cannot be read.
#[wasm_bindgen]
pub async fn open(url: String) -> Result<Hierarchy, JsError> {
    let node = zarr::open(url).mode("r").await.map_err(told)?;
    Ok(Hierarchy(node))
}

#[wasm_bindgen]
impl Hierarchy {
    /// The tree as text.
    ///
    /// # Errors
    /// If the group cannot be listed: over HTTP that takes consolidated metadata.
    pub async fn tree(&self) -> Result<String, JsError> {
        match &self.0 {
            Node::Array(array) => Ok(format!("/ {:?} {}\n", array.shape(), array.dtype())),
            Node::Group(group) => Ok(group.tree().await.map_err(told)?.to_string()),
        }
    }

    /// The paths of all arrays; of an array that was opened itself, the empty one.
    ///
    /// # Errors
    /// As [`tree`](Self::tree).
    pub async fn arrays(&self) -> Result<Vec<String>, JsError> {
        let group = match &self.0 {
            Node::Array(_) => return Ok(vec![String::new()]),
            Node::Group(group) => group,
        };
        let nodes = group.members().all().await.map_err(told)?;
        let paths = nodes.into_iter().filter_map(|(path, node)| match node {
            Node::Array(_) => Some(path.as_str().to_owned()),
            Node::Group(_) => None,
        });
        Ok(paths.collect())
    }

    /// The array at a path.
    ///
    /// # Errors
    /// If none is there, or it cannot be read.
    pub async fn array(&self, path: String) -> Result<Picturable, JsError> {
        match &self.0 {
            Node::Array(array) => Ok(Picturable(array.clone())),
            Node::Group(group) => Ok(Picturable(group.array(path).await.map_err(told)?)),
        }
    }
}

/// An array of which planes can be drawn.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Picturable(Array);

#[wasm_bindgen]
impl Picturable {
    /// The lengths of the axes.
    #[wasm_bindgen(getter)]
    pub fn shape(&self) -> Vec<f64> {
        self.0.shape().iter().map(|&length| length as f64).collect()
    }

    /// The names of the axes, or their numbers.
    #[wasm_bindgen(getter)]
    pub fn axes(&self) -> Vec<String> {
        let names = self.0.dimension_names().unwrap_or_default();
        let name = |axis: usize| names.get(axis).cloned().flatten();
        (0..self.0.ndim())
            .map(|axis| name(axis).unwrap_or_else(|| format!("axis {axis}")))
            .collect()
    }

    /// What is known of the array without its chunks, as text.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> String {
        self.0.info().to_string()
    }

    /// Reads the last two axes, at these indices of the axes before them.
    ///
    /// # Errors
    /// If the chunks cannot be read, or hold no real numbers.
    pub async fn plane(&self, at: Vec<f64>) -> Result<Plane, JsError> {
        Plane::read(&self.0, &at).await.map_err(told)
    }
}

/// An error with its causes, as JavaScript throws it.
#[allow(clippy::needless_pass_by_value, reason = "errors are given so")]
fn told(error: zarr::Error) -> JsError {
    JsError::new(&error.to_string())
}
