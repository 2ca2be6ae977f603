//! Writing one value: by one request, or in parts that become the value all at once. A write recognises itself where
//! the answer to it was lost.

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    Attribute, Attributes, CopyOptions, MultipartUpload, ObjectStore as Client,
    PutMode as ClientMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, path::Path,
};

use super::{connection::Connection, failure::Failure};
use crate::{Copied, Payload, PutMode, Version};

/// The name under which a write's id is kept beside the value. Letters only: every service takes it.
const ID: &str = "zarrwriteid";
/// The smallest part of a value written in parts; S3 takes at most 10,000 of them.
const PART: usize = 16 << 20;
const MOST_PARTS: usize = 10_000;
/// How many parts travel at once.
const AT_ONCE: usize = 8;
/// How often a conditional write is made again that was refused for no visible reason.
const TRIES: u32 = 4;

/// How a conditional write ended.
pub(super) enum WriteOutcome {
    Written(Option<Version>),
    /// The value there is not the one that was named.
    Refused,
    Failed(Failure),
}

impl Connection {
    /// Whether a value is written in parts.
    pub(super) fn is_large(&self, value: &Payload, mode: &PutMode) -> bool {
        *mode == PutMode::Overwrite && value.len() > self.settings.put_limit
    }

    /// Replaces whatever is there, by one request. Made again, it does no harm.
    pub(super) async fn overwrite(
        &self,
        path: &Path,
        value: &Payload,
    ) -> Result<Option<Version>, Failure> {
        let request = self
            .client
            .put_opts(path, payload(value), PutOptions::default());
        let result = Failure::watch(request).await?;
        Ok(self.version_of(&result))
    }

    /// Lets the service copy a value within the container, over whatever is there. Made again, it does no harm.
    ///
    /// What it refuses may be possible all the same: it may not know how to copy, or not values of this size, or only
    /// whoever reads the source may. So the value is then read and put, which tells what is wrong.
    pub(super) async fn copy(&self, from: &Path, to: &Path) -> Result<Copied, Failure> {
        let request = self.client.copy_opts(from, to, CopyOptions::default());
        match Failure::watch(request).await {
            Ok(()) => Ok(Copied::Stored { size: None }),
            Err(failure) if failure.is_absence(&[]) => Ok(Copied::Absent),
            Err(failure) if failure.is_unknown() && !failure.is_inability() => Err(failure),
            Err(_) => Ok(Copied::Elsewhere),
        }
    }

    /// Writes if `mode` allows it.
    ///
    /// Below us a request is sent again when its answer is lost, and is then refused because of what
    /// it wrote itself. So each write leaves its id beside the value, and whoever is refused looks
    /// whose value it met.
    pub(super) async fn write_if(
        &self,
        path: &Path,
        value: &Payload,
        mode: &PutMode,
    ) -> WriteOutcome {
        let id = WriteId::new();
        let mut wait = Duration::from_millis(10);
        for _ in 0..TRIES {
            let options = PutOptions {
                mode: self.client_mode(mode),
                attributes: id.attributes(),
                ..PutOptions::default()
            };
            let request = self.client.put_opts(path, payload(value), options);
            let failure = match Failure::watch(request).await {
                Ok(result) => return WriteOutcome::Written(self.version_of(&result)),
                Err(failure) => failure,
            };
            if !failure.is_refusal() && !failure.is_unknown() {
                return WriteOutcome::Failed(failure);
            }
            match (self.look_closely(path, None).await, mode) {
                (Ok((answer, found)), _) if id.is_of(&answer.attributes) => {
                    return WriteOutcome::Written(found.version);
                }
                _ if !failure.is_refusal() => return WriteOutcome::Failed(failure),
                (Ok((_, found)), PutMode::Update(named))
                    if found.version.as_ref() == Some(named) => {}
                (Ok(_), _) => return WriteOutcome::Refused,
                (Err(absent), PutMode::Create) if absent.is_absence(&self.settings.missing) => {}
                (Err(absent), _) if absent.is_absence(&self.settings.missing) => {
                    return WriteOutcome::Refused;
                }
                (Err(unread), _) => return WriteOutcome::Failed(unread),
            }
            // Refused although nothing stands against it: another write was under way.
            tokio::time::sleep(wait).await;
            wait *= 4;
        }
        WriteOutcome::Refused
    }

    fn client_mode(&self, mode: &PutMode) -> ClientMode {
        match mode {
            PutMode::Overwrite => ClientMode::Overwrite,
            PutMode::Create => ClientMode::Create,
            PutMode::Update(version) | PutMode::Append(version) => {
                ClientMode::Update(self.service.parts(version))
            }
        }
    }

