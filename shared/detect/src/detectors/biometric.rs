//! `BIOMETRIC`: fingerprint, face, voice and iris templates.
//!
//! Why it matters: a finger cannot be changed like a password. GDPR article 9 protects biometric
//! data that identifies a person.
//!
//! The rule: a long word of base 64 or hexadecimal digits, or the numbers of a vector, in a field
//! whose name matches. `fingerprint` alone is more often a key's or a browser's.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

/// The name says template, scan or embedding.
const ANY: u8 = 0;
/// The name only says the part of the body.
const PART: u8 = 1;

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
         生体認証|顔認証データ|声紋|\
         face hash|face image template|face encodings|face id|\
         face id data|face data|facial embedding|facial encoding|face descriptor|facial data|\
         facial hash|voice embedding|voice signature|voice id template|voice profile|\
         voice data|iris data|iris hash|iris pattern|iris image|retina template|retina data|\
         palm print template|palm template|palm scan|biometric sample|biometric key|\
         biometric vector|biometric embedding|biometric reference|biometric feature vector|\
         dna profile|dna sequence|gait signature|keystroke dynamics|typing pattern|parmak izi|\
         yuz tanima|otisk prstu|fingeraftryk|ansigtsgenkendelse|fingeravtrykk|sormenjalki|지문|\
         얼굴인식|指纹|人脸特征|人脸数据",
        ),
        Names::new("fingerprint|iris|retina|face|voice|empreinte|huella|impronta")
            .tag(PART)
            .within(Roles::PERSON_ITSELF),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"fingerprintTemplate": "Rk1SACAyMAAAAAEIAAABPAFiAMUAxQEAAAAoJ0"}"#,
        r#"{"voice_print": "a3f5c9e17b2d4860a3f5c9e17b2d4860"}"#,
        r#"{"face_embedding": [0.1129, -0.0457, 0.3301]}"#,
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
    if value.is_number {
        return if value.tag == ANY && value.text.contains('.') {
            value.whole(70)
        } else {
            None
        };
    }
    let is_encoded = value.text.len() >= SHORTEST
        && value.shape.digits >= 1
        && value.text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b':')
        });
    if !is_encoded || value.is_masked() || value.is_reference() || value.is_dated() {
        return None;
    }
    value.whole(90)
}
