//! Measuring a program that writes: what is there when it begins, and what must be there afterwards.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::Result;
use crate::document::document;
use crate::element::Values;
use crate::files::{copy, remove};
use crate::measure::{Bench, Case, Sample, checksum, linked};
use crate::memory::{peak_rss_mb, reset_peak_rss};
use crate::nodes;
use crate::program::Name;
use crate::want::{Part, Want};
use crate::workload::{Verb, Workload};

impl Bench {
    /// Does one case of writing with one program, here.
    pub(crate) fn measure_writes(&self, program: Name, case: &Case) -> Result<Sample> {
        let path = self.written(case);
        let dataset = &case.dataset;
        let at = match case.workload.verb() {
            Verb::Copy => self.address(dataset),
            _ => self.address_of(dataset.kind, &path),
        };
        let mut seconds = Vec::with_capacity(self.repeats);
        let mut peak = 0.0_f64;
        let parts = case.workload.parts(&case.dataset);
        for _ in 0..self.repeats {
            self.begin(case, &path)?;
            let values = self.new_values(case)?;
            let mut opened = linked(program, &at, dataset)?;
            reset_peak_rss();
            let start = Instant::now();
            match case.workload.verb() {
                Verb::Copy => opened.copy(&path, &case.workload.copied(dataset))?,
                Verb::Consolidate => opened.consolidate()?,
                verb => {
                    for (part, values) in parts.iter().zip(values) {
                        match verb {
                            Verb::Append => opened.append(part, values)?,
                            _ => opened.write(part, values)?,
                        }
                    }
                }
            }
            seconds.push(start.elapsed().as_secs_f64());
            peak = peak.max(peak_rss_mb());
        }
        let (checksum, expected) = self.check_writes(program, case, &path)?;
        Ok(Sample {
            seconds,
            peak_rss_mb: peak,
            checksum,
            expected,
            requests: None,
        })
    }

    /// Where a program writes.
    pub(crate) fn written(&self, case: &Case) -> PathBuf {
        match case.workload {
            // Of the group one document is written, and thousands of files need not be copied.
            Workload::Consolidate => self.array(&case.dataset),
            _ => self.dir.join("written.zarr"),
        }
    }

    /// Makes anew what a program writes to.
    pub(crate) fn begin(&self, case: &Case, path: &Path) -> Result<()> {
        if case.workload == Workload::Consolidate {
            return case.dataset.create_group(path);
        }
        remove(path)?;
        match case.workload {
            // The program makes it.
            Workload::Rechunk | Workload::Reencode => Ok(()),
            Workload::PartialWrite => copy(&self.array(&case.dataset), path),
            Workload::Append => case.dataset.empty().create(path),
            _ => case.dataset.create(path),
        }
    }

    /// The checksums of what is there after writing, as another program reads it, and of what should be.
    pub(crate) fn check_writes(
        &self,
        program: Name,
        case: &Case,
        path: &Path,
    ) -> Result<(u64, u64)> {
        let dataset = &case.dataset;
        let mut source = self.source(dataset)?;
        if case.workload == Workload::Consolidate {
            let expected = checksum([source.bytes(&Want::Nodes)]);
            return Ok((checksum([nodes::consolidated(path)?]), expected));
        }
        if case.workload.verb() == Verb::Copy {
            check_copy(path, &document(&case.workload.copied(dataset)))?;
        }
        let all = Want::Box(Part::dense([0; 3], dataset.shape));
        // Where the zarrs crate cannot read what we write, the peers' rows of reading show that they can.
        let other = [Name::ZarrsBytes, Name::Zarrs]
            .into_iter()
            .find(|other| program.is_ours() && other.can(Workload::ReadAll, &dataset.in_files()))
            .unwrap_or(Name::OursWait);
        let at = path.display().to_string();
        let written = linked(other, &at, &dataset.in_files())?.read(&all)?;
        let parts = case.workload.parts(dataset);
        for (part, values) in parts.iter().zip(self.new_values(case)?) {
            source.write(part, &values);
        }
        remove(path)?;
        let expected = source.all();
        Ok((checksum([written.bytes()]), checksum([expected.bytes()])))
    }

    /// What is written to each part: in an array that is there, not what is there.
    pub(crate) fn new_values(&self, case: &Case) -> Result<Vec<Values>> {
        let source = self.source(&case.dataset)?;
        let changed = |want| source.changed(want);
        Ok(match case.workload {
            Workload::Rechunk | Workload::Reencode | Workload::Consolidate => Vec::new(),
            Workload::WriteAll => vec![source.all()],
            _ => case
                .workload
                .wants(&case.dataset)
                .iter()
                .map(changed)
                .collect(),
        })
    }
}

/// Whether a copy has the chunks and the codecs that it was to have.
fn check_copy(path: &Path, expected: &Value) -> Result<()> {
    let copy: Value = serde_json::from_slice(&std::fs::read(path.join("zarr.json"))?)?;
    let chunks = |document: &Value| document["chunk_grid"]["configuration"]["chunk_shape"].clone();
    let codecs = |document: &Value| -> Vec<Value> {
        let codecs = document["codecs"].as_array().into_iter().flatten();
        codecs.map(|codec| codec["name"].clone()).collect()
    };
    match (chunks(&copy), codecs(&copy)) == (chunks(expected), codecs(expected)) {
        true => Ok(()),
        false => Err(format!("the new array is {copy}").into()),
    }
}
