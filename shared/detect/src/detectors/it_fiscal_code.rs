//! `IT_FISCAL_CODE`: Italian fiscal codes of persons (codice fiscale).
//!
//! Why it matters: it contains a person's initials, birth date, sex and place of birth.
//!
//! The rule: the check letter modulo 26, a real date, omocodia, see `checksum::it_fiscal_code`.

use super::grouping::{Alone, checked_code};
use super::{Detector, Find, Hit};
use crate::checksum::it_fiscal_code;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::ItFiscalCode,
    names: &[Names::new(
        "codice fiscale|codicefiscale|cod fiscale|cod fisc|fiscal code|italian fiscal code|\
         cf italiano|italian tax code",
    )],
    keywords: "codice fiscale",
    finds: &[Find::Word(16, 16, find)],
    field: None,
    positive: &[
        r#"{"codiceFiscale": "RSSMRA85T10A562S"}"#,
        r#"{"x": "rccmnl83s18d969h"}"#,
        r#"{"x": "RSSMRA85T10A56NH"}"#,
    ],
    negative: &[
        r#"{"x": "RSSMRA85T10A562T"}"#,
        r#"{"x": "RSSMRA85T32A562S"}"#,
        r#"{"x": "x-RSSMRA85T10A562S"}"#,
    ],
};

/// The place of the year. Both digits are letters only if many persons share the code.
const YEAR: usize = 6;

fn find(text: &str, start: usize, _: usize) -> Option<Hit> {
    let names = text.as_bytes().get(start..start + YEAR)?;
    if !names.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let alone = Alone {
        bare: 90,
        grouped: 0,
    };
    checked_code(text, start, 16, YEAR, it_fiscal_code::is_valid, alone)
        .or_else(|| checked_code(text, start, 16, YEAR + 1, it_fiscal_code::is_valid, alone))
}
