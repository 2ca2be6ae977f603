//! `copy_store`: copies the keys and values of a store unchanged.

use std::fmt::Display;

use zarr_core::copy::{CopyKeysOptions, CopyListener, CopyStats, IfExists, copy_keys};
use zarr_core::{Context, Refused, Result};

use crate::Target;
use crate::copy::filter::Filter;
use crate::copy::progress::{self, CopyProgress};
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::Access;
use crate::target::finish::finish;

/// Copies the keys and values of one store to another, whatever they are. The metadata of a node comes
/// last, so a reader who finds a node in the destination finds all of it.
///
/// ```
/// # use zarr::{blocking::Wait, IfExists, MemoryStore};
/// # fn main() -> zarr::Result<()> {
/// let (from, to) = (MemoryStore::new(), MemoryStore::new());
/// zarr::save_array(from.clone(), ndarray::array![1, 2, 3]).name("a").wait()?;
/// let stats = zarr::copy_store(from.clone(), to.clone()).dest_path("backup").wait()?;
/// assert_eq!(stats.copied, 3); // the root group, the array, its chunk
/// let copy = zarr::open_array(to.clone()).path("backup/a").wait()?;
/// assert_eq!(copy.read::<i32>(..).wait()?.sum(), 6);
///
/// let again = zarr::copy_store(from, to).dest_path("backup").if_exists(IfExists::Update);
/// assert_eq!(again.wait()?.skipped, 3);
/// # Ok(())
/// # }
/// ```
pub fn copy_store(source: impl Into<Target>, dest: impl Into<Target>) -> CopyStore {
    CopyStore {
        source: source.into(),
        dest: dest.into(),
        source_path: String::new(),
        dest_path: String::new(),
        filter: Filter::default(),
        if_exists: IfExists::default(),
        refused: Refused::default(),
        dry_run: false,
        verify: false,
        progress: None,
        context: None,
    }
}

/// Keys and values to copy: see [`copy_store`].
#[must_use = "nothing is copied until this is awaited or waited for"]
#[derive(Clone)]
pub struct CopyStore {
    source: Target,
    dest: Target,
    source_path: String,
    dest_path: String,
    filter: Filter,
    if_exists: IfExists,
    refused: Refused,
    dry_run: bool,
    verify: bool,
    progress: Option<CopyListener>,
    context: Option<Context>,
}

impl CopyStore {
    /// Copies only what is below this path of the source.
    pub fn source_path(mut self, path: impl AsRef<str>) -> Self {
        path.as_ref().clone_into(&mut self.source_path);
        self
    }

    /// Copies to this path of the destination.
    pub fn dest_path(mut self, path: impl AsRef<str>) -> Self {
        path.as_ref().clone_into(&mut self.dest_path);
        self
    }

    /// Leaves out keys of the source that match one of these regular expressions anywhere.
    pub fn excludes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.filter.exclude(patterns);
        self
    }

    /// Copies keys that match one of these regular expressions, even if [`excludes`](Self::excludes) matches
    /// them, too. Flags are part of the expression: `(?i)`.
    pub fn includes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.filter.include(patterns);
        self
    }

    /// What happens to keys that already exist in the destination. [`Update`](IfExists::Update) keeps those
    /// of the same size.
    ///
    /// An [`IfExists`], or its name in zarr-python 2, such as `"skip"`.
    pub fn if_exists(mut self, what: impl TryInto<IfExists, Error: Display>) -> Self {
        let what = self.refused.take("if_exists", what.try_into());
        self.if_exists = what.unwrap_or_default();
        self
    }

    /// Checks and counts everything, and copies nothing.
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self
    }

    /// Reads every value back after it is stored, and compares.
    pub fn verify(mut self, yes: bool) -> Self {
        self.verify = yes;
        self
    }

    /// Calls a function with the progress of the copy, in the task that drives it: before and after each
    /// key. `Display` of the progress is a line for a log.
    #[doc(alias = "log")]
    pub fn progress(
        mut self,
        listener: impl Fn(&CopyProgress<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(progress::listener(listener));
        self
    }

    /// Limits the bytes in flight between the two stores, [`Context::memory`], and those of one value,
    /// [`Context::value_bytes`].
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(self) -> Result<CopyStats> {
        let choice = self.filter.choice()?;
        self.refused.check()?;
        let if_exists = self.if_exists;
        let (access, context) = (
            Access::finished(),
            self.context.unwrap_or_else(default_context),
        );
        let source = self.source.reach(&self.source_path, &access, &context);
        let source = source.await?;
        let dest = self.dest.reach(&self.dest_path, &access, &context).await?;
        let options = CopyKeysOptions {
            if_exists,
            dry_run: self.dry_run,
            verify: self.verify,
            choice,
            progress: self.progress,
            memory: context.memory(),
            value_bytes: context.value_bytes(),
        };
        let copied = copy_keys(&source, &dest, &options).await?;
        if !self.dry_run {
            finish(&dest).await?;
        }
        Ok(copied)
    }
}
operation!(CopyStore => CopyStats);

impl std::fmt::Debug for CopyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CopyStore")
            .field("source", &self.source)
            .field("dest", &self.dest)
            .field("if_exists", &self.if_exists)
            .finish_non_exhaustive()
    }
}
