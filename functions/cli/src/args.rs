//! The command line: commands, options and their help texts.
//!
//! The options of `report` are not here: they are made from the registry of questions.

mod topology;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use piitrail_flow::home::Located;
use piitrail_flow::store::Retention;
use piitrail_flow::subject::Epoch;
use piitrail_flow::topology::{End, NameProblem, ResourceKind};

use crate::pointer::Pointer;
use crate::report::Report;
use crate::subject::Identifier;

pub(crate) use topology::{
    DiffFormat, Pull, Topology, TopologyCommand, TopologyFiles, TopologyFormat,
};

/// Shows who touched customer data in an event-driven AWS system.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 success, 1 some records failed, 2 wrong usage or unreadable input."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print no progress bar and no summary
    // Listed last, before --help.
    #[arg(long, short, global = true, display_order = 900)]
    pub(crate) quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find out who sends which personal data to whom, and record it in the store
    Trace(Trace),
    /// Print where documents contain personal data, and store nothing
    Scan(Scan),
    /// Answer a question from the store
    Report(Report),
    /// Merge old days into months and delete expired data
    RollUp(RollUp),
    /// Import, show or compare the topology, which says who receives what
    Topology(Topology),
    /// Erase a person from the subject index, and manage the subject keys
    Subject(Subject),
}

impl Command {
    /// Returns the store that the command uses, or `None` if it uses none.
    pub(crate) fn store(&self) -> Option<&str> {
        match self {
            Self::Trace(Trace { store, .. })
            | Self::RollUp(RollUp { store, .. })
            | Self::Subject(Subject {
                command: SubjectCommand::Erase { store, .. },
            }) => Some(&store.store),
            Self::Report(report) => report.store(),
            Self::Topology(topology) => topology.command.store(),
            Self::Scan(_) | Self::Subject(_) => None,
        }
    }
}

/// Options that name the input.
#[derive(Debug, ClapArgs)]
pub(crate) struct InputOptions {
    /// Files or directories with JSON or JSON Lines, plain or compressed with gzip; - reads standard
    /// input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// JSON Pointer (RFC 6901) to the payload inside each document, as in /event. Without it, the whole
    /// document is the payload
    #[arg(long, value_name = "POINTER", value_parser = Pointer::parse, default_value = "", hide_default_value = true)]
    pub(crate) at: Pointer,
}

/// The option that configures detection.
#[derive(Debug, ClapArgs)]
pub(crate) struct Detection {
    /// YAML file that configures detection: classes on and off, rules by path and source, your own
    /// classes, and test values. The sample events/piitrail.yaml explains every key
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The store of a command that names none.
pub(crate) const DEFAULT_STORE: &str = "piitrail.sqlite";

/// The option that names the store.
#[derive(Debug, ClapArgs)]
pub(crate) struct Store {
    /// SQLite file of the store, or `dynamodb://TABLE` if piitrail was built with the aws feature
    #[arg(long, value_name = "FILE", default_value = DEFAULT_STORE)]
    pub(crate) store: String,
}

#[derive(Debug, ClapArgs)]
#[command(mut_group("TopologyFiles", |reading| reading.requires("topology")))]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    #[command(flatten)]
    pub(crate) detection: Detection,
    #[command(flatten)]
    pub(crate) store: Store,
    /// Topology file or template that says who receives what, as for `piitrail topology import`. Repeat
    /// the option for more files. Without it, the topology in the store is used
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) topology_files: TopologyFiles,
    /// Bus that the EventBridge events were sent to, because an event does not contain it: its name, or
    /// NAME@REGION/ACCOUNT, or its ARN. Needed if the topology has several buses
    #[arg(long, value_name = "BUS", value_parser = bus)]
    pub(crate) bus: Option<Located>,
    /// Count people by fingerprints that are made with the key in this file. `piitrail subject key new`
    /// creates such a file
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: Option<PathBuf>,
    /// Field that holds a customer id, by its name or by the end of its path, as in customerId or
    /// customer.id. Repeat the option for more fields
    #[arg(long, value_name = "FIELD", requires = "subject_key")]
    pub(crate) customer_id_field: Vec<String>,
    /// Keep an index, by fingerprint, of where each person's data went; `piitrail report subject` reads
    /// it
    #[arg(long, requires = "subject_key")]
    pub(crate) subject_index: bool,
}

