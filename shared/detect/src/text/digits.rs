//! Runs of digits, with their start, their end, their groups and their neighbours.

use crate::detectors::Digits;
use crate::eight;

/// The most groups of one run. A longer run is read in parts.
pub(super) const MOST_GROUPS: usize = 8;
/// The most digits of any number in the catalogue.
pub(super) const MOST_DIGITS: usize = 24;

/// Counts the digits from `at` on.
#[inline]
pub(super) fn digits_at(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        let others = !eight::digits(eight::bytes_at(bytes, end)) & eight::MARKS;
        end += eight::before(others);
        if others != 0 {
            return end - at;
        }
    }
}

/// Returns true if a letter follows the `length` digits at the start of `rest`. Then they belong to
/// a word and are not a number. The `x` of a telephone extension (`555-0100x12`) does not count as
/// a letter.
#[inline]
pub(super) fn continues_word(rest: &[u8], length: usize) -> bool {
    match rest.get(length) {
        Some(b'x') => length < 3 || !rest.get(length + 1).is_some_and(u8::is_ascii_digit),
        Some(after) => after.is_ascii_alphabetic(),
        None => false,
    }
}

/// Groups of digits with short separators between them.
pub(super) struct Run {
    pub(super) groups: [u8; MOST_GROUPS],
    pub(super) starts: [usize; MOST_GROUPS],
    pub(super) separators: [u8; MOST_GROUPS],
    pub(super) count: usize,
    pub(super) end: usize,
}

impl Run {
    pub(super) fn read(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let mut run = Self {
            groups: [0; MOST_GROUPS],
            starts: [0; MOST_GROUPS],
            separators: [0; MOST_GROUPS],
            count: 0,
            end: at,
        };
        let mut start = at;
        while run.count < MOST_GROUPS {
            let length = digits_at(bytes, start);
            if run.count > 0 && continues_word(&bytes[start..], length) {
                break;
            }
            // The length is capped. A group longer than any number makes every window with it too
            // long.
            run.groups[run.count] = u8::try_from(length.min(MOST_DIGITS + 1)).unwrap_or(u8::MAX);
            run.starts[run.count] = start;
            run.count += 1;
            run.end = start + length;
            let Some((separator, next)) = separator_at(bytes, run.end) else {
                break;
            };
            run.separators[run.count - 1] = separator;
            start = next;
        }
        run
    }

    /// Returns the candidate from group `first` to group `last`. Its digits are written to `room`,
    /// whose length is exactly their number.
    #[inline]
    pub(super) fn window<'r>(
        &'r self,
        text: &'r str,
        first: usize,
        last: usize,
        room: &'r mut [u8],
    ) -> Digits<'r> {
        let bytes = text.as_bytes();
        let (start, end) = (
            self.starts[first],
            self.starts[last] + usize::from(self.groups[last]),
        );
        let digits = bytes[start..end]
            .iter()
            .filter(|byte| byte.is_ascii_digit());
        for (byte, digit) in room.iter_mut().zip(digits) {
            *byte = *digit;
        }
        let (glued_left, linked_left) = left_of(text, start);
        let (glued_right, linked_right) = right_of(bytes, end);
        Digits {
            text,
            start,
            end,
            digits: room,
            groups: &self.groups[first..=last],
            separators: &self.separators[first..last],
            is_glued: glued_left || glued_right,
            is_linked: linked_left || linked_right,
        }
    }
}

/// Returns the separator between the group that ends at `at` and the next one: its first byte, and
/// the start of the next group.
#[inline]
pub(super) fn separator_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *bytes.get(at)?;
    let second = bytes.get(at + 1).copied()?;
    if !matches!(first, b' ' | b'-' | b'.' | b'/' | b')' | b'(') {
        return None;
    }
    if second.is_ascii_digit() {
        return Some((first, at + 1));
    }
    let is_pair = matches!(
        (first, second),
        (b' ' | b'-', b'(') | (b')', b' ' | b'-' | b'/')
    );
    let third = bytes.get(at + 2).copied()?;
    (is_pair && third.is_ascii_digit()).then_some((first, at + 2))
}

/// Returns whether the text before `start` is glued to the digits, and whether it is linked to
/// them.
pub(super) fn left_of(text: &str, start: usize) -> (bool, bool) {
    let before = &text.as_bytes()[..start];
    match before {
        [.., b'_'] => (true, true),
        [.., last] if last.is_ascii_alphanumeric() => (true, true),
        [.., inner, b'-' | b'.' | b'/' | b'+' | b':'] if inner.is_ascii_alphanumeric() => (
            false,
            before[before.len() - 1] != b':' || inner.is_ascii_digit(),
        ),
        [.., b'/' | b'$' | b'\\' | b'%'] => (false, true),
        [.., last] if !last.is_ascii() => {
            let is_letter = text[..start]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphabetic() && !is_cjk(c));
            let is_currency = text[..start].ends_with(['€', '£', '¥']);
            (is_letter, is_letter || is_currency)
        }
        _ => (false, false),
    }
}

/// Returns true if the character belongs to a script that is written without spaces. Such a
/// character before a number ends the word before it.
pub(super) fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

pub(super) fn right_of(bytes: &[u8], end: usize) -> (bool, bool) {
    match &bytes[end..] {
        [b'_', ..] => (true, true),
        [b'x', ..] => (false, false),
        [next, ..] if next.is_ascii_alphanumeric() => (true, true),
        [b'-' | b'.' | b'/' | b':' | b'@', after, ..] => (false, after.is_ascii_alphanumeric()),
        [b'%', ..] => (false, true),
        _ => (false, false),
    }
}
