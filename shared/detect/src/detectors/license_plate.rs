//! `LICENSE_PLATE`: number plates of vehicles.
//!
//! Why it matters: a public register names its keeper, and cameras read it everywhere.
//!
//! The rule: up to ten letters and digits, both kinds or at least four digits, in a field whose
//! name matches. Some names (`plate`, `matricula`) need the look of a plate: letters and digits
//! both.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

const NAMED: u8 = 0;
/// The name has other meanings too.
const LOOSE: u8 = 1;
/// The name is also used for the number of a worker or student.
const MATRICULA: u8 = 2;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::LicensePlate,
    names: &[
        Names::new(
            "vehicle reg|vehicle reg no|license plate|lic plate|lic plate number|licence plate|license plate number|licence plate number|number plate|\
         plate number|plate no|registration plate|vehicle registration|\
         vehicle registration number|vehicle plate|car plate|car registration|\
         tag number plate|kennzeichen|nummernschild|kfz kennzeichen|kfzkennzeichen|\
         amtliches kennzeichen|fahrzeugkennzeichen|autokennzeichen|plaque immatriculation|\
         plaque d immatriculation|numero immatriculation|numero d immatriculation|\
         immatriculation|placa del vehiculo|numero de placa|placa vehicular|\
         matricula del vehiculo|matricula vehiculo|targa veicolo|numero di targa|\
         numero targa|placa do veiculo|placa do carro|kenteken|kentekennummer|kentekenplaat|\
         numer rejestracyjny|nr rejestracyjny|tablica rejestracyjna|registreringsnummer|\
         regnummer|registreringsskylt|nanbaa pureeto|nanba pureto|sharyou bangou|ナンバープレート|\
         車両番号|自動車登録番号|\
         license plate no|licence plate no|lp number|car registration number|car reg|\
         vehicle number plate|vehicle plate number|vehicle license plate|\
         vehicle registration no|registration mark|vrm|vrn|regnr|reg nr|plaka|plaka no|\
         arac plaka|nummerplade|skiltnummer|kjennemerke|rekisterinumero|rekisteritunnus|spz|\
         registracni znacka|차량번호|번호판|车牌|车牌号|车牌号码|plaque|placa vehiculo|numero matricula",
        ),
        Names::new("plate|plates|placa|targa|reg no|reg number").tag(LOOSE),
        Names::new("matricula").tag(MATRICULA),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"license_plate": "7ABC123"}"#,
        r#"{"Kennzeichen": "M-AB 1234"}"#,
        r#"{"kenteken": "12-ABC-3"}"#,
        r#"{"plate": "AB12 CDE"}"#,
        r#"{"ナンバープレート": "品川 300 あ 12-34"}"#,
        r#"{"matricula": "1234 BCD"}"#,
    ],
    negative: &[
        r#"{"plate": "steel"}"#,
        r#"{"matricula": "20260123"}"#,
        r#"{"license_plate": "unknown"}"#,
        r#"{"license_plate_state": "CA"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let mut letters = 0;
    let mut digits = 0;
    for character in value.text.chars() {
        match character {
            c if c.is_numeric() => digits += 1,
            c if c.is_alphabetic() => letters += 1,
            ' ' | '-' | '.' | '·' | '•' | '・' => {}
            _ => return None,
        }
    }
    let is_of_worker =
        value.tag == MATRICULA && value.roles.has(Roles::WORK.or(Roles::PERSON_ITSELF));
    let is_plate = !is_of_worker
        && (2..=11).contains(&(letters + digits))
        && digits > 0
        && letters <= 8
        && (letters > 0 || (digits >= 4 && value.tag == NAMED));
    if !is_plate || value.is_placeholder() || value.is_masked() || value.is_dated() {
        return None;
    }
    value.whole(88)
}
