//! Adds up the records of a batch.
//!
//! This is the step between detection and the ledger. Thousands of records go over the same few
//! edges and carry the same classes at the same paths. So each edge, each place and each
//! [`ClassSet`] is stored once, and a record is a few numbers that refer to them. These numbers are
//! kept until the batch is written. If the store takes only a smaller batch, or a batch without
//! some of the records, fewer parts are added up again and no document is searched again.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass, Finding, Marks, Path, Scan, UnreadSet};

use crate::counts;
use crate::edge::{ClassFacts, EdgeFacts, EdgeKey, EdgePath};
use crate::ledger::{Coverage, Ledger, Place};
use crate::people::People;
use crate::store::{Batch, ReceiptId};
use crate::subject::Sightings;
use crate::time::Day;

/// The most findings of an event whose class set is kept for lookup. Larger sets are seldom equal,
/// and the lookup must not outgrow the sets.
const LOOKED_UP_MAX: usize = 64;

/// The number of an edge on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EdgeNumber(usize);

/// The number of a place on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PlaceNumber(usize);

/// The number of a set of data classes that one event carries, with their confidences and paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ClassSet(usize);

impl ClassSet {
    /// The class set of an event without findings.
    pub(super) const EMPTY: Self = Self(0);
}

/// One record's part of the batch, kept apart until the batch is written.
pub(super) struct Part {
    pub(super) receipt: ReceiptId,
    pub(super) item: Option<String>,
    pub(super) payload: u64,
    pub(super) seen: Seen,
}

/// The result for one record.
pub(super) struct Seen {
    pub(super) place: PlaceNumber,
    pub(super) coverage: Coverage,
    pub(super) hops: Vec<Hop>,
    pub(super) sightings: Sightings,
}

/// One event on one edge.
pub(super) struct Hop {
    pub(super) edge: EdgeNumber,
    pub(super) at: Timestamp,
    pub(super) is_replay: bool,
    /// True if no part of the body could be read.
    pub(super) is_unreadable: bool,
    /// The reasons why parts of the content were not read.
    pub(super) unread: UnreadSet,
    pub(super) class_set: ClassSet,
    pub(super) people: People,
}

/// Edges, places and class sets of the records of a chunk.
pub(super) struct Tally {
    edges: Numbered<(Day, EdgeKey)>,
    places: Numbered<(Day, Place)>,
    class_sets: Vec<BTreeMap<DataClass, ClassFacts>>,
    class_set_of: HashMap<Vec<Carried>, ClassSet>,
    unions: HashMap<(ClassSet, ClassSet), ClassSet>,
    /// The findings of the current scan. It is a field so that its memory is reused.
    carried: Vec<Carried>,
}

/// The properties of a finding that a class set keeps.
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
            edges: Numbered::default(),
            places: Numbered::default(),
            // The first is `ClassSet::EMPTY`.
            class_sets: vec![BTreeMap::new()],
            class_set_of: HashMap::new(),
            unions: HashMap::new(),
            carried: Vec::new(),
        }
    }
}

/// Things with their numbers, which are given in order of first use.
struct Numbered<T> {
    numbers: HashMap<Arc<T>, usize>,
    things: Vec<Arc<T>>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            things: Vec::new(),
        }
    }
}

impl<T: Eq + Hash> Numbered<T> {
    fn number(&mut self, thing: T) -> usize {
        if let Some(number) = self.numbers.get(&thing) {
            return *number;
        }
        let number = self.things.len();
        let thing = Arc::new(thing);
        self.things.push(Arc::clone(&thing));
        self.numbers.insert(thing, number);
        number
    }
}

impl Tally {
    /// Returns the number of an edge on a day.
    pub(super) fn edge(&mut self, day: Day, key: EdgeKey) -> EdgeNumber {
        EdgeNumber(self.edges.number((day, key)))
    }

    /// Returns the number of a place on a day.
    pub(super) fn place(&mut self, day: Day, place: Place) -> PlaceNumber {
        PlaceNumber(self.places.number((day, place)))
    }

    /// Returns the data classes of a class set.
    pub(super) fn classes(&self, class_set: ClassSet) -> &BTreeMap<DataClass, ClassFacts> {
        &self.class_sets[class_set.0]
    }

