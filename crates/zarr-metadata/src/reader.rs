//! `Reader`: bytes to models, within limits and as tolerant as asked. Which documents there are and
//! where they lie is for others to know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::array::ArrayMetadata;
use crate::detect::NodeDocuments;
use crate::group::GroupMetadata;
use crate::limits::Limits;
use crate::node::NodeMetadata;
use crate::pointer::At;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::profile::Profile;
use crate::read::{object, syntax};
use crate::report::Report;
use crate::scan::Bare;
use crate::{Attributes, scan, v2};

/// How documents are read: what they may ask for, and what is made of those that break the format.
///
/// The default one is that of all functions which take bytes and no reader.
///
/// ```
/// use zarr_metadata::{Profile, Reader};
///
/// // Python writes numbers that JSON does not have.
/// let text = br#"{"zarr_format": 3, "node_type": "group", "attributes": {"mean": NaN}}"#;
/// let group = Reader::default().zarr_json(text)?;
/// assert_eq!(group.attributes()["mean"], "NaN");
/// let error = Reader::default().profile(Profile::Strict).zarr_json(text).unwrap_err();
/// assert_eq!(error.to_string(), "/attributes/mean: expected JSON, found a bare NaN; write \"NaN\"");
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    pub(crate) limits: Limits,
    profile: Profile,
}

