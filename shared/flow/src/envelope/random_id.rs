//! Recognises random ids of events, so that nothing can be learned from their hashes.
//!
//! The store keeps a hash of a record's id, its receipt. The sender of an event may choose its id.
//! If the id is a customer number or an address, it could be found from the hash by guessing. So
//! only ids that nobody can guess are used, by their form:
//!
//! - a UUID of version 1, 4, 6 or 7 (RFC 9562). Versions 3 and 5 are hashes of a name, which may be
//!   personal data, and version 8 has no fixed content;
//! - a ULID (<https://github.com/ulid/spec>).

use crate::delivery::Arrival;

/// The fewest distinct characters in a random id of 26 or more. One random UUID in 100,000 has
/// fewer. A number padded with zeros nearly always has fewer.
const DISTINCT_MIN: u32 = 9;

/// Identifies an arrival by `whole` if `id`, the part that the sender chose, is random. Otherwise
/// the arrival keeps the id it has: its place in a file, or the request of an invocation.
pub(super) fn identify(arrival: &mut Arrival, id: &str, whole: String) {
    if is_random(id) {
        arrival.id = whole;
    } else {
        arrival.earlier_id = Some(whole);
    }
}

/// Returns true if nobody can guess an id of this form.
pub(super) fn is_random(id: &str) -> bool {
    (is_random_uuid(id.as_bytes()) || is_ulid(id.as_bytes())) && is_mixed(id.as_bytes())
}

fn is_random_uuid(id: &[u8]) -> bool {
    let is_hyphen = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    id.len() == 36
        && id.iter().enumerate().all(|(place, byte)| {
            if is_hyphen(place) {
                *byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
        && matches!(id.get(14), Some(b'1' | b'4' | b'6' | b'7'))
        && matches!(id.get(19), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'))
}

fn is_ulid(id: &[u8]) -> bool {
    let is_crockford = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            && !matches!(byte.to_ascii_uppercase(), b'I' | b'L' | b'O' | b'U')
    };
    id.len() == 26
        && id.iter().all(is_crockford)
        && matches!(id.first(), Some(b'0'..=b'7'))
        // The number of a Polish bank account has 26 digits.
        && id.iter().any(u8::is_ascii_alphabetic)
}

fn is_mixed(id: &[u8]) -> bool {
    let seen = id
        .iter()
        .filter(|byte| **byte != b'-')
        .fold(0_u128, |seen, byte| {
            seen | 1_u128.checked_shl(u32::from(*byte)).unwrap_or(0)
        });
    seen.count_ones() >= DISTINCT_MIN
}

#[cfg(test)]
mod tests {
    use super::is_random;

    #[test]
    fn random_ids_are_recognised_by_their_form() {
        for id in [
            "4cabdb1f-94d2-4bd7-9b4f-87f3e51faa25",
            "4CABDB1F-94D2-4BD7-9B4F-87F3E51FAA25",
            "01932c07-209c-7d5e-a9cb-6ffd10e0ba12",
            "cdc73f9d-aea9-11e3-9d5a-835b769c0d9c",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(is_random(id), "{id}");
        }
    }

    #[test]
    fn what_may_be_a_value_or_a_hash_of_one_is_not_random() {
        for id in [
            "",
            "+44 7700 900123",
            "jane.doe@example.org",
            "4111111111111111",
            // UUIDs of version 5 and 3, which are made from a name.
            "886313e1-3b8a-5372-9b90-0c9aee199e5d",
            "5df41881-3aed-3515-88a7-2f4a814cf09e",
            // A telephone number that was padded to a UUID.
            "00000000-0000-4000-8000-447700900123",
            "61109010140000071219812874",
            "DE89370400440532013000DE89",
            "4cabdb1f94d24bd79b4f87f3e51faa25",
        ] {
            assert!(!is_random(id), "{id}");
        }
    }
}
