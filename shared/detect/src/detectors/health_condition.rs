//! `HEALTH_CONDITION`: diagnoses, allergies, medication, blood type, disability.
//!
//! Why it matters: health data is a special category under GDPR article 9.
//!
//! The rule: words, a code of ICD-10, or a blood type, in a field whose name matches. Names that
//! machines use too (`condition`, `diagnostic`) need a patient or a health record around them.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

/// The field is a code's.
const CODE: u8 = 1;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::HealthCondition,
    names: &[
        Names::new(
            "diagnosis|diagnoses|diagnosis code|primary diagnosis|medical condition|\
         medical conditions|health condition|health conditions|chronic condition|\
         pre existing condition|allergy|allergies|known allergies|food allergy|medication|\
         medications|current medication|prescribed medication|medicine name|drug allergy|\
         blood type|blood group|disability|disabilities|disability status|disability type|\
         icd|icd code|symptom|symptoms|medical history|illness|vaccination status|\
         vaccine status|hiv status|covid status|health status|mental health|treatment plan|\
         diagnose|diagnosen|diagnoseschlussel|allergie|allergien|medikament|medikamente|\
         medikation|blutgruppe|behinderung|behinderungsgrad|erkrankung|erkrankungen|\
         krankheit|krankheiten|vorerkrankung|vorerkrankungen|diagnostic medical|\
         allergies connues|medicament|medicaments|groupe sanguin|maladie|maladies|\
         antecedents medicaux|traitement medical|diagnostico|diagnosticos|alergia|alergias|\
         medicamento|medicamentos|medicacion|grupo sanguineo|tipo de sangre|discapacidad|\
         enfermedad|enfermedades|historial medico|diagnosi|allergia|farmaco|farmaci|\
         gruppo sanguigno|disabilita|malattia|malattie|patologia|medicacao|tipo sanguineo|\
         deficiencia|doenca|doencas|medicatie|medicijn|medicijnen|bloedgroep|ziekte|ziektes|\
         aandoening|aandoeningen|diagnoza|alergie|leki|grupa krwi|niepelnosprawnosc|choroba|\
         choroby|diagnos|allergi|allergier|medicinering|lakemedel|blodgrupp|sjukdom|\
         sjukdomar|funktionsnedsattning|shindan|shindanmei|byoumei|arerugii|ketsuekigata|\
         fukuyaku|診断|診断名|病名|アレルギー|血液型|服薬|障害|既往歴|持病|症状|\
         chronic conditions|chronic disease|chronic diseases|chronic illness|\
         pre existing conditions|preexisting conditions|preexisting condition|\
         medical diagnosis|icd 10|icd 10 code|icd10|icd10 code|icd 9|icd 9 code|icd9|\
         secondary diagnosis|admission diagnosis|discharge diagnosis|\
         surgical history|family history|immunization|\
         immunizations|vaccination|vaccinations|lab result|lab results|\
         medical notes|clinical notes|comorbidities|comorbidity|\
         tani|teshis|kan grubu|ilaclar|alerjiler|alerji|hastalik|\
         diagnoza lekarska|krevni skupina|nemoc|leky|zdravotni stav|blodtype|sygdom|\
         sykdom|medicin|medisin|diagnoosi|veriryhma|laakitys|allergiat|sairaus|진단명|진단|병명|혈액형|\
         알레르기|복용약|诊断|诊断结果|病史|过敏史|过敏|血型|疾病|用药|\
         rozpoznanie|rozpoznanie glowne|diagnostic principal|diagnostico principal|\
         etat de sante|estado de salud",
        ),
        Names::new(
            "condition|conditions|diagnostic|handicap|drug|drugs|medicine|prescription|treatment|\
         patologia|farmaco|lek|remedio|\
         traitement|tratamiento|trattamento|tratamento|behandlung|behandeling|leczenie|\
         reason code|reason codes|behandling|ordonnance|receta|ricetta|receita|recept|verordnung|\
         findings|assessment|tedavi|lecba|hoito",
        )
        .within(Roles::HEALTH),
        Names::new(
            "reason for visit|admit reason|admission reason|chief complaint|presenting complaint|visit reason",
        ),
        // A code without a text, which only tells something if it is one of ICD-10.
        Names::new("code|codes").tag(CODE).within(Roles::DIAGNOSIS),
        // The text for a code.
        Names::new("display|text").within(Roles::DIAGNOSIS),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"diagnosis": "Type 2 diabetes"}"#,
        r#"{"patient": {"condition": "asthma"}}"#,
        r#"{"blood_type": "AB+"}"#,
        r#"{"diagnosis_code": "E11.9"}"#,
        r#"{"Allergien": "Nüsse, Pollen"}"#,
        r#"{"病名": "糖尿病"}"#,
        r#"{"chiefComplaint": "Chest pain"}"#,
        r#"{"resourceType": "Encounter", "reasonCode": [{"text": "Asthma"}]}"#,
        r#"{"resourceType": "MedicationRequest", "reasonCode": [{"coding": [{"display": "Asthma"}]}]}"#,
        r#"{"medications": ["metformin 500 mg"]}"#,
        r#"{"resourceType": "Condition", "code": {"coding": [{"display": "Diabetes mellitus"}]}}"#,
        r#"{"code": {"text": "Diabetes mellitus"}, "resourceType": "Condition"}"#,
        r#"{"diagnosis": {"code": "I10"}}"#,
        r#"{"claim": {"diagnosisCodes": ["E11.9"]}}"#,
        r#"{"resourceType": "Condition", "code": {"coding": [{"code": "E11.9"}]}}"#,
        r#"{"diagnosis": [{"condition": {"display": "Stroke", "reference": "Condition/c7"}}]}"#,
        r#"{"reasonReference": [{"reference": "AllergyIntolerance/7", "display": "Nuts"}]}"#,
    ],
    negative: &[
        r#"{"condition": "new"}"#,
        r#"{"payment": {"reasonCode": "Account closed"}}"#,
        r#"{"allergies": "none"}"#,
        r#"{"errors": [{"code": "E11"}]}"#,
        r#"{"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active"}]}}"#,
        r#"{"diagnosis": "https://shop.dev/x"}"#,
        r#"{"diagnostics": "cpu=4"}"#,
        r#"{"diagnosis_count": "3"}"#,
        r#"{"location": {"reference": "Location/7", "display": "Ward 3"}}"#,
        r#"{"resourceType": "Condition", "severity": {"coding": [{"display": "Moderate"}]}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const LONGEST: usize = 500;
    if value.is_number || value.is_placeholder() || value.is_masked() || value.is_reference() {
        return None;
    }
    if is_icd_10(value.text) || is_blood_type(value.text) {
        return value.whole(92);
    }
    if value.tag == CODE {
        return None;
    }
    let is_said = value.text.contains(char::is_alphabetic) && value.text.len() <= LONGEST;
    if value.is_technical() || value.is_dated() || !is_said {
        return None;
    }
    value.whole(85)
}

/// Recognises a letter, a digit, a digit or letter, and after a dot up to four more (ICD-10 and its
/// clinical modification).
fn is_icd_10(text: &str) -> bool {
    let (category, subcategory) = text.split_once('.').unwrap_or((text, "0"));
    let [chapter, group, block] = category.as_bytes() else {
        return false;
    };
    chapter.is_ascii_uppercase()
        && group.is_ascii_digit()
        && block.is_ascii_alphanumeric()
        && (1..=4).contains(&subcategory.len())
        && subcategory.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Recognises a group of the AB0 system with a rhesus factor: `A+`, `AB-`, `0 pos`.
fn is_blood_type(text: &str) -> bool {
    let group = text.trim_end_matches(|c: char| !matches!(c, 'A' | 'B' | 'O' | '0'));
    let factor = text[group.len()..].trim();
    matches!(group, "A" | "B" | "AB" | "O" | "0")
        && (factor.is_empty()
            || matches!(
                factor,
                "+" | "-" | "−" | "pos" | "neg" | "positive" | "negative"
            )
            || factor.starts_with("Rh"))
}
