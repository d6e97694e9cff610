//! Defines the head: one item that says where the journal begins, how far it is rolled up, and
//! after which instant writers must write.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use piitrail_flow::store::{Retention, StoreError};
use piitrail_flow::time::Day;

use super::{Condition, Item, THROUGH, instant, instant_of, key};

const VERSION: &str = "version";
const DAY: &str = "day";
const LANES: &str = "lanes";
const MONTHS: &str = "months";
const DAYS_FROM: &str = "days_from";
const HAS_PEOPLE: &str = "has_people";
const KEEP_DAYS: &str = "keep_days";
const KEEP_MONTHS: &str = "keep_months";
const CHANGES: &str = "changes";
const ERASURES: &str = "erasures";
const SETTLED: &str = "settled";
const FENCE: &str = "fence";
const FENCED_AT: &str = "fenced_at";
const THROUGH_BEFORE: &str = "through_before";
const ROLLED_AT: &str = "rolled_at";

/// The time after a roll-up for which an eventually consistent read may return the old version of a
/// leaf.
const SEEN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// The version of this schema. Version 4 knew fewer kinds of consumers. Version 3 did not record
/// which events were not read whole. Version 2 had no homes in its facts and markers. Version 1 had
/// no lanes, no months and no markers, and its facts were JSON. The journal of version 1 is read as
/// it is, and the first writer updates its head to this version.
pub(in crate::dynamodb) const SCHEMA_VERSION: u32 = 5;

/// The state of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dynamodb) struct Head {
    /// The version of the schema.
    pub(in crate::dynamodb) version: u32,
    /// The first day of the journal.
    pub(in crate::dynamodb) day: Day,
    /// The largest number of lanes that was ever used.
    pub(in crate::dynamodb) lanes: u16,
    /// The instant up to which the journal is merged into months, inclusive.
    pub(in crate::dynamodb) through: Option<Timestamp>,
    /// The instant up to which the journal may be merged, inclusive. Never before `through`.
    pub(in crate::dynamodb) settled: Option<Timestamp>,
    /// The fence: the instant up to which the next run may merge the journal. A writer that has
    /// read it writes after it. Never before `settled`.
    pub(in crate::dynamodb) fence: Option<Timestamp>,
    /// The time at which the fence was set.
    pub(in crate::dynamodb) fenced_at: Option<Timestamp>,
    /// The months that exist, by their first day.
    pub(in crate::dynamodb) months: BTreeSet<Day>,
    /// The first month whose days are kept.
    pub(in crate::dynamodb) days_from: Option<Day>,
    /// An earlier value of `through`, up to which every reader sees the months by now. A reader
    /// that may not see the writes of `rolled_at` yet begins the journal here.
    pub(in crate::dynamodb) through_before: Option<Timestamp>,
    /// The time of the last roll-up.
    pub(in crate::dynamodb) rolled_at: Option<Timestamp>,
    /// True if any month contains people.
    pub(in crate::dynamodb) has_people: bool,
    /// The retention of the last roll-up.
    pub(in crate::dynamodb) keep: Option<Retention>,
    /// The number of times people were erased from the subject index. An instance's cache of the
    /// index is valid until this changes.
    pub(in crate::dynamodb) erasures: u64,
    /// The number of times this item was changed.
    pub(in crate::dynamodb) changes: u64,
}

impl Head {
    /// Creates the head of an empty store, for a writer that begins it on this day with this many
    /// lanes.
    pub(in crate::dynamodb) fn new(day: Day, lanes: u16) -> Self {
        Self {
            version: SCHEMA_VERSION,
            day,
            lanes,
            through: None,
            settled: None,
            fence: None,
            fenced_at: None,
            months: BTreeSet::new(),
            days_from: None,
            through_before: None,
            rolled_at: None,
            has_people: false,
            keep: None,
            erasures: 0,
            changes: 0,
        }
    }

    /// Marks the journal before the fence as finished, and sets the next fence. The last fence must
    /// have been set so long ago that every writer that has not read it has ended.
    pub(in crate::dynamodb) fn move_fence(&mut self, next: Timestamp, now: Timestamp) {
        self.settled = self.fence;
        if Some(next) > self.fence {
            self.fence = Some(next);
            self.fenced_at = Some(now);
        }
    }

    /// Records the instant up to which the journal is merged, as of `now`.
    pub(in crate::dynamodb) fn set_through(&mut self, through: Timestamp, now: Timestamp) {
        self.through_before = self.through_seen(now);
        self.through = Some(through);
        self.rolled_at = Some(now);
    }

    /// Returns the instant up to which every reader sees the journal as merged.
    pub(in crate::dynamodb) fn through_seen(&self, now: Timestamp) -> Option<Timestamp> {
        match self.rolled_at {
            Some(at) if now.duration_since(at) >= SEEN_AFTER => self.through,
            _ => self.through_before,
        }
    }

    /// Returns the time under which a batch with this time is written: its own, or the first
    /// instant after the fence.
    pub(in crate::dynamodb) fn behind_fence(&self, at: Timestamp) -> Timestamp {
        match self.fence {
            Some(fence) if at <= fence => fence + 1.millisecond(),
            _ => at,
        }
    }
}

pub(in crate::dynamodb) fn head_key() -> Item {
    key("journal".to_owned(), "first".to_owned())
}

