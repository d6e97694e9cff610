//! The time of an invocation, and which times of events are plausible at it.

use jiff::Timestamp;

use super::records::CLOCK_AHEAD_SECONDS;
use crate::store::Retention;
use crate::time::{Day, day_of};

/// The time of an invocation, and how far back the events it counts may lie.
#[derive(Clone, Copy)]
pub(super) struct InvocationTime {
    pub(super) now: Timestamp,
    pub(super) today: Day,
    /// The first day that the store keeps. What is counted on an earlier day would be deleted by the
    /// next roll-up. Replays and archive exports bring old events; 1970 is a clock that was never set.
    first_day: Day,
}

impl InvocationTime {
    pub(super) fn new(now: Timestamp, keep: Retention) -> Self {
        // Whole milliseconds, as every other time in the store.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self {
            now,
            today: day_of(now),
            first_day: keep.first_month(now),
        }
    }

    /// The time an event says it was published, or now where that is implausible, and whether its
    /// clock is wrong.
    pub(super) fn plausible(&self, time: Option<Timestamp>) -> (Timestamp, bool) {
        let now = self.now;
        match time {
            None => (now, false),
            Some(at) if at > now => (now, at.duration_since(now).as_secs() > CLOCK_AHEAD_SECONDS),
            Some(at) if day_of(at) < self.first_day => (now, true),
            Some(at) => (at, false),
        }
    }
}
