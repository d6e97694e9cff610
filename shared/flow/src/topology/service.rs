//! Services: the owners of resources, and the facts that people give about them.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::resource::End;

/// The name of a service. It is not empty, and not one of the words with which the map shows
/// unknown parties.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ServiceName(String);

impl ServiceName {
    /// Creates the name of a service. Returns `None` if no service may have the name.
    pub fn new(name: &str) -> Option<Self> {
        let is_taken = matches!(name, "unattributed" | "no-consumer");
        (!name.trim().is_empty() && !is_taken).then(|| Self(name.to_owned()))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ServiceName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service with its AWS names. Each AWS name belongs to one service at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// The event sources of the events that it publishes (`EventBridge` `source`, `CloudEvents`
    /// `source`).
    pub sources: Vec<String>,
    /// The resources that it owns: functions, tables, buckets, API destinations.
    pub owns: Vec<End>,
    /// The facts that people give about it.
    pub about: About,
    /// The place in the file where it is written.
    pub origin: Origin,
}

/// The facts that people give about a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The person's role or the team's address that is responsible for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The team that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// True if another company runs it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vendor: bool,
    /// The purpose for which it uses data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The scope of the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// The reason why it is in scope or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// Whether a service is in the scope of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The service is in scope.
    In,
    /// The service is out of scope.
    Out,
}

/// The record of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The link to the document of the decision.
    pub link: String,
    /// The reason in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
