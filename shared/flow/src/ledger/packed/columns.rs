//! The columns of a packed ledger.

use piitrail_detect::DataClass;
use serde::{Deserialize, Serialize};

use crate::channel::ChannelKind;
use crate::counts::KnownOrLater;
use crate::edge::{Basis, EdgePath};
use crate::envelope::Reason;
use crate::limit::Limit;
use crate::name::Name;
use crate::party::PartyKind;
use crate::people::People;

/// The columns. A number in them is an index into a dictionary, or a difference.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) names: Vec<Name>,
    pub(super) paths: Vec<EdgePath>,
    pub(super) classes: Vec<DataClass>,
    /// Distinct sets of paths, each in order, every index as the distance from the one before.
    pub(super) path_sets: Vec<Vec<u32>>,

    // By edge, in order.
    pub(super) producers: Vec<(PartyKind, Option<u32>)>,
    pub(super) consumers: Vec<(PartyKind, Option<u32>)>,
    pub(super) channels: Vec<Vec<(ChannelKind, u32)>>,
    pub(super) event_types: Vec<u32>,
    pub(super) bases: Vec<Basis>,
    /// How many days the edge has.
    pub(super) days_of_edge: Vec<u32>,
    /// How many classes it has, over all its days.
    pub(super) classes_of_edge: Vec<u32>,

    // By edge and day.
    /// The first as the distance from the day before in this column, the others from the edge's
    /// day before.
    pub(super) days: Vec<i64>,
    pub(super) times: Vec<u8>,
    /// Milliseconds from the day's start.
    pub(super) first_seen: Vec<i64>,
    /// Milliseconds from the first, or from the day's start where there is none.
    pub(super) last_seen: Vec<i64>,
    pub(super) events_with_findings: Vec<u64>,
    /// More than with findings; wraps.
    pub(super) events: Vec<u64>,
    pub(super) replayed: Vec<u64>,
    pub(super) unreadable: Vec<u64>,

    // By edge and class.
    pub(super) class: Vec<u32>,
    pub(super) confidence: Vec<u8>,
    pub(super) path_set: Vec<u32>,

    // By edge, class and day.
    pub(super) states: Vec<u8>,
    /// Fewer than the day's events with findings; wraps.
    pub(super) class_events: Vec<u64>,
    /// Where it is not the edge's.
    pub(super) other_confidence: Vec<u8>,
    pub(super) other_path_set: Vec<u32>,

    /// People, where they are known, by the number of their row of edge and day.
    pub(super) people: Vec<(u32, People)>,

    pub(super) coverage: Vec<PackedCoverage>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PackedCoverage {
    pub(super) day: i64,
    pub(super) place: Option<(ChannelKind, u32)>,
    pub(super) deliveries: u64,
    pub(super) unreadable: Vec<(KnownOrLater<Reason>, u64)>,
    pub(super) limits: Vec<(KnownOrLater<Limit>, u64)>,
}

pub(super) const HAS_FIRST: u8 = 1;
pub(super) const HAS_LAST: u8 = 2;

pub(super) const PRESENT: u8 = 1;
pub(super) const ONLY_TEST_DATA: u8 = 2;
pub(super) const MORE_PATHS: u8 = 4;
pub(super) const OTHER_CONFIDENCE: u8 = 8;
pub(super) const OTHER_PATHS: u8 = 16;
