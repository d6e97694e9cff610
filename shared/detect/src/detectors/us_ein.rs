//! `US_EIN`: United States employer identification numbers.
//!
//! Why it matters: for a sole proprietor it identifies a person, and it opens business credit.
//!
//! The rule: IRS, the list of prefixes, see `checksum::us_ein`. Any nine digits with one of the
//! prefixes fit, so a name or a keyword is needed.

use super::grouping::{Alone, checked_digits, range_only};
use super::{Detector, Digits, Find, Hit};
use crate::checksum::us_ein;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsEin,
    names: &[Names::new(
        "ein|ein number|employer identification number|employer id|employer id number|\
         employer tax id|fein|federal ein|federal tax id|federal tax number|\
         federal employer identification number|business tax id|company tax id",
    )],
    keywords: "ein|fein|employer identification",
    finds: &[Find::Announced(&Find::Digits(9, 9, find))],
    field: None,
    positive: &[
        r#"{"ein": "12-3456789"}"#,
        r#"{"company": {"federalTaxId": "911144442"}}"#,
        r#"{"note": "EIN: 04-2103594"}"#,
    ],
    negative: &[
        r#"{"x": "12-3456789"}"#,
        r#"{"ein": "07-1144442"}"#,
        r#"{"ein": "91-114444"}"#,
    ],
};

fn find(candidate: &Digits<'_>) -> Option<Hit> {
    let hit = checked_digits(candidate, &[&[2, 7]], us_ein::is_valid, Alone::NEVER)?;
    Some(range_only(candidate, hit))
}
