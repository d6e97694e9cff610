//! Classifies eight bytes of text at once, in a register. The processor cannot predict where a word
//! or a number ends, and each misprediction costs as much as reading many bytes.
//!
//! A *mark* is the high bit of a byte. The first byte of the text is the lowest byte of the
//! register.

/// The high bit of each byte.
pub(crate) const MARKS: u64 = ONES << 7;
const ONES: u64 = u64::MAX / 255;

/// Returns the bytes of the text from `at` on, with zeros after its end.
#[inline]
pub(crate) fn bytes_at(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(eight) = rest.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    if let Some(last) = text.last_chunk() {
        // The bytes before `at` are shifted out.
        let seen = u32::try_from(8 - rest.len()).unwrap_or(8);
        return u64::from_le_bytes(*last).unbounded_shr(seen * 8);
    }
    rest.iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Marks the bytes that are ASCII digits.
#[inline]
pub(crate) const fn digits(eight: u64) -> u64 {
    const ZEROS: u64 = ONES * b'0' as u64;
    // Digits become 0 to 9. Adding 118 sets the high bit of every larger value.
    let from_zero = (eight & !MARKS) ^ ZEROS;
    !((from_zero + ONES * (128 - 10)) | eight) & MARKS
}

/// Marks the bytes that are ASCII letters.
#[inline]
pub(crate) const fn letters(eight: u64) -> u64 {
    const SMALL: u64 = ONES * 0x20;
    const BEFORE_A: u64 = ONES * (b'a' - 1) as u64;
    // Letters become 1 to 26 in either case.
    let place = ((eight | SMALL) & !MARKS) ^ BEFORE_A;
    (place + ONES * 127) & !(place + ONES * (128 - 27)) & !eight & MARKS
}

/// Counts the ASCII letters from `at` on.
#[inline]
pub(crate) fn letters_at(text: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        let others = !letters(bytes_at(text, end)) & MARKS;
        end += before(others);
        if others != 0 {
            return end - at;
        }
    }
}

/// Marks the bytes that are small letters. Only valid for bytes that are letters.
#[inline]
pub(crate) const fn small(eight: u64) -> u64 {
    (eight << 2) & MARKS
}

/// Returns the number of bytes before the first marked one, or eight if none is marked.
#[inline]
pub(crate) const fn before(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// Returns a mask of all bits of the bytes before the first marked one.
#[inline]
pub(crate) const fn all_before(marks: u64) -> u64 {
    (marks & marks.wrapping_neg()).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_what_it_says() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = *b"a0Z9_z5@";
                bytes[at] = byte;
                let eight = u64::from_le_bytes(bytes);
                let is_marked = |marks: u64| marks >> (at * 8 + 7) & 1 == 1;
                assert_eq!(is_marked(digits(eight)), byte.is_ascii_digit(), "{byte}");
                assert_eq!(is_marked(letters(eight)), byte.is_ascii_alphabetic());
                let is_small = is_marked(letters(eight) & small(eight));
                assert_eq!(is_small, byte.is_ascii_lowercase());
            }
        }
    }

    #[test]
    fn past_the_end_of_a_text_there_are_zeros() {
        let text = b"0123456789";
        for length in 0..text.len() {
            for at in 0..12 {
                let mut expected = [0; 8];
                let rest = text[..length].get(at..).unwrap_or_default();
                for (room, byte) in expected.iter_mut().zip(rest) {
                    *room = *byte;
                }
                assert_eq!(bytes_at(&text[..length], at).to_le_bytes(), expected);
            }
        }
    }

    #[test]
    fn bytes_are_counted_to_the_first_mark() {
        assert_eq!(before(0), 8);
        assert_eq!(all_before(0), u64::MAX);
        assert_eq!(before(digits(u64::from_le_bytes(*b"abc4e6gh"))), 3);
        assert_eq!(
            all_before(digits(u64::from_le_bytes(*b"ab3d5fgh"))),
            0x7f_ffff
        );
    }
}
