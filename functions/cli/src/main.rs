//! `piitrail`: trace, scan and report on one machine, without AWS.
//!
//! The same pipeline and the same reports as the functions, over files instead of Lambda payloads
//! and with the store in one SQLite file.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};

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

/// Everything was read and written.
const FINE: u8 = 0;
/// Records failed.
const FAILED_RECORDS: u8 = 1;
/// Usage, or input that could not be read.
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
            Command::Topology(topology) => topology::run(topology, now).await,
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

/// Reads the arguments. From here on a panic says where it happened, and nothing of what was read.
fn begin() -> Result<Args, clap::Error> {
    piitrail_flow::panics::hide_messages();
    Args::try_parse()
}

/// Says why the arguments are not usable, without repeating any of them: a person may be named in
/// any, in whatever place and however it is mistyped. What is printed comes from the definition of
/// the commands.
fn refuse(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        // Prints the help and ends the process.
        error.exit();
    }
    let what = error
        .kind()
        .as_str()
        .unwrap_or("the arguments are not usable");
    let mut out = output::stderr();
    let _ = match (error.kind(), unfitting_option(error), defined(error)) {
        (ErrorKind::UnknownArgument, Some(option), _) => writeln!(
            out,
            "piitrail: {what}: {option} is an option of another command or question; its value is not \
             repeated here, because it may name a person"
        ),
        (ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand, ..) | (.., None) => writeln!(
            out,
            "piitrail: {what}; it is not repeated here, because it may name a person"
        ),
        (.., Some(arguments)) => writeln!(out, "piitrail: {what}: {arguments}"),
    };
    for (kind, words) in [
        (ContextKind::SuggestedSubcommand, "did you mean"),
        (ContextKind::SuggestedArg, "did you mean"),
        (ContextKind::ValidValue, "possible values:"),
        (ContextKind::ValidSubcommand, "possible subcommands:"),
    ] {
        if let Some(known) = context(error, kind).filter(|known| !known.is_empty()) {
            let _ = writeln!(out, "  {words} {known}");
        }
    }
    let _ = writeln!(
        out,
        "  `piitrail --help` shows the commands, `piitrail report --help` the questions"
    );
    ExitCode::from(UNUSABLE)
}

/// What an error says about the arguments, in one line.
fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// The arguments that the error is about, as they are defined: `--from <DAY>`.
fn defined(error: &clap::Error) -> Option<String> {
    context(error, ContextKind::InvalidArg)
}

/// The option that the error is about, where it is one that some command has: whatever else stands in
/// its place may be mistyped and may be a value.
fn unfitting_option(error: &clap::Error) -> Option<String> {
    let given = defined(error)?;
    let name = given.strip_prefix("--")?.split(['=', ' ']).next()?;
    has_option(&Args::command(), name).then(|| format!("--{name}"))
}

/// Whether a command or one of its subcommands has an option of this name.
fn has_option(command: &clap::Command, name: &str) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_long() == Some(name))
        || command
            .get_subcommands()
            .any(|command| has_option(command, name))
}

/// Says what failed, and what lies behind it, on standard error.
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
}
