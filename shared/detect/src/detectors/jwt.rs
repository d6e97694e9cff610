//! `JWT`: JSON web tokens.
//!
//! Why it matters: until it expires it gives access to its owner's session, and its middle part
//! often contains claims about the person.
//!
//! The rule: RFC 7519 and RFC 7515: base64url segments with dots, of which the first decodes to a
//! JSON object with `alg`. Encrypted tokens (RFC 7516) have five.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Detector, Find, Hit};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Jwt,
    names: &[Names::new(
        "jwt|id token|access token|bearer token|jwt token|json web token",
    )],
    keywords: "",
    finds: &[Find::Prefix(&["eyJ"], find)],
    field: None,
    positive: &[
        r#"{"x": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"}"#,
        r#"{"authorization": "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"}"#,
        r#"{"x": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."}"#,
        r#"{"sessionToken": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl"}"#,
    ],
    negative: &[
        r#"{"x": "eyJzdWIiOiIxIn0.eyJzdWIiOiIxIn0.c2ln"}"#,
        r#"{"x": "eyJhbGciOiJIUzI1NiJ9"}"#,
        r#"{"x": "eyJhbGciOiJIUzI1NiJ9.short"}"#,
    ],
};

fn find(text: &str, start: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let is_held = start > 0
        && (bytes[start - 1].is_ascii_alphanumeric()
            || matches!(bytes[start - 1], b'_' | b'.' | b'-'));
    let first_length = segment(&bytes[start..]);
    if is_held || !decodes_to_header(&bytes[start..start + first_length]) {
        return None;
    }
    let mut end = start + first_length;
    let mut segments = 1;
    while segments < 5 && bytes.get(end) == Some(&b'.') {
        let length = segment(&bytes[end + 1..]);
        // Only the signature of an unsecured token is empty.
        if length == 0 && segments != 2 {
            break;
        }
        end += 1 + length;
        segments += 1;
    }
    matches!(segments, 3 | 5).then(|| Hit::new(start, end, 97, 99))
}

fn segment(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count()
}

/// Returns true if a segment decodes to a JSON object with a member `alg`.
fn decodes_to_header(segment: &[u8]) -> bool {
    const LONGEST_HEADER: usize = 4096;
    if segment.len() > LONGEST_HEADER {
        return false;
    }
    let Ok(decoded) = URL_SAFE_NO_PAD.decode(segment) else {
        return false;
    };
    let has_alg = decoded.windows(5).any(|five| five == b"\"alg\"");
    has_alg && decoded.first() == Some(&b'{') && decoded.last() == Some(&b'}')
}
