//! Why a question was not answered.

use piitrail_flow::store::StoreError;
use piitrail_flow::time::Day;

use crate::request::{EDGES_MAX, SUBJECTS_MAX};

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
        SUBJECTS_MAX
    )]
    TooManySubjects,
    /// Somebody is asked after in a report about all.
    #[error("only the subject report is about a person; leave the subjects out of this one")]
    NotAboutAPerson,
    /// The books could not be read.
    #[error("the books could not be read")]
    Store(#[from] StoreError),
}
