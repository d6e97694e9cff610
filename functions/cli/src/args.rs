//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use piitrail_flow::store::Retention;
use piitrail_flow::subject::Epoch;
use piitrail_flow::time::Day;

use crate::report::Report;
use crate::subject::Identifier;

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
    /// Put old days together into months, and let go of what is no longer kept
    RollUp(RollUp),
    /// Keep or show the topology: who receives what
    Topology(Topology),
    /// Erase a person from the subject index, and keep the keys that people are told apart with
    Subject(Subject),
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

/// How detection is configured.
#[derive(Debug, ClapArgs)]
pub(crate) struct Detection {
    /// What is detected: classes on and off, where, classes of your own, test values; YAML as in
    /// events/piitrail.yaml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
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
    pub(crate) detection: Detection,
    #[command(flatten)]
    pub(crate) store: Store,
    /// Who receives what, as YAML or JSON; without it the store's own topology
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Option<PathBuf>,
    /// The event bus that EventBridge events came over, which they do not say; needed where the
    /// topology has several
    #[arg(long, value_name = "NAME")]
    pub(crate) bus: Option<String>,
    /// Count people, told apart by fingerprints made with this key: `piitrail subject key new`
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: Option<PathBuf>,
    /// A field that holds the id of a customer, by name or by the end of its path: customerId,
    /// customer.id. Several times for several
    #[arg(long, value_name = "FIELD", requires = "subject_key")]
    pub(crate) customer_id_field: Vec<String>,
    /// Keep where each person's data went, by fingerprint, to be asked for with `report subject`
    #[arg(long, requires = "subject_key")]
    pub(crate) subject_index: bool,
}

/// Who is asked after.
#[derive(Debug, ClapArgs)]
pub(crate) struct Person {
    /// The person's e-mail address; - reads it from standard input, which leaves no history
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Vec<Identifier>,
    /// Their telephone number, with its country: +44 20 7946 0018; also as it is written in the
    /// country where it may stand so
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) phone: Vec<Identifier>,
    /// Their id as a customer
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) customer_id: Vec<Identifier>,
    /// The file with the keys that fingerprints were made with
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Subject {
    #[command(subcommand)]
    pub(crate) command: SubjectCommand,
}

/// What to do about a person.
#[derive(Debug, Subcommand)]
pub(crate) enum SubjectCommand {
    /// Print the ids that a person may stand in the books under, for the report function
    Id {
        #[command(flatten)]
        person: Person,
    },
    /// Erase a person from the subject index; counts stay as they are
    Erase {
        #[command(flatten)]
        person: Person,
        #[command(flatten)]
        store: Store,
    },
    /// Make, rotate or destroy the keys that people are told apart with
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// Where the keys are.
#[derive(Debug, ClapArgs)]
pub(crate) struct KeyFile {
    /// The file with the keys
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: PathBuf,
}

/// What to do about the keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a file with a random key that only its owner can read
    New {
        /// What to call its epoch; the month if not given
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Put a new key into use; people can still be asked after with the others
    Rotate {
        /// What to call its epoch; the month, or the day, if not given
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Destroy a key: nothing made with it leads back to anyone any more, and counts stay
    Shred {
        /// Its epoch, as `list` shows it
        epoch: Epoch,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Show the epochs that have a key, the one in use last
    List {
        #[command(flatten)]
        file: KeyFile,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) detection: Detection,
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
pub(crate) struct RollUp {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Days kept by themselves, counted back from today
    #[arg(long, value_name = "COUNT", default_value_t = Retention::default().days, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) days: u32,
    /// Months kept, this one included
    #[arg(long, value_name = "COUNT", default_value_t = Retention::default().months, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) months: u32,
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
