//! Shapes of identifiers without a check digit: the kind of character at each place.
//!
//! `9` is a digit, `a` a capital letter, `x` either, `?` a digit that may be missing (only at the
//! end). Any other character stands for itself.

/// Returns true if the characters have the shape.
pub(crate) fn fits(shape: &[u8], characters: &[u8]) -> bool {
    let shortest = shape.iter().filter(|&&place| place != b'?').count();
    (shortest..=shape.len()).contains(&characters.len())
        && shape
            .iter()
            .zip(characters)
            .all(|(place, character)| match place {
                b'9' | b'?' => character.is_ascii_digit(),
                b'a' => character.is_ascii_uppercase(),
                b'x' => character.is_ascii_digit() || character.is_ascii_uppercase(),
                literal => character == literal,
            })
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn each_place_takes_its_kind_of_character() {
        assert!(fits(b"L9a", b"L7Q"));
        assert!(!fits(b"L9a", b"M7Q"));
        assert!(!fits(b"L9a", b"LQ7"));
        assert!(fits(b"xx", b"7Q"));
        assert!(!fits(b"xx", b"7-"));
    }

    #[test]
    fn digits_at_the_end_may_be_missing_but_not_too_many() {
        assert!(fits(b"a99??", b"A12"));
        assert!(fits(b"a99??", b"A1234"));
        assert!(!fits(b"a99??", b"A1"));
        assert!(!fits(b"a99??", b"A12345"));
        assert!(!fits(b"a99??", b"A123B"));
    }
}
