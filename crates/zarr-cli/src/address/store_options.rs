//! Options of stores, as `--option` gives them: which store gets which. What they mean is the store's.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::address::Address;
use crate::failure::Failure;

/// What every command takes that opens stores.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An option of the store, as in region=eu-west-1, anonymous=true or missing_statuses=403; several times for several
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    option: Vec<Given>,

    /// The same for the second of two stores, which then gets none of --option
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    to_option: Vec<Given>,
}

/// An option as it was typed. It may hold a secret, so nothing shows it; and clap shows what it cannot parse, so it
/// is taken apart later.
#[derive(Clone)]
struct Given(String);

impl FromStr for Given {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The options of one store. Their values are not shown.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Options(Vec<(String, String)>);

impl Options {
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The same with one more, which comes last.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn read(option: &str, given: &[Given]) -> Result<Self, Failure> {
        let pair = |Given(text): &Given| match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok((name.trim().to_owned(), value.to_owned()))
            }
            _ => {
                let what =
                    format!("{option}: a name, `=` and a value are needed, as in region=eu-west-1");
                Err(Failure::usage(what))
            }
        };
        given.iter().map(pair).collect::<Result<_, _>>().map(Self)
    }

    fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = self.0.iter().filter(|(name, _)| keep(name));
        Self(kept.cloned().collect())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Args {
    /// Gives the stores of a command their options. Of two, each gets what is for its kind, so that one `--option` does
    /// where the other store is a directory; what is for neither stays with the first, which refuses it.
    pub(crate) fn hand_out(&self, addresses: Vec<&mut Address>) -> Result<(), Failure> {
        let options = Options::read("--option", &self.option)?;
        let second = Options::read("--to-option", &self.to_option)?;
        match addresses.into_iter().collect::<Vec<_>>().as_mut_slice() {
            [] if !options.0.is_empty() => {
                Err(Failure::usage("--option: this command opens no store"))
            }
            [from, to] if second.0.is_empty() => {
                let takers = |name: &str| (from.takes(name), to.takes(name));
                let mine = options.only(|name| takers(name) != (false, true));
                let other = options.only(|name| takers(name).1);
                from.give(mine);
                to.give(other);
                Ok(())
            }
            [from, to] => {
                from.give(options);
                to.give(second);
                Ok(())
            }
            _ if !second.0.is_empty() => {
                let what = "--to-option: this command has no second store";
                Err(Failure::usage(what).advice("give it by --option"))
            }
            [one] => {
                one.give(options);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(
        option: &[&str],
        to_option: &[&str],
        addresses: &[&str],
    ) -> Result<Vec<String>, String> {
        let given = |texts: &[&str]| texts.iter().map(|text| Given((*text).to_owned())).collect();
        let args = Args {
            option: given(option),
            to_option: given(to_option),
        };
        let mut addresses: Vec<Address> =
            addresses.iter().map(|text| text.parse().unwrap()).collect();
        let handed = args.hand_out(addresses.iter_mut().collect());
        handed.map_err(|failure| failure.to_string())?;
        let shown = addresses.iter().map(|address| {
            let options = address.options();
            let pairs = options.pairs().into_iter();
            let pairs: Vec<String> = pairs
                // What every store is told.
                .filter(|pair| *pair != ("finish", "sync"))
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.join(" ")
        });
        Ok(shown.collect())
    }

    #[test]
    fn each_store_gets_what_is_for_it() {
        let (s3, http, file, memory) = ("s3://b/x", "https://h/x", "x.zarr", "memory:");
        let region = ["region=eu", "anonymous=true"];
        let both = "region=eu anonymous=true";
        for (option, to_option, addresses, expected) in [
            (
                region.as_slice(),
                [].as_slice(),
                [s3].as_slice(),
                [both].as_slice(),
            ),
            (&["a=b=c"], &[], &[http], &["a=b=c"]),
            (&region, &[], &[s3, file], &[both, ""]),
            (&region, &[], &[file, s3], &["", both]),
            (&region, &[], &[s3, s3], &[both, both]),
            (
                &["symlinks=inside"],
                &[],
                &[file, s3],
                &["symlinks=inside", ""],
            ),
            (
                &["authorization=x"],
                &region,
                &[http, s3],
                &["authorization=x", both],
            ),
            (&[], &region, &[file, s3], &["", both]),
            (&region, &[], &[file, memory], &[both, ""]),
            (&region, &[], &["https://h/x.zip|zip:a", file], &[both, ""]),
        ] {
            assert_eq!(handed(option, to_option, addresses).unwrap(), expected);
        }
    }

    #[test]
    fn what_cannot_be_handed_out_is_refused_and_not_shown() {
        for (option, to_option, addresses) in [
            (["s3cr3t"].as_slice(), [].as_slice(), ["x"].as_slice()),
            (&["=s3cr3t"], &[], &["x"]),
            (&[], &["token=s3cr3t"], &["x"]),
            (&["token=s3cr3t"], &[], &[]),
        ] {
            let error = handed(option, to_option, addresses).unwrap_err();
            assert!(
                error.contains("option") && !error.contains("s3cr3t"),
                "{error}"
            );
        }
        let options = Options::default().with("token", "s3cr3t");
        assert_eq!(
            format!("{options:?}{:?}", Given("s3cr3t".into())),
            "[\"token\"]…"
        );
    }
}
