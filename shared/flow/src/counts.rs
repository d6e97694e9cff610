//! Counts by limit and by reason, as stores keep them.
//!
//! A store keeps the names of limits and reasons, not their numbers. A later version of Piitrail
//! may have written names that this version does not know. They are kept, added up and shown like
//! all others.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use piitrail_detect::Unread;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::envelope::Reason;
use crate::limit::Limit;

/// A value that is counted by its name: a limit or a reason.
pub trait Counted: Copy {
    /// Returns every value that this version knows.
    fn all() -> impl Iterator<Item = Self>;

    /// Returns the name under which the value is stored.
    fn name(self) -> &'static str;
}

/// The number of times each limit was reached, or the number of events or records for each reason.
pub type Counts<T> = BTreeMap<KnownOrLater<T>, u64>;

/// The number of times each limit was reached.
pub type LimitCounts = Counts<Limit>;

/// The number of events for each reason why a part of them was not read.
pub type UnreadEvents = Counts<Unread>;

/// The number of records for each reason why they could not be read.
pub type UnreadableRecords = Counts<Reason>;

/// A limit or a reason that this version knows, or the name of one that a later version wrote.
///
/// Sorted and compared by name, and stored as its name.
#[derive(Clone, Debug)]
pub enum KnownOrLater<T> {
    /// A value that this version knows.
    Known(T),
    /// The name that a later version wrote.
    Later(Box<str>),
}

impl<T: Counted> KnownOrLater<T> {
    /// Returns the value with this name.
    pub fn of_name(name: &str) -> Self {
        T::all()
            .find(|known| known.name() == name)
            .map_or_else(|| Self::Later(name.into()), Self::Known)
    }

    /// Returns the name under which the value is stored: `depth`.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(known) => known.name(),
            Self::Later(name) => name,
        }
    }
}

/// The consequence of a value that this version does not know.
const CONSEQUENCE_OF_LATER: &str =
    "a later version of Piitrail counted it, and this version does not know its consequence";

impl KnownOrLater<Limit> {
    /// Returns what it means for the answer that the limit was reached.
    pub fn consequence(&self) -> &'static str {
        match self {
            Self::Known(limit) => limit.consequence(),
            Self::Later(_) => CONSEQUENCE_OF_LATER,
        }
    }
}

impl KnownOrLater<Unread> {
    /// Returns what it means for the answer that events were not read whole for this reason.
    pub fn consequence(&self) -> &'static str {
        match self {
            Self::Known(reason) => reason.consequence(),
            Self::Later(_) => CONSEQUENCE_OF_LATER,
        }
    }

    /// Returns what the user can do so that such events are read whole.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Known(reason) => reason.remedy(),
            Self::Later(_) => "use the latest version of Piitrail",
        }
    }
}

impl KnownOrLater<Reason> {
    /// Returns the reason in words, for people.
    pub fn explanation(&self) -> &'static str {
        match self {
            Self::Known(reason) => reason.explanation(),
            Self::Later(_) => {
                "a later version of Piitrail counted it for a reason that this version does not know"
            }
        }
    }
}

/// Adds `times` to the count of one limit or reason.
pub(crate) fn count<T: Counted>(counts: &mut Counts<T>, counted: T, times: u64) {
    let total = counts.entry(KnownOrLater::Known(counted)).or_default();
    *total = total.saturating_add(times);
}

/// Adds the counts of `from` to those of `into`.
pub fn add<T: Counted>(into: &mut Counts<T>, from: &Counts<T>) {
    for (counted, count) in from {
        // Most keys exist already, so the lookup does not clone them.
        if let Some(total) = into.get_mut(counted) {
            *total = total.saturating_add(*count);
        } else {
            into.insert(counted.clone(), *count);
        }
    }
}

impl Counted for Limit {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Counted for Unread {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Counted for Reason {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl<T> From<T> for KnownOrLater<T> {
    fn from(known: T) -> Self {
        Self::Known(known)
    }
}

impl<T: Counted> PartialEq for KnownOrLater<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl<T: Counted> Eq for KnownOrLater<T> {}

impl<T: Counted> PartialOrd for KnownOrLater<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Counted> Ord for KnownOrLater<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl<T: Counted> fmt::Display for KnownOrLater<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<T: Counted> Serialize for KnownOrLater<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de, T: Counted> Deserialize<'de> for KnownOrLater<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor<T>(PhantomData<T>);

        impl<T: Counted> Visitor<'_> for NameVisitor<T> {
            type Value = KnownOrLater<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a limit or of a reason")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(KnownOrLater::of_name(name))
            }
        }

        deserializer.deserialize_str(NameVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored<T: Counted>(counts: &Counts<T>) -> String {
        serde_json::to_string(counts).unwrap()
    }

    #[test]
    fn a_store_keeps_names_and_those_of_a_later_version_are_neither_lost_nor_misread() {
        let text = r#"{"depth":2,"event_time":1,"holographic":3}"#;
        let mut counts: LimitCounts = serde_json::from_str(text).unwrap();
        assert_eq!(stored(&counts), text);
        let known: Vec<bool> = counts
            .keys()
            .map(|limit| matches!(limit, KnownOrLater::Known(_)))
            .collect();
        assert_eq!(known, [true, true, false]);
        assert_eq!(counts[&Limit::EventTime.into()], 1);
        let same = counts.clone();
        add(&mut counts, &same);
        count(&mut counts, Limit::EventTime, u64::MAX);
        assert_eq!(
            stored(&counts),
            format!(r#"{{"depth":4,"event_time":{},"holographic":6}}"#, u64::MAX)
        );
    }

    #[test]
    fn every_name_is_read_as_what_it_names() {
        fn is_read_back<T: Counted + PartialEq>() -> bool {
            T::all().all(|value| {
                matches!(KnownOrLater::<T>::of_name(value.name()), KnownOrLater::Known(read) if read == value)
            })
        }
        assert!(is_read_back::<Limit>() && is_read_back::<Unread>() && is_read_back::<Reason>());
    }

    #[test]
    fn what_is_shown_of_a_name_is_that_of_its_value_and_an_unknown_name_is_no_error() {
        for limit in Limit::all() {
            assert_eq!(
                KnownOrLater::Known(limit).consequence(),
                limit.consequence()
            );
        }
        for reason in Unread::all() {
            let known = KnownOrLater::Known(reason);
            assert_eq!(known.consequence(), reason.consequence());
            assert_eq!(known.remedy(), reason.remedy());
        }
        let later = KnownOrLater::<Unread>::of_name("holographic");
        assert!(later.consequence().contains("later version"));
        assert!(later.remedy().contains("latest version"));
        let later = KnownOrLater::<Reason>::of_name("holographic");
        assert!(later.explanation().contains("later version"));
    }
}
