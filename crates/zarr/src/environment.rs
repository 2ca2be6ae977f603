//! Settings from environment variables, and the default context made of them. The names are zarr-python's: `ZARR_` and
//! the key in capitals, with `__` for each dot, as in `ZARR_ARRAY__WRITE_EMPTY_CHUNKS=true`.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::time::Duration;

use zarr_core::{Config, Context};
use zarr_metadata::{Indent, Order, ZarrFormat};

/// The settings of the environment variables, under zarr-python's names.
///
/// An invalid value changes nothing and is listed in [`Config::problems`]. Settings that have no meaning in this library,
/// such as `ZARR_BUFFER`, are ignored. Operations without a context of their own have these settings, which are read
/// once.
///
/// ```
/// use zarr::{Config, Context};
/// let config = Config { write_empty_chunks: true, ..zarr::config_from_env() };
/// let context = Context::builder().config(config).build();
/// ```
pub fn config_from_env() -> Config {
    let text = |(key, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((key.into_string().ok()?, value.into_string().ok()?))
    };
    from_variables(variables().filter_map(text))
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::env::vars_os as variables;

/// WebAssembly without a host has none, and the standard library panics when it is asked.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn variables() -> std::iter::Empty<(std::ffi::OsString, std::ffi::OsString)> {
    std::iter::empty()
}

/// The context of operations that you give none: immutable and shared by the whole process.
pub fn default_context() -> Context {
    static DEFAULT: OnceLock<Context> = OnceLock::new();
    let new = || Context::builder().config(config_from_env()).build();
    DEFAULT.get_or_init(new).clone()
}

/// The settings of these variables.
fn from_variables<K: AsRef<str>, V: AsRef<str>>(
    variables: impl IntoIterator<Item = (K, V)>,
) -> Config {
    let mut config = Config::default();
    for (name, value) in variables {
        let (name, value) = (name.as_ref(), value.as_ref());
        let key = name.strip_prefix("ZARR_").map(str::to_ascii_lowercase);
        let Some(key) = key else { continue };
        if let Err(problem) = set(&mut config, &key.replace("__", "."), bare(value)) {
            let problem = format!("{name}: `{}` {problem}", value.escape_debug());
            config.problems.push(problem);
        }
    }
    config
}

fn set(config: &mut Config, key: &str, value: &str) -> Result<(), &'static str> {
    match key {
        "default_zarr_format" => {
            config.default_zarr_format = Some(match value {
                "2" => ZarrFormat::V2,
                "3" => ZarrFormat::V3,
                _ => return Err("is neither 2 nor 3"),
            });
        }
        "array.order" => {
            config.order = Some(match value {
                "C" | "c" => Order::C,
                "F" | "f" => Order::F,
                _ => return Err("is neither `C` nor `F`"),
            });
        }
        "array.write_empty_chunks" => config.write_empty_chunks = truth(value)?,
        "array.read_missing_chunks" => config.read_missing_chunks = Some(truth(value)?),
        "array.target_shard_size_bytes" => {
            config.target_shard_size_bytes = count(value)?.map(|n| n.get() as u64);
        }
        "array.rectilinear_chunks" => config.rectilinear_chunks = Some(truth(value)?),
        "array.sharding_coalesce_max_gap_bytes" => {
            config.sharding_coalesce_max_gap_bytes = bytes(value)?;
        }
        "array.sharding_coalesce_max_bytes" => config.sharding_coalesce_max_bytes = bytes(value)?,
        "async.concurrency" => config.concurrency = count(value)?,
        "threading.max_workers" => config.max_workers = count(value)?,
        "async.timeout" => {
            let seconds = match value {
                "None" | "null" | "" => None,
                text => Some(text.parse().map_err(|_| "is not a number of seconds")?),
            };
            let time = seconds.map(Duration::try_from_secs_f64).transpose();
            config.timeout = time.map_err(|_| "is not a possible time")?;
        }
        // Not a setting of zarr-python.
        "ignore_checksums" => config.ignore_checksums = truth(value)?,
        "json_indent" => {
            config.json_indent = match value {
                "None" | "null" | "" => Indent::Compact,
                text => Indent::Spaces(text.parse().map_err(|_| "is not a number of spaces")?),
            };
        }
        _ => {}
    }
    Ok(())
}

/// The value without the quotes that a Python string may have.
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

/// A number of bytes; `None` leaves it to the store.
fn bytes(value: &str) -> Result<Option<u64>, &'static str> {
    match value {
        "None" | "null" | "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| "is not a number of bytes"),
    }
}

/// A count; 0 and `None` leave the choice to the library.
fn count(value: &str) -> Result<Option<NonZeroUsize>, &'static str> {
    match value {
        "None" | "null" | "" => Ok(None),
        text => match text.parse() {
            Ok(n) => Ok(NonZeroUsize::new(n)),
            Err(_) => Err("is not a count"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_zarr_python() {
        let config = from_variables([
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
            ("ZARR_IGNORE_CHECKSUMS", "true"),
            ("ZARR_ARRAY__RECTILINEAR_CHUNKS", "False"),
            ("ZARR_ARRAY__SHARDING_COALESCE_MAX_GAP_BYTES", "0"),
            ("ZARR_ARRAY__SHARDING_COALESCE_MAX_BYTES", "4096"),
            ("HOME", "/"),
        ]);
        let expected = Config {
            default_zarr_format: Some(ZarrFormat::V2),
            order: Some(Order::F),
            write_empty_chunks: true,
            read_missing_chunks: Some(false),
            target_shard_size_bytes: Some(1 << 20),
            target_chunk_size_bytes: None,
            rectilinear_chunks: Some(false),
            sharding_coalesce_max_gap_bytes: Some(0),
            sharding_coalesce_max_bytes: Some(4096),
            compressors: None,
            concurrency: NonZeroUsize::new(7),
            timeout: Some(Duration::from_millis(1500)),
            max_workers: NonZeroUsize::new(3),
            json_indent: Indent::Spaces(4),
            strict_json: false,
            write_empty_zattrs: false,
            leave_consolidated: false,
            ignore_checksums: true,
            inner_chunk_order: None,
            problems: vec![],
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn a_problem_names_the_variable_and_its_value() {
        let wrong = from_variables([("ZARR_ARRAY__ORDER", "Z")]);
        assert_eq!(
            wrong.problems,
            ["ZARR_ARRAY__ORDER: `Z` is neither `C` nor `F`"]
        );
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
        let config = from_variables(variables);
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
        assert_eq!(from_variables(none), Config::default());
    }
}
