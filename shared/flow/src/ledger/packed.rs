//! A ledger as bytes: what a store that pays by the byte writes.
//!
//! The same number of many days and edges stands together, as a difference from what it usually is,
//! each name once; what is alike becomes runs that deflate to nearly nothing. A month of an edge takes
//! twelve bytes a day, its definition included and most of them the two times to the millisecond,
//! against 565 as JSON (`cargo bench -p piitrail-flow --bench scale`).
//!
//! Layout: a byte for the format, then gzip over the columns in
//! [postcard's wire format](https://postcard.jamesmunns.com/wire-format). A reader refuses a format
//! it does not know. Columns may be added only with a new format; the order of the variants of
//! [`PartyKind`], [`ChannelKind`] and [`Basis`] is part of this one, and a test holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use piitrail_detect::{Confidence, DataClass};
use serde::{Deserialize, Serialize};

use super::{Coverage, Ledger, Place};
use crate::channel::{Channel, ChannelKind};
use crate::edge::{Basis, ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::people::People;
use crate::time::{Day, day_number, day_of_number, from_epoch_ms, start_of};

/// The format this version writes. 1 was JSON in gzip, without this byte in front.
const FORMAT: u8 = 2;

/// The first byte of gzip, where a ledger of the first format begins.
const GZIP: u8 = 0x1f;

/// The most that a ledger is unpacked to, in bytes: what is larger was not written here.
const UNPACKED_MAX: u64 = 64 << 20;

/// Why bytes are not a ledger, or a ledger could not become bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// Written by a later version.
    #[error("the ledger has format {0}, this version reads up to {FORMAT}; use a newer piitrail")]
    Newer(u8),
    /// Not gzip, or cut off.
    #[error("the ledger cannot be unpacked; it is damaged")]
    Gzip(#[source] std::io::Error),
    /// Unpacked, and not the columns of a ledger.
    #[error("the ledger's columns cannot be read; it is damaged")]
    Columns(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PackError {
    fn damaged(what: &'static str) -> Self {
        Self::Columns(what.into())
    }
}

/// The columns. Numbers in them are places in the dictionaries, or differences.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Columns {
    names: Vec<Name>,
    paths: Vec<EdgePath>,
    classes: Vec<DataClass>,
    /// Distinct sets of paths, each in order, every place as the distance from the one before.
    path_sets: Vec<Vec<u32>>,

    // By edge, in order.
    producers: Vec<(PartyKind, Option<u32>)>,
    consumers: Vec<(PartyKind, Option<u32>)>,
    channels: Vec<Vec<(ChannelKind, u32)>>,
    event_types: Vec<u32>,
    bases: Vec<Basis>,
    /// How many days the edge has.
    days_of_edge: Vec<u32>,
    /// How many classes it has, over all its days.
    classes_of_edge: Vec<u32>,

    // By edge and day.
    /// The first as the distance from the day before in this column, the others from the edge's
    /// day before.
    days: Vec<i64>,
    times: Vec<u8>,
    /// Milliseconds from the day's start.
    first_seen: Vec<i64>,
    /// Milliseconds from the first, or from the day's start where there is none.
    last_seen: Vec<i64>,
    events_with_findings: Vec<u64>,
    /// More than with findings; wraps.
    events: Vec<u64>,
    replayed: Vec<u64>,
    unreadable: Vec<u64>,

    // By edge and class.
    class: Vec<u32>,
    confidence: Vec<u8>,
    path_set: Vec<u32>,

    // By edge, class and day.
    states: Vec<u8>,
    /// Fewer than the day's events with findings; wraps.
    class_events: Vec<u64>,
    /// Where it is not the edge's.
    other_confidence: Vec<u8>,
    other_path_set: Vec<u32>,

    /// People, where they are known, by the place of their edge and day.
    people: Vec<(u32, People)>,

    coverage: Vec<PackedCoverage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PackedCoverage {
    day: i64,
    place: Option<(ChannelKind, u32)>,
    deliveries: u64,
    unreadable: Vec<(String, u64)>,
    limits: Vec<(String, u64)>,
}

const HAS_FIRST: u8 = 1;
const HAS_LAST: u8 = 2;

const PRESENT: u8 = 1;
const ONLY_TEST_DATA: u8 = 2;
const MORE_PATHS: u8 = 4;
const OTHER_CONFIDENCE: u8 = 8;
const OTHER_PATHS: u8 = 16;

impl Ledger {
    /// The ledger as bytes. The same ledger makes the same bytes.
    ///
    /// Times are kept to the millisecond, as everything that records them gives them.
    pub fn pack(&self) -> Result<Vec<u8>, PackError> {
        let columns = Columns::of(self);
        let encoded = postcard::to_stdvec(&columns).map_err(|e| PackError::Columns(Box::new(e)))?;
        let mut packed = GzEncoder::new(vec![FORMAT], Compression::best());
        packed
            .write_all(&encoded)
            .and_then(|()| packed.finish())
            .map_err(PackError::Gzip)
    }

    /// A ledger from its bytes, of this format or an older one.
    pub fn unpack(packed: &[u8]) -> Result<Self, PackError> {
        let (format, rest) = packed
            .split_first()
            .ok_or(PackError::damaged("there is nothing in it"))?;
        match *format {
            GZIP => {
                serde_json::from_slice(&unzip(packed)?).map_err(|e| PackError::Columns(Box::new(e)))
            }
            FORMAT => {
                let columns: Columns = postcard::from_bytes(&unzip(rest)?)
                    .map_err(|e| PackError::Columns(Box::new(e)))?;
                columns.into_ledger()
            }
            newer => Err(PackError::Newer(newer)),
        }
    }
}

fn unzip(packed: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed)
        .take(UNPACKED_MAX)
        .read_to_end(&mut bytes)
        .map_err(PackError::Gzip)?;
    Ok(bytes)
}

/// Gives each distinct thing its place, in order of first use.
struct Dictionary<T> {
    places: BTreeMap<T, u32>,
    list: Vec<T>,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            list: Vec::new(),
        }
    }
}

