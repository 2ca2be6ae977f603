//! The settings that zarr-python has, as a value, and from the environment under its names. Nothing here
//! is global: a `Config` lies in a `Context`, which is handed down.

use std::num::NonZeroUsize;
use std::time::Duration;

use zarr_metadata::{Extension, Indent, Order, ZarrFormat};

/// What is done where nobody says otherwise.
///
/// ```
/// use zarr_core::{Config, Context};
/// let config = Config { write_empty_chunks: true, ..Config::default() };
/// let context = Context::builder().config(config).build();
/// assert!(context.config().write_empty_chunks);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `default_zarr_format`: the format of nodes that are created without naming one; 3 if not set.
    pub default_zarr_format: Option<ZarrFormat>,
    /// `array.order`: how elements lie in the chunks of new arrays of format 2. Arrays in memory are
    /// in C order, whatever this says.
    pub order: Option<Order>,
    /// `array.write_empty_chunks`: whether chunks that hold only the fill value are stored.
    pub write_empty_chunks: bool,
    /// `array.read_missing_chunks`: whether chunks that are not stored are read as fill values, which
    /// they are if not set, or are an error.
    pub read_missing_chunks: Option<bool>,
    /// `array.target_shard_size_bytes`: how large shards may be that are guessed, before they are
    /// encoded; 64 MiB if not set.
    pub target_shard_size_bytes: Option<u64>,
    /// The compressors of new arrays for which none are named; zstd if not set.
    pub compressors: Option<Vec<Extension>>,
    /// `async.concurrency`: the most requests at once to one store, where that is less than what the
    /// store likes.
    pub concurrency: Option<NonZeroUsize>,
    /// `async.timeout`: how long a service may take for one request.
    pub timeout: Option<Duration>,
    /// `threading.max_workers`: how many threads decode and encode; one for each core if not set.
    pub max_workers: Option<NonZeroUsize>,
    /// `json_indent`: how the text of documents is laid out; by two spaces if not set.
    pub json_indent: Indent,
    /// Whether attributes with NaN or an infinity are refused. JSON has no such numbers; if this is not
    /// set they are written bare, as zarr-python does, which reads them again.
    pub strict_json: bool,
    /// Whether consolidated metadata stays as it is where nodes below its group are created, changed,
    /// moved or deleted. If not set it is kept true: what changes below is changed in it too, in every
    /// group above the node in its store; that costs a look at these groups, and where there is
    /// consolidated metadata a write of it. Whoever makes very many nodes one by one may leave it, and
    /// consolidate once. zarr-python always leaves it.
    pub leave_consolidated: bool,
    /// What was set where this came from and not understood, with the variables that say it.
    pub problems: Vec<String>,
}

impl Config {
    /// The settings of the environment, under the names zarr-python gives them: `ZARR_` and the key in
    /// capitals, with `__` for each dot, as in `ZARR_ARRAY__WRITE_EMPTY_CHUNKS=true`.
    ///
    /// A value that makes no sense changes nothing, and [`problems`](Self::problems) tells of it.
    /// Settings that mean nothing here, such as `ZARR_BUFFER`, are passed over.
    pub fn from_env() -> Self {
        let text = |(key, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((key.into_string().ok()?, value.into_string().ok()?))
        };
        Self::from_variables(std::env::vars_os().filter_map(text))
    }

