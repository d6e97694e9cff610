//! Finds where the plain part of a string ends.

/// How many bytes come before the first quote, backslash or control character, which end the plain
/// part of a string. Eight at a time: a byte of the word is zero where it equals what is looked
/// for, and subtracting one from a zero borrows (the lowest of the marks is always a true one).
///
/// Not inlined: its answer is one word, and what is small around it is.
#[inline(never)]
pub(super) fn until_special(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    const SLASHES: u64 = ONES * b'\\' as u64;
    const CONTROLS: u64 = ONES * (b' ' + 1) as u64;
    // Exchanges each quote for a space, and so puts it next to the controls.
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
