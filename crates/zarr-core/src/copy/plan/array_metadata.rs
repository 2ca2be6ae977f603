//! The metadata of an array's copy, and where the text of its documents comes from.

use zarr_metadata::{ArrayMetadata, NodePath};

use super::{CopyFailure, Planner};
use crate::copy::documents::DocumentSource;
use crate::{ArrayConfig, ArrayOptions, Error, ErrorKind};

/// Where xarray keeps the names of axes in format 2.
const DIMENSIONS: &str = "_ARRAY_DIMENSIONS";

/// The array that a copy becomes, and how it is written.
pub(super) struct ArrayTarget {
    pub(super) metadata: ArrayMetadata,
    pub(super) config: ArrayConfig,
    pub(super) documents: DocumentSource,
}

impl Planner<'_> {
    pub(super) fn array_target(
        &self,
        path: &NodePath,
        source: &ArrayMetadata,
    ) -> Result<ArrayTarget, CopyFailure> {
        let mut metadata = source.clone();
        let is_converted = metadata.format() != self.format;
        if self.options.without_attrs {
            // The names of axes are no attributes, wherever format 2 keeps them.
            let attributes = metadata.attributes_mut();
            attributes.retain(|key, _| is_converted && key == DIMENSIONS);
        }
        let Some(adapt) = &self.options.adapt else {
            let config = ArrayConfig::default();
            if !is_converted {
                return Ok(self.unadapted(source, metadata, config));
            }
            let options = self.options_like(path, &metadata);
            let metadata = options.and_then(|options| options.unchecked(self.format));
            return Ok(ArrayTarget {
                metadata: metadata.map_err(CopyFailure::Node)?,
                config,
                documents: DocumentSource::Metadata,
            });
        };
        let (before, untranslated) = match self.options_like(path, &metadata) {
            Ok(options) => (options, None),
            // What stands in the way may be chosen otherwise.
            Err(error) => {
                let (shape, data_type) = (metadata.shape(), metadata.data_type());
                let mut options = ArrayOptions::new(shape, data_type.clone());
                options.attributes.clone_from(metadata.attributes());
                (options, Some(error))
            }
        };
        let is_translated = untranslated.is_none();
        let named = |error: Error| of_array(path, error);
        let (mut options, config) = adapt(before.clone()).map_err(named)?;
        let keeps_parts =
            options.filters == before.filters && options.compressors == before.compressors;
        if let Some(error) = untranslated
            && options.codecs.is_none()
            && keeps_parts
        {
            return Err(CopyFailure::Node(error));
        }
        if options.shape != metadata.shape() {
            return Err(Error::wrong_shape("shape", "a copy keeps the shape").into());
        }
        if *options.zarr_format.get_or_insert(self.format) != self.format {
            let text = "all nodes of a copy have one format; choose it for the copy";
            return Err(Error::conflicting("zarr_format", text).into());
        }
        let keeps_codecs = keeps_parts
            && options.codecs == before.codecs
            && options.serializer == before.serializer;
        // The source's own documents may say it in ways that no options make.
        let before = match is_translated && !is_converted {
            true if before.same_as(&options) => return Ok(self.unadapted(source, metadata, config)),
            true => before.unchecked(self.format).ok(),
            false => None,
        };
        // The codecs of the source are copied as they are; others have to be valid.
        let target = match keeps_codecs {
            true => options.unchecked(self.format),
            false => options.metadata(self.format),
        };
        let target = target.map_err(named)?;
        let documents = match before {
            Some(before) if before == target => {
                return Ok(self.unadapted(source, metadata, config));
            }
            Some(before) if self.source.has_documents => DocumentSource::Edited(Box::new(before)),
            _ => DocumentSource::Metadata,
        };
        Ok(ArrayTarget {
            metadata: target,
            config,
            documents,
        })
    }

    /// An array like the source in the format of the copy.
    fn options_like(&self, path: &NodePath, source: &ArrayMetadata) -> Result<ArrayOptions, Error> {
        ArrayOptions::like_in(source, self.format).map_err(|source| {
            let document = format!("what would become format {}", self.format);
            let path = path.clone();
            ErrorKind::Metadata {
                path,
                document,
                source,
            }
            .into()
        })
    }

    /// The source's own array, whose attributes may be others.
    fn unadapted(
        &self,
        source: &ArrayMetadata,
        metadata: ArrayMetadata,
        config: ArrayConfig,
    ) -> ArrayTarget {
        let documents = match self.source.has_documents {
            false => DocumentSource::Metadata,
            true if *source == metadata => DocumentSource::Verbatim,
            true => DocumentSource::Edited(Box::new(source.clone())),
        };
        ArrayTarget {
            metadata,
            config,
            documents,
        }
    }
}

/// An argument that does not suit one array of many, with the array's name.
fn of_array(path: &NodePath, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Argument {
            name,
            kind,
            problem,
        } if !path.is_root() => {
            let (name, kind) = (*name, *kind);
            let problem = format!("{problem}, for the array `{path}`");
            ErrorKind::Argument {
                name,
                kind,
                problem,
            }
            .into()
        }
        _ => error,
    }
}
