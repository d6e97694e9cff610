//! Splits an answer into pages. A page begins after the last flow of the previous page.
//!
//! An offset would skip edges or show them twice when edges appear between two requests.
//! `docs/IDENTITIES.md`, section 3, defines the form of the cursor.

use std::collections::BTreeMap;
use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use piitrail_flow::channel::Channel;
use piitrail_flow::edge::Flow;
use piitrail_flow::name::Name;
use piitrail_flow::party::Party;
use serde::{Deserialize, Deserializer, de};

/// The version of the cursor, which is its prefix.
const VERSION: &str = "1.";

/// The maximum length of a cursor, in bytes. The longest flow takes a quarter of it.
const CURSOR_MAX: usize = 16 << 10;

/// The position at which a page begins: after this flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(Flow);

impl Cursor {
    /// Returns the cursor as text, for `next` of an answer.
    fn text(flow: &Flow) -> Option<String> {
        let Flow {
            producer,
            consumer,
            channels,
            event_type,
        } = flow;
        // Names and enumerations always serialise.
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
    /// The cursor of the next page, or `None` on the last page.
    pub(crate) next: Option<String>,
}

impl<'m, V> Page<'m, V> {
    /// Returns the rows after a cursor, at most `limit` of them.
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

    /// Returns a sentence with the number of rows that are shown, or `None` if all are shown.
    pub(crate) fn caveat(&self, total: usize) -> Option<String> {
        let next = self.next.as_ref()?;
        Some(format!(
            "{} of {total} edges are shown; the next page is {next}",
            self.shown.len()
        ))
    }
}
