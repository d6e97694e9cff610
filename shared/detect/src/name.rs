//! Masks names that must not carry a value: object keys in paths, event sources, queue names.
//!
//! Personal data becomes `{CLASS}`. Ids, dates and hashes become `*`, so that `orders-2026-11-21`
//! and `orders-2026-11-22` are the same name.

use crate::class::DataClass;

/// Returns the first `shown` bytes of `name` with the byte ranges in `personal` (in order, without
/// overlaps) replaced by their class, and ids replaced by `*`. A range that starts in the shown
/// part is replaced as a whole. Returns `None` if nothing is replaced.
pub(crate) fn mask(
    name: &str,
    shown: usize,
    personal: impl Iterator<Item = (usize, usize, DataClass)>,
) -> Option<String> {
    let mut masked = String::with_capacity(name.len());
    let mut at = 0;
    for (start, end, class) in personal {
        fold_ids(name.get(at..start).unwrap_or_default(), &mut masked);
        masked.push('{');
        masked.push_str(class.name());
        masked.push('}');
        at = end;
    }
    fold_ids(name.get(at..shown).unwrap_or_default(), &mut masked);
    (masked != name[..shown]).then_some(masked)
}

/// Writes `text` with each id as `*`. An id is a part between separators. A UUID or a date, which
/// joins several parts, is recognised as a whole.
fn fold_ids(text: &str, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(length) = compound_id(rest) {
            push_star(out);
            rest = &rest[length..];
            continue;
        }
        let part = rest.find(is_separator).unwrap_or(rest.len());
        let (word, after) = rest.split_at(part);
        if is_id(word) {
            push_star(out);
        } else {
            out.push_str(word);
        }
        let separator = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..separator]);
        rest = &after[separator..];
    }
}

fn push_star(out: &mut String) {
    if !out.ends_with('*') {
        out.push('*');
    }
}

fn is_separator(character: char) -> bool {
    !character.is_alphanumeric()
}

/// Returns the length of the UUID or date at the start of `text`, if no letter or digit follows.
fn compound_id(text: &str) -> Option<usize> {
    const PATTERNS: [&str; 6] = [
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "dddd-dd-ddTdd:dd",
        "dddd-dd-dd",
        "dddd/dd/dd",
        "dd-dd-dddd",
        "dddd-dd",
    ];
    let bytes = text.as_bytes();
    let length = PATTERNS.into_iter().find_map(|pattern| {
        let candidate = bytes.get(..pattern.len())?;
        let fits = candidate
            .iter()
            .zip(pattern.bytes())
            .all(|(byte, expected)| match expected {
                b'x' => byte.is_ascii_hexdigit(),
                b'd' => byte.is_ascii_digit(),
                separator => *byte == separator,
            });
        let ends = !bytes
            .get(pattern.len())
            .is_some_and(u8::is_ascii_alphanumeric);
        (fits && (ends || pattern.contains('T'))).then_some(pattern.len())
    })?;
    // The rest of a time: seconds, fraction, zone.
    let is_time = bytes[..length].contains(&b'T');
    let tail = if is_time {
        bytes[length..]
            .iter()
            .take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-'))
            .count()
    } else {
        0
    };
    Some(length + tail)
}

/// Returns true if a word without separators is an id: exactly four digits, a hash, or letters and
/// digits that are too mixed for a name.
fn is_id(word: &str) -> bool {
    let length = word.chars().count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits == length {
        return length >= 4;
    }
    if !word.is_ascii() || digits == 0 {
        return false;
    }
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && length >= 8 && digits >= 2 {
        return true;
    }
    // `OrderPlacedV2`, `sha256`, `base64` and `ipv4` are names: each has only one run of digits.
    length >= 10 && digits >= 3 && digit_runs(word) >= 2 || length >= 8 && digits * 2 >= length
}

fn digit_runs(word: &str) -> usize {
    let bytes = word.as_bytes();
    (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(name: &str) -> String {
        mask(name, name.len(), std::iter::empty()).unwrap_or_else(|| name.to_owned())
    }

    #[test]
    fn ordinary_names_stay() {
        for name in [
            "com.shop.orders",
            "order-events-2",
            "OrderPlaced v1",
            "aws.s3",
            "sha256",
            "x-amzn-trace-id",
            "SQSMessageReceivedFromOrderService",
            "address_line_1",
            "S3ObjectCreated:Put",
            "",
            "customer.account.v2.updated",
            "line1",
            "ipv4",
            "EC2 Instance State-change Notification",
            "注文",
            "us-east-1",
            "utf8mb4",
        ] {
            assert_eq!(masked(name), name);
        }
    }

    #[test]
    fn ids_dates_and_hashes_fold() {
        for (name, expected) in [
            ("2026-11-21", "*"),
            ("orders-2026-11-21", "orders-*"),
            ("2026-11-21T20:51:45.123Z", "*"),
            ("123e4567-e89b-12d3-a456-426614174000", "*"),
            (
                "order-123e4567-e89b-12d3-a456-426614174000-done",
                "order-*-done",
            ),
            ("1732222305", "*"),
            ("d41d8cd98f00b204e9800998ecf8427e", "*"),
            ("cus_1Pgc6oB7WZ01zgkW", "cus_*"),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "*"),
            (
                "arn:aws:sqs:eu-west-1:123456789012:queue",
                "arn:aws:sqs:eu-west-1:*:queue",
            ),
        ] {
            assert_eq!(masked(name), expected);
        }
    }

    #[test]
    fn personal_data_shows_as_its_class() {
        let name = "inbox-jane@x.com-1";
        let ranges = std::iter::once((6, 16, DataClass::EmailAddress));
        assert_eq!(
            mask(name, name.len(), ranges).unwrap(),
            "inbox-{EMAIL_ADDRESS}-1"
        );
    }
}
