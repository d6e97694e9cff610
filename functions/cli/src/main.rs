//! `piitrail`: traces, scans and reports on one machine, without AWS.
//!
//! It runs the same pipeline and the same reports as the Lambda functions. Its input is files
//! instead of Lambda payloads, and its store is one SQLite file.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

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
mod usage;

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
    let store = args.command.store().map(str::to_owned);
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
        Err(failure) => complain(&failure.of_store(store.as_deref())),
    }
}

/// Reads the arguments. From here on, the message of a panic contains the position in the code and
/// nothing of the input.
fn begin() -> Result<Args, clap::Error> {
    piitrail_flow::panics::hide_messages();
    Args::try_parse()
}

/// Prints why the arguments are refused, or the help that they ask for.
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
    for line in usage::refusal(error, std::env::args_os().skip(1)) {
        let _ = writeln!(out, "{line}");
    }
    ExitCode::from(UNUSABLE)
}

/// Prints a failure to standard error.
fn complain(failure: &Failure) -> ExitCode {
    let mut out = output::stderr();
    for line in failure.lines() {
        let _ = writeln!(out, "{line}");
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
