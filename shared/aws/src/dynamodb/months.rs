//! Folding what is settled into months: the scheduled step.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, ToSpan as _};
use piitrail_flow::edge::{EdgeFacts, EdgeKey};
use piitrail_flow::ledger::{Coverage, Ledger, Place};
use piitrail_flow::store::FlowId;
use piitrail_flow::time::{last_of_month, month_of, start_of};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};

use super::schema::{BITS_MAX, FACTS, Head, Item, LEAF_MAX, Leaf, Rolled, SK};
use super::table::{Range, Transacted};
use super::{
    BTreeMap, BTreeSet, Day, DynamoStore, LANES_AT_ONCE, RACES_MAX, Retention, RolledUp,
    StoreError, Timestamp, Written, day_of, raced, schema,
};

/// How long after a fence was set all that will ever stand before it does: a function that had read
/// the head before may go on with it for five minutes and then run for 15, and two clocks that say how
/// late it is may differ. So far behind the present the fence is set, too, so that only who is late
/// meets it.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(25);

/// The journal is folded in steps that end where these windows do, so that a leaf that is further
/// than others, after a crash, is so by whole windows.
const WINDOW_SECONDS: i64 = 300;

/// Windows in one step in which anything was written: what each holds is kept apart.
const WINDOWS_MAX: usize = 24;

/// Windows that are read at a time, at most: an hour may follow in which much was written.
const WINDOWS_AT_A_TIME_MAX: i64 = 3_600 / WINDOW_SECONDS;

/// Reads in one step, at most, so that a step over years in which nothing was written counts too: a
/// first writer whose clock was never set begins the journal in 1970.
const READS_MAX: u32 = 1_000;

/// A step ends with the window that brings it to so many batches: what was folded then counts even
/// where the function is stopped in the next step. Few enough for a small part of its 15 minutes: see
/// `roll-up-batch-milliseconds` of the flow crate's bench `scale`.
/// Few in the tests, so that the suite of faults gets there.
const STEP_BATCHES: u64 = if cfg!(test) { 16 } else { 20_000 };

/// The time, as it goes on from when a run began.
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

