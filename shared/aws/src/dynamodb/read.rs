//! Reads a span: months as far as they are rolled up, then the rest of the journal.

use std::collections::BTreeSet;

use jiff::Timestamp;
use piitrail_flow::ledger::Ledger;
use piitrail_flow::store::{FlowId, Grain, Page, PageToken, Query, StoreError};
use piitrail_flow::time::{Day, day_of, last_of_month, month_of};
use serde::{Deserialize, Serialize};

use super::months::written_at;
use super::schema::{FACTS, Head, Leaf, Rolled, SK};
use super::table::Range;
use super::{CLOCK_AHEAD, DynamoStore, schema};

/// The steps that are still to be read. A page token contains the whole plan, so that pages add up
/// to the content of the store when the first page was read, even if a roll-up runs meanwhile.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    steps: Vec<Step>,
    /// The key after which the first step continues.
    after: Option<String>,
    /// The instant after which the journal is read.
    through: Option<Timestamp>,
    /// Leaves of months that contain more of the journal than up to `through`.
    ahead: Vec<Ahead>,
    /// Leaves of the current month that were read before they were split.
    whole: Vec<Leaf>,
    /// True if people are read.
    people: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Month { month: Day, grain: Rolled },
    Journal { day: Day, lane: u16 },
}

#[derive(Debug, Serialize, Deserialize)]
struct Ahead {
    month: Day,
    leaf: Leaf,
}

impl Plan {
    fn new(head: &Head, query: &Query, page: &mut Page) -> Self {
        let through = head.through_seen(query.now);
        let span = query.span;
        let mut steps = Vec::new();
        // In reverse order, so that the next step is the last of the list.
        let first_day = through.map_or(head.day, day_of).max(head.day);
        let first_day = span.from.map_or(first_day, |from| from.max(first_day));
        let last_day = day_of(head.behind_fence(query.now) + CLOCK_AHEAD);
        let mut day = last_day;
        while day >= first_day {
            for lane in (0..head.lanes).rev() {
                steps.push(Step::Journal { day, lane });
            }
            let Ok(yesterday) = day.yesterday() else {
                break;
            };
            day = yesterday;
        }
        for month in head.months.iter().rev() {
            let (first, last) = (*month, last_of_month(*month));
            if !span.overlaps(first, last) {
                continue;
            }
            let has_days = head.days_from.is_none_or(|from| from <= first);
            let is_whole = span.covers(first, last);
            if !has_days && !is_whole {
                page.whole_months.insert(first);
            }
            let grain = if !has_days || (is_whole && query.grain == Grain::Sum) {
                Rolled::Month
            } else {
                Rolled::Days
            };
            steps.push(Step::Month {
                month: first,
                grain,
            });
            if query.people && head.has_people && has_days {
                steps.push(Step::Month {
                    month: first,
                    grain: Rolled::People,
                });
            }
        }
        Self {
            steps,
            after: None,
            through,
            ahead: Vec::new(),
            whole: Vec::new(),
            people: query.people,
        }
    }

    /// Returns the instant up to which the leaf that was read contains the journal.
    fn through_of(&self, day: Day, tree: &str, bits: u32) -> Option<Timestamp> {
        let month = month_of(day);
        self.ahead
            .iter()
            .find(|ahead| ahead.month == month && ahead.leaf.holds(tree, bits))
            .map_or(self.through, |ahead| ahead.leaf.through)
    }
}

impl DynamoStore {
    pub(super) async fn page(
        &self,
        query: &Query,
        token: Option<&PageToken>,
    ) -> Result<Page, StoreError> {
        let mut page = Page::default();
        let mut plan = if let Some(token) = token {
            serde_json::from_str(&token.0).map_err(|_| StoreError::BadPageToken)?
        } else {
            let Some(head) = self.head().await? else {
                return Ok(page);
            };
            page.damaged = self.damaged().await?;
            Plan::new(&head, query, &mut page)
        };
        let Some(step) = plan.steps.last().cloned() else {
            return Ok(page);
        };
        let after = match step {
            Step::Month { month, grain } => {
                self.read_month(&mut plan, month, grain, &mut page).await?
            }
            Step::Journal { day, lane } => self.read_journal(&plan, day, lane, &mut page).await?,
        };
        // A month that is read as a whole is stored under its first day, which may lie outside the
        // span.
        if !matches!(
            step,
            Step::Month {
                grain: Rolled::Month,
                ..
            }
        ) {
            page.ledger.retain(query.span);
        }
        if after.is_none() {
            plan.steps.pop();
            plan.whole.clear();
        }
        plan.after = after;
        if !plan.steps.is_empty() {
            let token = serde_json::to_string(&plan)
                .map_err(|e| StoreError::backend("make a page token", e))?;
            page.next = Some(PageToken(token));
        }
        Ok(page)
    }

