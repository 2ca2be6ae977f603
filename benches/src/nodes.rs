//! Listing a hierarchy of thousands of arrays, with their shapes: by our library and by the zarrs crate. And
//! consolidating its metadata. What was found is a text, a line for each array, so that it is compared as elements are.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::zarrs::array::ArrayMetadata;
use ::zarrs::filesystem::FilesystemStore;
use ::zarrs::group::Group;
use ::zarrs::node::NodeMetadata;
use serde_json::Value;
use tokio::runtime::Runtime;
use zarr::UseConsolidated;
use zarr::blocking::Wait;

use crate::Result;
use crate::element::Values;
use crate::program::{Elements, Name, Program};
use crate::want::{Part, Want};

/// How many arrays there are.
pub(crate) const COUNT: usize = 5000;

/// What each has for its shape.
pub(crate) const SHAPE: [u64; 3] = [16, 8, 4];

/// The name of an array.
pub(crate) fn name(i: usize) -> String {
    format!("a{i:05}")
}

/// All names and shapes, as every program tells them.
pub(crate) fn text(nodes: impl IntoIterator<Item = (String, impl Debug)>) -> Vec<u8> {
    let lines = nodes.into_iter();
    let mut lines: Vec<String> = lines
        .map(|(name, shape)| format!("{name} {shape:?}"))
        .collect();
    lines.sort_unstable();
    lines.join("\n").into_bytes()
}

/// A group that is opened and listed.
pub(crate) struct Nodes {
    path: PathBuf,
    list: List,
}

enum List {
    Ours(Option<Runtime>),
    Zarrs,
}

impl Nodes {
    /// By one of the programs that are linked into this executable.
    pub(crate) fn new(name: Name, path: &Path) -> Result<Self> {
        let list = match name {
            Name::Ours => List::Ours(Some(tokio::runtime::Runtime::new()?)),
            Name::OursWait => List::Ours(None),
            _ => List::Zarrs,
        };
        let path = path.to_owned();
        Ok(Self { path, list })
    }
}

async fn ours(path: PathBuf) -> zarr::Result<Vec<u8>> {
    let group = zarr::open_group(path)
        .use_consolidated(UseConsolidated::Auto)
        .await?;
    let arrays = group.arrays().await?.into_iter();
    Ok(text(
        arrays.map(|(name, array)| (name, array.shape().to_vec())),
    ))
}

/// What the consolidated metadata in a group's document say, as every program tells it.
pub(crate) fn consolidated(path: &Path) -> Result<Vec<u8>> {
    let document: Value = serde_json::from_slice(&std::fs::read(path.join("zarr.json"))?)?;
    let all = document.pointer("/consolidated_metadata/metadata");
    let all = all
        .and_then(Value::as_object)
        .ok_or("no consolidated metadata")?;
    let shape = |array: &Value| serde_json::from_value::<Vec<u64>>(array["shape"].clone());
    let arrays = all
        .iter()
        .map(|(name, array)| Ok((name.clone(), shape(array)?)));
    Ok(text(arrays.collect::<Result<Vec<_>>>()?))
}

fn zarrs(path: &Path) -> Result<Vec<u8>> {
    let group = Group::open(Arc::new(FilesystemStore::new(path)?), "/")?;
    let nodes = group.children(false)?;
    let shape = |metadata: &NodeMetadata| match metadata {
        NodeMetadata::Array(array) => Some(match array {
            ArrayMetadata::V2(array) => array.shape.clone(),
            ArrayMetadata::V3(array) => array.shape.clone(),
        }),
        NodeMetadata::Group(_) => None,
    };
    let arrays = nodes.iter();
    let arrays =
        arrays.filter_map(|node| Some((node.name().as_str().to_owned(), shape(node.metadata())?)));
    Ok(text(arrays))
}

impl Program for Nodes {
    fn read(&self, _: &Want) -> Result<Elements> {
        let listed = match &self.list {
            List::Ours(Some(runtime)) => runtime.block_on(ours(self.path.clone()))?,
            List::Ours(None) => ours(self.path.clone()).wait()?,
            List::Zarrs => zarrs(&self.path)?,
        };
        Ok(Elements::Bytes(listed))
    }

    fn read_at_once(&self, wants: &[Want]) -> Result<Vec<Elements>> {
        wants.iter().map(|want| self.read(want)).collect()
    }

    fn write(&self, _: &Part, _: Values) -> Result<()> {
        Err("a hierarchy has no elements".into())
    }

    fn append(&mut self, _: &Part, _: Values) -> Result<()> {
        Err("a hierarchy has no elements".into())
    }

    fn consolidate(&self) -> Result<()> {
        let consolidate = zarr::consolidate_metadata(&self.path);
        match &self.list {
            List::Ours(Some(runtime)) => runtime.block_on(consolidate.into_future())?,
            List::Ours(None) => consolidate.wait()?,
            List::Zarrs => return Err("the zarrs crate has no such call".into()),
        };
        Ok(())
    }
}
