//! The `reshape` codec registered for v3: the same elements in the same order, in another shape.

use serde_json::Value;
use zarr_metadata::{Extension, Swap};

use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, Dims, NdView,
    NdViewMut, Scratch, volume,
};

const NAME: &str = "reshape";

/// Gives the elements another shape.
#[derive(Clone, Debug)]
pub struct ReshapeCodec {
    shape: Dims<Axis>,
}

/// The length of an axis of the encoded array.
#[derive(Clone, Debug)]
enum Axis {
    Length(u64),
    /// The product of these axes of the decoded array.
    Of(Dims<usize>),
    /// The rest.
    Rest,
}

impl ReshapeCodec {
    /// Reads `{"shape": list}`. Its entries are lengths, lists of axes whose lengths are multiplied, and at
    /// most one -1 for the rest.
    ///
    /// # Errors
    /// For other values, and axes that do not increase.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let bad = || {
            setting::bad(
                extension,
                "shape",
                "a list of lengths, lists of axes, and one -1",
            )
        };
        let list = extension
            .configuration
            .get("shape")
            .and_then(Value::as_array);
        let axes = list.ok_or_else(bad)?.iter().map(axis).collect();
        let shape: Option<Dims<Axis>> = axes;
        let shape = shape.ok_or_else(bad)?;
        let rests = shape
            .iter()
            .filter(|axis| matches!(axis, Axis::Rest))
            .count();
        let inputs = shape.iter().flat_map(|axis| match axis {
            Axis::Of(axes) => axes.as_slice(),
            _ => &[],
        });
        if rests > 1 || !inputs.is_sorted_by(|a, b| a < b) {
            return Err(bad());
        }
        Ok(Self { shape })
    }

    /// The shape that a chunk gets, or what is wrong with it.
    fn encoded(&self, decoded: &[u64]) -> Result<Dims<u64>, &'static str> {
        const ELEMENTS: &str = "would change the number of elements";
        let product = |axes: &[u64]| volume(axes).ok_or("has too many elements");
        let whole = product(decoded)?;
        let mut lengths: Dims<u64> = Dims::new();
        for axis in &self.shape {
            lengths.push(match axis {
                Axis::Length(length) => *length,
                Axis::Rest => 1,
                Axis::Of(axes) => {
                    let inputs = axes.iter().map(|&axis| decoded.get(axis).copied());
                    let inputs: Option<Dims<u64>> = inputs.collect();
                    product(&inputs.ok_or("names an axis that the chunk does not have")?)?
                }
            });
        }
        let known = product(&lengths)?;
        if let Some(rest) = self
            .shape
            .iter()
            .position(|axis| matches!(axis, Axis::Rest))
        {
            lengths[rest] = whole.checked_div(known).ok_or(ELEMENTS)?;
        }
        if product(&lengths)? != whole {
            return Err(ELEMENTS);
        }
        // What stands before and behind axes that are named must be as long on both sides: else
        // they would not be those axes.
        for (i, axis) in self.shape.iter().enumerate() {
            let Axis::Of(axes) = axis else { continue };
            if let (Some(&first), Some(&last)) = (axes.first(), axes.last()) {
                let before = product(&lengths[..i])? == product(&decoded[..first])?;
                let behind = product(&lengths[i + 1..])? == product(&decoded[last + 1..])?;
                if !before || !behind {
                    return Err("names axes that do not lie where they are named");
                }
            }
        }
        Ok(lengths)
    }
}

fn axis(value: &Value) -> Option<Axis> {
    if value.as_i64() == Some(-1) {
        return Some(Axis::Rest);
    }
    if let Some(length) = value.as_u64() {
        return (length > 0).then_some(Axis::Length(length));
    }
    let axes = value.as_array()?.iter();
    let axes: Option<Dims<usize>> = axes.map(|a| usize::try_from(a.as_u64()?).ok()).collect();
    axes.map(Axis::Of)
}

impl ArrayToArrayCodec for ReshapeCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let shape = self.encoded(&decoded.shape).map_err(|why| {
            let text = format!(
                "`shape` {why}: the chunk has {:?}",
                decoded.shape.as_slice()
            );
            CodecErrorKind::ChunkShape(text).of(NAME)
        })?;
        Ok(decoded.with_shape(&shape))
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        copy(src, dst)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        copy(src, dst)
    }
}

/// One of the two lies without gaps: the chain lends whole arrays.
fn copy(src: &NdView<'_>, dst: NdViewMut<'_>) -> Result<(), CodecError> {
    let mut dst = DecodeTarget::elements(dst, Swap::None);
    match src.as_slice() {
        Some(elements) => dst.put(NAME, elements),
        None => dst.put(NAME, &src.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reshape(shape: &Value, decoded: &[u64]) -> Result<Vec<u64>, String> {
        let codec = ReshapeCodec::parse(&Extension::new(NAME).with("shape", shape.clone()));
        let codec = codec.map_err(|e| e.to_string())?;
        let encoded = codec.encoded(decoded).map(|shape| shape.to_vec());
        encoded.map_err(str::to_owned)
    }

    #[test]
    fn shapes_of_the_registry() {
        let chunk = [100, 50, 64, 3];
        let cases = [
            (json!([[0, 1], [2], 3]), vec![5000, 64, 3]),
            (json!([[0, 1], -1]), vec![5000, 192]),
            (json!([-1]), vec![960_000]),
            (json!([[0, 1], 1, 64, [], [3]]), vec![5000, 1, 64, 1, 3]),
            (json!([50, 100, [2, 3]]), vec![50, 100, 192]),
        ];
        for (shape, expected) in cases {
            assert_eq!(reshape(&shape, &chunk), Ok(expected), "{shape}");
        }
        let bad = [
            json!([[1], [0], 64, 3]),
            json!([[1, 0], 64, 3]),
            json!([[2, 3], 10, [0, 1]]),
            json!([-1, -1]),
            json!([0, -1]),
            json!([7, -1]),
            json!([960_001]),
            json!([[4], -1]),
            json!([64, [1], -1]),
            json!("x"),
        ];
        for shape in bad {
            reshape(&shape, &chunk).expect_err(&shape.to_string());
        }
        assert_eq!(reshape(&json!([]), &[1, 1]), Ok(vec![]));
        assert_eq!(reshape(&json!([1, 1]), &[]), Ok(vec![1, 1]));
    }
}
