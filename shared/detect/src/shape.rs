//! The kinds of bytes in a text: the cheap gate before every detector.
//!
//! It costs one table look-up for each byte of the leaves that can prove anything. A leaf without a
//! digit, an at sign and a long word is not searched unless its field's name asks for it.
//!
//! A kind that has parts (small letters, of which some are hexadecimal digits) is the set of its
//! parts.

use crate::eight;

/// The kinds of bytes in a text, and the number of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kinds: u32,
    pub(crate) digits: u32,
}

pub(crate) const DIGIT: u32 = 1;
pub(crate) const UPPER: u32 = 1 << 1;
/// The small letters that are hexadecimal digits.
pub(crate) const LOWER_HEX: u32 = 1 << 2;
/// The small letters after `f`.
const LOWER_PAST_F: u32 = 1 << 16;
pub(crate) const LOWER: u32 = LOWER_HEX | LOWER_PAST_F;
pub(crate) const SPACE: u32 = 1 << 3;
pub(crate) const AT: u32 = 1 << 4;
pub(crate) const COLON: u32 = 1 << 5;
pub(crate) const DOT: u32 = 1 << 6;
pub(crate) const DASH: u32 = 1 << 7;
pub(crate) const UNDERSCORE: u32 = 1 << 8;
pub(crate) const PERCENT: u32 = 1 << 9;
pub(crate) const EQUALS: u32 = 1 << 10;
pub(crate) const SLASH: u32 = 1 << 11;
/// The brackets that open an object or an array in JSON.
pub(crate) const OPENING: u32 = 1 << 17;
/// Quotes, and the backslash before an escaped one.
pub(crate) const QUOTE: u32 = 1 << 18;
pub(crate) const LESS_THAN: u32 = 1 << 19;
const UNNAMED: u32 = 1 << 12;
/// All bytes without a named kind, and the three kinds above.
pub(crate) const OTHER: u32 = UNNAMED | OPENING | QUOTE | LESS_THAN;
pub(crate) const NON_ASCII: u32 = 1 << 13;
pub(crate) const PLUS: u32 = 1 << 14;
pub(crate) const AMPERSAND: u32 = 1 << 15;

const KINDS: [u32; 256] = {
    let mut kinds = [NON_ASCII; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            0..=b' ' => SPACE,
            b'0'..=b'9' => DIGIT,
            b'A'..=b'Z' => UPPER,
            b'a'..=b'f' => LOWER_HEX,
            b'g'..=b'z' => LOWER_PAST_F,
            b'@' => AT,
            b':' => COLON,
            b'.' => DOT,
            b'-' => DASH,
            b'_' => UNDERSCORE,
            b'%' => PERCENT,
            b'=' => EQUALS,
            b'/' => SLASH,
            b'+' => PLUS,
            b'&' => AMPERSAND,
            b'{' | b'[' => OPENING,
            b'"' | b'\'' | b'\\' => QUOTE,
            b'<' => LESS_THAN,
            _ => UNNAMED,
        };
        byte += 1;
    }
    kinds
};

/// Returns the kind of a byte.
#[inline]
pub(crate) const fn kind_of(byte: u8) -> u32 {
    KINDS[byte as usize]
}

#[inline]
fn kinds_in(eight: [u8; 8]) -> u32 {
    eight
        .into_iter()
        .fold(0, |kinds, byte| kinds | kind_of(byte))
}

#[inline]
fn digits_in(eight: [u8; 8]) -> u32 {
    digits_in_last(eight, 0)
}

/// Returns the number of digits in eight bytes, without the first `seen`.
#[inline]
fn digits_in_last(eight: [u8; 8], seen: u32) -> u32 {
    let digits = eight::digits(u64::from_le_bytes(eight)).unbounded_shr(8 * seen);
    // The marks become ones and are summed up in the highest byte.
    u32::from(((digits >> 7).wrapping_mul(u64::MAX / 255)).to_be_bytes()[0])
}

impl Shape {
    /// Returns the shape of a text. It reads eight bytes at a time, because the processor cannot
    /// predict the number of bytes in a leaf and mispredicts the number of blocks less often.
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let Some(last) = bytes.last_chunk() else {
            return Self::of_few(bytes);
        };
        let (eights, rest) = bytes.as_chunks();
        let mut shape = Self {
            kinds: 0,
            digits: 0,
        };
        for eight in eights {
            shape.kinds |= kinds_in(*eight);
            shape.digits += digits_in(*eight);
        }
        if !rest.is_empty() {
            // The bytes that were read twice add no new kind, and their digits are not counted
            // again.
            shape.kinds |= kinds_in(*last);
            shape.digits += digits_in_last(*last, u32::try_from(8 - rest.len()).unwrap_or(8));
        }
        shape
    }

    fn of_few(bytes: &[u8]) -> Self {
        let mut shape = Self {
            kinds: 0,
            digits: 0,
        };
        for &byte in bytes {
            shape.kinds |= kind_of(byte);
            shape.digits += u32::from(byte.is_ascii_digit());
        }
        shape
    }

    /// Returns true if any of `kinds` occurs.
    #[inline]
    pub(crate) const fn has(self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }

    /// Returns true if all of `kinds` occur.
    #[inline]
    pub(crate) const fn has_all(self, kinds: u32) -> bool {
        self.kinds & kinds == kinds
    }

    /// Returns the shape of the same text without bytes of these kinds.
    #[inline]
    pub(crate) const fn without(self, kinds: u32) -> Self {
        Self {
            kinds: self.kinds & !kinds,
            ..self
        }
    }

    /// Returns true if nothing but `kinds` occurs.
    #[inline]
    pub(crate) const fn is_only(self, kinds: u32) -> bool {
        self.kinds & !kinds == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_at_a_time_or_one_it_is_the_same() {
        let text = (0..128_u8).map(char::from).chain("é0ä9ß/:".chars());
        let text = text.collect::<String>().repeat(2);
        for start in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            for end in (start..text.len().min(start + 40)).filter(|&at| text.is_char_boundary(at)) {
                let part = &text[start..end];
                assert_eq!(Shape::of(part), Shape::of_few(part.as_bytes()));
            }
        }
    }

    #[test]
    fn the_shape_says_what_a_text_holds() {
        let shape = Shape::of("Jane 42 <j@x.com>");
        assert!(shape.has(AT) && shape.has(DOT) && shape.digits == 2);
        assert!(!shape.has(PERCENT) && !shape.is_only(LOWER | UPPER));
    }
}
