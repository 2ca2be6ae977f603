//! `zarr attrs`: prints, sets and removes attributes of a node.

use std::io::Write;

use zarr::blocking::Wait;
use zarr::{Attribute, Node};

use crate::address::Address;
use crate::failure::{Exit, Failure};

/// Print, set or remove attributes of an array or group.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr attrs get demo.zarr/sst
  zarr attrs get demo.zarr/sst units
  zarr attrs set demo.zarr/sst units '\"K\"'
  zarr attrs rm demo.zarr/sst units")]
pub(crate) struct AttrsArgs {
    #[command(subcommand)]
    verb: AttrsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AttrsCommand {
    /// Print one attribute, or all as an object
    Get {
        /// Directory of the node, or STORE::PATH of a node in a store
        path: Address,
        /// Name of the attribute
        key: Option<String>,
    },
    /// Set an attribute
    Set {
        /// Directory of the node, or STORE::PATH of a node in a store
        path: Address,
        /// Name of the attribute
        key: String,
        /// Its value, as JSON, or NaN, Infinity or -Infinity, as in zarr-python
        #[arg(allow_hyphen_values = true)]
        value: Attribute,
    },
    /// Remove an attribute
    Rm {
        /// Directory of the node, or STORE::PATH of a node in a store
        path: Address,
        /// Name of the attribute
        key: String,
    },
}

impl AttrsArgs {
    pub(crate) fn path(&mut self) -> &mut Address {
        match &mut self.verb {
            AttrsCommand::Get { path, .. }
            | AttrsCommand::Set { path, .. }
            | AttrsCommand::Rm { path, .. } => path,
        }
    }
}

pub(crate) fn run(args: &AttrsArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let absent = |path: &Address, key: &str| {
        let why = format!("it has no attribute {key:?}");
        Failure::new(
            Exit::NotFound,
            "cannot find the attribute",
            path.as_str(),
            why,
        )
        .advice(format!("`zarr attrs get {}` prints all", path.as_str()))
    };
    match &args.verb {
        AttrsCommand::Get { path, key } => {
            let node = path.open()?;
            let attributes = attributes(&node);
            let value = match key {
                None => Attribute::from(attributes.clone()),
                Some(key) => attributes.attribute(key).ok_or_else(|| absent(path, key))?,
            };
            writeln!(out, "{value:#}").map_err(|error| Failure::output(&error))?;
        }
        AttrsCommand::Set { path, key, value } => {
            let new = [(key.clone(), value.clone())];
            update(path, path.open_to_change()?, &new, None)?;
        }
        AttrsCommand::Rm { path, key } => {
            let node = path.open_to_change()?;
            if !attributes(&node).contains_key(key) {
                return Err(absent(path, key));
            }
            update(path, node, &[], Some(key.clone()))?;
        }
    }
    Ok(Exit::Done)
}

/// The attributes of a node.
pub(crate) fn attributes(node: &Node) -> &zarr::Attributes {
    match node {
        Node::Array(array) => array.attrs(),
        Node::Group(group) => group.attrs(),
    }
}

fn update(
    path: &Address,
    node: Node,
    new: &[(String, Attribute)],
    gone: Option<String>,
) -> Result<(), Failure> {
    let location = node.location().clone();
    let updated = match node {
        Node::Array(mut array) => array.update_attributes(new).remove(gone).wait(),
        Node::Group(mut group) => group.update_attributes(new).remove(gone).wait(),
    };
    updated.map_err(|error| Failure::zarr("cannot change", path.as_str(), &error))?;
    path.warn_of_stale_metadata(&location);
    Ok(())
}
