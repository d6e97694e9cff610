//! `PRIVATE_KEY`: private keys in PEM, `OpenSSH`, PGP and `PuTTY` form.
//!
//! Why it matters: every system that trusts the key takes anyone who has it for its owner.
//!
//! The rule: the headers of RFC 7468 and RFC 1421, of the key files of `OpenSSH` and `PuTTY`, and
//! of RFC 4880's armour. The header is enough: a truncated key is still a key that leaked.

use super::{Detector, Find, Hit, Value};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::PrivateKey,
    names: &[Names::new(
        "private key|ssh key|signing key|tls key|ssl key|private key pem|ssh private key",
    )
    .text()],
    keywords: "",
    finds: &[
        Find::Prefix(&["-----BEGIN ", "---- BEGIN "], find_armour),
        Find::Prefix(&["PuTTY-User-Key-File-"], find_putty),
    ],
    field: Some(fits),
    positive: &[
        r#"{"x": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"}"#,
        r#"{"x": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn"}"#,
        r#"{"x": "-----BEGIN PGP PRIVATE KEY BLOCK-----"}"#,
        r#"{"privateKey": "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgq+KkQSz9k7WQNjH4pjS1IDwOjYQy8"}"#,
        r#"{"x": "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none"}"#,
    ],
    negative: &[
        r#"{"private_key": "alias/orders"}"#,
        r#"{"private_key_id": "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2f"}"#,
        r#"{"x": "-----BEGIN CERTIFICATE-----\nMIIC"}"#,
        r#"{"x": "-----BEGIN PUBLIC KEY-----\nMIIB"}"#,
        r#"{"x": "-----BEGIN PGP PUBLIC KEY BLOCK-----"}"#,
    ],
};

/// Accepts a key without its armour, as Java and .NET store it: only base64 or hexadecimal digits.
fn fits(value: &Value<'_>) -> Option<Hit> {
    const SHORTEST: usize = 40;
    let is_encoded = value.text.bytes().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\n' | b'\r')
    });
    if !value.is_number && value.text.len() >= SHORTEST && value.shape.digits > 0 && is_encoded {
        value.whole(90)
    } else {
        None
    }
}

fn find_armour(text: &str, start: usize) -> Option<Hit> {
    const LONGEST_LABEL: usize = 64;
    // An armour is some kilobytes long. Its end is only searched within this distance, so that
    // headers without an end have a bounded cost.
    const LONGEST: usize = 8 << 10;
    let label_start = start + text[start..].find("BEGIN ")? + "BEGIN ".len();
    let rest = &text.as_bytes()[label_start..];
    let length = rest.iter().take(LONGEST_LABEL).position(|b| *b == b'-')?;
    let label = text.get(label_start..label_start + length)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    // The hit reaches to the end of the armour if there is one, and else to the end of the header.
    let header_end = label_start + length;
    let body_end = text.floor_char_boundary(header_end + LONGEST);
    let footer = ["-----END ", "---- END "]
        .iter()
        .find_map(|footer| text[header_end..body_end].find(footer));
    let end = match footer {
        Some(at) => {
            let footer_start = header_end + at;
            let tail = &text[footer_start..];
            let line = tail.find(['\n', '\r']).unwrap_or(tail.len());
            let closing = tail[..line].rfind('-').map_or(line, |dash| dash + 1);
            footer_start + closing
        }
        None => text.len(),
    };
    Some(Hit::new(start, end, 98, 99))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a look")]
fn find_putty(text: &str, start: usize) -> Option<Hit> {
    Some(Hit::new(start, text.len(), 98, 99))
}
