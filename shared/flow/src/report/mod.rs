//! Answering questions: request → query → store → report → rendered bytes.
//!
//! A question is one file here and one line in [`QUESTIONS`]; it makes a [`Report`], which holds the
//! answer in the three forms that formats draw on: data, tables and a graph. A format is one file in
//! [`crate::render`]. The report function and `piitrail report` take the same [`Request`].

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::{DataClass, Tier};
use serde::{Deserialize, Deserializer, de};

use crate::ledger::Ledger;
use crate::people::People;
use crate::render;
use crate::store::{Query, Store, StoreError, read_all};
use crate::subject::{NotASubject, SubjectId};
use crate::time::{Day, Span};

mod map;
mod subject;

/// The questions that can be asked, by name.
static QUESTIONS: &[&dyn Question] = &[&map::Map, &subject::Subject];

/// The most edges in one answer unless the request asks for fewer: what a Lambda response of 6 MB
/// holds at a kilobyte and a half each.
pub const EDGES_MAX: usize = 4_000;

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

/// Subjects as they are written. What is none is not repeated, whatever it is: it may be what the
/// person is known by.
fn subject_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubjectId>, D::Error> {
    let given = serde_json::Value::deserialize(deserializer)?;
    serde_json::from_value(given).map_err(|_| de::Error::custom(NotASubject))
}

/// Only edges that match all that are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Who published, as the map names it: `orders`, `function/resize`.
    pub producer: Option<String>,
    /// Who received.
    pub consumer: Option<String>,
    /// A channel on the way: `queue/jobs`, or its name alone.
    pub channel: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// A data class it carries: `CREDIT_CARD`.
    pub class: Option<DataClass>,
    /// A tier of which it carries a class: `restricted`.
    pub tier: Option<Tier>,
}

/// An answer, ready to be sent or printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub body: String,
    /// Its media type.
    pub content_type: &'static str,
    /// In what it is not what was asked for: edges beyond the limit, months that are kept as a whole.
    /// A table says so itself.
    pub caveats: Vec<String>,
    /// Where it goes on, where it was cut at the limit.
    pub next: Option<String>,
}

/// What can be asked.
#[async_trait]
trait Question: Sync {
    /// Its name in a request.
    fn name(&self) -> &'static str;

    /// Answers from what was recorded.
    async fn answer(&self, asked: &Asked<'_>) -> Result<Report, ReportError>;
}

/// A request, and what it can be answered from.
struct Asked<'r> {
    request: &'r Request,
    store: &'r dyn Store,
    now: Timestamp,
}

impl Asked<'_> {
    /// What was recorded in the days asked for, and the months that are wider than the span.
    async fn ledger(&self) -> Result<(Ledger, BTreeSet<Day>), StoreError> {
        let span = Span {
            from: self.request.from,
            to: self.request.to,
        };
        let query = Query {
            people: !self.request.without_people,
            ..Query::sum(span, self.now)
        };
        let mut read = read_all(self.store, &query).await?;
        if self.request.without_people {
            // A store to which they are no work may give them all the same.
            for facts in read.ledger.edges.values_mut() {
                facts.people = People::default();
            }
        }
        Ok((read.ledger, read.whole_months))
    }
}

/// An answer before it is rendered.
#[derive(Debug, Default)]
pub struct Report {
    /// Everything, for programs.
    pub data: serde_json::Value,
    /// For terminals and spreadsheets.
    pub table: Table,
    /// What is said below a table.
    pub notes: Vec<String>,
    /// In what the answer is not what was asked for: said below a table and beside everything else.
    pub caveats: Vec<String>,
    /// For drawing, where the answer is one.
    pub graph: Option<Graph>,
    /// Where it goes on.
    pub next: Option<String>,
}

