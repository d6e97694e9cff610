//! Searches for the classes that a configuration declares.

use regex::{Regex, RegexBuilder};

use crate::class::DataClass;
use crate::detector_id::DetectorId;
use crate::detectors::{Hit, Value};

/// The confidence of a value that only its pattern finds, unless the configuration sets one.
pub(super) const CONFIDENCE_BARE: u8 = 75;
/// The confidence of a value that its field's name confirms.
const CONFIDENCE_NAMED: u8 = 90;
/// The most bytes that a compiled pattern may take. A pattern that counts to a million is refused
/// when the configuration is read.
const LARGEST_PROGRAM: usize = 1 << 20;
const DEEPEST_NESTING: u32 = 64;
/// The most matches of one pattern in one leaf. A single search takes time linear in the leaf, but
/// a search for every match does not.
const MOST_MATCHES: usize = 64;

/// The pattern and the names by which a declared class is found.
#[derive(Debug, Clone)]
pub(crate) struct OwnPattern {
    pub(crate) class: DataClass,
    pub(super) pattern: Option<Regex>,
    pub(crate) fields: Vec<String>,
    pub(super) confidence_bare: u8,
}

/// Every class that the configuration declares. Their ids follow those of the registry's detectors.
#[derive(Debug, Clone)]
pub(crate) struct OwnClasses {
    patterns: Vec<OwnPattern>,
    from: DetectorId,
}

/// Compiles a pattern. Its search takes linear time.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(LARGEST_PROGRAM)
        .dfa_size_limit(LARGEST_PROGRAM)
        .nest_limit(DEEPEST_NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "the regex is too large; count less, or use words".to_owned()
            }
            error => {
                let lines = error.to_string();
                let last = lines.lines().last().unwrap_or_default().trim();
                format!("the regex cannot be read ({last}); see docs.rs/regex for its syntax")
            }
        })?;
    if regex.is_match("") {
        return Err("the regex matches nothing at all, and so it would everywhere; ask for one character or more".to_owned());
    }
    Ok(regex)
}

/// Compiles a pattern for any of `words`, as whole words in any case.
pub(super) fn words<'w>(words: impl Iterator<Item = &'w str>) -> Result<Regex, String> {
    let words = words
        .map(|word| regex::escape(word.trim()))
        .collect::<Vec<_>>();
    if words.iter().any(String::is_empty) {
        return Err("a word is empty; write one, or leave it out".to_owned());
    }
    regex(&format!(r"(?i)(?:^|\b)(?:{})(?:\b|$)", words.join("|")))
}

impl OwnClasses {
    /// The most classes that a configuration may declare. The engine checks at compile time that
    /// they and the detectors fit into one set of ids.
    pub(crate) const MOST: usize = 32;

    /// Numbers `patterns` from `from` on. Returns `None` if there are none.
    pub(crate) fn new(patterns: &[OwnPattern], from: usize) -> Option<Self> {
        (!patterns.is_empty()).then(|| Self {
            patterns: patterns.to_vec(),
            from: DetectorId::from_index(from),
        })
    }

    /// Returns each class with its id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (DetectorId, &OwnPattern)> {
        self.from.and_following().zip(&self.patterns)
    }

    pub(crate) fn get(&self, id: DetectorId) -> Option<&OwnPattern> {
        let at = id.index().checked_sub(self.from.index())?;
        self.patterns.get(at)
    }

    /// Returns true if every leaf must be searched, whatever its shape.
    pub(crate) fn search_everything(&self) -> bool {
        self.patterns.iter().any(|own| own.pattern.is_some())
    }

    /// Returns true if any pattern matches in `text`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut patterns = self.patterns.iter().filter_map(|own| own.pattern.as_ref());
        patterns.any(|pattern| pattern.is_match(text))
    }

    /// Calls `found` with every match in `text`. Returns true if there may be more matches than it
    /// searched for.
    pub(crate) fn scan(&self, text: &str, found: &mut impl FnMut(DetectorId, Hit)) -> bool {
        let mut has_more = false;
        for (id, own) in self.iter() {
            let Some(pattern) = &own.pattern else {
                continue;
            };
            let mut matches = pattern.find_iter(text);
            for matched in matches.by_ref().take(MOST_MATCHES) {
                if !matched.is_empty() {
                    let named = CONFIDENCE_NAMED.max(own.confidence_bare);
                    found(
                        id,
                        Hit::new(matched.start(), matched.end(), own.confidence_bare, named),
                    );
                }
            }
            has_more |= matches.next().is_some();
        }
        has_more
    }
}

impl OwnPattern {
    /// Returns true if values of the class are searched for inside a field of its name. If not, the
    /// whole field is the value ([`fits`]).
    pub(crate) const fn has_pattern(&self) -> bool {
        self.pattern.is_some()
    }
}

/// Returns a hit if the whole field can be a value of a class that has names and no pattern.
pub(crate) fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_placeholder() || value.is_masked() {
        None
    } else {
        value.whole(CONFIDENCE_NAMED)
    }
}
