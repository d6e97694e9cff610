//! Names that may be stored: masked and bounded.
//!
//! Event sources, detail types, queue names and the like come from the writers of events, and
//! people put e-mail addresses and account numbers into them. A [`Name`] can only be made through
//! the detector's mask, so that an edge cannot carry an unsearched name.

use std::borrow::{Borrow, Cow};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use piitrail_detect::Engine;
use serde::{Deserialize, Deserializer, Serialize};

use crate::visible;

/// The end of a name that was cut.
const CUT: char = '…';

/// The longest name, in characters. AWS's own limits are 256 for an event source and less for
/// everything else. Longer names are cut and end in `…`.
pub const NAME_MAX_CHARS: usize = 256;

/// The number of characters that are masked of a longer name. It is larger than [`NAME_MAX_CHARS`]
/// because masking makes a name shorter.
const LOOKED_AT_CHARS: usize = 4 * NAME_MAX_CHARS;

/// The longest value that a cut may go through, in characters. An e-mail address has at most 254.
const VALUE_MAX_CHARS: usize = 320;

/// A name with personal data masked: `{EMAIL_ADDRESS}` for a value, `*` for an id or a date.
///
/// It contains no character that cannot be seen ([`visible`]). Such a character is written as an
/// escape, so that two names that look alike are two names and look different.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(Arc<str>);

/// The beginning of an escape, as in `\u{200b}`.
const ESCAPE: &str = "\\u{";

/// [`ESCAPE`] with its backslash escaped.
const ESCAPED_ESCAPE: &str = "\\u{5c}u{";

impl Name {
    /// Masks and bounds a name that came from outside.
    pub fn masked(engine: &Engine, raw: &str) -> Self {
        let end = raw
            .char_indices()
            .nth(LOOKED_AT_CHARS)
            .map_or(raw.len(), |(end, _)| end);
        let masked = engine.mask_name(&raw[..end]);
        let mut is_cut = end < raw.len();
        let mut length = masked.chars().count();
        if is_cut {
            // Half an address is no longer recognised as one, so the text that the cut may have
            // gone through is left out.
            length = length.saturating_sub(VALUE_MAX_CHARS);
        }
        if length > NAME_MAX_CHARS {
            length = NAME_MAX_CHARS;
            is_cut = true;
        }
        let mut kept: String = masked.chars().take(length).collect();
        // A name that contains an escape as text must not become the name with that character.
        kept = kept.replace(ESCAPE, ESCAPED_ESCAPE);
        kept = visible::escaped(&kept).into_owned();
        if let Some((end, _)) = kept.char_indices().nth(NAME_MAX_CHARS) {
            kept.truncate(end);
            is_cut = true;
            // Half an escape is left out.
            if let Some(at) = kept.rfind('\\') {
                let last = &kept[at..];
                let begins = last.starts_with(ESCAPE) && !last.contains('}');
                if begins || ESCAPE.starts_with(last) {
                    kept.truncate(at);
                }
            }
        }
        if is_cut {
            kept.push(CUT);
        }
        Self(kept.into())
    }

    /// Returns true if the name ends like a name that was cut.
    pub fn is_cut(&self) -> bool {
        self.0.ends_with(CUT)
    }

    /// Returns the name that stands for all names beyond a bound.
    pub fn other() -> Self {
        Self("(other)".into())
    }

    /// Returns the name for people: `(empty)` in place of an empty one.
    pub fn shown(&self) -> &str {
        if self.0.is_empty() {
            "(empty)"
        } else {
            &self.0
        }
    }

    /// Returns the masked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    /// Reads a name that was stored. Versions up to 0.1.0 stored some characters that cannot be
    /// seen.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Arc::<str>::deserialize(deserializer)?;
        Ok(Self(match visible::escaped(&stored) {
            Cow::Borrowed(_) => stored,
            Cow::Owned(name) => name.into(),
        }))
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The most names in the cache.
const REMEMBERED_MAX: usize = 4_096;

/// Makes names and caches those that need no mask. A system's own names are few and come with every
/// record. A name that was masked or cut is not cached, because its raw form must not be kept, so
/// it is masked each time.
pub(crate) struct Names {
    engine: Arc<Engine>,
    plain: Mutex<HashSet<Name>>,
}

impl Names {
    /// Creates a cache for names that this engine masks.
    pub(crate) fn new(engine: &Arc<Engine>) -> Self {
        Self {
            engine: Arc::clone(engine),
            plain: Mutex::default(),
        }
    }

