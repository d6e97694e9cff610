//! `SWIFT_CODE`: bank identifier codes (BIC).
//!
//! Why it matters: together with an account number it identifies a bank account.
//!
//! The rule: ISO 9362: four letters, an ISO 3166 country, two and optionally three more characters.
//! Any word of eight letters can have that shape, so the name of the field or a keyword must
//! announce it.

use super::{Detector, Find, Hit};
use crate::checksum::swift;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::SwiftCode,
    names: &[Names::new(
        "bic|swift|swift code|bic code|swift bic|bic swift|swiftbic|bank identifier code|bank identifier|\
         code bic|code swift|codigo swift|codigo bic|codice swift|codice bic|kod swift|kod bic|swift kod|\
         suifuto kodo|スイフトコード",
    )],
    keywords: "",
    finds: &[
        Find::Announced(&Find::Word(8, 8, find)),
        Find::Announced(&Find::Word(11, 11, find)),
        Find::Announced(&Find::Letters(8, find)),
        Find::Announced(&Find::Letters(11, find)),
    ],
    field: None,
    positive: &[
        r#"{"swift-code": "MOGQGB7R"}"#,
        r#"{"bic": "DEUTDEFF500"}"#,
        r#"{"note": "our BIC is DEUTDEFF, thank you"}"#,
    ],
    negative: &[
        r#"{"x": "DEUTDEFF"}"#,
        r#"{"bic": "DEUTXXFF"}"#,
        r#"{"note": "a swift decision by the personnel"}"#,
    ],
};

fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    let word = &text.as_bytes()[start..end];
    let mut capitals = [0; 11];
    let capitals = capitals.get_mut(..word.len())?;
    capitals.copy_from_slice(word);
    capitals.make_ascii_uppercase();
    if !swift::is_valid(capitals) {
        return None;
    }
    // A word in small letters counts only if it fills the field.
    let is_written_so = word == capitals || word.len() == text.len();
    is_written_so.then(|| Hit::new(start, end, 0, 90))
}
