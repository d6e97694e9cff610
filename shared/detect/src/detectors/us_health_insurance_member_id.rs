//! `US_HEALTH_INSURANCE_MEMBER_ID`: numbers of health insurance members, policies and claims.
//!
//! Why it matters: another person can be treated on it, and the bill and the record go to its
//! owner.
//!
//! The rule: one word with digits in a field of health insurance whose name says so. A member or
//! policy number elsewhere is a club's or a car's, and a group's number is an employer's.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsHealthInsuranceMemberId,
    names: &[
        Names::new(
            "health insurance id|health insurance number|health insurance member id|\
         health insurance policy number|health insurance member number|health plan id|\
         health plan number|health plan member id|health plan beneficiary number|\
         health plan beneficiary id|insurance member id|insurance subscriber id|medicaid id|\
         medicaid number|insurance card number|health card number|payer member id|\
         versichertennummer|versicherten nr|krankenversicherungsnummer|\
         krankenversichertennummer|kvnr|krankenkassennummer|numero assure|numero d assure|\
         numero de mutuelle|numero mutuelle|numero tarjeta sanitaria|tarjeta sanitaria|\
         tessera sanitaria|numero tessera sanitaria|cartao nacional de saude|cartao sus|\
         zorgverzekeringsnummer|polisnummer zorg|numer ubezpieczenia zdrowotnego|\
         hokensho bangou|hihokensha bangou|保険証番号|被保険者番号|被保険者証番号|\
         health insurance card number|medical insurance number|insurance member number|\
         insured id|versicherungsnummer kranken|saglik sigorta no|\
         zdravotni pojisteni|sygesikring|건강보험번호|医保号|医保卡号|社保卡号",
        ),
        Names::new(
            "member id|member number|member no|memberid|subscriber id|subscriber number|\
         policy number|policy no|policy id|policy|claim number|claim no|claim id|\
         beneficiary id|insurance id|insurance number|insurance policy|\
         insurance policy number|certificate number|\
         plan member id|group member id|subscriber no|health id|\
         enrollee id|enrollee number|insured number|numero poliza|numero de poliza|\
         numero asegurado|numero afiliado|numero polizza|numero assicurazione|\
         numero assicurato|numero apolice|numero beneficiario|numero carteirinha|polisnummer|\
         verzekeringsnummer|numer polisy|numer ubezpieczenia|numero assurance|numero adherent|\
         numero police|versicherungsnummer|versichertennr|forsakringsnummer|policynummer",
        )
        .within(Roles::HEALTH),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"insurance": {"member_id": "W123456789"}}"#,
        r#"{"healthPlanId": "XEH-998-7712"}"#,
        r#"{"claim": {"subscriber": {"memberId": "XYZ123456"}}}"#,
        r#"{"resourceType": "Coverage", "subscriberId": "J0039482"}"#,
        r#"{"claim": {"policyNumber": "POL-883-12"}}"#,
        r#"{"被保険者番号": "12345678"}"#,
    ],
    negative: &[
        r#"{"member_id": "W123456789"}"#,
        r#"{"policy": {"number": "12"}}"#,
        r#"{"insurance": {"group_number": "G-44210"}}"#,
        r#"{"insurance": {"member_id": "unknown"}}"#,
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
