//! Events that were not read whole, counted on their edges by reason.
//!
//! The reasons are [`piitrail_detect::Unread`]'s. A store keeps their names, because a later version
//! may know more of them.

use std::collections::BTreeMap;

use piitrail_detect::Unread;

use crate::limit::{CONSEQUENCE_OF_LATER_VERSION, count_name};

/// Events by the name of the reason for which a part of them was not read.
pub type UnreadEvents = BTreeMap<String, u64>;

/// Counts an event under a reason.
pub(crate) fn count(events: &mut UnreadEvents, reason: Unread) {
    count_name(events, reason.name(), 1);
}

/// What it means that events were not read whole for the reason of this name.
pub fn consequence_of(name: &str) -> &'static str {
    by_name(name).map_or(CONSEQUENCE_OF_LATER_VERSION, Unread::consequence)
}

/// What the user can do to have events read whole that were not for the reason of this name.
pub fn remedy_of(name: &str) -> &'static str {
    by_name(name).map_or("use the latest version of Piitrail", Unread::remedy)
}

fn by_name(name: &str) -> Option<Unread> {
    Unread::all().find(|reason| reason.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_by_its_name_and_an_unknown_one_is_no_error() {
        for reason in Unread::all() {
            assert_eq!(consequence_of(reason.name()), reason.consequence());
            assert_eq!(remedy_of(reason.name()), reason.remedy());
        }
        assert!(consequence_of("holographic").contains("later version"));
        assert!(remedy_of("holographic").contains("latest version"));
    }
}