/// What classes on edges refer to.
#[derive(Default)]
struct Dictionaries {
    paths: Dictionary<EdgePath>,
    classes: Dictionary<DataClass>,
    path_sets: Dictionary<Vec<u32>>,
}

impl Dictionaries {
    /// The place of a set of paths.
    fn set(&mut self, facts: &ClassFacts) -> u32 {
        let mut places: Vec<u32> = facts
            .paths
            .iter()
            .map(|path| self.paths.place(path))
            .collect();
        places.sort_unstable();
        let mut before = 0;
        for place in &mut places {
            (before, *place) = (*place, *place - before);
        }
        self.path_sets.place(&places)
    }
}

impl<T: Ord + Clone> Dictionary<T> {
    fn place(&mut self, item: &T) -> u32 {
        if let Some(place) = self.places.get(item) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.places.insert(item.clone(), place);
        self.list.push(item.clone());
        place
    }
}

impl Columns {
    fn of(ledger: &Ledger) -> Self {
        let mut columns = Self::default();
        let mut names = Dictionary::default();
        let mut dictionaries = Dictionaries::default();
        let party = |party: &Party, names: &mut Dictionary<Name>| {
            (
                party.kind,
                party.name.as_ref().map(|name| names.place(name)),
            )
        };

        let mut by_edge: BTreeMap<&EdgeKey, Vec<(Day, &EdgeFacts)>> = BTreeMap::new();
        for ((day, key), facts) in &ledger.edges {
            by_edge.entry(key).or_default().push((*day, facts));
        }
        let mut day_before = 0;
        for (key, days) in &by_edge {
            columns
                .producers
                .push(party(&key.flow.producer, &mut names));
            columns
                .consumers
                .push(party(&key.flow.consumer, &mut names));
            columns.channels.push(
                key.flow
                    .channels
                    .iter()
                    .map(|channel| (channel.kind, names.place(&channel.name)))
                    .collect(),
            );
            columns.event_types.push(names.place(&key.flow.event_type));
            columns.bases.push(key.basis);
            columns.days_of_edge.push(count(days.len()));
            for (day, facts) in days {
                columns.push_day(*day, facts, &mut day_before);
            }

            columns.push_classes(days, &mut dictionaries);
        }
        for ((day, place), coverage) in &ledger.coverage {
            let list = |counts: &BTreeMap<String, u64>| {
                counts.iter().map(|(name, n)| (name.clone(), *n)).collect()
            };
            columns.coverage.push(PackedCoverage {
                day: day_number(*day),
                place: place
                    .as_ref()
                    .map(|channel| (channel.kind, names.place(&channel.name))),
                deliveries: coverage.deliveries,
                unreadable: list(&coverage.unreadable),
                limits: list(&coverage.limits),
            });
        }
        columns.names = names.list;
        columns.paths = dictionaries.paths.list;
        columns.classes = dictionaries.classes.list;
        columns.path_sets = dictionaries.path_sets.list;
        columns
    }

