//! Evaluates EventBridge event patterns and input transformers with the same results as AWS.
//!
//! To find out who received an event, one needs the decisions of the bus: which rules' patterns
//! match it, what each target receives of it, and which filters after the targets accept it.
//!
//! - [`Pattern`] is one event pattern, and [`RuleSet`] combines many into one machine. Both match
//!   an [`Event`]. [`language`] describes the language.
//! - [`TargetInput`] is the input of a target: `Input`, `InputPath` or `InputTransformer`.
//! - [`FilterCriteria`] and [`FilterPolicy`] are the similar filters of Lambda's event source
//!   mappings and SNS subscriptions.
//!
//! ```
//! use eventbridge_pattern::{Event, Pattern, RuleSet};
//!
//! let rules: RuleSet<&str> = [
//!     ("refunds", Pattern::parse(r#"{"detail": {"total": [{"numeric": ["<", 0]}]}}"#)?),
//!     ("orders", Pattern::parse(r#"{"source": [{"prefix": "shop."}]}"#)?),
//! ]
//! .into_iter()
//! .collect();
//! let event = Event::parse(br#"{"source": "shop.orders", "detail": {"total": 99.5}}"#)?;
//! assert_eq!(rules.matches(&event).matched, [&"orders"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//! The results are the same as those of AWS's engine [event-ruler], including surprising ones. This
//! crate was written from the engine's behaviour and contains no line of its code. No input panics.
//! Everything is bounded (nesting, combinations, comparisons, sizes), and a bound that is reached
//! is an error or an explicit "undecided", never a silent "no". No error, `Debug` output or panic
//! contains a value of an event.
//!
//! # How it works
//! `event` represents an event as a flat list of values, which is parsed in one pass and matched
//! against any number of sets. `json` knows the spelling of text, and `names` compares keys by a
//! hash. `paths` finds the fields that patterns name. `parse` turns a pattern into combinations of
//! fields and `condition`s. One pattern is checked condition by condition (`pattern`). A rule set
//! has one index per field (`field_index`) and checks only combinations whose rarest field is
//! satisfied (`rules`). Arrays of objects are decided last (`arrays`).
//!
//! [event-ruler]: https://github.com/aws/event-ruler

mod arrays;
mod bits;
mod condition;
mod covers;
mod error;
mod event;
mod field_index;
mod filter;
mod intervals;
mod ip;
mod json;
pub mod language;
mod names;
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
