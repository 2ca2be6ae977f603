//! The less common properties of an `Array`: its place, context, order and codecs.

use std::sync::Arc;

use zarr_core::{ArrayConfig, Context, Result, codec_parts};
use zarr_metadata::{ArrayMetadata, Attributes, Extension, Order};
use zarr_store::Location;

use crate::Array;

impl Array {
    /// Makes a handle from metadata that you have, without a request to the store.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Array, Context, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::zeros(Target::Memory, [4]).wait()?;
    /// let same = Array::from_metadata(a.location(), a.metadata().clone(), &Context::default())?;
    /// assert_eq!(same.read::<f64>(..).wait()?.sum(), 0.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the location's path is not a valid node path, or the chunk grid does not match the shape.
    #[doc(alias = "from_dict")]
    pub fn from_metadata(
        location: &Location,
        metadata: ArrayMetadata,
        context: &Context,
    ) -> Result<Self> {
        let config = context.array_config();
        Self::new(location.clone(), metadata, context.clone(), config)
    }

    /// The last part of the path; empty at the root of the store.
    pub fn basename(&self) -> &str {
        self.path().name().unwrap_or_default()
    }

    /// The store and the path of the array's metadata and chunks.
    #[doc(alias = "store_path")]
    pub fn location(&self) -> &Location {
        self.chunked().location()
    }

    /// Whether this handle cannot write.
    pub fn read_only(&self) -> bool {
        !self.store().hints().writable
    }

    /// The attributes that this handle keeps or, if they are older than `cache_attrs` allows, those in the store.
    /// [`attrs`](Self::attrs) cannot wait for a store, and returns what the handle keeps.
    ///
    /// # Errors
    /// If the array is gone or is no array any more.
    pub async fn read_attrs(&self) -> Result<Attributes> {
        let config = self.config();
        let (attributes, all) = (config.cache_attrs, config.cache_metadata);
        let max_age = attributes.max_age().min(all.max_age());
        let array = Arc::clone(self.chunked()).read_within(max_age).await?;
        Ok(array.metadata().attributes().clone())
    }

    /// The configuration with which this handle reads and writes.
    pub fn config(&self) -> &ArrayConfig {
        self.chunked().config()
    }

    /// The context that operations on this array share.
    pub fn context(&self) -> &Context {
        self.chunked().context()
    }

    /// The order in memory of the elements that [`read`](Self::read) returns for a box of cells. In format 2 it is the
    /// order in which chunks are stored; in format 3 nothing is stored of it, and it is that of the
    /// [`config`](Self::config).
    pub fn order(&self) -> Order {
        self.chunked().order()
    }

    /// The array→array codecs (format 3) or the filters (format 2); of a sharded array, those of its inner
    /// chunks.
    pub fn filters(&self) -> Vec<Extension> {
        self.parts().0
    }

    /// The array→bytes codec; of a sharded array, that of its inner chunks. `None` in format 2, and if an
    /// unknown codec hides which one it is.
    pub fn serializer(&self) -> Option<Extension> {
        self.parts().1
    }

    /// The bytes→bytes codecs; of a sharded array, those of its inner chunks.
    #[doc(alias = "compressor")]
    pub fn compressors(&self) -> Vec<Extension> {
        self.parts().2
    }

    fn parts(&self) -> (Vec<Extension>, Option<Extension>, Vec<Extension>) {
        if let ArrayMetadata::V2 { array, .. } = self.metadata() {
            let list = |codecs: &[zarr_metadata::v2::Codec]| {
                codecs
                    .iter()
                    .map(zarr_metadata::v2::Codec::to_extension)
                    .collect()
            };
            return (
                list(&array.filters),
                None,
                list(array.compressor.as_slice()),
            );
        }
        let codecs = self.metadata().codecs();
        let inner: Option<Vec<Extension>> = match &*codecs {
            [shard] if shard.name == "sharding_indexed" => shard.get("codecs").ok().flatten(),
            _ => None,
        };
        let codecs = inner.as_deref().unwrap_or(&codecs);
        match codec_parts(codecs) {
            None => (Vec::new(), None, Vec::new()),
            Some((filters, serializer, compressors)) => (
                filters.to_vec(),
                Some(serializer.clone()),
                compressors.to_vec(),
            ),
        }
    }
}
