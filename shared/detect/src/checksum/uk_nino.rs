//! UK national insurance numbers.
//!
//! Source: HM Revenue & Customs, National Insurance Manual NIM39110: two letters, six digits, a
//! suffix A to D. D, F, I, Q, U and V are not used in either letter, O not as the second; the pairs
//! BG, GB, KN, NK, NT, TN and ZZ are not allocated. There is no check digit.

const NOT_ALLOCATED: [[u8; 2]; 7] = [*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"];

/// Returns true if the characters are a number that can have been allocated.
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let [first, second, number @ .., suffix] = characters else {
        return false;
    };
    number.len() == 6
        && number.iter().all(u8::is_ascii_digit)
        && is_used(*first)
        && is_used(*second)
        && *second != b'O'
        && !NOT_ALLOCATED.contains(&[*first, *second])
        && (b'A'..=b'D').contains(suffix)
}

fn is_used(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !b"DFIQUV".contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn allocated_prefixes_pass() {
        for number in ["AB123456C", "JG103759A", "OA123456A", "SR242596D"] {
            assert!(is_valid(number.as_bytes()), "{number}");
        }
    }

    #[test]
    fn what_the_manual_excludes_is_refused() {
        for number in [
            // The number in HMRC's examples, which is never allocated.
            "QQ123456C",
            "AO123456A",
            "BG123456A",
            "TN123456A",
            "AF123456A",
            "AB123456E",
            "AB12345C",
            "AB1234567",
            "ab123456c",
        ] {
            assert!(!is_valid(number.as_bytes()), "{number}");
        }
    }
}
