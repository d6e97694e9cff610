//! Cuts out identifiers as people write them: unbroken, or in the usual groups.
//!
//! A checksum proves little about ten digits inside a longer row. Digits that stand free of their
//! neighbours, and are grouped as in their country, were written down as a number.

use super::{Digits, Hit};
use crate::checksum::normalise::{self, Normalised};

/// The confidence of a number that passes a checksum, with a field's name or a keyword.
pub(super) const NAMED: u8 = 95;

/// The confidence from which a check is enough in either letter case.
const STRONG: u8 = 80;

/// The confidence of a checked number without a name: unbroken, and in its usual groups.
#[derive(Clone, Copy)]
pub(super) struct Alone {
    pub(super) bare: u8,
    pub(super) grouped: u8,
}

impl Alone {
    /// For weak checks, which prove nothing by themselves.
    pub(super) const NEVER: Self = Self {
        bare: 0,
        grouped: 0,
    };

    /// For checks that one of ten or twenty random numbers passes. Without a name they count only
    /// if the number fills the leaf and is evenly grouped.
    pub(super) fn if_whole(self, candidate: &Digits<'_>) -> Self {
        if candidate.is_whole() && candidate.is_evenly_separated() {
            self
        } else {
            Self::NEVER
        }
    }
}

/// Returns a hit if the candidate stands free, is unbroken or grouped in one of `ways`, and passes.
pub(super) fn checked_digits(
    candidate: &Digits<'_>,
    ways: &[&[u8]],
    is_valid: fn(&[u8]) -> bool,
    alone: Alone,
) -> Option<Hit> {
    let alone = match candidate.groups {
        [_] => alone.bare,
        groups if ways.contains(&groups) => alone.grouped,
        _ => return None,
    };
    (candidate.is_free() && is_valid(candidate.digits)).then(|| candidate.hit(alone, NAMED))
}

/// Returns a hit for a code of letters and digits that starts with the word at `start`, has
/// `length` characters, and passes. Groups are separated by single separators. `digit_at` is a
/// place at which every such code has a digit. Testing it first skips the words of a language,
/// which are most of any text.
pub(super) fn checked_code(
    text: &str,
    start: usize,
    length: usize,
    digit_at: usize,
    is_valid: fn(&[u8]) -> bool,
    alone: Alone,
) -> Option<Hit> {
    let is_word = text
        .as_bytes()
        .get(start + digit_at)
        .is_none_or(u8::is_ascii_alphabetic);
    if is_word {
        return None;
    }
    let code = read_code(text, start, length)?;
    let is_small = text.as_bytes()[start..code.end]
        .iter()
        .any(u8::is_ascii_lowercase);
    let alone = match (code.is_grouped, alone.bare) {
        (true, _) => alone.grouped,
        // Documents print codes in capitals. Programs write their ids in small letters.
        (false, bare) if is_small && bare < STRONG => 0,
        (false, bare) => bare,
    };
    is_valid(&code.characters).then(|| Hit::new(start, code.end, alone, NAMED))
}

/// Lowers the confidence of ungrouped digits that only a list of prefixes or ranges supports. They
/// fit too easily to win against a checksum, so the name alone makes them only likely.
pub(super) fn range_only(candidate: &Digits<'_>, hit: Hit) -> Hit {
    const NAMED_BY_RANGE: u8 = 75;
    match candidate.groups {
        [_] => Hit {
            confidence_named: NAMED_BY_RANGE,
            ..hit
        },
        _ => hit,
    }
}

/// Returns the bytes after the last digit.
pub(super) fn after<'t>(candidate: &Digits<'t>) -> &'t [u8] {
    &candidate.text.as_bytes()[candidate.end..]
}

/// A code cut out of a text.
pub(super) struct Code {
    pub(super) characters: Normalised,
    pub(super) end: usize,
    pub(super) is_grouped: bool,
}

/// Reads `length` letters and digits from `start` on, with single separators between groups, if
/// they stand free.
pub(super) fn read_code(text: &str, start: usize, length: usize) -> Option<Code> {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut count = 0;
    let mut is_grouped = false;
    while count < length {
        let byte = *bytes.get(end)?;
        if byte.is_ascii_alphanumeric() {
            count += 1;
        } else if normalise::is_separator(char::from(byte))
            && count > 0
            && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            is_grouped = true;
        } else {
            return None;
        }
        end += 1;
    }
    stands_free(bytes, start, end).then_some(Code {
        characters: normalise::normalise(text.get(start..end)?)?,
        end,
        is_grouped,
    })
}

/// Returns true if the bytes from `start` to `end` stand free: no letter, digit or underscore
/// touches them, and no punctuation ties them to one (`ord-…`, `…/x`).
pub(super) fn stands_free(bytes: &[u8], start: usize, end: usize) -> bool {
    let ties = |byte: u8| matches!(byte, b'-' | b'.' | b'/' | b'+' | b'@' | b'=' | b':');
    let is_free_left = match &bytes[..start] {
        [.., before, tie] if ties(*tie) && !matches!(tie, b'=' | b':') => {
            !before.is_ascii_alphanumeric()
        }
        [.., last] => !last.is_ascii_alphanumeric() && !matches!(last, b'_' | b'$' | b'#' | b'\\'),
        [] => true,
    };
    let is_free_right = match &bytes[end..] {
        [tie, after, ..] if ties(*tie) => !after.is_ascii_alphanumeric(),
        [next, ..] => !next.is_ascii_alphanumeric() && *next != b'_',
        [] => true,
    };
    is_free_left && is_free_right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_across_single_separators() {
        let code = read_code("id 1EG4-TE5-MK73, thanks", 3, 11).unwrap();
        assert_eq!(&*code.characters, b"1EG4TE5MK73");
        assert_eq!((code.end, code.is_grouped), (16, true));
        assert!(read_code("1EG4--TE5-MK73", 0, 11).is_none());
        assert!(read_code("1EG4-TE5", 0, 11).is_none());
        assert!(read_code("1EG4-TE5é", 0, 9).is_none());
    }

    #[test]
    fn what_holds_on_to_a_code_spoils_it() {
        for (text, start, end) in [
            ("x12345678Z", 1, 10),
            ("ord-12345678Z", 4, 13),
            ("12345678Z-1", 0, 9),
            ("12345678Z_1", 0, 9),
            ("a/12345678Z", 2, 11),
        ] {
            assert!(!stands_free(text.as_bytes(), start, end), "{text}");
        }
        for (text, start, end) in [
            ("12345678Z", 0, 9),
            ("DNI: 12345678Z.", 5, 14),
            ("dni:12345678Z", 4, 13),
            ("(12345678Z)", 1, 10),
            ("- 12345678Z - ", 2, 11),
        ] {
            assert!(stands_free(text.as_bytes(), start, end), "{text}");
        }
    }
}
