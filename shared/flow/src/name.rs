//! Names that may be kept: masked and bounded.
//!
//! Event sources, detail types, queue names and the like come from whoever writes the events, and
//! people put e-mail addresses and account numbers into them. A [`Name`] can only be made through
//! the detector's mask, so that an edge cannot carry one that was not looked at.

use std::fmt;
use std::sync::Arc;

use piitrail_detect::Engine;
use serde::{Deserialize, Serialize};

/// The longest name kept, in characters. AWS's own limits are 256 for an event source and less for
/// everything else; longer ones are cut and end in `…`.
pub const NAME_MAX_CHARS: usize = 256;

/// A name with personal data masked: `{EMAIL_ADDRESS}` for a value, `*` for an id or a date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(Arc<str>);

impl Name {
    /// Masks and bounds a name that came from outside.
    pub fn masked(engine: &Engine, raw: &str) -> Self {
        // Cut after the mask, not before: half an address is no longer recognised as one.
        let scanned: String = raw.chars().take(4 * NAME_MAX_CHARS).collect();
        let masked = engine.mask_name(&scanned);
        let mut kept: String = masked
            .chars()
            .take(NAME_MAX_CHARS)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        if masked.chars().nth(NAME_MAX_CHARS).is_some() {
            kept.push('…');
        }
        Self(kept.into())
    }

    /// The masked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_name_is_kept_as_it_is() {
        let engine = Engine::new();
        for name in ["com.shop.orders", "OrderPlaced", "order-events-2", "aws.s3"] {
            assert_eq!(Name::masked(&engine, name).as_str(), name);
        }
    }

    #[test]
    fn personal_data_in_a_name_is_masked() {
        let name = Name::masked(&Engine::new(), "inbox.jane.doe@acme-mail.com");
        assert!(!name.as_str().contains("jane"), "{name}");
    }

    #[test]
    fn a_long_name_is_cut_and_says_so() {
        let name = Name::masked(&Engine::new(), &"ab-".repeat(10_000));
        assert_eq!(name.as_str().chars().count(), NAME_MAX_CHARS + 1);
        assert!(name.as_str().ends_with('…'));
    }
}
