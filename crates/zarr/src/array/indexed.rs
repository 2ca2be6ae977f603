//! `oindex`, `vindex` and `blocks`: an array with a selection, to be read or written.

use zarr_core::{Result, Selection, Slice};

use crate::{Array, Element, Read, ReadDyn, ReadInitialized, Source, Write};

/// An array with a selection: see [`Array::oindex`], [`Array::vindex`] and [`Array::blocks`].
#[derive(Clone, Debug)]
pub struct Indexed {
    array: Array,
    selection: Selection,
}

impl Array {
    /// Orthogonal indexing: a list, mask or slice selects along each axis, and every combination is meant.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, ndarray::array![[1, 2, 3], [4, 5, 6]]).wait()?;
    /// let corners = a.oindex((.., [2, 0]));
    /// assert_eq!(corners.read::<i32>().wait()?, ndarray::array![[3, 1], [6, 4]].into_dyn());
    /// corners.write(0).wait()?;
    /// assert_eq!(a.read::<i32>(..).wait()?.sum(), 7);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "get_orthogonal_selection")]
    #[doc(alias = "set_orthogonal_selection")]
    pub fn oindex(&self, axes: impl Into<Selection>) -> Indexed {
        self.indexed(Selection::orthogonal(axes))
    }

    /// Selects single cells: by coordinates, with a list or an array for each axis, or by a mask of the array's shape.
    /// Lists and arrays are broadcast together by NumPy's rules.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, ndarray::array![[1, 2, 3], [4, 5, 6]]).wait()?;
    /// let points = a.vindex(([0, 1, 1], [2, 0, 1]));
    /// assert_eq!(points.read::<i32>().wait()?, ndarray::array![3, 4, 5].into_dyn());
    /// let mask = ndarray::array![[true, false, false], [false, false, true]];
    /// assert_eq!(a.vindex(&mask).read::<i32>().wait()?, ndarray::array![1, 6].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "get_coordinate_selection")]
    #[doc(alias = "set_coordinate_selection")]
    #[doc(alias = "get_mask_selection")]
    #[doc(alias = "set_mask_selection")]
    pub fn vindex(&self, cells: impl Into<Selection>) -> Indexed {
        self.indexed(cells.into())
    }

    /// Selects whole chunks by their position in the chunk grid; of a sharded array, whole shards.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, sel, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::zeros(Target::Memory, [10, 10]).chunks([4, 5]).wait()?;
    /// a.blocks((2, 1))?.write(1.0).wait()?;
    /// assert_eq!(a.blocks((2.., ..))?.read::<f64>().wait()?.shape(), [2, 10]);
    /// assert_eq!(a.read::<f64>(..).wait()?.sum(), 10.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the selection does not consist of slices and integers.
    #[doc(alias = "get_block_selection")]
    #[doc(alias = "set_block_selection")]
    pub fn blocks(&self, blocks: impl Into<Selection>) -> Result<Indexed> {
        let slices: Vec<Slice> = match blocks.into() {
            Selection::All => Vec::new(),
            Selection::Basic(slices) => slices,
            other => {
                let text = format!("blocks are selected by slices, not by {other:?}");
                return Err(crate::Error::argument("selection", text));
            }
        };
        Ok(self.indexed(Selection::Blocks(slices)))
    }

    fn indexed(&self, selection: Selection) -> Indexed {
        Indexed {
            array: self.clone(),
            selection,
        }
    }
}

impl Indexed {
    /// Counts inner chunks instead of shards, in a selection by [`blocks`](Array::blocks): the position is that in the
    /// grid of all inner chunks. Other selections stay as they are.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::zeros(Target::Memory, [8, 8]).chunks([2, 4]).shards([4, 8]).wait()?;
    /// assert_eq!(a.blocks((0, 0))?.read::<f64>().wait()?.shape(), [4, 8]);
    /// let inner = a.blocks((-1, 1))?.inner();
    /// inner.write(1.0).wait()?;
    /// assert_eq!(a.read::<f64>((6.., 4..)).wait()?.sum(), 8.0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn inner(self) -> Self {
        match self.selection {
            Selection::Blocks(slices) => self.array.indexed(Selection::InnerBlocks(slices)),
            _ => self,
        }
    }

    /// The selection.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Reads the selected cells: see [`Array::read`].
    #[doc(alias = "getitem")]
    pub fn read<T: Element>(&self) -> Read<T> {
        self.array.read(self.selection.clone())
    }

    /// Reads the selected cells without a static type: see [`Array::read_dyn`].
    pub fn read_dyn(&self) -> ReadDyn {
        self.array.read_dyn(self.selection.clone())
    }

    /// Reads which of the selected cells were ever written: see [`Array::read_initialized`].
    pub fn read_initialized(&self) -> ReadInitialized {
        self.array.read_initialized(self.selection.clone())
    }

    /// Writes the selected cells: see [`Array::write`].
    #[doc(alias = "setitem")]
    pub fn write(&self, data: impl Into<Source>) -> Write {
        self.array.write(self.selection.clone(), data)
    }
}