    /// The classes of an edge on its days.
    fn push_classes(&mut self, days: &[(Day, &EdgeFacts)], dictionaries: &mut Dictionaries) {
        let seen: BTreeSet<DataClass> = days
            .iter()
            .flat_map(|(_, facts)| facts.classes.keys().copied())
            .collect();
        self.classes_of_edge.push(count(seen.len()));
        for class in seen {
            let on_days: Vec<(&EdgeFacts, Option<&ClassFacts>)> = days
                .iter()
                .map(|(_, facts)| (*facts, facts.classes.get(&class)))
                .collect();
            let usual_confidence = most_common(
                on_days
                    .iter()
                    .filter_map(|(_, facts)| Some((*facts)?.confidence.percent())),
            );
            let usual_set = most_common(
                on_days
                    .iter()
                    .filter_map(|(_, facts)| Some(dictionaries.set((*facts)?))),
            );
            self.class.push(dictionaries.classes.place(&class));
            self.confidence.push(usual_confidence);
            self.path_set.push(usual_set);
            for (day, facts) in on_days {
                let Some(facts) = facts else {
                    self.states.push(0);
                    continue;
                };
                let confidence = facts.confidence.percent();
                let paths = dictionaries.set(facts);
                let mut state = PRESENT;
                if facts.only_test_data {
                    state |= ONLY_TEST_DATA;
                }
                if facts.more_paths {
                    state |= MORE_PATHS;
                }
                if confidence != usual_confidence {
                    state |= OTHER_CONFIDENCE;
                    self.other_confidence.push(confidence);
                }
                if paths != usual_set {
                    state |= OTHER_PATHS;
                    self.other_path_set.push(paths);
                }
                self.states.push(state);
                self.class_events
                    .push(day.events_with_findings.wrapping_sub(facts.events));
            }
        }
    }

    fn push_day(&mut self, day: Day, facts: &EdgeFacts, day_before: &mut i64) {
        let number = day_number(day);
        self.days.push(number - *day_before);
        *day_before = number;

        let start = start_of(day).as_millisecond();
        let first = facts.first_seen.map(Timestamp::as_millisecond);
        let last = facts.last_seen.map(Timestamp::as_millisecond);
        let mut times = 0;
        if let Some(first) = first {
            times |= HAS_FIRST;
            self.first_seen.push(first - start);
        }
        if let Some(last) = last {
            times |= HAS_LAST;
            self.last_seen.push(last - first.unwrap_or(start));
        }
        if facts.people != People::default() {
            self.people
                .push((count(self.times.len()), facts.people.clone()));
        }
        self.times.push(times);
        self.events_with_findings.push(facts.events_with_findings);
        self.events
            .push(facts.events.wrapping_sub(facts.events_with_findings));
        self.replayed.push(facts.replayed);
        self.unreadable.push(facts.unreadable);
    }

    fn into_ledger(self) -> Result<Ledger, PackError> {
        let mut ledger = Ledger::default();
        let sets = self.sets()?;
        let mut days = self.days.iter();
        let mut rows = Rows {
            times: self.times.iter(),
            first_seen: self.first_seen.iter(),
            last_seen: self.last_seen.iter(),
            events_with_findings: self.events_with_findings.iter(),
            events: self.events.iter(),
            replayed: self.replayed.iter(),
            unreadable: self.unreadable.iter(),
            people: self.people.iter().peekable(),
            place: 0,
        };
        let mut class_of_edge = self.class.iter().zip(&self.confidence).zip(&self.path_set);
        let mut states = self.states.iter();
        let mut class_events = self.class_events.iter();
        let mut other_confidence = self.other_confidence.iter();
        let mut other_path_set = self.other_path_set.iter();

        let mut day_number = 0_i64;
        for edge in 0..self.producers.len() {
            let key = self.key(edge)?;
            let mut facts: Vec<(Day, EdgeFacts)> = Vec::new();
            for _ in 0..*item(&self.days_of_edge, edge)? {
                day_number = day_number.saturating_add(*next(&mut days)?);
                let day =
                    day_of_number(day_number).ok_or(PackError::damaged("a day out of range"))?;
                facts.push((day, rows.next(day)?));
            }
            for _ in 0..*item(&self.classes_of_edge, edge)? {
                let ((class, confidence), set) = next(&mut class_of_edge)?;
                let class = *item(&self.classes, *class as usize)?;
                for (_, facts) in &mut facts {
                    let state = *next(&mut states)?;
                    if state & PRESENT == 0 {
                        continue;
                    }
                    let confidence = if state & OTHER_CONFIDENCE == 0 {
                        confidence
                    } else {
                        next(&mut other_confidence)?
                    };
                    let set = if state & OTHER_PATHS == 0 {
                        set
                    } else {
                        next(&mut other_path_set)?
                    };
                    let events = facts
                        .events_with_findings
                        .wrapping_sub(*next(&mut class_events)?);
                    facts.classes.insert(
                        class,
                        ClassFacts {
                            events,
                            confidence: Confidence::new(*confidence),
                            only_test_data: state & ONLY_TEST_DATA != 0,
                            paths: item(&sets, *set as usize)?.clone(),
                            more_paths: state & MORE_PATHS != 0,
                        },
                    );
                }
            }
            for (day, facts) in facts {
                if ledger.edges.insert((day, key.clone()), facts).is_some() {
                    return Err(PackError::damaged("an edge stands in it twice"));
                }
            }
        }
        for packed in &self.coverage {
            let place: Place = packed
                .place
                .map(|(kind, name)| self.channel(kind, name))
                .transpose()?;
            let day = day_of_number(packed.day).ok_or(PackError::damaged("a day out of range"))?;
            let coverage = Coverage {
                deliveries: packed.deliveries,
                unreadable: packed.unreadable.iter().cloned().collect(),
                limits: packed.limits.iter().cloned().collect(),
            };
            ledger.add_coverage(day, place, &coverage);
        }
        Ok(ledger)
    }

