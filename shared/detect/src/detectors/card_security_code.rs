//! `CREDIT_CARD_SECURITY_CODE`: the three or four digits of CVV2, CVC2, CID.
//!
//! Why it matters: PCI DSS 3.3 forbids storing it after authorisation, anywhere, encrypted or not.
//! An event that carries it stores it in every archive and dead-letter queue.
//!
//! The rule: three digits, or four for American Express. The name must announce it.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::CreditCardSecurityCode,
    names: &[
        Names::new(
            "cvv|cvc|cvv2|cvc2|cvv code|cvc code|cvv number|csc|card security code|card verification code|\
             card verification value|card verification number|card cvv|card cvc|card code|\
             kartenprufnummer|kartenpruefnummer|prufziffer karte|cryptogramme|cryptogramme visuel|code cvv|\
             codigo cvv|codigo cvc|codice cvv|kod cvv|cvv kod",
        )
        .gives(Signals::CARD_DETAIL),
        Names::new(
            "security code|verification code|verification value|cid|security number|sicherheitscode|prufnummer|\
             pruefnummer|prufziffer|code de securite|code securite|codigo de seguridad|codigo seguridad|\
             codice di sicurezza|codice sicurezza|codigo de seguranca|codigo seguranca|beveiligingscode|\
             veiligheidscode|kod zabezpieczajacy|kod bezpieczenstwa|sakerhetskod|sekyuriti kodo|セキュリティコード|\
             cid code|guvenlik kodu|bezpecnostni kod|sikkerhedskode|sikkerhetskode|보안코드|安全码",
        )
        .within(Roles::CARD)
        .beside(Signals::CARD.or(Signals::CARD_DETAIL)),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"cvv": "123"}"#,
        r#"{"card": {"securityCode": 1234}}"#,
        r#"{"pan": "4485527627509597", "security_code": "007"}"#,
    ],
    negative: &[
        r#"{"cvv": "12"}"#,
        r#"{"cvv_check": "123"}"#,
        r#"{"cvv": "***"}"#,
        r#"{"door": {"security_code": "1234"}}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let is_code =
        matches!(value.text.len(), 3 | 4) && value.text.bytes().all(|b| b.is_ascii_digit());
    if is_code { value.whole(90) } else { None }
}
