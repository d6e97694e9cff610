//! The time of an invocation, and the check that the time of an event is plausible.

use jiff::Timestamp;

use super::records::CLOCK_AHEAD_SECONDS;
use crate::store::Retention;
use crate::time::{Day, day_of};

/// The time of an invocation, and the earliest day for the events that it counts.
#[derive(Clone, Copy)]
pub(super) struct InvocationTime {
    pub(super) now: Timestamp,
    pub(super) today: Day,
    /// The first day that the store keeps. The next roll-up would delete events that are counted on
    /// an earlier day. Replays and archive exports bring old events, and a clock that was never set
    /// gives 1970.
    first_day: Day,
}

impl InvocationTime {
    pub(super) fn new(now: Timestamp, keep: Retention) -> Self {
        // The store keeps all times in whole milliseconds.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self {
            now,
            today: day_of(now),
            first_day: keep.first_month(now),
        }
    }

    /// Returns the time at which an event says it was published, or now if that is implausible.
    /// Also returns true if the clock of its sender is wrong.
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
