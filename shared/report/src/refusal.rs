//! Describes why a request cannot be answered, in words for its sender.

use std::fmt;

use serde::Serialize;

/// The problem of a request, and what would be accepted instead.
///
/// It never repeats a value of the request, because a value may be somebody's address or number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The field it is about, with dots between names: `filters.tier`. `None` if it is about the
    /// request as a whole.
    pub field: Option<String>,
    /// The problem.
    pub problem: String,
    /// A description of accepted values, to be read after the word "expected".
    pub expected: String,
}

impl Refusal {
    /// Creates the refusal of one field.
    pub(crate) fn field(
        field: &str,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::request(problem, expected)
        }
    }

    /// Creates the refusal of the request as a whole.
    pub(crate) fn request(problem: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            field: None,
            problem: problem.into(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{}; expected {}", self.problem, self.expected)
    }
}

impl std::error::Error for Refusal {}
