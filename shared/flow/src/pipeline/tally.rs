//! What the records of a batch add up to.
//!
//! Between detection and the ledger. Thousands of records go over the same few edges and carry the
//! same classes at the same paths, so each edge, each place and each [`Shape`] is noted once, and a
//! record is a few numbers beside them. It is these that are kept until the batch is written: a
//! store that takes it only in smaller ones, or without some of its records, is given the sum of
//! fewer parts, and nothing is searched again.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Finding, Marks, Path, Scan};

use crate::edge::{ClassFacts, EdgeFacts, EdgeKey, EdgePath};
use crate::ledger::{Coverage, Ledger, Place};
use crate::people::People;
use crate::store::{Batch, ReceiptId};
use crate::subject::Sightings;
use crate::time::Day;

/// The most that an event may carry for its shape to be known again: more is seldom alike, and what
/// is remembered must not outgrow what is kept.
const RECOGNISED_MAX: usize = 64;

/// The number of an edge on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EdgeNumber(usize);

/// The number of a place on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PlaceNumber(usize);

/// The number of what one event carries: its classes, how sure they are, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Shape(usize);

impl Shape {
    /// That of an event that carries nothing.
    pub(super) const EMPTY: Self = Self(0);
}

/// One record's part of the store, kept apart until the batch is written.
pub(super) struct Part {
    pub(super) receipt: ReceiptId,
    pub(super) item: Option<String>,
    pub(super) payload: u64,
    pub(super) seen: Seen,
}

/// What was seen of one record.
pub(super) struct Seen {
    pub(super) place: PlaceNumber,
    pub(super) coverage: Coverage,
    pub(super) passages: Vec<Passage>,
    pub(super) sightings: Sightings,
}

/// One event on one edge.
pub(super) struct Passage {
    pub(super) edge: EdgeNumber,
    pub(super) at: Timestamp,
    pub(super) is_replay: bool,
    pub(super) is_unreadable: bool,
    pub(super) shape: Shape,
    pub(super) people: People,
}

/// Edges, places and shapes of the records at hand.
pub(super) struct Tally {
    edges: HashMap<(Day, EdgeKey), usize>,
    places: HashMap<(Day, Place), usize>,
    shapes: Vec<BTreeMap<DataClass, ClassFacts>>,
    shape_of: HashMap<Vec<Carried>, Shape>,
    unions: HashMap<(Shape, Shape), Shape>,
    /// Of the scan at hand; kept for its room.
    carried: Vec<Carried>,
}

/// What a shape takes of a finding.
#[derive(PartialEq, Eq, Hash)]
struct Carried {
    class: DataClass,
    confidence: Confidence,
    is_test_data: bool,
    path: Path,
}

impl From<&Finding> for Carried {
    fn from(finding: &Finding) -> Self {
        Self {
            class: finding.class,
            confidence: finding.confidence,
            is_test_data: finding.marks.contains(Marks::TEST_DATA),
            path: finding.path.clone(),
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            edges: HashMap::new(),
            places: HashMap::new(),
            // The first is `Shape::EMPTY`.
            shapes: vec![BTreeMap::new()],
            shape_of: HashMap::new(),
            unions: HashMap::new(),
            carried: Vec::new(),
        }
    }
}

/// The number of a thing, given in order of first use.
fn number<T: Eq + Hash>(numbers: &mut HashMap<T, usize>, thing: T) -> usize {
    let next = numbers.len();
    *numbers.entry(thing).or_insert(next)
}

impl Tally {
    /// The number of an edge on a day.
    pub(super) fn edge(&mut self, day: Day, key: EdgeKey) -> EdgeNumber {
        EdgeNumber(number(&mut self.edges, (day, key)))
    }

    /// The number of a place on a day.
    pub(super) fn place(&mut self, day: Day, place: Place) -> PlaceNumber {
        PlaceNumber(number(&mut self.places, (day, place)))
    }

