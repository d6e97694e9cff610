//! Why a command could not be carried out: exit code 2.

use std::io;
use std::path::PathBuf;

use piitrail_detect::ConfigError;
use piitrail_flow::store::StoreError;
use piitrail_flow::subject::{KeyRingError, NotAnEpoch};
use piitrail_flow::topology::TopologyError;
use piitrail_report::ReportError;
use piitrail_report::render::RenderError;

use crate::input::InputError;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file could not be read as a whole.
    #[error("could not read {}", path.display())]
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
    /// The books could not be opened.
    #[error("could not open the store {store}{}", hint)]
    OpenStore {
        /// As it was named.
        store: String,
        /// What to do.
        hint: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// The books failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The answer could not be written in its format.
    #[error("could not write the answer")]
    Answer(#[source] RenderError),
    /// The configuration of detection is not usable.
    #[error("could not use the configuration {}", path.display())]
    Detection {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ConfigError,
    },
    /// The topology file is not usable.
    #[error("could not use the topology {}", path.display())]
    Topology {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: TopologyError,
    },
    /// The topology in the store is not usable.
    #[error(
        "could not use the topology in the store; import it again with `piitrail topology import`"
    )]
    StoredTopology(#[source] TopologyError),
    /// There is no topology in the store.
    #[error(
        "the store holds no topology for {0}; put one there with `piitrail topology import FILE --store …`"
    )]
    NoTopology(jiff::civil::Date),
    /// `--at` is not a JSON Pointer.
    #[error("--at {0} is not a JSON Pointer (RFC 6901): it begins with /, as in /event")]
    Pointer(String),
    /// There is nothing to read.
    #[error("nothing to read: name a file or a directory, or - for standard input")]
    NoInput,
    /// Nothing to ask after a person with.
    #[error(
        "a person can only be asked after with the key their fingerprints were made with: --subject-key FILE"
    )]
    NoSubjectKey,
    /// Nobody to ask after.
    #[error("say who: --email, --phone or --customer-id, several where the person has several")]
    NobodyNamed,
    /// What was given is none; it is not repeated.
    #[error("{0}; it is not shown here, as it may be somebody's")]
    NotAnIdentifier(&'static str),
    /// The keys are not usable, or a change to them is refused.
    #[error("could not use the subject keys in {}", path.display())]
    SubjectKeys {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: KeyRingError,
    },
    /// The keys could not be written.
    #[error("could not write the subject keys to {}", path.display())]
    WriteSubjectKeys {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system gave no random bytes.
    #[error("could not make a key: the system gave no randomness")]
    Random(#[source] getrandom::Error),
    /// An epoch cannot be called so.
    #[error("could not name the key")]
    Epoch(#[source] NotAnEpoch),
    /// Standard input could not be read.
    #[error("could not read standard input")]
    StandardInput(#[source] io::Error),
    /// JSON that was just made could not be written.
    #[error("could not write JSON")]
    Json(#[from] serde_json::Error),
    /// This build has no AWS SDK.
    #[cfg(not(feature = "aws"))]
    #[error(
        "this build has no AWS: build it with `cargo build -p piitrail --features aws` for {0}"
    )]
    NoAws(String),
    /// The runtime could not be started.
    #[error("could not start")]
    Runtime(#[source] io::Error),
}
