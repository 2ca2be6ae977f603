//! `Elements`, what a write is given, and which of them each cell becomes.

use bytes::Bytes;
use zarr_metadata::DataType;

use crate::broadcast::Broadcast;
use crate::{Error, ResolvedSelection, Result, Values};

/// The elements of a write.
#[derive(Clone, Debug)]
pub enum Elements {
    /// One element for every cell.
    Scalar(Values),
    /// One element per cell of the selection, in C order.
    Each(Values),
    /// The same for a box of cells, and a byte for each of them: those whose byte is 0 keep what they hold, the
    /// others have the byte 1.
    Masked(Values, Bytes),
    /// An array that is broadcast to the shape of the selection, as NumPy does. What is repeated is not copied.
    Array {
        /// The length of each axis.
        shape: Vec<u64>,
        /// The elements, in C order.
        values: Values,
    },
}

/// Which of the elements each cell becomes.
pub(super) enum Places {
    /// All become the same one.
    Same,
    Each(Broadcast),
    /// One each, of which those are meant that have a 1 here.
    Masked(Broadcast, Bytes),
}

impl Elements {
    /// The same in the simplest form, if there are as many as the selection has cells.
    ///
    /// # Errors
    /// If there are not, an array cannot be broadcast, or a mask goes with lists or points.
    pub(super) fn checked(self, selection: &ResolvedSelection, dtype: &DataType) -> Result<Self> {
        let elements = self.simplified(selection)?;
        let (values, shape) = match &elements {
            Self::Scalar(values) => (values, &[][..]),
            Self::Each(values) | Self::Masked(values, _) => (values, selection.full_shape()),
            Self::Array { shape, values } => (values, &shape[..]),
        };
        let wanted = zarr_codecs::volume(shape).and_then(|n| usize::try_from(n).ok());
        if wanted.is_none() || values.count(dtype.size()) != wanted {
            let shape = match &elements {
                Self::Each(_) | Self::Masked(..) => selection.out_shape(),
                _ => shape,
            };
            let text = format!("these are not as many elements of {dtype} as {shape:?} holds");
            return Err(Error::wrong_shape("data", text));
        }
        if let Self::Masked(_, mask) = &elements {
            check_mask(mask, selection)?;
        }
        Ok(elements)
    }

    /// An array as one element for every cell or one for each, where it is that.
    fn simplified(self, selection: &ResolvedSelection) -> Result<Self> {
        Ok(match self {
            Self::Array { shape, values } => {
                let places = Broadcast::new(&shape, selection);
                let places = places.ok_or_else(|| does_not_fit(&shape, selection))?;
                match zarr_codecs::volume(&shape) {
                    Some(1) => Self::Scalar(values),
                    _ if places.is_each() => Self::Each(values),
                    _ => Self::Array { shape, values },
                }
            }
            other => other,
        })
    }

    /// The elements, and which of them each cell becomes.
    pub(super) fn into_places(self, selection: &ResolvedSelection) -> Result<(Values, Places)> {
        Ok(match self {
            Self::Scalar(values) => (values, Places::Same),
            Self::Each(values) => (values, Places::Each(Broadcast::each(selection))),
            Self::Masked(values, mask) => {
                (values, Places::Masked(Broadcast::each(selection), mask))
            }
            Self::Array { shape, values } => {
                let places = Broadcast::new(&shape, selection);
                let places = places.ok_or_else(|| does_not_fit(&shape, selection))?;
                (values, Places::Each(places))
            }
        })
    }

    /// How many bytes they take.
    pub(super) fn byte_len(&self) -> u64 {
        match self {
            Self::Scalar(values) | Self::Each(values) | Self::Array { values, .. } => {
                values.byte_len()
            }
            Self::Masked(values, mask) => values.byte_len().saturating_add(mask.len() as u64),
        }
    }
}

fn check_mask(mask: &[u8], selection: &ResolvedSelection) -> Result<()> {
    if selection.region().is_none() {
        let text = "lists and points say themselves which cells are written: give no mask";
        return Err(Error::conflicting("data", text));
    }
    if selection.volume() != Some(mask.len() as u64) {
        let (found, wanted) = (mask.len(), selection.out_shape());
        let text = format!("a mask of {found} bytes does not fit a selection of shape {wanted:?}");
        return Err(Error::wrong_shape("data", text));
    }
    match mask.iter().all(|&byte| byte <= 1) {
        true => Ok(()),
        false => Err(Error::argument("data", "the bytes of a mask are 0 and 1")),
    }
}

/// The error that an array cannot be broadcast to a selection.
fn does_not_fit(shape: &[u64], selection: &ResolvedSelection) -> Error {
    let wanted = selection.out_shape();
    let text = format!(
        "an array of shape {shape:?} does not fit a selection of shape {wanted:?}: counted from the last axis, \
         their lengths must be equal, or that of the array 1"
    );
    Error::wrong_shape("data", text)
}
