//! One measurement: a program does a workload some times over, in a process of its own, so that
//! neither memory nor threads of another program are there. Owns the clock and the files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::cold::evict;
use crate::dataset::{Dataset, Kind, Size};
use crate::far::Far;
use crate::files::remove;
use crate::limit::{Limit, WriteLimit};
use crate::memory::{peak_rss_mb, reset_peak_rss};
use crate::mount;
use crate::program::{Elements, Name, Program};
use crate::source::Source;
use crate::want::Part;
use crate::workload::{Verb, Workload};

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) workload: Workload,
    pub(crate) dataset: Dataset,
}

impl Case {
    /// A program that measures it.
    pub(crate) fn process(&self, program: &Path) -> Command {
        match self.dataset.kind {
            Kind::Mount => mount::delayed(program),
            _ => Command::new(program),
        }
    }
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
    /// To a store that answers over a network, each time.
    #[serde(default)]
    pub(crate) requests: Option<u64>,
}

/// Where arrays lie, and how often each case is done.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) dir: PathBuf,
    size: Size,
    pub(crate) repeats: usize,
    /// The interpreter that has the peers' packages.
    python: Option<PathBuf>,
    /// Where the directory is served, and who serves it, if this process does.
    server: (String, Option<Far>),
}

/// Who serves the directory.
#[derive(Debug)]
pub(crate) enum Server {
    /// This process, from now on.
    Start,
    /// Another one, which is there.
    At(String),
}

impl Bench {
    pub(crate) fn new(
        dir: &Path,
        size: Size,
        repeats: usize,
        python: Option<PathBuf>,
        server: Server,
    ) -> Result<Self> {
        let name = match size {
            Size::Reduced => "reduced",
            Size::Full => "full",
        };
        let (served, dir) = (dir, dir.join(name));
        std::fs::create_dir_all(&dir)?;
        Ok(Self {
            repeats,
            server: match server {
                Server::At(url) => (url, None),
                Server::Start => {
                    let far = Far::new(served)?;
                    (far.url(), Some(far))
                }
            },
            dir,
            size,
            python,
        })
    }

    pub(crate) fn source(&self, dataset: &Dataset) -> Result<Source> {
        Source::cached(&self.dir, dataset)
    }

    pub(crate) fn array(&self, dataset: &Dataset) -> PathBuf {
        self.dir.join(format!("{}.zarr", dataset.name))
    }

    /// What a program opens.
    pub(crate) fn address(&self, dataset: &Dataset) -> String {
        self.address_of(dataset.kind, &self.array(dataset))
    }

    /// A path as programs find it.
    pub(crate) fn address_of(&self, kind: Kind, path: &Path) -> String {
        let served = self.dir.parent().unwrap_or(&self.dir);
        let below = path.strip_prefix(served).unwrap_or(path).display();
        match kind {
            Kind::Far => format!("{}/{below}", self.server.0),
            Kind::Bucket => format!("s3://{below}"),
            Kind::Files | Kind::Mount | Kind::Memory | Kind::Nodes { .. } => {
                path.display().to_string()
            }
        }
    }

