//! `zarr copy`: copies nodes with their data from store to store. The library copies; this sets its options and
//! reports.

mod glob;
mod notes;

use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use zarr::blocking::Wait;
use zarr::{Attributes, Context, CopyStats, CopyStep, IfExists, Location, Node};

use crate::address::archives::finish;
use crate::address::{Address, existing};
use crate::arguments::byte_size::byte_size;
use crate::arguments::description::DescriptionArgs;
use crate::arguments::new_array::StorageArgs;
use crate::commands::attrs;
use crate::commands::diff::{self, ComparedElements};
use crate::failure::{Exit, Failure};
use crate::interrupt::CallGate;
use crate::output;

use self::notes::CopyNotes;
use crate::output::progress::{ProgressArgs, ProgressCounts};
use crate::output::text;

/// Copy an array, or a group with everything below it, and store it another way if asked to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr copy demo.zarr backup.zarr
  zarr copy demo.zarr/ocean/sst sst.zarr --chunks 64,64 --shards 512,512
  zarr copy old.zarr new.zarr --zarr-format 3 --compressors '\"zstd\"'
  zarr copy sst.zarr kelvin.zarr --attribute units='\"K\"' --fill-value '\"NaN\"'
  zarr copy big.zarr copy.zarr --include 'ocean/*' --resume --verify
  zarr copy --dry-run demo.zarr elsewhere.zarr

What no option changes is copied byte for byte: documents, chunks, and files of other programs among the nodes. \
    What cannot be copied is left out and named at the end, and the exit code says why. Documents that another \
    format writes differently are named, too.

Chunks that stay the same are not decoded. --chunks, --shards and --dimension-names apply to arrays with as many \
    axes, --fill-value and the codecs to all arrays, --attribute and --attributes to the node SRC itself. Patterns \
    match paths below SRC: * stands for any characters but /, ** for any characters, ? for one. What --exclude \
    matches is left out, unless --include matches it; --include without --exclude copies nothing else.

Ctrl-C leaves whole chunks and no temporary files (exit code 130); the same command with --resume copies the \
    rest.")]
pub(crate) struct CopyArgs {
    /// The node to copy
    #[arg(value_name = "SRC")]
    pub(crate) from: Address,

    /// Where to copy it
    #[arg(value_name = "DST")]
    pub(crate) to: Address,

    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    description: DescriptionArgs,

    /// Copy only the nodes below that match, and those that --exclude does not
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,

    /// Leave out the nodes below that match
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Replace existing arrays
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,

    /// Copy what existing arrays still lack
    #[arg(long)]
    resume: bool,

    /// Hold at most so much of the chunks that are on their way, such as 512MiB; one larger chunk goes alone
    #[arg(long, value_name = "SIZE", value_parser = byte_size)]
    memory_limit: Option<u64>,

    /// Read source and copy again and compare every element
    #[arg(long)]
    verify: bool,

    /// Check everything and show what would be copied
    #[arg(long, short = 'n')]
    dry_run: bool,

    #[command(flatten)]
    progress: ProgressArgs,

    /// Print a JSON object (schema zarr.copy/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &CopyArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let gate = CallGate::default();
    gate.watch();
    let copied = copy(args, &gate, out);
    if gate.is_closed() {
        gate.wait_until_idle();
        let why = "interrupted; what is copied stays";
        let failure = Failure::new(
            Exit::Interrupted,
            "the copy is incomplete",
            args.to.as_str(),
            why,
        );
        return Err(failure.advice("the same command with --resume does the rest"));
    }
    let (stats, notes) = copied?;
    let ComparedElements { differs, failed } = match args.verify && !args.dry_run {
        true => diff::elements_of(&args.from, &args.to, args.progress)?,
        false => ComparedElements::default(),
    };
    let text = match args.json {
        true => {
            let CopyStats {
                copied,
                skipped,
                others,
                bytes,
                chunks,
                ..
            } = stats;
            text::report(
                "copy",
                json!({
                    "from": args.from.as_str(),
                    "to": args.to.as_str(),
                    "dry_run": args.dry_run,
                    "copied": copied,
                    "skipped": skipped,
                    "others": others,
                    "left_out": notes.left_out_json(),
                    "reworded": notes.reworded_json(),
                    "nbytes": bytes,
                    "nchunks_stored": chunks,
                    "verified": (args.verify && !args.dry_run)
                        .then_some(differs.is_empty() && failed.is_empty()),
                    "differences": differs,
                    "failed": failed.iter().map(Failure::to_string).collect::<Vec<_>>(),
                }),
            )
        }
        false => in_words(args, &stats, &differs, &failed),
    };
    output::print(out, &text)?;
    notes.report();
    for failure in &failed {
        text::error(&failure.to_string());
    }
    Ok(match (notes.exit(), failed.first()) {
        (Exit::Done, Some(failure)) => failure.exit(),
        (Exit::Done, None) if !differs.is_empty() => Exit::Difference,
        (exit, _) => exit,
    })
}

