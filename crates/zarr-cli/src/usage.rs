//! Help, versions and wrong arguments.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::ErrorKind;

use zarr::tools::without_secrets;

use crate::Cli;
use crate::failure::{Exit, Failure};

/// Prints help or the version, or says in one line what is wrong with the arguments.
pub(crate) fn answer(error: &clap::Error, arguments: &[OsString]) -> Result<Exit, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            error.print().map_err(|error| Failure::output(&error))?;
            Ok(Exit::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Printed to standard error, whose errors are ignored.
            drop(error.print());
            Ok(Exit::Usage)
        }
        _ => {
            let cli = Cli::command();
            let command = arguments.first().and_then(|name| cli.find_subcommand(name));
            let command =
                command.map_or(String::new(), |command| format!("{} ", command.get_name()));
            let what = one_line(&without_secrets_of(arguments, error.render().to_string()));
            Err(Failure::usage(what).advice(format!("see `zarr {command}--help`")))
        }
    }
}

/// clap's text without the secrets of arguments that it repeats, such as signed addresses.
fn without_secrets_of(arguments: &[OsString], text: String) -> String {
    let texts = arguments.iter().filter_map(|argument| argument.to_str());
    texts.fold(text, |text, argument| {
        let value = argument
            .split_once('=')
            .map_or(argument, |(_, value)| value);
        let shown = [argument, value].map(without_secrets);
        let text = text.replace(argument, &shown[0]);
        if value.contains("://") {
            text.replace(value, &shown[1])
        } else {
            text
        }
    })
}

/// clap's text is paragraphs: what is wrong, tips, the usage, where to find more.
fn one_line(text: &str) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
        .filter(|text| !text.starts_with("Usage:") && !text.starts_with("For more information"));
    let line = paragraphs.collect::<Vec<_>>().join("; ");
    line.strip_prefix("error: ")
        .map_or(line.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], expected: &str) {
        let error = Cli::try_parse_from(["zarr"].iter().chain(arguments)).unwrap_err();
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let failure = answer(&error, &arguments).unwrap_err();
        assert_eq!(
            (failure.exit(), failure.to_string().as_str()),
            (Exit::Usage, expected)
        );
    }

    #[test]
    fn wrong_arguments_are_one_line() {
        check(
            &["read", "a.zarr"],
            "the following required arguments were not provided: --output <FILE.npy>; \
             see `zarr read --help`",
        );
        check(
            &["inf", "a.zarr"],
            "unrecognized subcommand 'inf'; tip: some similar subcommands exist: 'diff', 'info'; \
             see `zarr --help`",
        );
        check(
            &["read", "a.zarr", "-o", "a.npy", "--selection", "0:10, x"],
            "invalid value '0:10, x' for '--selection <INDEX>': column 7: expected an integer, `:`, \
             `...` or `None`; see `zarr read --help`",
        );
        check(
            &["write", "a.npy", "a.zarr", "--chunks", "64,0"],
            "invalid value '64,0' for '--chunks <LENGTHS>': \"0\" is not a length; write them as in \
             64,64; see `zarr write --help`",
        );
        check(
            &["write", "a.npy", "a.zarr", "--zarr-format", "4"],
            "invalid value '4' for '--zarr-format <N>' [possible values: 2, 3]; see `zarr write --help`",
        );
    }

    /// Paragraphs are left to clap, which breaks them where the terminal ends; examples fit into 80 columns.
    #[test]
    fn help_fits_into_a_terminal() {
        let cli = Cli::command();
        for command in std::iter::once(&cli).chain(cli.get_subcommands()) {
            let Some(help) = command.get_after_help() else {
                continue;
            };
            for paragraph in help.to_string().split("\n\n") {
                let name = command.get_name();
                let mut lines = paragraph.lines();
                match paragraph.starts_with("Examples:") {
                    true => assert!(lines.all(|line| line.len() <= 80), "{name}: {paragraph}"),
                    false => assert_eq!(lines.count(), 1, "{name}: {paragraph}"),
                }
            }
        }
    }

    #[test]
    fn no_secret_of_an_argument_is_repeated() {
        let address = "https://me:s3cr3t@h/x.zarr?sig=s3cr3t";
        let output = format!("--older-than={address}");
        for arguments in [
            ["zarr", "info", "x.zarr", address],
            ["zarr", "doctor", "x.zarr", &output],
            ["zarr", address, "x.zarr", "y"],
            ["zarr", "read", "--no-such", address],
            ["zarr", "info", "x.zarr", "--optoin=token=s3cr3t"],
        ] {
            let error = Cli::try_parse_from(arguments).unwrap_err();
            let arguments: Vec<OsString> = arguments.iter().skip(1).map(OsString::from).collect();
            let text = answer(&error, &arguments).unwrap_err().to_string();
            assert!(!text.contains("s3cr3t"), "{text}");
        }
    }

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }
}
