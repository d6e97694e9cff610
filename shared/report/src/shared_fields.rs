//! Defines the fields that every question takes.

use std::num::NonZeroU16;

use piitrail_flow::time::{DAY_EXPECTED, Day};
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
pub(crate) struct SharedFields {
    /// First day of the answer, as in 2026-11-01. Without it, the answer begins with the first day that was
    /// recorded
    #[schemars(
        with = "Option<String>",
        extend("format" = "date", "x-value" = "DAY", "x-expected" = DAY_EXPECTED)
    )]
    pub(crate) from: Option<Day>,
    /// Last day of the answer, as in 2026-11-30. Without it, the answer ends today
    #[schemars(
        with = "Option<String>",
        extend("format" = "date", "x-value" = "DAY", "x-expected" = DAY_EXPECTED)
    )]
    pub(crate) to: Option<Day>,
    /// Largest number of edges in the answer, from 1 to 4000. Without it, the answer has up to 4000
    #[schemars(
        with = "Option<usize>",
        range(min = 1, max = EDGES_MAX),
        extend("x-value" = "COUNT")
    )]
    pub(crate) limit: Option<EdgeLimit>,
    /// Page to continue with: `next` of the previous answer to the same question
    #[schemars(
        with = "Option<String>",
        extend(
            "x-value" = "CURSOR",
            "x-expected" = "`next` of the previous answer to the same question"
        )
    )]
    pub(crate) page: Option<Cursor>,
    /// Width of a text table in columns, for the format table only. Without it, lines are not wrapped
    pub(crate) width: Option<NonZeroU16>,
}

/// The largest number of edges that an answer may have: from 1 to [`EDGES_MAX`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct EdgeLimit(usize);

impl TryFrom<usize> for EdgeLimit {
    type Error = &'static str;

    fn try_from(edges: usize) -> Result<Self, Self::Error> {
        if (1..=EDGES_MAX).contains(&edges) {
            Ok(Self(edges))
        } else {
            Err("out of range")
        }
    }
}

impl SharedFields {
    /// Returns the maximum number of edges in the answer.
    pub(crate) fn limit(&self) -> usize {
        self.limit.map_or(EDGES_MAX, |EdgeLimit(edges)| edges)
    }

    /// Refuses a span that ends before it begins.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            return Err(Refusal::field(
                "to",
                format!("the span ends on {to}, before it begins on {from}"),
                "a day that is not before the first day",
            ));
        }
        Ok(())
    }
}