    /// Returns the class set of the findings of a scan.
    pub(super) fn class_set(&mut self, scan: &Scan) -> ClassSet {
        if scan.findings.is_empty() {
            return ClassSet::EMPTY;
        }
        self.carried.clear();
        self.carried.extend(scan.findings.iter().map(Carried::from));
        // Two addresses in one text give two equal findings.
        self.carried.dedup();
        if let Some(class_set) = self.class_set_of.get(&*self.carried) {
            return *class_set;
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
        let class_set = self.add(classes);
        let carried = std::mem::take(&mut self.carried);
        if carried.len() <= LOOKED_UP_MAX {
            self.class_set_of.insert(carried, class_set);
        }
        class_set
    }

    /// Returns the class set of an event that carries both class sets.
    pub(super) fn union(&mut self, one: ClassSet, other: ClassSet) -> ClassSet {
        let pair = (one.min(other), one.max(other));
        if pair.0 == pair.1 || pair.0 == ClassSet::EMPTY {
            return pair.1;
        }
        if let Some(class_set) = self.unions.get(&pair) {
            return *class_set;
        }
        let mut classes = self.classes(pair.0).clone();
        for (class, seen) in self.classes(pair.1) {
            classes
                .entry(*class)
                .and_modify(|known| known.merge(seen))
                .or_insert_with(|| seen.clone())
                .events = 1;
        }
        let class_set = self.add(classes);
        self.unions.insert(pair, class_set);
        class_set
    }

    fn add(&mut self, classes: BTreeMap<DataClass, ClassFacts>) -> ClassSet {
        self.class_sets.push(classes);
        ClassSet(self.class_sets.len() - 1)
    }

    /// Adds a hop to the hops of one event. If two rules send one event over the same channels to
    /// the same consumer, that counts as one event.
    pub(super) fn add_hop(&mut self, hops: &mut Vec<Hop>, hop: Hop) {
        let Some(same) = hops.iter_mut().find(|same| same.edge == hop.edge) else {
            return hops.push(hop);
        };
        same.is_unreadable |= hop.is_unreadable;
        same.unread = same.unread.union(hop.unread);
        same.class_set = self.union(same.class_set, hop.class_set);
        same.people.merge_same_events(&hop.people);
    }

    /// Returns the batch of these parts. The cost depends on the parts and not on the tally,
    /// because a chunk that is written in many batches has many edges that one batch does not have.
    pub(super) fn batch(&self, parts: &[Part], at: Timestamp) -> Batch {
        let mut edges_seen: HashMap<EdgeNumber, EdgeFacts> = HashMap::new();
        let mut places_seen: HashMap<PlaceNumber, Coverage> = HashMap::new();
        let mut sightings = Sightings::default();
        let mut class_sets: Vec<(EdgeNumber, ClassSet)> = Vec::with_capacity(parts.len());
        for Part { seen, .. } in parts {
            places_seen
                .entry(seen.place)
                .or_default()
                .merge(&seen.coverage);
            sightings.merge(&seen.sightings);
            for hop in &seen.hops {
                let facts = edges_seen.entry(hop.edge).or_default();
                facts.events += 1;
                facts.events_with_findings += u64::from(hop.class_set != ClassSet::EMPTY);
                facts.replayed += u64::from(hop.is_replay);
                facts.unreadable += u64::from(hop.is_unreadable);
                if !hop.unread.is_empty() {
                    facts.part_unread += u64::from(!hop.is_unreadable);
                    for reason in hop.unread.iter() {
                        counts::count(&mut facts.unread, reason, 1);
                    }
                }
                facts.first_seen = Some(facts.first_seen.map_or(hop.at, |t| t.min(hop.at)));
                facts.last_seen = facts.last_seen.max(Some(hop.at));
                facts.people.merge(&hop.people);
                class_sets.push((hop.edge, hop.class_set));
            }
        }
        class_sets.sort_unstable();
        for alike in class_sets.chunk_by(|one, other| one == other) {
            let (edge, class_set) = alike[0];
            let facts = edges_seen.entry(edge).or_default();
            facts.add_classes(self.classes(class_set), alike.len() as u64);
        }
        let mut ledger = Ledger::default();
        for (number, facts) in edges_seen {
            let edge = self.edges.things[number.0].as_ref();
            ledger.edges.insert(edge.clone(), facts);
        }
        for (number, coverage) in places_seen {
            let place = self.places.things[number.0].as_ref();
            ledger.coverage.insert(place.clone(), coverage);
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
mod tests;