    fn version_of(&self, result: &PutResult) -> Option<Version> {
        self.service
            .version(result.e_tag.as_deref(), result.version.as_deref())
    }

    /// Sends a value in parts. Nothing of it is seen until [`Upload::complete`].
    pub(super) async fn send_parts(&self, path: &Path, value: &Payload) -> Result<Upload, Failure> {
        let id = WriteId::new();
        let options = PutMultipartOptions {
            attributes: id.attributes(),
            ..PutMultipartOptions::default()
        };
        let begun = Failure::watch(self.client.put_multipart_opts(path, options)).await?;
        let mut upload = Upload {
            parts: Some(begun),
            id,
        };
        let size = PART.max(value.len().div_ceil(MOST_PARTS));
        if let Some(parts) = &mut upload.parts {
            let sent = pieces(value, size)
                .into_iter()
                .map(|piece| Failure::watch(parts.put_part(piece)));
            stream::iter(sent.collect::<Vec<_>>())
                .buffer_unordered(AT_ONCE)
                .try_collect::<()>()
                .await?;
        }
        Ok(upload)
    }

    /// Makes the parts the value.
    pub(super) async fn complete(
        &self,
        path: &Path,
        mut upload: Upload,
    ) -> Result<Option<Version>, Failure> {
        let Some(mut parts) = upload.parts.take() else {
            return Ok(None);
        };
        let failure = match Failure::watch(parts.complete()).await {
            Ok(result) => return Ok(self.version_of(&result)),
            Err(failure) => failure,
        };
        // Sent twice, the second finds no parts any more: then the value is there.
        if let Ok((answer, found)) = self.look_closely(path, None).await
            && upload.id.is_of(&answer.attributes)
        {
            return Ok(found.version);
        }
        upload.parts = Some(parts);
        Err(failure)
    }
}

/// A value on its way in parts. Dropped before it is complete, it takes the parts back.
pub(super) struct Upload {
    parts: Option<Box<dyn MultipartUpload>>,
    id: WriteId,
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(mut parts) = self.parts.take()
            && let Ok(threads) = super::background::handle()
        {
            // What cannot be taken back is left to the bucket's rule for unfinished uploads.
            threads.spawn(async move { parts.abort().await.ok() });
        }
    }
}

/// Names one write among all.
#[derive(Debug, Clone)]
struct WriteId(String);

/// A text that no other call gives, here or elsewhere.
pub(super) fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Hashers are keyed by the system's random numbers.
    let random = || RandomState::new().hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    format!("{:016x}{:016x}", random(), random())
}

impl WriteId {
    fn new() -> Self {
        WriteId(unique())
    }

    fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::Metadata(ID.into()), self.0.clone().into());
        attributes
    }

    fn is_of(&self, attributes: &Attributes) -> bool {
        attributes
            .get(&Attribute::Metadata(ID.into()))
            .is_some_and(|id| **id == *self.0)
    }
}

fn payload(value: &Payload) -> PutPayload {
    value.parts().iter().cloned().collect()
}

/// The value in pieces of `size` bytes, the last one shorter; nothing is copied.
fn pieces(value: &Payload, size: usize) -> Vec<PutPayload> {
    let mut pieces = Vec::new();
    let (mut piece, mut room) = (Vec::new(), size);
    for part in value.parts() {
        let mut part = part.clone();
        while part.len() >= room {
            piece.push(part.split_to(room));
            pieces.push(PutPayload::from_iter(std::mem::take(&mut piece)));
            room = size;
        }
        room -= part.len();
        if !part.is_empty() {
            piece.push(part);
        }
    }
    if !piece.is_empty() {
        pieces.push(PutPayload::from_iter(piece));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_of_one_size_but_the_last() {
        let value: Payload = [vec![1; 5], vec![2; 3], vec![3; 9]].into_iter().collect();
        for size in [1, 4, 5, 8, 16, 17, 100] {
            let sent: Vec<_> = pieces(&value, size)
                .into_iter()
                .map(bytes::Bytes::from)
                .collect();
            let (last, others) = sent.split_last().unwrap();
            assert!(others.iter().all(|piece| piece.len() == size), "{size}");
            assert!(!last.is_empty() && last.len() <= size, "{size}");
            assert_eq!(sent.concat(), value.clone().into_bytes(), "{size}");
        }
        assert!(pieces(&Payload::default(), 4).is_empty());
    }

    #[test]
    fn ids_differ() {
        assert_ne!(WriteId::new().0, WriteId::new().0);
    }
}
