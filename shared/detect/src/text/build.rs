//! Builds the tables of [`Dispatch`]: each detector is filed under the candidates that it asks for.

use super::digits::{MOST_DIGITS, MOST_GROUPS};
use super::word::Starts;
use super::{Dispatch, START, START_WORDS, start_bit};
use crate::detector_id::DetectorId;
use crate::detectors::{Detector, Digits, Find, Hit};
use crate::eight;

const LONGEST_WORD: usize = 64;

/// A detector that asks for every occurrence of a byte.
#[derive(Clone, Copy)]
pub(super) struct ByByte {
    /// The number of bytes after which the byte must occur again. Zero if one occurrence is enough.
    pub(super) again: usize,
    pub(super) id: DetectorId,
    pub(super) find: fn(&str, usize) -> Option<Hit>,
}

/// A detector that asks for runs of digits.
#[derive(Clone, Copy)]
pub(super) struct ByDigits {
    pub(super) id: DetectorId,
    /// True if a candidate that fills the leaf can only be reported when the field's name announces
    /// it.
    pub(super) needs_name: bool,
    pub(super) find: fn(&Digits<'_>) -> Option<Hit>,
}

/// A detector that asks for words.
#[derive(Clone, Copy)]
pub(super) struct ByWord {
    pub(super) id: DetectorId,
    pub(super) needs_name: bool,
    pub(super) starts: Starts,
    pub(super) find: fn(&str, usize, usize) -> Option<Hit>,
}

/// A prefix that a detector asks for.
#[derive(Clone)]
pub(super) struct ByPrefix {
    pub(super) prefix: &'static str,
    /// The first eight bytes of the prefix, and a mask of the bytes that it has.
    pub(super) first: u64,
    pub(super) mask: u64,
    pub(super) id: DetectorId,
    pub(super) find: fn(&str, usize) -> Option<Hit>,
}

/// The byte is a letter, which starts a word.
pub(super) const LETTER: u8 = 1;
/// The byte is a digit, which starts a run of digits, or a word if letters follow.
pub(super) const DIGIT: u8 = 1 << 1;
/// A detector asks for every occurrence of the byte.
pub(super) const OCCURRENCE: u8 = 1 << 2;
/// A prefix starts with the byte.
pub(super) const PREFIX: u8 = 1 << 3;

impl Dispatch {
    /// Builds the tables. A detector that cannot reach `threshold` is left out.
    pub(crate) fn new(detectors: &[&'static Detector], threshold: u8) -> Self {
        let mut dispatch = Self {
            turns: [0; 256],
            bytes: vec![Vec::new(); 128],
            digits: vec![Vec::new(); MOST_DIGITS + 1],
            bare: vec![Vec::new(); MOST_DIGITS + 1],
            groups: vec![Vec::new(); MOST_GROUPS + 1],
            words: vec![Vec::new(); LONGEST_WORD + 1],
            letters: vec![Vec::new(); LONGEST_WORD + 1],
            letter_lengths: 0,
            prefixes: vec![Vec::new(); 128],
            prefix_starts: [0; START_WORDS],
        };
        for (byte, turn) in (0..=u8::MAX).zip(&mut dispatch.turns) {
            *turn = match byte {
                b'0'..=b'9' => DIGIT,
                b'A'..=b'Z' | b'a'..=b'z' => LETTER,
                _ => 0,
            };
        }
        for (id, detector) in DetectorId::all().zip(detectors) {
            for declared in detector.finds {
                let sure = u8::MAX;
                dispatch.add(id, declared, (sure, sure), threshold);
            }
        }
        dispatch
    }

    /// Files `declared` under the candidates that it asks for. `bare` and `grouped` are the highest
    /// confidences that it reaches without a name, for an unbroken and for a grouped candidate that
    /// fills the leaf.
    fn add(&mut self, id: DetectorId, declared: &Find, (bare, grouped): (u8, u8), threshold: u8) {
        let needs_name = grouped < threshold;
        let lengths = |least: u8, most: u8| usize::from(least)..=usize::from(most);
        match *declared {
            Find::Byte(bytes, find) => self.add_bytes(bytes, 0, id, find),
            Find::Repeated(bytes, again, find) => self.add_bytes(bytes, again, id, find),
            Find::Digits(least, most, find) => {
                let asked = ByDigits {
                    id,
                    needs_name,
                    find,
                };
                for length in lengths(least, most) {
                    self.digits[length].push(asked);
                    if bare >= threshold {
                        self.bare[length].push(asked);
                    }
                }
            }
            Find::Groups(count, find) => self.groups[usize::from(count)].push(ByDigits {
                id,
                needs_name,
                find,
            }),
            Find::Word(least, most, find) | Find::Code(_, least, most, find) => {
                let starts = match declared {
                    Find::Code(pattern, ..) => Starts::asked(pattern),
                    _ => Starts::default(),
                };
                for list in &mut self.words[lengths(least, most)] {
                    list.push(ByWord {
                        id,
                        needs_name,
                        starts,
                        find,
                    });
                }
            }
            Find::Letters(length, find) => {
                self.letter_lengths |= 1 << (length & 63);
                self.letters[usize::from(length)].push(ByWord {
                    id,
                    needs_name,
                    starts: Starts::default(),
                    find,
                });
            }
            Find::Bare(bare, declared) => self.add(id, declared, (bare, grouped), threshold),
            Find::Announced(declared) => self.add(id, declared, (0, 0), threshold),
            Find::Prefix(prefixes, find) => {
                for &prefix in prefixes {
                    let Some(&[first, ..]) = prefix.as_bytes().first_chunk::<START>() else {
                        continue;
                    };
                    let start = eight::bytes_at(prefix.as_bytes(), 0);
                    self.turns[usize::from(first & 127)] |= PREFIX;
                    let length = u32::try_from(prefix.len()).unwrap_or(u32::MAX);
                    self.prefixes[usize::from(first & 127)].push(ByPrefix {
                        prefix,
                        first: start,
                        mask: u64::MAX
                            .unbounded_shr(64_u32.saturating_sub(length.saturating_mul(8))),
                        id,
                        find,
                    });
                    let (word, bit) = start_bit(start);
                    self.prefix_starts[word] |= bit;
                }
            }
        }
    }

    fn add_bytes(
        &mut self,
        bytes: &[u8],
        again: usize,
        id: DetectorId,
        find: fn(&str, usize) -> Option<Hit>,
    ) {
        for &byte in bytes {
            self.turns[usize::from(byte & 127)] |= OCCURRENCE;
            self.bytes[usize::from(byte & 127)].push(ByByte { again, id, find });
        }
    }
}
