//! Explains why the arguments of the command line are refused: what is wrong, and what would be
//! right.
//!
//! The parser's own messages are not printed, because they repeat arguments. Any argument may name
//! a person, even a mistyped one. The words of these messages come only from the definition of the
//! commands.

use std::ffi::OsString;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use piitrail_flow::home::{Account, Region};
use piitrail_flow::time::DAY_EXPECTED;

use crate::args::{DAYS_EXPECTED, MONTHS_EXPECTED};
use crate::pointer::Pointer;

mod commands;
mod nearest;

use commands::{NamedCommand, commands};
use nearest::{nearest, nearest_by};

/// The end of a message that leaves out what was typed.
const NOT_REPEATED: &str = "it is not repeated here, because it may name a person";

/// Returns the lines of the message about arguments that are refused.
pub(crate) fn refusal(error: &Error, arguments: impl Iterator<Item = OsString>) -> Vec<String> {
    let commands = commands();
    let Some(program) = commands.first() else {
        return Vec::new();
    };
    let asked = program.follow(&commands, arguments);
    lines(&asked.path, problem(error, &commands, asked))
}

/// Returns the lines of a refusal as they are printed: what is wrong, what would be right, and
/// where the help is.
pub(crate) fn lines(command: &str, mut lines: Vec<String>) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, "piitrail: ");
    }
    for line in lines.iter_mut().skip(1) {
        line.insert_str(0, "  ");
    }
    lines.push(format!("  see `{command} --help`"));
    lines
}

/// Returns what is wrong, and then what would be right.
fn problem(error: &Error, commands: &[NamedCommand], asked: &NamedCommand) -> Vec<String> {
    let name = &asked.name;
    let mut lines = Vec::new();
    let argument = context(error, ContextKind::InvalidArg).join(" and ");
    let option = argument.split(' ').next().unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => return unknown_argument(&argument, commands, asked),
        ErrorKind::InvalidSubcommand => {
            let kind = asked.kind_of_subcommands();
            lines.push(format!("{name} has no such {kind}"));
            let given = context(error, ContextKind::InvalidSubcommand).concat();
            lines.push(match asked.nearest_command(&given, commands) {
                Some(path) => format!("did you mean `{path}`?"),
                None => asked.subcommands(),
            });
        }
        ErrorKind::MissingSubcommand => {
            let kind = asked.kind_of_subcommands();
            lines.push(format!("{name} needs the name of a {kind}"));
            lines.push(asked.subcommands());
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = context(error, ContextKind::InvalidArg);
            lines.push(format!("{name} needs {}", plain(&missing.join(" and "))));
            lines.push(asked.usage(&missing));
        }
        ErrorKind::ArgumentConflict => {
            let others = context(error, ContextKind::PriorArg);
            if others.is_empty() || others.contains(&argument) {
                lines.push(format!("{option} is given more than once"));
                lines.push(format!("{name} takes it once"));
            } else {
                let (one, others) = (plain(&argument), plain(&others.join(" and ")));
                lines.push(format!("{name} does not take {one} together with {others}"));
                lines.push("leave out one of them".to_owned());
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let is_missing = matches!(
                error.get(ContextKind::InvalidValue),
                Some(ContextValue::String(value)) if value.is_empty()
            );
            lines.push(if is_missing {
                format!("{option} needs a value")
            } else {
                format!("the value of {option} cannot be used")
            });
            let values = context(error, ContextKind::ValidValue);
            if !values.is_empty() {
                lines.push(format!("expected one of {}", values.join(", ")));
            }
            if let Some(expected) = expected_of(&argument) {
                lines.push(format!("expected {expected}"));
            }
        }
        ErrorKind::TooManyValues => lines.push(format!("{option} takes no value")),
        ErrorKind::InvalidUtf8 => lines.push("an argument is not valid UTF-8".to_owned()),
        _ => lines.push(format!("{name} cannot be run with these arguments")),
    }
    lines
}

