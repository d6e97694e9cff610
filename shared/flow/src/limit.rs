//! The limits of opening, routing, searching and counting a record.
//!
//! A limit that was reached is counted in the coverage under its name. Reports show its consequence
//! beside the count. The limits of searching a document are [`piitrail_detect::Limit`]'s.

use piitrail_detect::Limit as SearchLimit;

piitrail_detect::listed! {
    /// A bound that was reached.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Limit {
        /// A limit of searching a document.
        Search(SearchLimit),
        /// Envelopes are nested deeper than they are opened.
        EnvelopeNesting,
        /// A record was followed over too many channels.
        RouteHops,
        /// A record has too many consumers.
        RouteConsumers,
        /// A record was followed through too many channels, over all ways.
        RouteVisits,
        /// An event pattern is too complex for the event to be decided.
        PatternUndecided,
        /// The output of a transformer is unknown.
        TransformerUndecided,
        /// The input that a target would get is larger than EventBridge sends.
        InputTooLarge,
        /// An event says that it was published in the future, or before the first month that is kept.
        EventTime,
        /// A producer has too many event types, or there are too many in all.
        EventTypes,
        /// The name of an event's source or type is too long.
        NameLength,
        /// An event mentions more people than are indexed.
        SubjectIndex,
        /// An event that Piitrail itself sent came back to a tap.
        OwnEvent,
        /// The topology in the store could not be read when the event was traced.
        TopologyUnreadable,
    }
}

impl Limit {
    /// Returns every limit.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::every()
    }

    /// Returns the limit's name in coverage, metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Search(limit) => limit.name(),
            Self::EnvelopeNesting => "envelope_nesting",
            Self::RouteHops => "route_hops",
            Self::RouteConsumers => "route_consumers",
            Self::RouteVisits => "route_visits",
            Self::PatternUndecided => "pattern_undecided",
            Self::TransformerUndecided => "transformer_undecided",
            Self::InputTooLarge => "input_too_large",
            Self::EventTime => "event_time",
            Self::EventTypes => "event_types",
            Self::NameLength => "name_length",
            Self::SubjectIndex => "subject_index",
            Self::OwnEvent => "own_event",
            Self::TopologyUnreadable => "topology_unreadable",
        }
    }

    /// Returns what it means for the answer that the limit was reached.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Search(limit) => limit.consequence(),
            Self::EnvelopeNesting => {
                "the envelope inside was not opened: it was searched as the body of the one around it"
            }
            Self::RouteHops => {
                "routes after this hop were not followed: the consumers behind them are unattributed"
            }
            Self::RouteConsumers => "further consumers of the event are not on the map",
            Self::RouteVisits => {
                "further routes of the event were not followed: their consumers are not on the map"
            }
            Self::PatternUndecided => {
                "the rule was taken to accept the event: its edge says configured and not matched"
            }
            Self::TransformerUndecided => {
                "what the target received is unknown: its edge says configured, and its data classes are unknown"
            }
            Self::InputTooLarge => "EventBridge does not send it: the target received nothing",
            Self::EventTime => "the event was counted on the day it was traced",
            Self::EventTypes => "the event was counted under the event type (other)",
            Self::NameLength => "names with the same first 256 characters are shown as one",
            Self::SubjectIndex => {
                "further people of the event are counted, and are not in the subject index"
            }
            Self::OwnEvent => {
                "an event that Piitrail sent was not traced; it holds no personal data"
            }
            Self::TopologyUnreadable => {
                "the topology in the store was damaged or of another version: the event's consumers are unattributed"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::{CONSUMERS_MAX, HOPS_MAX, VISITS_MAX};

    #[test]
    fn every_limit_has_a_name_and_a_consequence_of_its_own() {
        let names: BTreeSet<&str> = Limit::all().map(Limit::name).collect();
        let consequences: BTreeSet<&str> = Limit::all().map(Limit::consequence).collect();
        assert_eq!(names.len(), Limit::all().count());
        assert_eq!(consequences.len(), Limit::all().count());
    }

    #[test]
    fn every_limit_is_documented() {
        let documented = include_str!("../../../docs/COUNTING.md");
        for limit in Limit::all() {
            let row = format!("| `{}` |", limit.name());
            assert!(
                documented.contains(&row),
                "docs/COUNTING.md has no row {row}"
            );
        }
        for bound in [
            format!("followed over {HOPS_MAX} channels"),
            format!("one event beyond {CONSUMERS_MAX}"),
            format!("through 2,{:03} channels", VISITS_MAX - 2_000),
        ] {
            assert!(
                documented.contains(&bound),
                "docs/COUNTING.md does not say: {bound}"
            );
        }
    }

    /// The consequence of one kind of limit was once shown for all of them.
    #[test]
    fn only_a_limit_that_leaves_content_unsearched_says_so() {
        let unsearched: Vec<&str> = Limit::all()
            .filter(|limit| limit.consequence().contains("not searched"))
            .map(Limit::name)
            .collect();
        assert_eq!(unsearched, ["depth", "decoded_bytes", "form_fields"]);
    }
}
