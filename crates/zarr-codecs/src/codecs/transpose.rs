//! The `transpose` codec: the same elements with the axes in another order. It moves no data: the chain
//! permutes strides instead. Specification: Zarr v3 codecs, `transpose`.

use zarr_metadata::Extension;

use crate::codecs::setting;
use crate::error::check_copied;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, Dims, NdView, NdViewMut, Scratch,
};

const NAME: &str = "transpose";

/// Axis `i` of the encoded array is axis `order[i]` of the decoded one.
#[derive(Clone, Debug)]
pub struct TransposeCodec {
    order: Dims<usize>,
}

impl TransposeCodec {
    /// Reads `{"order": [..]}` for an array of `rank` axes; the older `"C"` and `"F"` too.
    ///
    /// # Errors
    /// If `order` is not a permutation of the axes.
    pub fn parse(extension: &Extension, rank: usize) -> Result<Self, CodecError> {
        let value = extension.configuration.get("order");
        let order: Option<Dims<usize>> = match value.map(|v| (v.as_str(), v.as_array())) {
            Some((Some("C"), _)) => Some((0..rank).collect()),
            Some((Some("F"), _)) => Some((0..rank).rev().collect()),
            Some((_, Some(axes))) => axes
                .iter()
                .map(|axis| axis.as_u64().and_then(|a| usize::try_from(a).ok()))
                .collect(),
            _ => None,
        };
        order
            .filter(|order| is_permutation(order, rank))
            .map(|order| Self { order })
            .ok_or_else(|| {
                let expected = format!("a list that names each of {rank} axes once");
                setting::bad(extension, "order", &expected)
            })
    }
}

fn is_permutation(order: &[usize], rank: usize) -> bool {
    order.len() == rank && (0..rank).all(|axis| order.contains(&axis))
}

impl ArrayToArrayCodec for TransposeCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        if decoded.shape.len() != self.order.len() {
            let text = format!(
                "`order` has {} axes, the chunk {}",
                self.order.len(),
                decoded.shape.len()
            );
            return Err(CodecErrorKind::ChunkShape(text).of(NAME));
        }
        let shape: Dims<u64> = self.order.iter().map(|&axis| decoded.shape[axis]).collect();
        Ok(decoded.with_shape(&shape))
    }

    fn axes(&self) -> Option<&[usize]> {
        Some(&self.order)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let copied = dst
            .permute(&self.order)
            .is_some_and(|mut dst| dst.copy_from(src));
        check_copied(NAME, copied)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        mut dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let copied = src
            .permute(&self.order)
            .is_some_and(|src| dst.copy_from(&src));
        check_copied(NAME, copied)
    }
}
