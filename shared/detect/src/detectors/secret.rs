//! `SECRET`: credentials that only the name of their field or label identifies: client secrets,
//! refresh tokens, API keys.
//!
//! Why it matters: anyone who has it is taken for its owner, and no prefix reveals it.
//!
//! The rule: a field whose name matches and one word in it as long as a credential. Settings about
//! secrets (`token_type`, `api_key_expires`), ids and names of secrets, and page tokens are not
//! credentials.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;
use crate::shape;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Secret,
    names: &[Names::new(
        "secret|client secret|app secret|application secret|api secret|consumer secret|shared secret|\
         token secret|oauth token secret|webhook secret|webhook signing secret|signing secret|\
         access token secret|secret token|secret key|secret value|hmac secret|hmac key|jwt secret|\
         session secret|cookie secret|master secret|master key|encryption key|decryption key|\
         access token|refresh token|oauth token|oauth 2 token|auth token|authentication token|\
         authorization token|authorisation token|bearer token|api token|id token|security token|\
         x amz security token|amz security token|session credential|personal access token|private token|\
         deploy token|bot token|service token|vault token|gitlab token|github token|slack token|\
         app token|user token|login token|reset token|password reset token|verification token|\
         invitation token|magic link token|sas token|x token|\
         api key|apikey|x api key|app key|application key|access key|subscription key|account key|\
         storage key|service key|service account key|shared access key|\
         shared access signature|auth key|consumer key secret|otp|one time password|one time code|\
         totp|totp secret|mfa secret|otp secret|recovery code|recovery codes|backup code|backup codes|\
         recovery key|seed phrase|mnemonic phrase|code verifier|\
         zugriffstoken|geheimschlussel|geheimnis|jeton d acces|cle api|cle secrete|clave api|\
         token de acceso|clave secreta|chiave api|chiave segreta|token di accesso|chave api|\
         token de acesso|api sleutel|klucz api|api nyckel",
    )
    .text()],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"client_secret": "9f8e7d6c5b4a39281706f5e4"}"#,
        r#"{"refresh_token": "v1.MjAyNi0xMS0yN1QwNjowMDowMFoAAbb"}"#,
        r#"{"headers": {"x-api-key": "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}}"#,
        r#"{"headers": {"X-Acme-Token": "9f8e7d6c5b4a39281706"}}"#,
        r#"{"url": "https://api.shop.dev/v1?api_key=9f8e7d6c5b4a39281706f5e4d3c2b1a0&x=1"}"#,
        r#"{"webhookSecret": "kX9-plumb-41"}"#,
        r#"{"otp": "483920"}"#,
    ],
    negative: &[
        r#"{"token_type": "bearer", "expires_in": 3600}"#,
        r#"{"nextToken": "9f8e7d6c5b4a39281706"}"#,
        r#"{"x-csrf-token": "9f8e7d6c5b4a39281706"}"#,
        r#"{"api_key_id": "9f8e7d6c5b4a39281706"}"#,
        r#"{"secretName": "prod-orders-db-1"}"#,
        r#"{"client_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-1"}"#,
        r#"{"secret": "********"}"#,
        r#"{"secret": "not a secret at all"}"#,
        r#"{"access_token_url": "https://shop.dev/token1"}"#,
        r#"{"authorization_code": "483920"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    const LONGEST: usize = 4096;
    let text = value.text;
    if value.is_placeholder() || value.is_masked() || value.is_reference() || value.is_dated() {
        return None;
    }
    let is_word =
        (6..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    // A word of a language has no digits, and no capitals inside.
    let is_mixed = value.shape.digits >= 2
        || text.len() >= 12 && value.shape.has(shape::UPPER) && value.shape.has(shape::LOWER);
    if is_word && is_mixed {
        value.whole(84)
    } else {
        None
    }
}
