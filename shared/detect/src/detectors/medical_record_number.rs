//! `MEDICAL_RECORD_NUMBER`: numbers of medical records and patients.
//!
//! Why it matters: it opens the file with everything that a hospital knows about a person. HIPAA
//! lists it among the identifiers.
//!
//! The rule: one word with digits in a field whose name matches, or in a number field of a medical
//! record.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::MedicalRecordNumber,
    names: &[Names::new(
        "mrn|mrn number|patient mrn|medical record|medical record number|medical record no|\
         medical record id|medical record num|med rec no|medrec|patient id|patient number|\
         patient no|patient identifier|health record number|health record id|chart number|\
         hospital number|hospital id|krankenakte|krankenaktennummer|patientennummer|\
         patienten nr|patienten id|patientenakte|numero de dossier medical|\
         numero dossier medical|numero patient|numero de patient|id patient|ipp|\
         historia clinica|numero de historia clinica|numero historia clinica|nhc|\
         numero de paciente|id paciente|cartella clinica|numero cartella clinica|\
         numero paziente|codice paziente|id paziente|prontuario|numero do prontuario|\
         numero prontuario|numero do paciente|patientnummer|patient nummer|patientdossier|\
         numer pacjenta|id pacjenta|numer kartoteki|historia choroby|journalnummer|\
         patientjournal|kanja bangou|kanja id|karute bangou|患者番号|患者id|カルテ番号|診察券番号|\
         medical id|patient record number|patient record id|patient mrn number|emr id|ehr id|\
         emr number|patient file number|hasta no|cislo pacienta|patientnr|potilasnumero|환자번호|\
         00100020|차트번호|病历号|患者编号|就诊卡号",
    )
    .gives(Signals::PERSON)],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"mrn": "MRN-0048213"}"#,
        r#"{"00100020": {"vr": "LO", "Value": ["MR-88213"]}}"#,
        r#"{"patientId": 8837261}"#,
        r#"{"medical_record_number": "A12-3345"}"#,
        r#"{"患者番号": "00123456"}"#,
    ],
    negative: &[
        r#"{"mrn": "none"}"#,
        r#"{"medical_record_count": "12"}"#,
        r#"{"mrn": "2026-01-01T00:00:00Z"}"#,
    ],
};

/// Accepts one word with a digit in it, like the number of a record.
fn fits(value: &Value<'_>) -> Option<Hit> {
    let is_number_of_record = (3..=36).contains(&value.text.len())
        && value.shape.digits >= 2
        && value
            .text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.' | b' '));
    if !is_number_of_record || value.is_placeholder() || value.is_masked() || value.is_dated() {
        return None;
    }
    value.whole(88)
}
