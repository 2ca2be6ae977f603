//! Measuring a peer that is driven from Python: it gets files and a job, and leaves files. Owns nothing
//! of what is measured.

use std::path::Path;

use serde::Deserialize;

use crate::Result;
use crate::dataset::Kind;
use crate::document::document;
use crate::element::Values;
use crate::files::remove;
use crate::measure::{Bench, Case, Sample, answer, checksum};
use crate::program::Name;
use crate::want::Want;

/// What a script tells.
#[derive(Debug, Deserialize)]
struct Timed {
    seconds: Vec<f64>,
    peak_rss_mb: f64,
}

impl Bench {
    /// Has a script do the case: it gets files and a job, and leaves files.
    pub(crate) fn script(&self, python: &Path, program: Name, case: &Case) -> Result<Sample> {
        let file = |name: &str| self.dir.join(name);
        let (written, template) = (self.written(case), file("template.zarr"));
        let (job, values, out) = (file("job.json"), file("values.bin"), file("read.bin"));
        let writes = case.workload.writes();
        if writes {
            self.begin(case, &template)?;
            let new = self.new_values(case)?;
            std::fs::write(
                &values,
                new.iter().map(Values::bytes).collect::<Vec<_>>().concat(),
            )?;
        }
        let dataset = &case.dataset;
        let text = serde_json::to_vec(&serde_json::json!({
            "program": program.text(),
            "verb": case.workload.verb(),
            "path": self.address(dataset),
            "written": written,
            "written_at": self.address_of(dataset.kind, &written),
            "memory": dataset.kind == Kind::Memory,
            "format": if dataset.is_v2() { 2 } else { 3 },
            "field": dataset.field(),
            "wants": case.workload.wants(dataset),
            "cold": case.workload.is_cold(),
            "at_once": case.workload.is_at_once(),
            "dtype": dataset.element.numpy(),
            "copy": document(&case.workload.copied(dataset)),
            "repeats": self.repeats,
            "template": template,
            "values": values,
            "out": out,
        }))?;
        std::fs::write(&job, text)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/run.py");
        let mut command = case.process(python);
        command.arg(script).arg(&job).envs(self.environment());
        let found: Timed = answer(&mut command)?;
        let (checksum, expected) = if writes {
            self.check_writes(program, case, &written)?
        } else {
            let read = std::fs::read(&out)?;
            // Cut as it was read, since the checksum is that of all calls.
            let mut rest = &read[..];
            let wants = case.workload.wants(&case.dataset);
            let cut = |want: &Want| {
                let len = match want {
                    Want::Nodes => rest.len(),
                    _ => rest.len().min(want.cells() * case.dataset.element.size()),
                };
                let (one, after) = rest.split_at(len);
                rest = after;
                one
            };
            let parts: Vec<_> = wants.iter().map(cut).collect();
            (checksum(parts), self.expected_of_reads(case)?)
        };
        for left in [job, values, out] {
            let _ = std::fs::remove_file(left);
        }
        remove(&template)?;
        Ok(Sample {
            seconds: found.seconds,
            peak_rss_mb: found.peak_rss_mb,
            checksum,
            expected,
            requests: None,
        })
    }
}
