//! `piitrail`: traces, scans and reports on one machine, without AWS.
//!
//! It runs the same pipeline and the same reports as the Lambda functions. Its input is files
//! instead of Lambda payloads, and its store is one SQLite file.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use piitrail_flow::home::{Account, Region};
use piitrail_flow::time::DAY_EXPECTED;

mod args;
mod colour;
mod detection;
mod failure;
mod input;
mod output;
mod pointer;
mod progress;
mod report;
mod roll_up;
mod scan;
mod store;
mod subject;
mod topology;
mod trace;

use args::{Args, Command};
use failure::{Ending, Failure};

/// The exit code if everything was read and written.
const FINE: u8 = 0;
/// The exit code if records failed.
const FAILED_RECORDS: u8 = 1;
/// The exit code for wrong usage, or for input that could not be read.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let args = match begin() {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    let now = jiff::Timestamp::now();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => return complain(&Failure::Runtime(e)),
    };
    let done = runtime.block_on(async {
        match args.command {
            Command::Trace(trace) => trace::run(trace, args.quiet, now).await,
            Command::Scan(scan) => scan::run(&scan, args.quiet, now),
            Command::Report(report) => report::run(report, now).await,
            Command::RollUp(roll_up) => roll_up::run(roll_up, args.quiet, now).await,
            Command::Topology(topology) => topology::run(topology, args.quiet, now).await,
            Command::Subject(subject) => subject::run(subject, now).await,
        }
    });
    match done {
        Ok(Ending::Fine) => ExitCode::from(FINE),
        Ok(Ending::RecordsFailed) => ExitCode::from(FAILED_RECORDS),
        Ok(Ending::Unreadable) => ExitCode::from(UNUSABLE),
        Err(failure) => complain(&failure),
    }
}

/// Reads the arguments. From here on, the message of a panic contains the position in the code and
/// nothing of the input.
fn begin() -> Result<Args, clap::Error> {
    piitrail_flow::panics::hide_messages();
    Args::try_parse()
}

/// Prints why the arguments are refused. The message never repeats an argument, because any
/// argument may name a person, even a mistyped one. Its words come from the definition of the
/// commands.
fn refuse(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        // Prints the help and exits.
        error.exit();
    }
    let mut out = output::stderr();
    for line in refusal(error, std::env::args_os().skip(1)) {
        let _ = writeln!(out, "{line}");
    }
    ExitCode::from(UNUSABLE)
}

/// Returns the lines of the message about arguments that are refused.
fn refusal(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Vec<String> {
    let named = NamedCommand::of(arguments);
    let command = &named.command;
    let name = &named.name;
    let first = match (error.kind(), known_option(error), defined(error)) {
        (ErrorKind::UnknownArgument, Some(option), _) => {
            format!("{name} has no option {option}")
        }
        (ErrorKind::UnknownArgument, None, _) => format!(
            "{name} has no such argument; it is not repeated here, because it may name a person"
        ),
        (ErrorKind::InvalidSubcommand, ..) => format!(
            "{name} has no such {}; it is not repeated here, because it may name a person",
            kind_of_subcommands(command)
        ),
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, _, Some(argument)) => {
            let option = argument.split(' ').next().unwrap_or(&argument);
            if context(error, ContextKind::InvalidValue).is_some_and(|value| value.is_empty()) {
                format!("{option} needs a value")
            } else {
                format!(
                    "the value of {option} cannot be used; it is not repeated here, because it may name a \
                     person"
                )
            }
        }
        (kind, _, argument) => {
            let what = kind.as_str().unwrap_or("the arguments are not usable");
            let argument = argument.map_or_else(String::new, |argument| format!(": {argument}"));
            format!("{name}: {what}{argument}")
        }
    };
    let mut lines = vec![format!("piitrail: {first}")];
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
        if let Some(known) = context(error, kind).filter(|known| !known.is_empty()) {
            lines.push(format!("  did you mean {known}?"));
        }
    }
    if let Some(values) = context(error, ContextKind::ValidValue).filter(|known| !known.is_empty())
    {
        lines.push(format!("  expected one of {values}"));
    }
    if matches!(
        error.kind(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
    ) && let Some(expected) = defined(error).as_deref().and_then(expected_of)
    {
        lines.push(format!("  expected {expected}"));
    }
    match error.kind() {
        ErrorKind::UnknownArgument => lines.push(format!("  its options are {}", options(command))),
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => {
            let subcommands: Vec<&str> = command
                .get_subcommands()
                .map(clap::Command::get_name)
                .collect();
            let kind = kind_of_subcommands(command);
            lines.push(format!("  its {kind}s are {}", subcommands.join(", ")));
        }
        _ => {}
    }
    lines.push(format!("  `{} --help` explains them", named.path));
    lines
}

