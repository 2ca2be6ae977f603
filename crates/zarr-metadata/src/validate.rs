//! Validates raw documents: finds everything that a reader refuses, and what only shows when the parts of a
//! document are compared with each other.

mod chain;
pub(crate) mod names;
pub(crate) mod node;
mod settings;
pub(crate) mod v2;
pub(crate) mod v3;

use serde_json::Value;

use crate::documents::{ZARR_JSON, ZARRAY, ZATTRS, ZGROUP, ZMETADATA};
use crate::indent::Indent;
use crate::node::NodeMetadata;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::profile::Profile;
use crate::raw_members::{ZarrJsonParts, split};
use crate::read::syntax;
use crate::reader::{Reader, mended};
use crate::report::Report;
use crate::{consolidated, scan, v2 as models};

/// Validates one document, given by its name and its bytes.
///
/// The last part of the name says which document it is (`zarr.json`, `.zarray`, `.zgroup`, `.zattrs`,
/// `.zmetadata`); under any other name its members say so. Every finding has the name.
///
/// **Errors** are what the format forbids, including keys that occur twice in an object. **Warnings** are
/// what is [tolerated](crate::Profile::Lenient), and what the format allows but some readers refuse: unknown
/// names, old spellings, settings that make an array slow. For a reader with the [strict
/// profile](crate::Profile::Strict), what is tolerated is an error too. Consolidated metadata is validated
/// document by document.
///
/// **Not checked**: whether chunks exist, decode or have the right size; whether consolidated metadata is up
/// to date; settings of codecs that the [table](crate::codecs) does not have, and for the others how settings
/// depend on each other and on the elements (which is checked for `bytes`, `transpose`, `sharding_indexed`
/// and `blosc`); fill values and chunk sizes of unknown data types; chains after a codec that changes shape
/// or type in an unknown way; the codecs inside `conditional` and `n5_default`; whether a name is registered,
/// beyond its form; what attributes mean, except the number of `_ARRAY_DIMENSIONS`. Documents that contradict
/// each other are found when they are validated [together](Reader::validate_node).
///
/// ```
/// let document = br#"{
///     "zarr_format": 3, "node_type": "array", "shape": [720, 1440], "shape": [720, 1440],
///     "data_type": "float32", "fill_value": "NaN",
///     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [90, 100]}},
///     "chunk_key_encoding": {"name": "default"},
///     "codecs": [{"name": "zstd"}, {"name": "bytes"}, {"name": "mystery"}]
/// }"#;
/// let report = zarr_metadata::validate("t/zarr.json", document);
/// assert_eq!(report.errors().count(), 3);
/// assert_eq!(report.to_string(), "\
/// error: t/zarr.json/shape: expected each key once in an object, found this one again; remove one \
/// of them
/// error: t/zarr.json/codecs/0: expected an array -> bytes codec such as \"bytes\" before it, found \
/// the bytes -> bytes codec \"zstd\"
/// error: t/zarr.json/codecs/1/configuration/endian: missing; add \"little\" or \"big\", since an \
/// element has more than one byte
/// warning: t/zarr.json/codecs/2/name: codec \"mystery\" is not supported by this library");
/// ```
#[must_use]
pub fn validate(name: &str, text: &[u8]) -> Report {
    Reader::default().validate(name, text)
}

impl Reader {
    /// As [`validate`](crate::validate), within the limits and by the profile of this reader: with the
    /// [strict](crate::Profile::Strict) one, everything that breaks the format is an error.
    #[must_use]
    pub fn validate(&self, name: &str, text: &[u8]) -> Report {
        let mut problems = self.problems();
        if self.check_size(text, &mut problems) {
            self.judge(name, text, &mut problems);
        }
        Report::of_document(name, problems)
    }

