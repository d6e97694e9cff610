//! `FI_PERSONAL_IDENTITY_CODE`: Finnish personal identity codes (henkilötunnus).
//!
//! Why it matters: it contains the birth date and the sex, and opens credit by telephone.
//!
//! The rule: DVV, a real date with a sign for the century, and the character modulo 31, see
//! `checksum::fi_personal_identity_code`.

use super::grouping::{NAMED, after, stands_free};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::fi_personal_identity_code;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::FiPersonalIdentityCode,
    names: &[Names::new(
        "hetu|henkilotunnus|henkilotunnus hetu|sotu|finnish id|\
         finnish personal identity code|personbeteckning|\
         finnish personal id|finnish ssn",
    )],
    keywords: "hetu|henkilötunnus",
    finds: &[Find::Word(11, 11, find), Find::Digits(6, 6, find_signed)],
    field: None,
    positive: &[
        r#"{"hetu": "131052-308T"}"#,
        r#"{"x": "010594Y9021"}"#,
        r#"{"x": "asiakas 131052-308t"}"#,
    ],
    negative: &[
        r#"{"x": "131052-308U"}"#,
        r#"{"x": "310252-308Y"}"#,
        r#"{"x": "id-131052-308T"}"#,
        r#"{"x": "131052-308T1"}"#,
    ],
};

/// Finds `010594Y9021`: one word, because the sign is a letter.
fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked(text, start)
}

/// Finds `131052-308T`: digits, a sign, and a word.
fn find_signed(candidate: &Digits<'_>) -> Option<Hit> {
    let is_signed = matches!(after(candidate), [b'-' | b'+', ..]);
    (is_signed && candidate.groups.len() == 1).then_some(())?;
    checked(candidate.text, candidate.start)
}

/// The sign has a meaning, so the eleven bytes are checked as they are, in capitals.
fn checked(text: &str, start: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let end = start + 11;
    let mut characters = <[u8; 11]>::try_from(bytes.get(start..end)?).ok()?;
    characters.make_ascii_uppercase();
    let is_proved =
        stands_free(bytes, start, end) && fi_personal_identity_code::is_valid(&characters);
    is_proved.then(|| Hit::new(start, end, 85, NAMED))
}
