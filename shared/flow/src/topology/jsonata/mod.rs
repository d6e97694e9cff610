//! JSONata expressions: what a subscriber of a V2 bus makes of an event ("Transforming events with JSONata"
//! in the guide of EventBridge).
//!
//! EventBridge stops an expression by the clock, at a depth of 100 and at 10 MiB. Here the clock decides
//! nothing, because the same event has to give the same answer again, and the library that evaluates
//! expressions counts neither steps nor memory. Therefore `cost.rs` computes beforehand, from the expression
//! and the length of the event, the most that an evaluation can cost. What costs more, or cannot be bounded
//! (functions that call themselves), is not evaluated: its result is unknown. So is the result of what
//! depends on the clock or on chance.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;

mod cost;
#[cfg(test)]
mod tests;

/// The name of the event in an expression: `$events`.
const EVENT: &str = "events";

/// The most characters of an expression.
const CHARACTERS_MAX: usize = 8_192;

/// The most steps and bytes, as `cost.rs` counts them. EventBridge allows 10 MiB and a second, and an event
/// of its largest size can be gone through a few times.
const COST_MAX: u64 = 16 << 20;

/// The deepest evaluation. The bound on cost makes no statement about depth.
const DEPTH_MAX: usize = 500;

/// A JSONata expression, in `{%` and `%}`.
#[derive(Clone)]
pub struct Jsonata {
    text: String,
    expression: Arc<AstNode>,
}

/// Why EventBridge would refuse an expression.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonataError {
    /// It is not in its brackets.
    #[error("a JSONata expression stands in {{% and %}}")]
    NoBrackets,
    /// It is longer than EventBridge takes.
    #[error("a JSONata expression has at most 8,192 characters")]
    TooLong,
    /// Its syntax is wrong. The message of the library is not kept, because it quotes the expression.
    #[error("the JSONata expression is not complete or has a mistake in it")]
    Syntax,
}

/// What an expression makes of an event.
pub(crate) enum Made {
    /// This text.
    Text(String),
    /// Nothing: EventBridge counts that as a failure and delivers nothing.
    Nothing,
    /// Something that cannot be known here.
    Unknown,
}

impl Jsonata {
    /// Reads an expression.
    ///
    /// # Errors
    /// EventBridge would refuse it.
    pub fn new(text: &str) -> Result<Self, JsonataError> {
        if text.chars().count() > CHARACTERS_MAX {
            return Err(JsonataError::TooLong);
        }
        let inner = text.trim().strip_prefix("{%");
        let inner = inner.and_then(|inner| inner.strip_suffix("%}"));
        let inner = inner.ok_or(JsonataError::NoBrackets)?;
        let parsed = catch_unwind(|| parser::parse(inner));
        let Ok(Ok(expression)) = parsed else {
            return Err(JsonataError::Syntax);
        };
        Ok(Self {
            text: text.to_owned(),
            expression: Arc::new(expression),
        })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it makes of an event, which is given with its metadata.
    pub(crate) fn apply(&self, event: &str) -> Made {
        let cost = cost::most(&self.expression, event.len());
        if cost.is_none_or(|cost| cost > COST_MAX) {
            return Made::Unknown;
        }
        // A defect of the library is no more than a result that is not known.
        catch_unwind(AssertUnwindSafe(|| self.evaluate(event))).unwrap_or(Made::Unknown)
    }

    fn evaluate(&self, event: &str) -> Made {
        let Ok(event) = JValue::from_json_str(event) else {
            return Made::Unknown;
        };
        let mut context = Context::new();
        context.bind(EVENT.to_owned(), event);
        let options = EvaluatorOptions {
            max_stack_depth: Some(DEPTH_MAX),
            ..EvaluatorOptions::default()
        };
        let mut evaluator = Evaluator::with_options(context, options);
        // A mistake of the types is a failure for EventBridge too. It is not taken for one, because the
        // library may know less than EventBridge does.
        match evaluator.evaluate(&self.expression, &JValue::Undefined) {
            Ok(JValue::Undefined | JValue::Null) => Made::Nothing,
            Ok(JValue::String(text)) => Made::Text(text.to_string()),
            Ok(value) => value.to_json_string().map_or(Made::Unknown, Made::Text),
            Err(_) => Made::Unknown,
        }
    }
}

/// Two expressions are equal if they are written alike.
impl PartialEq for Jsonata {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Jsonata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Jsonata").field(&self.text).finish()
    }
}
