//! EventBridge event patterns and input transformers, answered as AWS answers them.
//!
//! To know who received an event one must ask what the bus asked: which rules' patterns match it,
//! what each target was given of it, and which filters behind the targets let it through.
//!
//! - [`Pattern`] is one event pattern, [`RuleSet`] many as one machine, [`Event`] what they match.
//!   The language is in [`language`].
//! - [`TargetInput`] is what a target receives: `Input`, `InputPath` or `InputTransformer`.
//! - [`FilterCriteria`] and [`FilterPolicy`] are the siblings in Lambda's event source mappings and
//!   SNS subscriptions.
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
//! # What it promises
//! The same answers as AWS's engine [event-ruler], of which this crate holds no line: it was written
//! from the engine's behaviour, including where that surprises. No input panics; everything is
//! bounded (nesting, combinations, comparisons, sizes), and a bound that is reached is an error or an
//! explicit "undecided", never a silent "no". No error, `Debug` output or panic holds a value of an
//! event.
//!
//! # How it works
//! `event` keeps an event as a flat list of values, read in one go and matched against any number of
//! sets; `json` knows how text is spelled and `names` tells keys apart by a hash. `paths` finds the
//! fields that patterns name. `parse` turns a pattern into combinations of fields and `condition`s.
//! One pattern is checked condition by condition (`pattern`); a rule set has one index per field
//! (`field_index`) and looks only at combinations whose rarest field is satisfied (`rules`). Arrays
//! of objects are settled last (`arrays`).
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
