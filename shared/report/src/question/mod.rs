//! The questions: one file each, and one line in [`QUESTIONS`].

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::people::People;
use piitrail_flow::store::{Query, Store, StoreError, read_all};
use piitrail_flow::time::{Day, Span};

use crate::document::Document;
use crate::error::ReportError;
use crate::request::Request;

mod map;
pub(crate) mod subject;

/// The questions that can be asked, by name.
pub(crate) static QUESTIONS: &[&dyn Question] = &[&map::Map, &subject::Subject];

/// What can be asked.
#[async_trait]
pub(crate) trait Question: Sync {
    /// Its name in a request.
    fn name(&self) -> &'static str;

    /// Answers from what was recorded.
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError>;
}

/// A request, and what it can be answered from.
pub(crate) struct Asked<'r> {
    pub(crate) request: &'r Request,
    pub(crate) store: &'r dyn Store,
    pub(crate) now: Timestamp,
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
