//! From documents to nodes: which documents make one, and what each becomes.

use super::Reader;
use crate::array::ArrayMetadata;
use crate::attributes::Attributes;
use crate::documents::{NodeDocuments, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP, ZMETADATA};
use crate::group::GroupMetadata;
use crate::node::NodeMetadata;
use crate::pointer::JsonPlace;
use crate::problem::MetadataError;
use crate::raw_members::{ATTRIBUTES, ZarrJsonParts, few_values, split};
use crate::read::object;
use crate::report::Report;
use crate::v2;

impl Reader {
    /// Reads the node that these documents describe, and what was [tolerated](crate::Profile::Lenient) in
    /// them; `None` when they describe none. Documents that are [overruled](NodeDocuments::overruled) are
    /// ignored.
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
                let array = self.parsed(ZARRAY, text, &mut noted, v2::ArrayMetadataV2::read)?;
                let attributes = self.zattrs(zattrs, &mut noted)?;
                NodeMetadata::Array(ArrayMetadata::V2 { array, attributes })
            }
            (_, _, Some(text)) => {
                let group = self.parsed(ZGROUP, text, &mut noted, v2::GroupMetadataV2::read)?;
                let attributes = self.zattrs(zattrs, &mut noted)?;
                NodeMetadata::Group(GroupMetadata::V2 { group, attributes })
            }
            (None, None, None) => return Ok(None),
        };
        Ok(Some((node, noted)))
    }

    /// Reads the node that these documents describe, as [`read`](Self::read) does, without a report of what
    /// it tolerates.
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
        self.document(ZARR_JSON, text, noted, |text, problems| {
            if !self.few_values(text, problems)? {
                return Ok(None);
            }
            let ZarrJsonParts {
                value,
                attributes,
                consolidated,
            } = split(text)?;
            let mut node =
                NodeMetadata::read(value, consolidated, self, &JsonPlace::ROOT, problems);
            if let (Some(found), Some(attributes)) = (&mut node, attributes) {
                let at = JsonPlace::ROOT.key(ATTRIBUTES);
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
        let array = self.parsed(ZARRAY, zarray, noted, v2::ArrayMetadataV2::read)?;
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
        let group = self.parsed(ZGROUP, zgroup, noted, v2::GroupMetadataV2::read)?;
        let attributes = self.zattrs(zattrs, noted)?;
        Ok(GroupMetadata::V2 { group, attributes })
    }

    /// Reads a `.zmetadata`: an index of the documents in it, each of which is read when it is asked for.
    ///
    /// # Errors
    /// When it is not such a document. The documents in it are not checked.
    pub fn zmetadata(&self, text: &[u8]) -> Result<v2::ConsolidatedMetadataV2, MetadataError> {
        let noted = &mut Report::default();
        self.document(ZMETADATA, text, noted, |text, problems| {
            v2::ConsolidatedMetadataV2::read(text, self, problems)
        })
    }

    /// A missing document means no attributes.
    fn zattrs(
        &self,
        zattrs: Option<&[u8]>,
        noted: &mut Report,
    ) -> Result<Attributes, MetadataError> {
        let Some(text) = zattrs else {
            return Ok(Attributes::new());
        };
        self.document(ZATTRS, text, noted, |text, problems| {
            if !few_values(text, &JsonPlace::ROOT, problems) {
                return Ok(None);
            }
            let members = object(serde_json::from_slice(text)?, &JsonPlace::ROOT, problems);
            Ok(members.and_then(|members| {
                let mut attributes = Attributes::from(members);
                let text = String::from_utf8_lossy(text);
                attributes.keep_exact(&text, &JsonPlace::ROOT, problems)?;
                Some(attributes)
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Limits, Profile};

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