pub(in crate::dynamodb) fn head_item(head: &Head) -> Item {
    let mut item = head_key();
    let mut set = |name: &str, value| item.insert(name.to_owned(), value);
    set(VERSION, AttributeValue::N(head.version.to_string()));
    set(DAY, AttributeValue::S(head.day.to_string()));
    set(LANES, AttributeValue::N(head.lanes.to_string()));
    if head.has_people {
        set(HAS_PEOPLE, AttributeValue::Bool(true));
    }
    if let Some(keep) = head.keep {
        set(KEEP_DAYS, AttributeValue::N(keep.days.to_string()));
        set(KEEP_MONTHS, AttributeValue::N(keep.months.to_string()));
    }
    if head.erasures > 0 {
        set(ERASURES, AttributeValue::N(head.erasures.to_string()));
    }
    set(CHANGES, AttributeValue::N(head.changes.to_string()));
    for (name, at) in [
        (THROUGH, head.through),
        (SETTLED, head.settled),
        (FENCE, head.fence),
        (FENCED_AT, head.fenced_at),
        (THROUGH_BEFORE, head.through_before),
        (ROLLED_AT, head.rolled_at),
    ] {
        if let Some(at) = at {
            set(name, AttributeValue::S(instant(at)));
        }
    }
    if !head.months.is_empty() {
        let months = head.months.iter().map(ToString::to_string).collect();
        set(MONTHS, AttributeValue::Ss(months));
    }
    if let Some(day) = head.days_from {
        set(DAYS_FROM, AttributeValue::S(day.to_string()));
    }
    item
}

pub(in crate::dynamodb) fn head_of(item: &Item) -> Result<Head, StoreError> {
    let unreadable = |why: &'static str| StoreError::unreadable("a head", why);
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let number = |name: &str| -> Option<u32> { item.get(name)?.as_n().ok()?.parse().ok() };
    let day = |text: &String| {
        text.parse()
            .map_err(|_| unreadable("it contains an invalid day"))
    };
    let version = number(VERSION).unwrap_or(1);
    if version > SCHEMA_VERSION {
        return Err(StoreError::NewerVersion {
            found: version,
            known: SCHEMA_VERSION,
        });
    }
    let months = match item.get(MONTHS) {
        Some(AttributeValue::Ss(months)) => months.iter().map(day).collect::<Result<_, _>>()?,
        _ => BTreeSet::new(),
    };
    Ok(Head {
        version,
        day: text(DAY)
            .map(day)
            .ok_or(unreadable("its day is missing"))??,
        lanes: number(LANES)
            .and_then(|lanes| u16::try_from(lanes).ok())
            .unwrap_or(1),
        through: instant_of(item, THROUGH)?,
        settled: instant_of(item, SETTLED)?,
        fence: instant_of(item, FENCE)?,
        fenced_at: instant_of(item, FENCED_AT)?,
        months,
        days_from: text(DAYS_FROM).map(day).transpose()?,
        through_before: instant_of(item, THROUGH_BEFORE)?,
        rolled_at: instant_of(item, ROLLED_AT)?,
        has_people: item.contains_key(HAS_PEOPLE),
        keep: number(KEEP_DAYS)
            .zip(number(KEEP_MONTHS))
            .map(|(days, months)| Retention { days, months }),
        erasures: number(ERASURES).unwrap_or(0).into(),
        changes: number(CHANGES).unwrap_or(0).into(),
    })
}

/// Returns the condition that the head in the table is this one. Every writer that changes the head
/// increments `changes`.
pub(in crate::dynamodb) fn head_is(head: &Head) -> (Condition, Option<AttributeValue>) {
    match head.changes {
        // Version 1 did not count changes.
        0 => (("attribute_not_exists(#changes)", &[CHANGES]), None),
        changes => (
            ("#changes = :value", &[CHANGES]),
            Some(AttributeValue::N(changes.to_string())),
        ),
    }
}

#[cfg(test)]
mod tests {
    use piitrail_flow::time::from_rfc3339;

    use super::*;

    #[test]
    fn a_head_reads_back_and_one_of_a_later_version_is_refused() {
        let head = Head {
            version: SCHEMA_VERSION,
            day: "2026-11-21".parse().unwrap(),
            lanes: 4,
            through: from_rfc3339("2026-11-21T12:00:00.000Z"),
            settled: from_rfc3339("2026-11-21T12:30:00.000Z"),
            fence: from_rfc3339("2026-11-21T13:00:00.000Z"),
            fenced_at: from_rfc3339("2026-11-21T13:25:00.000Z"),
            months: BTreeSet::from(["2026-11-01".parse().unwrap()]),
            days_from: Some("2025-10-01".parse().unwrap()),
            through_before: None,
            rolled_at: from_rfc3339("2026-11-21T12:30:00.000Z"),
            has_people: true,
            keep: Some(Retention {
                days: 31,
                months: 12,
            }),
            erasures: 2,
            changes: 7,
        };
        assert_eq!(head_of(&head_item(&head)).unwrap(), head);
        let newer = Head {
            version: SCHEMA_VERSION + 1,
            ..head
        };
        assert!(matches!(
            head_of(&head_item(&newer)),
            Err(StoreError::NewerVersion { .. })
        ));
    }

    #[test]
    fn the_head_of_the_first_version_is_read() {
        let mut item = head_key();
        item.insert("day".to_owned(), AttributeValue::S("2026-11-21".to_owned()));
        let head = head_of(&item).unwrap();
        assert_eq!((head.version, head.lanes, head.through), (1, 1, None));
    }
}