/// Options that name a person.
#[derive(Debug, ClapArgs)]
pub(crate) struct Person {
    /// E-mail address of the person; - reads it from standard input, so that it is in no shell history
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Vec<Identifier>,
    /// Telephone number with country code (+44 20 7946 0018). Repeat the option with the national
    /// form (020 7946 0018) if events may contain that
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) phone: Vec<Identifier>,
    /// Customer id of the person
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) customer_id: Vec<Identifier>,
    /// File with the subject keys that were used when tracing
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Subject {
    #[command(subcommand)]
    pub(crate) command: SubjectCommand,
}

/// The commands about a person.
#[derive(Debug, Subcommand)]
pub(crate) enum SubjectCommand {
    /// Print the ids under which the store may know a person, for a request to the report function
    Id {
        #[command(flatten)]
        person: Person,
    },
    /// Erase a person from the subject index; counts do not change
    Erase {
        #[command(flatten)]
        person: Person,
        #[command(flatten)]
        store: Store,
    },
    /// Create, rotate, destroy or list subject keys
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// The option that names the key file.
#[derive(Debug, ClapArgs)]
pub(crate) struct KeyFile {
    /// File with the subject keys
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: PathBuf,
}

/// The commands about subject keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Create a file with a random key, which only the owner of the file can read
    New {
        /// Name of the key's epoch, as in 2026-q4. The default is the current month
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Add a new key, which is used from now on; people can still be looked up with the older keys
    Rotate {
        /// Name of the key's epoch, as in 2026-q4. The default is the current month, or today if the
        /// month has a key
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Destroy a key: its fingerprints can never be linked to a person again; counts do not change
    Shred {
        /// Epoch of the key, as `piitrail subject key list` prints it
        epoch: Epoch,
        #[command(flatten)]
        file: KeyFile,
    },
    /// List the epochs that have a key; the last one is in use
    List {
        #[command(flatten)]
        file: KeyFile,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    #[command(flatten)]
    pub(crate) detection: Detection,
    /// Output format
    #[arg(long, value_enum, default_value_t = ScanFormat::Text)]
    pub(crate) format: ScanFormat,
}

/// The output formats of `scan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// Text for people to read
    Text,
    /// One line of JSON per document
    Jsonl,
}

/// A description of accepted values of `roll-up --days`. The bounds are those of the template.
pub(crate) const DAYS_EXPECTED: &str = "a whole number from 31 to 36500";

/// A description of accepted values of `roll-up --months`. The bounds are those of the template.
pub(crate) const MONTHS_EXPECTED: &str = "a whole number from 2 to 1200";

#[derive(Debug, ClapArgs)]
pub(crate) struct RollUp {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Number of days to keep, counted back from today; older days are merged into months
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true, default_value_t = Retention::default().days, value_parser = clap::value_parser!(u32).range(31..=36_500))]
    pub(crate) days: u32,
    /// Number of months to keep, including the current month
    #[arg(long, value_name = "MONTHS", allow_negative_numbers = true, default_value_t = Retention::default().months, value_parser = clap::value_parser!(u32).range(2..=1_200))]
    pub(crate) months: u32,
}

/// Reads the name of a bus.
fn bus(text: &str) -> Result<Located, NameProblem> {
    Ok(End::named(ResourceKind::Bus, text)?.name().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_up_by_hand_has_the_bounds_of_the_template() {
        let template = include_str!("../../../template.yaml");
        for (parameter, expected) in [("KeepDays", DAYS_EXPECTED), ("KeepMonths", MONTHS_EXPECTED)]
        {
            let lines = template.lines().map(str::trim);
            let lines: Vec<&str> = lines
                .skip_while(|line| *line != format!("{parameter}:"))
                .take(6)
                .collect();
            let bound = |key: &str| {
                lines
                    .iter()
                    .find_map(|line| line.strip_prefix(key))
                    .unwrap()
            };
            let bounds = [bound("MinValue: "), bound("MaxValue: ")];
            assert_eq!(
                expected,
                format!("a whole number from {} to {}", bounds[0], bounds[1])
            );
        }
    }
}
