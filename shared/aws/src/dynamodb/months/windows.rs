//! The content of the journal, by the windows of time it was written in.

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

/// The length of a window. The journal is merged in steps that end where a window ends, so that a
/// leaf that is further than others after a crash is further by whole windows.
const WINDOW_SECONDS: i64 = 300;

/// The most windows with content in one step: the content of each is kept separately.
const WINDOWS_MAX: usize = 24;

/// The most windows that are read at a time: an hour with many batches may follow.
const WINDOWS_AT_A_TIME_MAX: i64 = 3_600 / WINDOW_SECONDS;

/// The most reads in one step, so that a step over years without any batch ends too: a first writer
/// whose clock was never set begins the journal in 1970.
const READS_MAX: u32 = 1_000;

/// A step ends with the window that reaches this number of batches, so that what was merged is
/// complete even if the function is stopped in the next step. It takes a small part of the
/// function's 15 minutes: see `roll-up-batch-milliseconds` of the flow crate's bench `scale`. The
/// tests use a small number, so that the fault suite reaches it.
const STEP_BATCHES: u64 = if cfg!(test) { 16 } else { 20_000 };

/// The content of the journal, by the end of the window it was written in.
pub(super) type Windows = BTreeMap<Timestamp, Ledger>;

impl DynamoStore {
    /// Reads what was written after one instant, up to another or as much as makes one step.
    /// Returns it with the number of batches and the instant up to which it goes.
    pub(super) async fn settled(
        &self,
        head: &Head,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Windows, u64, Timestamp), StoreError> {
        let mut windows = Windows::new();
        let mut count = 0;
        let mut through = from;
        // The number of windows read at a time doubles while they hold little: an hour without
        // writers is a few reads.
        let mut at_a_time = 1;
        for _ in 0..READS_MAX {
            if through >= to || count >= STEP_BATCHES || windows.len() >= WINDOWS_MAX {
                break;
            }
            // The last window of a day holds the first instant of the next.
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

    /// Keeps copies of items that cannot be read and are left out, so that reports can name them after the
    /// roll-up went past them.
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

    /// Whether the journal of a day is empty.
    async fn is_empty(&self, head: &Head, day: Day) -> Result<bool, StoreError> {
        let mut lanes = Vec::new();
        for lane in 0..head.lanes {
            let pk = schema::journal(day, lane);
            lanes.push(async move {
                // Every sort key begins with a digit.
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

    /// Adds what was written after one instant, up to another. Returns the number of batches.
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
                // Unpacking runs beside the reading of other lanes: a function with more memory has
                // more cores.
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

/// What a page of the journal added.
struct FoldedPage {
    windows: Windows,
    batches: u64,
    /// Items that cannot be read.
    damaged: Vec<Item>,
}

/// Adds the batches of a page that were written after one instant, up to another.
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

/// The end of the window that an instant lies in. The end belongs to the window.
fn window_end(at: Timestamp) -> Timestamp {
    let window = WINDOW_SECONDS * 1_000;
    let end = at
        .as_millisecond()
        .div_euclid(window)
        .saturating_add(i64::from(at.as_millisecond().rem_euclid(window) != 0))
        .saturating_mul(window);
    Timestamp::from_millisecond(end).unwrap_or(at)
}

/// The last end of a window up to an instant.
pub(super) fn window_start(at: Timestamp) -> Timestamp {
    let window = WINDOW_SECONDS * 1_000;
    let start = at.as_millisecond().div_euclid(window) * window;
    Timestamp::from_millisecond(start).unwrap_or(at)
}

/// The last possible sort key on a day up to an instant.
fn last_moment(to: Timestamp, day: Day) -> String {
    if day_of(to) > day {
        return ":".to_owned();
    }
    // What follows the instant in a key is a `#` and a batch; `~` sorts behind both.
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
