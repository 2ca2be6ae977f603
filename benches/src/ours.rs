//! Our library as a program under test, driven in the two ways it offers.

use futures_util::{StreamExt, TryStreamExt, stream};
use ndarray::Array3;
use tokio::runtime::Runtime;
use zarr::blocking::Wait;
use zarr::{Array, Points, Selection, Slice};

use crate::Result;
use crate::element::{Element, Values};
use crate::program::{Elements, Program, at_once};
use crate::want::{Part, Want};

/// Requests at once, of a service that answers many.
const AT_ONCE: usize = 64;

pub(crate) struct Ours {
    array: Array,
    element: Element,
    runtime: Option<Runtime>,
}

impl Ours {
    /// Awaits every operation inside a tokio runtime, as a service would.
    pub(crate) fn on_tokio(at: &str, element: Element) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let array = runtime.block_on(zarr::open_array(at).into_future())?;
        let runtime = Some(runtime);
        Ok(Self {
            array,
            element,
            runtime,
        })
    }

    /// Waits for every operation on the calling thread.
    pub(crate) fn without_runtime(at: &str, element: Element) -> Result<Self> {
        let array = zarr::open_array(at).wait()?;
        let runtime = None;
        Ok(Self {
            array,
            element,
            runtime,
        })
    }

    fn add<T: zarr::Element>(&mut self, values: Array3<T>) -> Result<()> {
        let append = self.array.append(values);
        match &self.runtime {
            Some(runtime) => runtime.block_on(append.into_future())?,
            None => append.wait()?,
        };
        Ok(())
    }

    fn finish<F: IntoFuture>(&self, operation: F) -> F::Output {
        match &self.runtime {
            Some(runtime) => runtime.block_on(operation.into_future()),
            None => operation.wait(),
        }
    }
}

async fn read(array: Array, element: Element, want: Want) -> zarr::Result<Elements> {
    let cells = selection(&want);
    Ok(Elements::Typed(match element {
        Element::U16 => Values::U16(array.read::<u16>(cells).await?.into_raw_vec_and_offset().0),
        Element::F32 => Values::F32(array.read::<f32>(cells).await?.into_raw_vec_and_offset().0),
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
        let cells = selection(want);
        // Not by the function above, so that nothing stands between the caller and the library.
        Ok(Elements::Typed(match self.element {
            Element::U16 => {
                let read = self.finish(self.array.read::<u16>(cells))?;
                Values::U16(read.into_raw_vec_and_offset().0)
            }
            Element::F32 => {
                let read = self.finish(self.array.read::<f32>(cells))?;
                Values::F32(read.into_raw_vec_and_offset().0)
            }
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
        let shape = part.shape();
        let written = match values {
            Values::U16(values) => {
                let values = Array3::from_shape_vec(shape, values)?;
                self.finish(self.array.write(slices(part), values))
            }
            Values::F32(values) => {
                let values = Array3::from_shape_vec(shape, values)?;
                self.finish(self.array.write(slices(part), values))
            }
        };
        Ok(written?)
    }

    fn append(&mut self, part: &Part, values: Values) -> Result<()> {
        let shape = part.shape();
        match values {
            Values::U16(values) => self.add(Array3::from_shape_vec(shape, values)?),
            Values::F32(values) => self.add(Array3::from_shape_vec(shape, values)?),
        }
    }
}