impl Reader {
    /// The same with other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same, as strict as this.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Reads the node that these documents describe, and what was
    /// [tolerated](crate::Profile::Lenient) in them; `None` when they describe none. Documents that
    /// are [overruled](NodeDocuments::overruled) are not looked at.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn read(
        &self,
        documents: &NodeDocuments<'_>,
    ) -> Result<Option<(NodeMetadata, Report)>, MetadataError> {
        let mut noted = Report::default();
        let zattrs = documents.zattrs;
        let node = match (documents.zarr_json, documents.zarray, documents.zgroup) {
            (Some(text), ..) => self.node_v3(text, &mut noted)?,
            (_, Some(text), _) => {
                let array = self.parsed(".zarray", text, &mut noted, v2::ArrayMetadata::read)?;
                let attributes = self.zattrs(zattrs, &mut noted)?;
                NodeMetadata::Array(ArrayMetadata::V2 { array, attributes })
            }
            (_, _, Some(text)) => {
                let group = self.parsed(".zgroup", text, &mut noted, v2::GroupMetadata::read)?;
                let attributes = self.zattrs(zattrs, &mut noted)?;
                NodeMetadata::Group(GroupMetadata::V2 { group, attributes })
            }
            (None, None, None) => return Ok(None),
        };
        Ok(Some((node, noted)))
    }

    /// Reads the node that these documents describe, as [`read`](Self::read) does, and says
    /// nothing about what it tolerates.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn node(
        &self,
        documents: &NodeDocuments<'_>,
    ) -> Result<Option<NodeMetadata>, MetadataError> {
        Ok(self.read(documents)?.map(|(node, _)| node))
    }

    /// Reads a `zarr.json`: its `node_type` says what it describes.
    ///
    /// # Errors
    /// With every problem found in the document.
    pub fn zarr_json(&self, text: &[u8]) -> Result<NodeMetadata, MetadataError> {
        self.node_v3(text, &mut Report::default())
    }

    fn node_v3(&self, text: &[u8], noted: &mut Report) -> Result<NodeMetadata, MetadataError> {
        self.document("zarr.json", text, noted, |text, problems| {
            if !self.few_values(text, problems)? {
                return Ok(None);
            }
            let Parts {
                value,
                attributes,
                consolidated,
            } = split(text)?;
            let mut node = NodeMetadata::read(value, consolidated, self, &At::ROOT, problems);
            if let (Some(found), Some(attributes)) = (&mut node, attributes) {
                let at = At::ROOT.key(ATTRIBUTES);
                let kept = found.attributes_mut();
                let kept = kept.keep_exact(attributes.get(), &at, problems);
                node = node.filter(|_| kept.is_some());
            }
            Ok(node)
        })
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
        let noted = &mut Report::default();
        let array = self.parsed(".zarray", zarray, noted, v2::ArrayMetadata::read)?;
        let attributes = self.zattrs(zattrs, noted)?;
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
        let noted = &mut Report::default();
        let group = self.parsed(".zgroup", zgroup, noted, v2::GroupMetadata::read)?;
        let attributes = self.zattrs(zattrs, noted)?;
        Ok(GroupMetadata::V2 { group, attributes })
    }

    /// Reads a `.zmetadata`: an index of the documents in it, each of which is read when asked
    /// for.
    ///
    /// # Errors
    /// When it is no such document. Those in it are not judged.
    pub fn zmetadata(&self, text: &[u8]) -> Result<v2::ConsolidatedMetadata, MetadataError> {
        let noted = &mut Report::default();
        self.document(".zmetadata", text, noted, |text, problems| {
            v2::ConsolidatedMetadata::read(text, self, problems)
        })
    }

    /// None at all is an empty one.
    fn zattrs(
        &self,
        zattrs: Option<&[u8]>,
        noted: &mut Report,
    ) -> Result<Attributes, MetadataError> {
        let Some(text) = zattrs else {
            return Ok(Attributes::new());
        };
        self.document(".zattrs", text, noted, |text, problems| {
            if !few_values(text, &At::ROOT, problems) {
                return Ok(None);
            }
            let members = object(serde_json::from_slice(text)?, &At::ROOT, problems);
            Ok(members.and_then(|members| {
                let mut attributes = Attributes::from(members);
                let text = String::from_utf8_lossy(text);
                attributes.keep_exact(&text, &At::ROOT, problems)?;
                Some(attributes)
            }))
        })
    }

    pub(crate) fn problems(&self) -> Problems {
        Problems::with(self.limits, self.profile)
    }

    /// What `read` makes of the JSON value of a text.
    fn parsed<T>(
        &self,
        name: &str,
        text: &[u8],
        noted: &mut Report,
        read: impl Fn(Value, &At<'_>, &mut Problems) -> Option<T>,
    ) -> Result<T, MetadataError> {
        self.document(name, text, noted, |text, problems| {
            if !few_values(text, &At::ROOT, problems) {
                return Ok(None);
            }
            Ok(read(serde_json::from_slice(text)?, &At::ROOT, problems))
        })
    }

    /// What `read` makes of a text, which it fails on where that is no JSON.
    fn document<T>(
        &self,
        name: &str,
        text: &[u8],
        noted: &mut Report,
        read: impl Fn(&[u8], &mut Problems) -> Result<Option<T>, serde_json::Error>,
    ) -> Result<T, MetadataError> {
        let mut problems = self.problems();
        let mut value = None;
        if self.check_size(text, &mut problems) {
            // Nobody looks for bare numbers before they are in the way.
            let read = read(text, &mut problems).or_else(|error| {
                let bare = scan::scan(text, self.limits.problems.max(1)).bare;
                match bare.is_empty() {
                    true => Err(error),
                    false => read(&mended(text, bare, &mut problems), &mut problems),
                }
            });
            value = read.unwrap_or_else(|error| {
                problems.push(&At::ROOT, syntax(text, &error));
                None
            });
        }
        let (value, warnings) = problems.finish_with_warnings(value)?;
        noted.warn(name, warnings);
        Ok(value)
    }

    /// Whether a `zarr.json` may be parsed as [`split`] does. Fails where the text is no JSON.
    pub(crate) fn few_values(
        &self,
        text: &[u8],
        problems: &mut Problems,
    ) -> Result<bool, serde_json::Error> {
        let (mut found, limit) = (scan::values(text), self.limits.values);
        if found > limit && is_object(text) {
            let members: BTreeMap<String, &RawValue> = serde_json::from_slice(text)?;
            let beside = members.get(CONSOLIDATED);
            found -= beside.map_or(0, |raw| scan::values(raw.get().as_bytes()));
        }
        Ok(problems.within(&At::ROOT, VALUES, found, limit))
    }

    /// Whether the text is within the limits that are looked at before it is parsed.
    pub(crate) fn check_size(&self, text: &[u8], problems: &mut Problems) -> bool {
        let (bytes, depth) = (self.limits.document_bytes, self.limits.depth);
        problems.within(&At::ROOT, "size in bytes", text.len(), bytes)
            && problems.within(&At::ROOT, "depth", scan::depth(text, depth), depth)
    }
}

/// The text as a JSON reader may have it, each bare number told.
pub(crate) fn mended<'t>(
    text: &'t [u8],
    bare: Vec<Bare>,
    problems: &mut Problems,
) -> Cow<'t, [u8]> {
    for Bare { name, pointer } in bare {
        problems.tolerate_at(pointer, ProblemKind::BareNumber { found: name });
    }
    scan::marked(text)
}