    /// The classes of a shape.
    pub(super) fn classes(&self, shape: Shape) -> &BTreeMap<DataClass, ClassFacts> {
        &self.shapes[shape.0]
    }

    /// The shape of what a scan found.
    pub(super) fn shape(&mut self, scan: &Scan) -> Shape {
        if scan.findings.is_empty() {
            return Shape::EMPTY;
        }
        self.carried.clear();
        self.carried.extend(scan.findings.iter().map(Carried::from));
        // Two addresses in one text differ in nothing that counts.
        self.carried.dedup();
        if let Some(shape) = self.shape_of.get(&*self.carried) {
            return *shape;
        }
        let mut classes: BTreeMap<DataClass, ClassFacts> = BTreeMap::new();
        for carried in &self.carried {
            let class = classes
                .entry(carried.class)
                .or_insert_with(|| ClassFacts::of_one_event(carried.confidence));
            class.confidence = class.confidence.max(carried.confidence);
            class.only_test_data &= carried.is_test_data;
            class.add_path(EdgePath::from(&carried.path));
        }
        let shape = self.add(classes);
        let carried = std::mem::take(&mut self.carried);
        if carried.len() <= RECOGNISED_MAX {
            self.shape_of.insert(carried, shape);
        }
        shape
    }

    /// The shape of an event that carries both.
    pub(super) fn union(&mut self, one: Shape, other: Shape) -> Shape {
        let pair = (one.min(other), one.max(other));
        if pair.0 == pair.1 || pair.0 == Shape::EMPTY {
            return pair.1;
        }
        if let Some(shape) = self.unions.get(&pair) {
            return *shape;
        }
        let mut classes = self.classes(pair.0).clone();
        for (class, seen) in self.classes(pair.1) {
            classes
                .entry(*class)
                .and_modify(|known| known.merge(seen))
                .or_insert_with(|| seen.clone())
                .events = 1;
        }
        let shape = self.add(classes);
        self.unions.insert(pair, shape);
        shape
    }

    fn add(&mut self, classes: BTreeMap<DataClass, ClassFacts>) -> Shape {
        self.shapes.push(classes);
        Shape(self.shapes.len() - 1)
    }

    /// Adds a passage to those of one event. Two rules may send one event over the same way to the
    /// same consumer: it is one event.
    pub(super) fn pass(&mut self, passages: &mut Vec<Passage>, passage: Passage) {
        let Some(same) = passages.iter_mut().find(|same| same.edge == passage.edge) else {
            return passages.push(passage);
        };
        same.is_unreadable |= passage.is_unreadable;
        same.shape = self.union(same.shape, passage.shape);
        same.people.merge_same_events(&passage.people);
    }

    /// The batch that parts make.
    pub(super) fn batch(&self, parts: &[Part], at: Timestamp) -> Batch {
        let mut edges_seen: Vec<EdgeFacts> = vec![EdgeFacts::default(); self.edges.len()];
        let mut places_seen: Vec<Option<Coverage>> = vec![None; self.places.len()];
        let mut sightings = Sightings::default();
        let mut shapes: Vec<(EdgeNumber, Shape)> = Vec::with_capacity(parts.len());
        for Part { seen, .. } in parts {
            places_seen[seen.place.0]
                .get_or_insert_default()
                .merge(&seen.coverage);
            sightings.merge(&seen.sightings);
            for passage in &seen.passages {
                let facts = &mut edges_seen[passage.edge.0];
                facts.events += 1;
                facts.events_with_findings += u64::from(passage.shape != Shape::EMPTY);
                facts.replayed += u64::from(passage.is_replay);
                facts.unreadable += u64::from(passage.is_unreadable);
                facts.first_seen = Some(facts.first_seen.map_or(passage.at, |t| t.min(passage.at)));
                facts.last_seen = facts.last_seen.max(Some(passage.at));
                facts.people.merge(&passage.people);
                shapes.push((passage.edge, passage.shape));
            }
        }
        shapes.sort_unstable();
        for alike in shapes.chunk_by(|one, other| one == other) {
            let (edge, shape) = alike[0];
            edges_seen[edge.0].add_classes(self.classes(shape), alike.len() as u64);
        }
        let mut ledger = Ledger::default();
        for (edge, number) in &self.edges {
            let facts = std::mem::take(&mut edges_seen[*number]);
            // A part that was left out may have been the only one on its edge.
            if facts.events > 0 {
                ledger.edges.insert(edge.clone(), facts);
            }
        }
        for (place, number) in &self.places {
            if let Some(coverage) = places_seen[*number].take() {
                ledger.coverage.insert(place.clone(), coverage);
            }
        }
        Batch {
            at,
            receipts: parts.iter().map(|part| part.receipt).collect(),
            ledger,
            sightings,
        }
    }
}

