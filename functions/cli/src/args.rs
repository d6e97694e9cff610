//! The command line: commands, options and their help texts.
//!
//! The options of `report` are not here: they are made from the registry of questions.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use piitrail_flow::home::{Account, Region};
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
    after_help = "Exit codes: 0 success, 1 some records failed, 2 wrong usage or unreadable input."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print no progress bar and no summary
    #[arg(long, short, global = true)]
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
    /// Import or show the topology, which says who receives what
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
pub(crate) struct Input {
    /// Files or directories with JSON or JSON Lines, plain or in gzip; - reads standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where the payload is inside each document, as a JSON Pointer (RFC 6901) such as /event
    #[arg(long, value_name = "POINTER")]
    pub(crate) at: Option<String>,
}

/// The option that configures detection.
#[derive(Debug, ClapArgs)]
pub(crate) struct Detection {
    /// Configuration of detection: which classes, where, your own classes, and test values. YAML;
    /// events/piitrail.yaml explains every key
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The store of a command that names none.
pub(crate) const DEFAULT_STORE: &str = "piitrail.sqlite";

/// The option that names the store.
#[derive(Debug, ClapArgs)]
pub(crate) struct Store {
    /// The store: a SQLite file, or `dynamodb://TABLE` if piitrail was built with the aws feature
    #[arg(long, value_name = "FILE", default_value = DEFAULT_STORE)]
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
    /// Topology file or template, which says who receives what; the same files as `topology import`
    /// takes. Repeat the option for more files. Without it, the topology in the store is used
    #[arg(long, value_name = "FILE")]
    pub(crate) topology: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) topology_files: TopologyFiles,
    /// The bus of the EventBridge events, because an event does not contain it. Required if the
    /// topology has several buses
    #[arg(long, value_name = "NAME")]
    pub(crate) bus: Option<String>,
    /// Count people, with fingerprints made with the key in this file. `piitrail subject key new` makes
    /// such a file
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: Option<PathBuf>,
    /// A field that holds a customer id, by its name or by the end of its path: customerId,
    /// customer.id. Repeat the option for more fields
    #[arg(long, value_name = "FIELD", requires = "subject_key")]
    pub(crate) customer_id_field: Vec<String>,
    /// Keep an index, by fingerprint, of where each person's data went; `report subject` reads it
    #[arg(long, requires = "subject_key")]
    pub(crate) subject_index: bool,
}

/// Options that name a person.
#[derive(Debug, ClapArgs)]
pub(crate) struct Person {
    /// E-mail address of the person; - reads it from standard input, so that no shell history keeps it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Vec<Identifier>,
    /// Telephone number with country code (+44 20 7946 0018). Repeat the option with the national
    /// form (020 7946 0018) if events may contain that
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) phone: Vec<Identifier>,
    /// Customer id of the person
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) customer_id: Vec<Identifier>,
    /// The file with the subject keys that were used when tracing
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
    /// Make, rotate, destroy or list subject keys
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// The option that names the key file.
#[derive(Debug, ClapArgs)]
pub(crate) struct KeyFile {
    /// The file with the subject keys
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_key: PathBuf,
}

