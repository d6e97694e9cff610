//! Reach: how far data from a party can have travelled, or where the data of a party can have come from.
//!
//! An edge says which classes left its producer. It does not say which of them the producer received
//! before, so the answer is an upper bound: a class is followed over an edge if it arrived at the edge's
//! producer and is on the edge. At the start, every class of an edge counts.
//!
//! Only tests use it so far. The question `breach` will use it: it answers where the data of a breached
//! party went next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use piitrail_detect::DataClass;
use piitrail_flow::edge::Flow;
use piitrail_flow::party::Party;

use super::Graph;

/// The direction in which edges are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From producers to consumers: where did it go?
    Forward,
    /// From consumers to producers: where did it come from?
    Back,
}

/// An edge on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop<'g> {
    /// The number of edges from the start, at least 1. The shortest way counts if there are several.
    pub distance: u32,
    /// The flow it goes along.
    pub flow: &'g Flow,
    /// The classes that arrived at the near end of the edge and are on the edge.
    pub classes: BTreeSet<DataClass>,
}

impl Graph {
    /// The edges that can be reached from the given parties, nearest first. An edge is followed only if
    /// it carries a class that arrived. An unattributed party is reached but not passed, because two
    /// unattributed parties need not be the same.
    pub fn reach<'g>(&'g self, start: &BTreeSet<&'g Party>, direction: Direction) -> Vec<Hop<'g>> {
        let ends = |flow: &'g Flow| match direction {
            Direction::Forward => (&flow.producer, &flow.consumer),
            Direction::Back => (&flow.consumer, &flow.producer),
        };
        // By name, because the home of a party may be known on one edge and not on the next.
        let named = |party: &'g Party| (party.kind, party.name.as_ref());
        let mut leaving: BTreeMap<_, Vec<&Flow>> = BTreeMap::new();
        for flow in self.edges.keys() {
            leaving.entry(named(ends(flow).0)).or_default().push(flow);
        }
        let is_start = |party: &Party| start.iter().any(|one| one.fits(party));
        let mut hops: BTreeMap<&Flow, Hop<'g>> = BTreeMap::new();
        // What arrived at each party beyond the start.
        let mut arrived: BTreeMap<&Party, BTreeSet<DataClass>> = BTreeMap::new();
        let mut waiting: VecDeque<(&Party, u32)> = start.iter().map(|party| (*party, 0)).collect();
        // A party is looked at again only where more arrived, so this ends after at most as many
        // rounds as there are classes at parties.
        while let Some((near, distance)) = waiting.pop_front() {
            let from_here = leaving.get(&named(near)).into_iter().flatten();
            for flow in from_here.filter(|flow| ends(flow).0.fits(near)) {
                let edge = &self.edges[*flow];
                let classes: BTreeSet<DataClass> = edge
                    .classes
                    .keys()
                    .filter(|class| {
                        is_start(near) || arrived.get(near).is_some_and(|here| here.contains(class))
                    })
                    .copied()
                    .collect();
                if classes.is_empty() {
                    continue;
                }
                let hop = hops.entry(flow).or_insert_with(|| Hop {
                    distance: distance + 1,
                    flow,
                    classes: BTreeSet::new(),
                });
                hop.classes.extend(&classes);
                let far = ends(flow).1;
                let here = arrived.entry(far).or_default();
                let before = here.len();
                here.extend(classes);
                if here.len() > before && !is_start(far) && !far.kind.is_unknown() {
                    waiting.push_back((far, distance + 1));
                }
            }
        }
        let mut hops: Vec<Hop<'g>> = hops.into_values().collect();
        hops.sort_by_key(|hop| (hop.distance, hop.flow));
        hops
    }
}

