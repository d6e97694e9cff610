//! AWS access key ids, and the account number in them.
//!
//! Source: AWS Identity and Access Management User Guide, "IAM identifiers" (`AKIA` for a user's
//! long-term key, `ASIA` for a temporary one, then 16 characters). AWS does not promise that the 16
//! are RFC 4648 base32, or that ids made since about 2019 carry the account number in their first
//! 40 bits. Both are observed (and answered by `sts get-access-key-info`), so they may refute an id
//! but never prove one.

/// Account numbers have twelve digits.
const ACCOUNT_NUMBERS: u64 = 1_000_000_000_000;

/// Returns true if the characters are an access key id: 20 characters, a known prefix, base32, and
/// a possible account number if there is one.
#[cfg_attr(
    not(any(test, fuzzing)),
    expect(
        dead_code,
        reason = "the authority defines it; detection does not ask for it"
    )
)]
pub(crate) fn is_valid(characters: &[u8]) -> bool {
    let Some(body) = characters
        .strip_prefix(b"AKIA")
        .or_else(|| characters.strip_prefix(b"ASIA"))
    else {
        return false;
    };
    body.len() == 16
        && body
            .iter()
            .all(|&character| base32_value(character).is_some())
        && account_number(body).is_none_or(|account| account < ACCOUNT_NUMBERS)
}

/// Returns the account number within the 16 characters after the prefix. The first bit says if
/// there is one (ids from `Q` on). The account number is the next 40 bits.
fn account_number(body: &[u8]) -> Option<u64> {
    let bits = body.iter().take(9).try_fold(0_u64, |bits, &character| {
        Some(bits << 5 | u64::from(base32_value(character)?))
    })?;
    // Nine characters are 45 bits: the flag, forty of the account, and four of the rest.
    let has_account = bits >> 44 == 1;
    has_account.then_some((bits >> 4) & ((1 << 40) - 1))
}

fn base32_value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'2'..=b'7' => Some(character - b'2' + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_the_documentation_pass() {
        for id in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAI44QH8DHBEXAMPLE",
            "ASIAIOSFODNN7EXAMPLE",
        ] {
            // The second contains an 8, which base32 does not have: the documentation made it up.
            assert_eq!(is_valid(id.as_bytes()), !id.contains('8'), "{id}");
        }
    }

    #[test]
    fn the_account_is_read_where_it_is_written() {
        assert_eq!(account_number(b"QNZGKIQY56JQ7WML"), Some(29_608_264_753));
        assert_eq!(account_number(b"IOSFODNN7EXAMPLE"), None);
        assert!(is_valid(b"ASIAQNZGKIQY56JQ7WML"));
    }

    #[test]
    fn other_prefixes_lengths_and_letters_are_refused() {
        for id in [
            "AKIAIOSFODNN7EXAMPL",
            "AKIAIOSFODNN7EXAMPLE2",
            "AKIBIOSFODNN7EXAMPLE",
            "AKIAIOSFODNN1EXAMPLE",
            "akiaiosfodnn7example",
            // An account number of more than twelve digits.
            "AKIA7777777777777777",
        ] {
            assert!(!is_valid(id.as_bytes()), "{id}");
        }
    }
}
