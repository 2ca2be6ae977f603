//! `Reader`: bytes to models, within limits and as tolerant as asked. Which documents there are and
//! where they lie is for others to know.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::array::ArrayMetadata;
use crate::group::GroupMetadata;
use crate::limits::Limits;
use crate::node::NodeMetadata;
use crate::pointer::At;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::read::{object, syntax};
use crate::{Attributes, scan, v2};

/// How documents are read: what they may ask for, and what is overlooked.
///
/// The default one is that of all functions which take bytes and no reader.
///
/// ```
/// use zarr_metadata::{NodeMetadata, Reader};
///
/// let text = br#"{"zarr_format": 3, "node_type": "group", "attributes": {"mean": NaN}}"#;
/// assert!(NodeMetadata::from_zarr_json(text).is_err());
/// let group = Reader::default().bare_numbers(true).zarr_json(text)?;
/// assert_eq!(group.attributes()["mean"], "NaN");
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    pub(crate) limits: Limits,
    pub(crate) bare_numbers: bool,
}

impl Reader {
    /// The same with other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether bare `NaN`, `Infinity` and `-Infinity`, which are no JSON, are read as the strings
    /// of the same letters. Python writes them into attributes.
    #[must_use]
    pub fn bare_numbers(mut self, tolerated: bool) -> Self {
        self.bare_numbers = tolerated;
        self
    }

    /// Reads a `zarr.json`: its `node_type` says what it describes.
    ///
    /// # Errors
    /// With every problem found in the document.
    pub fn zarr_json(&self, text: &[u8]) -> Result<NodeMetadata, MetadataError> {
        self.zarr_json_within(&self.mended(text)?)
    }

    /// As [`zarr_json`](Self::zarr_json), of a text whose size was looked at.
    pub(crate) fn zarr_json_within(&self, text: &[u8]) -> Result<NodeMetadata, MetadataError> {
        let (value, consolidated) = split(text)?;
        let mut problems = self.problems();
        let read = NodeMetadata::read(value, consolidated, self, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    /// Reads a `.zarray`, with its `.zattrs` if there is one.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn array_v2(
        &self,
        zarray: &[u8],
        zattrs: Option<&[u8]>,
    ) -> Result<ArrayMetadata, MetadataError> {
        let mut problems = self.problems();
        let array = v2::ArrayMetadata::read(self.json(zarray)?, &At::ROOT, &mut problems);
        let array = problems.finish(array)?;
        let attributes = self.zattrs(zattrs)?;
        Ok(ArrayMetadata::V2 { array, attributes })
    }

    /// Reads a `.zgroup`, with its `.zattrs` if there is one.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn group_v2(
        &self,
        zgroup: &[u8],
        zattrs: Option<&[u8]>,
    ) -> Result<GroupMetadata, MetadataError> {
        let mut problems = self.problems();
        let group = v2::GroupMetadata::read(self.json(zgroup)?, &At::ROOT, &mut problems);
        let group = problems.finish(group)?;
        let attributes = self.zattrs(zattrs)?;
        Ok(GroupMetadata::V2 { group, attributes })
    }

    /// Reads a `.zmetadata`: an index of the documents in it, each of which is read when asked
    /// for.
    ///
    /// # Errors
    /// When it is no such document. Those in it are not judged.
    pub fn zmetadata(&self, text: &[u8]) -> Result<v2::ConsolidatedMetadata, MetadataError> {
        let mut problems = self.problems();
        let text = self.mended(text)?;
        let read = v2::ConsolidatedMetadata::read(&text, self, &mut problems);
        problems.finish(read)
    }

    /// None at all is an empty one.
    fn zattrs(&self, zattrs: Option<&[u8]>) -> Result<Attributes, MetadataError> {
        let Some(text) = zattrs else {
            return Ok(Attributes::new());
        };
        let mut problems = self.problems();
        let read = object(self.json(text)?, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    pub(crate) fn problems(&self) -> Problems {
        Problems::with(self.limits)
    }

    /// The JSON value a text holds.
    pub(crate) fn json(&self, text: &[u8]) -> Result<Value, MetadataError> {
        let text = self.mended(text)?;
        serde_json::from_slice(&text).map_err(|error| refused(&error))
    }

    /// The text as a JSON reader may have it: small and flat enough, and without bare numbers if
    /// they are tolerated.
    pub(crate) fn mended<'t>(&self, text: &'t [u8]) -> Result<Cow<'t, [u8]>, MetadataError> {
        let mut problems = self.problems();
        self.check_size(text, &mut problems);
        problems.finish(Some(()))?;
        if !self.bare_numbers {
            return Ok(Cow::Borrowed(text));
        }
        Ok(scan::mended(text, &scan::scan(text, 0).bare))
    }

