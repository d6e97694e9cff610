//! `PASSPORT`: passport numbers of other countries than the United States, and machine readable
//! zones.
//!
//! Why it matters: it opens borders and bank accounts in a person's name. The machine readable zone
//! contains the data of the whole page.
//!
//! The rule: the shapes of many issuers, see `checksum::passport`, in a field whose name matches.
//! Lines of a machine readable zone are found anywhere, by the check digits of ICAO Doc 9303, see
//! `checksum::icao9303`.

use super::grouping::stands_free;
use super::{Detector, Find, Hit, Value};
use crate::checksum::normalise::normalise;
use crate::checksum::{icao9303, passport, us_passport};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A name that passports of the United States have too.
const ENGLISH: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Passport,
    names: &[
        Names::new("passport|passport number|passport no|passport num|passport id|passport nr|\
         passport document number|travel document number|travel document").tag(ENGLISH).gives(Signals::PERSON),
        Names::new("reisepass|reisepassnummer|reisepass nr|pass nummer|passnummer|passeport|\
         numero de passeport|numero passeport|no passeport|pasaporte|numero de pasaporte|\
         numero pasaporte|passaporto|numero di passaporto|numero passaporto|passaporte|\
         numero do passaporte|paspoort|paspoortnummer|paspoort nummer|paszport|\
         numer paszportu|nr paszportu|passnr|pasnummer|ryoken|ryoken bangou|pasupooto bangou|\
         旅券|旅券番号|パスポート|パスポート番号|foreign passport|uk passport|canadian passport|mrz|\
         machine readable zone|\
         pasaport no|pasaport numarasi|pasaport|cislo pasu|passinumero|여권번호|여권|\
         护照号|护照号码|护照|pass nr|pas nummer").gives(Signals::PERSON),
        Names::new("number|no|nr|num|id|document number|document no|nummer|numero|numer|bangou|番号").tag(ENGLISH).within(Roles::PASSPORT).gives(Signals::PERSON),
    ],
    keywords: "",
    finds: &[Find::Byte(b"<", find_zone), Find::Announced(&Find::Word(8, 9, find))],
    field: Some(fits),
    positive: &[
        r#"{"note": "Reisepass C01X00T47, gültig"}"#,
        r#"{"passport_number": "YA1234567"}"#,
        r#"{"traveler": {"passport": {"number": "YA1234567"}}}"#,
        r#"{"Reisepass": "C01X00T47"}"#,
        r#"{"numero_passeport": "12AB34567"}"#,
        r#"{"x": "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}"#,
        r#"{"ocr": "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"}"#,
        r#"{"x": "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6"}"#,
    ],
    negative: &[
        r#"{"x": "YA1234567"}"#,
        r#"{"passport_number": "A12345678"}"#,
        r#"{"passport": "required"}"#,
        r#"{"x": "L898902C36UTO7408122F1204159ZE184226B<<<<<11"}"#,
        r#"{"x": "a << b << c"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let characters = normalise(value.text)?;
    let is_american = value.tag == ENGLISH && us_passport::is_valid(&characters);
    (!is_american && passport::is_valid(&characters)).then_some(())?;
    value.whole(85)
}

/// Finds the line of a machine readable zone whose first filler is at `at`.
fn find_zone(text: &str, at: usize) -> Option<Hit> {
    const LONGEST: usize = 44;
    let bytes = text.as_bytes();
    let is_of_zone = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let before = bytes[..at]
        .iter()
        .rev()
        .take(LONGEST + 1)
        .take_while(is_of_zone)
        .count();
    let start = at - before;
    if start > 0 && bytes[start - 1] == b'<' {
        return None;
    }
    let after = bytes[at..]
        .iter()
        .take(LONGEST + 1)
        .take_while(|byte| is_of_zone(byte) || **byte == b'<')
        .count();
    let line = &bytes[start..at + after];
    if icao9303::is_valid(line) {
        return Some(Hit::new(start, at + after, 92, 95));
    }
    icao9303::is_name_line(line).then(|| Hit::new(start, at + after, 80, 90))
}

/// Finds capitals and digits in one word, in prose.
fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    const PROSE: u8 = 75;
    let word = &text.as_bytes()[start..end];
    let has_shape = word.iter().any(u8::is_ascii_digit)
        && !us_passport::is_valid(word)
        && passport::is_valid(word)
        && stands_free(text.as_bytes(), start, end);
    has_shape.then(|| Hit::new(start, end, 0, PROSE))
}
