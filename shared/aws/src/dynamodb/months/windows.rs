//! Reads the content of the journal by windows of the time at which it was written.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::ToSpan as _;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::StoreError;
use piitrail_flow::time::{Day, day_of, start_of};
use tokio::task::spawn_blocking;

use crate::dynamodb::schema::{self, FACTS, Head, Item, SK};
use crate::dynamodb::table::Range;
use crate::dynamodb::{DynamoStore, LANES_AT_ONCE};

/// The length of a window. The journal is merged in steps that end with a window, so that after a
/// crash a leaf can be ahead of others by whole windows only.
const WINDOW_SECONDS: i64 = 300;

/// The maximum number of windows with content in one step, because the content of each is kept
/// separately.
const WINDOWS_MAX: usize = 24;

/// The maximum number of windows that are read at once, because an hour with many batches may
/// follow.
const WINDOWS_AT_A_TIME_MAX: i64 = 3_600 / WINDOW_SECONDS;

/// The maximum number of reads in one step. It ends a step over years without a batch: a first
/// writer whose clock was never set begins the journal in 1970.
const READS_MAX: u32 = 1_000;

/// The number of batches with which a step ends, so that its work is complete even if the function
/// is stopped in the next step. It takes a small part of the function's 15 minutes: see
/// `roll-up-batch-milliseconds` of the flow crate's bench `scale`. Tests use a small number, so
/// that the fault suite reaches it.
const STEP_BATCHES: u64 = if cfg!(test) { 16 } else { 20_000 };

/// The content of the journal, by the end of the window in which it was written.
pub(super) type Windows = BTreeMap<Timestamp, Ledger>;

impl DynamoStore {
    /// Reads the batches written after `from` and up to `to`, or as many as make one step. Returns
    /// them with their number and the instant up to which they were read.
    pub(super) async fn settled(
        &self,
        head: &Head,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Windows, u64, Timestamp), StoreError> {
        let mut windows = Windows::new();
        let mut count = 0;
        let mut through = from;
        // The number of windows read at once doubles while they contain little, so that an hour
        // without writers takes a few reads.
        let mut at_a_time = 1;
        for _ in 0..READS_MAX {
            if through >= to || count >= STEP_BATCHES || windows.len() >= WINDOWS_MAX {
                break;
            }
            // The last window of a day contains the first instant of the next day.
            let day = day_of(through + 1.millisecond());
            let last_window = start_of(day.tomorrow().unwrap_or(day)) - WINDOW_SECONDS.seconds();
            if through <= start_of(day) && last_window < to && self.is_empty(head, day).await? {
                through = last_window;
                continue;
            }
            let first = window_end(through + 1.millisecond());
            let end = to.min(first + ((at_a_time - 1) * WINDOW_SECONDS).seconds());
            let batches = self.read_into(&mut windows, head, through, end).await?;
            count += batches;
            through = end;
            if batches < STEP_BATCHES / 16 {
                at_a_time = WINDOWS_AT_A_TIME_MAX.min(at_a_time * 2);
            }
        }
        Ok((windows, count, through))
    }

    /// Stores copies of items that cannot be read, so that reports can name them after the roll-up
    /// has passed them.
    pub(super) async fn set_aside(&self, damaged: &[Item], day: Day) -> Result<(), StoreError> {
        let expires_at = schema::days_after(day, 31 * i64::from(self.keep.months));
        for item in damaged {
            let name = schema::name_of(item);
            tracing::error!(
                item = name,
                "an item of the table cannot be read and is left out of the map; restore it from a backup, or delete \
                 it and its copy under `damaged`"
            );
            self.table
                .put(
                    "set a damaged item aside",
                    schema::damaged_item(item, expires_at),
                )
                .await?;
            self.cache().damaged.insert(name);
        }
        Ok(())
    }

