//! Pages of an answer. A page begins after the last flow of the previous page.
//!
//! An offset would skip edges or show them twice when edges appear between two requests. The form of
//! the cursor is decided in `docs/IDENTITIES.md`, section 3.

use std::collections::BTreeMap;
use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use piitrail_flow::channel::Channel;
use piitrail_flow::edge::Flow;
use piitrail_flow::name::Name;
use piitrail_flow::party::Party;
use serde::{Deserialize, Deserializer, de};

/// The version of the cursor, with which it begins.
const VERSION: &str = "1.";

/// The longest cursor that is read, in bytes. The longest flow takes a quarter of it.
const CURSOR_MAX: usize = 16 << 10;

/// Where a page begins: after this flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(Flow);

impl Cursor {
    /// The cursor as text, for `next` of an answer.
    fn text(flow: &Flow) -> Option<String> {
        let Flow {
            producer,
            consumer,
            channels,
            event_type,
        } = flow;
        // Names and enumerations only: this serialises whatever they hold.
        let json = serde_json::to_vec(&(producer, consumer, channels, event_type)).ok()?;
        Some(VERSION.to_owned() + &URL_SAFE_NO_PAD.encode(json))
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text
            .strip_prefix(VERSION)
            .filter(|rest| rest.len() <= CURSOR_MAX)?;
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (producer, consumer, channels, event_type): (Party, Party, Vec<Channel>, Name) =
            serde_json::from_slice(&json).ok()?;
        Some(Self(Flow {
            producer,
            consumer,
            channels,
            event_type,
        }))
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a cursor"))
    }
}

/// A part of the rows of an answer.
pub(crate) struct Page<'m, V> {
    /// The rows that are shown, in order.
    pub(crate) shown: Vec<(&'m Flow, &'m V)>,
    /// The cursor of the next page; `None` on the last.
    pub(crate) next: Option<String>,
}

impl<'m, V> Page<'m, V> {
    /// The rows after a cursor, at most `limit` of them.
    pub(crate) fn of(rows: &'m BTreeMap<Flow, V>, after: Option<&Cursor>, limit: usize) -> Self {
        let start = after.map_or(Bound::Unbounded, |Cursor(flow)| Bound::Excluded(flow));
        let mut rest = rows.range::<Flow, _>((start, Bound::Unbounded));
        let shown: Vec<_> = rest.by_ref().take(limit).collect();
        let next = rest
            .next()
            .and(shown.last())
            .and_then(|(flow, _)| Cursor::text(flow));
        Self { shown, next }
    }

    /// Says how many of the rows are shown, where that is not all of them.
    pub(crate) fn caveat(&self, total: usize) -> Option<String> {
        let next = self.next.as_ref()?;
        Some(format!(
            "{} of {total} edges are shown; the next page is {next}",
            self.shown.len()
        ))
    }
}
