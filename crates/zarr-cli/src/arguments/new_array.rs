//! The options of `create`, `write` and `copy` that say how an array is stored.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::Value;
use zarr::blocking::Wait;
use zarr::{
    Array, Attributes, ChunkKeyEncoding, CreateArray, Endian, Extension, Order, ZarrFormat,
};

use crate::address::Address;
use crate::arguments::data_type::DataTypeArg;
use crate::arguments::description::{DescriptionArgs, json};
use crate::arguments::format;
use crate::arguments::shape::{Shape, chunk_shape};
use crate::failure::{Exit, Failure};

/// How the chunks of a new array are stored.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "storage", multiple = true)]
pub(crate) struct StorageArgs {
    /// The Zarr format
    #[arg(long, value_name = "N", value_parser = format::number())]
    pub(crate) zarr_format: Option<ZarrFormat>,

    /// Length of a chunk along each axis, such as 64,64
    #[arg(long, value_name = "LENGTHS", value_parser = chunk_shape)]
    chunks: Option<Shape>,

    /// Length of a shard along each axis, a multiple of that of a chunk
    #[arg(long, value_name = "LENGTHS", value_parser = chunk_shape)]
    shards: Option<Shape>,

    /// All codecs in one JSON list, in place of the three below; format 3 only
    #[arg(long, value_name = "JSON", value_parser = codecs)]
    #[arg(conflicts_with_all = ["filters", "serializer", "compressors"])]
    codecs: Option<Codecs>,

    /// Codecs that transform the elements, as JSON: one, or a list
    #[arg(long, value_name = "JSON", value_parser = codecs)]
    filters: Option<Codecs>,

    /// The codec that turns elements into bytes, as JSON
    #[arg(long, value_name = "JSON", value_parser = codec)]
    serializer: Option<Extension>,

    /// Codecs that transform the bytes, as JSON: one, a list, or null for none
    #[arg(long, visible_alias = "compressor", value_name = "JSON", value_parser = codecs)]
    compressors: Option<Codecs>,

    /// How the keys of chunks are made, as JSON: "v2", or an object with a name
    #[arg(long, value_name = "JSON", value_parser = chunk_key_encoding)]
    chunk_key_encoding: Option<ChunkKeyEncoding>,

    /// Memory order of the elements in a chunk; format 2 only
    #[arg(long, value_name = "ORDER", ignore_case = true, value_parser = order())]
    order: Option<Order>,
}

/// All options of a new array but shape and data type.
#[derive(Debug, clap::Args)]
#[group(id = "layout", multiple = true)]
pub(crate) struct NewArrayArgs {
    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    description: DescriptionArgs,

    /// Replace the array or group that is there
    #[arg(long)]
    overwrite: bool,
}

/// A list of codecs. By this name, clap takes it as one value.
type Codecs = Vec<Extension>;

fn order() -> impl TypedValueParser<Value = Order> {
    let names = PossibleValuesParser::new(["c", "f"]);
    names.map(|name| match name.to_ascii_lowercase().as_str() {
        "c" => Order::C,
        _ => Order::F,
    })
}

fn codecs(text: &str) -> Result<Codecs, String> {
    let list = match json(text)? {
        Value::Null => vec![],
        Value::Array(list) => list,
        one => vec![one],
    };
    list.into_iter().map(codec_of).collect()
}

fn codec(text: &str) -> Result<Extension, String> {
    codec_of(json(text)?)
}

/// A codec as documents spell it: in format 3 `"crc32c"` or an object with a name, in format 2 an object with an id.
fn codec_of(value: Value) -> Result<Extension, String> {
    match value.get("id") {
        None => Extension::from_json(value).map_err(|error| error.to_string()),
        Some(Value::String(_)) => {
            let codec = zarr::Codecs::from(value).into_one();
            codec.ok_or_else(|| "an object with an id is one codec".to_owned())
        }
        Some(_) => Err("the id of a codec must be a string".to_owned()),
    }
}

fn chunk_key_encoding(text: &str) -> Result<ChunkKeyEncoding, String> {
    let encoding = Extension::from_json(json(text)?);
    let encoding = encoding.and_then(|encoding| ChunkKeyEncoding::from_extension(&encoding));
    encoding.map_err(|error| error.to_string())
}

