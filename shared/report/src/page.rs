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

/// The prefix of a cursor after one flow.
const AFTER_FLOW: &str = "1.";

/// The prefix of a cursor after all flows with the names of one flow.
const AFTER_NAMES: &str = "2.";

/// The maximum length of a cursor, in bytes. The longest flow takes a quarter of it.
const CURSOR_MAX: usize = 16 << 10;

/// The position at which a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// After this flow. The previous page ended among flows that differ only in their homes.
    Flow(Flow),
    /// After all flows with the names of this one. None of them is shown again when a home becomes
    /// known between two pages.
    Names(Flow),
}

impl Cursor {
    /// Returns the position after the last flow of a page, of which `next` is the first flow that is
    /// not shown.
    fn between(last: &Flow, next: &Flow) -> Self {
        if last.without_homes() == next.without_homes() {
            Self::Flow(last.clone())
        } else {
            Self::Names(last.clone())
        }
    }

    /// Returns the cursor as text, for `next` of an answer.
    fn text(&self) -> Option<String> {
        let (prefix, flow) = match self {
            Self::Flow(flow) => (AFTER_FLOW, flow),
            Self::Names(flow) => (AFTER_NAMES, flow),
        };
        let Flow {
            producer,
            consumer,
            channels,
            event_type,
        } = flow;
        // Names and enumerations always serialise.
        let json = serde_json::to_vec(&(producer, consumer, channels, event_type)).ok()?;
        Some(prefix.to_owned() + &URL_SAFE_NO_PAD.encode(json))
    }

    fn parse(text: &str) -> Option<Self> {
        let (position, text): (fn(Flow) -> Self, _) = match text.strip_prefix(AFTER_FLOW) {
            Some(text) => (Self::Flow, text),
            None => (Self::Names, text.strip_prefix(AFTER_NAMES)?),
        };
        if text.len() > CURSOR_MAX {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (producer, consumer, channels, event_type): (Party, Party, Vec<Channel>, Name) =
            serde_json::from_slice(&json).ok()?;
        Some(position(Flow {
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
        let (start, shown_names) = match after {
            None => (Bound::Unbounded, None),
            Some(Cursor::Flow(flow)) => (Bound::Excluded(flow), None),
            Some(Cursor::Names(flow)) => (Bound::Excluded(flow), Some(flow.without_homes())),
        };
        let mut rest = rows
            .range::<Flow, _>((start, Bound::Unbounded))
            .skip_while(|(flow, _)| Some(flow.without_homes()) == shown_names);
        let shown: Vec<_> = rest.by_ref().take(limit).collect();
        let next = rest
            .next()
            .zip(shown.last())
            .and_then(|((next, _), (last, _))| Cursor::between(last, next).text());
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