    /// Returns the names of items that roll-ups could not read.
    async fn damaged(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut names = BTreeSet::new();
        let mut start = None;
        loop {
            let range = Range {
                pk: schema::DAMAGED.to_owned(),
                condition: "#sk >= :from",
                // A space is the first character that a name may begin with.
                values: vec![(":from", " ".to_owned())],
                attributes: &[],
                consistent: false,
                start,
                limit: None,
            };
            let (items, next) = self.table.query("read what is damaged", &range).await?;
            let name = |item: &schema::Item| item.get(SK)?.as_s().ok().cloned();
            names.extend(items.iter().filter_map(name));
            start = next;
            if start.is_none() {
                return Ok(names);
            }
        }
    }

    async fn read_month(
        &self,
        plan: &mut Plan,
        month: Day,
        grain: Rolled,
        page: &mut Page,
    ) -> Result<Option<String>, StoreError> {
        let range = Range {
            pk: schema::rolled(month),
            condition: "begins_with(#sk, :grain)",
            values: vec![(":grain", grain.prefix().to_owned())],
            attributes: schema::LEAF,
            consistent: false,
            start: plan
                .after
                .clone()
                .map(|sk| schema::key(schema::rolled(month), sk)),
            limit: None,
        };
        let (items, next) = self.table.query("read a month", &range).await?;
        for item in &items {
            let Ok(leaf) = schema::leaf_of(item, grain) else {
                page.damaged.insert(schema::name_of(item));
                continue;
            };
            let was_whole = plan.whole.iter().any(|whole| whole.is_above(&leaf));
            if leaf.is_split || was_whole || !item.contains_key(FACTS) {
                continue;
            }
            match schema::ledger_of(item) {
                Ok(ledger) => page.ledger.merge(ledger),
                Err(_) => {
                    page.damaged.insert(schema::name_of(item));
                }
            }
            if leaf.through > plan.through {
                let leaf = leaf.clone();
                plan.ahead.push(Ahead { month, leaf });
            }
            plan.whole.push(leaf);
        }
        Ok(next.and_then(|key| key.get(SK)?.as_s().ok().cloned()))
    }

    async fn read_journal(
        &self,
        plan: &Plan,
        day: Day,
        lane: u16,
        page: &mut Page,
    ) -> Result<Option<String>, StoreError> {
        let from = match plan.through {
            Some(through) if day_of(through) == day => schema::moment(through),
            _ => "0".to_owned(),
        };
        let range = Range {
            pk: schema::journal(day, lane),
            condition: "#sk >= :from",
            values: vec![(":from", from)],
            attributes: &[FACTS],
            consistent: false,
            start: plan
                .after
                .clone()
                .map(|sk| schema::key(schema::journal(day, lane), sk)),
            limit: None,
        };
        let (items, next) = self.table.query("read the journal", &range).await?;
        for item in &items {
            let Ok(at) = written_at(day, item) else {
                page.damaged.insert(schema::name_of(item));
                continue;
            };
            if Some(at) <= plan.through {
                continue;
            }
            let Ok(ledger) = schema::ledger_of(item) else {
                page.damaged.insert(schema::name_of(item));
                continue;
            };
            if plan.ahead.is_empty() && plan.people {
                page.ledger.merge(ledger);
                continue;
            }
            let mut rest = Ledger::default();
            for ((day, key), facts) in ledger.edges {
                let bits = schema::bits_of_flow(FlowId::of(&key.flow));
                let (facts, people) = facts.split_people();
                if Some(at) > plan.through_of(day, "", bits) {
                    rest.add_edge(day, key.clone(), &facts);
                }
                if let Some(people) = people
                    && plan.people
                    && Some(at) > plan.through_of(day, &schema::tree_of_people(day), bits)
                {
                    rest.add_edge(day, key, &people);
                }
            }
            for ((day, place), coverage) in ledger.coverage {
                let bits = schema::bits_of_place(&place);
                if Some(at) > plan.through_of(day, "", bits) {
                    rest.add_coverage(day, place, &coverage);
                }
            }
            page.ledger.merge(rest);
        }
        Ok(next.and_then(|key| key.get(SK)?.as_s().ok().cloned()))
    }
}
