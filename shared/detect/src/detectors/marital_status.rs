//! `MARITAL_STATUS`: marital status.
//!
//! Why it matters: discrimination law protects it, and it says something about other people too.
//!
//! The rule: one or two words in a field whose name matches.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::MaritalStatus,
    names: &[Names::new(
        "marital status|marital state|marital|civil status|relationship status|familienstand|\
         zivilstand|etat civil|situation familiale|situation matrimoniale|statut matrimonial|\
         estado civil|stato civile|burgerlijke staat|burgerlijke stand|stan cywilny|\
         civilstand|civilstatus|konin jokyo|haigusha|婚姻状況|婚姻|配偶者の有無|配偶者|\
         statut marital|medeni durum|medeni hal|medeni hali|rodinny stav|aegteskabelig status|\
         sivilstand|sivilstatus|siviilisaaty|혼인상태|결혼여부|혼인여부|婚姻状况|婚否|\
         stato matrimoniale|estado marital",
    )],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"maritalStatus": "married"}"#,
        r#"{"Familienstand": "ledig"}"#,
        r#"{"estado_civil": "soltera"}"#,
        r#"{"婚姻状況": "既婚"}"#,
        r#"{"marital_status": "M"}"#,
    ],
    negative: &[
        r#"{"marital_status": ""}"#,
        r#"{"status": "single"}"#,
        r#"{"marital_status": "https://shop.dev/m"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    if value.is_number || value.is_placeholder() || value.is_masked() || !value.is_wordy(40) {
        return None;
    }
    value.whole(90)
}
