//! Rolls up: merges the finished part of the journal into months. The roll-up function runs it on a
//! schedule.
//!
//! `windows.rs` reads the journal, and `leaves.rs` adds its content to the trees of months. This
//! file decides how far a run goes, and records that in the head.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use piitrail_flow::store::{Retention, RolledUp, StoreError};
use piitrail_flow::time::start_of;
use tokio::time::Instant;

use super::schema::{self, Head, Rolled};
use super::{DynamoStore, RACES_MAX, raced};
use crate::dynamodb::table::Conditional;

mod leaves;
mod windows;

use leaves::{by_month, days_with_people};
use windows::{Windows, window_start};

pub(super) use windows::written_at;

/// The time after setting a fence from which no writer can write before it. A function that has
/// read the head before may use it for five more minutes and then run for 15; the rest allows for
/// the difference between two clocks. The fence is also placed this far in the past, so that only
/// late writers are affected by it.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(25);

/// The current time of a run, measured from its start.
struct Clock {
    began: Timestamp,
    since: Instant,
}

impl Clock {
    fn new(began: Timestamp) -> Self {
        let since = Instant::now();
        Self { began, since }
    }

    fn now(&self) -> Timestamp {
        self.began
            .checked_add(self.since.elapsed())
            .unwrap_or(self.began)
    }
}

/// The point up to which a run merged the journal.
enum Folded {
    /// All of the finished part.
    Everything,
    /// The part for which there was time.
    UntilTheTimeWasOver,
    /// The part before another roll-up changed the head.
    UntilTheHeadChanged,
}

impl DynamoStore {
    pub(super) async fn fold(
        &self,
        now: Timestamp,
        keep: &Retention,
    ) -> Result<RolledUp, StoreError> {
        let clock = Clock::new(now);
        let mut batches = 0;
        for _ in 0..RACES_MAX {
            let Some(mut head) = self.head().await? else {
                return Ok(RolledUp::default());
            };
            let before = head.through;
            let folded = self.fold_from(&mut head, &clock, keep, &mut batches).await;
            let is_unfinished = match folded {
                Ok(Folded::Everything) => false,
                Ok(Folded::UntilTheTimeWasOver) => true,
                // The steps before this one are complete; the next run repeats only this one.
                Err(StoreError::OutOfTime { .. }) if head.through > before => true,
                Ok(Folded::UntilTheHeadChanged) => continue,
                Err(error) => return Err(error),
            };
            return Ok(RolledUp {
                batches,
                through: head.through,
                is_unfinished,
                damaged: std::mem::take(&mut self.cache().damaged),
                ..RolledUp::default()
            });
        }
        Err(raced("roll up the journal"))
    }

    /// Merges the finished part of the journal into months, one step at a time.
    async fn fold_from(
        &self,
        head: &mut Head,
        clock: &Clock,
        keep: &Retention,
        batches: &mut u64,
    ) -> Result<Folded, StoreError> {
        let mut longest = Duration::ZERO;
        loop {
            let now = clock.now();
            let mut next = head.clone();
            next.days_from = head.days_from.max(Some(keep.first_day(now)));
            next.months.retain(|month| *month >= keep.first_month(now));
            if head
                .fenced_at
                .is_none_or(|at| now.duration_since(at) >= SETTLED_AFTER)
            {
                next.move_fence(window_start(now - SETTLED_AFTER), now);
            }
            if head.keep != Some(*keep) {
                if self.restamp(head, *keep).await? == Conditional::Rejected {
                    return Ok(Folded::UntilTheHeadChanged);
                }
                next.keep = Some(*keep);
            }
            // The fence is written before anything is merged, because its age counts from when
            // other instances can see it.
            if self.advance(head, next).await? == Conditional::Rejected {
                return Ok(Folded::UntilTheHeadChanged);
            }
            let from = head.through.unwrap_or(start_of(head.day) - 1.millisecond());
            let Some(settled) = head.settled.filter(|settled| *settled > from) else {
                return Ok(Folded::Everything);
            };
            // A step that is cut off is wasted, because the next run repeats it.
            if !self.table.has_time_for(2 * longest) {
                return Ok(Folded::UntilTheTimeWasOver);
            }
            let began = Instant::now();
            let mut next = head.clone();
            let (windows, count, to) = self.settled(head, from, settled).await?;
            self.fold_windows(&mut next, &windows, to, now, keep)
                .await?;
            next.set_through(to, clock.now());
            if self.advance(head, next).await? == Conditional::Rejected {
                return Ok(Folded::UntilTheHeadChanged);
            }
            *batches += count;
            longest = longest.max(began.elapsed());
        }
    }

    /// Replaces the head in the table.
    async fn advance(&self, head: &mut Head, mut next: Head) -> Result<Conditional, StoreError> {
        if next == *head {
            return Ok(Conditional::Applied);
        }
        let written = self.replace_head(Some(head), &next).await?;
        if written == Conditional::Applied {
            next.changes += 1;
            *head = next;
        }
        Ok(written)
    }

    /// Adds the windows, which end at `to`, to the months of their entries.
    async fn fold_windows(
        &self,
        next: &mut Head,
        windows: &Windows,
        to: Timestamp,
        now: Timestamp,
        keep: &Retention,
    ) -> Result<(), StoreError> {
        for (month, parts) in by_month(windows) {
            if month < keep.first_month(now) {
                continue;
            }
            let mut trees = vec![(Rolled::Month, String::new())];
            if Some(month) >= next.days_from {
                trees.push((Rolled::Days, String::new()));
                for day in days_with_people(&parts) {
                    trees.push((Rolled::People, schema::tree_of_people(day)));
                    next.has_people = true;
                }
            }
            for (grain, tree) in trees {
                self.fold_month(month, grain, &tree, &parts, to, keep)
                    .await?;
            }
            next.months.insert(month);
        }
        Ok(())
    }
}