    /// Whether the text is within the limits that are looked at before it is parsed.
    pub(crate) fn check_size(&self, text: &[u8], problems: &mut Problems) -> bool {
        let (bytes, depth) = (self.limits.document_bytes, self.limits.depth);
        problems.within(&At::ROOT, "size in bytes", text.len(), bytes)
            && problems.within(&At::ROOT, "depth", scan::depth(text, depth), depth)
    }
}

/// Why a text is no JSON, as an error.
pub(crate) fn refused(error: &serde_json::Error) -> MetadataError {
    MetadataError::new(&At::ROOT, syntax(error))
}

/// The member that is kept as text.
pub(crate) const CONSOLIDATED: &str = "consolidated_metadata";

/// Parses a `zarr.json` all but its consolidated metadata, which can be all of a hierarchy and is
/// left as text.
pub(crate) fn split(text: &[u8]) -> Result<(Value, Option<&RawValue>), MetadataError> {
    let is_object = text.trim_ascii_start().first() == Some(&b'{');
    if !is_object {
        let value = serde_json::from_slice(text).map_err(|error| refused(&error))?;
        return Ok((value, None));
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let split = json.deserialize_map(Split);
    let (members, consolidated) = split
        .and_then(|split| json.end().map(|()| split))
        .map_err(|error| refused(&error))?;
    Ok((Value::Object(members), consolidated))
}

struct Split;

impl<'de> Visitor<'de> for Split {
    type Value = (Map<String, Value>, Option<&'de RawValue>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut members, mut consolidated) = (Map::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            if key == CONSOLIDATED {
                consolidated = Some(map.next_value::<&RawValue>()?);
            } else {
                members.insert(key, map.next_value()?);
            }
        }
        Ok((members, consolidated))
    }
}

/// A part of a document that was left as text, as a value.
pub(crate) fn parsed(raw: &RawValue, at: &At<'_>, problems: &mut Problems) -> Option<Value> {
    match serde_json::from_str(raw.get()) {
        Ok(value) => Some(value),
        Err(error) => {
            // Its lines are counted from where the part begins, so they are left out.
            let kind = ProblemKind::Invalid {
                expected: "JSON".to_owned(),
                found: format!("text that is none ({error})"),
            };
            problems.push(at, kind);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reader: Reader, text: &str, expected: &str) {
        let error = reader.zarr_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn limits_are_held() {
        let limits = Limits {
            document_bytes: 10,
            ..Limits::default()
        };
        check(
            Reader::default().limits(limits),
            "{\"zarr_format\": 3}",
            "document: size in bytes 18 is above the limit of 10",
        );
        check(
            Reader::default(),
            &"[".repeat(10_000),
            "document: depth 65 is above the limit of 64",
        );
        let axes = "[".to_owned() + &"1,".repeat(100) + "1]";
        let codecs = "[".to_owned() + &"\"crc32c\",".repeat(40) + "\"crc32c\"]";
        check(
            Reader::default(),
            &format!(
                "{{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": {axes}, \
                 \"data_type\": \"int8\", \"fill_value\": 0, \"codecs\": {codecs}, \
                 \"chunk_grid\": {{\"name\": \"regular\", \"configuration\": {{\
                 \"chunk_shape\": {axes}}}}}, \"chunk_key_encoding\": \"default\"}}"
            ),
            "/shape: rank 101 is above the limit of 64; \
             /chunk_grid/configuration/chunk_shape: rank 101 is above the limit of 64; \
             /codecs: chain length 41 is above the limit of 32",
        );
    }

    #[test]
    fn bare_numbers_are_read_on_request_only() {
        let text = br#"{"a": [-Infinity, "NaN", NaN]}"#;
        let read = |reader: Reader| reader.group_v2(b"{}", Some(text));
        assert!(read(Reader::default()).is_err());
        let group = read(Reader::default().bare_numbers(true)).unwrap();
        let attributes = Value::from(group.attributes().clone());
        assert_eq!(attributes.to_string(), r#"{"a":["-Infinity","NaN","NaN"]}"#);
    }
}
