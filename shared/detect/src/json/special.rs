//! Finds the end of the plain part of a string.

/// Returns the number of bytes before the first quote, backslash or control character, which end
/// the plain part of a string. It reads eight bytes at a time. A byte of the word is zero if it
/// equals the searched byte, and subtracting one from a zero borrows. The lowest mark is always
/// correct.
///
/// It is not inlined: it returns one word, and the code around the call stays small.
#[inline(never)]
pub(super) fn until_special(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    const SLASHES: u64 = ONES * b'\\' as u64;
    const CONTROLS: u64 = ONES * (b' ' + 1) as u64;
    // Exchanges each quote for a space, so that it lies next to the control characters.
    const QUOTES: u64 = ONES * (b'"' ^ b' ') as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let controls = word ^ QUOTES;
        let slashes = word ^ SLASHES;
        let marks =
            (controls.wrapping_sub(CONTROLS) & !controls) | (slashes.wrapping_sub(ONES) & !slashes);
        if marks & HIGHS != 0 {
            return index * 8 + ((marks & HIGHS).trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
    let at = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len() - rest.len() + at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_at_its_first_special_byte_wherever_it_stands() {
        for special in [b'"', b'\\', b'\n', 0, 0x1f] {
            for length in 0..20 {
                let mut text = "xé~!\u{7f} [] 12".repeat(3).into_bytes();
                text[length] = special;
                text[length + 1..].fill(b'"');
                assert_eq!(until_special(&text), length);
            }
        }
        assert_eq!(until_special("é\u{80}ÿ\u{7f}".as_bytes()), 7);
    }
}
