//! `AUTH_HEADER`: credentials in authorization headers and in URLs.
//!
//! Why it matters: anyone who reads it can send the same request.
//!
//! The rule: RFC 7617 (`Basic`, base 64 of a user and a password with a colon between), RFC 6750
//! (`Bearer` and a token), RFC 3986 section 3.2.1 (`scheme://user:password@host`).

use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use super::{Detector, Find, Hit};
use crate::class::DataClass;
use crate::field_name::Names;

/// Padding is optional, because senders differ.
const BASE_64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::AuthHeader,
    names: &[Names::new(
        "authorization|authorization header|auth header|proxy authorization|\
         http authorization|basic auth|bearer auth|x authorization|x amzn authorization|\
         autorisierung|autorisation|autorizacion|autorizzazione|autorizacao|autorisatie|\
         autoryzacja|auktorisering",
    )],
    keywords: "",
    finds: &[
        Find::Prefix(&["Basic ", "basic ", "BASIC "], find_basic),
        Find::Prefix(&["Bearer ", "bearer ", "BEARER "], find_bearer),
        Find::Prefix(&["://"], find_in_url),
    ],
    field: None,
    positive: &[
        r#"{"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}"#,
        r#"{"log": "authorization: Bearer 9f86d081884c7d659a2feaa0c55ad015"}"#,
        r#"{"url": "postgres://admin:s3cret@db.shop.dev:5432/orders"}"#,
        r#"{"headers": {"authorization": "bearer mF_9.B5f-4.1JqM"}}"#,
        r#"{"dsn": "https://4f1a:b2c9@sentry.shop.dev/7"}"#,
    ],
    negative: &[
        r#"{"x": "Basic plan"}"#,
        r#"{"x": "the bearer of bad news"}"#,
        r#"{"x": "https://shop.dev/@jane:doe"}"#,
        r#"{"x": "Basic dXNlcg=="}"#,
        r#"{"url": "https://shop.dev:8080/a@b"}"#,
        r#"{"x": "https://user@host.dev/"}"#,
        r#"{"url": "https://${USER}:${PASS}@shop.dev"}"#,
    ],
};

/// Finds `Basic dXNlcjpwYXNz`: the scheme is followed by base 64 with a colon in it.
fn find_basic(text: &str, start: usize) -> Option<Hit> {
    // Every four characters give three bytes. This is enough room for the credentials of a header.
    const MOST: usize = 512;
    let (credentials, end) = after_scheme(text, start)?;
    let mut decoded = [0; MOST * 3 / 4 + 3];
    let credentials = credentials.get(..MOST).unwrap_or(credentials);
    let length = BASE_64.decode_slice(credentials, &mut decoded).ok()?;
    let user_and_password = decoded.get(..length)?;
    let is_pair = user_and_password.contains(&b':')
        && user_and_password
            .iter()
            .all(|byte| !byte.is_ascii_control());
    is_pair.then(|| Hit::new(start, end, 93, 97))
}

/// Finds `Bearer 9f86…`: a token has digits, a word of a language does not.
fn find_bearer(text: &str, start: usize) -> Option<Hit> {
    let (token, end) = after_scheme(text, start)?;
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    (token.len() >= 12 && digits >= 2).then(|| Hit::new(start, end, 90, 96))
}

/// Returns the word after the scheme that starts at `start` (RFC 9110, section 11.2: `token68`),
/// and its end.
fn after_scheme(text: &str, start: usize) -> Option<(&str, usize)> {
    let rest = text.get(start..)?;
    let (scheme, word) = rest.split_once(' ')?;
    let length = word
        .bytes()
        .take_while(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
        })
        .count();
    Some((word.get(..length)?, start + scheme.len() + 1 + length))
}

/// Finds `://user:password@`, with a colon at `at`.
fn find_in_url(text: &str, at: usize) -> Option<Hit> {
    const LONGEST: usize = 256;
    let bytes = text.as_bytes();
    let has_scheme = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
    let rest = bytes[at..].strip_prefix(b"://").filter(|_| has_scheme)?;
    let length = rest
        .iter()
        .take(LONGEST)
        .position(|byte| matches!(byte, b'@' | b'/' | b'?' | b'#' | b' ' | b'"' | b'<' | b'\\'))?;
    let colon = rest[..length].iter().position(|byte| *byte == b':')?;
    let password = &rest[colon + 1..length];
    let is_filled_in = !password.is_empty()
        && !matches!(password[0], b'$' | b'{' | b'*' | b'%')
        && password != b"xxxxx";
    let start = at + 3;
    (rest[length] == b'@' && is_filled_in).then(|| Hit::new(start, start + length, 92, 95))
}