/// What stands in the journal, by the end of the window it was written in.
type Windows = BTreeMap<Timestamp, Ledger>;

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
            if self
                .fold_from(&mut head, &clock, keep, &mut batches)
                .await?
                == Written::Yes
            {
                return Ok(RolledUp {
                    batches,
                    through: head.through,
                });
            }
        }
        Err(raced("roll up the journal"))
    }

    /// Folds what is settled, step by step. Not written where another changed the head meanwhile.
    async fn fold_from(
        &self,
        head: &mut Head,
        clock: &Clock,
        keep: &Retention,
        batches: &mut u64,
    ) -> Result<Written, StoreError> {
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
                if self.restamp(head, *keep).await? == Written::No {
                    return Ok(Written::No);
                }
                next.keep = Some(*keep);
            }
            // By itself, before anything is folded: it counts from when others can see it.
            if self.advance(head, next).await? == Written::No {
                return Ok(Written::No);
            }
            let from = head.through.unwrap_or(start_of(head.day) - 1.millisecond());
            let Some(settled) = head.settled.filter(|settled| *settled > from) else {
                return Ok(Written::Yes);
            };
            // A step that is cut off was for nothing: the next run makes it.
            if !self.table.has_time_for(2 * longest) {
                return Ok(Written::Yes);
            }
            let began = Instant::now();
            let mut next = head.clone();
            let (windows, count, to) = self.settled(head, from, settled).await?;
            *batches += count;
            self.fold_windows(&mut next, &windows, to, now, keep)
                .await?;
            next.set_through(to, clock.now());
            if self.advance(head, next).await? == Written::No {
                return Ok(Written::No);
            }
            longest = longest.max(began.elapsed());
        }
    }

    /// Gives every leaf there is the time to live of a changed policy.
    async fn restamp(&self, head: &Head, keep: Retention) -> Result<Written, StoreError> {
        for month in &head.months {
            for grain in [Rolled::Days, Rolled::People, Rolled::Month] {
                let expires_at = expires_at(*month, grain, keep);
                for (leaf, mut item) in self.leaves(*month, grain, "").await? {
                    let facts = item.remove(FACTS).and_then(|facts| match facts {
                        AttributeValue::B(facts) => Some(facts.into_inner()),
                        _ => None,
                    });
                    let (condition, value) = schema::leaf_is(&leaf);
                    let item = schema::leaf_item(*month, grain, &leaf, facts, expires_at);
                    let written = self
                        .table
                        .put_if("apply a retention", item, Some(condition), value)
                        .await?;
                    if written == Written::No {
                        return Ok(Written::No);
                    }
                }
            }
        }
        Ok(Written::Yes)
    }

    /// Writes a changed head.
    async fn advance(&self, head: &mut Head, mut next: Head) -> Result<Written, StoreError> {
        if next == *head {
            return Ok(Written::Yes);
        }
        let written = self.replace_head(Some(head), &next).await?;
        if written == Written::Yes {
            next.changes += 1;
            *head = next;
        }
        Ok(written)
    }

    /// Adds what was written, up to an instant, to the months it is about.
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

    /// What was written in the journal after one instant, up to another or as much as makes one step,
    /// in how many batches, and up to when.
    async fn settled(
        &self,
        head: &Head,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Windows, u64, Timestamp), StoreError> {
        let mut windows = Windows::new();
        let mut count = 0;
        let mut through = from;
        // Twice as many at a time as long as they hold little: an hour in which nobody wrote is a
        // few questions.
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

    /// Whether nothing was written on a day.
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

    /// Adds what was written after one instant, up to another. In how many batches it was.
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
            };
            let (items, next) = self.table.query(ACTION, &range).await?;
            if !items.is_empty() {
                // Beside the other lanes' pages: a function with more memory has more cores.
                let folding = move || fold_page(windows, &items, day, from, to);
                let folded = spawn_blocking(folding)
                    .await
                    .map_err(|e| StoreError::backend(ACTION, e))??;
                count += folded.1;
                windows = folded.0;
            }
            start = next;
            if start.is_none() {
                return Ok((windows, count));
            }
        }
    }

    /// Adds to each leaf of a tree what it does not hold yet.
    async fn fold_month(
        &self,
        month: Day,
        grain: Rolled,
        tree: &str,
        parts: &[Part],
        to: Timestamp,
        keep: &Retention,
    ) -> Result<(), StoreError> {
        for _ in 0..RACES_MAX {
            let root = Leaf {
                tree: tree.to_owned(),
                ..Leaf::default()
            };
            let mut leaves = self.leaves(month, grain, tree).await?;
            if leaves.is_empty() {
                let item = schema::leaf_item(month, grain, &root, None, None);
                if self
                    .table
                    .put_if("begin a month", item.clone(), Some(schema::IS_NEW), None)
                    .await?
                    == Written::No
                {
                    continue;
                }
                leaves.push((root, item));
            }
            if self
                .fold_leaves(month, grain, leaves, parts, to, keep)
                .await?
                == Written::Yes
            {
                return Ok(());
            }
        }
        Err(raced("roll up a month"))
    }

    async fn fold_leaves(
        &self,
        month: Day,
        grain: Rolled,
        mut leaves: Vec<(Leaf, Item)>,
        parts: &[Part],
        to: Timestamp,
        keep: &Retention,
    ) -> Result<Written, StoreError> {
        let expires_at = expires_at(month, grain, *keep);
        // One leaf at a time is unpacked, however many there are.
        while let Some((leaf, item)) = leaves.pop() {
            let mut merged = held_in(&item)?;
            let mut is_changed = false;
            for part in parts.iter().filter(|part| Some(part.end) > leaf.through) {
                is_changed |= part.merge_into(&mut merged, &leaf, grain, month);
            }
            if !is_changed {
                continue;
            }
            let facts = schema::pack(&merged)?;
            let (condition, value) = schema::leaf_is(&leaf);
            if facts.len() <= LEAF_MAX || leaf.bits.len() >= BITS_MAX {
                let next = Leaf {
                    through: Some(to),
                    ..leaf
                };
                let item = schema::leaf_item(month, grain, &next, Some(facts), expires_at);
                let written = self
                    .table
                    .put_if("roll up a month", item, Some(condition), value)
                    .await?;
                if written == Written::No {
                    return Ok(Written::No);
                }
                continue;
            }
            // What it holds is split first, and each half then takes what is new of it.
            let held = Part::of(&held_in(&item)?, to);
            let mark = Leaf {
                through: None,
                is_split: true,
                ..leaf.clone()
            };
            let mark = schema::leaf_item(month, grain, &mark, None, expires_at);
            let mut writes = vec![(mark, condition, value)];
            for bit in ["0", "1"] {
                let half = Leaf {
                    bits: format!("{}{bit}", leaf.bits),
                    ..leaf.clone()
                };
                let mut ledger = Ledger::default();
                held.merge_into(&mut ledger, &half, grain, month);
                let facts = schema::pack(&ledger)?;
                let item = schema::leaf_item(month, grain, &half, Some(facts), expires_at);
                writes.push((item.clone(), schema::IS_NEW, None));
                leaves.push((half, item));
            }
            if self.put_all(writes).await? == Written::No {
                return Ok(Written::No);
            }
        }
        Ok(Written::Yes)
    }

    /// Writes all items, each on its condition, or none.
    async fn put_all(
        &self,
        items: Vec<(Item, schema::Condition, Option<AttributeValue>)>,
    ) -> Result<Written, StoreError> {
        const ACTION: &str = "split a month";
        let mut writes = Vec::with_capacity(items.len());
        for (item, (condition, names), value) in items {
            let mut put = Put::builder()
                .table_name(self.table.name())
                .set_item(Some(item))
                .condition_expression(condition);
            for name in names {
                put = put.expression_attribute_names(format!("#{name}"), *name);
            }
            if let Some(value) = value {
                put = put.expression_attribute_values(":value", value);
            }
            let put = put.build().map_err(|e| StoreError::backend(ACTION, e))?;
            writes.push(TransactWriteItem::builder().put(put).build());
        }
        Ok(match self.table.transact(ACTION, writes).await? {
            Transacted::Yes => Written::Yes,
            Transacted::No(_) => Written::No,
        })
    }

    /// The leaves of a tree as they stand in the table.
    async fn leaves(
        &self,
        month: Day,
        grain: Rolled,
        tree: &str,
    ) -> Result<Vec<(Leaf, Item)>, StoreError> {
        let mut leaves = Vec::new();
        let mut start = None;
        loop {
            let range = Range {
                pk: schema::rolled(month),
                condition: "begins_with(#sk, :grain)",
                values: vec![(":grain", format!("{}{tree}", grain.prefix()))],
                attributes: schema::LEAF,
                consistent: true,
                start,
            };
            let (items, next) = self.table.query("read a month", &range).await?;
            for item in items {
                leaves.push((schema::leaf_of(&item, grain)?, item));
            }
            start = next;
            if start.is_none() {
                break;
            }
        }
        // A mark keeps a tree from being begun again, and is nothing to add to.
        if leaves.iter().any(|(leaf, _)| !leaf.is_split) {
            leaves.retain(|(leaf, _)| !leaf.is_split);
        }
        Ok(leaves)
    }
}

