//! The outcomes of a command: how it ended, or why it could not be carried out (exit code 2).

use std::io;
use std::path::{Path, PathBuf};

use piitrail_detect::ConfigError;
use piitrail_flow::store::StoreError;
use piitrail_flow::subject::{KeyRingError, NotAnEpoch};
use piitrail_flow::topology::TopologyError;
use piitrail_report::ReportError;
use piitrail_report::render::RenderError;

use crate::input::shown;
use crate::usage;

mod explanation;

/// The outcome of a command that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything was read and written.
    Fine,
    /// Some records failed.
    RecordsFailed,
    /// Some of the input could not be read, or there was no input.
    Unreadable,
}

/// The reason a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file could not be read as a whole.
    #[error("could not read {}", shown(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The answer could not be written.
    #[error("could not write the output")]
    Write(#[from] io::Error),
    /// The store could not be opened, for a reason that the user can mend.
    #[error("could not open the store {}: {hint}", shown(store.as_ref()))]
    NoStore {
        /// The store as the user named it.
        store: String,
        /// The reason, and what the user can do.
        hint: &'static str,
    },
    /// The store is in memory, so there is nothing to read in it.
    #[error(
        "a store in memory keeps nothing, so there is nothing to read; name the file of a store, which `piitrail trace PATH --store FILE` creates"
    )]
    StoreInMemory,
    /// The store could not be opened.
    #[error("could not open the store {}", shown(store.as_ref()))]
    OpenStore {
        /// The store as the user named it.
        store: String,
        /// The store's error.
        #[source]
        source: StoreError,
    },
    /// The store failed. [`Failure::of_store`] adds its name.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A store that the user named failed.
    #[error("{source}, in the store {}", shown(store.as_ref()))]
    NamedStore {
        /// The store as the user named it.
        store: String,
        /// The store's error.
        #[source]
        source: StoreError,
    },
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The value of an option is refused. The message does not repeat it.
    #[error("the value of --{option} cannot be used: {problem}")]
    OptionValue {
        /// The command, as in `report map`.
        command: String,
        /// The option.
        option: String,
        /// The problem with its value.
        problem: String,
        /// A description of accepted values.
        expected: String,
    },
    /// An option would have no effect.
    #[error("{option} is of no use here: {command} {reason}; leave it out")]
    UnusedOption {
        /// The option.
        option: &'static str,
        /// The command.
        command: &'static str,
        /// What the command does with these arguments.
        reason: &'static str,
    },
    /// The answer could not be written in its format.
    #[error("could not write the answer")]
    Answer(#[source] RenderError),
    /// The configuration of detection is not usable.
    #[error("could not use the configuration {}", shown(path))]
    Detection {
        /// The configuration file.
        path: PathBuf,
        /// The error in it.
        #[source]
        source: ConfigError,
    },
    /// The topology file is not usable.
    #[error("could not use the topology {}", shown(path))]
    Topology {
        /// The topology file.
        path: PathBuf,
        /// The error in it.
        #[source]
        source: TopologyError,
    },
    /// The services file is not usable.
    #[error("could not use the services file {}", shown(path))]
    Services {
        /// The services file.
        path: PathBuf,
        /// The error in it.
        #[source]
        source: TopologyError,
    },
    /// The output file is the store itself.
    #[error(
        "{} is the store, and the answer would replace it; name another file for --output",
        shown(.0)
    )]
    OutputIsStore(PathBuf),
    /// The output file cannot be written.
    #[error(
        "could not write {}; name a file in a folder that exists and can be written",
        shown(path)
    )]
    Output {
        /// The output file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The topology that the files make up is not valid.
    #[error("the files do not make up a valid topology")]
    Contradiction(#[source] TopologyError),
    /// The file is not of a form that can be read.
    #[error(
        "could not read {}: {problem}; expected a topology file, a SAM, CloudFormation or CDK template, a Terraform plan or a Serverless Framework file",
        shown(path)
    )]
    NotRecognised {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// There is no file of this name, which ends in a part of a home.
    #[error(
        "there is no file {}; a template that is deployed elsewhere is written FILE@REGION/ACCOUNT, as in template.yaml@eu-west-1/222222222222",
        shown(.0)
    )]
    NotAHome(PathBuf),
    /// The folder contains no template.
    #[error(
        "there is no template in {}: a folder must be of a CDK app, with files named *.template.json after `cdk synth`",
        shown(.0)
    )]
    NoTemplates(PathBuf),
    /// The topology could not be written as YAML.
    #[error("could not write YAML")]
    Yaml(#[source] serde_saphyr::SerializeError),
    /// The topology in the store is not usable.
    #[error(
        "the topology in the store cannot be used; import it again with `piitrail topology import`"
    )]
    StoredTopology(#[source] StoreError),
    /// Nothing can be read from accounts.
    #[cfg(feature = "aws")]
    #[error(transparent)]
    Pull(#[from] piitrail_aws::topology::PullError),
    /// What was read could not be kept.
    #[cfg(feature = "aws")]
    #[error(transparent)]
    Refresh(#[from] piitrail_aws::topology::RefreshError),
    /// There is no topology in the store.
    #[error(
        "the store has no topology for {0}; import one with `piitrail topology import FILE --store …`, or read accounts with `piitrail topology pull --store …`"
    )]
    NoTopology(jiff::civil::Date),
    /// No path was given and standard input is a terminal.
    #[error("no input: name a file or a directory, or - for standard input")]
    NoInput,
    /// The input could be read, and contained no document.
    #[error(
        "nothing was read, so nothing was done: there is no JSON in {}; name files or directories with JSON or JSON Lines",
        named(.0)
    )]
    NothingRead(Vec<PathBuf>),
    /// The command needs a subject key to look up a person, and none was given.
    #[error(
        "--subject-key FILE is missing: a person can only be looked up with the key that was used when tracing"
    )]
    NoSubjectKey,
    /// No person was named.
    #[error(
        "no person is named: give --email, --phone or --customer-id, and repeat an option if the person has several"
    )]
    NobodyNamed,
    /// The value is not an identifier of this kind. The message does not repeat it.
    #[error("{0}; the value is not repeated here, because it may be personal data")]
    NotAnIdentifier(&'static str),
    /// The keys are not usable, or a change to them is refused.
    #[error("could not use the subject keys in {}", shown(path))]
    SubjectKeys {
        /// The key file.
        path: PathBuf,
        /// The error in the keys.
        #[source]
        source: KeyRingError,
    },
    /// A new key was asked for, and there is a file with this name.
    #[error(
        "{file} exists already and is not replaced, because people can be looked up only with the keys in it; `piitrail subject key rotate --subject-key {file}` adds a new key to it",
        file = shown(.0)
    )]
    SubjectKeysExist(PathBuf),
    /// The keys could not be written.
    #[error("could not write the subject keys to {}", shown(path))]
    WriteSubjectKeys {
        /// The key file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The operating system returned no random bytes.
    #[error("could not make a key: the operating system provided no random bytes")]
    Random(#[source] getrandom::Error),
    /// The name of an epoch is not valid.
    #[error("could not name the epoch of the key")]
    Epoch(#[source] NotAnEpoch),
    /// Standard input could not be read.
    #[error("could not read standard input")]
    StandardInput(#[source] io::Error),
    /// An answer could not be written as JSON.
    #[error("could not write JSON")]
    Json(#[from] serde_json::Error),
    /// The store is a DynamoDB table, and this build has no AWS SDK.
    #[cfg(not(feature = "aws"))]
    #[error(
        "this build has no AWS: build it with `cargo build -p piitrail --features aws` to use a DynamoDB table or to read an account"
    )]
    NoAws,
    /// The async runtime could not be started.
    #[error("could not start the asynchronous runtime")]
    Runtime(#[source] io::Error),
}

/// The number of paths that a message names.
const PATHS_NAMED: usize = 3;

/// Returns the paths of the input for a message: `a.json, b and 7 more`. No path is standard input.
fn named(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return shown(Path::new("-"));
    }
    let names: Vec<String> = paths
        .iter()
        .take(PATHS_NAMED)
        .map(|path| shown(path))
        .collect();
    let names = names.join(", ");
    match paths.len().saturating_sub(PATHS_NAMED) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

impl Failure {
    /// Adds the name of the store to a failure of the store.
    pub(crate) fn of_store(self, store: Option<&str>) -> Self {
        match (self, store) {
            (Self::Store(source) | Self::Report(ReportError::Store(source)), Some(store)) => {
                Self::NamedStore {
                    store: store.to_owned(),
                    source,
                }
            }
            (failure, _) => failure,
        }
    }

    /// Returns the lines that explain the failure: what happened and where, why, and what to do.
    pub(crate) fn lines(&self) -> Vec<String> {
        if let Self::OptionValue {
            command, expected, ..
        } = self
        {
            // As arguments that the parser refuses.
            return usage::lines(
                &format!("piitrail {command}"),
                vec![self.to_string(), format!("expected {expected}")],
            );
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a remedy names a variable of the AWS SDK only if it is set"
        )]
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        explanation::lines(self, &is_set)
    }
}
