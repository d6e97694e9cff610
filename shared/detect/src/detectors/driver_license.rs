//! `DRIVER_LICENSE`: driver's licence numbers.
//!
//! Why it matters: in many countries it is the identity card.
//!
//! The rule: the shapes of states and countries, see `checksum::driver_license`, in a field whose
//! name matches. A plain license number may be a doctor's or a program's, and needs a driver around
//! it.

use super::grouping::stands_free;
use super::{Detector, Find, Hit, Value};
use crate::checksum::driver_license;
use crate::checksum::normalise::normalise;
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

/// A number in a licence. It is a driver's if a person is around it.
const INSIDE: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DriverLicense,
    names: &[
        Names::new("driver license|driver license number|drivers license|drivers license number|\
         driver s license|driver s license number|driver licence|drivers licence|\
         driver licence number|driving license|driving licence|driving licence number|\
         driving license number|license driver|dl number|dl no|driver lic|driver lic no|\
         dlnumber|operator license|us driver license|fuhrerschein|fuehrerschein|\
         fuhrerscheinnummer|fuehrerscheinnummer|fuhrerschein nr|permis de conduire|\
         numero de permis|numero permis|numero permis de conduire|licencia de conducir|\
         licencia conducir|numero de licencia de conducir|permiso de conducir|\
         carnet de conducir|licencia de manejo|patente di guida|numero patente|patente guida|\
         carta de conducao|carteira de motorista|carteira de habilitacao|cnh|numero cnh|\
         rijbewijs|rijbewijsnummer|prawo jazdy|numer prawa jazdy|nr prawa jazdy|korkort|\
         korkortsnummer|unten menkyo|unten menkyo bangou|menkyo bangou|運転免許|運転免許証|運転免許証番号|\
         免許証番号|\
         drivers licence number|drivers licence no|drivers license no|driver license no|\
         driving licence no|driving license no|driver licence no|driver license id|\
         drivers license id|dvla number|dvla driver number|patente|surucu belgesi|\
         ehliyet no|ehliyet|korekort|korekortnummer|kjorekort|forerkort|forerkortnummer|\
         ridicsky prukaz|cislo ridicskeho prukazu|ajokortti|운전면허|운전면허번호|운전면허증번호|驾照号|驾驶证号|驾照").gives(Signals::PERSON),
        Names::new("license number|licence number|license no|licence no|license num|license id|\
             dl|dln").within(Roles::PERSON),
        Names::new("number|no|nr|num|id|document number|document no|nummer|numero|numer|bangou|番号").tag(INSIDE).within(Roles::LICENSE).gives(Signals::PERSON),
    ],
    keywords: "",
    finds: &[Find::Announced(&Find::Word(6, 16, find))],
    field: Some(fits),
    positive: &[
        r#"{"note": "driver's license A1234567 issued in CA"}"#,
        r#"{"driver_license": "A1234567"}"#,
        r#"{"driverLicense": {"number": "A1234567"}}"#,
        r#"{"driver": {"license_number": "S123-456-78-901-0"}}"#,
        r#"{"Führerschein": "B072RRE2I55"}"#,
        r#"{"dlNumber": 99887766}"#,
        r#"{"driving_licence": "MORGA657054SM9IJ"}"#,
        r#"{"運転免許証番号": "123456789012"}"#,
    ],
    negative: &[
        r#"{"license_number": "A1234567"}"#,
        r#"{"driver_license": "valid"}"#,
        r#"{"driver_license_state": "CA"}"#,
        r#"{"x": "A1234567"}"#,
        r#"{"software": {"license": {"number": "A1234567"}}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.tag == INSIDE && !value.roles.has(Roles::PERSON) {
        return None;
    }
    let characters = normalise(value.text)?;
    driver_license::is_valid(&characters).then_some(())?;
    value.whole(87)
}

/// Finds letters before digits, or a British number, in prose. Digits alone could be anything.
fn find(text: &str, start: usize, end: usize) -> Option<Hit> {
    const PROSE: u8 = 75;
    let word = &text.as_bytes()[start..end];
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A whole leaf is not prose. `fits` judges it by its name.
    let is_prose = word.len() < text.len() && stands_free(text.as_bytes(), start, end);
    if !word[0].is_ascii_uppercase() || digits < 5 || !is_prose {
        return None;
    }
    driver_license::is_valid(word).then(|| Hit::new(start, end, 0, PROSE))
}