    /// The settings of such variables.
    ///
    /// ```
    /// use zarr_core::Config;
    /// let config = Config::from_variables([("ZARR_ASYNC__CONCURRENCY", "64")]);
    /// assert_eq!(config.concurrency.map(|n| n.get()), Some(64));
    /// let wrong = Config::from_variables([("ZARR_ARRAY__ORDER", "Z")]);
    /// assert_eq!(wrong.problems, ["ZARR_ARRAY__ORDER: `Z` is neither `C` nor `F`"]);
    /// ```
    pub fn from_variables<K: AsRef<str>, V: AsRef<str>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut config = Self::default();
        for (name, value) in variables {
            let (name, value) = (name.as_ref(), value.as_ref());
            let key = name.strip_prefix("ZARR_").map(str::to_ascii_lowercase);
            let Some(key) = key else { continue };
            if let Err(problem) = config.set(&key.replace("__", "."), bare(value)) {
                let problem = format!("{name}: `{}` {problem}", value.escape_debug());
                config.problems.push(problem);
            }
        }
        config
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        match key {
            "default_zarr_format" => {
                self.default_zarr_format = Some(match value {
                    "2" => ZarrFormat::V2,
                    "3" => ZarrFormat::V3,
                    _ => return Err("is neither 2 nor 3"),
                });
            }
            "array.order" => {
                self.order = Some(match value {
                    "C" | "c" => Order::C,
                    "F" | "f" => Order::F,
                    _ => return Err("is neither `C` nor `F`"),
                });
            }
            "array.write_empty_chunks" => self.write_empty_chunks = truth(value)?,
            "array.read_missing_chunks" => self.read_missing_chunks = Some(truth(value)?),
            "array.target_shard_size_bytes" => {
                self.target_shard_size_bytes = count(value)?.map(|n| n.get() as u64);
            }
            "async.concurrency" => self.concurrency = count(value)?,
            "threading.max_workers" => self.max_workers = count(value)?,
            "async.timeout" => {
                let seconds = match value {
                    "None" | "null" | "" => None,
                    text => Some(text.parse().map_err(|_| "is no number of seconds")?),
                };
                let time = seconds.map(Duration::try_from_secs_f64).transpose();
                self.timeout = time.map_err(|_| "is no time there can be")?;
            }
            "json_indent" => {
                self.json_indent = match value {
                    "None" | "null" | "" => Indent::Compact,
                    text => Indent::Spaces(text.parse().map_err(|_| "is no number of spaces")?),
                };
            }
            _ => {}
        }
        Ok(())
    }
}

/// Python's texts may come with their quotes.
fn bare(value: &str) -> &str {
    let value = value.trim();
    let within = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

fn truth(value: &str) -> Result<bool, &'static str> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("is neither true nor false"),
    }
}

/// A number of things; none of them, or `None`, leaves the choice open.
fn count(value: &str) -> Result<Option<NonZeroUsize>, &'static str> {
    match value {
        "None" | "null" | "" => Ok(None),
        text => match text.parse() {
            Ok(n) => Ok(NonZeroUsize::new(n)),
            Err(_) => Err("is no count"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_zarr_python() {
        let config = Config::from_variables([
            ("ZARR_DEFAULT_ZARR_FORMAT", "2"),
            ("ZARR_ARRAY__ORDER", "'F'"),
            ("ZARR_ARRAY__WRITE_EMPTY_CHUNKS", "True"),
            ("ZARR_ARRAY__READ_MISSING_CHUNKS", "false"),
            ("ZARR_ASYNC__CONCURRENCY", "7"),
            ("ZARR_ASYNC__TIMEOUT", "1.5"),
            ("ZARR_THREADING__MAX_WORKERS", "3"),
            ("ZARR_BUFFER", "zarr.buffer.gpu.Buffer"),
            ("ZARR_JSON_INDENT", "4"),
            ("ZARR_ARRAY__TARGET_SHARD_SIZE_BYTES", "1048576"),
            ("HOME", "/"),
        ]);
        let expected = Config {
            default_zarr_format: Some(ZarrFormat::V2),
            order: Some(Order::F),
            write_empty_chunks: true,
            read_missing_chunks: Some(false),
            target_shard_size_bytes: Some(1 << 20),
            compressors: None,
            concurrency: NonZeroUsize::new(7),
            timeout: Some(Duration::from_millis(1500)),
            max_workers: NonZeroUsize::new(3),
            json_indent: Indent::Spaces(4),
            strict_json: false,
            leave_consolidated: false,
            problems: vec![],
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn what_makes_no_sense_changes_nothing() {
        let variables = [
            ("ZARR_DEFAULT_ZARR_FORMAT", "4"),
            ("ZARR_ARRAY__ORDER", "K"),
            ("ZARR_ARRAY__WRITE_EMPTY_CHUNKS", "perhaps"),
            ("ZARR_ASYNC__CONCURRENCY", "-1"),
            ("ZARR_ASYNC__TIMEOUT", "nan"),
            ("ZARR_ASYNC__TIMEOUT", "-3"),
            ("ZARR_THREADING__MAX_WORKERS", "99999999999999999999999"),
            ("ZARR_JSON_INDENT", "two"),
        ];
        let config = Config::from_variables(variables);
        assert_eq!(config.problems.len(), variables.len());
        let plain = Config {
            problems: config.problems.clone(),
            ..Config::default()
        };
        assert_eq!(config, plain);
        let none = [
            ("ZARR_ASYNC__TIMEOUT", "None"),
            ("ZARR_THREADING__MAX_WORKERS", "None"),
        ];
        assert_eq!(Config::from_variables(none), Config::default());
    }
}