/// Explains an argument that the command does not have. It is shown only if it is an option of
/// another command.
fn unknown_argument(
    argument: &str,
    commands: &[NamedCommand],
    asked: &NamedCommand,
) -> Vec<String> {
    let name = &asked.name;
    let given = argument.split(['=', ' ']).next().unwrap_or_default();
    let long = given.strip_prefix("--").unwrap_or_default();
    let owners: Vec<String> = commands
        .iter()
        .filter(|command| !long.is_empty() && command.options().any(|option| option == long))
        .map(|command| command.name.clone())
        .collect();
    if !owners.is_empty() {
        return vec![
            format!("{name} has no option --{long}"),
            format!("--{long} belongs to {}", owners.join(", ")),
            asked.list_of_options(),
        ];
    }
    let own = nearest(long, asked.options()).map(|option| format!("did you mean --{option}?"));
    let suggested = own.or_else(|| {
        let options = commands
            .iter()
            .flat_map(|command| command.options().map(move |option| (command, option)));
        nearest_by(long, options, |(_, option)| option)
            .map(|(owner, option)| format!("did you mean --{option} of {}?", owner.name))
    });
    vec![
        format!("{name} has no such argument; {NOT_REPEATED}"),
        suggested.unwrap_or_else(|| asked.list_of_options()),
    ]
}

/// Returns a description of the value that an argument takes, by the name of the value in its
/// definition: `--from <DAY>`.
fn expected_of(defined: &str) -> Option<&'static str> {
    let (_, value) = defined.rsplit_once('<')?;
    Some(match value.trim_end_matches(['.', '>']) {
        "DAY" => DAY_EXPECTED,
        "DAYS" => DAYS_EXPECTED,
        "MONTHS" => MONTHS_EXPECTED,
        "POINTER" => Pointer::EXPECTED,
        "ACCOUNT" => Account::EXPECTED,
        "REGION" => Region::EXPECTED,
        "EPOCH" => {
            "the name of an epoch, as in 2026-q4: letters, digits, dots, hyphens and underscores"
        }
        "FILE" => "the name of a file",
        _ => return None,
    })
}

/// Returns an argument without the brackets of its definition: `--from DAY` for `--from <DAY>`.
fn plain(defined: &str) -> String {
    defined.replace(['<', '>', '[', ']'], "").replace("...", "")
}

