//! The checksum at the end of the tokens of GitHub and npm.
//!
//! Source: GitHub, "Behind GitHub's new authentication token formats" (April 2021), and npm's note
//! on the same format (September 2021): a prefix that ends in `_`, 30 random characters of base 62,
//! and six more that spell the CRC-32 of those 30. Neither says which CRC it is (ISO HDLC, as in
//! zip) and in which order base 62 counts (digits, capitals, small letters), but the published
//! example below fits only this. Fine-grained tokens (`github_pat_`) have another form.

/// Returns true if `body`, the part after the prefix (`ghp_`), ends in its own checksum.
pub(crate) fn is_valid(body: &[u8]) -> bool {
    let Some((random, checksum)) = body.split_last_chunk::<6>() else {
        return false;
    };
    random.len() == 30
        && random.iter().all(u8::is_ascii_alphanumeric)
        && *checksum == base62(crc32fast::hash(random))
}

/// Returns six digits of base 62, padded with zeros, because 62⁶ is more than 2³².
fn base62(number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = number;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A revoked token that was published when the format was explained.
    const PUBLISHED: &[u8] = b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17";

    #[test]
    fn the_published_token_passes_and_any_change_is_refused() {
        assert!(is_valid(PUBLISHED));
        for place in 0..PUBLISHED.len() {
            let mut changed = PUBLISHED.to_vec();
            changed[place] = if changed[place] == b'a' { b'b' } else { b'a' };
            assert!(!is_valid(&changed));
        }
        assert!(!is_valid(&PUBLISHED[1..]));
        assert!(!is_valid(b""));
    }
}
