//! Whether codecs make a chain, and whether it fits the chunks and elements that it is for. What a codec
//! turns them into is followed as far as it is known.

use serde_json::Value;

use super::{names, settings};
use crate::codecs::{self, AcceptedElements, CodecKind, KnownCodec};
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::read::{chunk_lengths, limited_list};

/// What a codec is given.
#[derive(Clone, Default)]
pub(super) struct ChainInput {
    /// The lengths a chunk can have along each axis, where they are known.
    pub(super) lengths: Option<Vec<Vec<u64>>>,
    /// What an element is, where that is known.
    pub(super) data_type: Option<DataType>,
    /// How many shards this is nested in.
    pub(super) depth: usize,
    /// Whether the type is `structured`, whose byte order may be left out.
    pub(super) is_old: bool,
    /// Whether an array→bytes codec is implied where there is none.
    pub(super) implied: bool,
}

/// How far a chain has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Array,
    /// After a codec of unknown kind: either.
    Either,
    Bytes,
}

pub(super) fn check(
    codecs: &[Extension],
    mut given: ChainInput,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let mut stage = Stage::Array;
    let implied = given.implied;
    for (i, codec) in codecs.iter().enumerate() {
        let at = at.index(i);
        let Some(known) = codecs::by_name(&codec.name) else {
            unknown(codec, &at, problems);
            given = ChainInput {
                depth: given.depth,
                ..ChainInput::default()
            };
            if stage == Stage::Array {
                stage = Stage::Either;
            }
            continue;
        };
        let kind = known.kind;
        let fits = match kind {
            CodecKind::BytesToBytes => implied || stage != Stage::Array,
            CodecKind::ArrayToArray | CodecKind::ArrayToBytes => stage != Stage::Bytes,
        };
        if !fits {
            misplaced(codec, kind, &at, problems);
        }
        settings::v3(codec, &at, problems);
        match kind {
            CodecKind::ArrayToArray => given = array_to_array(codec, known, given, &at, problems),
            CodecKind::ArrayToBytes => {
                if fits {
                    serializer(codec, known, &given, &at, problems);
                }
                if codec.name == "sharding_indexed" && i + 1 < codecs.len() {
                    let advice = "codecs after sharding_indexed make every read fetch whole \
                                  shards; put them into its own chain";
                    problems.discourage(&at, advice);
                }
            }
            CodecKind::BytesToBytes => {}
        }
        if fits {
            stage = match kind {
                CodecKind::ArrayToArray => Stage::Array,
                CodecKind::ArrayToBytes | CodecKind::BytesToBytes => Stage::Bytes,
            };
        }
    }
    if stage == Stage::Array && !implied && !codecs.iter().any(is_serializer) {
        let expected = "an array -> bytes codec such as \"bytes\"".to_owned();
        let found = "none".to_owned();
        problems.push(at, ProblemKind::CodecOrder { expected, found });
    }
}

fn is_serializer(codec: &Extension) -> bool {
    CodecKind::of(&codec.name) == Some(CodecKind::ArrayToBytes)
}

fn unknown(codec: &Extension, at: &JsonPlace<'_>, problems: &mut Problems) {
    let kind = ProblemKind::Unsupported {
        what: "codec",
        name: codec.name.clone(),
    };
    problems.warn(&at.key("name"), kind);
    names::extension(&codec.name, &at.key("name"), problems);
}

fn misplaced(codec: &Extension, kind: CodecKind, at: &JsonPlace<'_>, problems: &mut Problems) {
    let expected = match kind {
        CodecKind::BytesToBytes => "an array -> bytes codec such as \"bytes\" before it",
        CodecKind::ArrayToArray => "array -> array codecs before the array -> bytes codec",
        CodecKind::ArrayToBytes => "one array -> bytes codec, with bytes -> bytes codecs after it",
    };
    let found = format!("the {} codec {:?}", kind.as_str(), codec.name);
    let expected = expected.to_owned();
    problems.push(at, ProblemKind::CodecOrder { expected, found });
}

