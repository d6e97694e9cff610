//! Services: who owns resources, and what their people say about them.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::resource::End;

/// The name of a service: not empty, and none of the words by which the map shows that nobody is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ServiceName(String);

impl ServiceName {
    /// The service of this name; `None` for a name that no service may have.
    pub fn new(name: &str) -> Option<Self> {
        let is_taken = matches!(name, "unattributed" | "no-consumer");
        (!name.trim().is_empty() && !is_taken).then(|| Self(name.to_owned()))
    }

    /// The name.
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

/// A service: the AWS names that it goes by, each of which belongs to one service at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// Event sources it publishes under (`EventBridge` `source`, `CloudEvents` `source`).
    pub sources: Vec<String>,
    /// What it consists of: functions, tables, buckets, API destinations.
    pub owns: Vec<End>,
    /// What its people say about it.
    pub about: About,
    /// Where it is written in the file.
    pub origin: Origin,
}

/// What people say about a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Who answers for it: a person's role or a team's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The team that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Whether another company runs it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vendor: bool,
    /// What it uses data for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whether it is in the scope of the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Why it is in scope or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// Whether a service is in the scope of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// It is.
    In,
    /// It is not.
    Out,
}

/// The record of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Where it is written down.
    pub link: String,
    /// The reason in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
