//! How long the store keeps its content, and in which grain.

use jiff::Timestamp;

use crate::time::{Day, day_of, days_before, month_of};

/// How long what was recorded is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days by themselves, counted back from today; then the months they lie in are kept as one. A
    /// month keeps its days until the last of them has passed.
    pub days: u32,
    /// Months, this one included.
    pub months: u32,
}

impl Default for Retention {
    /// 400 days, which is a year's audit with time to make it, and 7 years.
    fn default() -> Self {
        Self {
            days: 400,
            months: 7 * 12,
        }
    }
}

impl Retention {
    /// The first day still kept by itself: the first of a month.
    pub fn first_day(&self, now: Timestamp) -> Day {
        month_of(days_before(day_of(now), self.days))
    }

    /// The first month still kept, by its first day.
    pub fn first_month(&self, now: Timestamp) -> Day {
        let mut month = month_of(day_of(now));
        for _ in 1..self.months {
            month = match month.yesterday() {
                Ok(day) => month_of(day),
                Err(_) => return month,
            };
        }
        month.min(self.first_day(now))
    }
}

/// What a roll-up did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RolledUp {
    /// Batches that were folded into days and months.
    pub batches: u64,
    /// Up to when all batches are folded; `None` where none is yet, and where the store folds as it
    /// writes.
    pub through: Option<Timestamp>,
    /// Whether it ended because its time was over, with more left to fold.
    pub is_unfinished: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_keeps_its_days_until_the_last_has_passed() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let keep = |days, months| Retention { days, months };
        assert_eq!(keep(21, 12).first_day(now).to_string(), "2026-10-01");
        assert_eq!(keep(20, 12).first_day(now).to_string(), "2026-11-01");
        assert_eq!(keep(20, 12).first_month(now).to_string(), "2025-12-01");
        assert_eq!(keep(400, 1).first_month(now).to_string(), "2025-10-01");
        assert_eq!(
            keep(400, u32::MAX).first_month(now),
            Day::MIN.first_of_month()
        );
    }
}
