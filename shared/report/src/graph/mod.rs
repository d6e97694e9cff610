//! The graph: who sent what to whom in a span of time.
//!
//! It stands below all questions and above the store. A ledger holds facts by day and by basis; here
//! days are added up and the bases of one flow are merged, so that every report speaks of the same
//! edges. A topology adds the routes between channels and parties, and with them what keeps the events
//! of an edge. Everything is typed; the formats decide texts and colours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{DataClass, Tier};
use piitrail_flow::channel::Channel;
use piitrail_flow::counts::UnreadEvents;
use piitrail_flow::edge::{Basis, ClassFacts, Flow};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::party::Party;
use piitrail_flow::people::People;

mod filter;
mod homes;
mod keepers;
mod merge;
pub mod reach;
mod routes;

pub use filter::{Filters, Fit, HomeFilters};
pub(crate) use homes::unify;
pub use keepers::Keeper;
pub(crate) use keepers::{Keepers, STEPS_MAX};
pub(crate) use routes::Ends;
pub use routes::{Holding, Route, Routes};

/// Parties, channels and the edges between them, merged over days and bases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The edges, by flow.
    pub edges: BTreeMap<Flow, Edge>,
    /// The coverage at each place: the records that were read, and those that could not be.
    pub coverage: BTreeMap<Place, Coverage>,
    /// The number of names for which it is not decided which flows or places are one, because there are
    /// too many of the name whose homes are not known.
    pub undecided_homes: usize,
    /// The routes of the topology; none if there is no topology.
    pub routes: Arc<Routes>,
}

/// The facts about a flow in a span of time.
///
/// The same events may have been measured on several bases, at the bus and at the consumer's queue.
/// They are not added up: the larger count of each kind is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The strongest basis.
    pub basis: Basis,
    /// Events.
    pub events: u64,
    /// Events with at least one finding.
    pub events_with_findings: u64,
    /// Events that were replayed from an archive.
    pub replayed: u64,
    /// Events whose body could not be read.
    pub unreadable: u64,
    /// Other events of which a part was not read.
    pub part_unread: u64,
    /// Events of both kinds by reason.
    pub unread: UnreadEvents,
    /// The time of the earliest event.
    pub first_seen: Option<Timestamp>,
    /// The time of the latest event.
    pub last_seen: Option<Timestamp>,
    /// The classes that travelled.
    pub classes: BTreeMap<DataClass, ClassFacts>,
    /// The people who were in the events.
    pub people: People,
}

impl Graph {
    /// The graph of what was recorded and of the topology that held then.
    pub fn of(ledger: &Ledger, routes: Arc<Routes>) -> Self {
        merge::graph_of(ledger, routes)
    }

    /// Keeps the edges that match all filters, and returns how many others may match, because their
    /// homes are not known. Coverage and routes do not change, because they belong to places.
    pub fn retain(&mut self, filters: &Filters) -> usize {
        let mut unknown = 0;
        self.edges.retain(|flow, edge| {
            let fit = filters.fit(flow, edge);
            unknown += usize::from(fit == Fit::HomeUnknown);
            fit == Fit::Fits
        });
        unknown
    }

    /// Everyone who sent or received.
    pub fn parties(&self) -> BTreeSet<&Party> {
        let flows = self.edges.keys();
        flows
            .flat_map(|flow| [&flow.producer, &flow.consumer])
            .collect()
    }

    /// Every channel that events travelled on.
    pub fn channels(&self) -> BTreeSet<&Channel> {
        self.edges.keys().flat_map(|flow| &flow.channels).collect()
    }
}

impl Edge {
    /// Events that were not read whole.
    pub fn unread_events(&self) -> u64 {
        self.unreadable.saturating_add(self.part_unread)
    }

    /// The most sensitive tier of its classes.
    pub fn tier(&self) -> Option<Tier> {
        self.classes.keys().map(|class| class.tier()).min()
    }

    /// Its classes, the most sensitive first.
    pub fn classes_by_tier(&self) -> Vec<(DataClass, &ClassFacts)> {
        let mut classes: Vec<_> = self
            .classes
            .iter()
            .map(|(class, facts)| (*class, facts))
            .collect();
        classes.sort_by_key(|(class, _)| (class.tier(), *class));
        classes
    }
}
