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

/// The columns. Their numbers are indices into a dictionary, or differences.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) names: Vec<Name>,
    pub(super) paths: Vec<EdgePath>,
    pub(super) classes: Vec<DataClass>,
    /// Distinct sets of paths. Each set is in order, and each index is the distance from the one
    /// before.
    pub(super) path_sets: Vec<Vec<u32>>,

    // One value for each edge, in order.
    pub(super) producers: Vec<(PartyKind, Option<u32>)>,
    pub(super) consumers: Vec<(PartyKind, Option<u32>)>,
    pub(super) channels: Vec<Vec<(ChannelKind, u32)>>,
    pub(super) event_types: Vec<u32>,
    pub(super) bases: Vec<Basis>,
    /// The number of days of the edge.
    pub(super) days_of_edge: Vec<u32>,
    /// The number of classes of the edge, over all its days.
    pub(super) classes_of_edge: Vec<u32>,

    // One value for each edge and day.
    /// The first day of an edge is the distance from the day before it in this column, the others
    /// are distances from the edge's previous day.
    pub(super) days: Vec<i64>,
    pub(super) times: Vec<u8>,
    /// Milliseconds from the start of the day.
    pub(super) first_seen: Vec<i64>,
    /// Milliseconds from the first event, or from the start of the day if there is no first event.
    pub(super) last_seen: Vec<i64>,
    pub(super) events_with_findings: Vec<u64>,
    /// The events without findings (the total less the events with findings, wrapping).
    pub(super) events: Vec<u64>,
    pub(super) replayed: Vec<u64>,
    pub(super) unreadable: Vec<u64>,

    // One value for each edge and class.
    pub(super) class: Vec<u32>,
    pub(super) confidence: Vec<u8>,
    pub(super) path_set: Vec<u32>,

    // One value for each edge, class and day.
    pub(super) states: Vec<u8>,
    /// The day's events with findings less those with the class, wrapping.
    pub(super) class_events: Vec<u64>,
    /// The confidence, where it differs from that of the edge and class.
    pub(super) other_confidence: Vec<u8>,
    pub(super) other_path_set: Vec<u32>,

    /// The people, where they are known, with the number of their row of edge and day.
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
