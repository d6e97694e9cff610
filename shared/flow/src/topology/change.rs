//! The changes in the accounts that made a topology differ from the one before it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Topology;

/// The most changes that a topology keeps. Later ones are left out.
const CHANGES_MAX: usize = 1_000;

/// A change in an account, as `CloudTrail` recorded it, or as the person names it who imports a
/// topology.
///
/// It does not say who made it: `CloudTrail` does, by the id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The time of the change, or of the import.
    pub at: Timestamp,
    /// The `eventID` of `CloudTrail`, or what a person gave: a commit, a ticket, a pull request.
    pub id: String,
    /// The IAM action, if `CloudTrail` recorded it: `events:PutRule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The names of the resources that it named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Topology {
    /// Returns the changes since the topology before this one, in the order of time.
    pub fn changes(&self) -> &[Change] {
        &self.parts.changes
    }

    /// Returns the same topology with these changes and no others, of which it keeps the first
    /// thousand.
    #[must_use]
    pub fn with_changes(mut self, mut changes: Vec<Change>) -> Self {
        changes.sort();
        changes.dedup();
        changes.truncate(CHANGES_MAX);
        self.parts.changes = changes;
        self
    }
}
