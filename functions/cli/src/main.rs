//! `piitrail`: trace, scan and report on one machine, without AWS.
//!
//! The same pipeline and the same reports as the functions, over files instead of Lambda payloads
//! and with the store in one SQLite file.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};

mod args;
mod colour;
mod detection;
mod failure;
mod input;
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
use failure::Failure;

/// Everything was read and written.
const FINE: u8 = 0;
/// Records failed.
const FAILED_RECORDS: u8 = 1;
/// Usage, or input that could not be read.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
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
        Ok(true) => ExitCode::from(FINE),
        Ok(false) => ExitCode::from(FAILED_RECORDS),
        // The reader of the output stopped reading (`| head`).
        Err(Failure::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(FINE)
        }
        Err(failure) => complain(&failure),
    }
}

/// Says why the arguments are not usable. Where a person may be named in them, without repeating
/// any: what is mistyped is what clap would show.
#[expect(clippy::print_stderr, reason = "errors go to standard error")]
fn refuse(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help || !may_name_a_person(std::env::args_os()) {
        // Ends the process: with 2 where the arguments are not usable.
        error.exit();
    }
    let what = error
        .kind()
        .as_str()
        .unwrap_or("the arguments are not usable");
    match unfitting_option(error) {
        Some(option) => eprintln!(
            "piitrail: {what}: {option} is an option of another command or question; its value is not \
             repeated here, because it may name a person"
        ),
        None => {
            eprintln!(
                "piitrail: {what}; the argument is not repeated here, because it may name a person"
            );
        }
    }
    eprintln!("  run `piitrail report --help` or `piitrail subject --help` to see the options");
    ExitCode::from(UNUSABLE)
}

/// The option that the error is about, where it is one that some command has: whatever else stands in
/// its place may be mistyped and may be a value.
fn unfitting_option(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
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

fn may_name_a_person(mut arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.any(|argument| {
        let argument = argument.to_string_lossy();
        argument == "subject"
            || argument.contains('@')
            || ["--email", "--phone", "--customer-id"]
                .iter()
                .any(|flag| argument.starts_with(flag))
                // Names a field, and nobody.
                && !argument.starts_with("--customer-id-field")
    })
}

/// Says what failed, and what lies behind it, on standard error.
#[expect(clippy::print_stderr, reason = "errors go to standard error")]
fn complain(failure: &Failure) -> ExitCode {
    eprintln!("piitrail: {failure}");
    let mut source = std::error::Error::source(failure);
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    ExitCode::from(UNUSABLE)
}
