//! Cuts the candidates that the detectors ask for out of a leaf's text, in one pass.
//!
//! The pass is linear: each byte belongs to one word or one run of digits, a run offers at most
//! [`MOST_GROUPS`](digits::MOST_GROUPS)² windows, and every detector reads a bounded number of
//! bytes around its candidate.

mod build;
mod digits;
mod word;

use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::{Digits, Hit};
use crate::eight;
use build::{ByByte, ByDigits, ByPrefix, ByWord, DIGIT, LETTER, OCCURRENCE, PREFIX};
use digits::{MOST_DIGITS, Run, continues_word, digits_at, left_of, right_of, separator_at};
use word::Word;

/// The most letters that a grouped code has before its first group of digits.
const LONGEST_LEAD: usize = 4;

/// The detectors with their ids, sorted by the kind of candidate that they ask for.
pub(crate) struct Dispatch {
    /// The steps of the scan for each byte: the bits that `build` defines.
    turns: [u8; 256],
    bytes: Vec<Vec<ByByte>>,
    digits: Vec<Vec<ByDigits>>,
    /// The detectors of [`Self::digits`] that can accept an unbroken run of digits as a whole leaf
    /// even without a field name.
    bare: Vec<Vec<ByDigits>>,
    groups: Vec<Vec<ByDigits>>,
    words: Vec<Vec<ByWord>>,
    /// The detectors that ask for words without a digit. There are few.
    letters: Vec<Vec<ByWord>>,
    /// One bit for each word length for which [`Self::letters`] has a detector.
    letter_lengths: u64,
    prefixes: Vec<Vec<ByPrefix>>,
    /// One bit for each hash of the bytes with which a prefix starts.
    prefix_starts: [u64; START_WORDS],
}

