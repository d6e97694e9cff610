//! The fields that every question takes.

use piitrail_flow::time::Day;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::page::Cursor;
use crate::refusal::Refusal;

/// The largest number of edges in one answer. A Lambda response of 6 MB has room for that many edges of
/// 1.5 KB each.
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
    /// The largest number of edges in the answer, from 1 to 4000
    #[schemars(range(min = 1), extend("x-value" = "COUNT"))]
    pub(crate) limit: Option<usize>,
    /// The page to continue with: `next` of the previous answer to the same question
    #[schemars(with = "Option<String>", extend("x-value" = "CURSOR"))]
    pub(crate) page: Option<Cursor>,
    /// The width of a text table in columns. Without it, lines are not wrapped
    pub(crate) width: Option<u16>,
}

impl Common {
    /// The largest number of edges in the answer.
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(EDGES_MAX).clamp(1, EDGES_MAX)
    }

    /// Refuses values that have the right type but cannot be answered.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.limit == Some(0) {
            return Err(Refusal::field(
                "limit",
                "the request asks for an answer without edges",
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
