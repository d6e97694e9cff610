//! The command line: commands, options and their help texts.
//!
//! The options of `report` are not here: they are made from the registry of questions.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use piitrail_flow::home::{Account, Region};
use piitrail_flow::store::Retention;
use piitrail_flow::subject::Epoch;
use piitrail_flow::time::Day;
use piitrail_flow::topology::AwsService;

use crate::pointer::Pointer;
use crate::report::Report;
use crate::subject::Identifier;

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
    /// Name of the bus that the EventBridge events were sent to, because an event does not contain it.
    /// Needed if the topology has several buses
    #[arg(long, value_name = "NAME")]
    pub(crate) bus: Option<String>,
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
    /// topology file beside them adds what AWS cannot know, and takes precedence where both describe the same
    /// thing.
    /// FILE@REGION/ACCOUNT is a template that is deployed elsewhere than --region and --account say,
    /// as in orders.yaml@eu-west-1/222222222222.
    Import {
        /// Templates, topology files, and folders of CDK apps
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: TopologyFiles,
        /// Store to write the topology to: a SQLite file, or `dynamodb://TABLE` if piitrail was built with
        /// the aws feature. Without it, nothing is written
        #[arg(long, value_name = "FILE")]
        store: Option<String>,
        /// First day on which the topology is valid, as in 2026-11-01. The default is today
        #[arg(long, value_name = "DAY", requires = "store")]
        from: Option<Day>,
        /// What made the topology as it is now: a commit, a pull request or a ticket, as in PR-42.
        /// `piitrail topology diff` shows it between two days
        #[arg(long, value_name = "ID", requires = "store")]
        change: Option<String>,
    },
    /// Read the topology from AWS accounts, and write it to a store
    ///
    /// It replaces what an earlier pull found in the accounts, regions and services that it reads. What else
    /// the store's topology says stays: other accounts, services, taps, producers, and entries without a home.
    /// A service that may not be read, or does not answer, is named with the reason, and is no error.
    Pull(Pull),
    /// Show the resources and routes of the store's topology, or of files
    #[command(mut_group("TopologyFiles", |reading| reading.requires("files")))]
    Show {
        /// Templates, topology files, and folders of CDK apps. Without them, the store's topology is shown
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: TopologyFiles,
        /// SQLite file of the store, or `dynamodb://TABLE` if piitrail was built with the aws feature. The
        /// default is piitrail.sqlite
        #[arg(long, value_name = "FILE", conflicts_with = "files")]
        store: Option<String>,
        /// Day of which the store's topology is shown, as in 2026-11-01. The default is today
        #[arg(long, value_name = "DAY", conflicts_with = "files")]
        on: Option<Day>,
        /// Output format
        #[arg(long, value_enum, default_value_t = TopologyFormat::Table)]
        format: TopologyFormat,
    },
    /// Show what changed from one topology to another
    ///
    /// Routes are compared by their ends, their kind and their meaning, so a route that has only another id,
    /// order or spelling is unchanged. A route is wider if it takes more records than before, passes on more
    /// of each, or leads to where they are less protected.
    Diff {
        /// Topology before the change: a file or folder as for `piitrail topology import`, or a day of the
        /// store, as in 2026-11-01
        #[arg(value_name = "BEFORE")]
        before: String,
        /// Topology after the change: a file, a folder or a day of the store
        #[arg(value_name = "AFTER")]
        after: String,
        #[command(flatten)]
        reading: TopologyFiles,
        /// Store that is read if BEFORE or AFTER is a day: a SQLite file, or `dynamodb://TABLE` if piitrail
        /// was built with the aws feature. The default is piitrail.sqlite
        #[arg(long, value_name = "FILE")]
        store: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
        format: DiffFormat,
    },
}

impl TopologyFiles {
    /// Returns the option that was given first in the list, as it is typed.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let Self {
            services,
            account,
            region,
        } = self;
        [
            (services.is_some(), "--services"),
            (account.is_some(), "--account"),
            (region.is_some(), "--region"),
        ]
        .into_iter()
        .find_map(|(is_given, option)| is_given.then_some(option))
    }
}

impl TopologyCommand {
    /// Returns the store that the command uses if it uses one.
    pub(crate) fn store(&self) -> Option<&str> {
        match self {
            Self::Import { store, .. } => store.as_deref(),
            Self::Pull(pull) => pull.store.as_deref(),
            Self::Show { store, .. } | Self::Diff { store, .. } => {
                Some(store.as_deref().unwrap_or(DEFAULT_STORE))
            }
        }
    }
}

/// Options of `topology pull`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Pull {
    /// The store to write it to: a SQLite file, or `dynamodb://TABLE`
    #[arg(long, value_name = "FILE", required_unless_present = "policy")]
    pub(crate) store: Option<String>,
    /// A role to assume, one for each account to read. Repeat it for each account. Without it, the account of
    /// your own credentials is read
    #[arg(long, value_name = "ROLE_ARN")]
    pub(crate) role: Vec<String>,
    /// A region to read. Repeat it for each region. The default is the configured region
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Vec<Region>,
    /// A service to read, by the name that the table of a pull shows, as in sqs. Repeat it for each service.
    /// The default is all
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Vec<AwsService>,
    /// The address of an AWS emulator, to which all calls go
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Services file: which services there are, and which resources belong to them by name
    #[arg(long, value_name = "FILE")]
    pub(crate) services: Option<PathBuf>,
    /// Print the IAM policy of a role that may read an account, and read nothing
    #[arg(long, conflicts_with_all = ["store", "role", "region", "endpoint_url", "services"])]
    pub(crate) policy: bool,
}

/// The output formats of `topology diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Table for people to read
    Table,
    /// The routes that were added, removed and changed, for programs
    Json,
}

/// Options for reading templates. A command that may do without files refuses them without one.
#[derive(Debug, ClapArgs)]
pub(crate) struct TopologyFiles {
    /// File that lists the services, and which resources belong to each by name, id, tag or stack
    #[arg(long, value_name = "FILE")]
    pub(crate) services: Option<PathBuf>,
    /// Account that the templates are deployed to, as in 222222222222
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub(crate) account: Option<Account>,
    /// Region that the templates are deployed to, as in eu-west-1
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
    /// Tables for people to read
    Table,
    /// Resources and routes, for programs
    Json,
    /// Topology file that `piitrail topology import` reads
    Yaml,
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
