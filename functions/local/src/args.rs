//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use piitrail_detect::{DataClass, Tier};
use piitrail_flow::time::Day;

/// Shows who touched customer data in an event-driven AWS system.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    propagate_version = true,
    after_help = "Exit codes: 0 fine, 1 records that failed, 2 usage or unreadable input."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// No progress bar and no summary
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Trace payloads into the store: who sent what to whom, with which data classes
    Trace(Trace),
    /// Print the personal data found in documents, without keeping anything
    Scan(Scan),
    /// Answer a question from the store
    Report(Report),
    /// Keep or show the topology: who receives what
    Topology(Topology),
}

/// Where input comes from.
#[derive(Debug, ClapArgs)]
pub(crate) struct Input {
    /// Files or directories of JSON, JSON Lines or either in gzip; - is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where in each document the payload lies, as a JSON Pointer (RFC 6901): /event
    #[arg(long, value_name = "POINTER")]
    pub(crate) at: Option<String>,
}

/// Where the books are.
#[derive(Debug, ClapArgs)]
pub(crate) struct Store {
    /// A SQLite file, or `dynamodb://TABLE` where built with the aws feature
    #[arg(long, value_name = "FILE", default_value = "piitrail.sqlite")]
    pub(crate) store: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) store: Store,
    /// Who receives what, as YAML or JSON; without it the store's own topology
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Option<PathBuf>,
    /// The event bus that EventBridge events came over, which they do not say; needed where the
    /// topology has several
    #[arg(long, value_name = "NAME")]
    pub(crate) bus: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = ScanFormat::Text)]
    pub(crate) format: ScanFormat,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// For people
    Text,
    /// One line of JSON for each document
    Jsonl,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Report {
    /// Which question: map
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) store: Store,
    /// The first day, 2026-11-01
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<Day>,
    /// The last day
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<Day>,
    /// table, json, csv, mermaid or dot
    #[arg(long, default_value = "table")]
    pub(crate) format: String,
    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only what this service published
    #[arg(long, value_name = "PARTY")]
    pub(crate) producer: Option<String>,
    /// Only what this service received
    #[arg(long, value_name = "PARTY")]
    pub(crate) consumer: Option<String>,
    /// Only what went over this channel: queue/jobs
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// Only events of this type
    #[arg(long, value_name = "TYPE")]
    pub(crate) event_type: Option<String>,
    /// Only edges that carry this data class: `CREDIT_CARD`
    #[arg(long)]
    pub(crate) class: Option<DataClass>,
    /// Only edges that carry a class of this tier: restricted, confidential, internal
    #[arg(long, value_parser = tier)]
    pub(crate) tier: Option<Tier>,
    /// The most edges to show
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    /// Where to go on, as the answer before said
    #[arg(long)]
    pub(crate) page: Option<String>,
}

fn tier(name: &str) -> Result<Tier, String> {
    [Tier::Restricted, Tier::Confidential, Tier::Internal]
        .into_iter()
        .find(|tier| tier.to_string() == name)
        .ok_or_else(|| "a tier is restricted, confidential or internal".to_owned())
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Topology {
    #[command(subcommand)]
    pub(crate) command: TopologyCommand,
}

/// What to do with a topology.
#[derive(Debug, Subcommand)]
pub(crate) enum TopologyCommand {
    /// Check a topology file and keep it in the store, valid from a day on
    Import {
        /// YAML or JSON
        file: PathBuf,
        #[command(flatten)]
        store: Store,
        /// The day from which it holds; today if not given
        #[arg(long, value_name = "DAY")]
        from: Option<Day>,
    },
    /// Print the store's topology as JSON
    Show {
        #[command(flatten)]
        store: Store,
        /// As it was on this day; today if not given
        #[arg(long, value_name = "DAY")]
        on: Option<Day>,
    },
}
