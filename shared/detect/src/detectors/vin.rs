//! `VIN`: vehicle identification numbers.
//!
//! Why it matters: a register names the vehicle's owner, and its maker knows where it drives.
//!
//! The rule: ISO 3779 and 49 CFR 565, seventeen characters with a check digit, see `checksum::vin`.
//! European numbers have no check digit, so their shape needs a field's name.

use super::grouping::{NAMED, stands_free};
use super::{Detector, Find, Hit};
use crate::checksum::normalise::normalise;
use crate::checksum::vin;
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Vin,
    names: &[Names::new(
        "vin|vin number|vin no|vin code|vehicle id number|vehicle identification number|\
         vehicle identification no|vehicle vin|chassis number|chassis no|frame number|\
         fahrgestellnummer|fahrgestell nr|fahrzeugidentifizierungsnummer|\
         fahrzeug identifizierungsnummer|fahrzeug ident nr|numero de chassis|numero chassis|\
         numero de serie du vehicule|bastidor|numero de bastidor|numero bastidor|\
         numero di telaio|numero telaio|telaio|chassi|numero do chassi|chassisnummer|\
         chassis nummer|numer vin|numer nadwozia|chassinummer|shatai bangou|shadai bangou|\
         車台番号|車体番号|\
         sasi no|sase numarasi|stelnummer|understellsnummer|cislo karoserie|차대번호|车架号|车辆识别代号|\
         vehicle id no|\
         numero de serie vehicule|numero serie vehicule",
    )],
    keywords: "vin",
    finds: &[Find::Word(17, 17, find)],
    field: None,
    positive: &[
        r#"{"vin": "1M8GDM9AXKP042788"}"#,
        r#"{"x": "1HGCM82633A004352"}"#,
        r#"{"Fahrgestellnummer": "WVWZZZ1JZ3W386752"}"#,
        r#"{"note": "VIN 5GZCZ43D13S812715 was sold"}"#,
    ],
    negative: &[
        r#"{"x": "WVWZZZ1JZ3W386752"}"#,
        r#"{"x": "1M8GDM9A1KP042788"}"#,
        r#"{"vin": "11111111111111111"}"#,
        r#"{"x": "1m8gdm9axkp042788"}"#,
    ],
};

fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    let word = &text.as_bytes()[start..end];
    // The last character is a digit everywhere, and the last four are nearly everywhere.
    if !word.last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let number = normalise(text.get(start..end)?)?;
    if !vin::has_shape(&number) || !stands_free(text.as_bytes(), start, end) {
        return None;
    }
    let has_check_digit = vin::is_valid(&number);
    // Numbers on vehicles are in capitals. Identifiers of programs often are not.
    let alone = if has_check_digit && !word.iter().any(u8::is_ascii_lowercase) {
        65
    } else {
        0
    };
    let named = if has_check_digit { NAMED } else { 80 };
    Some(Hit::new(start, end, alone, named))
}
