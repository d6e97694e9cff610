//! The roll-up, and the retention of the store's content.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;
use crate::time::{Day, day_of, days_before, month_of};

/// The part of a store that merges old data and deletes expired data.
#[async_trait]
pub trait RollUp: Send + Sync {
    /// Merges old days into months and deletes expired data. It may be called at any time and by
    /// several callers at once, and it may crash at any time: reads return the same before,
    /// meanwhile and after. A store with concurrent writers merges only the batches that the
    /// previous call marked as complete.
    async fn roll_up(&self, now: Timestamp, keep: &Retention) -> Result<RolledUp, StoreError>;

    /// Returns the retention of the last roll-up, or `None` if the store does not know it.
    async fn retention(&self) -> Result<Option<Retention>, StoreError> {
        Ok(None)
    }
}

/// The time for which the store keeps its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The number of days that are kept by themselves, counted back from today. Older days are
    /// merged into months. A month keeps its days until the last of them has passed.
    pub days: u32,
    /// The number of months that are kept, including the current one.
    pub months: u32,
}

impl Default for Retention {
    /// 400 days, which is the period of a yearly audit and the time to make it, and 7 years.
    fn default() -> Self {
        Self {
            days: 400,
            months: 7 * 12,
        }
    }
}

impl Retention {
    /// Returns the first day that is still kept by itself. It is the first day of a month.
    pub fn first_day(&self, now: Timestamp) -> Day {
        month_of(days_before(day_of(now), self.days))
    }

    /// Returns the first month that is still kept, as its first day.
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

/// The result of a roll-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RolledUp {
    /// The number of batches that were merged into days and months.
    pub batches: u64,
    /// The number of days that were merged into months by this call. A store that does not count
    /// them says 0.
    pub days_merged: u64,
    /// The number of expired months that were deleted by this call. A store that lets its content
    /// expire by itself says 0.
    pub months_deleted: u64,
    /// The time up to which all batches are merged. `None` if none is merged yet, or if the store
    /// merges as it writes.
    pub through: Option<Timestamp>,
    /// True if the roll-up ran out of time with more left to merge.
    pub is_unfinished: bool,
    /// The keys of content that could not be read. It was skipped and set aside, and reports name
    /// it.
    pub damaged: BTreeSet<String>,
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
