//! `piitrail`: trace, scan and report on one machine, without AWS.
//!
//! The same pipeline and the same reports as the functions, over files instead of Lambda payloads
//! and with the books in one SQLite file.

use std::process::ExitCode;

use clap::Parser as _;

mod args;
mod colour;
mod failure;
mod input;
mod pointer;
mod progress;
mod report;
mod scan;
mod store;
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
    // clap ends the process with 2 by itself where the arguments are not usable.
    let args = Args::parse();
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
            Command::Scan(scan) => scan::run(&scan, args.quiet),
            Command::Report(report) => report::run(report, now).await,
            Command::Topology(topology) => topology::run(topology, now).await,
        }
    });
    match done {
        Ok(true) => ExitCode::from(FINE),
        Ok(false) => ExitCode::from(FAILED_RECORDS),
        // Whoever reads our output had enough of it (`| head`).
        Err(Failure::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(FINE)
        }
        Err(failure) => complain(&failure),
    }
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
