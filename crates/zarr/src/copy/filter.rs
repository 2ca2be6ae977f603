//! Which paths or keys a copy takes, by regular expressions, as in zarr-python 2.

use std::sync::Arc;

use regex_lite::Regex;
use zarr_core::copy::Choice;
use zarr_core::{Error, Result};

/// Takes what no pattern of `excludes` finds, and what one of `includes` finds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    includes: Vec<String>,
    excludes: Vec<String>,
}

impl Filter {
    pub(crate) fn include<P: Into<String>>(&mut self, patterns: impl IntoIterator<Item = P>) {
        self.includes.extend(patterns.into_iter().map(Into::into));
    }

    pub(crate) fn exclude<P: Into<String>>(&mut self, patterns: impl IntoIterator<Item = P>) {
        self.excludes.extend(patterns.into_iter().map(Into::into));
    }

    /// The filter as the engine asks it; `None` takes everything.
    pub(crate) fn choice(&self) -> Result<Option<Choice>> {
        let includes = compiled("includes", &self.includes)?;
        let excludes = compiled("excludes", &self.excludes)?;
        if excludes.is_empty() {
            return Ok(None);
        }
        Ok(Some(Arc::new(move |path| {
            let found = |patterns: &[Regex]| patterns.iter().any(|pattern| pattern.is_match(path));
            !found(&excludes) || found(&includes)
        })))
    }
}

fn compiled(name: &'static str, patterns: &[String]) -> Result<Vec<Regex>> {
    let compile = |pattern: &String| {
        let wrong = |error| Error::argument(name, format!("`{pattern}`: {error}"));
        Regex::new(pattern).map_err(wrong)
    };
    patterns.iter().map(compile).collect()
}
