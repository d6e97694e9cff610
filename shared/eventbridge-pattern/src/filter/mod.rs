//! Siblings of the event pattern: the filters of Lambda's event source mappings and of SNS
//! subscriptions. They share the pattern's language and differ in what they are matched against.

mod mapping;
mod policy;

pub use self::mapping::{EventSource, FilterCriteria};
pub use self::policy::{FilterPolicy, FilterPolicyScope, Message};