    /// Whether the documents of a node may be written: [`validate`](Self::validate) with the [strict
    /// profile](crate::Profile::Strict) finds no error in any of them, and all are within the limits. Unknown
    /// names are allowed, and so are numbers of attributes that JSON does not have, as zarr-python writes
    /// them.
    ///
    /// # Errors
    /// With every problem in the first document that has any.
    ///
    /// ```
    /// use zarr_metadata::{ArrayMetadata, DataType, Extension, Reader, v3};
    ///
    /// let mut array = v3::ArrayMetadataV3::new(vec![4], DataType::UInt8, vec![4]);
    /// array.codecs.push(Extension::new("gzip").with("level", 5).with("levle", 6));
    /// let error = Reader::default().check_new(&ArrayMetadata::V3(array).into()).unwrap_err();
    /// assert_eq!(error.to_string(), "/codecs/1/configuration/levle: expected another setting, \
    ///     perhaps \"level\", found 6");
    /// ```
    pub fn check_new(&self, node: &NodeMetadata) -> Result<(), MetadataError> {
        let strict = self.profile(Profile::Strict);
        for (name, text) in node.documents(Indent::default()) {
            let mut problems = strict.problems();
            if strict.check_size(&text, &mut problems) {
                strict.judge(name, &text, &mut problems);
            }
            problems.without_meant().finish(Some(()))?;
        }
        Ok(())
    }

    fn judge(&self, name: &str, text: &[u8], problems: &mut Problems) {
        let found = scan::scan(text, self.limits.problems.max(1));
        for place in &found.duplicates {
            problems.push_at(place.clone(), ProblemKind::DuplicateKey);
        }
        // In either profile: one NaN is no reason to say nothing about the rest.
        let text = mended(text, found.bare, problems);
        if let Err(error) = self.judge_json(name, &text, problems) {
            problems.push(&JsonPlace::ROOT, syntax(&text, &error));
        }
    }

    /// Fails where the text is not JSON.
    fn judge_json(
        &self,
        name: &str,
        text: &[u8],
        problems: &mut Problems,
    ) -> Result<(), serde_json::Error> {
        if let Some(DocumentKind::Zmetadata) = DocumentKind::named(name) {
            return self.zmetadata_json(text, problems);
        }
        if !self.few_values(text, problems)? {
            return Ok(());
        }
        let ZarrJsonParts {
            value,
            consolidated,
            ..
        } = split(text)?;
        let at = JsonPlace::ROOT;
        match DocumentKind::of(name, &value) {
            DocumentKind::ZarrJson => {
                if let Some(documents) = v3::node(value, consolidated, self, &at, problems) {
                    consolidated::validate::v3(&documents, self, &at, problems);
                }
            }
            DocumentKind::Zarray => v2::array(value, &at, problems),
            DocumentKind::Zgroup => {
                models::GroupMetadataV2::read(value, &at, problems);
            }
            DocumentKind::Zattrs => {
                crate::read::object(value, &at, problems);
            }
            DocumentKind::Zmetadata => self.zmetadata_json(text, problems)?,
        }
        Ok(())
    }

    /// Validated document by document: together they may be many values.
    fn zmetadata_json(
        &self,
        text: &[u8],
        problems: &mut Problems,
    ) -> Result<(), serde_json::Error> {
        if let Some(all) = models::ConsolidatedMetadataV2::read(text, self, problems)? {
            consolidated::validate::v2(&all, problems);
        }
        Ok(())
    }
}

/// Which document a text is.
enum DocumentKind {
    ZarrJson,
    Zarray,
    Zgroup,
    Zattrs,
    Zmetadata,
}

impl DocumentKind {
    fn of(name: &str, value: &Value) -> Self {
        Self::named(name).unwrap_or_else(|| {
            let has = |key: &str| value.get(key).is_some();
            let old = value.get("zarr_format").and_then(Value::as_u64) == Some(2);
            match () {
                () if has("zarr_consolidated_format") => Self::Zmetadata,
                () if has("dtype") || (old && has("shape")) => Self::Zarray,
                () if old => Self::Zgroup,
                () => Self::ZarrJson,
            }
        })
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name.rsplit('/').next()? {
            ZARR_JSON => Self::ZarrJson,
            ZARRAY => Self::Zarray,
            ZGROUP => Self::Zgroup,
            ZATTRS => Self::Zattrs,
            ZMETADATA => Self::Zmetadata,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
