//! Finds field names and keywords in sentences: `her date of birth is …`, `tracking no. …`.

use std::ops::RangeInclusive;

use super::hashing::{HASH_SEED, hash_on, key};
use super::lexicon::Lexicon;
use super::split::{Split, Window};
use crate::detector_id::DetectorId;

/// A phrase in prose that announces a value of a detector's class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyword {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) detector: DetectorId,
}

impl Lexicon {
    /// Returns true if a text ends with words that announce the number of an order, a parcel or an
    /// invoice (`tracking no. `).
    pub(crate) fn announces_record(&self, text: &str) -> bool {
        // Three words are enough for `tracking number is`.
        const MOST_WORDS: usize = 3;
        const LONGEST_WORD: usize = 24;
        const REACH: usize = 160;
        let from = (0..=text.len().saturating_sub(REACH)).rfind(|&at| text.is_char_boundary(at));
        text[from.unwrap_or_default()..]
            .rsplit(|c: char| !c.is_alphanumeric())
            .take(MOST_WORDS * 2)
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map_while(|word| {
                let is_short = word.len() <= LONGEST_WORD;
                let folded = is_short.then(|| Split::new(word));
                let hash = folded.map_or(HASH_SEED, |split| {
                    split
                        .tokens()
                        .fold(HASH_SEED, |hash, token| hash_on(hash, token.text(&split)))
                });
                self.vocabulary.get(&key(hash))
            })
            .find(|word| !word.is_neutral())
            .is_some_and(|word| word.is_record())
    }

    /// Collects every phrase of `text` that starts in `reach` and needs no parent or sibling, as
    /// byte ranges with the id of its detector.
    pub(crate) fn keywords(
        &self,
        text: &str,
        reach: RangeInclusive<usize>,
        out: &mut Vec<Keyword>,
    ) {
        let mut window = Window::from(text, *reach.start());
        while let Some(start) = window.advance() {
            if start > *reach.end() {
                return;
            }
            // Most words begin no phrase.
            let opens = |word: &[u8]| self.openings.contains(&key(hash_on(HASH_SEED, word)));
            if !window.words().next().is_some_and(|(word, _)| opens(word)) {
                continue;
            }
            let mut hash = HASH_SEED;
            for (word, end) in window.words() {
                hash = hash_on(hash, word);
                for &detector in self.prose.get(&key(hash)).into_iter().flatten() {
                    out.push(Keyword {
                        start,
                        end,
                        detector,
                    });
                }
                let Some(sharing) = self.phrases.get(&key(hash)) else {
                    continue;
                };
                for &names in &sharing.names[..usize::from(sharing.count)] {
                    let (detector, declared) = self.names[usize::from(names)];
                    if declared.is_enough() {
                        out.push(Keyword {
                            start,
                            end,
                            detector,
                        });
                    }
                }
            }
        }
    }
}
