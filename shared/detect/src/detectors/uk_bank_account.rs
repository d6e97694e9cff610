//! `UK_BANK_ACCOUNT`: United Kingdom sort codes, and the account numbers beside them.
//!
//! Why it matters: together they are enough for a direct debit.
//!
//! The rule: Pay.UK, six digits in pairs for the sort code, see `checksum::uk_sort_code`, in a
//! field whose name matches, or near a matching word. `US_BANK_NUMBER` finds an account number
//! beside a sort code, and it changes to this class when its object ends.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::uk_sort_code;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UkBankAccount,
    names: &[Names::new(
        "sort code|sortcode|uk sort code|bank sort code|sort code number|account sort code",
    )],
    keywords: "sort code",
    finds: &[
        Find::Announced(&Find::Digits(6, 6, find)),
        Find::Announced(&Find::Digits(8, 8, find_account)),
    ],
    field: None,
    positive: &[
        r#"{"sort_code": "20-00-00"}"#,
        r#"{"sortCode": "089999", "accountNumber": "66374958"}"#,
        r#"{"note": "sort code 10-79-99, account 88837491"}"#,
    ],
    negative: &[
        r#"{"x": "20-00-00"}"#,
        r#"{"x": "account 88837491"}"#,
        r#"{"sort_code": "00-00-00"}"#,
        r#"{"sort_code": "20-00-0"}"#,
        r#"{"sort_order": "20-00-00"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[2, 2, 2]],
        uk_sort_code::is_valid,
        Alone::NEVER,
    )
}

/// Finds the account number within a few words of its sort code.
fn find_account(candidate: &Digits<'_>) -> Option<Hit> {
    let hit = checked_digits(
        candidate,
        &[],
        uk_sort_code::is_account_number,
        Alone::NEVER,
    )?;
    // In a field for a sort code, eight digits are not an account number.
    let is_whole = candidate.end - candidate.start == candidate.text.len();
    (!is_whole).then_some(Hit {
        confidence_named: 80,
        ..hit
    })
}
