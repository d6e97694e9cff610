//! The phrases that the detectors declare, and the vocabulary around them, for lookup by hash.
//!
//! The lexicon is built once with the engine. `read` uses it to find the meaning of a field's name,
//! and `prose` to find the words that announce a value in a sentence.

use std::hash::BuildHasherDefault;

use super::hashing::{ByHash, HASH_SEED, Hashes, hash_on, key};
use super::meaning::{MEANINGS, Meaning};
use super::names::{Declaration, Names};
use super::split::{Split, Window};
use super::words;
use crate::detector_id::DetectorId;

/// The [`Names`] that share a phrase.
#[derive(Clone, Copy, Default)]
pub(super) struct Sharing {
    pub(super) names: [u16; MEANINGS],
    pub(super) count: u8,
}

/// The phrases of all detectors and the words around them.
pub(crate) struct Lexicon {
    pub(super) phrases: ByHash<Sharing>,
    pub(super) vocabulary: ByHash<words::Word>,
    /// The keywords that announce a value in prose, with the ids of their detectors.
    pub(super) prose: ByHash<Vec<DetectorId>>,
    /// The first words of all phrases that announce a value in prose.
    pub(super) openings: Hashes,
    /// The declarations that [`Meaning::names`] points at, with their detector's id.
    pub(super) names: Vec<(DetectorId, &'static Names)>,
}

impl Lexicon {
    /// Creates a lexicon from the detectors' declarations.
    pub(crate) fn new(declarations: impl Iterator<Item = Declaration>) -> Self {
        let mut lexicon = Self {
            phrases: ByHash::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            vocabulary: ByHash::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            prose: ByHash::default(),
            openings: Hashes::with_capacity_and_hasher(4096, BuildHasherDefault::default()),
            names: Vec::with_capacity(256),
        };
        for (kind, list) in words::TABLE {
            for word in list.split_ascii_whitespace() {
                let hash = key(hash_on(HASH_SEED, word.as_bytes()));
                lexicon.vocabulary.entry(hash).or_default().merge(*kind);
            }
        }
        for Declaration {
            id,
            names,
            keywords,
        } in declarations
        {
            for phrase in keywords.split('|').filter(|phrase| !phrase.is_empty()) {
                lexicon.add_keyword(phrase, id);
            }
            for names in names {
                let at = u16::try_from(lexicon.names.len()).unwrap_or(u16::MAX);
                lexicon.names.push((id, names));
                for phrase in names.phrases.split('|') {
                    if names.is_enough() {
                        lexicon.add_opening(phrase);
                    }
                    lexicon.add_phrase(phrase, at);
                }
            }
        }
        lexicon
    }

    /// Adds the field names of a class that the configuration declares. They may be written in any
    /// style: `loyaltyCard`, `loyalty card`.
    pub(crate) fn declare(&mut self, id: DetectorId, names: &[String]) {
        static DECLARED: Names = Names::new("");
        let at = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.names.push((id, &DECLARED));
        for name in names {
            let split = Split::new(name);
            let words = split
                .tokens()
                .map(|token| String::from_utf8_lossy(token.text(&split)).into_owned());
            let phrase = words.collect::<Vec<_>>().join(" ");
            if !phrase.is_empty() {
                self.add_opening(&phrase);
                self.add_phrase(&phrase, at);
            }
        }
    }

    fn add_opening(&mut self, phrase: &str) {
        let first = phrase.split_ascii_whitespace().next().unwrap_or_default();
        let opening = if first.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            hash_on(HASH_SEED, first.as_bytes())
        } else {
            // The phrase is split like prose: `macアドレス` begins with `mac`.
            let mut window = Window::from(first, 0);
            window.advance();
            let mut words = window.words();
            words
                .next()
                .map_or(HASH_SEED, |(word, _)| hash_on(HASH_SEED, word))
        };
        self.openings.insert(key(opening));
    }

    fn add_keyword(&mut self, phrase: &str, id: DetectorId) {
        self.add_opening(phrase);
        let joined = phrase
            .split_ascii_whitespace()
            .fold(HASH_SEED, |hash, word| hash_on(hash, word.as_bytes()));
        self.prose.entry(key(joined)).or_default().push(id);
    }

    fn add_phrase(&mut self, phrase: &str, names: u16) {
        let mut hash = HASH_SEED;
        for word in phrase.split_ascii_whitespace() {
            hash = hash_on(hash, word.as_bytes());
            let word = key(hash_on(HASH_SEED, word.as_bytes()));
            self.vocabulary.entry(word).or_default();
        }
        let sharing = self.phrases.entry(key(hash)).or_default();
        let count = usize::from(sharing.count);
        if count < MEANINGS && !sharing.names[..count].contains(&names) {
            sharing.names[count] = names;
            sharing.count += 1;
        }
    }

    /// Returns the declaration that a meaning refers to, and the id of its detector.
    pub(crate) fn names(&self, meaning: Meaning) -> (DetectorId, &'static Names) {
        self.names[usize::from(meaning.names)]
    }

    /// Returns every declaration, in the order of [`Meaning::names`].
    pub(crate) fn declared(&self) -> impl Iterator<Item = &'static Names> {
        self.names.iter().map(|(_, names)| *names)
    }
}
