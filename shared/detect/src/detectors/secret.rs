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
use crate::field_name::{Names, Roles};
use crate::shape;

/// A name that is used for other things too. Only a long random value counts.
const BARE: u8 = 1;
/// Not a credential: the place at which a list goes on.
const OF_PAGES: u8 = 2;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Secret,
    names: &[
        // Lists and uploads have a `token` too, and messages a signature of their content.
        Names::new("token|sig").tag(BARE).unqualified().text(),
        Names::new("next token|list token|set token|state token|first token|last token|previous token|\
                    before token|after token|from token|start token|current token|message token")
            .tag(OF_PAGES),
        Names::new(
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
        r#"{"url": "https://shop.dev/reset?token=9f8e7d6c5b4a39281706"}"#,
        r#"{"note": "called with token=9f8e7d6c5b4a39281706 today"}"#,
        r#"{"token": "z26uFbvR1xHJEdHE1OQiO6t8", "team_id": "T061EG9R6"}"#,
        r#"{"url": "https://shop.blob.dev/c/f?sv=2022&sig=abc%2F9f8e7d6c5b4a3928Zz%3D"}"#,
    ],
    negative: &[
        r#"{"token_type": "bearer", "expires_in": 3600}"#,
        r#"{"nextToken": "9f8e7d6c5b4a39281706"}"#,
        r#"{"token": "123e4567-e89b-12d3-a456-426614174000"}"#,
        r#"{"token": "expired-session"}"#,
        r#"{"form_response": {"token": "a3a12ec67a1365927098a606107fac15"}}"#,
        r#"{"token": "tok_1MmlLrLkdIwHu7ixIJwEWSNR"}"#,
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
    let is_bare = value.tag == BARE;
    if value.tag == OF_PAGES || is_bare && !is_random(value) {
        return None;
    }
    let is_word =
        (6..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    // A word of a language has no digits, and no capitals inside.
    let is_mixed = value.shape.digits >= 2
        || text.len() >= 12 && value.shape.has(shape::UPPER) && value.shape.has(shape::LOWER);
    if is_word && is_mixed {
        value.whole(if is_bare { 70 } else { 84 })
    } else {
        None
    }
}

/// Returns true for a long value of digits and of letters, in a document of both cases, that is neither a UUID nor an object's id
/// with its prefix.
fn is_random(value: &Value<'_>) -> bool {
    const SHORTEST: usize = 16;
    let text = value.text;
    let is_uuid = text.len() == 36 && text.split('-').count() == 5;
    let is_id = text.starts_with("tok_") || text.starts_with("arn:");
    let is_mixed = value.shape.has(shape::LOWER)
        && (value.shape.has(shape::UPPER) || value.roles.has(Roles::QUERY));
    text.len() >= SHORTEST && value.shape.digits >= 2 && is_mixed && !is_uuid && !is_id
}
