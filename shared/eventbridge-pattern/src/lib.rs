//! EventBridge event patterns.

mod arrays;
mod condition;
mod error;
mod event;
mod ip;
mod json;
mod number;
mod parse;
mod paths;
mod pattern;
mod text;

pub use error::{EventError, PatternError, Undecided};
pub use event::Event;
pub use pattern::Pattern;
