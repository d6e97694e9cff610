//! Merging. The counts of days are added up. The counts of bases are not: the larger one is used.

use std::collections::BTreeMap;
use std::sync::Arc;

use piitrail_detect::DataClass;
use piitrail_flow::counts::UnreadEvents;
use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, Flow};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::people::People;

use super::homes::unify;
use super::{Edge, Graph, Routes};

pub(super) fn graph_of(ledger: &Ledger, routes: Arc<Routes>) -> Graph {
    let mut flows: BTreeMap<Flow, BTreeMap<Basis, EdgeFacts>> = BTreeMap::new();
    for ((_, key), facts) in &ledger.edges {
        let by_basis = match flows.get_mut(&key.flow) {
            Some(by_basis) => by_basis,
            None => flows.entry(key.flow.clone()).or_default(),
        };
        by_basis.entry(key.basis).or_default().merge(facts);
    }
    let mut coverage: BTreeMap<Place, Coverage> = BTreeMap::new();
    for ((_, place), seen) in &ledger.coverage {
        coverage.entry(place.clone()).or_default().merge(seen);
    }
    let (flows, undecided) = unify(flows, |into: &mut BTreeMap<Basis, EdgeFacts>, from| {
        for (basis, facts) in from {
            into.entry(basis).or_default().merge(&facts);
        }
    });
    let (coverage, undecided_places) =
        unify(coverage, |into: &mut Coverage, from| into.merge(&from));
    Graph {
        edges: flows
            .into_iter()
            .map(|(flow, by_basis)| (flow, edge_of(&by_basis)))
            .collect(),
        coverage,
        undecided_homes: undecided + undecided_places,
        routes,
    }
}

/// One edge from the measurements of a flow on several bases: the larger of each count, and all
/// classes, paths and people.
fn edge_of(by_basis: &BTreeMap<Basis, EdgeFacts>) -> Edge {
    let most = |count: fn(&EdgeFacts) -> u64| by_basis.values().map(count).max().unwrap_or(0);
    let mut classes: BTreeMap<DataClass, ClassFacts> = BTreeMap::new();
    for (class, facts) in by_basis.values().flat_map(|facts| &facts.classes) {
        let Some(merged) = classes.get_mut(class) else {
            classes.insert(*class, facts.clone());
            continue;
        };
        merged.events = merged.events.max(facts.events);
        merged.confidence = merged.confidence.max(facts.confidence);
        merged.only_test_data &= facts.only_test_data;
        merged.paths.extend(facts.paths.iter().cloned());
        merged.more_paths |= facts.more_paths;
    }
    // The same events measured at two places are the same people.
    let mut people = People::default();
    for facts in by_basis.values() {
        people.merge_same_events(&facts.people);
    }
    let mut unread = UnreadEvents::new();
    for (reason, events) in by_basis.values().flat_map(|facts| &facts.unread) {
        let most = unread.entry(reason.clone()).or_default();
        *most = (*most).max(*events);
    }
    Edge {
        basis: by_basis
            .keys()
            .next_back()
            .copied()
            .unwrap_or(Basis::Configured),
        events: most(|facts| facts.events),
        events_with_findings: most(|facts| facts.events_with_findings),
        replayed: most(|facts| facts.replayed),
        unreadable: most(|facts| facts.unreadable),
        part_unread: most(|facts| facts.part_unread),
        unread,
        first_seen: by_basis.values().filter_map(|facts| facts.first_seen).min(),
        last_seen: by_basis.values().filter_map(|facts| facts.last_seen).max(),
        classes,
        people,
    }
}