    fn sets(&self) -> Result<Vec<BTreeSet<EdgePath>>, PackError> {
        self.path_sets
            .iter()
            .map(|set| {
                let mut place = 0_u32;
                set.iter()
                    .map(|step| {
                        place = place.saturating_add(*step);
                        item(&self.paths, place as usize).cloned()
                    })
                    .collect()
            })
            .collect()
    }

    fn key(&self, edge: usize) -> Result<EdgeKey, PackError> {
        Ok(EdgeKey {
            flow: Flow {
                producer: self.party(*item(&self.producers, edge)?)?,
                consumer: self.party(*item(&self.consumers, edge)?)?,
                channels: item(&self.channels, edge)?
                    .iter()
                    .map(|(kind, name)| self.channel(*kind, *name))
                    .collect::<Result<_, _>>()?,
                event_type: self.name(*item(&self.event_types, edge)?)?,
            },
            basis: *item(&self.bases, edge)?,
        })
    }

    fn party(&self, (kind, name): (PartyKind, Option<u32>)) -> Result<Party, PackError> {
        let name = name.map(|place| self.name(place)).transpose()?;
        Ok(Party { kind, name })
    }

    fn channel(&self, kind: ChannelKind, name: u32) -> Result<Channel, PackError> {
        let name = self.name(name)?;
        Ok(Channel { kind, name })
    }

    fn name(&self, place: u32) -> Result<Name, PackError> {
        item(&self.names, place as usize).cloned()
    }
}

/// What is still to be read of the columns by edge and day.
struct Rows<'c> {
    times: std::slice::Iter<'c, u8>,
    first_seen: std::slice::Iter<'c, i64>,
    last_seen: std::slice::Iter<'c, i64>,
    events_with_findings: std::slice::Iter<'c, u64>,
    events: std::slice::Iter<'c, u64>,
    replayed: std::slice::Iter<'c, u64>,
    unreadable: std::slice::Iter<'c, u64>,
    people: std::iter::Peekable<std::slice::Iter<'c, (u32, People)>>,
    /// How many were read.
    place: u32,
}

impl Rows<'_> {
    fn next(&mut self, day: Day) -> Result<EdgeFacts, PackError> {
        let start = start_of(day).as_millisecond();
        let times = *next(&mut self.times)?;
        let mut facts = EdgeFacts::default();
        let mut from = start;
        if times & HAS_FIRST != 0 {
            from = start.saturating_add(*next(&mut self.first_seen)?);
            facts.first_seen = Some(instant(from)?);
        }
        if times & HAS_LAST != 0 {
            let last = from.saturating_add(*next(&mut self.last_seen)?);
            facts.last_seen = Some(instant(last)?);
        }
        facts.events_with_findings = *next(&mut self.events_with_findings)?;
        facts.events = facts
            .events_with_findings
            .wrapping_add(*next(&mut self.events)?);
        facts.replayed = *next(&mut self.replayed)?;
        facts.unreadable = *next(&mut self.unreadable)?;
        if let Some((_, people)) = self.people.next_if(|(place, _)| *place == self.place) {
            facts.people = people.clone();
        }
        self.place = self.place.saturating_add(1);
        Ok(facts)
    }
}

fn instant(ms: i64) -> Result<Timestamp, PackError> {
    from_epoch_ms(ms).ok_or(PackError::damaged("a time out of range"))
}

fn next<I: Iterator>(column: &mut I) -> Result<I::Item, PackError> {
    column
        .next()
        .ok_or(PackError::damaged("a column is too short"))
}

fn item<T>(list: &[T], place: usize) -> Result<&T, PackError> {
    list.get(place)
        .ok_or(PackError::damaged("a place beyond its dictionary"))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The value that stands there most often; the smallest of those, so that it does not depend on
/// order.
fn most_common<T: Ord + Copy + Default>(values: impl Iterator<Item = T>) -> T {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(value, count)| (*count, std::cmp::Reverse(*value)))
        .map(|(value, _)| value)
        .unwrap_or_default()
}