fn in_words(args: &CopyArgs, stats: &CopyStats, differs: &[String], failed: &[Failure]) -> String {
    let nodes = text::count(stats.copied, "node");
    let skipped = match stats.skipped {
        0 => String::new(),
        skipped => format!(", {skipped} unchanged"),
    };
    let others = match stats.others {
        0 => String::new(),
        others => format!(" and {}", text::count(others, "other file")),
    };
    if args.dry_run {
        return format!("{nodes}{others} would be copied{skipped}\n");
    }
    let (chunks, bytes) = (text::count(stats.chunks, "chunk"), text::bytes(stats.bytes));
    let mut text =
        format!("{nodes}{others} copied{skipped}: {chunks} stored, {bytes} of elements\n");
    for line in differs {
        text.push_str(&text::escaped(line));
        text.push('\n');
    }
    if args.verify && differs.is_empty() && failed.is_empty() {
        text.push_str("all elements are equal\n");
    }
    text
}

fn copy(
    args: &CopyArgs,
    gate: &CallGate,
    out: &mut impl Write,
) -> Result<(CopyStats, CopyNotes), Failure> {
    let from = args.from.open()?;
    let place = args.to.new_node_location()?;
    let name = args.to.as_str();
    let fail = |error: &zarr::Error| Failure::zarr("cannot copy to", name, error);

    // Both locations, behind the gate.
    let location = from.location().clone();
    let context = args.to.context_of_copy(args.memory_limit);
    let open = zarr::open(gate.guard(&location)).zarr_format(from.zarr_format());
    let from = existing(open, &location).context(&context).wait();
    let from = from.map_err(|error| Failure::zarr("cannot open", args.from.as_str(), &error))?;
    let attributes = args.description.attributes(attrs::attributes(&from))?;
    let is_array = matches!(from, Node::Array(_));
    let of_array = attributes.clone().filter(|_| is_array);
    if let Node::Array(array) = &from {
        args.description.check_rank(array.shape().len())?;
    }
    let dest = place.location().wait().map_err(|error| fail(&error))?;
    let store = zarr::Location::root(Arc::clone(dest.store()));

    let (includes, excludes) = glob::patterns(&args.include, &args.exclude);
    let progress = Arc::new(args.progress.begin("chunks"));
    let mut copy = zarr::copy(from, gate.guard(&store))
        .name(dest.path().as_str().trim_end_matches('/'))
        .context(&context)
        .includes(includes)
        .excludes(excludes)
        .dry_run(args.dry_run)
        .keep_going(true)
        .if_exists(match (args.overwrite, args.resume) {
            (true, _) => IfExists::Replace,
            (_, true) => IfExists::Update,
            _ => IfExists::Raise,
        });
    if let Some(format) = args.storage.zarr_format.or(place.format) {
        copy = copy.zarr_format(format);
    }
    let (storage, description) = (args.storage.clone(), args.description.clone());
    if storage.asks() || description.asks() || of_array.is_some() {
        copy = copy.with(move |array| {
            let array = description.apply(storage.apply(array));
            match &of_array {
                Some(attributes) => array.attributes(attributes.clone()),
                None => array,
            }
        });
    }
    // What a dry run would copy, in order, printed when all of it is known.
    let plan = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (listener, dry, steps) = (Arc::clone(&progress), args.dry_run, Arc::clone(&plan));
    let notes = Arc::new(std::sync::Mutex::new(CopyNotes::default()));
    let noted = Arc::clone(&notes);
    copy = copy.progress(move |now| {
        if let Ok(mut notes) = noted.lock()
            && notes.take(now)
        {
            return;
        }
        if dry && !matches!(now.step, CopyStep::Chunks | CopyStep::Done { .. }) {
            if let Ok(mut steps) = steps.lock() {
                steps.push(now.to_string());
            }
            return;
        }
        let (done, total) = (now.done, now.total);
        let (bytes_in, bytes_out) = (now.bytes_in, now.bytes_out);
        listener.report(ProgressCounts {
            done,
            total,
            bytes_in,
            bytes_out,
        });
    });
    let copied = copy.wait();
    progress.end();
    // What is copied stays, even in an archive.
    if gate.is_closed() && !args.dry_run {
        finish(store.store(), name)?;
    }
    let stats = copied.map_err(|error| fail(&error))?;
    if let (Some(attributes), false, false) = (attributes, is_array, args.dry_run) {
        set_attributes(&dest, &attributes, &context).map_err(|error| fail(&error))?;
    }
    if !args.json
        && let Ok(steps) = plan.lock()
    {
        for step in steps.iter() {
            writeln!(out, "{}", text::escaped(step)).map_err(|error| Failure::output(&error))?;
        }
    }
    if !args.dry_run {
        finish(store.store(), name)?;
        args.to.warn_of_stale_metadata(&dest);
    }
    if !location.store().hints().listable {
        let from = args.from.as_str();
        let what = format!(
            "{from}: this store cannot be listed: files of other programs in it are not copied"
        );
        text::warning(&text::escaped(&what));
    }
    let notes = notes.lock().map(|mut notes| std::mem::take(&mut *notes));
    Ok((stats, notes.unwrap_or_default()))
}

/// Makes these the attributes of the group that was copied.
fn set_attributes(group: &Location, new: &Attributes, context: &Context) -> zarr::Result<()> {
    let open = zarr::open_group(group.clone()).mode("r+");
    let mut group = open.context(context).wait()?;
    let names = group.attrs().keys();
    let gone: Vec<String> = names
        .filter(|name| !new.contains_key(*name))
        .cloned()
        .collect();
    let new = new
        .keys()
        .filter_map(|name| Some((name.clone(), new.attribute(name)?)));
    let new: Vec<_> = new.collect();
    group.update_attributes(new).remove(gone).wait()
}
