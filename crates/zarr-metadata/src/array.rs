//! `ArrayMetadata`: an array of either format, asked in the words of v3.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::chunk_grid::ChunkGridMetadata;
use crate::chunk_key::ChunkKeyEncoding;
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::fill_value::FillValue;
use crate::format::{Endian, Order, ZarrFormat};
use crate::layout::{Layout, Swap, SwapField};
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, Problems};
use crate::reader::Reader;
use crate::{Attributes, v2, v3};

/// The metadata of an array, in the format it is stored in.
///
/// ```
/// use zarr_metadata::ArrayMetadata;
///
/// let zarray = br#"{"zarr_format": 2, "shape": [3, 4], "chunks": [3, 2], "dtype": ">i2",
///     "fill_value": null, "order": "F", "filters": null,
///     "compressor": {"id": "zlib", "level": 1}}"#;
/// let array = ArrayMetadata::from_v2(zarray, None)?;
/// let codecs = array.codecs();
/// let names: Vec<&str> = codecs.iter().map(|codec| codec.name.as_str()).collect();
/// assert_eq!(names, ["transpose", "bytes", "zlib"]);
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum ArrayMetadata {
    /// `.zarray` and `.zattrs`.
    V2 {
        /// The `.zarray`.
        array: v2::ArrayMetadataV2,
        /// The `.zattrs`, empty when there is none.
        attributes: Attributes,
    },
    /// `zarr.json`.
    V3(v3::ArrayMetadataV3),
}

impl ArrayMetadata {
    /// Reads a `.zarray`, with its `.zattrs` if there is one.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn from_v2(zarray: &[u8], zattrs: Option<&[u8]>) -> Result<Self, MetadataError> {
        Reader::default().array_v2(zarray, zattrs)
    }

    /// The format in which it is stored.
    #[must_use]
    pub fn format(&self) -> ZarrFormat {
        match self {
            Self::V2 { .. } => ZarrFormat::V2,
            Self::V3(_) => ZarrFormat::V3,
        }
    }

    /// Length of each axis.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        match self {
            Self::V2 { array, .. } => &array.shape,
            Self::V3(array) => &array.shape,
        }
    }

    /// Gives the array another shape of the same rank. Chunks that are already written stay as they are, and
    /// a grid that lists its chunks gets [one more](ChunkGridMetadata::extend_to) where it ends too early.
    ///
    /// # Errors
    /// When the number of axes would change.
    pub fn set_shape(&mut self, shape: Vec<u64>) -> Result<(), MetadataError> {
        let rank = self.shape().len();
        if shape.len() != rank {
            let mut problems = Problems::default();
            let expected = format!("one length per axis of the array, {rank} in all");
            problems.disagrees(
                &JsonPlace::ROOT.key("shape"),
                expected,
                shape.len().to_string(),
            );
            return problems.finish(None);
        }
        match self {
            Self::V2 { array, .. } => array.shape = shape,
            Self::V3(array) => {
                array.chunk_grid.extend_to(&shape);
                array.shape = shape;
            }
        }
        Ok(())
    }

    /// What an element is.
    #[must_use]
    pub fn data_type(&self) -> &DataType {
        match self {
            Self::V2 { array, .. } => &array.dtype.data_type,
            Self::V3(array) => &array.data_type,
        }
    }

    /// The value of unwritten elements. In v2 `null` stands for zero, for dates for "not a time".
    ///
    /// # Errors
    /// When the data type is unknown, or the value is not an element of it.
    pub fn fill_value(&self) -> Result<FillValue, MetadataError> {
        let at = JsonPlace::ROOT.key("fill_value");
        let mut problems = Problems::default();
        let read = match self {
            Self::V2 { array, .. } => {
                array
                    .dtype
                    .read_fill_value(&array.fill_value, &at, &mut problems)
            }
            Self::V3(array) => array.read_fill_value(&at, &mut problems),
        };
        problems.finish(read)
    }

    /// The chunk grid.
    #[must_use]
    pub fn chunk_grid(&self) -> Cow<'_, ChunkGridMetadata> {
        match self {
            Self::V2 { array, .. } => Cow::Owned(ChunkGridMetadata::Regular {
                chunk_shape: array.chunks.clone(),
            }),
            Self::V3(array) => Cow::Borrowed(&array.chunk_grid),
        }
    }

    /// How chunks are named.
    #[must_use]
    pub fn chunk_key_encoding(&self) -> ChunkKeyEncoding {
        match self {
            Self::V2 { array, .. } => ChunkKeyEncoding::V2(array.dimension_separator),
            Self::V3(array) => array.chunk_key_encoding,
        }
    }

    /// The names of the axes. v2 has none.
    #[must_use]
    pub fn dimension_names(&self) -> Option<&[Option<String>]> {
        match self {
            Self::V2 { .. } => None,
            Self::V3(array) => array.dimension_names.as_deref(),
        }
    }

    /// The attributes of the array.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        match self {
            Self::V2 { attributes, .. } => attributes,
            Self::V3(array) => &array.attributes,
        }
    }

    /// The attributes of the array, mutable.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        match self {
            Self::V2 { attributes, .. } => attributes,
            Self::V3(array) => &mut array.attributes,
        }
    }

    /// The codecs, in the order in which they encode.
    ///
    /// For v2 an equivalent list: `transpose` for order `F`, `bytes` with the byte order of the dtype, the
    /// filters, the compressor. A v2 filter sees the elements of a chunk as they are stored, one after the
    /// other in the array's order, which is why `bytes` comes first; filters and compressors keep their v2
    /// ids and settings. Where a filter encodes objects as bytes there is no `bytes`. Where the fields of a
    /// record differ in byte order, `endian` is an object that lists the numbers of each order, as
    /// `{"little": [[offset, width, count], …], "big": […]}`: no v3 document can say that.
    #[must_use]
    pub fn codecs(&self) -> Cow<'_, [Extension]> {
        match self {
            Self::V2 { array, .. } => Cow::Owned(v2_codecs(array)),
            Self::V3(array) => match array.completed_codecs() {
                Some(codecs) => Cow::Owned(codecs),
                None => Cow::Borrowed(&array.codecs),
            },
        }
    }
}

