//! `US_DEA`: United States DEA registration numbers of prescribers.
//!
//! Why it matters: it is enough to forge a prescription for controlled drugs.
//!
//! The rule: DEA, two letters and seven digits with a check digit, see `checksum::us_dea`. A name
//! or a keyword is needed.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::us_dea;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsDea,
    names: &[Names::new(
        "dea|dea number|dea registration|dea registration number|dea no|dea license|\
         prescriber dea|dea id",
    )],
    keywords: "dea",
    finds: &[Find::Announced(&Find::Word(9, 9, find))],
    field: None,
    positive: &[
        r#"{"dea": "AP5836727"}"#,
        r#"{"deaNumber": "F91234563"}"#,
        r#"{"note": "DEA no. BB1388568"}"#,
    ],
    negative: &[r#"{"x": "AP5836727"}"#, r#"{"dea": "AP5836728"}"#],
};

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    checked_code(text, start, 9, 2, us_dea::is_valid, Alone::NEVER)
}