/// When what is kept of a month goes: its days when the last of them has passed, and the whole no
/// sooner, however few months are kept.
fn expires_at(month: Day, grain: Rolled, keep: Retention) -> Option<Timestamp> {
    let days = schema::days_after(last_of_month(month), keep.days.into());
    match grain {
        Rolled::Days | Rolled::People => days,
        // `None` is for ever.
        Rolled::Month => Some(schema::days_after(month, 31 * i64::from(keep.months))?.max(days?)),
    }
}

/// What a leaf holds; a new one nothing yet.
fn held_in(leaf: &Item) -> Result<Ledger, StoreError> {
    if leaf.contains_key(FACTS) {
        schema::ledger_of(leaf)
    } else {
        Ok(Ledger::default())
    }
}

/// Adds the batches of a page that were written after one instant, up to another, and says how many
/// they are.
fn fold_page(
    mut windows: Windows,
    page: &[Item],
    day: Day,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Windows, u64), StoreError> {
    let mut count = 0;
    for item in page {
        let at = written_at(day, item)?;
        if at > from && at <= to {
            let ledger = windows.entry(window_end(at)).or_default();
            ledger.merge(schema::ledger_of(item)?);
            count += 1;
        }
    }
    Ok((windows, count))
}

/// What was written in one window about one month, with where in a tree each entry belongs.
struct Part {
    end: Timestamp,
    edges: Vec<(u32, Day, EdgeKey, EdgeFacts)>,
    coverage: Vec<(u32, Day, Place, Coverage)>,
}

impl Part {
    fn new(end: Timestamp) -> Self {
        Self {
            end,
            edges: Vec::new(),
            coverage: Vec::new(),
        }
    }

    fn of(ledger: &Ledger, end: Timestamp) -> Self {
        let mut part = Self::new(end);
        for ((day, key), facts) in &ledger.edges {
            part.push_edge(*day, key, facts);
        }
        for ((day, place), coverage) in &ledger.coverage {
            part.push_coverage(*day, place, coverage);
        }
        part
    }

    fn push_edge(&mut self, day: Day, key: &EdgeKey, facts: &EdgeFacts) {
        let bits = schema::bits_of_flow(FlowId::of(key));
        self.edges.push((bits, day, key.clone(), facts.clone()));
    }