/// What the next codec is given.
fn array_to_array(
    codec: &Extension,
    known: &KnownCodec,
    mut given: ChainInput,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> ChainInput {
    match codec.name.as_str() {
        "transpose" => {
            let rank = given.lengths.as_ref().map(Vec::len);
            let order = settings::transpose(codec, known, rank, at, problems);
            given.lengths = match (order, given.lengths) {
                (Some(order), Some(lengths)) => {
                    let axes = order.iter().map(|axis| lengths.get(*axis).cloned());
                    axes.collect()
                }
                _ => None,
            };
        }
        _ if known.accepts == AcceptedElements::Numbers => {
            accepts(codec, known, given.data_type.as_ref(), at, problems);
            // Quantized values can have another type.
            if codec.configuration.contains_key("astype") {
                given.data_type = None;
            }
        }
        "cast_value" => {
            let target = codec.configuration.get("data_type").cloned();
            given.data_type = target.and_then(|target| DataType::from_json(target).ok());
        }
        "reshape" | "squeeze" => given.lengths = None,
        _ => given.data_type = None,
    }
    given
}

fn serializer(
    codec: &Extension,
    known: &KnownCodec,
    given: &ChainInput,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let data_type = given.data_type.as_ref();
    match known.name {
        "sharding_indexed" => shard(codec, known, given, at, problems),
        "bytes" => settings::bytes(codec, data_type, given.is_old, at, problems),
        _ => {}
    }
    accepts(codec, known, data_type, at, problems);
}

/// Whether the codec can encode these elements.
fn accepts(
    codec: &Extension,
    known: &KnownCodec,
    data_type: Option<&DataType>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let Some(data_type) = data_type else { return };
    if let Some(expected) = known.accepts.refuses(data_type) {
        let expected = format!("{expected} for {}", codec.name);
        problems.disagrees(at, expected, format!("elements of {data_type}"));
    }
}

/// A shard: chunks inside a chunk, each encoded by a chain of its own.
fn shard(
    codec: &Extension,
    known: &KnownCodec,
    given: &ChainInput,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let limit = problems.limits.nested_shards;
    if !problems.within(
        at,
        "number of shards inside each other",
        given.depth + 1,
        limit,
    ) {
        return;
    }
    let at = at.key("configuration");
    let mut setting = |key: &str| {
        let value = codec.configuration.get(key).cloned();
        if value.is_none() {
            settings::missing(known, key, &at, problems);
        }
        value
    };
    let inner = setting("chunk_shape");
    let codecs = setting("codecs");
    let index_codecs = setting("index_codecs");
    let inner = inner.and_then(|value| {
        let rank = given.lengths.as_ref().map(Vec::len);
        chunk_lengths(value, rank, &at.key("chunk_shape"), problems)
    });
    if let (Some(inner), Some(outer)) = (&inner, &given.lengths) {
        divides(inner, outer, &at.key("chunk_shape"), problems);
    }
    let read = |value: Value, at: &JsonPlace<'_>, problems: &mut Problems| {
        limited_list(value, "an array of codecs", at, problems, Extension::read)
    };
    let within = ChainInput {
        lengths: inner.map(|inner| inner.into_iter().map(|length| vec![length]).collect()),
        data_type: given.data_type.clone(),
        depth: given.depth + 1,
        is_old: given.is_old,
        implied: false,
    };
    let codecs_at = at.key("codecs");
    if let Some(codecs) = codecs.and_then(|value| read(value, &codecs_at, problems)) {
        check(&codecs, within, &codecs_at, problems);
    }
    let index_at = at.key("index_codecs");
    if let Some(codecs) = index_codecs.and_then(|value| read(value, &index_at, problems)) {
        index(&codecs, given.depth + 1, &index_at, problems);
    }
    for (key, value) in &codec.configuration {
        let at = at.key(key);
        match (key.as_str(), value.as_str()) {
            ("chunk_shape" | "codecs" | "index_codecs", _)
            | ("index_location", Some("start" | "end")) => {}
            ("index_location", _) => problems.invalid(&at, "\"start\" or \"end\"", value),
            _ => problems.push(&at, ProblemKind::UnknownKey),
        }
    }
}

fn divides(inner: &[u64], outer: &[Vec<u64>], at: &JsonPlace<'_>, problems: &mut Problems) {
    for (i, (inner, outer)) in inner.iter().zip(outer).enumerate() {
        let remains = |outer: &&u64| outer.checked_rem(*inner) != Some(0);
        if let Some(outer) = outer.iter().find(remains) {
            let expected = format!("a length that divides {outer}, the shard's on this axis");
            problems.disagrees(&at.index(i), expected, inner.to_string());
        }
    }
}

/// The index of a shard: numbers of 64 bits, whose encoded length has to be known in advance.
fn index(codecs: &[Extension], depth: usize, at: &JsonPlace<'_>, problems: &mut Problems) {
    let given = ChainInput {
        lengths: None,
        data_type: Some(DataType::UInt64),
        depth,
        is_old: false,
        implied: false,
    };
    check(codecs, given, at, problems);
    for (i, codec) in codecs.iter().enumerate() {
        let changes_length =
            |known: &KnownCodec| known.kind != CodecKind::ArrayToArray && !known.keeps_length;
        if codecs::by_name(&codec.name).is_some_and(changes_length) {
            let expected = "codecs whose output has a fixed length";
            problems.disagrees(&at.index(i), expected, format!("{:?}", codec.name));
        }
    }
}
