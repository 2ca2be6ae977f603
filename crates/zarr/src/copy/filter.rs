//! Which paths or keys are copied, by regular expressions: zarr-python 2's rule.

use std::sync::Arc;

use regex_lite::Regex;
use zarr_core::copy::Choice;
use zarr_core::{Error, Result};

/// Leaves out what one of `excludes` finds and none of `includes` does.
pub(crate) struct Filter {
    includes: Vec<Regex>,
    excludes: Vec<Regex>,
}

impl Filter {
    /// `None` where everything is meant.
    pub(crate) fn new(includes: &[String], excludes: &[String]) -> Result<Option<Self>> {
        let filter = Self {
            includes: compiled("includes", includes)?,
            excludes: compiled("excludes", excludes)?,
        };
        Ok(Some(filter).filter(|filter| !filter.excludes.is_empty()))
    }

    fn is_meant(&self, path: &str) -> bool {
        let found = |patterns: &[Regex]| patterns.iter().any(|pattern| pattern.is_match(path));
        !found(&self.excludes) || found(&self.includes)
    }

    pub(crate) fn into_choice(self) -> Choice {
        Arc::new(move |path| self.is_meant(path))
    }
}

fn compiled(name: &'static str, patterns: &[String]) -> Result<Vec<Regex>> {
    let compile = |pattern: &String| {
        let wrong = |error| Error::argument(name, format!("`{pattern}`: {error}"));
        Regex::new(pattern).map_err(wrong)
    };
    patterns.iter().map(compile).collect()
}