fn v2_codecs(array: &v2::ArrayMetadataV2) -> Vec<Extension> {
    let mut codecs = Vec::with_capacity(array.filters.len() + 3);
    let rank = array.shape.len();
    if array.order == Order::F && rank > 1 {
        let order: Value = (0..rank).rev().collect();
        codecs.push(Extension::new("transpose").with("order", order));
    }
    let filters = array.filters.iter().map(v2::Codec::to_extension);
    // Labels become numbers first; all other objects become bytes at once.
    let (first, rest): (Vec<_>, Vec<_>) = filters.partition(|filter| filter.name == "categorize");
    codecs.extend(first);
    codecs.extend(v2_bytes(array));
    codecs.extend(rest);
    codecs.extend(array.compressor.iter().map(v2::Codec::to_extension));
    codecs
}

/// The `bytes` stage of a v2 array, unless a filter does its work.
fn v2_bytes(array: &v2::ArrayMetadataV2) -> Option<Extension> {
    let bytes = Extension::new("bytes");
    let dtype = &array.dtype;
    if dtype.data_type.is_variable() {
        let filter = array
            .filters
            .iter()
            .find(|filter| filter.id == "categorize")?;
        let astype = filter.configuration.get("astype").cloned();
        let astype = v2::DType::from_json(astype.unwrap_or_else(|| "|u1".into())).ok()?;
        return Some(match astype.endian {
            Some(endian) => bytes.with("endian", endian.as_str()),
            None => bytes,
        });
    }
    let swaps = !matches!(
        dtype.data_type.layout(),
        Some(Layout::Fixed {
            swap: Swap::None,
            ..
        })
    );
    Some(match (dtype.endian, dtype.mixed_endian()) {
        (Some(endian), _) => bytes.with("endian", endian.as_str()),
        (None, Some((little, big))) => {
            let list = |runs: Vec<SwapField>| -> Value {
                let runs = runs.iter();
                runs.map(|run| Value::from(vec![run.offset, run.width, run.count]))
                    .collect()
            };
            bytes.with("endian", json!({"little": list(little), "big": list(big)}))
        }
        // Built by hand without one: `DType::to_json` writes it as little-endian.
        (None, None) if swaps => bytes.with("endian", Endian::Little.as_str()),
        (None, None) => bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn v2(changes: Value) -> ArrayMetadata {
        let mut document = json!({
            "zarr_format": 2, "shape": [4, 6, 8], "chunks": [2, 3, 4], "dtype": ">i2",
            "fill_value": null, "order": "C", "filters": null, "compressor": null
        });
        let members = document.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        ArrayMetadata::from_v2(document.to_string().as_bytes(), Some(br#"{"a": 1}"#)).unwrap()
    }

    #[test]
    fn v2_in_the_words_of_v3() {
        let array = v2(json!({"dimension_separator": "/"}));
        assert_eq!(array.format(), ZarrFormat::V2);
        assert_eq!(
            array.chunk_key_encoding(),
            ChunkKeyEncoding::V2(crate::Separator::Slash)
        );
        let chunk_shape = vec![2, 3, 4];
        assert_eq!(
            *array.chunk_grid(),
            ChunkGridMetadata::Regular { chunk_shape }
        );
        assert!(array.fill_value().unwrap().is_zero());
        assert_eq!(array.attributes()["a"], 1);
    }

    #[test]
    fn v2_codecs() {
        let check = |changes: Value, expected: Value| {
            let codecs: Value = v2(changes)
                .codecs()
                .iter()
                .map(Extension::to_json)
                .collect();
            assert_eq!(codecs, expected);
        };
        let bytes = |endian: &str| json!({"name": "bytes", "configuration": {"endian": endian}});
        check(json!({}), json!([bytes("big")]));
        check(json!({"dtype": "|u1"}), json!([{"name": "bytes"}]));
        check(
            json!({
                "order": "F", "filters": [{"id": "delta", "dtype": "<i2"}], "dtype": "<i2",
                "compressor": {"level": 1, "id": "zlib"}
            }),
            json!([
                {"name": "transpose", "configuration": {"order": [2, 1, 0]}},
                bytes("little"),
                {"name": "delta", "configuration": {"dtype": "<i2"}},
                {"name": "zlib", "configuration": {"level": 1}},
            ]),
        );
        check(
            json!({"order": "F", "shape": [4], "chunks": [2]}),
            json!([bytes("big")]),
        );
    }

    #[test]
    fn v2_objects_and_records() {
        let check = |changes: Value, expected: Value| {
            let codecs: Value = v2(changes)
                .codecs()
                .iter()
                .map(Extension::to_json)
                .collect();
            assert_eq!(codecs, expected);
        };
        let filters = |codec: Value| json!({"dtype": "|O", "filters": [codec]});
        check(
            filters(json!({"id": "vlen-utf8"})),
            json!([{"name": "vlen-utf8"}]),
        );
        check(
            filters(json!({"id": "categorize", "labels": ["a"], "astype": "<u2"})),
            json!([
                {"name": "categorize", "configuration": {"labels": ["a"], "astype": "<u2"}},
                {"name": "bytes", "configuration": {"endian": "little"}},
            ]),
        );
        check(
            json!({"dtype": "|O", "compressor": {"id": "vlen-bytes"}}),
            json!([{"name": "vlen-bytes"}]),
        );
        check(
            json!({"dtype": [["a", ">i4"], ["b", ">f8"]]}),
            json!([{"name": "bytes", "configuration": {"endian": "big"}}]),
        );
        check(json!({"dtype": [["a", "|i1"]]}), json!([{"name": "bytes"}]));
        check(
            json!({"dtype": [["a", ">i4"], ["b", "<f8"], ["c", ">i4"]]}),
            json!([{"name": "bytes", "configuration": {"endian": {
                "little": [[4, 8, 1]], "big": [[0, 4, 1], [12, 4, 1]]
            }}}]),
        );
    }

    fn v3(changes: &Value) -> v3::ArrayMetadataV3 {
        let mut document = v3::ArrayMetadataV3::new(vec![4], DataType::Bool, vec![2]).to_json();
        let members = document.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        let mut problems = Problems::default();
        let read = v3::ArrayMetadataV3::read(document, &JsonPlace::ROOT, &mut problems);
        problems.finish(read).unwrap()
    }

    #[test]
    fn legacy_records_of_v3() {
        let fields = json!([["a", "int16"], ["b", "uint8"]]);
        let read = |codecs: Value| {
            let data_type = json!({"name": "structured", "configuration": {"fields": fields}});
            let changes = json!({"data_type": data_type, "codecs": codecs, "fill_value": "AQAC"});
            let array = v3(&changes);
            assert_eq!(array.to_json()["data_type"], data_type);
            assert_eq!(array.to_json()["codecs"], codecs, "as read");
            let array = ArrayMetadata::V3(array);
            let fill = array.fill_value().unwrap();
            let codecs: Value = array.codecs().iter().map(Extension::to_json).collect();
            let a = i16::from_ne_bytes([fill.as_bytes()[0], fill.as_bytes()[1]]);
            (a, codecs)
        };
        let bytes = |endian: &str| json!({"name": "bytes", "configuration": {"endian": endian}});
        let sharding = |codec: &Value| json!([{"name": "sharding_indexed", "configuration": {"codecs": [codec]}}]);
        let bare = json!({"name": "bytes"});
        // Without a byte order these are little-endian, the fill value with them.
        assert_eq!(read(json!([bare])), (1, json!([bytes("little")])));
        assert_eq!(read(sharding(&bare)), (1, sharding(&bytes("little"))));
        let big = bytes("big");
        assert_eq!(read(json!([big])), (256, json!([big])));
        assert_eq!(read(sharding(&big)), (256, sharding(&big)));
    }

    /// The table of v3 spellings that are kept, for zarr-python knows no other.
    #[test]
    fn a_data_type_is_written_as_it_was_read() {
        for (data_type, fill) in [
            (json!("variable_length_bytes"), json!("")),
            (
                json!({"name": "raw_bytes", "configuration": {"length_bytes": 2}}),
                json!("AAA="),
            ),
            (json!({"name": "int8"}), json!(0)),
            (
                json!({"name": "numpy.datetime64",
                    "configuration": {"unit": "\u{3bc}s", "scale_factor": 1}}),
                json!("NaT"),
            ),
            (
                json!({"name": "structured", "configuration": {"fields": [["a", "int8"]]}}),
                json!("AA=="),
            ),
        ] {
            let mut array = v3(&json!({"data_type": data_type, "fill_value": fill}));
            assert_eq!(array.to_json()["data_type"], data_type);
            assert_eq!(array.to_json()["fill_value"], fill);
            array.data_type = DataType::Bool;
            assert_eq!(array.to_json()["data_type"], "bool", "changed");
        }
    }

    #[test]
    fn new_arrays_get_what_their_type_needs() {
        let check = |data_type: DataType, fill: Value, codec: &str, filters: usize| {
            let array = v3::ArrayMetadataV3::new(vec![4], data_type.clone(), vec![2]);
            assert_eq!(
                (&array.fill_value, array.codecs[0].name.as_str()),
                (&fill, codec)
            );
            let dtype = v2::DType::new(data_type, None);
            let array = v2::ArrayMetadataV2::new(vec![4], dtype, vec![2]);
            assert_eq!(array.filters.len(), filters);
        };
        check(DataType::String, json!(""), "vlen-utf8", 1);
        check(DataType::Bytes, json!(""), "vlen-bytes", 1);
        check(DataType::Json, json!(null), "numcodecs.json2", 1);
        let ragged = DataType::Ragged(Box::new(DataType::Int32));
        check(ragged, json!([]), "numcodecs.vlen-array", 1);
        let (unit, scale) = (crate::TimeUnit::Day, 1);
        check(
            DataType::DateTime64 { unit, scale },
            json!(i64::MIN),
            "bytes",
            0,
        );
    }

    #[test]
    fn the_number_of_axes_stays() {
        let mut array = v2(json!({}));
        array.set_shape(vec![5, 0, 9]).unwrap();
        assert_eq!(array.shape(), [5, 0, 9]);
        assert_eq!(
            array.set_shape(vec![5]).unwrap_err().to_string(),
            "/shape: expected one length per axis of the array, 3 in all, found 1"
        );
    }

    #[test]
    fn bad_attributes_are_reported() {
        let good = v2(json!({})).documents(crate::Indent::default());
        let read = |zattrs: &[u8]| ArrayMetadata::from_v2(&good[0].1, Some(zattrs));
        assert_eq!(
            read(b"[]").unwrap_err().to_string(),
            "document: expected an object, found an array of 0"
        );
        let error = read(b"{\"a\":\n x}").unwrap_err().to_string();
        assert!(
            error.starts_with("document: not JSON at line 2 column 2: "),
            "{error}"
        );
    }
}
