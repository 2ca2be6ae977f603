//! Our library as a program under test, driven in the two ways it offers.

use std::path::Path;

use ndarray::Array3;
use tokio::runtime::Runtime;
use zarr::blocking::Wait;
use zarr::{Array, Points, Selection, Slice};

use crate::Result;
use crate::program::{Elements, Program};
use crate::want::{Part, Want};

pub(crate) struct Ours {
    array: Array,
    runtime: Option<Runtime>,
}

impl Ours {
    /// Awaits every operation inside a tokio runtime, as a service would.
    pub(crate) fn on_tokio(path: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let array = runtime.block_on(zarr::open_array(path).into_future())?;
        let runtime = Some(runtime);
        Ok(Self { array, runtime })
    }

    /// Waits for every operation on the calling thread.
    pub(crate) fn without_runtime(path: &Path) -> Result<Self> {
        let array = zarr::open_array(path).wait()?;
        let runtime = None;
        Ok(Self { array, runtime })
    }

    fn finish<F: IntoFuture>(&self, operation: F) -> F::Output {
        match &self.runtime {
            Some(runtime) => runtime.block_on(operation.into_future()),
            None => operation.wait(),
        }
    }
}

fn selection(want: &Want) -> Selection {
    let signed = |list: &Vec<u64>| list.iter().map(|&i| i as i64).collect::<Vec<_>>();
    match want {
        Want::Box(part) => Selection::from(slices(part)),
        Want::Lists([z, y, x]) => Selection::orthogonal((signed(z), signed(y), signed(x))),
        Want::Points(axes) => Points::new(axes.iter().map(signed)).into(),
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
    fn read(&mut self, want: &Want) -> Result<Elements> {
        let read = self.finish(self.array.read::<u16>(selection(want)))?;
        Ok(Elements::Typed(read.into_raw_vec_and_offset().0))
    }

    fn write(&mut self, part: &Part, values: Vec<u16>) -> Result<()> {
        let values = Array3::from_shape_vec(part.shape(), values)?;
        Ok(self.finish(self.array.write(slices(part), values))?)
    }
}
