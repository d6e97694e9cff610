//! Connects Piitrail to an AWS account: the store in DynamoDB, and what the functions share.
//!
//! No other crate uses an AWS SDK.

pub mod announcer;
pub mod config;
pub mod deadline;
pub mod dynamodb;
mod sdk;
pub mod subject_keys;
pub mod telemetry;
#[cfg(feature = "topology")]
pub mod topology;

pub use sdk::{Aws, sentence_of};
