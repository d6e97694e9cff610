//! Implements the filters of Lambda's event source mappings and of SNS subscriptions. They share
//! the language of event patterns, but are matched against other data.

mod mapping;
mod policy;

pub use self::mapping::{EventSource, FilterCriteria};
pub use self::policy::{FilterPolicy, FilterPolicyScope, Message};
