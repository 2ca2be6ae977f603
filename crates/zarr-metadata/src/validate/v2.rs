//! The rules for v2 documents that go beyond what their readers check.

use serde_json::Value;

use super::settings;
use super::v3::chunk_bytes;
use crate::codecs;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::read;
use crate::v2::{ArrayMetadataV2, Codec, DType};

pub(crate) fn array(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) {
    let again = value.clone();
    ArrayMetadataV2::read(value, at, problems);
    if !again.is_object() {
        return;
    }
    let mut quiet = problems.none_yet();
    let chunks = again.get("chunks").cloned();
    let chunks = chunks.and_then(|value| read::lengths(value, &JsonPlace::ROOT, &mut quiet));
    let codecs = |value: &Value| {
        let mut quiet = Problems::default();
        Codec::read(value.clone(), &JsonPlace::ROOT, &mut quiet)
    };
    // One of the codecs tells what `|O` holds.
    let listed = again
        .get("filters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let all: Vec<Codec> = listed
        .chain(again.get("compressor"))
        .filter_map(codecs)
        .collect();
    let dtype = again.get("dtype").cloned();
    let dtype = dtype.and_then(|value| DType::read(value, &all, &JsonPlace::ROOT, &mut quiet));
    if let (Some(chunks), Some(dtype)) = (&chunks, &dtype) {
        let lengths: Vec<Vec<u64>> = chunks.iter().map(|length| vec![*length]).collect();
        chunk_bytes(&lengths, &dtype.data_type, &at.key("chunks"), problems);
    }
    let filters = again.get("filters").and_then(Value::as_array);
    let filters: Vec<Option<Codec>> = filters.into_iter().flatten().map(codecs).collect();
    let filters_at = at.key("filters");
    for (i, filter) in filters.iter().enumerate() {
        known(filter.as_ref(), &filters_at.index(i), problems);
    }
    let compressor = again.get("compressor").and_then(codecs);
    known(compressor.as_ref(), &at.key("compressor"), problems);
    objects(&again, &filters, at, problems);
}

fn known(codec: Option<&Codec>, at: &JsonPlace<'_>, problems: &mut Problems) {
    if let Some(codec) = codec {
        settings::v2(codec, at, problems);
    }
    if let Some(codec) = codec.filter(|codec| codecs::by_id(&codec.id).is_none()) {
        let kind = ProblemKind::Unsupported {
            what: "codec",
            name: codec.id.clone(),
        };
        problems.warn(&at.key("id"), kind);
    }
}

/// Objects need a filter that encodes them as bytes.
fn objects(
    document: &Value,
    filters: &[Option<Codec>],
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let objects = document.get("dtype").and_then(Value::as_str);
    if objects.map(|dtype| dtype.trim_start_matches(['<', '>', '|', '='])) != Some("O") {
        return;
    }
    let serialized = match filters.first() {
        // Refused, and reported for it.
        Some(None) => true,
        // An unknown one may be one for objects.
        Some(Some(filter)) => codecs::by_id(&filter.id).is_none_or(|codec| codec.is_object_codec),
        None => false,
    };
    if !serialized {
        let expected = "a first filter that encodes objects as bytes, such as \"vlen-utf8\"";
        let found = filters.first().and_then(Option::as_ref);
        let found = found.map_or("none".to_owned(), |filter| format!("{:?}", filter.id));
        problems.disagrees(&at.key("filters"), expected, found);
    }
}