/// The command that arguments name, as far as they are names of commands.
struct NamedCommand {
    command: clap::Command,
    /// The name: `report map`, or `piitrail` if no command is named.
    name: String,
    /// The full command: `piitrail report map`.
    path: String,
}

impl NamedCommand {
    /// Follows the arguments as long as they are names of commands. No command that has subcommands
    /// has an option with a value, so a value cannot be taken for a name.
    fn of(arguments: impl Iterator<Item = OsString>) -> Self {
        let mut command = Args::command();
        let mut path = vec![command.get_name().to_owned()];
        for argument in arguments {
            let Some(text) = argument.to_str() else { break };
            if text.starts_with('-') {
                continue;
            }
            let Some(next) = command.find_subcommand(text).cloned() else {
                break;
            };
            path.push(next.get_name().to_owned());
            command = next;
        }
        Self {
            command,
            name: match path.as_slice() {
                [program] => program.clone(),
                [_, names @ ..] => names.join(" "),
                [] => String::new(),
            },
            path: path.join(" "),
        }
    }
}

/// Returns the word for the subcommands of a command: questions for `report`, commands for the
/// others.
fn kind_of_subcommands(command: &clap::Command) -> String {
    let heading = command.get_subcommand_value_name();
    heading.unwrap_or("COMMAND").to_lowercase()
}

/// Returns a description of the value that an argument takes, by the name of the value in its
/// definition: `--from <DAY>`.
fn expected_of(defined: &str) -> Option<&'static str> {
    let (_, value) = defined.rsplit_once('<')?;
    Some(match value.trim_end_matches(['.', '>']) {
        "DAY" => DAY_EXPECTED,
        "COUNT" => "a whole number, at least 1",
        "ACCOUNT" => Account::EXPECTED,
        "REGION" => Region::EXPECTED,
        "EPOCH" => {
            "the name of an epoch, as in 2026-q4: letters, digits, dots, hyphens and underscores"
        }
        _ => return None,
    })
}

/// Returns the options of a command: `--store, --output`.
fn options(command: &clap::Command) -> String {
    let longs = command.get_arguments().filter_map(clap::Arg::get_long);
    let mut names: Vec<String> = Vec::new();
    for name in longs.chain(["quiet", "help"]) {
        let name = format!("--{name}");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Returns what an error says about the arguments, on one line.
fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// Returns the arguments that the error is about, in the form of their definition: `--from <DAY>`.
fn defined(error: &clap::Error) -> Option<String> {
    context(error, ContextKind::InvalidArg)
}

/// Returns the option that the error is about, if a command has an option of that name. Any other
/// text may be mistyped and may be a value, so it is not shown.
fn known_option(error: &clap::Error) -> Option<String> {
    let given = defined(error)?;
    let name = given.strip_prefix("--")?.split(['=', ' ']).next()?;
    has_option(&Args::command(), name).then(|| format!("--{name}"))
}

/// Returns true if a command or one of its subcommands has an option of this name.
fn has_option(command: &clap::Command, name: &str) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_long() == Some(name))
        || command
            .get_subcommands()
            .any(|command| has_option(command, name))
}

/// Prints a failure and its causes to standard error.
fn complain(failure: &Failure) -> ExitCode {
    let mut out = output::stderr();
    let _ = writeln!(out, "piitrail: {failure}");
    let mut source = std::error::Error::source(failure);
    while let Some(cause) = source {
        let _ = writeln!(out, "  because: {cause}");
        source = cause.source();
    }
    ExitCode::from(UNUSABLE)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use clap::CommandFactory as _;

    const VALUE: &str = "grace.hopper@navy-mail.org";

    #[test]
    fn a_panic_says_nothing_of_what_was_read() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::panics", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("a defect of piitrail"), "{said}");
        assert!(!said.contains("grace"), "{said}");
    }

    #[test]
    #[ignore = "run by the test above, in a process of its own"]
    fn panics() {
        let _ = super::begin();
        panic!("{VALUE}");
    }

    /// [`super::NamedCommand`] relies on it.
    #[test]
    fn no_command_with_subcommands_has_an_option_with_a_value() {
        let mut commands = vec![super::Args::command()];
        while let Some(command) = commands.pop() {
            let mut arguments = command.get_arguments();
            if command.has_subcommands() {
                assert!(
                    arguments.all(|argument| !argument.get_action().takes_values()),
                    "{}",
                    command.get_name()
                );
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
