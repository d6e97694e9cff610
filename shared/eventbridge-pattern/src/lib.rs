//! EventBridge event patterns.

mod arrays;
mod condition;
mod error;
mod event;
mod field_index;
mod filter;
mod intervals;
mod ip;
mod json;
mod number;
mod parse;
mod paths;
mod pattern;
mod rules;
mod target;
mod text;

pub use error::{EventError, FilterError, PatternError, TargetError, Undecided};
pub use event::Event;
pub use filter::{EventSource, FilterCriteria, FilterPolicy, FilterPolicyScope, Message};
pub use pattern::Pattern;
pub use rules::{Matches, RuleSet};
pub use target::{EventPath, Invocation, Received, Survivor, TargetInput};
