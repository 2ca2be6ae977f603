//! zarrs reads and writes arrays as it is told, a line of JSON for each: see `tests/interop/processes.py`.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use zarrs::array::{Array, ArrayBytes, ArrayMetadata, ArraySubset};
use zarrs::filesystem::FilesystemStore;
use zarrs::plugin::{ExtensionName, ZarrVersion};

/// What is to be done with the array in a directory. Elements are raw, in C order and this machine's byte order.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Task {
    /// Puts all elements into a file.
    Read { path: PathBuf, elements: PathBuf },
    /// Makes the array that the metadata describe, and writes a box of elements.
    Write {
        path: PathBuf,
        /// The document, as text.
        metadata: String,
        elements: PathBuf,
        start: Vec<u64>,
        shape: Vec<u64>,
    },
}

impl Task {
    fn run(self) -> Result<Value, Box<dyn Error>> {
        match self {
            Task::Read { path, elements } => {
                let array = Array::open(Arc::new(FilesystemStore::new(path)?), "/")?;
                let cells: ArrayBytes<'_> = array.retrieve_array_subset(&array.subset_all())?;
                std::fs::write(elements, cells.into_fixed()?)?;
                let dtype = array.data_type().name(ZarrVersion::V3);
                Ok(json!({"dtype": dtype, "shape": array.shape()}))
            }
            Task::Write {
                path,
                metadata,
                elements,
                start,
                shape,
            } => {
                std::fs::create_dir_all(&path)?;
                let store = Arc::new(FilesystemStore::new(path)?);
                let metadata: ArrayMetadata = serde_json::from_str(&metadata)?;
                let array = Array::new_with_metadata(store, "/", metadata)?;
                array.store_metadata()?;
                let cells = ArrayBytes::new_flen(std::fs::read(elements)?);
                let place = ArraySubset::new_with_start_shape(start, shape)?;
                array.store_array_subset(&place, cells)?;
                Ok(json!({}))
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let task = serde_json::from_str::<Task>(&line?).map_err(Box::<dyn Error>::from);
        let answer = task.and_then(Task::run);
        let answer = answer.unwrap_or_else(|error| json!({"error": error.to_string()}));
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}