impl StorageArgs {
    /// Whether any option but the format is given.
    pub(crate) fn asks(&self) -> bool {
        let Self {
            zarr_format: _,
            chunks,
            shards,
            codecs,
            filters,
            serializer,
            compressors,
            chunk_key_encoding,
            order,
        } = self;
        let lengths = chunks.is_some() || shards.is_some();
        let lists = codecs.is_some() || filters.is_some() || compressors.is_some();
        let others = serializer.is_some() || chunk_key_encoding.is_some() || order.is_some();
        lengths || lists || others
    }

    /// Sets these options; chunks and shards only if the array has as many axes.
    pub(crate) fn apply(&self, mut create: CreateArray) -> CreateArray {
        let rank = create.options().shape.len();
        let fits = |lengths: &&Shape| lengths.len() == rank;
        // First, since it replaces the shards.
        if let Some(codecs) = &self.codecs {
            create = create.codecs(codecs.clone());
        }
        if let Some(chunks) = self.chunks.as_ref().filter(fits) {
            create = create.chunks(chunks.clone());
        }
        if let Some(shards) = self.shards.as_ref().filter(fits) {
            create = create.shards(shards.clone());
        }
        if let Some(filters) = &self.filters {
            create = create.filters(filters.clone());
        }
        if let Some(serializer) = &self.serializer {
            create = create.serializer(serializer.clone());
        }
        if let Some(compressors) = &self.compressors {
            create = create.compressors(compressors.clone());
        }
        if let Some(encoding) = self.chunk_key_encoding {
            create = create.chunk_key_encoding(encoding);
        }
        match self.order {
            Some(order) => create.order(order),
            None => create,
        }
    }
}

impl NewArrayArgs {
    /// Creates the array without any chunks.
    pub(crate) fn create(
        &self,
        address: &Address,
        shape: &[u64],
        dtype: &DataTypeArg,
    ) -> Result<Array, Failure> {
        let path = address.as_str();
        let refuse = |why: String| Failure::new(Exit::Usage, "cannot create", path, why);
        let storage = &self.storage;
        check_rank("--chunks", storage.chunks.as_ref(), shape.len())?;
        check_rank("--shards", storage.shards.as_ref(), shape.len())?;
        self.description.check_rank(shape.len())?;
        let attributes = self.description.attributes(&Attributes::new())?;
        if dtype.endian.is_some() && (storage.codecs.is_some() || storage.serializer.is_some()) {
            let what = "--dtype: the codec `bytes` already sets the byte order";
            return Err(Failure::usage(what).advice("leave one of the two out"));
        }

        let place = address.new_node_location()?;
        let asked = storage.zarr_format;
        if let (Some(asked), Some(above)) = (asked, place.format)
            && asked != above
        {
            // Readers of the group would not see it.
            let why = format!(
                "the group {} above it is of format {above}, not {asked}",
                zarr::tools::without_secrets(&place.store)
            );
            return Err(refuse(why)
                .advice("leave out --zarr-format, or choose a path outside of the group"));
        }
        if self.overwrite {
            address.check_replaceable()?;
        }

        let mut create = zarr::create_array(place.store, shape, dtype.data_type.clone())
            .storage_options(place.options.pairs())
            .name(place.name)
            .context(&address.context())
            .overwrite(self.overwrite);
        if let Some(format) = asked.or(place.format) {
            create = create.zarr_format(format);
        }
        create = storage.apply(create);
        if dtype.endian == Some(Endian::Big) {
            create = create.serializer(Extension::new("bytes").with("endian", "big"));
        }
        create = self.description.apply(create);
        if let Some(attributes) = attributes {
            create = create.attributes(attributes);
        }
        let created = create.wait();
        let array = created.map_err(|error| Failure::zarr("cannot create", path, &error))?;
        address.warn_of_stale_metadata(array.location());
        Ok(array)
    }
}

fn check_rank(flag: &str, lengths: Option<&Shape>, rank: usize) -> Result<(), Failure> {
    match lengths {
        Some(lengths) if lengths.len() != rank => {
            let what = format!("{flag}: {} lengths for {rank} axes", lengths.len());
            Err(Failure::usage(what).advice("give one for each axis, as in 64,64"))
        }
        _ => Ok(()),
    }
}
