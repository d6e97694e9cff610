//! Reading what was recorded, by spans of days.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use crate::ledger::Ledger;
use crate::time::{Day, Span};

/// The part of a store that reads edges and coverage.
#[async_trait]
pub trait Reading: Send + Sync {
    /// Reads what was recorded for the days of a span, a page at a time. A roll-up between two pages
    /// does not change their sum. A store that can read everything at one moment has one page.
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError>;
}

/// What is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The days.
    pub span: Span,
    /// Now: how far an open span reaches.
    pub now: Timestamp,
    /// In which parts the days are wanted.
    pub grain: Grain,
    /// Whether to read how many people were in the events. That is kept by the day, and larger than
    /// everything else.
    pub people: bool,
}

/// In which parts the days of a span are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Each day by itself, where days are kept.
    Days,
    /// Any parts: a month that lies in the span as a whole may come as one, under its first day, which
    /// is cheaper to read.
    Sum,
}

impl Query {
    /// Every day by itself, with its people.
    pub fn days(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Days,
            people: true,
        }
    }

    /// The sum of the days of the span, with their people.
    pub fn sum(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Sum,
            people: true,
        }
    }
}

/// Where the next page begins. Only the store that made it can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

/// A part of what was recorded in a span. All pages merged are the whole.
#[derive(Debug, Default)]
pub struct Page {
    /// The part.
    pub ledger: Ledger,
    /// Months, by their first day, of which only some days are in the span and for which only a
    /// monthly total exists: their numbers are those of the whole month, under its first day.
    pub whole_months: BTreeSet<Day>,
    /// The keys of what the store holds and cannot read. It is left out of the ledger.
    pub damaged: BTreeSet<String>,
    /// Where the next begins; `None` on the last.
    pub next: Option<PageToken>,
}

/// Reads all pages of a span.
pub async fn read_all(store: &dyn Reading, query: &Query) -> Result<Page, StoreError> {
    let mut whole = Page::default();
    loop {
        let page = store.read(query, whole.next.as_ref()).await?;
        whole.ledger.merge(page.ledger);
        whole.whole_months.extend(page.whole_months);
        whole.damaged.extend(page.damaged);
        whole.next = page.next;
        if whole.next.is_none() {
            return Ok(whole);
        }
    }
}
