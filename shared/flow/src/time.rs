//! Days and spans of days. Edges are kept by day.
//!
//! Nothing here reads a clock. The time of an invocation is passed in as an argument, so that the
//! same input gives the same bytes out.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span as Duration, Timestamp};

/// A calendar day in UTC.
pub type Day = Date;

/// The form expected of a text that names a day.
pub const DAY_EXPECTED: &str = "a day, as in 2026-11-01";

/// Returns the UTC day of an instant.
pub fn day_of(at: Timestamp) -> Day {
    TimeZone::UTC.to_datetime(at).date()
}

/// Returns the first instant of a day.
pub fn start_of(day: Day) -> Timestamp {
    // All days of the years 0 to 9999, the range of days, have an instant.
    TimeZone::UTC
        .to_timestamp(day.to_datetime(Time::midnight()))
        .unwrap_or(Timestamp::MIN)
}

/// Returns a day as the number of days since 1970-01-01, negative before it.
pub fn day_number(day: Day) -> i64 {
    start_of(day).as_second().div_euclid(SECONDS_A_DAY)
}

/// Returns the day with this number, or `None` outside the years 0–9999.
pub fn day_of_number(number: i64) -> Option<Day> {
    from_epoch_ms(number.checked_mul(1_000 * SECONDS_A_DAY)?).map(day_of)
}

/// Returns the first day of a day's month.
pub fn month_of(day: Day) -> Day {
    day.first_of_month()
}

/// Returns the last day of a day's month.
pub fn last_of_month(day: Day) -> Day {
    day.last_of_month()
}

/// The first day that can be represented. Days are sorted as text, so they always have four digits
/// for the year.
const FIRST_DAY: Day = jiff::civil::date(0, 1, 1);

/// Returns the day that is `days` before `day`, but not before the first day that can be
/// represented.
pub fn days_before(day: Day, days: u32) -> Day {
    Duration::new()
        .try_days(i64::from(days))
        .and_then(|days| day.checked_sub(days))
        .map_or(FIRST_DAY, |before| before.max(FIRST_DAY))
}

const SECONDS_A_DAY: i64 = 86_400;

/// Returns an instant from milliseconds since 1970-01-01T00:00:00Z, or `None` outside the years
/// 0–9999.
pub fn from_epoch_ms(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok().filter(|at| {
        // Days are sorted as text, so they always have four digits for the year.
        (0..=9999).contains(&day_of(*at).year())
    })
}

/// Reads an instant from RFC 3339 text, as envelopes carry it.
pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>()
        .ok()
        .and_then(|at| from_epoch_ms(at.as_millisecond()))
}

/// The days from `from` to `to`, both included. An open end is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day. `None` includes everything up to `to`.
    pub from: Option<Day>,
    /// The last day. `None` includes everything from `from`.
    pub to: Option<Day>,
}

impl Span {
    /// Returns true if the day is in the span.
    pub fn contains(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Returns true if all days from `first` to `last` are in the span.
    pub fn covers(&self, first: Day, last: Day) -> bool {
        self.contains(first) && self.contains(last)
    }

    /// Returns true if any day from `first` to `last` is in the span.
    pub fn overlaps(&self, first: Day, last: Day) -> bool {
        self.from.is_none_or(|from| from <= last) && self.to.is_none_or(|to| first <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_includes_both_its_ends() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let span = Span {
            from: Some(day("2026-11-01")),
            to: Some(day("2026-11-02")),
        };
        assert!(span.contains(day("2026-11-01")) && span.contains(day("2026-11-02")));
        assert!(!span.contains(day("2026-10-31")) && !span.contains(day("2026-11-03")));
        assert!(Span::default().contains(day("1970-01-01")));
    }

    #[test]
    fn a_day_is_utc_whatever_the_offset_it_was_written_in() {
        let at = from_rfc3339("2026-11-21T01:30:00+02:00").unwrap();
        assert_eq!(day_of(at).to_string(), "2026-11-20");
    }

    #[test]
    fn a_time_that_cannot_be_is_none() {
        assert_eq!(from_epoch_ms(i64::MAX), None);
        assert_eq!(from_rfc3339("yesterday"), None);
    }
}
