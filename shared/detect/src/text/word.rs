//! Words: unbroken runs of ASCII letters and digits, read eight bytes at a time.

use crate::eight;

/// The letters (low bits) and the digits (high bits) among a word's first four bytes. Comparing
/// them rules out most words as a code without a call.
#[derive(Clone, Copy, Default)]
pub(super) struct Starts(u8);

impl Starts {
    /// Returns the bits that a pattern of [`Find::Code`](crate::detectors::Find::Code) requires.
    pub(super) fn asked(pattern: &str) -> Self {
        let bits = pattern.bytes().zip(0_u8..4).map(|(asked, at)| match asked {
            b'A' => 1 << at,
            b'9' => 1 << (at + 4),
            _ => 0,
        });
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Returns the bits of a word, from the marks that `eight` sets.
    #[inline]
    pub(super) fn of(letters: u64, digits: u64) -> Self {
        // The multiplication moves the marks of four bytes next to each other.
        const GATHER: u64 = 1 << 17 | 1 << 10 | 1 << 3 | 1 << 24;
        let four = |marks: u64| ((marks >> 7 & 0x0101_0101) * GATHER).to_le_bytes()[3] & 0xf;
        Self(four(letters) | four(digits) << 4)
    }

    #[inline]
    pub(super) const fn are_in(self, word: Self) -> bool {
        self.0 & !word.0 == 0
    }
}

/// An unbroken run of ASCII letters and digits.
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) has_digit: bool,
    pub(super) has_small: bool,
    pub(super) starts: Starts,
    /// The first eight bytes of the text from the word on.
    pub(super) first: u64,
}

impl Word {
    /// Reads the word that starts at `start`.
    #[inline]
    pub(super) fn read(text: &[u8], start: usize) -> Self {
        let (mut end, mut has_digits, mut has_smalls) = (start, 0, 0);
        let mut starts = None;
        let first = eight::bytes_at(text, start);
        let mut eight = first;
        loop {
            let (letters, digits) = (eight::letters(eight), eight::digits(eight));
            let others = !(letters | digits) & eight::MARKS;
            let inside = eight::all_before(others);
            let (letters, digits) = (letters & inside, digits & inside);
            has_digits |= digits;
            has_smalls |= letters & eight::small(eight);
            starts.get_or_insert_with(|| Starts::of(letters, digits));
            end += eight::before(others);
            if others != 0 {
                break;
            }
            eight = eight::bytes_at(text, end);
        }
        Self {
            start,
            end,
            has_digit: has_digits != 0,
            has_small: has_smalls != 0,
            starts: starts.unwrap_or_default(),
            first,
        }
    }
}
