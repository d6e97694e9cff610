//! The arguments of `piitrail topology`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use piitrail_flow::home::{Account, Region};
use piitrail_flow::time::Day;
use piitrail_flow::topology::AwsService;

use super::DEFAULT_STORE;

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
    #[arg(long, conflicts_with_all = ["store", "role", "region", "service", "endpoint_url", "services"])]
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