/// Returns what an error says about the arguments, in the form of their definition: `--from <DAY>`.
fn context(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Args;

    /// Returns the message about arguments that are refused.
    fn refused(line: &str) -> String {
        let arguments = || line.split(' ').map(OsString::from);
        let error = Args::try_parse_from(std::iter::once("piitrail".into()).chain(arguments()))
            .expect_err(line);
        refusal(&error, arguments()).join("\n")
    }

    #[test]
    fn every_refusal_says_what_is_wrong_and_what_would_be_right() {
        for (line, expected) in [
            (
                "trace --store a --store b",
                "piitrail: --store is given more than once\n  trace takes it once\n  see `piitrail trace --help`",
            ),
            (
                "topology import",
                "piitrail: topology import needs FILE\n  usage: piitrail topology import [OPTIONS] <FILE>...\n",
            ),
            (
                "topology import a --from 2026-11-01",
                "piitrail: topology import needs --store FILE\n  usage: piitrail topology import [OPTIONS] <FILE>... --store <FILE>\n",
            ),
            (
                "subject key shred",
                "piitrail: subject key shred needs --subject-key FILE and EPOCH\n  usage: piitrail subject key shred [OPTIONS] --subject-key <FILE> <EPOCH>\n",
            ),
            (
                "topology show a --on 2026-11-01",
                "piitrail: topology show does not take FILE together with --on DAY\n  leave out one of them\n",
            ),
            (
                "trace a --services s.yaml",
                "piitrail: trace needs --topology FILE\n",
            ),
            (
                "trace a --region eu-west-1",
                "piitrail: trace needs --topology FILE\n",
            ),
            (
                "topology show --account 222222222222",
                "piitrail: topology show needs FILE\n",
            ),
            (
                "topology pull --policy --store s",
                "piitrail: topology pull does not take --policy together with --store FILE\n",
            ),
            (
                "topology pull --policy --service sqs",
                "piitrail: topology pull does not take --policy together with --service SERVICE\n",
            ),
            (
                "report --schema map",
                "piitrail: report map does not take --schema together with QUESTION\n",
            ),
            (
                "--quiet",
                "piitrail: piitrail needs the name of a command\n  its commands are trace, scan, ",
            ),
            (
                "report --quiet",
                "piitrail: report needs the name of a question\n  its questions are map, subject, drift\n",
            ),
            (
                "roll-up --days",
                "piitrail: --days needs a value\n  expected a whole number from 31 to 36500\n",
            ),
            (
                "scan --config",
                "piitrail: --config needs a value\n  expected the name of a file\n",
            ),
            (
                "scan --format xml",
                "piitrail: the value of --format cannot be used\n  expected one of text, jsonl\n",
            ),
            (
                "roll-up --days -1",
                "piitrail: the value of --days cannot be used\n  expected a whole number from 31 to 36500\n",
            ),
            (
                "roll-up --months 1",
                "piitrail: the value of --months cannot be used\n  expected a whole number from 2 to 1200\n",
            ),
            (
                "scan --at event",
                "piitrail: the value of --at cannot be used\n  expected a JSON Pointer (RFC 6901)",
            ),
            ("serve", "piitrail: piitrail has no such command\n  "),
            (
                "scan --grace.hopper",
                "piitrail: scan has no such argument; it is not repeated here, because it may name a person\n",
            ),
            ("scan --quiet=1", "piitrail: --quiet takes no value\n"),
        ] {
            let told = refused(line);
            assert!(told.starts_with(expected), "{line}:\n{told}");
            assert!(told.ends_with(" --help`"), "{line}:\n{told}");
        }
    }

    #[test]
    fn a_mistyped_option_or_command_is_answered_with_the_nearest_one() {
        for (line, expected) in [
            ("report map --tiers restricted", "did you mean --tier?"),
            (
                "report map --without-persons",
                "did you mean --without-people?",
            ),
            ("report map --out map.csv", "did you mean --output?"),
            ("subject id --emial a", "did you mean --email?"),
            (
                "trace a.json --formt json",
                "did you mean --format of scan?",
            ),
            ("repot map", "did you mean `piitrail report`?"),
            ("rollup", "did you mean `piitrail roll-up`?"),
            ("map", "did you mean `piitrail report map`?"),
            ("report maps", "did you mean `piitrail report map`?"),
            (
                "subject rotate",
                "did you mean `piitrail subject key rotate`?",
            ),
        ] {
            let told = refused(line);
            assert_eq!(
                told.lines().nth(1).unwrap().trim(),
                expected,
                "{line}:\n{told}"
            );
        }
    }

    #[test]
    fn where_no_option_is_near_all_are_listed() {
        for line in ["scan --xyzzy", "scan -x", "subject key list key"] {
            let told = refused(line);
            assert!(told.contains("\n  its options are --"), "{line}:\n{told}");
        }
    }

    #[test]
    fn an_option_of_another_command_is_answered_with_its_owners() {
        let told = refused("trace a.json --format json");
        assert!(
            told.starts_with("piitrail: trace has no option --format\n"),
            "{told}"
        );
        assert!(
            told.contains("\n  --format belongs to scan, report map, report subject, report drift, topology show, topology diff\n"),
            "{told}"
        );
        assert!(
            told.contains("\n  its options are --at, --config, --store, "),
            "{told}"
        );
    }

    #[test]
    fn every_command_and_option_has_a_help_text_of_its_own() {
        for command in commands() {
            let about = command.command.get_about().unwrap().to_string();
            let arguments = command.command.get_arguments();
            let texts = arguments.map(|argument| argument.get_help().unwrap().to_string());
            for text in texts.chain([about]) {
                let begins = text.chars().next().is_some_and(char::is_uppercase);
                assert!(
                    begins && !text.ends_with('.') && text.len() > 8,
                    "{}: {text}",
                    command.name
                );
            }
        }
    }

    #[test]
    fn help_is_listed_among_commands_and_not_among_questions() {
        let names = |name: &str| {
            let command = commands().into_iter().find(|command| command.name == name);
            let subcommands = command.unwrap().command;
            let names: Vec<String> = subcommands
                .get_subcommands()
                .map(|command| command.get_name().to_owned())
                .collect();
            names
        };
        assert_eq!(names("report"), ["map", "subject", "drift"]);
        assert!(names("piitrail").contains(&"help".to_owned()));
    }

    /// [`NamedCommand::follow`] relies on it.
    #[test]
    fn no_command_with_subcommands_has_an_option_with_a_value() {
        for command in commands()
            .iter()
            .filter(|command| command.command.has_subcommands())
        {
            let mut arguments = command.command.get_arguments();
            assert!(
                arguments.all(|argument| !argument.get_action().takes_values()),
                "{}",
                command.name
            );
        }
    }
}
