//! The fields that every question takes.

use piitrail_flow::time::Day;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::page::Cursor;
use crate::refusal::Refusal;

/// The most edges in one answer unless the request asks for fewer: what a Lambda response of 6 MB
/// holds at a kilobyte and a half each.
pub const EDGES_MAX: usize = 4_000;

/// The fields that every question takes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Common {
    /// The first day, 2026-11-01. Without it the answer begins with the first day recorded
    #[schemars(with = "Option<String>", extend("format" = "date", "x-value" = "DAY"))]
    pub(crate) from: Option<Day>,
    /// The last day, 2026-11-30. Without it the answer ends today
    #[schemars(with = "Option<String>", extend("format" = "date", "x-value" = "DAY"))]
    pub(crate) to: Option<Day>,
    /// The most edges in the answer, from 1 to 4000
    #[schemars(range(min = 1), extend("x-value" = "COUNT"))]
    pub(crate) limit: Option<usize>,
    /// Where to go on: `next` of an answer to the same question
    #[schemars(with = "Option<String>", extend("x-value" = "CURSOR"))]
    pub(crate) page: Option<Cursor>,
    /// The width of a text table in columns. Without it lines are as long as they need to be
    pub(crate) width: Option<u16>,
}

impl Common {
    /// The most edges in the answer.
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(EDGES_MAX).clamp(1, EDGES_MAX)
    }

    /// Refuses values that can be read and cannot be answered.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.limit == Some(0) {
            return Err(Refusal::field(
                "limit",
                "an answer without edges was asked for",
                format!("give a number from 1 to {EDGES_MAX}, or leave it out"),
            ));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            return Err(Refusal::field(
                "to",
                format!("the span ends on {to}, before it begins on {from}"),
                "give from and to in order",
            ));
        }
        Ok(())
    }
}