/// The commands about subject keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a file with a random key; only the owner of the file can read it
    New {
        /// Name of the key's epoch. The default is the current month
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Add a new key, which is used from now on; people can still be looked up with the older keys
    Rotate {
        /// Name of the key's epoch. The default is the current month, or today if the month has a key
        #[arg(long)]
        epoch: Option<Epoch>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// Destroy a key: its fingerprints can never be linked to a person again; counts do not change
    Shred {
        /// Epoch of the key, as `list` shows it
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
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) detection: Detection,
    /// Output format
    #[arg(long, value_enum, default_value_t = ScanFormat::Text)]
    pub(crate) format: ScanFormat,
}

/// The output formats of `scan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// Text for people
    Text,
    /// One line of JSON per document
    Jsonl,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RollUp {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Number of days to keep, counted back from today; older days are merged into months
    #[arg(long, value_name = "COUNT", default_value_t = Retention::default().days, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) days: u32,
    /// Number of months to keep, including the current month
    #[arg(long, value_name = "COUNT", default_value_t = Retention::default().months, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) months: u32,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Topology {
    #[command(subcommand)]
    pub(crate) command: TopologyCommand,
}

/// The commands about the topology.
#[derive(Debug, Subcommand)]
pub(crate) enum TopologyCommand {
    /// Read a topology from templates and topology files, say what was recognised and what was not
    /// understood, and write it to a store
    ///
    /// A template is SAM, CloudFormation, the output of the CDK (also its folder cdk.out), a Terraform
    /// plan (`terraform show -json`) or a Serverless Framework file. Templates are read together. A
    /// topology file beside them adds what AWS cannot know, and counts where both say something.
    /// FILE@REGION/ACCOUNT is a template that is deployed elsewhere than --region and --account say,
    /// as in orders.yaml@eu-west-1/222222222222.
    Import {
        /// Templates, topology files, and folders of CDK apps
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: TopologyFiles,
        /// The store to write it to: a SQLite file, or `dynamodb://TABLE` if piitrail was built with the
        /// aws feature. Without it, nothing is written
        #[arg(long, value_name = "FILE")]
        store: Option<String>,
        /// The first day on which it is valid. The default is today
        #[arg(long, value_name = "DAY", requires = "store")]
        from: Option<Day>,
    },
    /// Show the resources and routes of the store's topology, or of files
    Show {
        /// Templates, topology files, and folders of CDK apps. Without them, the store is shown
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: TopologyFiles,
        /// The store: a SQLite file, or `dynamodb://TABLE` if piitrail was built with the aws feature.
        /// The default is piitrail.sqlite
        #[arg(long, value_name = "FILE", conflicts_with = "files")]
        store: Option<String>,
        /// Show the store's topology of this day. The default is today
        #[arg(long, value_name = "DAY", conflicts_with = "files")]
        on: Option<Day>,
        /// Output format
        #[arg(long, value_enum, default_value_t = TopologyFormat::Table)]
        format: TopologyFormat,
    },
    /// Show what changed from one topology to another
    ///
    /// Routes are compared by their ends, their kind and their meaning: another id, order or spelling is no
    /// change. A route that takes more records than before, passes more of them, or leads to where they are
    /// less protected is said to be wider.
    Diff {
        /// The topology before: a file as for `topology import`, a folder of a CDK app, or a day of the
        /// store
        #[arg(value_name = "BEFORE")]
        before: String,
        /// The topology after, likewise
        #[arg(value_name = "AFTER")]
        after: String,
        #[command(flatten)]
        reading: TopologyFiles,
        /// The store of the days: a SQLite file, or `dynamodb://TABLE` if piitrail was built with the aws
        /// feature. The default is piitrail.sqlite
        #[arg(long, value_name = "FILE")]
        store: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
        format: DiffFormat,
    },
}

impl TopologyCommand {
    /// Returns the store that the command uses if it uses one.
    pub(crate) fn store(&self) -> Option<&str> {
        match self {
            Self::Import { store, .. } => store.as_deref(),
            Self::Show { store, .. } | Self::Diff { store, .. } => {
                Some(store.as_deref().unwrap_or(DEFAULT_STORE))
            }
        }
    }
}

/// The output formats of `topology diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// A table for people
    Table,
    /// Routes added, removed and changed, for programs
    Json,
}

/// Options for reading templates.
#[derive(Debug, ClapArgs)]
pub(crate) struct TopologyFiles {
    /// Services file: which services there are, and which resources belong to them by name, id, tag or
    /// stack
    #[arg(long, value_name = "FILE")]
    pub(crate) services: Option<PathBuf>,
    /// The account that the templates are deployed to
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub(crate) account: Option<Account>,
    /// The region that the templates are deployed to
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Option<Region>,
}

fn account(text: &str) -> Result<Account, &'static str> {
    Account::new(text).ok_or(Account::EXPECTED)
}

fn region(text: &str) -> Result<Region, &'static str> {
    Region::new(text).ok_or(Region::EXPECTED)
}

/// The output formats of `topology show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TopologyFormat {
    /// Tables for people
    Table,
    /// Resources and routes, for programs
    Json,
    /// A topology file
    Yaml,
}