#[cfg(test)]
mod tests {
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

    fn passage(edge: EdgeNumber, shape: Shape) -> Passage {
        Passage {
            edge,
            at: at(),
            is_replay: false,
            is_unreadable: false,
            shape,
            people: People::default(),
        }
    }

    fn part(tally: &mut Tally, id: &str, passages: Vec<Passage>) -> Part {
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
                passages,
                sightings: Sightings::default(),
            },
        }
    }

    fn scan(engine: &Engine, addresses: usize) -> Scan {
        let document =
            vec![serde_json::json!({ "email": "ada@analytical-engines.org" }); addresses];
        engine
            .scan_json(&serde_json::to_vec(&document).unwrap())
            .unwrap()
    }

    #[test]
    fn events_that_carry_the_same_have_one_shape() {
        let engine = Engine::new();
        let mut tally = Tally::default();
        let nothing = tally.shape(&scan(&engine, 0));
        let one = tally.shape(&scan(&engine, 1));
        let two = tally.shape(&scan(&engine, 2));
        assert_eq!(nothing, Shape::EMPTY);
        assert!(one != nothing && one != two);
        assert_eq!(tally.shape(&scan(&engine, 1)), one);
        assert_eq!(tally.union(one, nothing), one);
        assert_eq!(tally.union(one, two), tally.union(two, one));
        let both = tally.union(one, two);
        assert_eq!(tally.classes(both), tally.classes(two));
    }

    #[test]
    fn what_carries_much_is_counted_and_not_remembered() {
        let engine = Engine::new();
        let mut tally = Tally::default();
        let much = tally.shape(&scan(&engine, RECOGNISED_MAX + 1));
        assert_eq!(tally.classes(much)[&DataClass::EmailAddress].events, 1);
        assert!(tally.shape_of.is_empty());
    }

    #[test]
    fn an_event_that_goes_twice_over_an_edge_is_one_event() {
        let engine = Engine::new();
        let mut tally = Tally::default();
        let edge = tally.edge(crate::time::day_of(at()), edge(&engine, "Order"));
        let one = tally.shape(&scan(&engine, 1));
        let mut passages = Vec::new();
        tally.pass(&mut passages, passage(edge, one));
        tally.pass(&mut passages, passage(edge, Shape::EMPTY));
        let parts = [part(&mut tally, "a", passages)];
        let batch = tally.batch(&parts, at());
        let facts = batch.ledger.edges.values().next().unwrap();
        assert_eq!((facts.events, facts.events_with_findings), (1, 1));
        assert_eq!(facts.classes[&DataClass::EmailAddress].events, 1);
    }

    #[test]
    fn a_batch_without_a_part_lacks_what_only_that_part_saw() {
        let engine = Engine::new();
        let mut tally = Tally::default();
        let one = tally.shape(&scan(&engine, 1));
        let parts: Vec<Part> = ["Order", "Refund", "Order"]
            .iter()
            .enumerate()
            .map(|(n, event_type)| {
                let edge = tally.edge(crate::time::day_of(at()), edge(&engine, event_type));
                part(&mut tally, &n.to_string(), vec![passage(edge, one)])
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
}
