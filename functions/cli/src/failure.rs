//! How a command ends: why it could not be carried out (exit code 2), or how it went.

use std::io;
use std::path::PathBuf;

use piitrail_detect::ConfigError;
use piitrail_flow::store::StoreError;
use piitrail_flow::subject::{KeyRingError, NotAnEpoch};
use piitrail_flow::topology::TopologyError;
use piitrail_report::ReportError;
use piitrail_report::render::RenderError;

use crate::input::shown;

/// How a command ends that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything was read and written.
    Fine,
    /// Some records failed.
    RecordsFailed,
    /// Some of the input could not be read, or there was none.
    Unreadable,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file could not be read as a whole.
    #[error("could not read {}", shown(path))]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The answer could not be written.
    #[error("could not write the output")]
    Write(#[from] io::Error),
    /// The store could not be opened.
    #[error("could not open the store {}{hint}", shown(store.as_ref()))]
    OpenStore {
        /// As it was named.
        store: String,
        /// What to do.
        hint: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// The store failed.
    #[error("could not read or write the store")]
    Store(#[from] StoreError),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The value of an option of a question is refused. The message does not repeat it.
    #[error("the value of --{option} cannot be used: {problem}; expected {expected}")]
    OptionValue {
        /// The option.
        option: String,
        /// What is wrong with its value.
        problem: String,
        /// What would be accepted.
        expected: String,
    },
    /// The answer could not be written in its format.
    #[error("could not write the answer")]
    Answer(#[source] RenderError),
    /// The configuration of detection is not usable.
    #[error("could not use the configuration {}", shown(path))]
    Detection {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ConfigError,
    },
    /// The topology file is not usable.
    #[error("could not use the topology {}", shown(path))]
    Topology {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: TopologyError,
    },
    /// The services file is not usable.
    #[error("could not use the services file {}", shown(path))]
    Services {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: TopologyError,
    },
    /// An output that would replace the store.
    #[error(
        "{} is the store, and the answer would replace it; name another file for --output",
        shown(.0)
    )]
    OutputIsStore(PathBuf),
    /// The file for an answer cannot be written.
    #[error(
        "could not write {}; name a file in a folder that exists and can be written",
        shown(path)
    )]
    Output {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Files that contradict each other.
    #[error("the files contradict each other")]
    Contradiction(#[source] TopologyError),
    /// A file of no form that can be read.
    #[error(
        "could not recognise {}: it is no topology file, SAM, CloudFormation or CDK template, Terraform plan or Serverless Framework file",
        shown(.0)
    )]
    NotRecognised(PathBuf),
    /// A file that could not be parsed, with its line.
    #[error("could not read a file: {0}")]
    Unreadable(String),
    /// A folder without templates.
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
    /// There is no topology in the store.
    #[error(
        "the store has no topology for {0}; import one with `piitrail topology import FILE --store …`"
    )]
    NoTopology(jiff::civil::Date),
    /// `--at` is not a JSON Pointer.
    #[error("--at is not a JSON Pointer (RFC 6901): a pointer begins with /, as in /event")]
    Pointer,
    /// There is nothing to read.
    #[error("no input: name a file or a directory, or - for standard input")]
    NoInput,
    /// There was no document in the input.
    #[error("nothing was read: there is no document in the input")]
    NothingRead,
    /// No key was given to look up a person with.
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
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: KeyRingError,
    },
    /// The keys could not be written.
    #[error("could not write the subject keys to {}", shown(path))]
    WriteSubjectKeys {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system gave no random bytes.
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
    /// This build has no AWS SDK.
    #[cfg(not(feature = "aws"))]
    #[error(
        "this build has no AWS: build it with `cargo build -p piitrail --features aws` to use a DynamoDB table"
    )]
    NoAws,
    /// The runtime could not be started.
    #[error("could not start the asynchronous runtime")]
    Runtime(#[source] io::Error),
}
