//! Reads the recorded edges and coverage for a span of days.

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
    /// Reads one page of the edges and coverage of a span. A roll-up between two pages does not
    /// change their sum. A store that can read everything at one moment returns one page.
    async fn read(&self, query: &Query, page: Option<&PageToken>) -> Result<Page, StoreError>;
}

/// The days to read and the form in which to read them.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The days to read.
    pub span: Span,
    /// The present time, at which an open span ends.
    pub now: Timestamp,
    /// The parts in which the days are returned.
    pub grain: Grain,
    /// True if the number of people is read too. It is kept by day and is larger than all other
    /// content.
    pub people: bool,
}

/// The parts in which the days of a span are returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Each day by itself, as far as days are kept.
    Days,
    /// Any parts. A month that lies in the span completely may be returned as one part, under its
    /// first day, which is cheaper to read.
    Sum,
}

impl Query {
    /// Creates a query for every day by itself, with its people.
    pub fn days(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Days,
            people: true,
        }
    }

    /// Creates a query for the sum of the days of the span, with their people.
    pub fn sum(span: Span, now: Timestamp) -> Self {
        Self {
            span,
            now,
            grain: Grain::Sum,
            people: true,
        }
    }
}

/// The start of the next page. Only the store that made it can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

/// A part of the recorded content of a span. All pages merged are the whole.
#[derive(Debug, Default)]
pub struct Page {
    /// The edges and the coverage of this page.
    pub ledger: Ledger,
    /// Months, by their first day, that are only partly in the span but are kept only as monthly
    /// totals. Their numbers are those of the whole month, under its first day.
    pub whole_months: BTreeSet<Day>,
    /// The keys of content that the store cannot read. It is left out of the ledger.
    pub damaged: BTreeSet<String>,
    /// The start of the next page, or `None` on the last page.
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
