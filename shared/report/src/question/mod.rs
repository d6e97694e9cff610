//! Registers the questions: one file each, and one line each in [`QUESTIONS`].
//!
//! A question is a type with its own parameters. It reads the store, builds a graph, and writes the
//! answer into a document. The formats decide how the document looks.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use piitrail_detect::Engine;
use piitrail_flow::edge::Flow;
use piitrail_flow::party::PartyKind;
use piitrail_flow::people::People;
use piitrail_flow::plural::counted;
use piitrail_flow::store::{
    Page, Query, Reading, Store, StoreError, SubjectIndex, TopologyHistory, read_all,
};
use piitrail_flow::time::{Span, day_of};
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::document::{Contents, Document};
use crate::error::ReportError;
use crate::fields::{self, Field};
use crate::graph::Routes;
use crate::refusal::Refusal;
use crate::shared_fields::SharedFields;

mod drift;
mod kept;
mod map;
mod nodes;
mod subject;
mod unread;

/// The questions, in the order in which help lists them.
pub(crate) static QUESTIONS: &[Question] = &[map::QUESTION, subject::QUESTION, drift::QUESTION];

/// A function that reads the parameters of a question from the fields of a request.
type Read = fn(&Map<String, Value>, &[Field]) -> Result<Box<dyn Ask>, Refusal>;

/// A question: its name, its purpose, and the type that reads and answers it.
pub struct Question {
    /// The name in a request: `map`.
    pub name: &'static str,
    /// The purpose, in one sentence without the last full stop.
    pub about: &'static str,
    /// The contents of its documents.
    pub(crate) contents: Contents,
    /// Returns the schema of its own parameters.
    parameters: fn() -> Schema,
    /// Reads its own parameters.
    pub(crate) read: Read,
}

impl Question {
    /// Creates a question that the type `A` reads and answers.
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
                Ok(Box::new(ask))
            },
        }
    }

    /// Returns the schemas of its fields: those that every question has, then its own.
    pub(crate) fn schemas(&self) -> [Schema; 2] {
        [fields::of::<SharedFields>(), (self.parameters)()]
    }

    /// Returns every field it takes besides `report` and `format`.
    pub fn fields(&self) -> Vec<Field> {
        self.schemas().iter().flat_map(fields::fields).collect()
    }
}

/// Returns all questions.
pub fn questions() -> &'static [Question] {
    QUESTIONS
}

/// A question with its parameters.
#[async_trait]
pub(crate) trait Ask: Send + Sync {
    /// Answers the question from the store.
    async fn answer(&self, asked: &Asked<'_>) -> Result<Document, ReportError>;
}

/// The parts of a store that questions read.
#[derive(Clone, Copy)]
pub struct Sources<'s> {
    /// The recorded flows.
    pub recorded: &'s dyn Reading,
    /// The index of people.
    pub people: &'s dyn SubjectIndex,
    /// The topology of each day.
    pub topology: &'s dyn TopologyHistory,
}

impl<'s, S: Reading + SubjectIndex + TopologyHistory> From<&'s S> for Sources<'s> {
    fn from(store: &'s S) -> Self {
        Self {
            recorded: store,
            people: store,
            topology: store,
        }
    }
}

impl<'s> From<&'s dyn Store> for Sources<'s> {
    fn from(store: &'s dyn Store) -> Self {
        Self {
            recorded: store,
            people: store,
            topology: store,
        }
    }
}

/// The input that every question has besides its own parameters.
pub(crate) struct Asked<'r> {
    pub(crate) shared: &'r SharedFields,
    pub(crate) sources: Sources<'r>,
    pub(crate) now: Timestamp,
    /// The maximum number of edges in the answer.
    pub(crate) limit: usize,
    /// The recorded flows, once they have been read. They are kept because a question is asked
    /// again with a smaller limit if its answer was too large.
    recorded: OnceLock<Page>,
    /// The routes of the topology and their caveat, once they have been read.
    routes: OnceLock<(Arc<Routes>, Option<NoTopology>)>,
}

/// Why there are no routes, as a caveat.
#[derive(Clone, Debug)]
pub(crate) enum NoTopology {
    /// The store has none of that day.
    Missing(String),
    /// It cannot be read.
    Unreadable(String),
}

impl NoTopology {
    /// Returns the caveat for these edges. Edges of which a topology gave no consumer were traced without
    /// one, and say so themselves.
    pub(crate) fn caveat<'f>(self, edges: impl IntoIterator<Item = &'f Flow>) -> Option<String> {
        match self {
            Self::Unreadable(caveat) => Some(caveat),
            Self::Missing(caveat) => {
                let is_attributed = |edge: &Flow| {
                    !matches!(
                        edge.consumer.kind,
                        PartyKind::Unattributed | PartyKind::NoConsumer
                    )
                };
                edges.into_iter().any(is_attributed).then_some(caveat)
            }
        }
    }
}

