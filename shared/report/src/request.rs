//! What is asked: the form that the report function and the command line share.

use piitrail_flow::subject::{NotASubject, SubjectId};
use piitrail_flow::time::Day;
use serde::{Deserialize, Deserializer, de};

use crate::graph::Filters;

/// The most edges in one answer unless the request asks for fewer: what a Lambda response of 6 MB
/// holds at a kilobyte and a half each.
pub const EDGES_MAX: usize = 4_000;

/// The most fingerprints of one question: a person's few, under every key of many years.
pub const SUBJECTS_MAX: usize = 1_000;

/// What is asked, in which form the answer is wanted, and what to leave out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Which question: `map`, `subject`.
    pub report: String,
    /// In which format; `json` if not given.
    #[serde(default)]
    pub format: Option<String>,
    /// The first day, `2026-11-01`; everything up to `to` if not given.
    #[serde(default)]
    pub from: Option<Day>,
    /// The last day; everything from `from` if not given.
    #[serde(default)]
    pub to: Option<Day>,
    /// Only edges that match.
    #[serde(default)]
    pub filters: Filters,
    /// Who is asked after, by fingerprint: `2026-11.3fa9c2:email:0bd9…`. For the subject report alone.
    #[serde(default, deserialize_with = "subject_ids")]
    pub subjects: Vec<SubjectId>,
    /// Leave out how many people there were: who was in the events is kept by the day, and where
    /// there are many that is most of what a long span costs to read.
    #[serde(default)]
    pub without_people: bool,
    /// The most edges in the answer, up to [`EDGES_MAX`].
    #[serde(default)]
    pub limit: Option<usize>,
    /// Where the answer goes on: `next` of the answer before.
    #[serde(default)]
    pub page: Option<String>,
    /// How wide a line of text may be, in columns; unbounded if not given.
    #[serde(default)]
    pub width: Option<u16>,
}

/// Reads fingerprints. The error does not repeat what is not a fingerprint: it may be the person's
/// address or number.
fn subject_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubjectId>, D::Error> {
    let given = serde_json::Value::deserialize(deserializer)?;
    serde_json::from_value(given).map_err(|_| de::Error::custom(NotASubject))
}
