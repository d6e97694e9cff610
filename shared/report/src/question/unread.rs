//! Writes sentences about events that were not read whole, and what to do about them.

use piitrail_flow::counts::{self, UnreadEvents};
use piitrail_flow::plural::counted;

use crate::graph::Edge;

/// The number of events that were not read whole, over several edges.
#[derive(Debug, Default)]
pub(super) struct Unread {
    pub(super) events: u64,
    pub(super) reasons: UnreadEvents,
}

impl Unread {
    /// Adds up the events of these edges.
    pub(super) fn of<'g>(edges: impl Iterator<Item = &'g Edge>) -> Self {
        let mut all = Self::default();
        for edge in edges {
            all.events = all.events.saturating_add(edge.unread_events());
            counts::add(&mut all.reasons, &edge.unread);
        }
        all
    }

    /// Returns a sentence with the number of events that were not read whole, and one for each
    /// reason with its consequence and remedy. Returns nothing if all events were read whole.
    pub(super) fn notes(&self) -> Vec<String> {
        if self.events == 0 {
            return Vec::new();
        }
        let were = if self.events == 1 { "was" } else { "were" };
        let mut notes = vec![format!(
            "{} on these edges {were} not read whole and may carry further data classes:",
            counted(self.events, "event")
        )];
        for (reason, events) in &self.reasons {
            notes.push(format!(
                "  {reason} {}: {}; {}",
                counted(*events, "event"),
                reason.consequence(),
                reason.remedy()
            ));
        }
        // An event may have several reasons, so at least this many have none.
        let explained = self
            .reasons
            .values()
            .fold(0_u64, |sum, events| sum.saturating_add(*events));
        if let Some(rest) = self.events.checked_sub(explained).filter(|rest| *rest > 0) {
            notes.push(format!(
                "  {} counted by an earlier version, which kept no reasons",
                counted(rest, "event")
            ));
        }
        notes
    }
}