    /// What tells clients of S3 where the server is. It does not ask who they are.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT", &self.server.0),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "anyone"),
            ("AWS_SECRET_ACCESS_KEY", "anything"),
        ]
    }

    /// Makes values and array of a data set, where they are not there yet.
    pub(crate) fn prepare(&self, dataset: &Dataset) -> Result<()> {
        let done = self.array(dataset);
        let is_group = matches!(dataset.kind, Kind::Nodes { .. });
        if done.exists() {
            // Programs that consolidate change the group's document.
            return if is_group {
                dataset.create_group(&done)
            } else {
                Ok(())
            };
        }
        let begun = self.dir.join("begun.zarr");
        remove(&begun)?;
        dataset.create(&begun)?;
        if !is_group {
            let values = self.source(dataset)?.all();
            let all = Part::dense([0; 3], dataset.shape);
            let at = begun.display().to_string();
            linked(Name::OursWait, &at, &dataset.in_files())?.write(&all, values)?;
        }
        Ok(std::fs::rename(begun, done)?)
    }

    /// Whether this program can do this case here.
    pub(crate) fn can(&self, program: Name, case: &Case) -> bool {
        let has_python = !program.is_script() || self.python.is_some();
        let has_mount = case.dataset.kind != Kind::Mount || *mount::IS_HERE;
        has_python && has_mount && program.can(case.workload, &case.dataset)
    }

    /// Has another process of this executable [`measure`](Self::measure).
    pub(crate) fn spawn(&self, program: Name, case: &Case) -> Result<Sample> {
        let requests = || self.server.1.as_ref().map(Far::take_requests);
        let _others = requests();
        let mut sample = self.elsewhere(program, case)?;
        if matches!(case.dataset.kind, Kind::Far | Kind::Bucket) {
            sample.requests = requests().map(|all| all / self.repeats.max(1) as u64);
        }
        Ok(sample)
    }

    fn elsewhere(&self, program: Name, case: &Case) -> Result<Sample> {
        if let Some(python) = self.python.as_ref().filter(|_| program.is_script()) {
            return self.script(python, program, case);
        }
        let mut command = case.process(&std::env::current_exe()?);
        let dir = self.dir.parent().unwrap_or(&self.dir);
        let measured = [program.text(), case.workload.text(), case.dataset.name].join("/");
        command.arg("--dir").arg(dir);
        command.arg("--repeats").arg(self.repeats.to_string());
        command.arg("--measure").arg(measured);
        command.arg("--server").arg(&self.server.0);
        command.envs(self.environment());
        if matches!(self.size, Size::Full) {
            command.arg("--full");
        }
        answer(&mut command)
    }

    /// Does one case with one program, here.
    pub(crate) fn measure(&self, program: Name, case: &Case) -> Result<Sample> {
        if program == Name::Limit {
            self.measure_limit(case)
        } else if case.workload.writes() {
            self.measure_writes(program, case)
        } else {
            self.measure_reads(program, case)
        }
    }

    fn measure_limit(&self, case: &Case) -> Result<Sample> {
        let seconds = if case.workload.writes() {
            let limit = WriteLimit::new(&self.source(&case.dataset)?, &case.dataset);
            let dir = self.dir.join("written.zarr");
            let begin = || {
                remove(&dir)?;
                Ok(std::fs::create_dir(&dir)?)
            };
            let seconds = self.times(begin, || limit.run(&dir))?;
            remove(&dir)?;
            seconds
        } else {
            let limit = Limit::new(&self.array(&case.dataset), &case.dataset)?;
            self.times(|| Ok(()), || limit.run())?
        };
        Ok(Sample {
            seconds,
            peak_rss_mb: peak_rss_mb(),
            checksum: 0,
            expected: 0,
            requests: None,
        })
    }

    /// How long something takes, each time, once it has begun.
    fn times(
        &self,
        begin: impl Fn() -> Result<()>,
        run: impl Fn() -> Result<()>,
    ) -> Result<Vec<f64>> {
        let one = |_| {
            begin()?;
            let start = Instant::now();
            run()?;
            Ok(start.elapsed().as_secs_f64())
        };
        (0..self.repeats).map(one).collect()
    }

    fn measure_reads(&self, program: Name, case: &Case) -> Result<Sample> {
        let wants = case.workload.wants(&case.dataset);
        let open = || linked(program, &self.address(&case.dataset), &case.dataset);
        let mut opened = open()?;
        let mut seconds = Vec::with_capacity(self.repeats);
        let mut read = Vec::new();
        reset_peak_rss();
        for _ in 0..self.repeats {
            read = Vec::with_capacity(wants.len());
            if case.workload.is_cold() {
                evict(&self.array(&case.dataset))?;
            }
            let start = Instant::now();
            match case.workload.is_at_once() {
                true => read = opened.read_at_once(&wants)?,
                false => {
                    for want in &wants {
                        if case.workload.verb() == Verb::Open {
                            opened = open()?;
                        }
                        read.push(opened.read(want)?);
                    }
                }
            }
            seconds.push(start.elapsed().as_secs_f64());
        }
        let peak_rss_mb = peak_rss_mb();
        let checksum = checksum(read.iter().map(Elements::bytes));
        drop(read);
        Ok(Sample {
            seconds,
            peak_rss_mb,
            checksum,
            expected: self.expected_of_reads(case)?,
            requests: None,
        })
    }

    pub(crate) fn expected_of_reads(&self, case: &Case) -> Result<u64> {
        let source = self.source(&case.dataset)?;
        let wants = case.workload.wants(&case.dataset);
        let read: Vec<_> = wants.iter().map(|want| source.bytes(want)).collect();
        Ok(checksum(&read))
    }
}

/// What is at a path or an address, by a library that is linked into this executable.
pub(crate) fn linked(program: Name, at: &str, dataset: &Dataset) -> Result<Box<dyn Program>> {
    let opened = program.open(at, dataset)?;
    opened.ok_or_else(|| format!("{} is not in this executable", program.text()).into())
}

/// The JSON that a process prints.
pub(crate) fn answer<T: serde::de::DeserializeOwned>(command: &mut Command) -> Result<T> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

pub(crate) fn checksum(read: impl IntoIterator<Item: AsRef<[u8]>>) -> u64 {
    let mut sum = 0;
    for bytes in read {
        sum += 1;
        let (words, rest) = bytes.as_ref().as_chunks::<8>();
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