#[cfg(test)]
mod tests {
    use piitrail_detect::{Confidence, Engine};
    use piitrail_flow::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey};
    use piitrail_flow::home::Home;
    use piitrail_flow::ledger::Ledger;
    use piitrail_flow::name::Name;
    use piitrail_flow::party::PartyKind;

    use super::*;
    use std::sync::Arc;

    fn party(name: &str) -> Party {
        match name {
            "?" => Party::UNATTRIBUTED,
            name => {
                let (name, home) = name.split_once('@').unwrap_or((name, ""));
                let name = Name::masked(&Engine::new(), name);
                Party::new(PartyKind::Service, name).at(Home::parse(home).unwrap_or_default())
            }
        }
    }

    /// Edges written `a > b: EMAIL_ADDRESS CITY`.
    fn graph(edges: &[&str]) -> Graph {
        let mut ledger = Ledger::default();
        for edge in edges {
            let (ends, classes) = edge.split_once(": ").unwrap();
            let (producer, consumer) = ends.split_once(" > ").unwrap();
            let key = EdgeKey {
                flow: Flow {
                    producer: party(producer),
                    consumer: party(consumer),
                    channels: Vec::new(),
                    event_type: Name::masked(&Engine::new(), "Happened"),
                },
                basis: Basis::Observed,
            };
            let mut facts = EdgeFacts {
                events: 1,
                ..EdgeFacts::default()
            };
            for class in classes.split_whitespace() {
                let class_facts = ClassFacts {
                    events: 1,
                    confidence: Confidence::new(90),
                    only_test_data: false,
                    paths: BTreeSet::new(),
                    more_paths: false,
                };
                facts.classes.insert(class.parse().unwrap(), class_facts);
            }
            ledger.add_edge("2026-11-21".parse().unwrap(), key, &facts);
        }
        Graph::of(&ledger, Arc::default())
    }

    fn reached(graph: &Graph, from: &str, direction: Direction) -> Vec<String> {
        let from = party(from);
        let hops = graph.reach(&BTreeSet::from([&from]), direction);
        let text = |hop: &Hop<'_>| {
            let classes: Vec<&str> = hop.classes.iter().map(|class| class.name()).collect();
            format!(
                "{} {} > {}: {}",
                hop.distance,
                hop.flow.producer,
                hop.flow.consumer,
                classes.join(" ")
            )
        };
        hops.iter().map(text).collect()
    }

    #[test]
    fn a_class_is_carried_on_where_it_arrived_and_left() {
        let graph = graph(&[
            "shop > mailer: EMAIL_ADDRESS CITY",
            "mailer > vendor: EMAIL_ADDRESS CREDIT_CARD",
            "mailer > counter: CREDIT_CARD",
            "vendor > backup: EMAIL_ADDRESS",
            "other > vendor: CITY",
        ]);
        assert_eq!(
            reached(&graph, "shop", Direction::Forward),
            [
                "1 shop > mailer: EMAIL_ADDRESS CITY",
                "2 mailer > vendor: EMAIL_ADDRESS",
                "3 vendor > backup: EMAIL_ADDRESS",
            ]
        );
        assert_eq!(
            reached(&graph, "vendor", Direction::Back),
            [
                "1 mailer > vendor: EMAIL_ADDRESS CREDIT_CARD",
                "1 other > vendor: CITY",
                "2 shop > mailer: EMAIL_ADDRESS",
            ]
        );
    }

    #[test]
    fn a_cycle_ends_and_what_comes_round_later_is_carried_on() {
        let graph = graph(&[
            "a > b: EMAIL_ADDRESS",
            "a > c: CITY",
            "b > c: EMAIL_ADDRESS CITY",
            "c > b: CITY EMAIL_ADDRESS",
            "b > d: CITY",
            "c > a: CITY",
        ]);
        assert_eq!(
            reached(&graph, "a", Direction::Forward),
            [
                "1 a > b: EMAIL_ADDRESS",
                "1 a > c: CITY",
                "2 b > c: EMAIL_ADDRESS CITY",
                "2 c > a: CITY",
                "2 c > b: EMAIL_ADDRESS CITY",
                "3 b > d: CITY",
            ]
        );
    }

    #[test]
    fn a_party_whose_home_only_one_edge_knows_passes_on_what_it_received() {
        let graph = graph(&[
            "a > f: CITY",
            "f@eu-west-1/111111111111 > b: CITY",
            "f@eu-west-1/222222222222 > c: CITY",
            "x > f@eu-west-1/222222222222: EMAIL_ADDRESS",
        ]);
        assert_eq!(
            reached(&graph, "a", Direction::Forward),
            ["1 a > f: CITY", "2 f > b: CITY", "2 f > c: CITY"]
        );
        assert_eq!(
            reached(&graph, "b", Direction::Back),
            ["1 f > b: CITY", "2 a > f: CITY"]
        );
    }

    #[test]
    fn two_unknown_parties_are_not_one() {
        let graph = graph(&["a > ?: CITY", "? > b: CITY"]);
        assert_eq!(
            reached(&graph, "a", Direction::Forward),
            ["1 a > unattributed: CITY"]
        );
    }
}
