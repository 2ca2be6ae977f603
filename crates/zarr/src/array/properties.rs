//! What handles know of themselves beyond the first page: names, codecs, permissions. Asks no store.

use zarr_core::{ArrayConfig, Context, NodeKind, Result, codec_parts};
use zarr_metadata::{
    ArrayMetadata, Attributes, Extension, GroupMetadata, NodeMetadata, Order, ZarrFormat,
};
use zarr_store::Location;

use crate::{Array, Group, Node, Target};

impl Array {
    /// The array whose documents these are, at a place. Asks the store nothing, and writes nothing.
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
    /// Where the place has a name that no node can have, or the grid does not suit the shape.
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

    /// The place of the array's documents and chunks.
    #[doc(alias = "store_path")]
    pub fn location(&self) -> &Location {
        self.chunked().location()
    }

    /// Whether this handle cannot write.
    pub fn read_only(&self) -> bool {
        !self.store().hints().writable
    }

    /// The attributes: those that this handle has, or where it was opened with `cache_attrs(false)`,
    /// those that the store has.
    ///
    /// # Errors
    /// Where the array is gone or has become something else.
    pub async fn read_attrs(&self) -> Result<Attributes> {
        let config = self.config();
        let mut array = self.clone();
        if config.reload_attributes || config.reload_metadata {
            array.refresh().await?;
        }
        Ok(array.attrs().clone())
    }

    /// How this handle reads and writes.
    pub fn config(&self) -> &ArrayConfig {
        self.chunked().config()
    }

    /// What operations on this array share.
    pub fn context(&self) -> &Context {
        self.chunked().context()
    }

    /// How elements lie in the chunks of an array of format 2; C in format 3.
    pub fn order(&self) -> Order {
        match self.metadata() {
            ArrayMetadata::V2 { array, .. } => array.order,
            ArrayMetadata::V3(_) => Order::C,
        }
    }

    /// What is done to arrays before they become bytes; of shards, within them.
    pub fn filters(&self) -> Vec<Extension> {
        self.parts().0
    }

    /// What turns arrays into bytes; of shards, within them. None in format 2, and where it cannot be
    /// told which of the codecs it is.
    pub fn serializer(&self) -> Option<Extension> {
        self.parts().1
    }

    /// What is done to bytes; of shards, within them.
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

impl Group {
    /// The group whose documents these are, at a place. Asks the store nothing, and writes nothing.
    ///
    /// # Errors
    /// Where the place has a name that no node can have.
    #[doc(alias = "from_dict")]
    pub fn from_metadata(
        location: &Location,
        metadata: GroupMetadata,
        context: &Context,
    ) -> Result<Self> {
        Self::new(location.clone(), metadata, context.clone())
    }

    /// The last part of the path; empty at the root of the store.
    pub fn basename(&self) -> &str {
        self.path().name().unwrap_or_default()
    }

    /// Whether this handle cannot write.
    pub fn read_only(&self) -> bool {
        !self.store().hints().writable
    }

    /// The attributes: those that this handle has, or where it was opened with `cache_attrs(false)`,
    /// those that the store has.
    ///
    /// # Errors
    /// Where the group is gone or has become something else.
    pub async fn read_attrs(&self) -> Result<Attributes> {
        let mut group = self.clone();
        if self.reloads_attributes() {
            group.refresh().await?;
        }
        Ok(group.attrs().clone())
    }

    /// The names of the arrays directly below, in order.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn array_keys(&self) -> Result<Vec<String>> {
        self.names(NodeKind::Array).await
    }

    /// The names of the groups directly below, in order.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn group_keys(&self) -> Result<Vec<String>> {
        self.names(NodeKind::Group).await
    }

    async fn names(&self, wanted: NodeKind) -> Result<Vec<String>> {
        let members = self.members().metadata().await?.into_iter();
        let of_kind = |node: &NodeMetadata| zarr_core::hierarchy::kind(node) == wanted;
        let chosen = members.filter(|(_, node)| of_kind(node));
        Ok(chosen.map(|(path, _)| path.as_str().to_owned()).collect())
    }
}

impl Node {
    /// The node's path in its store.
    pub fn path(&self) -> &zarr_metadata::NodePath {
        match self {
            Self::Array(array) => array.path(),
            Self::Group(group) => group.path(),
        }
    }

    /// The place of the node's documents.
    pub fn location(&self) -> &Location {
        match self {
            Self::Array(array) => array.location(),
            Self::Group(group) => group.location(),
        }
    }

    /// The node's format.
    pub fn zarr_format(&self) -> ZarrFormat {
        match self {
            Self::Array(array) => array.zarr_format(),
            Self::Group(group) => group.zarr_format(),
        }
    }
}

impl From<&Array> for Target {
    fn from(array: &Array) -> Self {
        Self::At(array.location().clone())
    }
}