    /// Returns true if the journal of a day is empty.
    async fn is_empty(&self, head: &Head, day: Day) -> Result<bool, StoreError> {
        let mut lanes = Vec::new();
        for lane in 0..head.lanes {
            let pk = schema::journal(day, lane);
            lanes.push(async move {
                // Every sort key begins with a digit, and `:` sorts after all digits.
                let last = ":".to_owned();
                self.table
                    .last_up_to("read the journal", &pk, last, true)
                    .await
            });
        }
        let mut read = stream::iter(lanes).buffer_unordered(LANES_AT_ONCE);
        while let Some(last) = read.try_next().await? {
            if last.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds the batches written after `from` and up to `to`. Returns their number.
    async fn read_into(
        &self,
        windows: &mut Windows,
        head: &Head,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64, StoreError> {
        // An instant at midnight ends a window of the day before.
        let days = day_of(from)
            .series(1.day())
            .take_while(|day| *day <= day_of(to));
        let mut lanes = Vec::new();
        for day in days {
            for lane in 0..head.lanes {
                lanes.push(self.lane(day, lane, from, to));
            }
        }
        let mut read = stream::iter(lanes).buffer_unordered(LANES_AT_ONCE);
        let mut count = 0;
        while let Some((of_lane, batches)) = read.try_next().await? {
            for (end, ledger) in of_lane {
                windows.entry(end).or_default().merge(ledger);
            }
            count += batches;
        }
        Ok(count)
    }

    async fn lane(
        &self,
        day: Day,
        lane: u16,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Windows, u64), StoreError> {
        const ACTION: &str = "read the journal";
        let (mut windows, mut count) = (Windows::new(), 0);
        let mut start = None;
        loop {
            let range = Range {
                pk: schema::journal(day, lane),
                condition: "#sk BETWEEN :from AND :to",
                values: vec![
                    (":from", schema::moment(from.max(start_of(day)))),
                    (":to", last_moment(to, day)),
                ],
                attributes: &[FACTS],
                consistent: true,
                start,
                limit: None,
            };
            let (items, next) = self.table.query(ACTION, &range).await?;
            if !items.is_empty() {
                // Unpacking runs in parallel with reading other lanes, because a function with more
                // memory has more cores.
                let folding = move || fold_page(windows, &items, day, from, to);
                let folded = spawn_blocking(folding)
                    .await
                    .map_err(|e| StoreError::backend(ACTION, e))?;
                windows = folded.windows;
                count += folded.batches;
                self.set_aside(&folded.damaged, day).await?;
            }
            start = next;
            if start.is_none() {
                return Ok((windows, count));
            }
        }
    }
}

/// The result of adding a page of the journal.
struct FoldedPage {
    windows: Windows,
    batches: u64,
    /// The items that cannot be read.
    damaged: Vec<Item>,
}

/// Adds the batches of a page that were written after `from` and up to `to`.
fn fold_page(
    mut windows: Windows,
    page: &[Item],
    day: Day,
    from: Timestamp,
    to: Timestamp,
) -> FoldedPage {
    let mut batches = 0;
    let mut damaged = Vec::new();
    for item in page {
        let Ok(at) = written_at(day, item) else {
            damaged.push(item.clone());
            continue;
        };
        if at <= from || at > to {
            continue;
        }
        match schema::ledger_of(item) {
            Ok(ledger) => windows.entry(window_end(at)).or_default().merge(ledger),
            Err(_) => damaged.push(item.clone()),
        }
        batches += 1;
    }
    FoldedPage {
        windows,
        batches,
        damaged,
    }
}

/// Returns the end of the window of an instant. The end belongs to the window.
fn window_end(at: Timestamp) -> Timestamp {
    let window = WINDOW_SECONDS * 1_000;
    let end = at
        .as_millisecond()
        .div_euclid(window)
        .saturating_add(i64::from(at.as_millisecond().rem_euclid(window) != 0))
        .saturating_mul(window);
    Timestamp::from_millisecond(end).unwrap_or(at)
}

/// Returns the last end of a window up to an instant.
pub(super) fn window_start(at: Timestamp) -> Timestamp {
    let window = WINDOW_SECONDS * 1_000;
    let start = at.as_millisecond().div_euclid(window) * window;
    Timestamp::from_millisecond(start).unwrap_or(at)
}

/// Returns the greatest sort key on a day up to an instant.
fn last_moment(to: Timestamp, day: Day) -> String {
    if day_of(to) > day {
        return ":".to_owned();
    }
    // In a key the instant is followed by `#` and a batch, and `~` sorts after both.
    format!("{}~", schema::moment(to))
}

pub(in crate::dynamodb) fn written_at(day: Day, item: &Item) -> Result<Timestamp, StoreError> {
    item.get(SK)
        .and_then(|sk| schema::written_at(day, sk.as_s().ok()?))
        .ok_or_else(|| {
            StoreError::unreadable("the journal", "it contains an item with an invalid key")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_at_the_last_instant_that_belongs_to_it() {
        let end = |text: &str| window_end(text.parse().unwrap()).to_string();
        assert_eq!(end("2026-11-21T12:00:00Z"), "2026-11-21T12:00:00Z");
        assert_eq!(end("2026-11-21T12:00:00.001Z"), "2026-11-21T12:05:00Z");
        assert_eq!(end("2026-11-21T12:04:59Z"), "2026-11-21T12:05:00Z");
    }
}