/// Columns and rows of text.
#[derive(Debug, Default)]
pub struct Table {
    /// Names of the columns, as in CSV: `event_type`.
    pub columns: Vec<Column>,
    /// One cell a column each.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name: `event_type`.
    pub name: &'static str,
    /// Whether it holds numbers, which stand to the right.
    pub numeric: bool,
    /// Whether a terminal shows it; a spreadsheet gets them all.
    pub terminal: bool,
}

/// Who sends to whom.
#[derive(Debug, Default)]
pub struct Graph {
    /// The parties.
    pub nodes: Vec<Node>,
    /// The arrows between them.
    pub arrows: Vec<Arrow>,
}

/// A party to draw.
#[derive(Debug)]
pub struct Node {
    /// What is written on it.
    pub label: String,
    /// What it is: `service`, `dead-letter-queue`.
    pub kind: &'static str,
}

/// An arrow to draw.
#[derive(Debug)]
pub struct Arrow {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it reaches.
    pub to: usize,
    /// What is written along it, line by line.
    pub label: Vec<String>,
    /// The most sensitive tier that travels it.
    pub tier: Option<Tier>,
}

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// There is no such question.
    #[error("there is no such report; there are: {}", .known.join(", "))]
    UnknownReport {
        /// Those there are.
        known: Vec<&'static str>,
    },
    /// There is no such format, or it cannot show this report.
    #[error("this report has no such format; there are: {}", .known.join(", "))]
    UnknownFormat {
        /// Those there are.
        known: Vec<&'static str>,
    },
    /// The span ends before it begins.
    #[error("the span ends on {to}, before it begins on {from}; give from and to in order")]
    EmptySpan {
        /// Its first day.
        from: Day,
        /// Its last day.
        to: Day,
    },
    /// No edge is asked for.
    #[error("a limit is a whole number of edges from 1 on; leave it out for up to {EDGES_MAX}")]
    BadLimit,
    /// The page is not one an answer gave.
    #[error("the page is not one an answer to this request gave; ask again without it")]
    BadPage,
    /// Nobody is asked after.
    #[error("the subject report is about a person: give their fingerprints as subjects")]
    NoSubject,
    /// More than a person has.
    #[error(
        "the subject report is about one person: give at most {} fingerprints",
        subject::SUBJECTS_MAX
    )]
    TooManySubjects,
    /// Somebody is asked after in a report about all.
    #[error("only the subject report is about a person; leave the subjects out of this one")]
    NotAboutAPerson,
    /// The books could not be read.
    #[error("the books could not be read")]
    Store(#[from] StoreError),
}

/// Names of the reports there are.
pub fn names() -> Vec<&'static str> {
    QUESTIONS.iter().map(|question| question.name()).collect()
}

/// Answers a request from a store. `now` is the time of asking.
pub async fn answer(
    store: &dyn Store,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, ReportError> {
    let question = QUESTIONS
        .iter()
        .find(|question| question.name() == request.report)
        .ok_or_else(|| ReportError::UnknownReport { known: names() })?;
    let format = render::by_name(request.format.as_deref().unwrap_or("json")).ok_or_else(|| {
        ReportError::UnknownFormat {
            known: render::names(),
        }
    })?;
    if let (Some(from), Some(to)) = (request.from, request.to)
        && to < from
    {
        return Err(ReportError::EmptySpan { from, to });
    }
    if request.limit == Some(0) {
        return Err(ReportError::BadLimit);
    }
    if !request.subjects.is_empty() && question.name() != subject::NAME {
        return Err(ReportError::NotAboutAPerson);
    }
    let asked = Asked {
        request,
        store,
        now,
    };
    let report = question.answer(&asked).await?;
    let body = format
        .render(&report, request.width)
        .ok_or_else(|| ReportError::UnknownFormat {
            known: render::names(),
        })?;
    Ok(Answer {
        body,
        content_type: format.content_type(),
        caveats: if format.shows_notes() {
            Vec::new()
        } else {
            report.caveats
        },
        next: report.next,
    })
}

#[cfg(test)]
mod tests;
