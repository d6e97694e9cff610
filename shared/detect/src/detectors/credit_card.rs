//! `CREDIT_CARD`: payment card numbers.
//!
//! Why it matters: a full number in an event brings every system that sees it into the scope of PCI
//! DSS.
//!
//! The rule: ISO/IEC 7812-1 (issuer prefix, length, Luhn). The prefixes and lengths are those that
//! the networks publish. Numbers that the networks and processors publish for tests are marked.

use super::{Detector, Digits, Find, Hit};
use crate::checksum::luhn;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};
use crate::finding::Marks;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CreditCard,
    names: &[
        Names::new(
            "credit card|credit card number|creditcard|card number|card no|card num|card|cc|cc number|cc num|ccn|\
             ccnumber|debit card|debit card number|payment card|payment card number|primary account number|\
             kreditkarte|kreditkartennummer|kartennummer|karten nummer|numero de carte|numero carte|\
             carte bancaire|carte de credit|carte bleue|tarjeta de credito|numero de tarjeta|numero tarjeta|tarjeta|\
             carta di credito|numero carta|numero di carta|cartao de credito|numero do cartao|numero cartao|cartao|\
             kaartnummer|creditcardnummer|numer karty|karta kredytowa|nr karty|kortnummer|kreditkort|\
             kado bangou|kurejitto kado|カード番号|クレジットカード|クレジットカード番号|\
             kart numarasi|kart no|kredi karti|kredi karti no|cislo karty|cislo kreditni karty|\
             platebni karta|kredittkort|kortnr|korttinumero|luottokortti|카드번호|신용카드|신용카드번호|卡号|信用卡|\
             信用卡号|银行卡号|card pan|full card number",
        )
        .gives(Signals::CARD),
        Names::new("number|num|no|nummer|numero|numer|pan|bangou|番号").within(Roles::CARD),
    ],
    keywords: "visa|mastercard|amex|american express|maestro",
    finds: &[Find::Digits(12, 19, find)],
    field: None,
    positive: &[
        r#"{"card": "4485527627509597"}"#,
        r#"{"note": "charge 5307-9622-3361-3678 please"}"#,
        r#"{"x": 4485527627509597}"#,
        r#"{"x": "3714 496353 98431"}"#,
        r#"{"debit card": "4102584495269881377"}"#,
        r#"{"card": {"number": "180090175403651"}}"#,
        r#"{"note": "the order was paid with the card 4485527627509597"}"#,
        r#"{"order_id": "77", "x": "4485527627509597", "cvv": "123"}"#,
        r#"{"order_id": "77", "x": "4485 5276 2750 9597"}"#,
        r#"{"transaction": {"card": "4485527627509597"}}"#,
    ],
    negative: &[
        r#"{"tracking": "4485527627509597"}"#,
        r#"{"sha1": "c3499c2729730a7f", "n16": "4485527627509597"}"#,
        r#"{"tracking": "4485 5276 2750 9597"}"#,
        r#"{"invoice_token": 4485527627509597}"#,
        r#"{"parcel": {"number": "4485527627509597"}}"#,
        r#"{"note": "your order no. 4485527627509597 is on its way"}"#,
        r#"{"card": "4485527627509598"}"#,
        r#"{"x": "a4485527627509597"}"#,
        r#"{"orderId": "4485527627509597"}"#,
        r#"{"x": "1234-4485527627509597"}"#,
        r#"{"x": "0000000000000000"}"#,
        r#"{"ts": 1732222305123}"#,
        r#"{"arn": "arn:aws:iam::448552762750:role/x"}"#,
    ],
};

/// The strength of the prefix as evidence.
#[derive(PartialEq, Eq)]
enum Issuer {
    /// A network's current prefix at its usual length.
    Usual,
    /// A real but rare length, or a wide prefix: a name or a keyword must announce a card.
    Rare,
}

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    if candidate.is_glued || candidate.is_uniform() || !is_grouped_like_a_card(candidate) {
        return None;
    }
    let issuer = issuer(candidate.digits)?;
    if !luhn::is_valid(candidate.digits) {
        return None;
    }
    // If punctuation ties it to something longer, it is a card only if its issuer is unmistakable.
    let (alone, named) = match (issuer, candidate.is_free()) {
        (Issuer::Usual, true) => (78, 98),
        (Issuer::Usual, false) => (30, 70),
        (Issuer::Rare, true) => (30, 98),
        (Issuer::Rare, false) => (0, 0),
    };
    let marks = if is_published_for_tests(candidate.digits) {
        Marks::TEST_DATA
    } else {
        Marks::NONE
    };
    Some(candidate.hit(alone, named).marked(marks))
}

/// Returns true for an unbroken number, or for groups of four, 4-6-5 or 4-6-4 with one kind of
/// separator.
fn is_grouped_like_a_card(candidate: &Digits<'_>) -> bool {
    let Some(separator) = candidate.separators.first() else {
        return true;
    };
    let groups = candidate.groups;
    let (last, full) = groups.split_last().unwrap_or((&0, &[]));
    let in_fours = full.iter().all(|&length| length == 4) && (1..=4).contains(last);
    matches!(separator, b' ' | b'-' | b'.')
        && candidate.is_separated_by(*separator)
        && (in_fours || matches!(groups, [4, 6, 4..=6] | [4, 4, 4, 7]))
}

fn issuer(digits: &[u8]) -> Option<Issuer> {
    use Issuer::{Rare, Usual};
    let prefix = |length: usize| {
        digits[..length]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let (two, three, four, six) = (prefix(2), prefix(3), prefix(4), prefix(6));
    Some(match (digits.len(), digits[0]) {
        // Visa
        (16, b'4') => Usual,
        (13 | 19, b'4') => Rare,
        // Mastercard
        (16, _) if (51..=55).contains(&two) || (2221..=2720).contains(&four) => Usual,
        // American Express
        (15, _) if matches!(two, 34 | 37) => Usual,
        // Discover, UnionPay, RuPay
        (16, _) if four == 6011 || (644..=649).contains(&three) || two == 65 => Usual,
        (16..=19, _) if two == 62 || matches!(six, 810_000..=817_199) => {
            if digits.len() == 16 {
                Usual
            } else {
                Rare
            }
        }
        (16, _) if matches!(two, 60 | 81 | 82) || three == 508 => Rare,
        // Diners Club, JCB
        (14..=19, _)
            if (300..=305).contains(&three) || matches!(two, 36 | 38 | 39) || four == 3095 =>
        {
            if digits.len() == 14 {
                Usual
            } else {
                Rare
            }
        }
        (16, _) if (3528..=3589).contains(&four) => Usual,
        (16..=19, _) if two == 35 => Rare,
        (15, _) if matches!(four, 1800 | 2131) => Rare,
        // Maestro, Mir, Elo, Hipercard, Troy
        (12..=19, _) if two == 50 || (56..=69).contains(&two) => Rare,
        (16, _) if (2200..=2204).contains(&four) || four == 9792 => Usual,
        _ => return None,
    })
}

fn is_published_for_tests(digits: &[u8]) -> bool {
    const PUBLISHED: [&[u8]; 16] = [
        b"4111111111111111",
        b"4242424242424242",
        b"4000056655665556",
        b"4012888888881881",
        b"4000000000000002",
        b"4000000000009995",
        b"5555555555554444",
        b"5105105105105100",
        b"5200828282828210",
        b"2223003122003222",
        b"378282246310005",
        b"371449635398431",
        b"6011111111111117",
        b"6011000990139424",
        b"30569309025904",
        b"3530111333300000",
    ];
    PUBLISHED.contains(&digits)
}