    fn push_coverage(&mut self, day: Day, place: &Place, coverage: &Coverage) {
        let bits = schema::bits_of_place(place);
        self.coverage
            .push((bits, day, place.clone(), coverage.clone()));
    }

    /// Adds what belongs to a leaf. Whether anything does.
    fn merge_into(&self, ledger: &mut Ledger, leaf: &Leaf, grain: Rolled, month: Day) -> bool {
        let stands_under = |day: Day| match grain {
            Rolled::Days | Rolled::People => day,
            Rolled::Month => month,
        };
        let mut is_changed = false;
        for (bits, day, key, facts) in &self.edges {
            let is_here = match grain {
                Rolled::Days | Rolled::Month => leaf.holds("", *bits),
                Rolled::People => leaf.holds(&schema::tree_of_people(*day), *bits),
            };
            if !is_here {
                continue;
            }
            let (facts, people) = facts.clone().split_people();
            let part = match grain {
                Rolled::Days | Rolled::Month => Some(facts),
                Rolled::People => people,
            };
            if let Some(part) = part {
                ledger.add_edge(stands_under(*day), key.clone(), &part);
                is_changed = true;
            }
        }
        if grain != Rolled::People {
            for (bits, day, place, coverage) in &self.coverage {
                if leaf.holds("", *bits) {
                    ledger.add_coverage(stands_under(*day), place.clone(), coverage);
                    is_changed = true;
                }
            }
        }
        is_changed
    }
}

/// The days of which it is known who was in the events.
fn days_with_people(parts: &[Part]) -> BTreeSet<Day> {
    parts
        .iter()
        .flat_map(|part| &part.edges)
        .filter(|(_, _, _, facts)| !facts.people.is_unknown())
        .map(|(_, day, _, _)| *day)
        .collect()
}

type Months = BTreeMap<Day, BTreeMap<Timestamp, Part>>;

fn part_of(months: &mut Months, day: Day, end: Timestamp) -> &mut Part {
    let parts = months.entry(month_of(day)).or_default();
    parts.entry(end).or_insert_with(|| Part::new(end))
}

/// What windows hold of each month.
fn by_month(windows: &Windows) -> BTreeMap<Day, Vec<Part>> {
    let mut months = Months::new();
    for (end, ledger) in windows {
        for ((day, key), facts) in &ledger.edges {
            part_of(&mut months, *day, *end).push_edge(*day, key, facts);
        }
        for ((day, place), coverage) in &ledger.coverage {
            part_of(&mut months, *day, *end).push_coverage(*day, place, coverage);
        }
    }
    months
        .into_iter()
        .map(|(month, parts)| (month, parts.into_values().collect()))
        .collect()
}

/// The end of the window an instant lies in; the end belongs to it.
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
fn window_start(at: Timestamp) -> Timestamp {
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

pub(super) fn written_at(day: Day, item: &Item) -> Result<Timestamp, StoreError> {
    item.get(SK)
        .and_then(|sk| schema::written_at(day, sk.as_s().ok()?))
        .ok_or_else(|| StoreError::unreadable("the journal", "a key of it is none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_month_goes_while_it_is_kept_and_all_of_it_goes() {
        for (days, months) in [(400, 84), (400, 12), (400, 2), (31, 84), (1, 1)] {
            let keep = Retention { days, months };
            for month in ["2024-02-01", "2025-10-01", "2026-11-01"] {
                let month: Day = month.parse().unwrap();
                let of_days = expires_at(month, Rolled::Days, keep).unwrap();
                assert!(keep.first_day(of_days) > month, "{keep:?} {month}");
                assert!(keep.first_day(of_days - 48.hours()) <= month);
                assert_eq!(expires_at(month, Rolled::People, keep), Some(of_days));
                let whole = expires_at(month, Rolled::Month, keep).unwrap();
                assert!(keep.first_month(whole) > month, "{keep:?} {month}");
                assert!(whole >= of_days, "{keep:?} {month}");
            }
        }
        let for_ever = Retention {
            days: 400,
            months: u32::MAX,
        };
        let month = "2026-11-01".parse().unwrap();
        assert_eq!(expires_at(month, Rolled::Month, for_ever), None);
    }

    #[test]
    fn a_window_ends_at_the_last_instant_that_belongs_to_it() {
        let end = |text: &str| window_end(text.parse().unwrap()).to_string();
        assert_eq!(end("2026-11-21T12:00:00Z"), "2026-11-21T12:00:00Z");
        assert_eq!(end("2026-11-21T12:00:00.001Z"), "2026-11-21T12:05:00Z");
        assert_eq!(end("2026-11-21T12:04:59Z"), "2026-11-21T12:05:00Z");
    }
}
