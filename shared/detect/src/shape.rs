//! What kinds of bytes a text holds: the cheap gate before every detector.
//!
//! One table look-up a byte of the leaves that can prove anything. A leaf without a digit, an at sign and a long word needs no second look unless its field's name asks for one.

/// The kinds of bytes in a text, and how many of them are digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kinds: u16,
    pub(crate) digits: u32,
}

pub(crate) const DIGIT: u16 = 1;
pub(crate) const UPPER: u16 = 1 << 1;
pub(crate) const LOWER: u16 = 1 << 2;
pub(crate) const SPACE: u16 = 1 << 3;
pub(crate) const AT: u16 = 1 << 4;
pub(crate) const COLON: u16 = 1 << 5;
pub(crate) const DOT: u16 = 1 << 6;
pub(crate) const DASH: u16 = 1 << 7;
pub(crate) const UNDERSCORE: u16 = 1 << 8;
pub(crate) const PERCENT: u16 = 1 << 9;
pub(crate) const EQUALS: u16 = 1 << 10;
pub(crate) const SLASH: u16 = 1 << 11;
pub(crate) const OTHER: u16 = 1 << 12;
pub(crate) const NON_ASCII: u16 = 1 << 13;
pub(crate) const PLUS: u16 = 1 << 14;
pub(crate) const AMPERSAND: u16 = 1 << 15;

const KINDS: [u16; 256] = {
    let mut kinds = [NON_ASCII; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            0..=b' ' => SPACE,
            b'0'..=b'9' => DIGIT,
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
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
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// What kind of byte this is.
#[inline]
pub(crate) const fn kind_of(byte: u8) -> u16 {
    KINDS[byte as usize]
}

impl Shape {
    /// The shape of any text.
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let (mut kinds, mut digits) = (0, 0);
        for &byte in text.as_bytes() {
            let kind = kind_of(byte);
            kinds |= kind;
            digits += u32::from(kind & DIGIT);
        }
        Self { kinds, digits }
    }

    /// Whether any of `kinds` occurs.
    #[inline]
    pub(crate) const fn has(self, kinds: u16) -> bool {
        self.kinds & kinds != 0
    }

    /// Whether nothing but `kinds` occurs.
    #[inline]
    pub(crate) const fn is_only(self, kinds: u16) -> bool {
        self.kinds & !kinds == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_says_what_a_text_holds() {
        let shape = Shape::of("Jane 42 <j@x.com>");
        assert!(shape.has(AT) && shape.has(DOT) && shape.digits == 2);
        assert!(!shape.has(PERCENT) && !shape.is_only(LOWER | UPPER));
    }
}