impl<'r> Asked<'r> {
    pub(crate) fn new(shared: &'r SharedFields, sources: Sources<'r>, now: Timestamp) -> Self {
        Self {
            shared,
            sources,
            now,
            limit: shared.limit(),
            recorded: OnceLock::new(),
            routes: OnceLock::new(),
        }
    }

    /// Returns the routes of the topology that held on the last of the requested days, and a caveat
    /// if there is none or it cannot be read.
    async fn routes(&self) -> Result<(Arc<Routes>, Option<NoTopology>), StoreError> {
        if let Some(known) = self.routes.get() {
            return Ok(known.clone());
        }
        let on = self.shared.to.unwrap_or_else(|| day_of(self.now));
        let read = match self.sources.topology.topology(on).await {
            Ok(Some(topology)) => (Arc::new(Routes::of(&topology, &Engine::new())), None),
            Ok(None) => {
                let caveat = format!(
                    "the store has no topology of {on}, so what else keeps these events (dead-letter \
                     queues, destinations, backups) is unknown; import one with `piitrail topology \
                     import FILE --store STORE`"
                );
                (Arc::default(), Some(NoTopology::Missing(caveat)))
            }
            Err(StoreError::Unreadable { .. }) => {
                let caveat = format!(
                    "the topology of {on} in the store cannot be read, so what else keeps these events \
                     (dead-letter queues, destinations, backups) is unknown; import the topology again"
                );
                (Arc::default(), Some(NoTopology::Unreadable(caveat)))
            }
            Err(error) => return Err(error),
        };
        Ok(self.routes.get_or_init(|| read).clone())
    }

    /// Reads the recorded flows of the requested days.
    async fn read(&self, people: Counting) -> Result<&Page, StoreError> {
        if let Some(recorded) = self.recorded.get() {
            return Ok(recorded);
        }
        let span = Span {
            from: self.shared.from,
            to: self.shared.to,
        };
        let query = Query {
            people: people == Counting::People,
            ..Query::sum(span, self.now)
        };
        let mut read = read_all(self.sources.recorded, &query).await?;
        if people == Counting::NoPeople {
            // A store may return people nevertheless, if that costs it nothing.
            for facts in read.ledger.edges.values_mut() {
                facts.people = People::default();
            }
        }
        Ok(self.recorded.get_or_init(|| read))
    }
}

/// The maximum number of keys of damaged items that a caveat names.
const DAMAGED_NAMED_MAX: usize = 10;

/// Returns a sentence about the items of the store that could not be read.
fn damage_caveat(damaged: &BTreeSet<String>) -> Option<String> {
    if damaged.is_empty() {
        return None;
    }
    let named: Vec<&str> = damaged
        .iter()
        .take(DAMAGED_NAMED_MAX)
        .map(String::as_str)
        .collect();
    let more = damaged.len() - named.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(format!(
        "{} of the store cannot be read, so what was recorded there is missing here: {}{more}",
        counted(damaged.len() as u64, "item"),
        named.join(", ")
    ))
}

/// Returns a sentence with the number of edges that a filter by home left out because a home is
/// unknown.
fn home_caveat(edges: usize) -> Option<String> {
    match edges {
        0 => None,
        1 => Some(
            "1 edge is left out because the account or region of one of its parties or channels is \
             unknown, so it may be in this one too"
                .to_owned(),
        ),
        _ => Some(format!(
            "{edges} edges are left out because the account or region of one of their parties or channels \
             is unknown, so they may be in this one too"
        )),
    }
}

/// Returns a sentence about names for which it is not decided which flows or places are one.
fn undecided_caveat(names: usize) -> Option<String> {
    (names > 0).then(|| {
        format!(
            "for {} there are so many flows or places without a known home that it is not decided which of \
             them are one; they are shown apart",
            counted(names as u64, "name")
        )
    })
}

/// The choice whether people are read and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    /// People are counted.
    People,
    /// People are not counted, which is cheaper.
    NoPeople,
}

#[cfg(test)]
mod tests {
    use super::damage_caveat;

    #[test]
    fn what_cannot_be_read_is_named_up_to_ten_keys() {
        let keys = |count: usize| (0..count).map(|n| format!("journal#{n:02}")).collect();
        assert_eq!(damage_caveat(&keys(0)), None);
        assert_eq!(
            damage_caveat(&keys(1)).unwrap(),
            "1 item of the store cannot be read, so what was recorded there is missing here: journal#00"
        );
        let many = damage_caveat(&keys(12)).unwrap();
        assert!(many.starts_with("12 items of the store"), "{many}");
        assert!(many.ends_with("journal#09 and 2 more"), "{many}");
    }
}
