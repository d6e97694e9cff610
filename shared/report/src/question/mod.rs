//! The questions: one file each, and one line each in [`QUESTIONS`].
//!
//! A question is a type with its own parameters. It reads the store, makes a graph, and puts the answer
//! into a document. The formats decide how the document looks.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::people::People;
use piitrail_flow::store::{Query, Store, StoreError, read_all};
use piitrail_flow::time::{Day, Span};
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::common::Common;
use crate::document::{Contents, Document};
use crate::error::ReportError;
use crate::fields::{self, Field};
use crate::refusal::Refusal;

mod map;
mod nodes;
mod subject;

/// The questions, in the order in which help lists them.
pub(crate) static QUESTIONS: &[Question] = &[map::QUESTION, subject::QUESTION];

/// Reads the parameters of a question out of the fields of a request.
type Read = fn(&Map<String, Value>, &[Field]) -> Result<Box<dyn Ask>, Refusal>;

/// What can be asked: a name, what it is for, and the type that reads and answers it.
pub struct Question {
    /// Its name in a request: `map`.
    pub name: &'static str,
    /// What it answers, in one sentence without the last full stop.
    pub about: &'static str,
    /// What its documents hold.
    pub(crate) contents: Contents,
    /// The schema of its own parameters.
    parameters: fn() -> Schema,
    /// Reads its own parameters.
    pub(crate) read: Read,
}

impl Question {
    /// A question that the type `A` reads and answers.
    const fn new<A>(name: &'static str, about: &'static str, contents: Contents) -> Self
    where
        A: Ask + DeserializeOwned + JsonSchema + 'static,
    {
        Self {
            name,
            about,
            contents,
            parameters: fields::of::<A>,
            read: |given, known| {
                let ask: A = fields::read(given, known)?;
                ask.check()?;
                Ok(Box::new(ask))
            },
        }
    }

    /// The schemas of its fields: those that every question has, then its own.
    pub(crate) fn schemas(&self) -> [Schema; 2] {
        [fields::of::<Common>(), (self.parameters)()]
    }

    /// Every field it takes beside `report` and `format`.
    pub fn fields(&self) -> Vec<Field> {
        self.schemas().iter().flat_map(fields::fields).collect()
    }
}

/// All questions.
pub fn questions() -> &'static [Question] {
    QUESTIONS
}

/// A question with its parameters.
#[async_trait]
pub(crate) trait Ask: Send + Sync {
    /// Refuses parameters that have the right types but cannot be answered.
    fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }

    /// Answers from what was recorded.
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError>;
}

/// The input of every question beside its own parameters.
pub(crate) struct Asked<'r> {
    pub(crate) common: &'r Common,
    pub(crate) store: &'r dyn Store,
    pub(crate) now: Timestamp,
}

impl Asked<'_> {
    /// What was recorded on the requested days, and the months for which only a total is kept although
    /// only some of their days were requested.
    async fn ledger(&self, people: Counting) -> Result<(Ledger, BTreeSet<Day>), StoreError> {
        let span = Span {
            from: self.common.from,
            to: self.common.to,
        };
        let query = Query {
            people: people == Counting::People,
            ..Query::sum(span, self.now)
        };
        let mut read = read_all(self.store, &query).await?;
        if people == Counting::NoPeople {
            // A store may return them anyway, if that costs it nothing.
            for facts in read.ledger.edges.values_mut() {
                facts.people = People::default();
            }
        }
        Ok((read.ledger, read.whole_months))
    }
}

/// Whether the people in the events are read and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    /// People are counted.
    People,
    /// People are not counted, which is cheaper.
    NoPeople,
}
