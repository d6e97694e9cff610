//! `SE_PERSONNUMMER`: Swedish personal identity numbers and coordination numbers.
//!
//! Why it matters: it contains the birth date and the sex, and joins all registers, public and
//! private.
//!
//! The rule: Skatteverket, Luhn and a real date, see `checksum::se_personnummer`. With its sign it
//! needs no name. Bare digits may be a time (ten digits since 1970, twelve of a calendar) and need
//! a name.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::se_personnummer;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::SePersonnummer,
    names: &[Names::new(
        "personnummer|personnr|person nummer|pnr|samordningsnummer|\
         swedish personal identity number|swedish id|personal identity number|\
         svenskt personnummer|\
         swedish personal number|personal number",
    )],
    keywords: "personnummer|samordningsnummer",
    finds: &[
        Find::Bare(0, &Find::Digits(10, 10, find)),
        Find::Bare(0, &Find::Digits(12, 12, find)),
    ],
    field: None,
    positive: &[
        r#"{"personnummer": "8112289874"}"#,
        r#"{"x": "811228-9874"}"#,
        r#"{"x": "19811228-9874"}"#,
        r#"{"personnummer": "701063-2391"}"#,
    ],
    negative: &[
        r#"{"x": "8112289874"}"#,
        r#"{"x": "811228-9873"}"#,
        r#"{"x": "811328-9874"}"#,
        r#"{"x": 198112289874}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let ways: &[&[u8]] = &[&[6, 4], &[8, 4]];
    let alone = Alone {
        bare: 0,
        grouped: 75,
    };
    checked_digits(candidate, ways, se_personnummer::is_valid, alone)
}
