//! `BIOMETRIC`: fingerprint, face, voice and iris templates.
//!
//! Why it matters: a finger cannot be changed like a password; GDPR article 9 protects what
//! identifies a body.
//!
//! The rule: a long word of base 64 or hexadecimal digits in a field that is called so;
//! `fingerprint` alone is more often a key's or a browser's.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Biometric,
    names: &[
        Names::new(
            "fingerprint template|fingerprint data|fingerprint scan|fingerprint image|\
         fingerprint minutiae|fingerprint biometric|face template|face embedding|\
         face encoding|face print|faceprint|face vector|face id template|facial recognition|\
         facial recognition data|facial template|facial geometry|facial signature|face scan|\
         voice print|voiceprint|voice template|voice biometric|iris scan|iris template|\
         iris code|retina scan|retinal scan|palm print|palm vein|vein pattern|hand geometry|\
         biometric|biometrics|biometric data|biometric template|biometric id|biometric hash|\
         biometric token|biometric signature|fingerabdruck|fingerabdruckdaten|\
         gesichtsvorlage|gesichtsmerkmale|biometrische daten|stimmprofil|iris muster|\
         empreinte digitale|empreintes digitales|donnees biometriques|gabarit facial|\
         empreinte vocale|huella dactilar|huella digital biometrica|huellas dactilares|\
         datos biometricos|plantilla facial|impronta digitale|impronte digitali|\
         dati biometrici|impressao digital|dados biometricos|vingerafdruk|\
         biometrische gegevens|gezichtsherkenning|odcisk palca|dane biometryczne|\
         fingeravtryck|biometriska uppgifter|shimon|seitai jouhou|seitai ninshou|指紋|生体情報|\
         生体認証|顔認証データ|声紋",
        ),
        Names::new("fingerprint|iris|retina|face|voice|empreinte|huella|impronta")
            .within(Roles::PERSON_ITSELF),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"fingerprintTemplate": "Rk1SACAyMAAAAAEIAAABPAFiAMUAxQEAAAAoJ0"}"#,
        r#"{"voice_print": "a3f5c9e17b2d4860a3f5c9e17b2d4860"}"#,
        r#"{"指紋": "Rk1SACAyMAAAAAEIAAABPAFi"}"#,
    ],
    negative: &[
        r#"{"key": {"fingerprint": "a3f5c9e17b2d4860a3f5c9e17b2d4860"}}"#,
        r#"{"fingerprint": "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDczsaqLp7Q0HZnQAw"}"#,
        r#"{"biometric": "enabled"}"#,
        r#"{"face_template": "https://shop.dev/face.png"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const SHORTEST: usize = 16;
    let is_encoded = value.text.len() >= SHORTEST
        && value.shape.digits >= 1
        && value.text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b':')
        });
    if !is_encoded
        || value.is_number
        || value.is_masked()
        || value.is_reference()
        || value.is_dated()
    {
        return None;
    }
    value.whole(90)
}