impl Dispatch {
    /// Calls `found` with every hit in `text` and the id of its detector. `named` are the detectors
    /// that the field's name enables.
    pub(crate) fn scan(
        &self,
        text: &str,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let turn = self.turns[usize::from(byte)];
            if turn & LETTER != 0 {
                at = self.word(text, at, turn, named, found);
                continue;
            }
            if turn & DIGIT != 0 {
                let length = digits_at(bytes, at);
                at = if continues_word(&bytes[at..], length) {
                    self.word(text, at, turn, named, found)
                } else {
                    self.run(text, at, length, named, found)
                };
                continue;
            }
            if turn & OCCURRENCE != 0 {
                self.byte(byte, text, at, found);
            }
            if turn & PREFIX != 0 {
                self.prefix(text, at, eight::bytes_at(bytes, at), found);
            }
            at += 1;
        }
    }

    #[inline]
    fn byte(&self, byte: u8, text: &str, at: usize, found: &mut dyn FnMut(DetectorId, Hit)) {
        for asked in &self.bytes[usize::from(byte & 127)] {
            if text.as_bytes().get(at + asked.again) == Some(&byte)
                && let Some(hit) = (asked.find)(text, at)
            {
                found(asked.id, hit);
            }
        }
    }

    /// Asks the detectors of the prefixes that the text may have at `at`, where it continues with
    /// `eight`.
    #[inline]
    fn prefix(&self, text: &str, at: usize, eight: u64, found: &mut dyn FnMut(DetectorId, Hit)) {
        let (word, bit) = start_bit(eight);
        if self.prefix_starts[word] & bit != 0 {
            self.prefix_at(text, at, eight, found);
        }
    }

    /// Does the rare part of [`Self::prefix`], which runs at each word and nearly always finds no
    /// prefix.
    #[inline(never)]
    fn prefix_at(&self, text: &str, at: usize, eight: u64, found: &mut dyn FnMut(DetectorId, Hit)) {
        let bytes = &text.as_bytes()[at..];
        for asked in &self.prefixes[usize::from(bytes[0] & 127)] {
            if (eight ^ asked.first) & asked.mask == 0
                && bytes.starts_with(asked.prefix.as_bytes())
                && let Some(hit) = (asked.find)(text, at)
            {
                found(asked.id, hit);
            }
        }
    }

    /// Reads the word that starts at `at`, asks the detectors for it, and returns its end.
    #[inline]
    fn word(
        &self,
        text: &str,
        at: usize,
        turn: u8,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        let bytes = text.as_bytes();
        let word = Word::read(bytes, at);
        let (end, length) = (word.end, word.end - at);
        if turn & PREFIX != 0 {
            self.prefix(text, at, word.first, found);
        }
        // A grouped code may start with letters (`AB 12 34 56 C`). Then a digit follows the
        // separator.
        let leads_code =
            || length <= LONGEST_LEAD && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if word.has_digit || leads_code() {
            ask_for_word(self.words.get(length), text, &word, named, found);
        } else if self
            .letter_lengths
            .unbounded_shr(u32::try_from(length).unwrap_or(64))
            & 1
            == 1
            && (!word.has_small || length == text.len())
        {
            ask_for_word(self.letters.get(length), text, &word, named, found);
        }
        end
    }

    /// Reads the run of digit groups that starts at `at` with a group of `length`, asks the
    /// detectors for it, and returns its end.
    #[inline]
    fn run(
        &self,
        text: &str,
        at: usize,
        length: usize,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        if separator_at(text.as_bytes(), at + length).is_some() {
            return self.groups(text, at, named, found);
        }
        // Most runs have one group.
        let end = at + length;
        if let Some(list) = self.in_one_piece(named.is_empty() && length == text.len(), length)
            && !list.is_empty()
        {
            let (left, right) = (left_of(text, at), right_of(text.as_bytes(), end));
            let candidate = Digits {
                text,
                start: at,
                end,
                digits: &text.as_bytes()[at..end],
                groups: &[u8::try_from(length).unwrap_or(u8::MAX)],
                separators: &[],
                is_glued: left.0 || right.0,
                is_linked: left.1 || right.1,
            };
            ask(list, &candidate, &DetectorSet::ALL, found);
        }
        end
    }

    /// Returns true if any detector accepts an unbroken run of this many digits as a whole leaf
    /// without a field name.
    #[inline]
    pub(crate) fn proves_bare(&self, length: usize) -> bool {
        self.bare.get(length).is_some_and(|asked| !asked.is_empty())
    }

    /// Returns the detectors that accept an unbroken run of this many digits. With `is_nameless`,
    /// only those that accept it as a whole leaf without a field name.
    #[inline]
    fn in_one_piece(&self, is_nameless: bool, length: usize) -> Option<&Vec<ByDigits>> {
        let lists = if is_nameless {
            &self.bare
        } else {
            &self.digits
        };
        lists.get(length)
    }

    /// Asks the detectors for every window of a run of several groups.
    fn groups(
        &self,
        text: &str,
        at: usize,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) -> usize {
        let run = Run::read(text, at);
        for first in 0..run.count {
            let mut digits = 0;
            for last in first..run.count {
                digits += usize::from(run.groups[last]);
                let Some(by_digits) = self.digits.get(digits) else {
                    break;
                };
                let by_groups = &self.groups[last - first + 1];
                if !by_digits.is_empty() || !by_groups.is_empty() {
                    let mut room = [0; MOST_DIGITS];
                    let candidate = run.window(text, first, last, &mut room[..digits]);
                    ask(by_digits, &candidate, named, found);
                    ask(by_groups, &candidate, named, found);
                }
            }
        }
        // Detectors that ask for a byte get the separators too: a MAC address such as
        // `28-65-6f-5a-11-69` starts like a run of digits.
        for group in 0..run.count.saturating_sub(1) {
            let between = run.starts[group] + usize::from(run.groups[group]);
            self.byte(run.separators[group], text, between, found);
        }
        run.end
    }

    /// Asks the detectors about a leaf of only digits, such as a JSON number.
    pub(crate) fn digits(
        &self,
        text: &str,
        named: &DetectorSet,
        found: &mut dyn FnMut(DetectorId, Hit),
    ) {
        let Some(list) = self.in_one_piece(named.is_empty(), text.len()) else {
            return;
        };
        if list.is_empty() {
            return;
        }
        let candidate = Digits {
            text,
            start: 0,
            end: text.len(),
            digits: text.as_bytes(),
            groups: &[u8::try_from(text.len()).unwrap_or(u8::MAX)],
            separators: &[],
            is_glued: false,
            is_linked: false,
        };
        ask(list, &candidate, &DetectorSet::ALL, found);
    }
}

