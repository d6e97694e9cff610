//! `CA_SIN`: Canadian social insurance numbers.
//!
//! Why it matters: it opens credit, work and benefits in a person's name.
//!
//! The rule: ESDC, Luhn, first digit not 0 or 8, see `checksum::ca_sin`. One random number in ten
//! passes, and telephone numbers of other countries are grouped in threes too. Without a name it
//! counts only as a whole leaf in threes, with a low confidence, and not under the name of an id or
//! among ids. In prose and unbroken it needs a name.

use super::grouping::{Alone, checked_digits};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::ca_sin;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CaSin,
    names: &[Names::new(
        "sin|sin number|social insurance number|social insurance no|social insurance|\
         numero assurance sociale|numero d assurance sociale|assurance sociale|canadian sin|\
         nas|numero nas",
    )],
    keywords: "sin|nas",
    finds: &[Find::Bare(0, &Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"sin": "130692544"}"#,
        r#"{"x": "130-692-544"}"#,
        r#"{"note": "SIN 130 692 544"}"#,
    ],
    negative: &[
        r#"{"note": "parcel 130 692 544 left the depot"}"#,
        r#"{"tracking": "130-692-544"}"#,
        r#"{"shipment": {"number": "130 692 544"}}"#,
        r#"{"batch": "7", "group": "130-692-544"}"#,
        r#"{"x": "130.692.544"}"#,
        r#"{"x": "130692544"}"#,
        r#"{"sin": "046 454 286"}"#,
        r#"{"x": "130-692-545"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    checked_digits(
        candidate,
        &[&[3, 3, 3]],
        ca_sin::is_valid,
        Alone {
            bare: 0,
            grouped: 55,
        }
        .if_whole(candidate),
    )
}
