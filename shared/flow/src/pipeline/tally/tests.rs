//! Claims about adding up a chunk.

use piitrail_detect::Engine;

use super::*;
use crate::edge::{Basis, Flow};
use crate::name::Name;
use crate::party::Party;

fn at() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn edge(engine: &Engine, event_type: &str) -> EdgeKey {
    EdgeKey {
        flow: Flow {
            producer: Party::UNATTRIBUTED,
            consumer: Party::UNATTRIBUTED,
            channels: Vec::new(),
            event_type: Name::masked(engine, event_type),
        },
        basis: Basis::Observed,
    }
}

fn hop(edge: EdgeNumber, class_set: ClassSet) -> Hop {
    Hop {
        edge,
        at: at(),
        is_replay: false,
        is_unreadable: false,
        unread: UnreadSet::default(),
        class_set,
        people: People::default(),
    }
}

fn part(tally: &mut Tally, id: &str, hops: Vec<Hop>) -> Part {
    Part {
        receipt: ReceiptId::of(id),
        item: None,
        payload: 0,
        seen: Seen {
            place: tally.place(crate::time::day_of(at()), None),
            coverage: Coverage {
                deliveries: 1,
                ..Coverage::default()
            },
            hops,
            sightings: Sightings::default(),
        },
    }
}

fn scan(engine: &Engine, addresses: usize) -> Scan {
    let document = vec![serde_json::json!({ "email": "ada@analytical-engines.org" }); addresses];
    engine
        .scan_json(&serde_json::to_vec(&document).unwrap())
        .unwrap()
}

#[test]
fn events_that_carry_the_same_have_one_class_set() {
    let engine = Engine::new();
    let mut tally = Tally::default();
    let nothing = tally.class_set(&scan(&engine, 0));
    let one = tally.class_set(&scan(&engine, 1));
    let two = tally.class_set(&scan(&engine, 2));
    assert_eq!(nothing, ClassSet::EMPTY);
    assert!(one != nothing && one != two);
    assert_eq!(tally.class_set(&scan(&engine, 1)), one);
    assert_eq!(tally.union(one, nothing), one);
    assert_eq!(tally.union(one, two), tally.union(two, one));
    let both = tally.union(one, two);
    assert_eq!(tally.classes(both), tally.classes(two));
}

#[test]
fn an_event_with_many_findings_is_counted_and_not_looked_up() {
    let engine = Engine::new();
    let mut tally = Tally::default();
    let much = tally.class_set(&scan(&engine, LOOKED_UP_MAX + 1));
    assert_eq!(tally.classes(much)[&DataClass::EmailAddress].events, 1);
    assert!(tally.class_set_of.is_empty());
}

#[test]
fn an_event_that_goes_twice_over_an_edge_is_one_event() {
    let engine = Engine::new();
    let mut tally = Tally::default();
    let edge = tally.edge(crate::time::day_of(at()), edge(&engine, "Order"));
    let one = tally.class_set(&scan(&engine, 1));
    let mut hops = Vec::new();
    tally.add_hop(&mut hops, hop(edge, one));
    tally.add_hop(&mut hops, hop(edge, ClassSet::EMPTY));
    let parts = [part(&mut tally, "a", hops)];
    let batch = tally.batch(&parts, at());
    let facts = batch.ledger.edges.values().next().unwrap();
    assert_eq!((facts.events, facts.events_with_findings), (1, 1));
    assert_eq!(facts.classes[&DataClass::EmailAddress].events, 1);
}

#[test]
fn a_batch_without_a_part_lacks_what_only_that_part_saw() {
    let engine = Engine::new();
    let mut tally = Tally::default();
    let one = tally.class_set(&scan(&engine, 1));
    let parts: Vec<Part> = ["Order", "Refund", "Order"]
        .iter()
        .enumerate()
        .map(|(n, event_type)| {
            let edge = tally.edge(crate::time::day_of(at()), edge(&engine, event_type));
            part(&mut tally, &n.to_string(), vec![hop(edge, one)])
        })
        .collect();
    let events = |parts: &[Part]| {
        let edges = tally.batch(parts, at()).ledger.edges;
        let events = |((_, edge), facts): (&(Day, EdgeKey), &EdgeFacts)| {
            let classes = facts.classes[&DataClass::EmailAddress].events;
            (edge.flow.event_type.to_string(), facts.events, classes)
        };
        edges.iter().map(events).collect::<Vec<_>>()
    };
    let order = |events| ("Order".to_owned(), events, events);
    let refund = ("Refund".to_owned(), 1, 1);
    assert_eq!(events(&parts), [order(2), refund.clone()]);
    assert_eq!(events(&parts[..2]), [order(1), refund]);
    assert_eq!(events(&parts[..1]), [order(1)]);
}