/// Whether a text, or a part of one, may become a value in memory.
fn few_values(text: &[u8], at: &At<'_>, problems: &mut Problems) -> bool {
    let limit = problems.limits.values;
    problems.within(at, VALUES, scan::values(text), limit)
}

const VALUES: &str = "number of values";

/// Why a value is not to be written as JSON, as an error.
pub(crate) fn refused(error: &serde_json::Error) -> MetadataError {
    MetadataError::new(&At::ROOT, syntax(b"{}", error))
}

/// The member that is kept as text.
pub(crate) const CONSOLIDATED: &str = "consolidated_metadata";
/// The member whose numbers are kept as they are written.
pub(crate) const ATTRIBUTES: &str = "attributes";

/// A `zarr.json`, of which some members are left as text, too.
pub(crate) struct Parts<'t> {
    /// All but the consolidated metadata.
    pub(crate) value: Value,
    pub(crate) attributes: Option<&'t RawValue>,
    pub(crate) consolidated: Option<&'t RawValue>,
}

/// Parses a `zarr.json` all but its consolidated metadata, which can be all of a hierarchy and is
/// left as text.
pub(crate) fn split(text: &[u8]) -> Result<Parts<'_>, serde_json::Error> {
    if !is_object(text) {
        return Ok(Parts {
            value: serde_json::from_slice(text)?,
            attributes: None,
            consolidated: None,
        });
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let parts = json.deserialize_map(Split)?;
    json.end()?;
    Ok(parts)
}

fn is_object(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'{')
}

struct Split;

impl<'de> Visitor<'de> for Split {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut members, mut attributes, mut consolidated) = (Map::new(), None, None);
        while let Some(key) = map.next_key::<String>()? {
            if key == CONSOLIDATED {
                consolidated = Some(map.next_value::<&RawValue>()?);
            } else if key == ATTRIBUTES {
                let raw = map.next_value::<&RawValue>()?;
                let value = serde_json::from_str(raw.get()).map_err(A::Error::custom)?;
                members.insert(key, value);
                attributes = Some(raw);
            } else {
                members.insert(key, map.next_value()?);
            }
        }
        Ok(Parts {
            value: Value::Object(members),
            attributes,
            consolidated,
        })
    }
}

/// A part of a document that was left as text, as a value.
pub(crate) fn parsed(raw: &RawValue, at: &At<'_>, problems: &mut Problems) -> Option<Value> {
    if !few_values(raw.get().as_bytes(), at, problems) {
        return None;
    }
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
    fn values_count_but_for_copies_of_documents() {
        let reader = Reader::default().limits(Limits {
            values: 10,
            ..Limits::default()
        });
        let node = |attributes: &str, more: &str| {
            let start = r#"{"zarr_format": 3, "node_type": "group", "attributes": "#;
            format!("{start}{{\"a\": [{attributes}]}}{more}}}")
        };
        let above = "document: number of values 11 is above the limit of 10";
        let few = node("[],[]", "");
        assert!(reader.zarr_json(few.as_bytes()).is_ok());
        let many = node("[],[],[]", "");
        check(reader, &many, above);
        // Python's numbers are values as well.
        check(reader, &node("NaN,NaN,NaN,NaN,NaN,NaN", ""), above);
        let copies = format!(
            r#", "consolidated_metadata": {{"kind": "inline", "must_understand": false, "metadata": {{"few": {few}, "many": {many}}}}}"#
        );
        let NodeMetadata::Group(GroupMetadata::V3(group)) =
            reader.zarr_json(node("", &copies).as_bytes()).unwrap()
        else {
            panic!("a group was read as something else");
        };
        let copies = group.consolidated_metadata.unwrap();
        assert!(copies.get("few").unwrap().is_ok());
        assert_eq!(copies.get("many").unwrap().unwrap_err().to_string(), above);
    }

    #[test]
    fn bare_numbers_are_read_by_the_lenient_only() {
        let text = br#"{"a": [-Infinity, "NaN", NaN]}"#;
        let read = |reader: Reader| reader.group_v2(br#"{"zarr_format": 2}"#, Some(text));
        let error = read(Reader::default().profile(Profile::Strict)).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        let group = read(Reader::default()).unwrap();
        let attributes = Value::from(group.attributes().clone());
        assert_eq!(attributes.to_string(), r#"{"a":["-Infinity","NaN","NaN"]}"#);
    }
}
