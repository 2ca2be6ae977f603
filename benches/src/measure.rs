//! One measurement: a program does a workload some times over, in a process of its own, so that
//! neither memory nor threads of another program are there. Owns the clock and the files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::dataset::{Dataset, Size};
use crate::program::{Elements, Name, Part, Program};
use crate::source::Source;
use crate::workload::Workload;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) workload: Workload,
    pub(crate) dataset: Dataset,
}

/// What one process found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// One per repeat.
    pub(crate) seconds: Vec<f64>,
    /// The largest resident size of the process.
    pub(crate) peak_rss_mb: f64,
    /// Of what was read, or of what is there after writing.
    pub(crate) checksum: u64,
    /// What the checksum has to be.
    pub(crate) expected: u64,
}

/// Where arrays lie, and how often each case is done.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    dir: PathBuf,
    size: Size,
    repeats: usize,
}

impl Bench {
    pub(crate) fn new(dir: &Path, size: Size, repeats: usize) -> Result<Self> {
        let name = match size {
            Size::Reduced => "reduced",
            Size::Full => "full",
        };
        let dir = dir.join(name);
        std::fs::create_dir_all(&dir)?;
        Ok(Self { dir, size, repeats })
    }

    fn source(&self, dataset: &Dataset) -> Result<Source> {
        let [z, y, x] = dataset.shape;
        Source::cached(&self.dir.join(format!("{z}x{y}x{x}.u16")), dataset.shape)
    }

    fn array(&self, dataset: &Dataset) -> PathBuf {
        self.dir.join(format!("{}.zarr", dataset.name))
    }

    /// Makes values and array of a data set, where they are not there yet.
    pub(crate) fn prepare(&self, dataset: &Dataset) -> Result<()> {
        let values = self.source(dataset)?.into_values();
        let done = self.array(dataset);
        if done.exists() {
            return Ok(());
        }
        let begun = self.dir.join("begun.zarr");
        remove(&begun)?;
        dataset.create(&begun)?;
        let all = Part::dense([0; 3], dataset.shape);
        Name::OursWait.open(&begun)?.write(&all, values)?;
        Ok(std::fs::rename(begun, done)?)
    }

    /// Has another process of this executable [`measure`](Self::measure).
    pub(crate) fn spawn(&self, program: Name, case: &Case) -> Result<Sample> {
        let mut command = Command::new(std::env::current_exe()?);
        let dir = self.dir.parent().unwrap_or(&self.dir);
        let measured = [program.text(), case.workload.text(), case.dataset.name].join("/");
        command.arg("--dir").arg(dir);
        command.arg("--repeats").arg(self.repeats.to_string());
        command.arg("--measure").arg(measured);
        if matches!(self.size, Size::Full) {
            command.arg("--full");
        }
        let output = command.stderr(std::process::Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{command:?}: {}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Does one case with one program, here.
    pub(crate) fn measure(&self, program: Name, case: &Case) -> Result<Sample> {
        let parts = case.workload.parts(&case.dataset);
        if case.workload.writes() {
            self.measure_writes(program, case, &parts)
        } else {
            self.measure_reads(program, case, &parts)
        }
    }

    fn measure_reads(&self, program: Name, case: &Case, parts: &[Part]) -> Result<Sample> {
        let mut opened = program.open(&self.array(&case.dataset))?;
        let mut seconds = Vec::with_capacity(self.repeats);
        let mut read = Vec::new();
        reset_peak_rss();
        for _ in 0..self.repeats {
            read = Vec::with_capacity(parts.len());
            let start = Instant::now();
            for part in parts {
                read.push(opened.read(part)?);
            }
            seconds.push(start.elapsed().as_secs_f64());
        }
        let peak_rss_mb = peak_rss_mb();
        let checksum = checksum(&read);
        drop(read);
        let source = self.source(&case.dataset)?;
        let expected: Vec<_> = parts
            .iter()
            .map(|part| Elements::Typed(source.values(part)))
            .collect();
        let expected = self::checksum(&expected);
        Ok(Sample {
            seconds,
            peak_rss_mb,
            checksum,
            expected,
        })
    }

    fn measure_writes(&self, program: Name, case: &Case, parts: &[Part]) -> Result<Sample> {
        let path = self.dir.join("written.zarr");
        let mut seconds = Vec::with_capacity(self.repeats);
        let mut peak = 0.0_f64;
        for _ in 0..self.repeats {
            remove(&path)?;
            if case.workload.needs_array() {
                copy(&self.array(&case.dataset), &path)?;
            } else {
                case.dataset.create(&path)?;
            }
            let values = self.new_values(case, parts)?;
            let mut opened = program.open(&path)?;
            reset_peak_rss();
            let start = Instant::now();
            for (part, values) in parts.iter().zip(values) {
                opened.write(part, values)?;
            }
            seconds.push(start.elapsed().as_secs_f64());
            peak = peak.max(peak_rss_mb());
        }
        let all = Part::dense([0; 3], case.dataset.shape);
        let written = program.other().open(&path)?.read(&all)?;
        let mut source = self.source(&case.dataset)?;
        for (part, values) in parts.iter().zip(self.new_values(case, parts)?) {
            source.write(part, values)?;
        }
        remove(&path)?;
        Ok(Sample {
            seconds,
            peak_rss_mb: peak,
            checksum: checksum(&[written]),
            expected: checksum(&[Elements::Typed(source.into_values())]),
        })
    }

    /// What is written to each part: in an array that is there, not what is there.
    fn new_values(&self, case: &Case, parts: &[Part]) -> Result<Vec<Vec<u16>>> {
        let source = self.source(&case.dataset)?;
        if case.workload == Workload::WriteAll {
            return Ok(vec![source.into_values()]);
        }
        let changed = |part| {
            source
                .values(part)
                .into_iter()
                .map(|value| value ^ 1)
                .collect()
        };
        Ok(parts.iter().map(changed).collect())
    }
}

fn checksum(read: &[Elements]) -> u64 {
    let mut sum = read.len() as u64;
    for elements in read {
        let (words, rest) = elements.bytes().as_chunks::<8>();
        let rest = rest.iter().map(|&byte| u64::from(byte));
        for word in words
            .iter()
            .map(|&word| u64::from_le_bytes(word))
            .chain(rest)
        {
            sum = (sum ^ word)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(29);
        }
    }
    sum
}

/// Has the system forget how large this process once was. Elsewhere than on Linux: does nothing.
fn reset_peak_rss() {
    // Refused in some containers: the figure is then that of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The largest resident size of this process, or 0 where the system does not tell.
fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