fn ask_for_word(
    list: Option<&Vec<ByWord>>,
    text: &str,
    word: &Word,
    named: &DetectorSet,
    found: &mut dyn FnMut(DetectorId, Hit),
) {
    let is_whole = word.end - word.start == text.len();
    for asked in list.into_iter().flatten() {
        let is_asked = asked.starts.are_in(word.starts)
            && !(asked.needs_name && is_whole && !named.has(asked.id));
        if is_asked && let Some(hit) = (asked.find)(text, word.start, word.end) {
            found(asked.id, hit);
        }
    }
}

#[inline]
fn ask(
    list: &[ByDigits],
    candidate: &Digits<'_>,
    named: &DetectorSet,
    found: &mut dyn FnMut(DetectorId, Hit),
) {
    let is_whole = candidate.is_whole();
    for asked in list {
        let is_asked = !(asked.needs_name && is_whole && !named.has(asked.id));
        if is_asked && let Some(hit) = (asked.find)(candidate) {
            found(asked.id, hit);
        }
    }
}

/// The number of bytes of a prefix that [`Dispatch::prefix_starts`] tells apart. No prefix is
/// shorter.
const START: usize = 3;
const START_WORDS: usize = 64;

/// Returns the index and the bit in [`Dispatch::prefix_starts`] for a text that starts with
/// `eight`.
#[inline]
const fn start_bit(eight: u64) -> (usize, u64) {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    // The highest twelve bits of the product depend on the whole start.
    let hash = (eight << (64 - 8 * START)).wrapping_mul(MULTIPLIER) >> 52;
    let word = (hash / 64) as usize;
    (word, 1 << (hash % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::REGISTRY;

    /// Generates unbroken and grouped numbers, and codes of letters and digits.
    fn written(seed: &mut u64) -> String {
        let mut next = |below: u64| {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((*seed >> 33) % below).unwrap()
        };
        let length = 5 + next(16);
        let separator = [b' ', b'-', b'.'][next(3)];
        let (from, group) = (next(6), [2, 3, 4, 40, 40][next(5)]);
        let alphabet: &[u8] = if next(4) == 0 {
            b"0123456789ABCDEFGHJKMNPRSTVXYZ"
        } else {
            b"0123456789"
        };
        let mut text = String::new();
        for at in 0..length {
            if at >= from && at > 0 && (at - from).is_multiple_of(group) {
                text.push(char::from(separator));
            }
            text.push(char::from(alphabet[next(alphabet.len() as u64)]));
        }
        text
    }

    #[test]
    fn what_is_not_asked_about_without_a_name_is_nothing_without_one() {
        let hits = |dispatch: &Dispatch, text: &str, threshold: u8| {
            let mut hits = Vec::new();
            dispatch.scan(text, &DetectorSet::EMPTY, &mut |id, hit| {
                if hit.confidence_bare >= threshold {
                    hits.push((id, hit));
                }
            });
            hits
        };
        let everyone = Dispatch::new(REGISTRY, 0);
        let mut seed = 42;
        for threshold in [1, 30, 31, 50] {
            let few = Dispatch::new(REGISTRY, threshold);
            for _ in 0..20_000 {
                let text = written(&mut seed);
                assert_eq!(
                    hits(&few, &text, threshold),
                    hits(&everyone, &text, threshold),
                    "{text}"
                );
            }
        }
    }
}
