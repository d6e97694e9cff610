//! Reads a ledger from columns.

use std::collections::BTreeSet;

use jiff::Timestamp;
use piitrail_detect::Confidence;

use super::PackError;
use super::columns::{
    Columns, HAS_FIRST, HAS_LAST, MORE_PATHS, ONLY_TEST_DATA, OTHER_CONFIDENCE, OTHER_PATHS,
    PRESENT,
};
use super::homes::{HomeReader, Homes};
use super::unread::{self, UnreadRows};
use crate::channel::{Channel, ChannelKind};
use crate::edge::{ClassFacts, EdgeFacts, EdgeKey, EdgePath, Flow};
use crate::home::Home;
use crate::ledger::{Coverage, Ledger, Place};
use crate::name::Name;
use crate::party::{Party, PartyKind};
use crate::people::People;
use crate::time::{Day, day_of_number, from_epoch_ms, start_of};

impl Columns {
    pub(super) fn into_ledger(
        self,
        homes: &Homes,
        unread: &UnreadRows,
    ) -> Result<Ledger, PackError> {
        let mut ledger = Ledger::default();
        let mut homes = homes.reader();
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
            unread: unread.reader(),
            place: 0,
        };
        let mut class_of_edge = self.class.iter().zip(&self.confidence).zip(&self.path_set);
        let mut states = self.states.iter();
        let mut class_events = self.class_events.iter();
        let mut other_confidence = self.other_confidence.iter();
        let mut other_path_set = self.other_path_set.iter();

        let mut day_number = 0_i64;
        for edge in 0..self.producers.len() {
            let key = self.key(edge, &mut homes)?;
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
                .map(|(kind, name)| self.channel(kind, name, homes.next()?))
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

    fn key(&self, edge: usize, homes: &mut HomeReader<'_>) -> Result<EdgeKey, PackError> {
        Ok(EdgeKey {
            flow: Flow {
                producer: self.party(*item(&self.producers, edge)?, homes.next()?)?,
                consumer: self.party(*item(&self.consumers, edge)?, homes.next()?)?,
                channels: item(&self.channels, edge)?
                    .iter()
                    .map(|(kind, name)| self.channel(*kind, *name, homes.next()?))
                    .collect::<Result<_, _>>()?,
                event_type: self.name(*item(&self.event_types, edge)?)?,
            },
            basis: *item(&self.bases, edge)?,
        })
    }

    fn party(
        &self,
        (kind, name): (PartyKind, Option<u32>),
        home: Home,
    ) -> Result<Party, PackError> {
        let name = name.map(|place| self.name(place)).transpose()?;
        Ok(Party { kind, name, home })
    }

    fn channel(&self, kind: ChannelKind, name: u32, home: Home) -> Result<Channel, PackError> {
        let name = self.name(name)?;
        Ok(Channel { kind, name, home })
    }

    fn name(&self, place: u32) -> Result<Name, PackError> {
        item(&self.names, place as usize).cloned()
    }
}

/// The part of the columns by edge and day that is still to be read.
struct Rows<'c> {
    times: std::slice::Iter<'c, u8>,
    first_seen: std::slice::Iter<'c, i64>,
    last_seen: std::slice::Iter<'c, i64>,
    events_with_findings: std::slice::Iter<'c, u64>,
    events: std::slice::Iter<'c, u64>,
    replayed: std::slice::Iter<'c, u64>,
    unreadable: std::slice::Iter<'c, u64>,
    people: std::iter::Peekable<std::slice::Iter<'c, (u32, People)>>,
    unread: unread::UnreadReader<'c>,
    /// The number of rows that were read.
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
        self.unread.add(self.place, &mut facts)?;
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
