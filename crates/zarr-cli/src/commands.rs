//! The commands: each is a file of its name, and four lines here.

pub(crate) mod append;
pub(crate) mod attrs;
pub(crate) mod bench;
pub(crate) mod chunks;
pub(crate) mod completions;
pub(crate) mod conformance;
pub(crate) mod consolidate;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod info;
pub(crate) mod ls;
pub(crate) mod man;
pub(crate) mod migrate;
pub(crate) mod read;
pub(crate) mod remove_metadata;
pub(crate) mod resize;
pub(crate) mod serve;
pub(crate) mod stats;
pub(crate) mod tree;
pub(crate) mod validate;
pub(crate) mod view;
pub(crate) mod write;

use std::io::Write;

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::output::terminal::Canvas;

/// What `zarr` is asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Info(info::InfoArgs),
    Tree(tree::TreeArgs),
    Ls(ls::LsArgs),
    View(view::ViewArgs),
    Stats(stats::StatsArgs),
    Chunks(chunks::ChunksArgs),
    Bench(bench::BenchArgs),
    Read(read::ReadArgs),
    Write(write::WriteArgs),
    Create(create::CreateArgs),
    Resize(resize::ResizeArgs),
    Append(append::AppendArgs),
    Copy(copy::CopyArgs),
    Attrs(attrs::AttrsArgs),
    Serve(serve::ServeArgs),
    Consolidate(consolidate::ConsolidateArgs),
    Migrate(migrate::MigrateArgs),
    RemoveMetadata(remove_metadata::RemoveMetadataArgs),
    Validate(validate::ValidateArgs),
    Doctor(doctor::DoctorArgs),
    Diff(diff::DiffArgs),
    Conformance(conformance::ConformanceArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Command {
    /// Its addresses.
    pub(crate) fn addresses(&mut self) -> Vec<&mut Address> {
        match self {
            Self::Info(args) => vec![&mut args.path],
            Self::Tree(args) => vec![&mut args.path],
            Self::Ls(args) => vec![&mut args.path],
            Self::View(args) => vec![&mut args.path],
            Self::Stats(args) => vec![&mut args.path],
            Self::Chunks(args) => vec![&mut args.path],
            Self::Bench(args) => vec![&mut args.path],
            Self::Read(args) => vec![&mut args.path],
            Self::Write(args) => vec![&mut args.path],
            Self::Create(args) => vec![&mut args.path],
            Self::Resize(args) => vec![&mut args.path],
            Self::Append(args) => vec![&mut args.path],
            Self::Copy(args) => vec![&mut args.from, &mut args.to],
            Self::Attrs(args) => vec![args.path()],
            Self::Serve(args) => vec![&mut args.path],
            Self::Consolidate(args) => vec![&mut args.path],
            Self::Migrate(args) => args.addresses(),
            Self::RemoveMetadata(args) => vec![&mut args.path],
            Self::Validate(args) => vec![&mut args.path],
            Self::Doctor(args) => args.path.iter_mut().collect(),
            Self::Diff(args) => vec![&mut args.a, &mut args.b],
            Self::Conformance(args) => vec![&mut args.path],
            Self::Completions(_) | Self::Man(_) => vec![],
        }
    }

    /// Runs it, with one output for text and one for bytes.
    pub(crate) fn run(
        &self,
        canvas: Canvas,
        text: &mut impl Write,
        bytes: &mut impl Write,
    ) -> Result<Exit, Failure> {
        match self {
            Self::Info(args) => info::run(args, text),
            Self::Tree(args) => tree::run(args, text),
            Self::Ls(args) => ls::run(args, text),
            Self::View(args) => view::run(args, canvas, text),
            Self::Stats(args) => stats::run(args, text),
            Self::Chunks(args) => chunks::run(args, canvas, text),
            Self::Bench(args) => bench::run(args, text),
            Self::Read(args) => read::run(args, bytes),
            Self::Write(args) => write::run(args, text),
            Self::Create(args) => create::run(args, text),
            Self::Resize(args) => resize::run(args, text),
            Self::Append(args) => append::run(args, text),
            Self::Copy(args) => copy::run(args, text),
            Self::Attrs(args) => attrs::run(args, text),
            Self::Serve(args) => serve::run(args, text),
            Self::Consolidate(args) => consolidate::run(args, text),
            Self::Migrate(args) => migrate::run(args, text),
            Self::RemoveMetadata(args) => remove_metadata::run(args, text),
            Self::Validate(args) => validate::run(args, text),
            Self::Doctor(args) => doctor::run(args, text),
            Self::Diff(args) => diff::run(args, text),
            Self::Conformance(args) => conformance::run(args, bytes),
            Self::Completions(args) => completions::run(args, text),
            Self::Man(args) => man::run(args, text),
        }
    }
}
