//! What was read from the accounts: by which reader, when, and what could not be read.
//!
//! A reader reads one AWS service in one home. Its result is a [`PulledPart`], which [`replace`]
//! puts into a topology in place of what an earlier reading found there, and [`Readings`] keeps when it was. A
//! reader that was refused leaves a [`Gap`]: it never looks like an account that has nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Draft;
use crate::home::Home;

mod readings;
mod replace;
#[cfg(test)]
mod tests;

pub use readings::{LastRead, Readings};

piitrail_detect::listed! {
    /// An AWS service that is read from an account. Its name is its prefix in IAM actions, but for
    /// the V2 buses, whose actions have the prefix of `EventBridge`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum AwsService {
        /// `EventBridge`: buses, rules, archives and API destinations.
        Events,
        /// The V2 buses of `EventBridge`: buses, subscribers and event sources.
        EventsV2,
        /// `EventBridge` Pipes.
        Pipes,
        /// `EventBridge` Scheduler.
        Scheduler,
        /// SQS.
        Sqs,
        /// SNS.
        Sns,
        /// Lambda: functions, their event source mappings and their destinations.
        Lambda,
        /// Kinesis Data Streams.
        Kinesis,
        /// `DynamoDB`.
        DynamoDb,
        /// Amazon Data Firehose.
        Firehose,
        /// Step Functions.
        States,
        /// S3.
        S3,
        /// `CloudWatch` Logs.
        Logs,
    }
}

impl AwsService {
    /// Returns the name: `sqs`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::EventsV2 => "eventsv2",
            Self::Pipes => "pipes",
            Self::Scheduler => "scheduler",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::Lambda => "lambda",
            Self::Kinesis => "kinesis",
            Self::DynamoDb => "dynamodb",
            Self::Firehose => "firehose",
            Self::States => "states",
            Self::S3 => "s3",
            Self::Logs => "logs",
        }
    }
}

impl FromStr for AwsService {
    type Err = UnknownService;

    fn from_str(name: &str) -> Result<Self, UnknownService> {
        let mut all = Self::all();
        all.find(|one| one.as_str() == name).ok_or(UnknownService)
    }
}

/// A name that no service has which is read from accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no service that is read has this name")]
pub struct UnknownService;

impl fmt::Display for AwsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

piitrail_detect::listed! {
    /// The reason why something was not read.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum GapReason {
        /// The role or the person may not make the call.
        Denied,
        /// AWS refused the call as one too many, again and again.
        Throttled,
        /// The service could not be reached or failed, again and again.
        Unavailable,
        /// The answer, or a part of it, could not be understood.
        Unreadable,
        /// The list is longer than what is read.
        Truncated,
    }
}

impl GapReason {
    /// Returns the word for it: `denied`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Unreadable => "unreadable",
            Self::Truncated => "truncated",
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The IAM action of the call: `sqs:ListQueues`.
    pub action: String,
    /// The reason.
    pub reason: GapReason,
}

/// What one reading found in a service of a home.
#[derive(Clone, Debug)]
pub struct PulledPart {
    /// The account and the region, both known.
    pub home: Home,
    /// The service.
    pub service: AwsService,
    /// What was found.
    pub draft: Draft,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// True if no call failed, so that what was not found does not exist. A description that AWS
    /// gave and that could not be understood is a gap in a whole reading.
    pub is_whole: bool,
}
