//! `Reader`: from the text of a document to a model, within limits and as strictly as asked.
//! `reader/nodes.rs` has which documents make a node.

mod nodes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::limits::Limits;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::profile::Profile;
use crate::raw_members::{CONSOLIDATED, VALUES, few_values, is_object};
use crate::read::syntax;
use crate::report::Report;
use crate::scan;
use crate::scan::BareNumber;

/// How documents are read: within which limits, and how strictly.
///
/// Functions that take bytes and no reader use the default one.
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
    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Replaces the profile.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    pub(crate) fn problems(&self) -> Problems {
        Problems::with(self.limits, self.profile)
    }

    /// Reads a model from the JSON value of a text.
    fn parsed<T>(
        &self,
        name: &str,
        text: &[u8],
        noted: &mut Report,
        read: impl Fn(Value, &JsonPlace<'_>, &mut Problems) -> Option<T>,
    ) -> Result<T, MetadataError> {
        self.document(name, text, noted, |text, problems| {
            if !few_values(text, &JsonPlace::ROOT, problems) {
                return Ok(None);
            }
            Ok(read(
                serde_json::from_slice(text)?,
                &JsonPlace::ROOT,
                problems,
            ))
        })
    }

    /// Reads a model from a text; `read` fails where that is not JSON.
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
            // Bare numbers are looked for only where they are in the way.
            let read = read(text, &mut problems).or_else(|error| {
                let bare = scan::scan(text, self.limits.problems.max(1)).bare;
                match bare.is_empty() {
                    true => Err(error),
                    false => read(&mended(text, bare, &mut problems), &mut problems),
                }
            });
            value = read.unwrap_or_else(|error| {
                problems.push(&JsonPlace::ROOT, syntax(text, &error));
                None
            });
        }
        let (value, warnings) = problems.finish_with_warnings(value)?;
        noted.warn(name, warnings);
        Ok(value)
    }

    /// Whether a `zarr.json` has few enough values to be parsed. Fails where the text is not JSON.
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
        Ok(problems.within(&JsonPlace::ROOT, VALUES, found, limit))
    }

    /// Whether the text is within the limits that are checked before it is parsed.
    pub(crate) fn check_size(&self, text: &[u8], problems: &mut Problems) -> bool {
        let (bytes, depth) = (self.limits.document_bytes, self.limits.depth);
        problems.within(&JsonPlace::ROOT, "size in bytes", text.len(), bytes)
            && problems.within(&JsonPlace::ROOT, "depth", scan::depth(text, depth), depth)
    }
}

/// The text as a JSON reader takes it; each bare number is reported.
pub(crate) fn mended<'t>(
    text: &'t [u8],
    bare: Vec<BareNumber>,
    problems: &mut Problems,
) -> Cow<'t, [u8]> {
    for BareNumber { name, pointer } in bare {
        problems.tolerate_at(pointer, ProblemKind::BareNumber { found: name });
    }
    scan::marked(text)
}
