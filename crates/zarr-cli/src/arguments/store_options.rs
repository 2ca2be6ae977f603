//! `--option` and `--to-option`: which store of a command gets which options.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::address::Address;
use crate::address::store_options::StoreOptions;
use crate::failure::Failure;

/// Options of every command that opens stores.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreOptionArgs {
    /// An option of the store, such as region=eu-west-1, anonymous=true or missing_statuses=403; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    option: Vec<OptionArg>,

    /// The same for the second of two stores, to which --option then does not apply
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    to_option: Vec<OptionArg>,
}

/// An option as it was typed. It may be a secret, so nothing shows it; and since clap shows what it cannot parse, it
/// is parsed later.
#[derive(Clone)]
struct OptionArg(String);

impl FromStr for OptionArg {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for OptionArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The options given by an argument of this name.
fn parse(argument: &str, given: &[OptionArg]) -> Result<StoreOptions, Failure> {
    let add = |options: StoreOptions, OptionArg(text): &OptionArg| match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok(options.with(name.trim(), value)),
        _ => {
            let what = format!("{argument}: expected NAME=VALUE, as in region=eu-west-1");
            Err(Failure::usage(what))
        }
    };
    given.iter().try_fold(StoreOptions::default(), add)
}

impl StoreOptionArgs {
    /// Gives the stores of a command their options. Each of two stores gets the options of its kind, so that
    /// `--option` is enough if one of them is a directory; an option of neither kind goes to the first, which refuses
    /// it.
    pub(crate) fn hand_out(&self, addresses: Vec<&mut Address>) -> Result<(), Failure> {
        let options = parse("--option", &self.option)?;
        let second = parse("--to-option", &self.to_option)?;
        match addresses.into_iter().collect::<Vec<_>>().as_mut_slice() {
            [] if !options.is_empty() => {
                Err(Failure::usage("--option: this command opens no store"))
            }
            [from, to] if second.is_empty() => {
                let takers = |name: &str| (from.accepts_option(name), to.accepts_option(name));
                let mine = options.only(|name| takers(name) != (false, true));
                let other = options.only(|name| takers(name).1);
                from.set_options(mine);
                to.set_options(other);
                Ok(())
            }
            [from, to] => {
                from.set_options(options);
                to.set_options(second);
                Ok(())
            }
            _ if !second.is_empty() => {
                let what = "--to-option: this command has no second store";
                Err(Failure::usage(what).advice("use --option"))
            }
            [one] => {
                one.set_options(options);
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
        let given = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| OptionArg((*text).to_owned()))
                .collect()
        };
        let args = StoreOptionArgs {
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
        let options = StoreOptions::default().with("token", "s3cr3t");
        assert_eq!(
            format!("{options:?}{:?}", OptionArg("s3cr3t".into())),
            "[\"token\"]…"
        );
    }
}
