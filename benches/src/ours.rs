//! Our library as a program under test, driven in the two ways it offers.

use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use ndarray::Array3;
use tokio::runtime::Runtime;
use zarr::blocking::Wait;
use zarr::{Array, Extension, MemoryStore, Points, Selection, Slice, Target};

use crate::Result;
use crate::dataset::{Dataset, Kind};
use crate::document::compressors;
use crate::element::{Element, Values};
use crate::program::{Elements, Program, at_once};
use crate::want::{Part, Want};

/// Requests at once, of a service that answers many.
const AT_ONCE: usize = 64;

pub(crate) struct Ours {
    array: Array,
    element: Element,
    /// Of records.
    field: Option<&'static str>,
    runtime: Option<Runtime>,
}

impl Ours {
    /// Awaits every operation inside a tokio runtime, as a service would.
    pub(crate) fn on_tokio(at: &str, dataset: &Dataset) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        Self::new(at, dataset, Some(runtime))
    }

    /// Waits for every operation on the calling thread.
    pub(crate) fn without_runtime(at: &str, dataset: &Dataset) -> Result<Self> {
        Self::new(at, dataset, None)
    }

    fn new(at: &str, dataset: &Dataset, runtime: Option<Runtime>) -> Result<Self> {
        let mut target = Target::from(at);
        if dataset.kind == Kind::Memory {
            let store = MemoryStore::new();
            zarr::copy_store(at, &store).wait()?;
            target = store.into();
        }
        Ok(Self {
            array: finish(runtime.as_ref(), zarr::open_array(target))?,
            element: dataset.element,
            field: dataset.field(),
            runtime,
        })
    }

    fn finish<F: IntoFuture>(&self, operation: F) -> F::Output {
        finish(self.runtime.as_ref(), operation)
    }

    fn elements<T: zarr::Element>(&self, want: &Want) -> Result<Vec<T>> {
        let mut read = self.array.read::<T>(selection(want));
        if let Some(field) = self.field {
            read = read.field(field);
        }
        Ok(self.finish(read)?.into_raw_vec_and_offset().0)
    }

    fn replace<T: zarr::Element>(&self, part: &Part, values: Vec<T>) -> Result<()> {
        let values = Array3::from_shape_vec(part.shape(), values)?;
        let mut write = self.array.write(slices(part), values);
        if let Some(field) = self.field {
            write = write.field(field);
        }
        Ok(self.finish(write)?)
    }

    fn add<T: zarr::Element>(&mut self, part: &Part, values: Vec<T>) -> Result<()> {
        let values = Array3::from_shape_vec(part.shape(), values)?;
        let append = self.array.append(values);
        finish(self.runtime.as_ref(), append)?;
        Ok(())
    }
}

/// Awaits an operation inside a runtime, or waits for it without one.
fn finish<F: IntoFuture>(runtime: Option<&Runtime>, operation: F) -> F::Output {
    match runtime {
        Some(runtime) => runtime.block_on(operation.into_future()),
        None => operation.wait(),
    }
}

/// For tasks, which borrow nothing.
async fn read(array: Array, element: Element, want: Want) -> zarr::Result<Elements> {
    let cells = selection(&want);
    Ok(Elements::Typed(match element {
        Element::U16 => Values::U16(array.read(cells).await?.into_raw_vec_and_offset().0),
        Element::F32 => Values::F32(array.read(cells).await?.into_raw_vec_and_offset().0),
        Element::Text => Values::Text(array.read(cells).await?.into_raw_vec_and_offset().0),
    }))
}

fn selection(want: &Want) -> Selection {
    let signed = |list: &Vec<u64>| list.iter().map(|&i| i as i64).collect::<Vec<_>>();
    match want {
        Want::Box(part) => Selection::from(slices(part)),
        Want::Lists([z, y, x]) => Selection::orthogonal((signed(z), signed(y), signed(x))),
        Want::Points(axes) => Points::new(axes.iter().map(signed)).into(),
        Want::Nodes => Selection::from(()),
    }
}

fn slices(part: &Part) -> [Slice; 3] {
    [0, 1, 2].map(|axis| Slice::Range {
        start: Some(part.start[axis] as i64),
        stop: Some(part.stop[axis] as i64),
        step: part.step[axis] as i64,
    })
}

impl Program for Ours {
    fn read(&self, want: &Want) -> Result<Elements> {
        // Not by the function above, so that nothing stands between the caller and the library.
        Ok(Elements::Typed(match self.element {
            Element::U16 => Values::U16(self.elements(want)?),
            Element::F32 => Values::F32(self.elements(want)?),
            Element::Text => Values::Text(self.elements(want)?),
        }))
    }

    fn read_at_once(&self, wants: &[Want]) -> Result<Vec<Elements>> {
        let one = |want: &Want| read(self.array.clone(), self.element, want.clone());
        let Some(runtime) = &self.runtime else {
            return at_once(wants, |want| Ok(one(want).wait()?));
        };
        let reads: Vec<_> = wants.iter().map(one).collect();
        runtime.block_on(async {
            let tasks = stream::iter(reads).map(tokio::spawn);
            let read = tasks.buffered(AT_ONCE).map(|read| Ok(read??));
            read.try_collect().await
        })
    }

    fn write(&self, part: &Part, values: Values) -> Result<()> {
        match values {
            Values::U16(values) => self.replace(part, values),
            Values::F32(values) => self.replace(part, values),
            Values::Text(values) => self.replace(part, values),
        }
    }

    fn append(&mut self, part: &Part, values: Values) -> Result<()> {
        match values {
            Values::U16(values) => self.add(part, values),
            Values::F32(values) => self.add(part, values),
            Values::Text(values) => self.add(part, values),
        }
    }

    fn copy(&self, to: &Path, new: &Dataset) -> Result<()> {
        let compressors: Vec<Extension> = serde_json::from_value(compressors(new).into())?;
        let copy = zarr::from_array(to, &self.array).chunks(new.chunks);
        self.finish(copy.compressors(compressors))?;
        Ok(())
    }
}