    /// Returns the masked and bounded name: [`Name::masked`].
    pub(crate) fn masked(&self, raw: &str) -> Name {
        if let Some(name) = self.plain().get(raw) {
            return name.clone();
        }
        let name = Name::masked(&self.engine, raw);
        if name.as_str() == raw {
            let mut plain = self.plain();
            if plain.len() == REMEMBERED_MAX {
                plain.clear();
            }
            plain.insert(name.clone());
        }
        name
    }

    fn plain(&self) -> MutexGuard<'_, HashSet<Name>> {
        // The set is only added to, so a panic while the lock was held left only valid names.
        self.plain.lock().unwrap_or_else(PoisonError::into_inner)
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
    use crate::visible::is_hidden;

    #[test]
    fn an_ordinary_name_is_kept_as_it_is() {
        let engine = Engine::new();
        for name in ["com.shop.orders", "OrderPlaced", "order-events-2", "aws.s3"] {
            assert_eq!(Name::masked(&engine, name).as_str(), name);
        }
    }

    #[test]
    fn only_names_that_need_no_mask_are_remembered_and_not_without_bound() {
        let names = Names::new(&Arc::new(Engine::new()));
        for _ in 0..2 {
            assert_eq!(names.masked("com.shop.orders").as_str(), "com.shop.orders");
            let masked = names.masked("inbox.jane.doe@acme-mail.com");
            assert!(!masked.as_str().contains("jane"), "{masked}");
        }
        assert_eq!(names.plain().len(), 1);
        for length in 1..=NAME_MAX_CHARS {
            for letter in ('a'..='z').chain('A'..='Z') {
                names.masked(&letter.to_string().repeat(length));
            }
        }
        assert!(names.plain().len() <= REMEMBERED_MAX);
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

    #[test]
    fn what_a_cut_may_have_halved_is_left_out() {
        let engine = Engine::new();
        for before in 990..1_030 {
            // One long id, which is masked to `*`, and then an address across the cut.
            let raw = format!("{}-grace.hopper@navy-mail.org-and-more", "7".repeat(before));
            let name = Name::masked(&engine, &raw);
            assert!(!name.as_str().contains("grace"), "{before}: {name}");
        }
    }

    #[test]
    fn names_that_look_alike_are_different_names_and_look_different() {
        let engine = Engine::new();
        let mut seen = HashSet::new();
        let hidden: Vec<char> = ('\0'..=char::MAX).filter(|c| is_hidden(*c)).collect();
        for c in hidden.into_iter().take(2_000) {
            let name = Name::masked(&engine, &format!("shop{c}orders"));
            assert!(!name.as_str().contains(is_hidden), "{name:?}");
            assert!(seen.insert(name), "{}", c.escape_unicode());
        }
        for text in [
            "shoporders",
            "shop orders",
            "shop  orders",
            "shoporders ",
            "shop\\u{200b}orders",
            "shop\\u{5c}u{200b}orders",
        ] {
            assert!(seen.insert(Name::masked(&engine, text)), "{text}");
        }
    }

    #[test]
    fn a_name_of_hidden_characters_is_bounded_and_no_escape_is_halved() {
        for before in 0..12 {
            let raw = "-".repeat(before) + &"\u{e0041}".repeat(NAME_MAX_CHARS);
            let name = Name::masked(&Engine::new(), &raw);
            assert!(name.as_str().chars().count() <= NAME_MAX_CHARS + 1);
            assert!(name.as_str().ends_with("\\u{e0041}…"), "{name}");
        }
    }

    #[test]
    fn a_name_is_read_as_it_was_written() {
        let engine = Engine::new();
        for raw in ["", " a", "a\u{3164}b", "a\\u{3164}b", "a\u{fffd}b"] {
            let name = Name::masked(&engine, raw);
            let stored = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<Name>(&stored).unwrap(), name);
        }
        // A name of version 0.1.0.
        let name: Name = serde_json::from_str("\"a\u{3164}b\"").unwrap();
        assert_eq!(name, Name::masked(&engine, "a\u{3164}b"));
    }
}
