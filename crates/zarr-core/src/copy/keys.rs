//! Copying all values below a place, whatever they are. Only this much of Zarr is known: documents come last, so that
//! a reader who finds a node finds all of it.

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_store::runtime::Budget;
use zarr_store::{Entry, Location};

use super::overlap::OverlapCheck;
use super::progress::{CopyReporter, is_document};
use super::values::{ValueCopier, ValueCopy, key_in};
use super::{Choice, CopyListener, CopyStats, CopyStep, IfExists};
use crate::{Error, Result};

/// How values are copied from one place to another.
#[derive(Clone)]
pub struct CopyKeysOptions {
    /// What is done about keys that are there.
    pub if_exists: IfExists,
    /// Whether all is checked and counted, and nothing done.
    pub dry_run: bool,
    /// Whether each value that was stored is read again and compared.
    pub verify: bool,
    /// Which keys are copied, by their names in the source's store.
    pub choice: Option<Choice>,
    /// Gets reports of how far it is.
    pub progress: Option<CopyListener>,
    /// How many bytes may be between the two stores at once.
    pub memory: u64,
    /// How many bytes one value may have.
    pub value_bytes: u64,
}

/// Copies all values below a place to below another.
///
/// # Errors
/// [`IfExists::Raise`]: where one of the keys is there, and then nothing was copied. What the stores
/// say; what was copied before that stays, and [`IfExists::Update`] goes on from there.
pub async fn copy_keys(
    from: &Location,
    to: &Location,
    options: &CopyKeysOptions,
) -> Result<CopyStats> {
    if options.if_exists == IfExists::SkipInitialized {
        let text = "a key is there or is not; use `Skip`, or `Update` for those of another size";
        return Err(Error::argument("if_exists", text));
    }
    OverlapCheck::new(from, to)?;
    let mut reporter = CopyReporter::new(options.progress.clone());
    let copier = ValueCopier {
        from: &reporter.counting_reads(from),
        to: &reporter.counting_writes(to),
        if_exists: options.if_exists,
        verify: options.verify,
        value_bytes: options.value_bytes,
        budget: Budget::new(options.memory),
    };
    let values = list_values(&copier, options).await?;
    reporter.set_total(values.len() as u64);
    let present = copier.find_present(&values).await?;

    let mut stats = CopyStats::default();
    let (mut chunks, mut documents) = (vec![], vec![]);
    for (value, is_present) in values.into_iter().zip(present) {
        let path = value.from.key.as_str();
        if is_present {
            reporter.report(path, CopyStep::Skip(None));
            reporter.add_done(path, 1);
            stats.skipped += 1;
            continue;
        }
        stats.copied += 1;
        if options.dry_run {
            reporter.report(path, CopyStep::Key(value.to.as_str()));
        } else if is_document(path) {
            documents.push(value);
        } else {
            chunks.push(value);
        }
    }
    for values in [chunks, documents] {
        let copies = stream::iter(values).map(|value| copy_one(&copier, &reporter, value));
        let copies = copies.buffer_unordered(copier.concurrency());
        copies.try_collect::<()>().await?;
    }
    stats.bytes = reporter.sent();
    stats.chunks = reporter.chunks();
    reporter.report_done(&stats, options.dry_run);
    Ok(stats)
}

/// The chosen values, sorted by key.
async fn list_values(
    copier: &ValueCopier<'_>,
    options: &CopyKeysOptions,
) -> Result<Vec<ValueCopy>> {
    let ValueCopier { from, to, .. } = copier;
    let mut entries: Vec<Entry> = from.store().list(from.path()).try_collect().await?;
    entries.sort_unstable();
    let choice = options.choice.as_ref();
    let chosen = entries
        .into_iter()
        .filter(|entry| choice.is_none_or(|is_chosen| is_chosen(entry.key.as_str())));
    let value = |entry: Entry| {
        let to = key_in(to, from, &entry.key)?;
        Ok(ValueCopy { from: entry, to })
    };
    chosen.map(value).collect()
}

async fn copy_one(
    copier: &ValueCopier<'_>,
    reporter: &CopyReporter,
    value: ValueCopy,
) -> Result<()> {
    let path = value.from.key.as_str();
    reporter.report(path, CopyStep::Key(value.to.as_str()));
    copier.copy(&value, reporter).await?;
    reporter.add_done(path, 1);
    Ok(())
}
